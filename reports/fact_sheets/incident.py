"""The sheet of an incident: what was said and done, as the vendor is handed it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import override

from accounts.models import Membership
from groundwork import words
from reports.fact_sheets.kinds import Content, Facts, SheetKind
from vendors.models import EntryKind, Incident
from vendors.timeline import sheet
from vendors.timeline.words import RecordLine, lines, said_labels, unsaid_among


@dataclass(frozen=True, kw_only=True)
class SheetEntry:
    """`said`: label and words; `unsaid`: what a contact left out, in one line. `replaces`: what it corrects."""

    at: str
    kind: str
    person: str
    is_contact: bool
    said: tuple[tuple[str, str], ...]
    unsaid: str
    text: str
    replaces: tuple[SheetEntry, ...] = ()


@dataclass(frozen=True, kw_only=True)
class IncidentSheet:
    organisation: str
    vendor: str
    service: str
    reference: str
    title: str
    time_zone: str
    moments: tuple[tuple[str, str], ...]
    entries: tuple[SheetEntry, ...]
    record: tuple[RecordLine, ...]


def _facts(member: Membership, about: int) -> Facts:
    rows = Incident.objects.for_member(member).select_related("vendor__organisation", "service")
    incident = get_object_or_404(rows, pk=about)
    content = sheet.content_of(incident)
    return Facts(about=incident.pk, vendor=incident.vendor, as_of=sheet.moment_in(content["as_of"]), content=content)


def _view(content: Content, language: str) -> IncidentSheet:
    with override(language):
        return IncidentSheet(
            organisation=content["organisation"],
            vendor=content["vendor"],
            service=content["service"] or "",
            reference=content["incident"]["reference"],
            title=content["incident"]["title"],
            time_zone=content["time_zone"],
            moments=tuple(_moments(content["incident"])),
            entries=tuple(_entry(told) for told in content["entries"]),
            record=tuple(lines(sheet.record_in(content))),
        )


def _moments(told: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    labels = {
        "opened_at": _("Opened"),
        "first_response_at": _("First response of a person"),
        "restored_at": _("The business ran again"),
        "resolved_at": _("Called resolved"),
    }
    for name, label in labels.items():
        yield label, _moment(told[name]) or _("not noted")


def _entry(told: Mapping[str, Any]) -> SheetEntry:
    is_contact = told["kind"] == EntryKind.CONTACT
    said = {name: told[name] for name in sheet.SAID} | {"next_at": _moment(told["next_at"])}
    return SheetEntry(
        at=_moment(told["at"]),
        kind=str(EntryKind(told["kind"]).label),
        person=told["person"],
        is_contact=is_contact,
        said=tuple((label, said[name]) for name, label in said_labels().items() if said[name]) if is_contact else (),
        unsaid=unsaid_among(said) if is_contact else "",
        text=told["text"],
        replaces=tuple(_entry(before) for before in told.get("replaces", ())),
    )


def _moment(text: str | None) -> str:
    return words.moment(sheet.moment_in(text)) if text else ""


def _title(content: Content, language: str) -> str:
    with override(language):
        return _("What happened in incident %(reference)s") % {"reference": content["incident"]["reference"]}


def _page(about: int) -> str:
    return reverse("incident_hour", args=[about])


KIND = SheetKind(
    facts=_facts,
    view=_view,
    template="reports/fact_sheets/incident_pdf.html",
    title=_title,
    name=lambda content: sheet.name_of(content["incident"]["reference"]),
    page=_page,
    is_attached=True,
)
