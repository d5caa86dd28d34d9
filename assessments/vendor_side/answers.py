"""The vendor's desk: everything that its contact may fetch or do by a link to answer.

Each function takes the link and reaches the link's own response alone: nothing of the customer, nothing of others."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction
from django.db.models import Prefetch, Q, QuerySet
from django.dispatch import Signal
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts import mail
from accounts.models import User
from accounts.trail import audit
from assessments import outward
from assessments.lifecycle.transitions import IllegalTransition
from assessments.models import (
    Answer,
    Assessment,
    AssessmentState,
    Evidence,
    Meeting,
    Response,
    ResponseKind,
    VendorLink,
)
from assessments.preferences import tell_once_certain
from assessments.score.also_asked import AlsoAsked
from groundwork import words
from manifesto.models import GRADE_NAMES, Level, Rule

# Sent inside the transaction that hands in, with `response` and `link`: whoever listens writes in the same one.
handed_in = Signal()
CLOSED: dict[str, Promise] = {
    AssessmentState.DRAFT: gettext_lazy(
        "Your customer has not opened the questions yet. Come back by the same link: nothing is late."
    ),
    AssessmentState.IN_REVIEW: gettext_lazy(
        "Your customer has finished collecting answers and looks at the result now. Nothing is left for you to do; you "
        "may be asked for a reply to the result."
    ),
    AssessmentState.APPROVED: gettext_lazy(
        "The result is approved, and the answers stay as they are. Nothing is left for you to do."
    ),
    AssessmentState.CANCELLED: gettext_lazy(
        "Your customer has cancelled this assessment: no answers are needed, and nothing is left for you to do."
    ),
}
# Instead of these, to a vendor that had not handed in.
UNSENT: dict[str, Promise] = {
    state: gettext_lazy(
        "Your customer closed the questions before you had handed in: nobody there reads your answers. Are they still "
        "wanted? Ask whoever asked you: the name stands at the end of this page."
    )
    for state in (AssessmentState.IN_REVIEW, AssessmentState.APPROVED)
}


@dataclass(frozen=True, kw_only=True)
class DeskRule:
    """One rule as the vendor's contact meets it: how far it is, and which questions are still blank."""

    key: str
    position: int
    name: str
    total: int
    answered: int
    blank: tuple[tuple[str, str], ...]  # question key, its short name
    ungraded: int  # answers in words alone
    also_total: int = 0  # supplementary questions: beside these figures, never among them
    also_answered: int = 0

    @property
    def is_complete(self) -> bool:
        return self.answered == self.total

    @property
    def first_blank(self) -> tuple[str, str] | None:
        return next(iter(self.blank), None)


@dataclass(frozen=True, kw_only=True)
class DeskAnswer:
    """One of the vendor's own answers, to read."""

    answer: Answer
    number: str
    grade_name: str
    level: str  # the anchored text of the grade
    is_supplementary: bool = False

    @property
    def is_blank(self) -> bool:
        return is_blank(self.answer)


def response_of(link: VendorLink) -> Response:
    """The one response that this link is for, fresh. Raises Response.DoesNotExist for a link of another purpose."""
    responses = Response.objects.of_vendor().select_related("assessment__organisation", "assessment__vendor")
    return responses.get(links=link, assessment=link.assessment_id)


def closed_reason(link: VendorLink) -> str:
    """Why nothing can be changed now, in words for the vendor; empty while it may answer."""
    response = response_of(link)
    return closed_for(response)


def closed_for(response: Response) -> str:
    if response.submitted_at is not None:
        day = words.day(response.submitted_at)
        said = _("Your answers were handed in on %(day)s: they stay as they are until they are opened again.")
        return said % {"day": day}
    if response.withdrawn_at is not None:
        return _("Your customer no longer asks for these answers: nothing is left for you to do.")
    if response.assessment.state != AssessmentState.COLLECTING:
        state = response.assessment.state
        return str(UNSENT.get(state, CLOSED[state]))
    return ""


def due_on(response: Response) -> date | None:
    return response.due_on or response.assessment.due_on


