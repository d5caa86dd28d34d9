"""`bin/manage import_incidents FILE --organisation SLUG --preset NAME …`: an import without a browser, told as JSON."""

from __future__ import annotations

import json
import sys
from argparse import ArgumentParser, BooleanOptionalAction
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from time import sleep
from typing import Any

from django.core.files.base import File
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone, translation

from accounts.models import Membership, Organisation
from groundwork.languages import DEFAULT
from groundwork.tables.cells import ImportRefused
from vendors.incident_fields import BY_KEY
from vendors.incident_import import files, job, worker
from vendors.incident_import.columns import presets
from vendors.incident_import.columns.options import DATES, LOG_VENDORS, NEW, SLA_MEANINGS, Options
from vendors.incident_import.options_check import OptionsRefused
from vendors.incident_import.rows import matching
from vendors.incident_import.rows.problems import reason
from vendors.models import ImportState, IncidentImport, Vendor

PROBLEMS_SHOWN = 50
WAIT = 0.5  # seconds


class Command(BaseCommand):
    help = "Imports incidents from a CSV, XLSX, XLS or ODS file and prints what became of it as JSON."

    def add_arguments(self, parser: ArgumentParser) -> None:
        tools = ", ".join(preset.key for preset in presets.all_presets())
        parser.add_argument("file", metavar="FILE", help="CSV, XLSX, XLS or ODS")
        parser.add_argument("--organisation", metavar="SLUG", required=True)
        parser.add_argument("--preset", metavar="NAME", default="", help=f"{tools} (default: by the headings)")
        parser.add_argument(
            "--map",
            metavar="FIELD=COLUMN",
            action="append",
            default=[],
            help=f"may be given again; fields: {', '.join(BY_KEY)}. An empty COLUMN leaves the field out",
        )
        parser.add_argument(
            "--source", metavar="NAME", default="", help="whose references (default: as an earlier file, or the tool)"
        )
        parser.add_argument("--timezone", metavar="TZ", default="", help="of moments without an offset of their own")
        parser.add_argument("--dates", choices=DATES, default="auto")
        parser.add_argument("--critical", metavar="VALUE", action="append", default=[], help="a critical priority")
        parser.add_argument("--sla-yes", choices=SLA_MEANINGS, default="", help="what “yes” in the SLA column means")
        parser.add_argument("--vendor", metavar="NAME", default="", help="the one vendor of the whole file")
        parser.add_argument("--new-vendors", action="store_true", help="add the vendors that are not in the register")
        parser.add_argument("--new-services", action="store_true", help="add the services that a vendor does not have")
        parser.add_argument(
            "--log", action=BooleanOptionalAction, default=None, help="a line for each update of an incident, or not so"
        )
        parser.add_argument("--log-vendor", choices=LOG_VENDORS, default="last", help="whose an incident of a log is")
        parser.add_argument(
            "--zeros", choices=("match", "new"), default="", help="references that are known but for zeros in front"
        )
        parser.add_argument("--new-source", action="store_true", help="although its references are known from another")
        parser.add_argument("--sheet", metavar="NAME", default="", help="of a workbook (default: the first)")
        parser.add_argument("--dry-run", action="store_true", help="check only, and keep nothing")
        parser.add_argument("--as", dest="email", metavar="EMAIL", default="", help="who (default: an administrator)")

    def handle(self, *args: Any, **options: Any) -> None:
        with translation.override(DEFAULT):
            member = _member(options["organisation"], options["email"])
            try:
                outcome = _run(member, options)
            except OptionsRefused as refused:
                raise CommandError("\n".join(f"{name}: {text}" for name, text in refused.messages.items())) from None
            except ImportRefused as refused:
                raise CommandError(str(refused)) from None
            self.stdout.write(json.dumps(outcome, indent=2, ensure_ascii=False))
            if outcome["state"] == ImportState.FAILED:
                raise CommandError(outcome["failure"])


def _member(slug: str, email: str) -> Membership:
    organisation = Organisation.objects.filter(slug=slug).first()
    if organisation is None:
        raise CommandError(f"There is no organisation “{slug}”.")
    members = Membership.objects.filter(organisation=organisation).select_related("user", "organisation").order_by("pk")
    found = members.filter(user__email__iexact=email) if email else members.filter(role="admin", user__is_active=True)
    member = found.first()
    if member is None:
        raise CommandError(f"No member to import as: {email or 'the organisation has no administrator'}.")
    return member


