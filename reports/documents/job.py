"""The row is the job: a wish for a document, claimed, reported on and published by conditional UPDATEs alone.

The broker carries nudges and may lose them all; `sweep` sends them again. Nothing here draws: see `reports/worker.py`.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from uuid import uuid4

import structlog
from celery import current_app
from django.conf import settings
from django.db import models, transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from reports import formats
from reports.models import MAX_ATTEMPTS, Document, Rendering, RenderingState, Scorecard, VendorCopy

logger = structlog.get_logger(__name__)

RENDER_TASK = "reports.tasks.render_scorecard"  # by name: the tasks import this module, never the reverse
SWEEP_BATCH = 100
LONGEST_WAIT = timedelta(minutes=10)
LATE_AFTER = timedelta(seconds=45)


class Failure(models.TextChoices):
    """Why a wish ended without a document: the code in the row, and the words for the page."""

    TOO_MANY_ATTEMPTS = "too_many_attempts", _("Five attempts were cut short before the document was finished.")
    TOO_SLOW = "too_slow", _("The document took too long to make, in five attempts.")
    REFUSED_CONTENT = "refused_content", _("The document asks for something from outside, which is never fetched.")
    SNAPSHOT_DAMAGED = (
        "snapshot_damaged",
        _("The stored content does not match its SHA-256, so it is not printed. Tell whoever runs this installation."),
    )
    TOO_LARGE = "too_large", _("The document would be too large.")
    UNEXPECTED = "unexpected", _("An unexpected fault stopped the document, in five attempts. It has been recorded.")


class LeaseLostError(Exception):
    """Somebody else holds this rendering by now: stop, and publish nothing."""


@dataclass(frozen=True, kw_only=True)
class LanguageDocument:
    """One language of a scorecard or a vendor’s copy, and what became of the wish for it; no rendering: nobody has
    asked yet."""

    subject_id: int
    language: str
    name: str
    rendering: Rendering | None
    is_late: bool  # unfinished for longer than people expect

    @property
    def size(self) -> str:
        """“184 kB”, as the reader's language writes it; empty until there is a document."""
        octets = self.rendering.size if self.rendering else None
        return formats.size(octets, get_language() or settings.LANGUAGE_CODE) if octets else ""

    @property
    def failure(self) -> str:
        """The reason in words; empty unless it failed."""
        code = self.rendering.failure if self.rendering else ""
        return str(Failure(code).label) if code in Failure.values else ""

    @property
    def seen(self) -> str:
        """What a page shows of this: while it does not change, nothing is sent and nothing announced again."""
        row = self.rendering
        return f"{row.state}-{row.progress}-{row.attempts}-{self.is_late:d}" if row else ""


def documents_of(scorecard: Scorecard, *, now: datetime) -> tuple[LanguageDocument, ...]:
    """The document panel of a scorecard: every language, in the order of the settings. One query."""
    rows = {rendering.language: rendering for rendering in scorecard.renderings.all()}
    return tuple(_document(scorecard.pk, code, rows.get(code), now) for code, _name in settings.LANGUAGES)


def copy_in(copy: VendorCopy, language: str, *, now: datetime) -> LanguageDocument:
    """A vendor’s copy in one language. One query."""
    return _document(copy.pk, language, copy.renderings.filter(language=language).first(), now)


def document_of(rendering: Rendering, *, now: datetime) -> LanguageDocument:
    return _document(rendering.scorecard_id or rendering.vendor_copy_id or 0, rendering.language, rendering, now)


def _document(subject_id: int, language: str, rendering: Rendering | None, now: datetime) -> LanguageDocument:
    is_late = rendering is not None and rendering.is_unfinished and rendering.requested_at < now - LATE_AFTER
    name = str(dict(settings.LANGUAGES)[language])
    return LanguageDocument(subject_id=subject_id, language=language, name=name, rendering=rendering, is_late=is_late)


@transaction.atomic
def request_rendering(subject: Scorecard | VendorCopy, *, language: str, requested_by: User | None) -> Rendering:
    """The one row of this wish: a new one is queued, a failed one queued again, any other returned as it is.

    `requested_by` is None for a vendor, who has no account.
    """
    now = timezone.now()
    field = "vendor_copy" if isinstance(subject, VendorCopy) else "scorecard"
    rendering, is_new = Rendering.objects.get_or_create(
        **{field: subject},
        language=language,
        defaults={"requested_by": requested_by, "requested_at": now, "next_nudge_at": now + _wait(0)},
    )
    if is_new or _try_again(rendering, requested_by, now):
        # A lambda: with a partial and robust=True, a failing callback ends in an AttributeError of Django's own.
        transaction.on_commit(lambda: nudge(rendering.pk))
    return rendering


