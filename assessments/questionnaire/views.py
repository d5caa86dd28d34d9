"""The questionnaire: one rule at a time, each answer saved by itself, the score beside it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import Prefetch
from django.http import FileResponse, Http404, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.access import MemberRequest
from assessments.models import Answer, Assessment, Delegation, Evidence, Response
from assessments.questionnaire.evidence import delete_evidence
from assessments.questionnaire.forms import AnswerForm, prefix_of, row_of
from assessments.questionnaire.posting import as_json, keep_files, save, save_all, wants_json
from assessments.questionnaire.rows import DELEGATE, RATER, Row
from assessments.questionnaire.saving import closed_reason
from assessments.saved import Closed
from assessments.score.overview import RuleSheet, Sheet, own_sheet_of
from assessments.secrecy import may_read, may_write, own_response, vendor_answers
from manifesto.models import Rule


@dataclass(frozen=True, kw_only=True)
class QuestionnairePosition:
    """Where in which questionnaire a person is."""

    assessment: Assessment
    response: Response
    rules: tuple[Rule, ...]
    rule: Rule

    @property
    def previous(self) -> Rule | None:
        return self.rules[self._index - 1] if self._index else None

    @property
    def next(self) -> Rule | None:
        return self.rules[self._index + 1] if self._index + 1 < len(self.rules) else None

    @property
    def _index(self) -> int:
        return self.rules.index(self.rule)

    def url(self, rule: Rule | None = None) -> str:
        return reverse("questionnaire", args=[self.assessment.pk, (rule or self.rule).key])

    def answers(self) -> list[Answer]:
        """The answers of this rule in order, with all that a row shows; five queries."""
        answers = Answer.objects.filter(response=self.response, question__rule=self.rule)
        related = ("question__rule", "updated_by", "response__assessment")
        lent = Prefetch("delegations", Delegation.objects.open().select_related("delegate"), to_attr="open_delegations")
        rows = answers.select_related(*related).prefetch_related("question__levels", "evidence", lent)
        return list(rows.order_by("question__position"))

    @cached_property
    def said_by_vendor(self) -> dict[int, Answer]:
        """Question → what the vendor handed in about it; two queries."""
        answers = vendor_answers(self.assessment).filter(question__rule=self.rule)
        return {answer.question_id: answer for answer in answers}

    def form_of(self, data: Any = None, files: Any = None, *, answer: Answer) -> AnswerForm:
        return AnswerForm(data, files, answer=answer, vendor_answer=self.said_by_vendor.get(answer.question_id))


@never_cache  # a page brought back by the browser would hold versions that are long gone
@require_http_methods(["GET", "POST"])
def questionnaire(request: MemberRequest, pk: int, rule: str) -> HttpResponse:
    """One rule with its questions. A POST saves them all: that is the whole of it without JavaScript."""
    assessment = _assessment(request, pk)
    response = _own(request, assessment)
    closed = closed_reason(assessment, response)
    if closed and request.method == "GET":
        messages.info(request, closed)
        return redirect("assessment_detail", pk)
    position = _position(assessment, response, rule)
    if request.method == "POST":
        return _save_page(request, position, position.answers())
    return _page(request, position, [position.form_of(answer=answer) for answer in position.answers()])


@require_http_methods(["GET", "POST"])
def answer_edit(request: MemberRequest, pk: int) -> HttpResponse:
    """Save one answer. Asked for JSON (autosave.js) it answers in JSON, else with the page of its rule.

    A question that was handed to the person has its own page: the rest of that questionnaire is not theirs to see."""
    answer = _writable(request, pk)
    is_lent = answer.response.rater_id != request.user.pk
    if is_lent and not wants_json(request):
        lent = Delegation.objects.open().get(answer=answer, delegate=request.user)
        return redirect("delegation_detail", lent.pk)
    if wants_json(request) and request.method == "POST":
        form = AnswerForm(request.POST, answer=answer, answering_as=DELEGATE if is_lent else RATER)
        return as_json(form, save(form, author=request.user))
    position = _position(answer.response.assessment, answer.response, answer.question.rule.key)
    if request.method == "GET":
        return redirect(f"{position.url()}#question-{answer.question.key}")
    return _save_page(request, position, [one for one in position.answers() if one.pk == pk])


@require_POST
def evidence_add(request: MemberRequest, pk: int) -> HttpResponse:
    """Keep the files sent with an answer."""
    answer = _writable(request, pk)
    form = AnswerForm(answer=answer)
    closed = keep_files(form, request.FILES.getlist(f"{prefix_of(answer)}-evidence"), author=request.user)
    return _evidence_reply(request, form, closed)


@require_POST
def evidence_delete(request: MemberRequest, pk: int) -> HttpResponse:
    evidence = get_object_or_404(
        Evidence.objects.for_member(request.member).select_related("answer__response", "answer__question__rule"),
        pk=pk,
    )
    if not may_write(evidence.answer, request.user):
        raise PermissionDenied
    closed = delete_evidence(evidence, author=request.user)
    return _evidence_reply(request, AnswerForm(answer=evidence.answer), closed)


@require_GET
def evidence_download(request: MemberRequest, pk: int) -> FileResponse:
    """The file, always to be kept and never to be shown: what it contains was written by others."""
    rows = Evidence.objects.for_member(request.member).select_related("answer__response__assessment")
    evidence = get_object_or_404(rows, pk=pk)
    if not may_read(evidence.answer, request.member):
        raise PermissionDenied
    try:
        file = evidence.file.open("rb")
    except FileNotFoundError as missing:
        raise Http404 from missing
    reply = FileResponse(file, as_attachment=True, filename=evidence.name, content_type=evidence.content_type)
    reply["X-Content-Type-Options"] = "nosniff"
    reply["Cache-Control"] = "private, no-store"
    return reply


@never_cache
@require_GET
def assessment_score(request: MemberRequest, pk: int) -> HttpResponse:
    """The live score and the stepper alone, to be put in their places."""
    assessment = _assessment(request, pk)
    position = _position(assessment, _own(request, assessment), request.GET.get("rule"))
    return render(request, "assessments/questionnaire/_score_update.html", _score(position))


def _assessment(request: MemberRequest, pk: int) -> Assessment:
    return get_object_or_404(Assessment.objects.for_member(request.member).with_vendor(), pk=pk)


def _own(request: MemberRequest, assessment: Assessment) -> Response:
    """The questionnaire of whoever asks; nobody else's, whatever their role."""
    response = own_response(assessment, request.user)
    if response is None:
        raise PermissionDenied
    return response


