"""What people ask of an import, and how workers hold one. The row is the job: a worker that dies in the middle leaves a
lease that runs out; the next one begins the file again, finds what is written, and ends the same."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import Membership
from accounts.trail import audit
from groundwork.jobs.lease import TOO_MANY_ATTEMPTS, HeldJob, LeaseLostError, NudgedKind
from groundwork.refusals import Refusal
from vendors import outward
from vendors.incident_import import decisions, options_check
from vendors.incident_import.columns.options import Options
from vendors.incident_import.looks import look_at
from vendors.incident_import.sources import NEW_SOURCE
from vendors.models import ImportFailure, ImportState, IncidentImport, IncidentImportQuerySet

_BEFORE_CHECK = (ImportState.MAPPING, ImportState.CHECKED, ImportState.FAILED)
_CANCELLABLE = (
    ImportState.READING,
    ImportState.MAPPING,
    ImportState.CHECKING,
    ImportState.CHECKED,
    ImportState.IMPORTING,
)


class NotNow(Refusal):
    """The import is not in a state in which that can be done; the message says so, to people."""


class CancelAsked(Exception):  # noqa: N818 - said as what happened
    """Somebody has cancelled the import while it was written."""


def failure_words(upload: IncidentImport) -> str:
    """Why it failed, in the active language; empty unless it did."""
    if upload.failure not in ImportFailure.values:
        return ""
    words = str(ImportFailure(upload.failure).label)
    return words % upload.failure_values if upload.failure_values else words


# What a worker holds ---------------------------------------------------------------------------------------------
class HeldImport(HeldJob[IncidentImport]):
    def cancel_is_asked(self, *, lock: bool = False) -> bool:
        """`lock`: nobody can ask any more until the transaction ends."""
        rows = IncidentImport.objects.select_for_update() if lock else IncidentImport.objects.all()
        return rows.only("cancel_asked_at").get(pk=self.pk).cancel_asked_at is not None

    def tell(self, **fields: Any) -> None:
        """Within the transaction of a batch: what was cancelled meanwhile is not written."""
        if self.row.state == ImportState.IMPORTING and self.cancel_is_asked():
            raise CancelAsked
        self.renew(now=timezone.now(), **fields)

    def fail(self, failure: str, *, now: datetime, **fields: Any) -> bool:
        with transaction.atomic():
            has_failed = super().fail(failure, now=now, **fields)
            if has_failed:
                _record_failure(self.row, failure)
        return has_failed

    def end(self, state: ImportState, **fields: Any) -> None:
        """Within the transaction of what ends it, which LeaseLostError undoes."""
        if not self.finish(state=state, **fields):
            raise LeaseLostError(self.pk)
        if state != ImportState.CHECKED:
            outward.import_ended(self.row, state, now=timezone.now())


class Imports(NudgedKind[IncidentImport]):
    task = "vendors.tasks.work_on_import"
    related = ("organisation", "created_by")
    claimed = {"rows_read": 0}

    def rows(self) -> IncidentImportQuerySet:
        return IncidentImport.objects.all()

    def lease(self) -> timedelta:
        return settings.IMPORT_LEASE

    def first_wait(self) -> timedelta:
        return settings.IMPORT_NUDGE_AFTER

    def failed(self, failure: str, now: datetime) -> dict[str, Any]:
        return {**super().failed(failure, now), "failure_values": {}}

    @transaction.atomic
    def end_worn_out(self, now: datetime) -> None:
        """One by one, each with its entry: who sweeps at the same time ends none twice."""
        for row in self.rows().worn_out(now).order_by("pk"):
            if self.rows().worn_out(now).filter(pk=row.pk).update(**self.ended_worn_out(now)):
                _record_failure(row, TOO_MANY_ATTEMPTS)

    @transaction.atomic
    def claim(self, pk: int, *, now: datetime) -> HeldImport | None:
        """None also while a worker is at another import: a worker has two hands, and one of them makes documents."""
        # Who claims at the same time waits here, for the rows that they both want are among these.
        list(self.rows().unfinished().order_by("pk").select_for_update(no_key=True).values_list("pk"))
        job = super().claim(pk, now=now)
        return HeldImport(self, job.row) if job is not None else None

    def nudge_next(self, *, now: datetime) -> None:
        """After one import has ended or rests: tell a worker of the one that waited for it."""
        waiting = IncidentImport.objects.next_in_turn(now)
        if waiting is not None:
            self.nudge(waiting.pk)


IMPORTS = Imports()


def _record_failure(upload: IncidentImport, failure: str) -> None:
    """That it ended so, and how far it had come. Reading and checking write nothing that the trail would tell."""
    if upload.state in {ImportState.READING, ImportState.CHECKING}:
        return
    fresh = IncidentImport.objects.values("counts", "rows_read").get(pk=upload.pk)
    after = {"failure": str(failure), "rows_read": fresh["rows_read"], **fresh["counts"]}
    audit.record(None, "incidentimport.failed", upload, after=after)
    outward.import_ended(upload, ImportState.FAILED, now=timezone.now())


def proposed_source(upload: IncidentImport, options: Options) -> str:
    """The key of the source that the file seems to come from. DecisionMissing where several could be meant."""
    signs = decisions.signs_of(upload, options).source
    if not signs.proposed:
        names = ", ".join(one.key for one in signs.sharing or signs.candidates)
        message = _("Several sources could be meant: %(names)s.") % {"names": names}
        raise options_check.DecisionMissing({"source": message})
    return options.source if signs.proposed == NEW_SOURCE else signs.proposed


# What people ask for ---------------------------------------------------------------------------------------------
def start_check(
    member: Membership, upload: IncidentImport, options: Options, *, tell_workers: bool = True
) -> IncidentImport:
    """Set the options and queue the dry run. `options_check.OptionsRefused` with messages by field where they make no
    sense, its DecisionMissing where they leave open what only a person can decide; NotNow while it is worked on or
    after it was imported; ImportRefused where the file is gone."""
    options_check.check(member, options, look_at(upload, sheet=options.sheet).header)
    if asked := decisions.undecided(decisions.signs_of(upload, options), options):
        raise options_check.DecisionMissing(asked)
    with transaction.atomic():
        _move(
            upload,
            _BEFORE_CHECK,
            state=ImportState.CHECKING,
            options=options.as_data(),
            source=options.source,
            counts={},
            told={},
            failure="",
            failure_values={},
            finished_at=None,
            cancel_asked_at=None,
            **queued(timezone.now()),
        )
        if upload.wrote_something:
            raise NotNow(_("Undo what this import has written first."))
        if tell_workers:
            IMPORTS.nudge_on_commit(upload.pk)
    return upload


def start_reading(upload: IncidentImport, *, sheet: str) -> IncidentImport:
    """Queue the first look at a sheet that takes longer than somebody waits. NotNow while it is worked on, and once
    something was written."""
    options = {**upload.options, "sheet": sheet}
    with transaction.atomic():
        _move(upload, _BEFORE_CHECK, state=ImportState.READING, options=options, **queued(timezone.now()))
        if upload.wrote_something:
            raise NotNow(_("Undo what this import has written first."))
        IMPORTS.nudge_on_commit(upload.pk)
    return upload


def start_import(member: Membership, upload: IncidentImport, *, tell_workers: bool = True) -> IncidentImport:
    """Queue the writing of what was checked; NotNow unless it is checked, and a person has said what the file holds."""
    with transaction.atomic():
        upload.refresh_from_db(fields=["state", "selection"])
        if upload.state == ImportState.CHECKED and not upload.selection:
            raise NotNow(_("Say first what the file holds."))
        _move(upload, (ImportState.CHECKED,), state=ImportState.IMPORTING, **queued(timezone.now()))
        file = audit.snapshot(upload, ("file_name", "sha256", "rows_total"))
        audit.record(member.user, "incidentimport.started", upload, after=file)
        if tell_workers:
            IMPORTS.nudge_on_commit(upload.pk)
    return upload


def cancel(member: Membership, upload: IncidentImport, *, tell_workers: bool = True) -> IncidentImport:
    """Stop at the next batch and take back what was written; NotNow when it has ended."""
    now = timezone.now()
    with transaction.atomic():
        _move(upload, _CANCELLABLE, cancel_asked_at=now)
        if upload.state == ImportState.IMPORTING:
            # A worker may hold it: only its token says that it stopped. Where none does, the next one takes back.
            _move(upload, (ImportState.IMPORTING,), **IMPORTS.turn(now + IMPORTS.wait(0)))
            if tell_workers:
                IMPORTS.nudge_on_commit(upload.pk)
        else:
            _move(upload, _CANCELLABLE, state=ImportState.CANCELLED, finished_at=now, **IMPORTS.released())
        audit.record(member.user, "incidentimport.cancelled", upload)
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
            failure="",
            failure_values={},
            **queued(timezone.now()),
        )
        if not upload.wrote_something:
            raise NotNow(_("This import has written nothing that could be undone."))
        if tell_workers:
            IMPORTS.nudge_on_commit(upload.pk)
    return upload


def _move(upload: IncidentImport, states: tuple[ImportState, ...], **fields: Any) -> None:
    """One conditional UPDATE; NotNow where the import is in another state by now."""
    if not IncidentImport.objects.filter(pk=upload.pk, state__in=states).update(**fields):
        upload.refresh_from_db()
        message = _("That cannot be done now: this import is “%(state)s”.")
        raise NotNow(message % {"state": upload.get_state_display()})
    upload.refresh_from_db()


def queued(now: datetime) -> dict[str, Any]:
    """The fields of a row whose job begins afresh."""
    return {"rows_read": 0, "started_at": now, **IMPORTS.afresh(now)}
