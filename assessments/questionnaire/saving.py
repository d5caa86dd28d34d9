"""Saving answers: one conditional UPDATE each, so that two people in one answer never overwrite each other silently."""

from __future__ import annotations

from dataclasses import dataclass, fields
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.db.models import F
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from accounts.trail import audit
from assessments import independence
from assessments.models import Answer, Assessment, AssessmentState, Blank, FrequencyUnit, Response, VendorLink
from groundwork.saved import Closed, Conflict, Invalid, Outcome, Saved
from manifesto.models import FactKind, Question

SCORE_FIELDS = ("grade", "blank", "reason", "fact_value", "fact_unit")
TEXT_FIELDS = ("vendor_says", "comment")
HUNDREDTH = Decimal("0.01")
HUNDRED_PERCENT = Decimal(100)
MOST_OFTEN = Decimal(10_000)  # times per unit of time: beyond that it is a slip of the finger

NOT_COLLECTING: dict[str, Promise] = {
    AssessmentState.DRAFT: gettext_lazy("The assessment has not been opened for answers yet."),
    AssessmentState.IN_REVIEW: gettext_lazy("The answers have been submitted; they can no longer be changed."),
    AssessmentState.APPROVED: gettext_lazy("The assessment is approved; its answers can no longer be changed."),
    AssessmentState.CANCELLED: gettext_lazy("The assessment was cancelled; its answers can no longer be changed."),
}


@dataclass(frozen=True, kw_only=True)
class Draft:
    """What a person wants an answer to hold."""

    vendor_says: str = ""
    grade: int | None = None
    blank: str = ""
    reason: str = ""
    comment: str = ""
    fact_value: Decimal | None = None
    fact_unit: str = ""

    @classmethod
    def of(cls, answer: Answer) -> Draft:
        return cls(**{one.name: getattr(answer, one.name) for one in fields(cls)})

    def tidy(self, question: Question) -> Draft:
        """Without what has no meaning: a reason where it applies, a fact where none is asked, a unit of nothing."""
        has_fact = question.fact != FactKind.NONE and self.fact_value is not None
        return Draft(
            vendor_says=self.vendor_says.strip(),
            grade=self.grade,
            blank=self.blank,
            reason=self.reason.strip() if self.blank == Blank.NOT_APPLICABLE else "",
            comment=self.comment.strip(),
            # As it will be stored, so that the trail says the very same.
            fact_value=None if self.fact_value is None or not has_fact else self.fact_value.quantize(HUNDREDTH),
            fact_unit=self.fact_unit if has_fact and question.fact == FactKind.FREQUENCY else "",
        )


def draft_problems(draft: Draft, question: Question) -> dict[str, str]:
    """What keeps a draft from being saved, by field, in words for the person who wrote it."""
    faults = {}
    if draft.grade is not None and draft.blank:
        faults["choice"] = _("Choose a grade or “not applicable” or “don’t know”, only one of them.")
    if draft.blank == Blank.NOT_APPLICABLE and not draft.reason.strip():
        faults["reason"] = _("Say why it does not apply.")
    if question.fact != FactKind.NONE and draft.fact_value is not None:
        faults |= _fact_problems(draft, question)
    return faults


def _fact_problems(draft: Draft, question: Question) -> dict[str, str]:
    value = draft.fact_value or Decimal(0)
    if value < 0:
        return {"fact_value": _("Enter zero or more.")}
    if question.fact == FactKind.PERCENTAGE:
        return {"fact_value": _("A percentage is at most 100.")} if value > HUNDRED_PERCENT else {}
    if value > MOST_OFTEN:
        return {"fact_value": _("Enter a smaller number, or a longer stretch of time.")}
    if draft.fact_unit not in FrequencyUnit.values:
        return {"fact_unit": _("Choose the stretch of time: a week, a month, a quarter or a year.")}
    return {}


Author = User | VendorLink  # a member, or the vendor's contact by a link


def in_the_trail(author: Author) -> audit.Actor:
    return author if isinstance(author, User) else audit.Outsider(label=author.signature)


def closed_reason(assessment: Assessment, response: Response | None) -> str:
    """Why no answer can be given now; empty while the questionnaire is open."""
    if assessment.state != AssessmentState.COLLECTING:
        return str(NOT_COLLECTING[assessment.state])
    if response is None:
        return _("Nobody has been asked to answer this assessment yet.")
    if response.withdrawn_at is not None:
        return _("You are no longer asked to rate this assessment; what you wrote is kept but does not count.")
    if response.submitted_at is not None:
        return _("The answers have been submitted; they can no longer be changed.")
    return ""


def save_answer(
    answer: Answer, draft: Draft, *, version: int, author: Author, now: datetime, from_workbook: bool = False
) -> Outcome[Answer]:
    """Write the draft where the answer still has `version`, or say why not. `from_workbook`: the trail says so.

    Every save writes its entry, with all that it changed: pages of the trail show a stretch of writing as one row.
    """
    question = answer.question
    if errors := draft_problems(draft, question):
        return Invalid(errors=errors)
    wanted = draft.tidy(question)
    with transaction.atomic():
        stored = lock_answer(answer)
        if reason := closed_reason(stored.response.assessment, stored.response):
            return Closed(reason=reason)
        changed = differences(Draft.of(stored), wanted)
        if not changed:
            # Also a retry whose first attempt arrived though its reply did not: no conflict with oneself.
            return Saved(version=stored.version, at=stored.updated_at)
        if not _write(answer.pk, wanted, version=version, author=author, now=now):
            return Conflict(stored=stored)
        before = {name: getattr(stored, name) for name in changed}
        after = {name: getattr(wanted, name) for name in changed}
        verb = "answer.from_workbook" if from_workbook else "answer.changed"
        audit.record(in_the_trail(author), verb, stored, before=before, after=after)
        independence.after_change(stored, author, now)
    return Saved(version=version + 1, at=now, changed=changed)


def lock_answer(answer: Answer) -> Answer:
    """The answer as stored, while its assessment is held: submitting and saving cannot pass through each other."""
    held = Assessment.objects.select_for_update(of=("self",), no_key=True).select_related("vendor")
    assessment = held.get(responses=answer.response_id)
    stored = Answer.objects.select_related("response__rater").get(pk=answer.pk)
    stored.response.assessment, stored.question = assessment, answer.question  # which never changes
    return stored


def differences(one: Draft, other: Draft) -> frozenset[str]:
    return frozenset(item.name for item in fields(Draft) if getattr(one, item.name) != getattr(other, item.name))


def _write(pk: int, draft: Draft, *, version: int, author: Author, now: datetime) -> bool:
    values: dict[str, Any] = {one.name: getattr(draft, one.name) for one in fields(draft)}
    return bool(
        # No joins here: the database would decide `version` in a subquery, and two writers would both win.
        Answer.objects.filter(pk=pk, version=version).update(
            **values,
            version=F("version") + 1,
            carried_over=False,
            updated_at=now,
            updated_by=author if isinstance(author, User) else None,
            updated_through=author if isinstance(author, VendorLink) else None,
        )
    )
