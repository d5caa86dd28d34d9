"""What a vendor is handed: contacts, changes and the end, never a note, nor who wrote."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.conventions.test_house import ROOT
from tests.factories import NOW, Cast
from tests.json_schema import faults
from vendors.models import EntryKind, Incident, TimelineEntry
from vendors.timeline import changes, sheet
from vendors.timeline.records import entries_of, record_for

pytestmark = pytest.mark.django_db
SCHEMA = ROOT / "docs" / "incident-sheet.schema.json"


def after(minutes: float) -> datetime:
    return NOW + timedelta(minutes=minutes)


def add(cast: Cast, incident: Incident, minutes: float, **said: Any) -> TimelineEntry:
    corrects = said.pop("corrects", None)
    written = {"kind": EntryKind.CONTACT, "at": after(minutes), **said}
    return changes.add(cast.assessor, incident, written, corrects=corrects, now=after(minutes)).entry


@pytest.fixture
def told(cast: Cast, incident: Incident) -> Incident:
    """Three contacts, one of them corrected, a change, a note and the end."""
    first = add(cast, incident, 5, person="Ann", asked="The lock of the server", next_at=after(20))
    add(cast, incident, 5, person="Ann", asked="The log of the server", next_at=after(20), corrects=first)
    add(cast, incident, 30, person="Bob", asked="The log of the server")
    add(cast, incident, 35, kind=EntryKind.CHANGE, text="Restarted")
    add(cast, incident, 36, kind=EntryKind.NOTE, text="We do not trust Bob")
    add(cast, incident, 60, kind=EntryKind.RESTORED)
    incident.refresh_from_db()
    return incident


def test_the_sheet_holds_what_happened_between_both_sides(told: Incident) -> None:
    content = sheet.content_of(told)
    assert [(entry["at"], entry["kind"]) for entry in content["entries"]] == [
        ("2026-03-02T09:35:00Z", "contact"),
        ("2026-03-02T10:00:00Z", "contact"),
        ("2026-03-02T10:05:00Z", "change"),
        ("2026-03-02T10:30:00Z", "restored"),
    ]
    assert content["entries"][0]["replaces"][0]["asked"] == "The lock of the server"
    assert content["incident"]["first_response_at"] == "2026-03-02T09:35:00Z"
    assert content["record"]["promises"][0] == {
        "given_at": "2026-03-02T09:35:00Z",
        "due": "2026-03-02T09:50:00Z",
        "step": "",
        "person": "Ann",
        "outcome": "missed",
        "late_minutes": 10,
    }
    assert content["record"]["asked_again"][0]["asked"] == "The log of the server"


def test_notes_and_authors_are_left_out(told: Incident, cast: Cast) -> None:
    text = json.dumps(sheet.content_of(told))
    assert "trust" not in text
    assert cast.assessor.user.name not in text


def test_a_note_that_became_a_contact_does_not_show_what_it_said(cast: Cast, incident: Incident) -> None:
    note = add(cast, incident, 5, kind=EntryKind.NOTE, text="Between us")
    add(cast, incident, 5, person="Ann", corrects=note)
    contact = add(cast, incident, 9, asked="Withdrawn")
    add(cast, incident, 9, kind=EntryKind.NOTE, text="It was us", corrects=contact)
    entries = sheet.content_of(incident)["entries"]
    assert [(entry["person"], entry["replaces"]) for entry in entries] == [("Ann", [])]


def test_a_note_more_is_the_same_sheet(cast: Cast, told: Incident) -> None:
    before = sheet.content_of(told)
    add(cast, told, 70, kind=EntryKind.NOTE, text="Cake")
    assert sheet.content_of(told) == before


def test_what_was_counted_is_read_back_from_the_sheet(told: Incident) -> None:
    content = json.loads(json.dumps(sheet.content_of(told)))
    counted = record_for(told, entries_of(told), now=sheet.as_of(told, entries_of(told)))
    read = sheet.record_in(content)
    assert (read.said, read.said_all, read.silence, read.asked_again) == (
        counted.said,
        counted.said_all,
        counted.silence,
        counted.asked_again,
    )
    assert (read.judged, read.late) == (1, timedelta(minutes=10))


@pytest.mark.parametrize(
    ("reference", "name"),
    [("H-2026-001", "incident-H-2026-001"), ("Nº 5 / é", "incident-N-5"), ("…", "incident-sheet")],
)
def test_the_file_is_called_by_the_reference(reference: str, name: str) -> None:
    assert sheet.name_of(reference) == name


# The schema ------------------------------------------------------------------------------------------------------
def test_the_sheet_keeps_its_schema(told: Incident) -> None:
    schema = json.loads(SCHEMA.read_text(encoding="utf-8"))
    content = json.loads(json.dumps(sheet.content_of(told)))
    assert faults(content, schema, schema) == []


def test_a_planted_fault_is_found(told: Incident) -> None:
    schema = json.loads(SCHEMA.read_text(encoding="utf-8"))
    content = json.loads(json.dumps(sheet.content_of(told)))
    content["entries"][0]["kind"] = "note"
    content["entries"][1]["written_by"] = "Ann"
    del content["vendor"]
    content["record"]["contacts"] = "two"
    assert sorted(faults(content, schema, schema)) == [
        "$.entries[0].kind: note",
        "$.entries[1].written_by",
        "$.record.contacts: str",
        "$.vendor",
    ]


def test_the_document_names_the_schema() -> None:
    text = Path(ROOT / "docs" / "incident-sheet.md").read_text(encoding="utf-8")
    assert SCHEMA.name in text
    assert sheet.SCHEMA in text
