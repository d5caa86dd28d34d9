"""Assessments that come again: when the following period has ended, the next one opens by itself."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

import structlog
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts.access import Right, may, roles_with
from accounts.models import AuditEntry, Membership
from accounts.trail import audit
from assessments.lifecycle import transitions
from assessments.lifecycle.numbering import next_reference
from assessments.lifecycle.periods import Period, in_series
from assessments.models import (
    OPEN_STATES,
    Answer,
    Assessment,
    AssessmentState,
    Repeat,
    Response,
    Rhythm,
    VendorNote,
)
from assessments.raters import mails as rater_mails
from assessments.raters.asking import AskedRater
from manifesto.models import RULE_KEYS, Question, Release

logger = structlog.get_logger(__name__)

SHORTEST_TIME_TO_ANSWER = timedelta(days=7)
CARRIED_OVER = ("vendor_says", "comment")
MAY_REPEAT = frozenset({*OPEN_STATES, AssessmentState.APPROVED})


@dataclass(frozen=True, kw_only=True)
class LastTexts:
    """What a rater wrote the last time, to start from."""

    revision: int
    vendor_says: str
    comment: str


def set_repeat(member: Membership, assessment: Assessment, months: int | None) -> None:
    """Let it come again every so many months (None: no more), as long as it was not cancelled."""
    if not may(member, Right.ASSESS):
        raise PermissionDenied
    with transaction.atomic():
        row = transitions.lock_in_state(member, assessment, set(MAY_REPEAT))
        if row.repeat_months == months:
            return
        before, row.repeat_months = row.repeat_months, months
        row.save(update_fields=["repeat_months"])
        audit.record(
            member.user,
            "assessment.repeat_changed",
            row,
            before={"repeat_months": before},
            after={"repeat_months": months},
        )


def open_due(now: datetime) -> list[Assessment]:
    """Open every follower whose period has ended. Any number of schedulers may do so at once: of two, the second
    finds the follower of the first, and the database refuses another."""
    today = timezone.localdate(now)
    opened = []
    rows = Assessment.objects.exclude(state=AssessmentState.CANCELLED).filter(
        repeat_months__in=Repeat.values, next=None, vendor__archived_at=None, period_end__lt=today
    )
    for pk in rows.order_by("period_end", "pk").values_list("pk", flat=True):
        try:
            follower = _open_follower(pk, today, now)
        except IntegrityError:
            logger.info("repeat_opened_elsewhere", assessment=pk)
        except Exception:
            logger.exception("repeat_not_opened", assessment=pk)  # the others still open; this one is tried again
        else:
            opened += [follower] if follower else []
    for follower in opened:
        _tell(follower)
    return opened


def _tell(follower: Assessment) -> None:
    """In the owner's name, those whom no summary of this morning tells. The summary is the surer way, and one mail."""
    owner = Membership.objects.get(organisation=follower.organisation_id, user=follower.owner_id)
    asked = Response.objects.filter(assessment=follower, rater__preferences__isnull=False)
    asked = asked.exclude(rater__preferences__digest=Rhythm.DAILY).exclude(rater=follower.owner_id)
    rows = asked.select_related("rater", "assessment__vendor", "invitation")
    rater_mails.ask(owner, [AskedRater(response=row) for row in rows])


def following_period(assessment: Assessment, today: date) -> Period | None:
    """The latest following period that has ended; None as long as none has. After a long time out, the periods
    between are left out: nobody remembers them any better now."""
    if assessment.repeat_months is None:
        return None
    first, times = _series(assessment, assessment.repeat_months)
    ended = None
    while (period := in_series(first, months=assessment.repeat_months, times=times + 1)).end < today:
        ended, times = period, times + 1
    return ended


