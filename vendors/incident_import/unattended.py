"""The whole way through an import without a browser: what a person would choose on the pages is said beforehand."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path
from time import sleep
from typing import Any

from django.core.files.base import File
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import Membership
from groundwork.refusals import Refusal
from vendors.incident_fields import BY_KEY
from vendors.incident_import import files, job, worker
from vendors.incident_import.columns import presets
from vendors.incident_import.columns.options import NEW, SKIP, Dates, LeadingZeros, LogVendor, Options, SlaMeaning
from vendors.incident_import.holding import answers
from vendors.incident_import.holding.answers import Answer, HoldingRefused
from vendors.incident_import.looks import IN_TURN, look_at
from vendors.incident_import.options_check import DecisionMissing, OptionsRefused
from vendors.incident_import.report import report
from vendors.incident_import.rows import matching
from vendors.models import ImportState, IncidentImport, Selection, Vendor

__all__ = ["ChoiceRefused", "Choices", "DecisionMissing", "OptionsRefused", "Outcome", "run"]
WAIT = 0.5  # seconds


class ChoiceRefused(Refusal):
    """What was said beforehand cannot be; the message says why."""


@dataclass(frozen=True, kw_only=True)
class Choices:
    """What a person would choose; what is empty or None stays as it is suggested, or is asked for.

    `columns`: “field=heading” each; `match`: “name in the file=vendor” each; `new` and `skip`: names in the file.
    `accept_proposals`: what nobody has said of what the file holds is as proposed."""

    preset: str = ""
    sheet: str = ""
    columns: Sequence[str] = ()
    source: str = ""
    is_new_source: bool = False
    dates: Dates = "auto"
    time_zone: str = ""
    critical: Sequence[str] = ()
    sla_yes: SlaMeaning | None = None
    vendor: str = ""
    match: Sequence[str] = ()
    new: Sequence[str] = ()
    skip: Sequence[str] = ()
    others: str = ""  # "new" or "skip": every name that is left
    new_services: bool = False
    is_log: bool | None = None
    log_vendor: LogVendor = "last"
    log_moment: str = ""
    leading_zeros: LeadingZeros = ""
    holds: str = ""
    holds_from: date | None = None
    holds_to: date | None = None
    known_until: date | None = None
    accept_proposals: bool = False
    is_dry_run: bool = False


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """`told`: as JSON; `asked`: what somebody has to say before the file can go in, empty where nothing is missing."""

    told: Mapping[str, Any]
    asked: str = ""
    failure: str = ""
    made: Sequence[str] = field(default_factory=tuple)


def run(member: Membership, path: Path, choices: Choices) -> Outcome:
    """Bring the file, check it, and import it where all is said. What did not go in, and did not fail on the way, is
    not kept. A Refusal, OptionsRefused or ImportRefused where it cannot be."""
    if not path.is_file():
        raise ChoiceRefused(_("There is no file “%(name)s”.") % {"name": path})
    if choices.preset and choices.preset not in {preset.key for preset in presets.all_presets()}:
        raise ChoiceRefused(_("There is no preset “%(name)s”.") % {"name": choices.preset})
    with path.open("rb") as file:
        upload = files.keep(member, File(file), path.name, timezone.now(), preset=choices.preset, haste=IN_TURN)
    try:
        return _through(member, upload, choices)
    finally:
        if IncidentImport.objects.filter(pk=upload.pk, state__in=(ImportState.MAPPING, ImportState.CHECKED)).exists():
            upload.file.delete(save=False)
            upload.delete()


def _through(member: Membership, upload: IncidentImport, choices: Choices) -> Outcome:
    upload = _checked(member, upload, choices)
    asked = ""
    if upload.state == ImportState.CHECKED:
        asked = _say_what_it_holds(member, upload, choices)
    if choices.is_dry_run or asked or upload.state != ImportState.CHECKED:
        return _outcome(upload, asked=asked)
    before = set(Vendor.objects.for_member(member).values_list("pk", flat=True))
    upload = _worked(job.start_import(member, upload, tell_workers=False))
    made = Vendor.objects.for_member(member).exclude(pk__in=before)
    return _outcome(upload, made=list(made.values_list("name", flat=True)))


def _outcome(upload: IncidentImport, *, asked: str = "", made: Sequence[str] = ()) -> Outcome:
    told = {**report(upload), "asked": asked, "vendors_created": list(made)}
    failure = job.failure_words(upload) if upload.state == ImportState.FAILED else ""
    return Outcome(told=told, asked=asked, failure=failure, made=made)


def _checked(member: Membership, upload: IncidentImport, choices: Choices) -> IncidentImport:
    """Once to find the names of vendors, and again where all others are to be new ones or left out."""
    options = _options(member, upload, choices)
    upload = _worked(job.start_check(member, upload, options, tell_workers=False))
    if choices.others and upload.state == ImportState.CHECKED and (names := matching.undecided(upload)):
        decided = {**options.vendors, **dict.fromkeys(names, choices.others)}
        options = replace(Options.from_data(upload.options), vendors=decided)
        upload = _worked(job.start_check(member, upload, options, tell_workers=False))
    return upload


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


# What the file holds ---------------------------------------------------------------------------------------------
def _say_what_it_holds(member: Membership, upload: IncidentImport, choices: Choices) -> str:
    """What has to be said first; empty once it is kept."""
    proposal = answers.proposal_for(upload, answers.evidence_of(upload))
    if proposal is None:
        return _("No line of the file tells when an incident was opened.")
    agreed = answers.proposed_answer(proposal)
    if not choices.holds:
        if choices.holds_from or choices.holds_to or choices.known_until:
            raise ChoiceRefused(_("Say what the file holds, too, not only its days."))
        if not choices.accept_proposals:
            return _("Say what the file holds, or accept what is proposed.")
        answers.say(member, upload, agreed)
        return ""
    answers.say(member, upload, _answer(choices, agreed))
    return ""


def _answer(choices: Choices, agreed: Answer) -> Answer:
    """What was said; days that were not are as proposed, where proposals are accepted and it is the same selection."""
    is_same = choices.accept_proposals and choices.holds == agreed.selection
    exported_on = choices.known_until or (agreed.exported_on if choices.accept_proposals else None)
    if exported_on is None:
        raise HoldingRefused(_("Say on which day the file was exported."), "exported_on")
    return Answer(
        selection=Selection(choices.holds),
        first=choices.holds_from or (agreed.first if is_same else None),
        last=choices.holds_to or (agreed.last if is_same else None),
        exported_on=exported_on,
    )


# How it is read --------------------------------------------------------------------------------------------------
def _options(member: Membership, upload: IncidentImport, choices: Choices) -> Options:
    """What the preset suggests, and over it what was said."""
    options = Options.from_data(upload.options)
    if choices.sheet:
        look = look_at(upload, sheet=choices.sheet, haste=IN_TURN)
        options = files.suggested(look, sheet=choices.sheet, preset=choices.preset)
    options = replace(options, columns=_mapped(options.columns, choices.columns))
    return replace(
        options,
        **_source(upload, options, choices),
        dates=choices.dates,
        vendor=_vendor(member, choices.vendor) if choices.vendor else None,
        vendors=_vendors(member, choices),
        new_services=choices.new_services,
        one_line_per_update=choices.is_log,
        log_vendor=choices.log_vendor,
        log_moment=choices.log_moment,
        leading_zeros=choices.leading_zeros,
        critical=tuple(choices.critical) or options.critical,
        time_zone=choices.time_zone or options.time_zone,
        sla_yes=choices.sla_yes or options.sla_yes,
    )


def _source(upload: IncidentImport, options: Options, choices: Choices) -> dict[str, Any]:
    """As it was said; else as an earlier file, where it is clear which."""
    if choices.source:
        return {"source": choices.source, "source_is_other": choices.is_new_source}
    return {"source": job.proposed_source(upload, options)}


def _mapped(suggested: Mapping[str, str], given: Sequence[str]) -> dict[str, str]:
    columns = dict(suggested)
    for pair in given:
        name, mark, heading = pair.partition("=")
        if not mark or name not in BY_KEY:
            message = _("--map takes FIELD=COLUMN, not “%(pair)s”. Fields: %(fields)s.")
            raise ChoiceRefused(message % {"pair": pair, "fields": ", ".join(BY_KEY)})
        columns[name] = heading
    return {name: heading for name, heading in columns.items() if heading}


def _vendors(member: Membership, choices: Choices) -> dict[str, Any]:
    """A decision for each name in the vendor column that somebody has decided on."""
    decided: dict[str, Any] = {**dict.fromkeys(choices.new, NEW), **dict.fromkeys(choices.skip, SKIP)}
    for pair in choices.match:
        name, mark, vendor = pair.rpartition("=")
        if not mark:
            raise ChoiceRefused(_("--match takes NAME=VENDOR, not “%(pair)s”.") % {"pair": pair})
        decided[name] = {"vendor": _vendor(member, vendor)}
    return decided


def _vendor(member: Membership, name: str) -> int:
    """By its name, or the organisation’s own reference."""
    register = Vendor.objects.for_member(member)
    found = register.filter(name__iexact=name).first() or register.filter(reference=name).first()
    if found is None:
        raise ChoiceRefused(_("There is no vendor “%(name)s” in the register.") % {"name": name})
    return found.pk