def rules_of(link: VendorLink) -> tuple[Rule, ...]:
    """The rules with a question in this response, in order."""
    asked = Rule.objects.filter(questions__answers__response=link.response_id).distinct()
    return tuple(asked.order_by("position"))


def progress(link: VendorLink) -> tuple[DeskRule, ...]:
    """How far each rule is; one query."""
    rows: dict[str, list[Answer]] = {}
    answers = _own(link).select_related("question__rule").order_by("question__rule__position", "question__position")
    for answer in answers:
        rows.setdefault(answer.question.rule.key, []).append(answer)
    return tuple(_desk_rule(answers) for answers in rows.values())


def _desk_rule(answers: list[Answer]) -> DeskRule:
    rule = answers[0].question.rule
    counting, also = _by_kind(answers)
    blank = [answer.question for answer in counting if is_blank(answer)]
    return DeskRule(
        key=rule.key,
        position=rule.position,
        name=rule.name or rule.key,
        total=len(counting),
        answered=len(counting) - len(blank),
        blank=tuple((question.key, question.short or question.key) for question in blank),
        ungraded=sum(not answer.is_answered and not is_blank(answer) for answer in counting),
        also_total=len(also),
        also_answered=sum(not is_blank(answer) for answer in also),
    )


def _by_kind(answers: Iterable[Answer]) -> tuple[list[Answer], list[Answer]]:
    """Those to questions that count, and those to supplementary ones."""
    kinds: dict[bool, list[Answer]] = {False: [], True: []}
    for answer in answers:
        kinds[answer.question.supplementary].append(answer)
    return kinds[False], kinds[True]


def also_asked(rules: Iterable[DeskRule]) -> AlsoAsked:
    """How far the vendor is with the supplementary questions, over all rules."""
    rules = list(rules)
    total, answered = sum(rule.also_total for rule in rules), sum(rule.also_answered for rule in rules)
    return AlsoAsked(total=total, answered=answered)


def is_blank(answer: Answer) -> bool:
    """Nothing said: neither a word nor a grade, nor that it does not apply."""
    return not answer.vendor_says and not answer.is_answered


def answers_of(link: VendorLink, rule: Rule) -> list[Answer]:
    """The answers to one rule in order, with all that a row shows; three queries."""
    answers = _own(link).filter(question__rule=rule).select_related("question__rule", "updated_through")
    rows = answers.select_related("response__assessment").prefetch_related("question__levels", "evidence")
    return list(rows.order_by("question__position"))


def answers_to_write(link: VendorLink) -> QuerySet[Answer]:
    """The answers of this link's response."""
    return _own(link).select_related("question__rule", "response__assessment", "updated_through")


def evidence_of(link: VendorLink) -> QuerySet[Evidence]:
    """The files of this response."""
    return Evidence.objects.filter(answer__in=_own(link)).select_related(
        "answer__response__assessment", "answer__question__rule"
    )


def answers_to_read(link: VendorLink, *, but_blanks: bool = False) -> dict[str, list[DeskAnswer]]:
    """Rule key → the vendor's own answers in order, or only those that say something; four queries."""
    levels = Prefetch("question__levels", queryset=Level.objects.order_by("grade"))
    answers = _own(link).select_related("question__rule").prefetch_related(levels, "evidence")
    read: dict[str, list[DeskAnswer]] = {}
    for answer in answers.order_by("question__rule__position", "question__position"):
        if not but_blanks or not is_blank(answer) or answer.evidence.all():
            read.setdefault(answer.question.rule.key, []).append(_to_read(answer))
    return read


def handed_in_about(assessment: Assessment) -> dict[int, DeskAnswer]:
    """Question → what the vendor handed in about it itself; empty where it handed in nothing. Three queries."""
    own = Response.objects.of_vendor().handed_in().filter(assessment=assessment)
    levels = Prefetch("question__levels", queryset=Level.objects.order_by("grade"))
    rows = Answer.objects.filter(response__in=own).select_related("question__rule").prefetch_related(levels)
    return {answer.question_id: _to_read(answer) for answer in rows}


