"""The row is the job: an import is claimed, reported on and ended by conditional UPDATEs alone.

A worker that dies in the middle leaves a lease that runs out; the next one begins the file again, finds what is
written, and ends the same. The broker carries nudges and may lose them all: `sweep` sends them again.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

import structlog
from celery import current_app
from django.conf import settings
from django.db import models, transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts import audit
from accounts.models import Membership
from vendors.incident_import import options_check
from vendors.incident_import.columns.options import Options
from vendors.incident_import.files import headings_of, path_of
from vendors.incident_import.undoing import wrote_something
from vendors.models import MAX_ATTEMPTS, ImportState, IncidentImport, Vendor

logger = structlog.get_logger(__name__)

IMPORT_TASK = "vendors.tasks.work_on_import"  # by name: the tasks import this module, never the reverse
SWEEP_BATCH = 50
LONGEST_WAIT = timedelta(minutes=10)

_BEFORE_CHECK = (ImportState.MAPPING, ImportState.CHECKED, ImportState.FAILED)
_CANCELLABLE = (ImportState.MAPPING, ImportState.CHECKING, ImportState.CHECKED, ImportState.IMPORTING)
_RELEASED: dict[str, Any] = {"token": None, "lease_until": None, "next_nudge_at": None}


class NotNow(Exception):  # noqa: N818 - said as what happened
    """The import is not in a state in which that can be done; the message says so, to people."""


class LeaseLostError(Exception):
    """Somebody else holds this import by now: stop, and write nothing."""


class Failure(models.TextChoices):
    """Why an import stopped: the code in the row, and the words for the page."""

    REFUSED = "refused", gettext_lazy("The file cannot be used: %(reason)s")
    DATES_UNSURE = (
        "dates_unsure",
        gettext_lazy("Every date of the file can be read with the day or the month first. Choose which comes first."),
    )
    OPTIONS = "options", gettext_lazy("The columns no longer fit: %(reason)s")
    TOO_SLOW = "too_slow", gettext_lazy("It took too long, in five attempts. Import a shorter period.")
    TOO_MANY_ATTEMPTS = "too_many_attempts", gettext_lazy("Five attempts were cut short before the end of the file.")
    UNEXPECTED = (
        "unexpected",
        gettext_lazy("An unexpected fault stopped it, in five attempts. It has been recorded."),
    )


def failure_words(upload: IncidentImport) -> str:
    """Why it failed, in the active language; empty unless it did."""
    if upload.failure not in Failure.values:
        return ""
    words = str(Failure(upload.failure).label)
    return words % upload.failure_values if upload.failure_values else words


# What people ask for ---------------------------------------------------------------------------------------------
def start_check(
    member: Membership, upload: IncidentImport, options: Options, *, tell_workers: bool = True
) -> IncidentImport:
    """Set the options and queue the dry run. `options_check.OptionsRefused` with messages by field where they make no
    sense; NotNow while it is worked on or after it was imported; ImportRefused where the file is gone."""
    options_check.check(member, options, headings_of(upload, sheet=options.sheet))
    with transaction.atomic():
        _move(
            upload,
            _BEFORE_CHECK,
            state=ImportState.CHECKING,
            options=options.as_data(),
            source=options.source,
            counts={},
            failure="",
            failure_values={},
            finished_at=None,
            cancel_asked_at=None,
            **_queued(),
        )
        if wrote_something(upload):
            raise NotNow(_("Undo what this import has written first."))
        _nudge_on_commit(upload, tell_workers=tell_workers)
    return upload


def start_import(member: Membership, upload: IncidentImport, *, tell_workers: bool = True) -> IncidentImport:
    """Queue the writing of what was checked; NotNow unless it is checked."""
    with transaction.atomic():
        _move(upload, (ImportState.CHECKED,), state=ImportState.IMPORTING, **_queued())
        _record(member, upload, "incidentimport.started")
        _nudge_on_commit(upload, tell_workers=tell_workers)
    return upload


def cancel(member: Membership, upload: IncidentImport, *, tell_workers: bool = True) -> IncidentImport:
    """Stop at the next batch and take back what was written; NotNow when it has ended."""
    now = timezone.now()
    with transaction.atomic():
        _move(upload, _CANCELLABLE, cancel_asked_at=now)
        if upload.state == ImportState.IMPORTING:
            # A worker may hold it: only its token says that it stopped. Where none does, the next one takes back.
            _move(upload, (ImportState.IMPORTING,), next_nudge_at=now + _wait(0))
            _nudge_on_commit(upload, tell_workers=tell_workers)
        else:
            _move(upload, _CANCELLABLE, state=ImportState.CANCELLED, finished_at=now, **_RELEASED)
        _record(member, upload, "incidentimport.cancelled")
    return upload


def undo(member: Membership, upload: IncidentImport, *, tell_workers: bool = True) -> IncidentImport:
    """Queue the taking back of a whole import; NotNow unless it wrote something."""
    with transaction.atomic():
        _move(
            upload,
            (ImportState.DONE, ImportState.FAILED),
            state=ImportState.UNDOING,
            undone_by=member.user,
            cancel_asked_at=None,
            **_queued(),
        )
        if not wrote_something(upload):
            raise NotNow(_("This import has written nothing that could be undone."))
        _nudge_on_commit(upload, tell_workers=tell_workers)
    return upload


def _move(upload: IncidentImport, states: tuple[ImportState, ...], **fields: Any) -> None:
    """One conditional UPDATE; NotNow where the import is in another state by now."""
    if not IncidentImport.objects.filter(pk=upload.pk, state__in=states).update(**fields):
        upload.refresh_from_db()
        message = _("That cannot be done now: this import is “%(state)s”.")
        raise NotNow(message % {"state": upload.get_state_display()})
    upload.refresh_from_db()


def _queued() -> dict[str, Any]:
    now = timezone.now()
    return {
        "attempts": 0,
        "nudges": 0,
        "rows_read": 0,
        "started_at": now,
        **_RELEASED,
        "next_nudge_at": now + _wait(0),
    }


def _record(member: Membership, upload: IncidentImport, verb: str, after: dict[str, Any] | None = None) -> None:
    audit.record(
        member.user, verb, upload, organisation=upload.organisation, after=after, subject=the_one_vendor(upload)
    )


def the_one_vendor(upload: IncidentImport) -> Vendor | None:
    """Where the whole file is of one vendor, it belongs to that vendor's history."""
    return Vendor.objects.filter(organisation=upload.organisation_id, pk=upload.options.get("vendor")).first()


