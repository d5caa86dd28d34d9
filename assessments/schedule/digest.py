"""One mail a person a day at most, about all that is due, over all organisations: a digest, not a flood.

The row is the job: `queue` writes at most one a receiver and day, and a worker claims it and sends. Each mail tells
what passed a milestone since the last one that told everything, so that a week's outage forgets nothing and tells it
once. What is told is read when the mail is made: what changed since the row was written counts.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from urllib.parse import urlsplit

import structlog
from celery.exceptions import SoftTimeLimitExceeded
from django.conf import settings
from django.db.models import Exists, Max, Min, OuterRef, Q, QuerySet
from django.urls import reverse
from django.utils import timezone, translation

from accounts import mail
from accounts.models import Membership, Organisation, User
from assessments.models import (
    AssessmentState,
    Digest,
    DigestQuerySet,
    DigestState,
    Preferences,
    Rhythm,
    VendorLink,
)
from assessments.preferences import preferences_of, within_reach
from assessments.schedule import promised_mails
from assessments.schedule.inbox import waiting_for
from assessments.schedule.items import Item
from assessments.schedule.milestones import milestones_between
from groundwork.jobs.lease import HeldJob, JobKind, LeaseLostError

logger = structlog.get_logger(__name__)

MORNING = time(7)
KEPT_FOR = timedelta(days=90)
DONE = (DigestState.SENT, DigestState.EMPTY)


@dataclass(frozen=True, kw_only=True)
class DigestPart:
    """What one mail says of one organisation."""

    organisation: Organisation
    items: tuple[Item, ...]


@dataclass(frozen=True, kw_only=True)
class Window:
    """What was told already: milestones up to the day `since`, requests up to the moment `told_at`."""

    since: date | None
    told_at: datetime | None


class Digests(JobKind[Digest]):
    """Looked for every ten minutes of one day, which is wait enough between two nudges."""

    task = "assessments.tasks.send_digest"
    related = ("user", "link__assessment__vendor", "commitment_link")
    claimed = {"state": DigestState.SENDING}
    queued = {"state": DigestState.QUEUED}
    longest_wait = timedelta(hours=2)
    batch = 500  # mails are paced: more than go out until the next look would stand in the queue twice

    def rows(self) -> DigestQuerySet:
        return Digest.objects.all()

    def lease(self) -> timedelta:
        return settings.DIGEST_LEASE

    def first_wait(self) -> timedelta:
        return timedelta(minutes=5)

    def turn(self, at: datetime | None) -> dict[str, Any]:
        return {"next_attempt_at": at}

    def failed(self, failure: str, now: datetime) -> dict[str, Any]:
        return {"state": DigestState.FAILED}


DIGESTS = Digests()


# Queueing -------------------------------------------------------------------------------------------------------
def is_morning(now: datetime) -> bool:
    """Whether the day's mails may go out: from seven o'clock where this installation stands."""
    return timezone.localtime(now).time() >= MORNING


def queue(now: datetime) -> int:
    """Write the day's rows, nudge what waits; how many were nudged. Any number of schedulers may do so at once."""
    if not is_morning(now):
        return 0
    today = timezone.localdate(now)
    rows = [Digest(user=user, day=today) for user in _people(today)]
    rows += [Digest(link=link, day=today) for link in _links(now)]
    rows += [Digest(commitment_link=link, day=today) for link in promised_mails.links(now)]
    Digest.objects.bulk_create(rows, ignore_conflicts=True, batch_size=500)  # one a receiver and day, says the database
    Digest.objects.filter(day__lt=today - KEPT_FOR).delete()
    return DIGESTS.sweep(now=now)


def _people(today: date) -> QuerySet[User]:
    """Who is to get the day's mail if there is something to say: daily, or weekly and not told since Monday."""
    member = Membership.objects.active().filter(user=OuterRef("pk"))
    rows = User.objects.filter(Exists(member), is_active=True).exclude(preferences__digest=Rhythm.NEVER)
    told = Max("digests__day", filter=Q(digests__state__in=DONE))
    rows = rows.annotate(told=told, joined=Min("memberships__joined_at"))
    monday = today - timedelta(days=today.weekday())
    begun = Q(told=None, joined__date__lt=monday) | Q(told__lt=monday)
    return rows.filter(~Q(preferences__digest=Rhythm.WEEKLY) | Q(preferences=None) | begun).order_by("pk")


def _links(now: datetime) -> QuerySet[VendorLink]:
    """Links that were mailed, still work, and whose answer or reply is awaited; a reply until its last day, since
    nothing can be sent after it."""
    to_answer = Q(
        response__submitted_at=None,
        response__withdrawn_at=None,
        response__isnull=False,
        assessment__state=AssessmentState.COLLECTING,
    )
    to_reply = Q(
        reply_request__submitted_at=None,
        reply_request__withdrawn_at=None,
        reply_request__isnull=False,
        reply_request__due_on__gte=timezone.localdate(now),
        assessment__state=AssessmentState.IN_REVIEW,
    )
    rows = VendorLink.objects.open(now).filter(to_answer | to_reply, sent_at__isnull=False)
    return rows.exclude(email="").order_by("pk")


# Sending --------------------------------------------------------------------------------------------------------
def send(pk: int, *, now: datetime) -> None:
    """Claim the mail, send it, mark it. Without effect when it is finished, held elsewhere, or of another day."""
    job = DIGESTS.claim(pk, now=now)
    if job is None:
        return
    try:
        # `sent_at` is the moment whose state was told: what comes in while the mail is under way belongs to the next.
        state = DigestState.SENT if _deliver(job, now) else DigestState.EMPTY
        if not job.finish(state=state, sent_at=now):
            raise LeaseLostError(pk)
    except (OSError, SoftTimeLimitExceeded):
        logger.warning("digest_not_sent", digest=pk, attempt=job.attempts, exc_info=True)
        job.release("", now=now)  # after the last attempt, the next day's mail tells the same
    except LeaseLostError:
        logger.warning("digest_lease_lost", digest=pk, attempt=job.attempts)


