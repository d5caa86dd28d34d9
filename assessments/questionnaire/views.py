"""The questionnaire: one rule at a time, each answer saved by itself, the score beside it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import FileResponse, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from accounts.access import MemberRequest, user_of
from accounts.fetching import fetch
from assessments.commitments.promises import Promised, promised_in
from assessments.independence import let_read, notice, standing_of
from assessments.models import Answer, Assessment, Delegation, Evidence, VendorNote
from assessments.questionnaire.flow import Answering, QuestionnairePosition, RuleStep, rule_at
from assessments.questionnaire.forms import AnswerForm
from assessments.questionnaire.known_standards import told_beside
from assessments.questionnaire.note_forms import NoteForm, as_json
from assessments.questionnaire.notes import note_beside, notes_of, nothing_noted
from assessments.questionnaire.own import OwnQuestionnaire, own_questionnaire
from assessments.questionnaire.posting import wants_json
from assessments.questionnaire.rows import DELEGATE, OUTSIDER, RATER
from assessments.questionnaire.saving import closed_reason
from assessments.score.overview import RuleSheet, ScoreSheet, own_sheet
from assessments.secrecy import may_read, may_write
from groundwork.responses import attachment, form_view
from manifesto.models import Rule


@dataclass(frozen=True, kw_only=True)
class RaterPosition(QuestionnairePosition):
    """Where in their own questionnaire a rater is."""

    own: OwnQuestionnaire
    template: ClassVar[str] = "assessments/questionnaire/questionnaire.html"

    @property
    def assessment(self) -> Assessment:
        return self.own.response.assessment

    def url(self, rule: Rule | None = None) -> str:
        return reverse("questionnaire", args=[self.assessment.pk, (rule or self.rule).key])

    def answers(self) -> list[Answer]:
        """One query."""
        return self.own.answers_of(self.rule)

    def stored(self) -> list[Answer]:
        """Three queries."""
        self.own.read()
        return self.answers()

    @property
    def independence(self) -> str:
        """What a rater is told who has read others' answers; empty for whoever judges alone. One query."""
        return notice(standing_of(self.assessment, user_of(self.request), self.own.response))

    @cached_property
    def promised(self) -> Mapping[str, list[Promised]]:
        """Question → what the vendor had promised about it, "" for the whole rule; one query. An outside rater reads
        what, due and state alone."""
        return promised_in(
            self.assessment,
            self.rule.key,
            timezone.localdate(),
            with_pages=self.answering_as is RATER,
        )

    @property
    def promised_of_rule(self) -> list[Promised]:
        return self.promised.get("", [])

    @cached_property
    def noted(self) -> dict[int, VendorNote]:
        """Question → what was noted of what the vendor said; one query."""
        return notes_of(self.assessment, self.rule)

    def form_of(self, data: Any = None, files: Any = None, *, answer: Answer) -> AnswerForm:
        return AnswerForm(
            data,
            files,
            answer=answer,
            answering_as=self.answering_as,
            vendor_answer=self.own.of_vendor.get(answer.question_id),
            promises=self.promised.get(answer.question.key, ()),
            told=told_beside([answer], timezone.localdate(), is_outside=self.answering_as is OUTSIDER).get(answer.pk),
            note=NoteForm(
                data,
                answer=answer,
                note=self.noted.get(answer.question_id) or nothing_noted(answer),
                names_author=self.answering_as is not OUTSIDER,
                is_vendor_awaited=self.own.is_vendor_awaited,
            ),
        )

    def ways_out(self) -> dict[str, str]:
        return {"next": reverse("assessment_review", args=[self.assessment.pk])}

    def context(self) -> dict[str, Any]:
        """The score panel and the stepper: the rater's own answers alone; no query."""
        asked = {rule.key for rule in self.rules}
        sheet: ScoreSheet = own_sheet(self.assessment, self.own.response, self.own.answers, rules=asked)
        return {"assessment": self.assessment, "sheet": sheet, "steps": [self._step(rule) for rule in sheet.rules]}

    def _step(self, sheet: RuleSheet) -> ScoreStep:
        key = sheet.progress.key
        url = reverse("questionnaire", args=[self.assessment.pk, key])
        return ScoreStep(progress=sheet.progress, sheet=sheet, url=url, is_current=key == self.rule.key)