# The way through -------------------------------------------------------------------------------------------------
def _run(member: Membership, given: dict[str, Any]) -> dict[str, Any]:
    path = Path(given["file"])
    if not path.is_file():
        raise CommandError(f"There is no file “{path}”.")
    if given["preset"] and given["preset"] not in {preset.key for preset in presets.all_presets()}:
        raise CommandError(f"There is no preset “{given['preset']}”.")
    with path.open("rb") as file:
        upload = files.keep(member, File(file), path.name, timezone.now(), preset=given["preset"])
    try:
        upload, made = _through(member, upload, given)
        return _summary(upload, made)
    finally:
        if given["dry_run"]:
            upload.file.delete(save=False)
            upload.delete()


def _through(member: Membership, upload: IncidentImport, given: dict[str, Any]) -> tuple[IncidentImport, list[str]]:
    options = _options(member, upload, given)
    upload = _worked(job.start_check(member, upload, options, tell_workers=False))
    if given["new_vendors"] and upload.state == ImportState.CHECKED and (names := matching.undecided(upload)):
        options = replace(Options.from_data(upload.options), vendors=dict.fromkeys(names, NEW))
        upload = _worked(job.start_check(member, upload, options, tell_workers=False))
    if given["dry_run"] or upload.state != ImportState.CHECKED:
        return upload, []
    before = set(Vendor.objects.for_member(member).values_list("pk", flat=True))
    upload = _worked(job.start_import(member, upload, tell_workers=False))
    after = Vendor.objects.for_member(member).exclude(pk__in=before)
    return upload, list(after.values_list("name", flat=True))


def _worked(upload: IncidentImport) -> IncidentImport:
    """After its work is done, here or by a worker that was quicker; while another import runs, it waits."""
    is_told = False
    while upload.is_working:
        worker.work_on(upload.pk)
        upload.refresh_from_db()
        if upload.is_working:
            if not is_told:
                print("Another import is running: this one waits for its turn.", file=sys.stderr)
            is_told = True
            sleep(WAIT)
    return upload


def _options(member: Membership, upload: IncidentImport, given: dict[str, Any]) -> Options:
    """What the preset suggests, and over it what was said."""
    options = Options.from_data(upload.options)
    if given["sheet"]:
        options = files.suggested(upload, sheet=given["sheet"], preset=given["preset"])
    return replace(
        options,
        columns=_mapped(dict(options.columns), given["map"]),
        **_source(upload, options, given),
        dates=given["dates"],
        vendor=_vendor(member, given["vendor"]) if given["vendor"] else None,
        new_services=given["new_services"],
        one_line_per_update=given["log"],
        log_vendor=given["log_vendor"],
        leading_zeros=given["zeros"],
        critical=tuple(given["critical"]) or options.critical,
        time_zone=given["timezone"] or options.time_zone,
        sla_yes=given["sla_yes"] or options.sla_yes,
    )


def _source(upload: IncidentImport, options: Options, given: dict[str, Any]) -> dict[str, Any]:
    """As it was said; else as an earlier file, where it is clear which."""
    if given["source"]:
        return {"source": given["source"], "source_is_other": given["new_source"]}
    return {"source": job.proposed_source(upload, options)}


def _mapped(columns: dict[str, str], given: Sequence[str]) -> dict[str, str]:
    for pair in given:
        name, mark, heading = pair.partition("=")
        if not mark or name not in BY_KEY:
            raise CommandError(f"--map takes FIELD=COLUMN, not “{pair}”. Fields: {', '.join(BY_KEY)}.")
        columns[name] = heading
    return {name: heading for name, heading in columns.items() if heading}


def _vendor(member: Membership, name: str) -> int:
    found = Vendor.objects.for_member(member).filter(name__iexact=name).first()
    if found is None:
        found = Vendor.objects.for_member(member).filter(reference=name).first()
    if found is None:
        raise CommandError(f"There is no vendor “{name}” in the register.")
    return found.pk


def _summary(upload: IncidentImport, made: list[str]) -> dict[str, Any]:
    problems = list(upload.problems.all()[:PROBLEMS_SHOWN])
    options = Options.from_data(upload.options)
    return {
        "file": upload.file_name,
        "sha256": upload.sha256,
        "state": upload.state,
        "failure": job.failure_words(upload),
        "source": options.source,
        "columns": dict(options.columns),
        "dates": options.dates,
        "time_zone": options.time_zone,
        "critical": list(options.critical),
        "one_line_per_update": options.one_line_per_update,
        "rows": upload.rows_read,
        "counts": upload.counts,
        "problems": [
            {"line": row.line, "column": row.column, "value": row.value, "code": row.code, "reason": reason(row)}
            for row in problems
        ],
        "vendors_created": made,
        "vendors_undecided": matching.undecided(upload) if upload.names else [],
    }
