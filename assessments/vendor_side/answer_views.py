"""The vendor's pages behind its link: overview, questions rule by rule, evidence, handing in.

Each starts from `request.link` and reaches the link's own response alone, whatever number the address names."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

from django.contrib import messages
from django.http import FileResponse, Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from assessments.models import Answer, AssessmentState, LinkPurpose, VendorLink
from assessments.questionnaire.flow import Answering, QuestionnairePosition, RuleStep, rule_at
from assessments.questionnaire.posting import wants_json
from assessments.questionnaire.rows import AnsweringAs
from assessments.vendor_side import answers as vendor_answers
from assessments.vendor_side.guard import LinkRequest, about, by_link, with_asker
from groundwork.responses import attachment, form_view, or_say_why
from manifesto import guides
from manifesto.models import Rule


@dataclass(frozen=True, kw_only=True)
class VendorAnswering(Answering):
    """The vendor's contact, by a link."""

    author: VendorLink

    def why(self, reason: str) -> str:
        return vendor_answers.closed_reason(self.author) or reason


@dataclass(frozen=True, kw_only=True)
class VendorPosition(VendorAnswering, QuestionnairePosition):
    """Where in its questionnaire the vendor's contact is."""

    template: ClassVar[str] = "assessments/vendor_side/vendor_questionnaire.html"

    def url(self, rule: Rule | None = None) -> str:
        return _url(self.author, (rule or self.rule).key)

    def answers(self) -> list[Answer]:
        return vendor_answers.answers_of(self.author, self.rule)

    def ways_out(self) -> dict[str, str]:
        desk = reverse("vendor_desk", args=[self.author.pk])
        return {"next": desk, "overview": desk}

    def context(self) -> dict[str, Any]:
        return about(self.author) | {
            "rule": self.rule,
            "url": self.url(),
            "is_first": self.previous is None,
            "is_last": self.next is None,
            "steps": [
                RuleStep(progress=rule, url=_url(self.author, rule.key), is_current=rule.key == self.rule.key)
                for rule in vendor_answers.progress(self.author)
            ],
        }


@by_link(LinkPurpose.ANSWER)
@require_GET
def vendor_desk(request: LinkRequest, link: int) -> HttpResponse:
    """What is asked, how far it is, until when, and what was answered; once closed, why, and all of it to read."""
    response = vendor_answers.response_of(request.link)
    closed = vendor_answers.closed_for(response)
    rules = vendor_answers.progress(request.link)
    read = vendor_answers.answers_to_read(request.link, but_blanks=not closed)
    context = with_asker(request.link) | {
        "response": response,
        "due_on": vendor_answers.due_on(response),
        "rules": rules,
        "answered": sum(rule.answered for rule in rules),
        "total": sum(rule.total for rule in rules),
        "also": vendor_answers.also_asked(rules),
        "next_rule": next((rule for rule in rules if not rule.is_complete), None),
        "closed": closed,
        "is_unsent": response.is_outstanding and response.assessment.state in vendor_answers.UNSENT,
        "may_take_back": bool(closed) and vendor_answers.may_take_back(response),
        "is_collecting": response.assessment.state == AssessmentState.COLLECTING,
        "state_words": vendor_answers.CLOSED.get(response.assessment.state, ""),
        "sections": [(rule, read.get(rule.key, [])) for rule in rules],
    }
    return render(request, "assessments/vendor_side/vendor_desk.html", context)


@by_link(LinkPurpose.ANSWER)
@form_view
def vendor_questionnaire(request: LinkRequest, link: int, rule: str) -> HttpResponse:
    """One rule with its questions. A POST saves them all: that is the whole of it without JavaScript."""
    position = _position(request, rule)
    if request.method == "POST":
        return position.save()
    return redirect("vendor_desk", link) if vendor_answers.closed_reason(request.link) else position.show()