def next_period(assessment: Assessment) -> Period:
    """The period that follows by its rhythm, ended or not. Raises ValueError for an assessment that is not repeated."""
    if assessment.repeat_months is None:
        raise ValueError(f"{assessment.reference} is not repeated: no period follows it.")
    first, times = _series(assessment, assessment.repeat_months)
    return in_series(first, months=assessment.repeat_months, times=times + 1)


def _series(assessment: Assessment, months: int) -> tuple[Period, int]:
    """The earliest period before it from which this one follows by counting, and as the how-many-eth. A period that
    somebody changed by hand begins a series of its own."""
    here = _period_of(assessment)
    found, row = (here, 0), assessment
    while row.previous is not None:
        row = row.previous
        first = _period_of(row)
        apart = (here.start.year - first.start.year) * 12 + here.start.month - first.start.month
        times, rest = divmod(apart, months)
        if times > 0 and not rest and in_series(first, months=months, times=times) == here:
            found = (first, times)
    return found


def _period_of(assessment: Assessment) -> Period:
    return Period(start=assessment.period_start, end=assessment.period_end)


@transaction.atomic
def _open_follower(pk: int, today: date, now: datetime) -> Assessment | None:
    """The follower with its raters' questionnaires, or None where it is not its time or nobody could look after it."""
    row = Assessment.objects.select_for_update(no_key=True).get(pk=pk)
    period, release = following_period(row, today), Release.objects.current()
    if period is None or row.state == AssessmentState.CANCELLED or _is_there(row, period):
        return None
    owner = _owner(row)
    if release is None or owner is None:
        logger.info("repeat_waits", assessment=pk, reason="no release" if release is None else "no assessor")
        return None
    follower = Assessment.objects.create(
        organisation=row.organisation,
        vendor=row.vendor,
        release=release,
        asks_supplementary=transitions.asks_supplementary(row.organisation, release),
        reference=next_reference(row.organisation_id, today.year),
        period_start=period.start,
        period_end=period.end,
        due_on=_shifted(row.due_on, row, period, today),
        state=AssessmentState.COLLECTING,
        owner=owner.user,
        created_at=now,
        repeat_months=row.repeat_months,
        previous=row,
    )
    fields = ("reference", "vendor", "release", "period_start", "period_end", "due_on", "state", "previous")
    after = audit.snapshot(follower, fields)
    audit.record(None, "assessment.repeated", follower, after=after)
    _ask_again(row, follower, owner, period, today)
    return follower


def _is_there(row: Assessment, period: Period) -> bool:
    """Opened by another scheduler, or started by hand for the same days."""
    same = Assessment.objects.filter(vendor=row.vendor_id, period_start=period.start, period_end=period.end)
    by_hand = same.exclude(state=AssessmentState.CANCELLED).exclude(pk=row.pk)
    return by_hand.exists() or Assessment.objects.filter(previous=row).exists()


def _owner(row: Assessment) -> Membership | None:
    """The same owner where they may still assess, else the assessor who has been there longest."""
    able = Membership.objects.active().filter(
        organisation=row.organisation_id, user__is_active=True, role__in=roles_with(Right.ASSESS)
    )
    able = able.select_related("user").order_by("joined_at", "pk")
    return able.filter(user=row.owner_id).first() or able.first()


def _shifted(due_on: date | None, row: Assessment, period: Period, today: date) -> date | None:
    """As far from the end of its period as before, but never so soon that nobody could answer."""
    if due_on is None:
        return None
    return max(period.end + (due_on - row.period_end), today + SHORTEST_TIME_TO_ANSWER)


