"""One mail a person a day at most, about all that is due, over all organisations: a digest, not a flood.

The row is the job: `queue` writes at most one row a receiver and day, `send` claims it by one conditional UPDATE. Each
mail tells what passed a milestone since the last one that told everything, so that a week's outage forgets nothing and
tells it once. What is told is read when the mail is made: what changed since the row was written counts.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from urllib.parse import urlsplit
from uuid import uuid4

import structlog
from celery import current_app
from django.conf import settings
from django.db.models import Exists, F, Max, Min, OuterRef, Q, QuerySet
from django.urls import reverse
from django.utils import timezone, translation

from accounts import mail
from accounts.models import Membership, Organisation, User
from assessments.models import (
    AssessmentState,
    Digest,
    DigestState,
    Preferences,
    Rhythm,
    VendorLink,
)
from assessments.preferences import preferences_of
from assessments.schedule.inbox import Item, waiting_for
from assessments.schedule.milestones import passed

logger = structlog.get_logger(__name__)

SEND_TASK = "assessments.tasks.send_digest"  # by name: the tasks import this module, never the reverse
MORNING = time(7)
MAX_ATTEMPTS = 5
FIRST_WAIT = timedelta(minutes=5)  # doubled each time
KEPT_FOR = timedelta(days=90)
DONE = (DigestState.SENT, DigestState.EMPTY)


@dataclass(frozen=True, kw_only=True)
class Part:
    """What one mail says of one organisation."""

    organisation: Organisation
    items: tuple[Item, ...]


@dataclass(frozen=True, kw_only=True)
class Window:
    """What was told already: milestones up to the day `since`, requests up to the moment `told_at`."""

    since: date | None
    told_at: datetime | None


# Queueing -------------------------------------------------------------------------------------------------------
def is_morning(now: datetime) -> bool:
    """Whether the day's mails may go out: from seven o'clock where this installation stands."""
    return timezone.localtime(now).time() >= MORNING


def queue(now: datetime) -> int:
    """Write the day's rows, nudge what waits; how many were nudged. Any number of schedulers may do so at once."""
    if not is_morning(now):
        return 0
    today = timezone.localdate(now)
    _give_up_on_earlier_days(today, now)
    rows = [Digest(user=user, day=today) for user in _people(today)]
    rows += [Digest(link=link, day=today) for link in _links(now)]
    Digest.objects.bulk_create(rows, ignore_conflicts=True, batch_size=500)  # one a receiver and day, says the database
    Digest.objects.filter(day__lt=today - KEPT_FOR).delete()
    return _nudge_waiting(today, now)


def _give_up_on_earlier_days(today: date, now: datetime) -> None:
    """Today's mail tells what an unsent one of an earlier day would have told: a person gets one, not seven."""
    Digest.objects.claimable(now).filter(day__lt=today).update(state=DigestState.FAILED, **_RELEASED)
    worn_out = Digest.objects.claimable(now).filter(day=today, attempts__gte=MAX_ATTEMPTS)
    worn_out.update(state=DigestState.FAILED, **_RELEASED)


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
    """Links that were mailed, still work, and whose answer or reply is awaited."""
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
        assessment__state=AssessmentState.IN_REVIEW,
    )
    rows = VendorLink.objects.valid(now).filter(to_answer | to_reply, sent_at__isnull=False)
    return rows.exclude(email="").order_by("pk")


def _nudge_waiting(today: date, now: datetime) -> int:
    sent = 0
    for pk in _ready(today, now).order_by("pk").values_list("pk", flat=True):
        if not nudge(pk):
            break  # the broker is away: each further attempt would cost its time-out
        sent += 1
    return sent


def nudge(pk: int) -> bool:
    """Tell a worker, once and briefly. That nobody could be told is logged and no more: the next round tells again."""
    try:
        current_app.send_task(SEND_TASK, args=[pk], retry=False)
    except Exception:
        logger.warning("digest_nudge_not_sent", digest=pk, exc_info=True)
        return False
    return True


# Sending --------------------------------------------------------------------------------------------------------
def send(pk: int, *, now: datetime) -> None:
    """Claim the mail, send it, mark it. Without effect when it is finished, held elsewhere, or of another day."""
    digest = claim(pk, now=now)
    if digest is None:
        return
    try:
        told = _deliver(digest, now)
    except OSError:
        logger.warning("digest_not_sent", digest=pk, attempt=digest.attempts, exc_info=True)
        _release(digest, now)
        return
    # `sent_at` is the moment whose state was told: what comes in while the mail is under way belongs to the next one.
    state = DigestState.SENT if told else DigestState.EMPTY
    if not Digest.objects.held(digest.token).filter(pk=pk).update(state=state, sent_at=now, **_RELEASED):
        logger.warning("digest_lease_lost", digest=pk, attempt=digest.attempts)