@by_link(LinkPurpose.ANSWER)
@require_GET
def vendor_rule_guide(request: LinkRequest, link: int, rule: str) -> HttpResponse:
    """What is expected of one rule, and what proof will be asked for; not how the customer asks."""
    found = next((one for one in vendor_answers.rules_of(request.link) if one.key == rule), None)
    if found is None:
        raise Http404
    guide = guides.guide_of(rule, found.release, guides.OPEN_PARTS)
    context = about(request.link) | {"rule": found, "guide": guide}
    return render(request, "assessments/vendor_side/vendor_rule_guide.html", context)


@by_link(LinkPurpose.ANSWER)
@form_view
def vendor_answer_edit(request: LinkRequest, link: int, pk: int) -> HttpResponse:
    """Save one answer. Asked for JSON (autosave.js) it answers in JSON, else with the page of its rule."""
    answer = get_object_or_404(vendor_answers.answers_to_write(request.link), pk=pk)
    if wants_json(request) and request.method == "POST":
        return _answering(request).autosave(answer)
    position = _position(request, answer.question.rule.key)
    return position.save(only=pk) if request.method == "POST" else position.show_question(answer)


@by_link(LinkPurpose.ANSWER)
@require_POST
def vendor_evidence_add(request: LinkRequest, link: int, pk: int) -> HttpResponse:
    answer = get_object_or_404(vendor_answers.answers_to_write(request.link), pk=pk)
    return _answering(request).add_files(answer)


@by_link(LinkPurpose.ANSWER)
@require_POST
def vendor_evidence_delete(request: LinkRequest, link: int, pk: int) -> HttpResponse:
    evidence = get_object_or_404(vendor_answers.evidence_of(request.link), pk=pk)
    return _answering(request).delete_file(evidence)


@by_link(LinkPurpose.ANSWER)
@require_GET
def vendor_evidence_download(request: LinkRequest, link: int, pk: int) -> FileResponse:
    """The vendor's own file back."""
    evidence = get_object_or_404(vendor_answers.evidence_of(request.link), pk=pk)
    return attachment(evidence.file, name=evidence.name, content_type=evidence.content_type)


@by_link(LinkPurpose.ANSWER)
@form_view
def vendor_hand_in(request: LinkRequest, link: int) -> HttpResponse:
    """Asks first, with what is still blank; from the POST on nothing changes any more."""
    if request.method == "POST":
        with or_say_why(request):
            vendor_answers.hand_in(request.link)
            messages.success(request, _("Handed in. Thank you: your customer can read your answers now."))
        return redirect("vendor_desk", link)
    if closed := vendor_answers.closed_reason(request.link):
        messages.info(request, closed)
        return redirect("vendor_desk", link)
    rules = vendor_answers.progress(request.link)
    blank = sum(len(rule.blank) for rule in rules)
    total = sum(rule.total for rule in rules)
    context = with_asker(request.link) | {
        "rules": rules,
        "blank": blank,
        "ungraded": sum(rule.ungraded for rule in rules),
        "is_empty": blank == total,
        "also": vendor_answers.also_asked(rules),
    }
    return render(request, "assessments/vendor_side/vendor_hand_in.html", context)


@by_link(LinkPurpose.ANSWER)
@require_POST
def vendor_take_back(request: LinkRequest, link: int) -> HttpResponse:
    """The answers are the vendor's alone again, until it hands in anew."""
    with or_say_why(request):
        vendor_answers.take_back(request.link)
        messages.success(request, _("Taken back: nobody reads your answers until you hand them in again."))
    return redirect("vendor_desk", link)


def answering_as(link: VendorLink) -> AnsweringAs:
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


def _answering(request: LinkRequest) -> VendorAnswering:
    return VendorAnswering(request=request, author=request.link, answering_as=answering_as(request.link))


def _position(request: LinkRequest, key: str) -> VendorPosition:
    """At the rule of that key; a 404 for one that is not asked."""
    rules = vendor_answers.rules_of(request.link)
    return VendorPosition(
        request=request,
        author=request.link,
        answering_as=answering_as(request.link),
        rules=rules,
        rule=rule_at(rules, key),
    )


def _url(link: VendorLink, rule: str) -> str:
    return reverse("vendor_questionnaire", args=[link.pk, rule])