def _deliver(job: HeldJob[Digest], now: datetime) -> bool:
    """Whether there was something to say, which is then sent. Raises OSError when the mail server does not take it."""
    digest = job.row
    window = _window(digest)
    job.note(since=window.since)
    if digest.link is not None:
        return _tell_vendor(digest, digest.link, window, now)
    if digest.commitment_link is not None:
        return promised_mails.remind(digest.commitment_link, since=window.since, now=now, headers=_headers(digest))
    if digest.user is not None:
        return _tell_person(digest, digest.user, window, now)
    return False


def _window(digest: Digest) -> Window:
    """What the last mail that told everything did not yet tell; before the first one, everything."""
    receiver = {"user": digest.user_id, "link": digest.link_id, "commitment_link": digest.commitment_link_id}
    earlier = Digest.objects.filter(**receiver, state__in=DONE, day__lt=digest.day)
    last = earlier.order_by("-day").first()
    return Window(since=last.day if last else None, told_at=last.sent_at if last else None)


def message_id(digest: Digest) -> str:
    """The same for every attempt at one mail: where a worker died between the mail server's yes and our own note of
    it, the mail goes out twice, and programs that know the first one can drop the second."""
    host = urlsplit(settings.BASE_URL).hostname or "localhost"
    return f"<digest-{digest.pk}-{digest.day.isoformat()}@{host}>"


def _headers(digest: Digest) -> dict[str, str]:
    return {"Message-ID": message_id(digest), "Auto-Submitted": "auto-generated"}


# What is told ---------------------------------------------------------------------------------------------------
def _tell_person(digest: Digest, user: User, window: Window, now: datetime) -> bool:
    wishes = preferences_of(user)
    if not user.is_active or wishes.digest == Rhythm.NEVER:
        return False
    with translation.override(user.language):
        parts = told_to(user, wishes, window, timezone.localdate(now))
    if not parts:
        return False
    count = sum(len(part.items) for part in parts)
    context = {
        "parts": parts,
        "count": count,
        "late": sum(item.is_late for part in parts for item in part.items),
        "url": settings.BASE_URL + reverse("work"),
        "preferences_url": settings.BASE_URL + reverse("preferences"),
        "several": len(parts) > 1,
    }
    mail.send(
        "assessments/schedule/email/digest_person",
        user.email,
        language=user.language,
        context=context,
        headers=_headers(digest),
    )
    return True


def told_to(user: User, wishes: Preferences, window: Window, today: date) -> tuple[DigestPart, ...]:
    """By organisation, what this person is to be told; of organisations that they have left, nothing."""
    parts = []
    for member in Membership.objects.active().filter(user=user).select_related("organisation", "user"):
        items = tuple(_worth_telling(waiting_for(member, today), wishes, window, today))
        if items:
            parts.append(DigestPart(organisation=member.organisation, items=items))
    return tuple(sorted(parts, key=lambda part: part.organisation.name))


def _worth_telling(items: Iterable[Item], wishes: Preferences, window: Window, today: date) -> Iterable[Item]:
    if wishes.digest == Rhythm.WEEKLY:
        return items
    return (item for item in items if _is_new(item, wishes, window) or _is_due(item, wishes, window, today))


def _is_new(item: Item, wishes: Preferences, window: Window) -> bool:
    """Asked for since the last mail, and nobody told the person at once."""
    if item.asked_at is None or (item.told_at_once and wishes.at_once):
        return False
    return window.told_at is None or item.asked_at > window.told_at


def _is_due(item: Item, wishes: Preferences, window: Window, today: date) -> bool:
    if item.due_on is None:
        return False
    after = window.since or date.min
    return bool(
        milestones_between(
            item.due_on,
            after=after,
            until=today,
            before=wishes.before_due,
            overdue=wishes.after_due,
            days_before=item.days_before,
        )
    )


def _tell_vendor(digest: Digest, link: VendorLink, window: Window, now: datetime) -> bool:
    """The same milestones for a vendor's contact. The token is not kept, so the mail points to the one that brought
    it, and to a person who can send another."""
    row = (
        _links(now)
        .filter(pk=link.pk)
        .select_related(
            "response",
            "reply_request",
            "created_by",
            "assessment__vendor",
            "assessment__organisation",
            "assessment__owner",
        )
        .first()
    )
    if row is None or row.sent_at is None:
        return False
    today, due_on, mailed_on = timezone.localdate(now), _due_of(row), timezone.localdate(row.sent_at)
    after = max(window.since, mailed_on) if window.since else mailed_on  # the link's own mail named the day
    if not milestones_between(due_on, after=after, until=today):
        return False
    asker = within_reach(row.assessment, row.created_by)
    context = {
        "link": row,
        "organisation": row.assessment.organisation,
        "vendor": row.assessment.vendor,
        "due_on": due_on,
        "is_late": due_on < today,
        "mailed_on": mailed_on,
        "asker": asker,
    }
    mail.send(
        "assessments/schedule/email/digest_vendor",
        row.email,
        language=row.language,
        context=context,
        headers=_headers(digest),
        asker=asker,
    )
    return True


def _due_of(link: VendorLink) -> date:
    """Until when the vendor is to answer; without a due date, as long as the link works."""
    if link.reply_request is not None:
        return link.reply_request.due_on
    own = link.response.due_on if link.response else None
    return own or link.assessment.due_on or timezone.localdate(link.expires_at)
