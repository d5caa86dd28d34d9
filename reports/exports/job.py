"""What people ask of an export, and how a worker holds one: the row is the job, and its file is for who asked alone."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.core.files.base import File
from django.db import models, transaction
from django.utils import timezone
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import Membership
from accounts.trail import audit
from assessments.independence import note_reading
from assessments.models import OPEN_STATES, Assessment
from groundwork.jobs.lease import TOO_MANY_ATTEMPTS, HeldJob, LeaseLostError, NudgedKind
from groundwork.refusals import Refusal
from reports import file_jobs, outward
from reports.exports import chosen as choosing
from reports.models import Export, ExportFormat, ExportQuerySet, ExportScope, FileState
from vendors.models import Vendor

AT_ONCE = 400  # answers that a page writes itself, while somebody waits
VENDORS_AT_ONCE = 100  # of which it writes, whether anybody answered or not
ENDINGS = {ExportFormat.XLSX: "xlsx", ExportFormat.CSV: "zip", ExportFormat.JSON: "json", ExportFormat.ARCHIVE: "zip"}
CONTENT_TYPES = {
    ExportFormat.XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    ExportFormat.CSV: "application/zip",
    ExportFormat.JSON: "application/json",
    ExportFormat.ARCHIVE: "application/zip",
}


class ExportFailure(models.TextChoices):
    """Why there is no file: the code in the row, and the words for the page."""

    TOO_MANY_ATTEMPTS = TOO_MANY_ATTEMPTS, gettext_lazy("Five attempts were cut short. Ask for less at a time.")
    TOO_SLOW = "too_slow", gettext_lazy("The file took too long to write, in five attempts. Ask for less at a time.")
    NO_ROOM = "no_room", gettext_lazy("There is no room on the server. Tell your administrator.")
    LEFT = "left", gettext_lazy("Whoever asked for it is no member of this organisation any more.")
    UNEXPECTED = "unexpected", gettext_lazy("An unexpected fault stopped it, in five attempts. It has been recorded.")


class NotFetched(Refusal):
    """The file is not there, or not for this person at the moment; the message says why, and what helps."""


class Exports(NudgedKind[Export]):
    task = "reports.tasks.write_export"
    related = ("organisation", "requested_by")
    claimed = {"state": FileState.WRITING, "done": 0}
    queued = {"state": FileState.QUEUED}

    def rows(self) -> ExportQuerySet:
        return Export.objects.filter(scope__in=choosing.SCOPES)

    def lease(self) -> timedelta:
        return settings.IMPORT_LEASE

    def first_wait(self) -> timedelta:
        return settings.IMPORT_NUDGE_AFTER


EXPORTS = Exports()


def failure_words(export: Export) -> str:
    """Why it failed, in the active language; empty unless it did."""
    return str(ExportFailure(export.failure).label) if export.failure in ExportFailure.values else ""


# Asking -----------------------------------------------------------------------------------------------------------
def ask(member: Membership, scope: str, file_format: str, *, about: int = 0, query: str = "", language: str) -> Export:
    """Queue it; what is small is for the caller to write at once (`is_small`). file_jobs.TooMany where this person
    has asked for enough. `about` is the key of a row of the member's own organisation."""
    now = timezone.now()
    with transaction.atomic():
        file_jobs.refuse_too_many(Export.objects.all(), member, now=now)
        return Export.objects.create(
            organisation=member.organisation,
            requested_by=member.user,
            requested_at=now,
            language=language,
            scope=scope,
            about=about,
            filter=query,
            format=file_format,
            total=choosing.chosen(member, scope, about=about, query=query, today=timezone.localdate(now)).answers(),
            **EXPORTS.afresh(now),
        )


def is_small(member: Membership, export: Export) -> bool:
    """Whether a page may write it while its reader waits. A query at most."""
    if (export.total or 0) > AT_ONCE:
        return False
    today = timezone.localdate(export.requested_at)
    chosen = choosing.chosen(member, export.scope, about=export.about, query=export.filter, today=today)
    return len(chosen.vendors.order_by().values_list("pk")[: VENDORS_AT_ONCE + 1]) <= VENDORS_AT_ONCE


def cancel(member: Membership, export: Export) -> None:
    """file_jobs.NotNow where it has ended."""
    with transaction.atomic():
        file_jobs.give_up(EXPORTS, export, by=member.user, verb="export.cancelled", now=timezone.now())