def _to_read(answer: Answer) -> DeskAnswer:
    question = answer.question
    texts = {level.grade: level.text for level in question.levels.all()}
    return DeskAnswer(
        answer=answer,
        number=f"{question.rule.position}.{question.position}",
        grade_name="" if answer.grade is None else str(GRADE_NAMES[answer.grade]),
        level=texts.get(answer.grade, "") if answer.grade is not None else "",
        is_supplementary=question.supplementary,
    )


def _own(link: VendorLink) -> QuerySet[Answer]:
    """The answers of the link's response; none for a link of another purpose."""
    if link.response_id is None:
        return Answer.objects.none()
    return Answer.objects.filter(response=link.response_id, response__kind=ResponseKind.VENDOR)


def hand_in(link: VendorLink, *, now: datetime | None = None) -> Response:
    """The vendor is done: from here on the raters read its texts and evidence. Blanks pass, a wholly blank one not.

    The owner is told by mail once this is certain."""
    now = now or timezone.now()
    with transaction.atomic():
        Assessment.objects.select_for_update(of=("self",), no_key=True).get(pk=link.assessment_id)
        response = response_of(link)
        if reason := closed_for(response):
            raise IllegalTransition(reason)
        if all(rule.answered == 0 for rule in progress(link)):
            raise IllegalTransition(_("Nothing is answered yet: answer at least one question before you hand in."))
        response.submitted_at = now
        response.save(update_fields=["submitted_at"])
        audit.record(
            audit.Outsider(label=link.signature),
            "vendor_response.handed_in",
            response,
            before={"submitted_at": None},
            after={"submitted_at": now},
        )
        handed_in.send(sender=Response, response=response, link=link)
        outward.vendor_answered(response.assessment, what="questionnaire", now=now)
        tell_owner(link, "assessments/vendor_side/email/vendor_handed_in")
    return response


def is_in_use(response: Response) -> bool:
    """Whether the customer has begun to use what was handed in: somebody who rates has saved an answer or handed in
    since, or the raters have met. Two queries."""
    since = response.submitted_at
    raters = Response.objects.of_customer().filter(assessment=response.assessment_id)
    touched = raters.filter(Q(submitted_at__gte=since) | Q(answers__updated_at__gte=since))
    return touched.exists() or Meeting.objects.filter(assessment=response.assessment_id).exists()


def may_take_back(response: Response) -> bool:
    """Whether the vendor itself can open again what it handed in."""
    is_open = response.assessment.state == AssessmentState.COLLECTING and response.withdrawn_at is None
    return is_open and response.submitted_at is not None and not is_in_use(response)


def take_back(link: VendorLink) -> Response:
    """What was handed in is the vendor's alone again, until it hands in anew. The owner is told."""
    with transaction.atomic():
        Assessment.objects.select_for_update(of=("self",), no_key=True).get(pk=link.assessment_id)
        response = response_of(link)
        if response.submitted_at is None:
            raise IllegalTransition(_("Your answers are open already."))
        if not may_take_back(response):
            raise IllegalTransition(_("Your customer uses your answers by now: ask it to open them again."))
        before, response.submitted_at = response.submitted_at, None
        response.save(update_fields=["submitted_at"])
        audit.record(
            audit.Outsider(label=link.signature),
            "vendor_response.taken_back",
            response,
            before={"submitted_at": before},
            after={"submitted_at": None},
        )
        tell_owner(link, "assessments/vendor_side/email/vendor_taken_back")
    return response


def tell_owner(link: VendorLink, template: str) -> None:
    """Mail the assessment's owner once the change is certain."""
    assessment = Assessment.objects.select_related("owner", "vendor", "organisation").get(pk=link.assessment_id)
    tell([assessment.owner], template, link, assessment, page="assessment_detail")


def tell(users: Iterable[User], template: str, link: VendorLink, assessment: Assessment, *, page: str) -> None:
    """Mail members what came from the vendor, with the page of the assessment that shows it."""
    context = {
        "assessment": assessment,
        "vendor": assessment.vendor,
        "contact": link.name,
        "url": mail.page_address(reverse(page, args=[assessment.pk]), assessment.organisation),
    }
    tell_once_certain(users, template, context)