def _writable(request: MemberRequest, pk: int) -> Answer:
    """An answer of one's own, or one that was handed to the person."""
    answer = get_object_or_404(Answer.objects.for_member(request.member).with_question(), pk=pk)
    if not may_write(answer, request.user):
        raise PermissionDenied
    return answer


def _position(assessment: Assessment, response: Response, key: str | None) -> QuestionnairePosition:
    """At the rule of that key, or at the first that is asked; a 404 for a rule that is not."""
    asked = Rule.objects.filter(questions__answers__response=response).distinct()
    rules = tuple(asked.order_by("position"))
    rule = next((rule for rule in rules if key in (None, rule.key)), None)
    if rule is None:
        raise Http404
    return QuestionnairePosition(assessment=assessment, response=response, rules=rules, rule=rule)


def _save_page(request: MemberRequest, position: QuestionnairePosition, answers: Sequence[Answer]) -> HttpResponse:
    """Save what can be saved; show the rest again as it was typed, with what is to be decided or put right."""
    posted = save_all(request, answers, author=request.user, reload=position.answers, form_of=position.form_of)
    if posted is None:
        return _onward(request, position)
    return _page(request, position, posted.forms, closed=posted.closed, status=posted.status)


def _onward(request: MemberRequest, position: QuestionnairePosition) -> HttpResponseRedirect:
    """Where the button that was pressed leads to."""
    then = request.POST.get("then", "stay")
    if then == "next" and position.next:
        return redirect(position.url(position.next))
    if then == "next":
        return redirect("assessment_review", position.assessment.pk)
    if then == "previous" and position.previous:
        return redirect(position.url(position.previous))
    messages.success(request, _("Saved."))
    return redirect(position.url())


def _page(
    request: MemberRequest,
    position: QuestionnairePosition,
    forms: Sequence[AnswerForm],
    *,
    closed: str = "",
    status: int = 200,
) -> HttpResponse:
    rows = [row_of(form) for form in forms]
    context = {
        "assessment": position.assessment,
        "position": position,
        "forms": forms,
        "rows": rows,
        "problems": [(row, link, message) for row in rows for link, message in row.error_links],
        "conflicts": [row for row in rows if row.conflict],
        "closed": closed,
        **_score(position),
    }
    return render(request, "assessments/questionnaire/questionnaire.html", context, status=status)


@dataclass(frozen=True, kw_only=True)
class Step:
    """A rule as its mark in the stepper and its line in the live score. Whole numbers, for drawing."""

    sheet: RuleSheet
    url: str
    is_current: bool

    @property
    def eighths(self) -> int:
        """The answered part; both a first answer and a last one that is missing show."""
        answered, total = self.sheet.progress.answered, self.sheet.progress.total
        if not answered or answered == total:
            return 8 if answered and total else 0
        return min(7, max(1, answered * 8 // total))

    @property
    def low(self) -> int:
        return round(self.sheet.low or 0)

    @property
    def span(self) -> int:
        """From the lower bound to the upper: what is still open."""
        return round(self.sheet.high or 0) - self.low


def _score(position: QuestionnairePosition) -> dict[str, Any]:
    """What the score panel and the stepper show: the rater's own answers alone; a fixed number of queries."""
    asked = {rule.key for rule in position.rules}
    sheet: Sheet = own_sheet_of(position.assessment, position.response, rules=asked)
    steps = [
        Step(
            sheet=rule,
            url=reverse("questionnaire", args=[position.assessment.pk, rule.progress.key]),
            is_current=rule.progress.key == position.rule.key,
        )
        for rule in sheet.rules
    ]
    return {"assessment": position.assessment, "sheet": sheet, "steps": steps}


def _evidence_reply(request: MemberRequest, form: AnswerForm, closed: Closed | None) -> HttpResponse:
    """The list of files alone for autosave.js, else back to the question."""
    if closed:
        form.file_errors.append(closed.reason)
    if not wants_json(request):
        for message in form.file_errors:
            messages.error(request, message)
        return redirect("answer_edit", form.answer.pk)
    row: Row = row_of(form)
    html = render_to_string("assessments/questionnaire/_answer_evidence.html", {"row": row})
    return JsonResponse({"html": html}, status=422 if form.file_errors else 200)