# Workers ---------------------------------------------------------------------------------------------------------
def _nudge_on_commit(upload: IncidentImport, *, tell_workers: bool) -> None:
    if tell_workers:
        transaction.on_commit(lambda: nudge(upload.pk))


def nudge(pk: int) -> bool:
    """Tell a worker, once and briefly. That nobody could be told is logged and no more: the sweeper tells again."""
    try:
        current_app.send_task(IMPORT_TASK, args=[pk], retry=False)
    except Exception:
        logger.warning("import_nudge_not_sent", incident_import=pk, exc_info=True)
        return False
    return True


@transaction.atomic
def claim(pk: int, *, now: datetime) -> IncidentImport | None:
    """Take the job by one UPDATE; None: it is finished, out of attempts, or a worker holds this or another import.

    One at a time in the whole installation: a worker has two hands, and one of them makes documents.
    """
    # Who claims at the same time waits here, for the rows that they both want are among these.
    list(IncidentImport.objects.working().order_by("pk").select_for_update(no_key=True).values_list("pk"))
    if IncidentImport.objects.held(now).exists():
        return None
    token = uuid4()
    lease_until = now + settings.IMPORT_LEASE
    won = (
        IncidentImport.objects.claimable(now)
        .filter(pk=pk, attempts__lt=MAX_ATTEMPTS)
        .update(
            attempts=F("attempts") + 1,
            token=token,
            lease_until=lease_until,
            next_nudge_at=lease_until,
            nudges=0,
            rows_read=0,
        )
    )
    return IncidentImport.objects.select_related("organisation", "created_by").get(pk=pk) if won else None


def nudge_next(*, now: datetime) -> None:
    """After one import has ended or rests: tell a worker of the one that waited for it."""
    waiting = IncidentImport.objects.next_in_turn(now)
    if waiting is not None and not IncidentImport.objects.held(now).exists():
        nudge(waiting.pk)


def renew(upload: IncidentImport, *, now: datetime, **fields: Any) -> None:
    """Longer, with what a page shows of the progress. Within the transaction of a batch: LeaseLostError undoes it."""
    lease_until = now + settings.IMPORT_LEASE
    held = IncidentImport.objects.filter(pk=upload.pk, token=upload.token, state=upload.state)
    if not held.update(lease_until=lease_until, next_nudge_at=lease_until, **fields):
        raise LeaseLostError(upload.pk)


def cancel_is_asked(upload: IncidentImport, *, lock: bool = False) -> bool:
    """`lock`: nobody can ask any more until the transaction ends."""
    rows = IncidentImport.objects.select_for_update() if lock else IncidentImport.objects.all()
    return rows.only("cancel_asked_at").get(pk=upload.pk).cancel_asked_at is not None


def finish(upload: IncidentImport, state: ImportState, **fields: Any) -> None:
    """End this work, or go over to the next; LeaseLostError where it is not ours any more."""
    held = IncidentImport.objects.filter(pk=upload.pk, token=upload.token, state=upload.state)
    if not held.update(state=state, **{**_RELEASED, **fields}):
        raise LeaseLostError(upload.pk)


def fail(upload: IncidentImport, failure: Failure, *, now: datetime, **told: Any) -> None:
    finish(upload, ImportState.FAILED, failure=failure.value, failure_values=told, finished_at=now)


def release(upload: IncidentImport, failure: Failure, *, now: datetime) -> None:
    """Give the job back after a fault, to be tried again after a while; the last attempt ends with `failure`."""
    if upload.attempts >= MAX_ATTEMPTS:
        return fail(upload, failure, now=now)
    return finish(upload, ImportState(upload.state), next_nudge_at=now + _wait(upload.attempts))


def sweep(*, now: datetime) -> int:
    """End what is out of attempts and nudge again what waits too long; how many were nudged. What waits for another
    import is left in peace: it would only wait longer each time."""
    IncidentImport.objects.claimable(now).filter(attempts__gte=MAX_ATTEMPTS).update(
        state=ImportState.FAILED, failure=Failure.TOO_MANY_ATTEMPTS.value, finished_at=now, **_RELEASED
    )
    if IncidentImport.objects.held(now).exists():
        return 0
    count = 0
    for upload in IncidentImport.objects.overdue(now)[:SWEEP_BATCH]:
        unchanged = IncidentImport.objects.filter(pk=upload.pk, next_nudge_at=upload.next_nudge_at)
        if not unchanged.update(nudges=F("nudges") + 1, next_nudge_at=now + _wait(upload.nudges + 1)):
            continue
        if not nudge(upload.pk):
            break  # the broker is away: each further attempt would cost its time-out
        count += 1
    return count


def _wait(times: int) -> timedelta:
    return min(settings.RENDERING_NUDGE_AFTER * 2 ** min(times, 20), LONGEST_WAIT)


__all__ = [
    "Failure",
    "LeaseLostError",
    "NotNow",
    "cancel",
    "failure_words",
    "path_of",
    "start_check",
    "start_import",
    "sweep",
    "undo",
]