def claim(pk: int, *, now: datetime) -> Digest | None:
    """Take the job by one UPDATE; None: finished, held by another worker, out of attempts, or not of today."""
    token = uuid4()
    won = _ready(timezone.localdate(now), now).filter(pk=pk)
    taken = won.update(
        state=DigestState.SENDING,
        attempts=F("attempts") + 1,
        token=token,
        lease_until=now + settings.RENDERING_LEASE,  # as for documents: longer than any task may run
        next_attempt_at=None,
    )
    if not taken:
        return None
    return Digest.objects.held(token).select_related("user", "link__assessment__vendor").first()


def _ready(today: date, now: datetime) -> QuerySet[Digest]:
    in_time = Q(next_attempt_at=None) | Q(next_attempt_at__lte=now)
    return Digest.objects.claimable(now).filter(in_time, day=today, attempts__lt=MAX_ATTEMPTS)


def _release(digest: Digest, now: datetime) -> None:
    """The mail server did not take it: again after a while, and after the last attempt never. The next day's mail
    then tells the same."""
    held = Digest.objects.held(digest.token).filter(pk=digest.pk)
    if digest.attempts >= MAX_ATTEMPTS:
        held.update(state=DigestState.FAILED, **_RELEASED)
        return
    again_at = now + FIRST_WAIT * 2 ** (digest.attempts - 1)
    held.update(state=DigestState.QUEUED, **{**_RELEASED, "next_attempt_at": again_at})


def _deliver(digest: Digest, now: datetime) -> bool:
    """Whether there was something to say, which is then sent. Raises OSError when the mail server does not take it."""
    window = _window(digest)
    Digest.objects.held(digest.token).filter(pk=digest.pk).update(since=window.since)
    if digest.link is not None:
        return _tell_vendor(digest, digest.link, window, now)
    if digest.user is not None:
        return _tell_person(digest, digest.user, window, now)
    return False


def _window(digest: Digest) -> Window:
    """What the last mail that told everything did not yet tell; before the first one, everything."""
    earlier = Digest.objects.filter(user=digest.user_id, link=digest.link_id, state__in=DONE, day__lt=digest.day)
    last = earlier.order_by("-day").first()
    return Window(since=last.day if last else None, told_at=last.sent_at if last else None)


def message_id(digest: Digest) -> str:
    """The same for every attempt at one mail: where a worker died between the mail server's yes and our own note of
    it, the mail goes out twice, and programs that know the first one can drop the second."""
    host = urlsplit(settings.BASE_URL).hostname or "localhost"
    return f"<digest-{digest.pk}-{digest.day.isoformat()}@{host}>"


def _headers(digest: Digest) -> dict[str, str]:
    return {"Message-ID": message_id(digest), "Auto-Submitted": "auto-generated"}


_RELEASED: dict[str, object] = {"token": None, "lease_until": None, "next_attempt_at": None}


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


def told_to(user: User, wishes: Preferences, window: Window, today: date) -> tuple[Part, ...]:
    """By organisation, what this person is to be told; of organisations that they have left, nothing."""
    parts = []
    for member in Membership.objects.active().filter(user=user).select_related("organisation", "user"):
        items = tuple(_worth_telling(waiting_for(member, today), wishes, window, today))
        if items:
            parts.append(Part(organisation=member.organisation, items=items))
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
    return bool(passed(item.due_on, after=after, until=today, before=wishes.before_due, overdue=wishes.after_due))


def _tell_vendor(digest: Digest, link: VendorLink, window: Window, now: datetime) -> bool:
    """The same milestones for a vendor's contact. The token is not kept, so the mail points to the one that brought
    it, and to a person who can send another."""
    row = (
        _links(now)
        .filter(pk=link.pk)
        .select_related("response", "reply_request", "created_by", "assessment__vendor", "assessment__organisation")
        .first()
    )
    if row is None or row.sent_at is None:
        return False
    today, due_on, mailed_on = timezone.localdate(now), _due_of(row), timezone.localdate(row.sent_at)
    after = max(window.since, mailed_on) if window.since else mailed_on  # the link's own mail named the day
    if not passed(due_on, after=after, until=today):
        return False
    context = {
        "link": row,
        "organisation": row.assessment.organisation,
        "vendor": row.assessment.vendor,
        "due_on": due_on,
        "is_late": due_on < today,
        "mailed_on": mailed_on,
        "asker": row.created_by,
    }
    mail.send(
        "assessments/schedule/email/digest_vendor",
        row.email,
        language=row.language,
        context=context,
        headers=_headers(digest),
    )
    return True


def _due_of(link: VendorLink) -> date:
    """Until when the vendor is to answer; without a due date, as long as the link works."""
    if link.reply_request is not None:
        return link.reply_request.due_on
    own = link.response.due_on if link.response else None
    return own or link.assessment.due_on or timezone.localdate(link.expires_at)
