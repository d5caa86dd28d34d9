"""The vendor's pages behind its link: overview, questions rule by rule, evidence, handing in."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from django.contrib import messages
from django.http import FileResponse, Http404, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from assessments.lifecycle.transitions import IllegalTransition
from assessments.models import Answer, Evidence, LinkPurpose, VendorLink
from assessments.questionnaire.evidence import delete_evidence
from assessments.questionnaire.forms import AnswerForm, prefix_of, row_of
from assessments.questionnaire.posting import as_json, keep_files, save, save_all, wants_json
from assessments.questionnaire.rows import AnsweringAs
from assessments.saved import Closed, Outcome
from assessments.vendor_side import answers as vendor_answers
from assessments.vendor_side.answers import DeskRule
from assessments.vendor_side.guard import LinkRequest, by_link
from manifesto.models import Rule


@dataclass(frozen=True, kw_only=True)
class Step:
    """A rule as its mark in the stepper, which the members' questionnaire draws too."""

    progress: DeskRule
    url: str
    is_current: bool

    @property
    def sheet(self) -> Step:
        return self

    @property
    def eighths(self) -> int:
        return self.progress.eighths


@by_link(LinkPurpose.ANSWER)
@require_GET
def vendor_desk(request: LinkRequest, link: int) -> HttpResponse:
    """What is asked, how far it is, until when; once closed, why, and the vendor's own answers to read."""
    response = vendor_answers.response_of(request.link)
    closed = vendor_answers.closed_for(response)
    rules = vendor_answers.progress(request.link)
    read = vendor_answers.answers_to_read(request.link) if closed else {}
    context = _frame(request) | {
        "response": response,
        "due_on": vendor_answers.due_on(response),
        "rules": rules,
        "answered": sum(rule.answered for rule in rules),
        "total": sum(rule.total for rule in rules),
        "next_rule": next((rule for rule in rules if not rule.is_complete), None),
        "closed": closed,
        "sections": [(rule, read.get(rule.key, [])) for rule in rules],
    }
    return render(request, "assessments/vendor_side/vendor_desk.html", context)


@by_link(LinkPurpose.ANSWER)
@require_http_methods(["GET", "POST"])
def vendor_questionnaire(request: LinkRequest, link: int, rule: str) -> HttpResponse:
    """One rule with its questions. A POST saves them all: that is the whole of it without JavaScript."""
    rules = vendor_answers.rules_of(request.link)
    here = _rule(rules, rule)
    if request.method == "POST":
        return _save_page(request, rules, here, vendor_answers.answers_of(request.link, here))
    if vendor_answers.closed_reason(request.link):
        return redirect("vendor_desk", link)
    form_of = _form_of(request.link)
    return _page(
        request, rules, here, [form_of(answer=answer) for answer in vendor_answers.answers_of(request.link, here)]
    )


@by_link(LinkPurpose.ANSWER)
@require_http_methods(["GET", "POST"])
def vendor_answer_edit(request: LinkRequest, link: int, pk: int) -> HttpResponse:
    """Save one answer. Asked for JSON (autosave.js) it answers in JSON, else with the page of its rule."""
    answer = _answer(request.link, pk)
    key = answer.question.rule.key
    if request.method == "GET":
        return redirect(f"{_url(request.link, key)}#question-{answer.question.key}")
    if not wants_json(request):
        rules = vendor_answers.rules_of(request.link)
        here = _rule(rules, key)
        asked = [one for one in vendor_answers.answers_of(request.link, here) if one.pk == pk]
        return _save_page(request, rules, here, asked)
    form = _form_of(request.link)(request.POST, answer=answer)
    return as_json(form, _in_its_words(request.link, save(form, author=request.link)))


@by_link(LinkPurpose.ANSWER)
@require_POST
def vendor_evidence_add(request: LinkRequest, link: int, pk: int) -> HttpResponse:
    """Keep the files sent with an answer."""
    answer = _answer(request.link, pk)
    form = _form_of(request.link)(answer=answer)
    closed = keep_files(form, request.FILES.getlist(f"{prefix_of(answer)}-evidence"), author=request.link)
    return _evidence_reply(request, form, closed)


@by_link(LinkPurpose.ANSWER)
@require_POST
def vendor_evidence_delete(request: LinkRequest, link: int, pk: int) -> HttpResponse:
    evidence = _evidence(request.link, pk)
    closed = delete_evidence(evidence, author=request.link)
    return _evidence_reply(request, _form_of(request.link)(answer=evidence.answer), closed)


@by_link(LinkPurpose.ANSWER)
@require_GET
def vendor_evidence_download(request: LinkRequest, link: int, pk: int) -> FileResponse:
    """The vendor's own file back, always to be kept and never to be shown."""
    evidence = _evidence(request.link, pk)
    try:
        file = evidence.file.open("rb")
    except FileNotFoundError as missing:
        raise Http404 from missing
    reply = FileResponse(file, as_attachment=True, filename=evidence.name, content_type=evidence.content_type)
    reply["X-Content-Type-Options"] = "nosniff"
    return reply


