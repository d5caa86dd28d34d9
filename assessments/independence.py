"""Who judged alone. Whoever had read others' answers, and rates or changes an answer afterwards, is marked as not
independent: the grades stay in the mean, and count neither in the confidence nor in the agreement of the raters.

Every page that shows others' answers, or figures made of them, asks `let_read`: that they are read is a fact from then
on. The rule and why it is so: docs/decisions/19-independence-is-a-fact.md."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime
from enum import StrEnum

from django.db.models import QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.models import AuditEntry, User
from accounts.trail import audit
from assessments.models import (
    OPEN_STATES,
    Answer,
    Assessment,
    AssessmentState,
    Consensus,
    Delegation,
    Evidence,
    Meeting,
    Reading,
    Reply,
    Response,
    VendorLink,
)
from assessments.secrecy import kept_apart, those_kept_apart
from groundwork.together import Lookup, read_together

TELLS_OF_ANSWERS = frozenset(model._meta.label_lower for model in (Answer, Delegation, Evidence, Consensus, Reply))


class Standing(StrEnum):
    """How a person stands to the others' answers while they rate, or before they do."""

    ALONE = "alone"  # nothing was read
    TOO_LATE = "too_late"  # read, and nothing handed in before: the rating will be marked
    IF_CHANGED = "if_changed"  # read after handing in: marked as soon as an answer changes
    MARKED = "marked"


NOTICES: dict[Standing, Promise | str] = {
    Standing.ALONE: "",
    Standing.TOO_LATE: _(
        "You have read what others answered here, before giving answers of your own. You can rate all the same: your "
        "grades count in the mean. The rating is marked as not independent, and counts neither in the confidence nor "
        "in the agreement of the raters."
    ),
    Standing.IF_CHANGED: _(
        "You have read what others answered. If you change an answer now, your rating is marked as not independent: "
        "your grades still count in the mean, but no longer in the confidence and in the agreement of the raters."
    ),
    Standing.MARKED: _(
        "Your rating is marked as not independent, because you had read what others answered. Your grades count in "
        "the mean, but neither in the confidence nor in the agreement of the raters."
    ),
}


# What was read --------------------------------------------------------------------------------------------------
def let_read(assessment: Assessment, user: User) -> bool:
    """Whether others' answers are open to this person; if so, it is on record that they read them, where there are
    any. What a service reads, the person who made it has read. One query, and none once it is closed."""
    judge = user.judge
    if assessment.state not in OPEN_STATES:
        return True
    apart = those_kept_apart(assessment, judge)
    known = Reading.objects.filter(assessment=assessment, user=judge).order_by().values_list("pk", flat=True)[:1]
    others = Response.objects.of_customer().handed_in().filter(assessment=assessment).exclude(rater=judge)
    said = others.order_by().values_list("pk", flat=True)[:1]
    agreed = Consensus.objects.filter(assessment=assessment).order_by().values_list("pk", flat=True)[:1]
    read_together(apart, known, said, agreed)
    if apart:
        return False
    if not known and (said or agreed):
        note_reading(assessment.pk, judge)
    return True


def note_reading(assessment: int, user: User) -> None:
    """The first moment stays: of two pages opened at the same time, one writes it. `assessment`: its id."""
    Reading.objects.bulk_create([Reading(assessment_id=assessment, user=user.judge)], ignore_conflicts=True)


def note_entries_read(entries: Iterable[AuditEntry], user: User) -> None:
    """Entries of the trail stand on a page: those about answers of others tell what they are. Where the reader is kept
    apart, they tell of questions that were handed to them alone, which are known without it."""
    judge = user.judge
    told = {
        int(entry.subject_id)
        for entry in entries
        if entry.object_type in TELLS_OF_ANSWERS and entry.actor_id != judge.pk and entry.subject_id.isdecimal()
    }
    if told:
        on_record = Reading.objects.filter(user=judge).values("assessment")
        new = Assessment.objects.filter(pk__in=told, state__in=OPEN_STATES).exclude(pk__in=on_record)
        for assessment in new.exclude(pk__in=kept_apart(judge)):
            note_reading(assessment.pk, judge)