@dataclass(frozen=True, kw_only=True)
class ScoreStep(RuleStep):
    """Also the rule's line in the live score. Whole numbers, for drawing."""

    sheet: RuleSheet

    @property
    def low(self) -> int:
        return round(self.sheet.low or 0)

    @property
    def span(self) -> int:
        """From the lower bound to the upper: what is still open."""
        return round(self.sheet.high or 0) - self.low


@never_cache  # a page brought back by the browser would hold versions that are long gone
@form_view
def questionnaire(request: MemberRequest, pk: int, rule: str) -> HttpResponse:
    """One rule with its questions. A POST saves them all: that is the whole of it without JavaScript."""
    own = own_questionnaire(request, pk)
    closed = closed_reason(own.response.assessment, own.response)
    if closed and request.method != "POST":
        messages.info(request, closed)
        return redirect("assessment_detail", pk)
    position = _position(request, own, rule)
    return position.save() if request.method == "POST" else position.show()


@form_view
def answer_edit(request: MemberRequest, pk: int) -> HttpResponse:
    """Save one answer. Asked for JSON (autosave.js) it answers in JSON, else with the page of its rule.

    A question that was handed to the person has its own page: the rest of that questionnaire is not theirs to see."""
    answer = fetch(request, Answer.objects.with_question(), pk)
    answering = _answering(request, answer)
    if answering.answering_as is DELEGATE and not wants_json(request):
        lent = Delegation.objects.open().get(answer=answer, delegate=request.user)
        return redirect("delegation_detail", lent.pk)
    if wants_json(request) and request.method == "POST":
        return answering.autosave(answer)
    own = own_questionnaire(request, answer.response.assessment_id)
    position = _position(request, own, answer.question.rule.key)
    return position.save(only=pk) if request.method == "POST" else position.show_question(answer)


@require_POST
def answer_note(request: MemberRequest, pk: int) -> HttpResponse:
    """Save what was noted of what the vendor said, for autosave.js; without it the page of answers brings it along."""
    answer = fetch(request, Answer.objects.with_question(), pk)
    if not may_write(answer, request.user):
        raise PermissionDenied
    form = NoteForm(request.POST, answer=answer, note=note_beside(answer), names_author=not request.member.is_outside)
    form.save(request.user)
    return as_json(form)


@require_POST
def evidence_add(request: MemberRequest, pk: int) -> HttpResponse:
    answer = fetch(request, Answer.objects.with_question(), pk)
    return _answering(request, answer).add_files(answer)


@require_POST
def evidence_delete(request: MemberRequest, pk: int) -> HttpResponse:
    evidence = fetch(request, Evidence.objects.select_related("answer__response", "answer__question__rule"), pk)
    return _answering(request, evidence.answer).delete_file(evidence)


@require_GET
def evidence_download(request: MemberRequest, pk: int) -> FileResponse:
    evidence = fetch(request, Evidence.objects.select_related("answer__response__assessment"), pk)
    answer = evidence.answer
    if not may_read(answer, request.member):
        raise PermissionDenied
    if not answer.response.is_of_vendor and not may_write(answer, request.user):
        let_read(answer.response.assessment, request.user)
    return attachment(evidence.file, name=evidence.name, content_type=evidence.content_type)


@never_cache
@require_GET
def assessment_score(request: MemberRequest, pk: int) -> HttpResponse:
    """The live score and the stepper alone, to be put in their places."""
    position = _position(request, own_questionnaire(request, pk), request.GET.get("rule"))
    return render(request, "assessments/questionnaire/_score_update.html", position.context())


def _answering(request: MemberRequest, answer: Answer) -> Answering:
    """Of an answer of one's own, or one that was handed to the person; a 403 for others."""
    if not may_write(answer, request.user):
        raise PermissionDenied
    if answer.response.rater_id == request.user.pk:
        return Answering(request=request, author=request.user)
    return Answering(request=request, author=request.user, answering_as=DELEGATE)


def _position(request: MemberRequest, own: OwnQuestionnaire, key: str | None) -> RaterPosition:
    """At the rule of that key, or at the first that is asked; a 404 for a rule that is not."""
    rules = own.rules
    return RaterPosition(
        request=request,
        author=request.user,
        answering_as=OUTSIDER if request.member.is_outside else RATER,
        own=own,
        rules=rules,
        rule=rule_at(rules, key),
    )