@by_link(LinkPurpose.ANSWER)
@require_http_methods(["GET", "POST"])
def vendor_hand_in(request: LinkRequest, link: int) -> HttpResponse:
    """Asks first, with what is still blank; from the POST on nothing changes any more."""
    if request.method == "POST":
        return _hand_in(request)
    if closed := vendor_answers.closed_reason(request.link):
        messages.info(request, closed)
        return redirect("vendor_desk", link)
    rules = vendor_answers.progress(request.link)
    blank = sum(len(rule.blank) for rule in rules)
    total = sum(rule.total for rule in rules)
    context = _frame(request) | {"rules": rules, "blank": blank, "is_empty": blank == total}
    return render(request, "assessments/vendor_side/vendor_hand_in.html", context)


def _hand_in(request: LinkRequest) -> HttpResponse:
    try:
        vendor_answers.hand_in(request.link)
    except IllegalTransition as refused:
        messages.error(request, str(refused))
    else:
        messages.success(request, _("Handed in. Thank you: your customer can read your answers now."))
    return redirect("vendor_desk", request.link.pk)


def _frame(request: LinkRequest) -> dict[str, Any]:
    """What every page of the vendor's side shows; nothing of the customer but who asks."""
    assessment = request.link.assessment
    return {
        "link": request.link,
        "assessment": assessment,
        "organisation": assessment.organisation,
        "vendor": assessment.vendor,
    }


def _answering_as(link: VendorLink) -> AnsweringAs:
    return AnsweringAs(
        save_route="vendor_answer_edit",
        evidence_route="vendor_evidence_add",
        delete_route="vendor_evidence_delete",
        download_route="vendor_evidence_download",
        leading=(link.pk,),
        is_vendor=True,
        shows_comment=False,
        may_delegate=False,
    )


def _form_of(link: VendorLink) -> partial[AnswerForm]:
    return partial(AnswerForm, answering_as=_answering_as(link))


def _rule(rules: Sequence[Rule], key: str) -> Rule:
    found = next((rule for rule in rules if rule.key == key), None)
    if found is None:
        raise Http404
    return found


def _answer(link: VendorLink, pk: int) -> Answer:
    """One of this link's own answers, or a 404: fetching is authorising."""
    answer = vendor_answers.answer_of(link, pk)
    if answer is None:
        raise Http404
    return answer


def _evidence(link: VendorLink, pk: int) -> Evidence:
    evidence = vendor_answers.evidence_of(link).filter(pk=pk).first()
    if evidence is None:
        raise Http404
    return evidence


def _url(link: VendorLink, rule: str) -> str:
    return reverse("vendor_questionnaire", args=[link.pk, rule])


def _in_its_words(link: VendorLink, outcome: Outcome[Answer]) -> Outcome[Answer]:
    """Why it is closed, as the vendor is told."""
    if not isinstance(outcome, Closed):
        return outcome
    return Closed(reason=vendor_answers.closed_reason(link) or outcome.reason)


def _save_page(request: LinkRequest, rules: Sequence[Rule], here: Rule, answers: Sequence[Answer]) -> HttpResponse:
    """Save what can be saved; show the rest again as it was typed, with what is to be decided or put right."""
    link = request.link
    reload = partial(vendor_answers.answers_of, link, here)
    unsaved = save_all(request, answers, author=link, reload=reload, form_of=_form_of(link))
    if unsaved is None:
        return _onward(request, rules, here)
    closed = unsaved.closed and (vendor_answers.closed_reason(link) or unsaved.closed)
    return _page(request, rules, here, unsaved.forms, closed=closed, status=unsaved.status)


def _onward(request: LinkRequest, rules: Sequence[Rule], here: Rule) -> HttpResponseRedirect:
    """Where the button that was pressed leads to."""
    then = request.POST.get("then", "stay")
    place = list(rules).index(here)
    if then == "next" and place + 1 < len(rules):
        return redirect(_url(request.link, rules[place + 1].key))
    if then == "previous" and place:
        return redirect(_url(request.link, rules[place - 1].key))
    if then in ("next", "overview"):
        return redirect("vendor_desk", request.link.pk)
    messages.success(request, _("Saved."))
    return redirect(_url(request.link, here.key))


def _page(
    request: LinkRequest,
    rules: Sequence[Rule],
    here: Rule,
    forms: Sequence[AnswerForm],
    *,
    closed: str = "",
    status: int = 200,
) -> HttpResponse:
    rows = [row_of(form) for form in forms]
    progress = vendor_answers.progress(request.link)
    context = _frame(request) | {
        "rule": here,
        "url": _url(request.link, here.key),
        "is_first": here == rules[0],
        "is_last": here == rules[-1],
        "forms": forms,
        "problems": [(row, target, message) for row in rows for target, message in row.error_links],
        "conflicts": [row for row in rows if row.conflict],
        "closed": closed,
        "steps": [
            Step(progress=rule, url=_url(request.link, rule.key), is_current=rule.key == here.key) for rule in progress
        ],
    }
    return render(request, "assessments/vendor_side/vendor_questionnaire.html", context, status=status)


def _evidence_reply(request: LinkRequest, form: AnswerForm, closed: Closed | None) -> HttpResponse:
    """The list of files alone for autosave.js, else back to the question."""
    if closed:
        form.file_errors.append(vendor_answers.closed_reason(request.link) or closed.reason)
    if not wants_json(request):
        for message in form.file_errors:
            messages.error(request, message)
        return redirect("vendor_answer_edit", request.link.pk, form.answer.pk)
    html = render_to_string("assessments/questionnaire/_answer_evidence.html", {"row": row_of(form)})
    return JsonResponse({"html": html}, status=422 if form.file_errors else 200)