# Who knows ------------------------------------------------------------------------------------------------------
def those_who_know(assessment: int, *, but_for: int | None = None) -> set[int]:
    """The ids of the people who have read others' answers, were at a meeting, or were handed a colleague's question:
    one of the questionnaire `but_for` does not count. Ids in and out; one query."""
    return knowing(assessment, but_for=but_for).now()


def knowing(assessment: int, *, but_for: int | None = None) -> Lookup[set[int]]:
    """The same, to be read with what else a page shows."""
    read = Reading.objects.filter(assessment=assessment).order_by().values_list("user", flat=True)
    attended = Meeting.attendees.through.objects.filter(meeting__assessment=assessment)
    heard = attended.order_by().values_list("user", flat=True)
    lent = _lent().filter(answer__response__assessment=assessment).order_by().values_list("delegate", flat=True)
    if but_for is not None:
        lent = lent.exclude(answer__response=but_for)
    return Lookup(reads=(read, heard, lent), told=lambda: {*read, *heard, *lent})


def known_among(user: User, assessments: Collection[int]) -> set[int]:
    """Of these assessments, those in which this person knows what others answered. Ids in and out; one query."""
    read = Reading.objects.filter(user=user, assessment__in=assessments).values_list("assessment")
    heard = Meeting.objects.filter(attendees=user, assessment__in=assessments).order_by().values_list("assessment")
    lent = _lent().filter(delegate=user, answer__response__assessment__in=assessments)
    return {one for (one,) in read.union(heard, lent.values_list("answer__response__assessment"))}


def _lent() -> QuerySet[Delegation]:
    """Of the questions that count: whoever was handed a supplementary one knows nothing of the grades."""
    return Delegation.objects.filter(answer__question__supplementary=False)


def knows_of_others(response: Response, user: User) -> bool:
    """Whether this person, who writes into this questionnaire, knows what stands in another's."""
    return user.pk in those_who_know(response.assessment_id, but_for=response.pk)


def standing_of(assessment: Assessment, user: User, response: Response | None) -> Standing:
    """`response`: their own questionnaire, if any. Only while ratings can still be given."""
    if response is not None and not response.is_independent:
        return Standing.MARKED
    if assessment.state != AssessmentState.COLLECTING or user.pk not in those_who_know(assessment.pk):
        return Standing.ALONE
    is_first = response is None or response.first_handed_in_at is None
    return Standing.TOO_LATE if is_first else Standing.IF_CHANGED


def notice(standing: Standing) -> str:
    """What a rater is told; empty for whoever judges alone."""
    return str(NOTICES[standing])


# What follows ---------------------------------------------------------------------------------------------------
def after_first_handing_in(response: Response, now: datetime) -> None:
    """Within the transaction that hands in for the first time: handing in again takes nothing back and adds nothing."""
    if response.rater is not None and knows_of_others(response, response.rater):
        _mark(response, response.rater, now)


def after_change(answer: Answer, author: User | VendorLink, now: datetime) -> None:
    """Within the transaction that changed an answer: by the rater, or by a colleague whom they handed it to. One to a
    supplementary question marks nobody: it enters no figure that independence is asked of."""
    response = answer.response
    if (
        answer.question.supplementary
        or response.is_of_vendor
        or not response.is_independent
        or not isinstance(author, User)
    ):
        return
    knowing = those_who_know(response.assessment_id, but_for=response.pk)
    if knowing & {author.pk, response.rater_id}:
        _mark(response, author, now)


def _mark(response: Response, author: User, now: datetime) -> None:
    """Once and for good."""
    if Response.objects.filter(pk=response.pk, not_independent_since=None).update(not_independent_since=now):
        response.not_independent_since = now
        audit.record(author, "response.not_independent", response)
