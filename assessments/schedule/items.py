"""One thing that waits for somebody, whatever it is about: an assessment, a commitment, a contract, a paper, a
rehearsal, a proof of cause, a planned change."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Any

from django.db import models
from django.db.models import QuerySet

from accounts.models import Membership
from assessments.models import Assessment
from assessments.schedule.milestones import DAYS_BEFORE
from groundwork.together import Lookup
from vendors.models import Vendor


class ItemKind(StrEnum):
    ANSWER = "answer"
    DELEGATED = "delegated"
    OPEN = "open"
    INVITE = "invite"
    CHASE = "chase"
    TALK = "talk"
    SUBMIT = "submit"
    DECIDE = "decide"
    NOBODY_DECIDES = "nobody_decides"
    VENDOR_ANSWERED = "vendor_answered"
    VENDOR_REPLIED = "vendor_replied"
    PROMISE_UNANSWERED = "promise_unanswered"
    PROMISE_DECLINED = "promise_declined"
    PROMISE_DUE = "promise_due"
    PROMISE_REPORTED = "promise_reported"
    PROMISE_REOPENED = "promise_reopened"
    PROMISE_SLIPPING = "promise_slipping"
    CONTRACT = "contract"
    PAPER = "paper"
    START = "start"
    EXPECTATION_TALK = "expectation_talk"
    EXPECTATION_UNANSWERED = "expectation_unanswered"
    PLAN_CHECK = "plan_check"
    REHEARSAL = "rehearsal"
    DEBRIEF = "debrief"
    HOUR = "hour"
    PROOF_TO_READ = "proof_to_read"
    PROOF_LATE = "proof_late"
    PROOF_DUE = "proof_due"
    NOTICE_READ = "notice_read"
    NOTICE_UNREAD = "notice_unread"


WORTH_READING = frozenset({ItemKind.VENDOR_ANSWERED, ItemKind.VENDOR_REPLIED})  # nobody is late with these


@dataclass(frozen=True, kw_only=True)
class Subject:
    """The row that an item is about: in the trail, each entry that sets its `day` counts as a change of the date.
    `since`: when it was made; `with_parts`: entries of what is part of it count, too."""

    label: str  # of its model, as the trail has it
    pk: int
    day: str  # the field
    since: datetime
    with_parts: bool = False

    @classmethod
    def of(cls, row: models.Model, *, day: str, since: datetime, with_parts: bool = False) -> Subject:
        return cls(label=row._meta.label_lower, pk=row.pk, day=day, since=since, with_parts=with_parts)


@dataclass(frozen=True, kw_only=True)
class Item:
    """What to do, for which vendor, about what, until when, and where. `days_before`: when its date is worth a word;
    `assessment`: the one that it is about, if any."""

    kind: ItemKind
    key: str  # the same on every day, so that calendars know it again
    action: str
    vendor: Vendor
    about: str  # the reference of what it is about
    subject: Subject
    url: str
    due_on: date | None
    is_late: bool
    assessment: Assessment | None = None
    detail: str = ""  # without a full stop at its end
    asked_at: datetime | None = None
    told_at_once: bool = False  # whoever asked sent a mail, to those who want one
    days_before: tuple[int, ...] = DAYS_BEFORE


Waiting = Lookup[Iterable[Item]]
NOTHING: Waiting = Lookup(reads=(), told=tuple)


@dataclass(frozen=True, kw_only=True)
class Asking:
    """Whose work, on which day. `ahead`: how long before its day a thing is among it; None: when it is time to see to
    it. `judged`: the keys of the vendors that the member still judges; `deciding`: those of the assessments in review
    that wait for them. Both are read with the rest."""

    member: Membership
    today: date
    ahead: timedelta | None
    judged: QuerySet[Any, int]
    deciding: QuerySet[Any, int]


Source = Callable[[Asking], Waiting]