# Raters ---------------------------------------------------------------------------------------------------------
def _ask_again(row: Assessment, follower: Assessment, owner: Membership, period: Period, today: date) -> None:
    """The same raters about the same rules, as far as they are still members; without any, the owner about all."""
    active_members = Membership.objects.active().filter(organisation=row.organisation_id, user__is_active=True)
    members = {member.user_id: member for member in active_members}
    asked = Response.objects.of_customer().filter(assessment=row, rater__in=members)
    raters = list(asked.select_related("rater").order_by("pk"))
    texts = _texts_of_last_time(row)
    for old in raters:
        if old.rater is None:
            continue
        member = members[old.rater.pk]
        response = transitions.lay_out(
            follower,
            rules=_rules_of(old),
            rater=old.rater,
            # An outside rater speaks for the department that was chosen when they were asked; all others for their own.
            department_id=old.department_id if member.is_outside else member.department_id,
            due_on=_shifted(old.due_on, row, period, today),
        )
        # Texts alone, and only where the question still means the same: grades are given afresh.
        changed = list(_with_texts(response.answers.select_related("question"), texts.get(old.rater.pk, {})))
        Answer.objects.bulk_update(changed, [*CARRIED_OVER, "carried_over"])
        audit.record_all(_carried_over(answer, response) for answer in changed)
    if not raters:
        transitions.lay_out(follower, rater=owner.user, department_id=owner.department_id)
    _carry_notes_over(row, follower)


def _rules_of(response: Response) -> tuple[str, ...]:
    """The rules that this rater was asked about; empty: all."""
    asked = set(response.answers.values_list("question__rule__key", flat=True))
    return () if asked >= set(RULE_KEYS) else tuple(sorted(asked))


def _texts_of_last_time(row: Assessment) -> dict[int | None, dict[str, LastTexts]]:
    """Rater → question → what they wrote in the last questionnaire about this vendor that they handed in."""
    handed_in = (
        Response.objects.of_customer()
        .handed_in()
        .filter(assessment__vendor=row.vendor_id, assessment__period_end__lte=row.period_end)
    )
    handed_in = handed_in.exclude(assessment__state=AssessmentState.CANCELLED)
    newest: dict[int | None, int] = {}
    for rater, pk in handed_in.order_by("assessment__period_end", "submitted_at").values_list("rater", "pk"):
        newest[rater] = pk
    texts: dict[int | None, dict[str, LastTexts]] = {rater: {} for rater in newest}
    answers = Answer.objects.filter(response__in=newest.values()).select_related("question", "response")
    for answer in answers:
        texts[answer.response.rater_id][answer.question.key] = LastTexts(
            revision=answer.question.revision, vendor_says=answer.vendor_says, comment=answer.comment
        )
    return texts


def _with_texts(answers: Iterable[Answer], texts: Mapping[str, LastTexts]) -> Iterable[Answer]:
    for answer in answers:
        said = texts.get(answer.question.key)
        if said is None or said.revision != answer.question.revision or not (said.vendor_says or said.comment):
            continue
        answer.vendor_says, answer.comment, answer.carried_over = said.vendor_says, said.comment, True
        yield answer


def _carry_notes_over(row: Assessment, follower: Assessment) -> None:
    """What was noted of what the vendor said, where the question still means the same: to be checked, as texts are."""
    asked = {one.key: one for one in Question.objects.filter(release=follower.release_id)}
    notes = VendorNote.objects.filter(assessment=row).exclude(text="").select_related("question")
    carried = [
        VendorNote(
            assessment=follower,
            question=asked[note.question.key],
            text=note.text,
            carried_over=True,
            updated_at=note.updated_at,
            updated_by_id=note.updated_by_id,
        )
        for note in notes
        if note.question.key in asked and asked[note.question.key].revision == note.question.revision
    ]
    for made in VendorNote.objects.bulk_create(carried):
        audit.record(None, "vendor_note.carried_over", made, before={"text": ""}, after={"text": made.text})


def _carried_over(answer: Answer, response: Response) -> AuditEntry:
    """With its texts: nobody typed them here, so no other entry would tell them."""
    answer.response = response  # whose assessment and vendor are at hand
    before, after = dict.fromkeys(CARRIED_OVER, ""), audit.snapshot(answer, CARRIED_OVER)
    return audit.entry(None, "answer.carried_over", answer, before=before, after=after)