def _try_again(rendering: Rendering, requested_by: User | None, now: datetime) -> bool:
    if rendering.state != RenderingState.FAILED:
        return False
    restarted = (
        Rendering.objects.failed()
        .filter(pk=rendering.pk)
        .update(
            state=RenderingState.QUEUED,
            progress=0,
            attempts=0,
            nudges=0,
            failure="",
            finished_at=None,
            requested_by=requested_by,
            requested_at=now,
            next_nudge_at=now + _wait(0),
        )
    )
    rendering.refresh_from_db()
    return bool(restarted)


def nudge(pk: int) -> bool:
    """Tell a worker, once and briefly. That nobody could be told is logged and no more: the sweeper tells again."""
    try:
        current_app.send_task(RENDER_TASK, args=[pk], retry=False)
    except Exception:
        logger.warning("rendering_nudge_not_sent", rendering=pk, exc_info=True)
        return False
    return True


def claim(pk: int, *, now: datetime) -> Rendering | None:
    """Take the job by one UPDATE; None: it is finished, held by another worker, or out of attempts."""
    token = uuid4()
    lease_until = now + settings.RENDERING_LEASE
    won = (
        Rendering.objects.claimable(now)
        .filter(pk=pk, attempts__lt=MAX_ATTEMPTS)
        .update(
            state=RenderingState.RENDERING,
            attempts=F("attempts") + 1,
            token=token,
            lease_until=lease_until,
            next_nudge_at=lease_until,
            nudges=0,
            progress=0,
        )
    )
    return Rendering.objects.held(token).select_related("scorecard", "vendor_copy").first() if won else None


def report_progress(rendering: Rendering, percent: int) -> None:
    """Show how far it is. Raises LeaseLostError when the rendering is not ours any more."""
    if not Rendering.objects.held(rendering.token).update(progress=percent):
        raise LeaseLostError(rendering.pk)


@transaction.atomic
def publish(rendering: Rendering, content: bytes, *, now: datetime) -> bool:
    """Make the document and the end of the job visible at once; False, and nothing written, when it is not ours."""
    published = Rendering.objects.held(rendering.token).update(
        state=RenderingState.READY,
        progress=100,
        size=len(content),
        sha256=sha256(content).hexdigest(),
        finished_at=now,
        **_RELEASED,
    )
    if not published:
        return False
    Document.objects.create(rendering_id=rendering.pk, content=content)
    return True


def fail(rendering: Rendering, failure: Failure, *, now: datetime) -> bool:
    """End the job with a reason; False when it is not ours any more."""
    return bool(Rendering.objects.held(rendering.token).update(**_failed(failure, now)))


def release(rendering: Rendering, failure: Failure, *, now: datetime) -> bool:
    """Give the job back after a fault, to be tried again after a while; the last attempt ends with `failure`."""
    if rendering.attempts >= MAX_ATTEMPTS:
        return fail(rendering, failure, now=now)
    queued = {"state": RenderingState.QUEUED, "progress": 0, **_RELEASED}
    queued["next_nudge_at"] = now + _wait(rendering.attempts - 1)
    return bool(Rendering.objects.held(rendering.token).update(**queued))


def sweep(*, now: datetime) -> int:
    """End what is out of attempts and nudge again what waits too long; how many were nudged.

    Several sweepers at once do no harm: each row is postponed by an UPDATE that only one of them wins.
    """
    Rendering.objects.claimable(now).filter(attempts__gte=MAX_ATTEMPTS).update(
        **_failed(Failure.TOO_MANY_ATTEMPTS, now)
    )
    return sum(1 for _sent in _nudge_overdue(now))


def _nudge_overdue(now: datetime) -> Iterator[int]:
    for rendering in Rendering.objects.overdue(now)[:SWEEP_BATCH]:
        if not _postpone(rendering, now):
            continue
        if not nudge(rendering.pk):
            return  # the broker is away: each further attempt would cost its time-out
        yield rendering.pk


def _postpone(rendering: Rendering, now: datetime) -> bool:
    """Win the right to nudge, and let the next nudge wait twice as long: without that, 2.2 executions a job."""
    unchanged = Rendering.objects.filter(pk=rendering.pk, next_nudge_at=rendering.next_nudge_at)
    return bool(unchanged.update(nudges=F("nudges") + 1, next_nudge_at=now + _wait(rendering.nudges + 1)))


def _wait(times: int) -> timedelta:
    return min(settings.RENDERING_NUDGE_AFTER * 2 ** min(times, 20), LONGEST_WAIT)


def _failed(failure: Failure, now: datetime) -> dict[str, object]:
    return {"state": RenderingState.FAILED, "failure": failure.value, "finished_at": now, **_RELEASED}


_RELEASED: dict[str, object] = {"token": None, "lease_until": None, "next_nudge_at": None}