def subject_of(export: Export) -> str:
    """“Assessment A-2026-001, Alder”: what it is about, in the active language; the scope alone where that is gone."""
    return subjects_of([export])[0]


def subjects_of(exports: Sequence[Export]) -> list[str]:
    """What each is about, in their order; two queries at most, however many."""
    of = {scope: {one.about for one in exports if one.scope == scope} for scope in ExportScope}
    assessments = Assessment.objects.select_related("vendor").in_bulk(of[ExportScope.ASSESSMENT])
    vendors = Vendor.objects.in_bulk(of[ExportScope.VENDOR])
    return [_subject(one, assessments.get(one.about), vendors.get(one.about)) for one in exports]


def _subject(export: Export, assessment: Assessment | None, vendor: Vendor | None) -> str:
    """Of another organisation nothing is named, whatever stands in the row."""
    ours = export.organisation_id
    if export.scope == ExportScope.ASSESSMENT and assessment is not None and assessment.organisation_id == ours:
        said = {"reference": assessment.reference, "vendor": assessment.vendor}
        return _("Assessment %(reference)s, %(vendor)s") % said
    if export.scope == ExportScope.VENDOR and vendor is not None and vendor.organisation_id == ours:
        return _("Vendor %(name)s") % {"name": vendor}
    if export.scope == ExportScope.PORTFOLIO and export.filter:
        return _("The portfolio, narrowed")
    return str(ExportScope(export.scope).label)


# Making -----------------------------------------------------------------------------------------------------------
def publish(held: HeldJob[Export], path: File[bytes], *, sha256: str, told: dict[str, Any], now: datetime) -> None:
    """Keep the file and end the job at once, with its entry in the trail. LeaseLostError, and nothing kept, where
    somebody else holds it, or it was cancelled."""
    export, rows = held.row, sum(told["rows"].values())
    name = file_name(export, now)
    export.file.save(f"{held.token}.{ENDINGS[ExportFormat(export.format)]}", path, save=False)
    try:
        with transaction.atomic():
            is_ours = held.finish(
                state=FileState.READY,
                file=export.file.name,
                file_name=name,
                size=export.file.size,
                sha256=sha256,
                told=told,
                done=rows,
                total=rows,
                finished_at=now,
                expires_at=now + file_jobs.KEPT,
            )
            if not is_ours:
                raise LeaseLostError(held.pk)
            audit.record(export.requested_by, "export.made", export, after=_record(export, rows), label=name)
            outward.export_ready(export, now=now)
    except BaseException:
        export.file.delete(save=False)
        raise


def _record(export: Export, rows: int) -> dict[str, Any]:
    return {"scope": export.scope, "file": export.format, "rows_in_all": rows}


def file_name(export: Export, now: datetime) -> str:
    """`export-assessment-a-2026-001-alder-2026-03-02-en.xlsx`: plain ASCII, for every mail program and file system."""
    with_subject = export.scope in {ExportScope.ASSESSMENT, ExportScope.VENDOR}
    subject = slugify(subject_of(export))[:60].strip("-") if with_subject else export.scope
    day = f"{timezone.localtime(now):%Y-%m-%d}"
    stem = "-".join(filter(None, ("export", subject, day, export.language)))
    return f"{stem}.{ENDINGS[ExportFormat(export.format)]}"


# Fetching ---------------------------------------------------------------------------------------------------------
def fetched(member: Membership, export: Export) -> Export:
    """The same row, for whoever asked for it and may still see all that is in it; that it left is in the trail, and
    that this person has read what others answered is on record. Raises NotFetched."""
    if not export.is_ready or not export.file:
        raise NotFetched(_("This file is not kept any more. Ask for it again: it is made anew."))
    told = export.told
    if choosing.closed_since(choosing.secrecy_of(member), told["vendors"], told["assessments"]):
        raise NotFetched(
            _(
                "You rate a vendor of which this file tells. Your own answers come first: hand them in, then the file "
                "opens; or ask for a new one, which leaves out what waits for them."
            )
        )
    with transaction.atomic():
        still_open = Assessment.objects.filter(pk__in=told["read"], state__in=OPEN_STATES)
        for key in still_open.order_by().values_list("pk", flat=True):
            note_reading(key, member.user)
        rows = sum(told["rows"].values())
        after = {**_record(export, rows), "sha256": export.sha256}
        audit.record(member.user, "export.fetched", export, after=after, label=export.file_name)
    return export
