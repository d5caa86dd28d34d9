"""The sheet that a vendor is handed after an incident: plain content for PDF and JSON, described in
docs/incident-sheet.md. Notes are internal, and so is who wrote an entry here: both are left out."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _

from vendors.models import EntryKind, Incident, TimelineEntry
from vendors.timeline.record import AskedAgain, Outcome, Promise, Record, Said, Silence
from vendors.timeline.records import entries_of, is_corrected, record_for

SCHEMA = "incident-sheet/1"
SHARED = (EntryKind.CONTACT, EntryKind.CHANGE, EntryKind.RESTORED)
SAID = ("asked", "why", "does", "next_step")


def left_out() -> str:
    """What whoever hands it on should know before."""
    return _(
        "The sheet holds contacts, what was tried or changed, when the business ran again, and what was corrected. "
        "It leaves out notes, and who of you wrote an entry."
    )


def name_of(reference: str) -> str:
    """Of the file, without its ending: plain ASCII."""
    return f"incident-{re.sub(r'[^A-Za-z0-9.-]+', '-', reference).strip('-') or 'sheet'}"


def as_of(incident: Incident, entries: list[TimelineEntry]) -> datetime:
    """When these facts were last written: the same facts, the same sheet."""
    written = (entry.created_at for entry in entries if entry.kind in SHARED)
    return max([incident.updated_at, *written])


def content_of(incident: Incident) -> dict[str, Any]:
    """Plain data for JSON; moments are those of UTC, in ISO 8601. Two queries."""
    entries = entries_of(incident)
    at = as_of(incident, entries)
    by_pk = {entry.pk: entry for entry in entries}
    shown = [entry for entry in entries if not is_corrected(entry) and entry.kind in SHARED]
    return {
        "schema": SCHEMA,
        "as_of": _iso(at),
        "time_zone": settings.TIME_ZONE,
        "organisation": incident.vendor.organisation.name,
        "vendor": incident.vendor.name,
        "service": incident.service.name if incident.service else None,
        "incident": {
            "reference": incident.reference,
            "title": incident.title,
            "opened_at": _iso(incident.opened_at),
            "first_response_at": _iso(incident.first_response_at),
            "restored_at": _iso(incident.restored_at),
            "resolved_at": _iso(incident.resolved_at),
        },
        "entries": [_entry(entry, by_pk) for entry in shown],
        "record": _record(record_for(incident, entries, now=at)),
    }


def _entry(entry: TimelineEntry, by_pk: dict[int, TimelineEntry]) -> dict[str, Any]:
    return {**_said(entry), "replaces": [_said(before) for before in _replaced(entry, by_pk) if before.kind in SHARED]}


def _replaced(entry: TimelineEntry, by_pk: dict[int, TimelineEntry]) -> list[TimelineEntry]:
    """What it stands in for, the newest first."""
    before = by_pk.get(entry.corrects_id or 0)
    return [before, *_replaced(before, by_pk)] if before else []


def _said(entry: TimelineEntry) -> dict[str, Any]:
    return {
        "at": _iso(entry.at),
        "kind": entry.kind,
        "person": entry.person,
        **{name: getattr(entry, name) for name in SAID},
        "next_at": _iso(entry.next_at),
        "text": entry.text,
    }


def _record(record: Record) -> dict[str, Any]:
    silence = record.silence
    return {
        "contacts": record.contacts,
        "said": {str(what): count for what, count in record.said.items()},
        "said_all": record.said_all,
        "longest_silence": silence
        and {"since": _iso(silence.since), "until": _iso(silence.until), "minutes": _minutes(silence.length)},
        "promises": [_promise(promise) for promise in record.promises],
        "changes": record.changes,
        "changes_before_cause": record.blind_changes,
        "asked_again": [
            {"asked": again.asked, "at": _iso(again.at), "earlier": _iso(again.earlier)} for again in record.asked_again
        ],
    }


def _promise(promise: Promise) -> dict[str, Any]:
    return {
        "given_at": _iso(promise.given_at),
        "due": _iso(promise.due),
        "step": promise.step,
        "person": promise.person,
        "outcome": str(promise.outcome),
        "late_minutes": _minutes(promise.late),
    }


def _minutes(length: Any) -> int:
    return int(length.total_seconds()) // 60


def _iso(moment: datetime | None) -> str | None:
    return None if moment is None else moment.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")


# And back --------------------------------------------------------------------------------------------------------
def record_in(content: Mapping[str, Any]) -> Record:
    """What the sheet counted, to be said in the language of whoever reads it."""
    told = content["record"]
    silence = told["longest_silence"]
    return Record(
        incidents=1,
        contacts=told["contacts"],
        said={what: told["said"][what] for what in Said},
        said_all=told["said_all"],
        silence=silence and Silence(since=moment_in(silence["since"]), until=moment_in(silence["until"])),
        promises=tuple(_promise_in(promise) for promise in told["promises"]),
        changes=told["changes"],
        blind_changes=told["changes_before_cause"],
        asked_again=tuple(
            AskedAgain(asked=again["asked"], at=moment_in(again["at"]), earlier=moment_in(again["earlier"]))
            for again in told["asked_again"]
        ),
    )


def _promise_in(told: Mapping[str, Any]) -> Promise:
    return Promise(
        given_at=moment_in(told["given_at"]),
        due=moment_in(told["due"]),
        step=told["step"],
        person=told["person"],
        outcome=Outcome(told["outcome"]),
        late=timedelta(minutes=told["late_minutes"]),
    )


def moment_in(text: str) -> datetime:
    """A moment of the sheet."""
    return datetime.fromisoformat(text.replace("Z", "+00:00"))
