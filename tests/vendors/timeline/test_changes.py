"""What is written into a timeline, and what that sets of the incident."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from accounts.models import AuditEntry
from tests.factories import NOW, Cast, make_incident
from vendors.models import EntryKind, Incident, Service, TimelineEntry, Vendor
from vendors.timeline import changes

pytestmark = pytest.mark.django_db


def after(minutes: float) -> datetime:
    return NOW + timedelta(minutes=minutes)


def add(cast: Cast, incident: Incident, minutes: float, **said: Any) -> changes.Added:
    corrects = said.pop("corrects", None)
    written = {"kind": EntryKind.CONTACT, "at": after(minutes), **said}
    return changes.add(cast.assessor, incident, written, corrects=corrects, now=after(minutes + 1))


# The beginning ---------------------------------------------------------------------------------------------------
def test_an_incident_begins_by_hand_with_a_number_of_its_own(cast: Cast, vendor: Vendor, service: Service) -> None:
    made = [
        changes.start(cast.assessor, vendor, one, title="", since=after(-5), now=NOW) for one in (service, None, None)
    ]
    assert [incident.reference for incident in made] == ["H-2026-001", "H-2026-002", "H-2026-003"]
    first = Incident.objects.get(pk=made[0].pk)
    assert (first.service, first.source, first.mission_critical, first.opened_at) == (
        service,
        "manual",
        True,
        after(-5),
    )
    assert AuditEntry.objects.filter(verb="incident.added").count() == 3
    vendor.refresh_from_db()
    assert vendor.facts_revision == 3


def test_a_number_that_somebody_typed_otherwise_is_no_number(cast: Cast, vendor: Vendor) -> None:
    make_incident(vendor, "H-2026-about the gate")
    make_incident(vendor, "H-2026-017")
    make_incident(vendor, "H-2026-400", source="servicenow")
    made = changes.start(cast.assessor, vendor, None, title="", since=NOW, now=NOW)
    assert made.reference == "H-2026-018"


def test_nothing_begins_at_an_archived_vendor(cast: Cast, vendor: Vendor) -> None:
    vendor.archived_at = NOW
    vendor.save()
    with pytest.raises(changes.NotPossible, match="archived"):
        changes.start(cast.assessor, vendor, None, title="", since=NOW, now=NOW)


# Entries ---------------------------------------------------------------------------------------------------------
def test_the_first_contact_with_a_name_is_the_first_response(cast: Cast, incident: Incident) -> None:
    assert add(cast, incident, 3).set == {}  # a machine, or nobody knows who
    assert add(cast, incident, 9, person="Ann").set == {"first_response_at": after(9)}
    assert add(cast, incident, 12, person="Bob").set == {}
    incident.refresh_from_db()
    assert incident.first_response_at == after(9)
    entry = AuditEntry.objects.get(verb="incident.changed")
    assert list(entry.after) == ["first_response_at"]


def test_the_business_that_runs_again_is_restored_the_last_time_that_it_does(cast: Cast, incident: Incident) -> None:
    add(cast, incident, 60, kind=EntryKind.RESTORED)
    assert add(cast, incident, 90, kind=EntryKind.RESTORED).set == {"restored_at": after(90)}
    assert add(cast, incident, 70, kind=EntryKind.RESTORED).set == {}  # told late
    incident.refresh_from_db()
    assert incident.restored_at == after(90)


def test_each_entry_raises_the_counter_of_facts_and_is_on_record(cast: Cast, incident: Incident) -> None:
    add(cast, incident, 3, asked="The log")
    incident.vendor.refresh_from_db()
    assert incident.vendor.facts_revision == 1
    entry = AuditEntry.objects.get(verb="timelineentry.added")
    assert (entry.object_label, entry.after["asked"]) == ("H-2026-001", "The log")


def test_an_entry_from_before_the_incident_is_refused_and_one_of_its_minute_is_not(
    cast: Cast, incident: Incident
) -> None:
    Incident.objects.filter(pk=incident.pk).update(opened_at=NOW + timedelta(seconds=40))
    with pytest.raises(changes.BeforeItBegan, match="10:30: enter a later"):
        add(cast, incident, -1)
    assert add(cast, incident, 0, person="Ann").entry.at == NOW + timedelta(seconds=40)


# Corrections -----------------------------------------------------------------------------------------------------
def test_a_correction_stands_in_for_an_entry_and_both_are_kept(cast: Cast, incident: Incident) -> None:
    first = add(cast, incident, 9, person="Ann", asked="The lock").entry
    second = add(cast, incident, 9, person="Ann", asked="The log", corrects=first).entry
    assert list(incident.timeline.standing()) == [second]
    assert incident.timeline.count() == 2
    assert AuditEntry.objects.get(verb="timelineentry.corrected").before == {"asked": "The lock"}


def test_an_entry_is_corrected_once(cast: Cast, incident: Incident) -> None:
    first = add(cast, incident, 9).entry
    add(cast, incident, 9, corrects=first)
    with pytest.raises(changes.NotPossible, match="A colleague has corrected"):
        add(cast, incident, 9, corrects=first)


def test_what_a_corrected_entry_had_set_is_taken_anew(cast: Cast, incident: Incident) -> None:
    first = add(cast, incident, 5, person="Ann").entry
    add(cast, incident, 20, person="Bob")
    assert add(cast, incident, 5, kind=EntryKind.NOTE, text="It was us", corrects=first).set == {
        "first_response_at": after(20)
    }
    ran = add(cast, incident, 40, kind=EntryKind.RESTORED).entry
    assert add(cast, incident, 40, kind=EntryKind.NOTE, text="No", corrects=ran).set == {"restored_at": None}
    incident.refresh_from_db()
    assert incident.restored_at is None


def test_what_another_source_told_stays_where_an_entry_is_corrected(cast: Cast, incident: Incident) -> None:
    Incident.objects.filter(pk=incident.pk).update(first_response_at=after(2))
    first = add(cast, incident, 5, person="Ann").entry
    assert add(cast, incident, 6, person="Ann", corrects=first).set == {}


# Never changed ---------------------------------------------------------------------------------------------------
def test_the_database_refuses_to_change_an_entry_and_deletes_it_with_its_incident(
    cast: Cast, incident: Incident
) -> None:
    first = add(cast, incident, 5, person="Ann").entry
    add(cast, incident, 6, person="Ann", corrects=first)
    with pytest.raises(IntegrityError, match="never changed"), transaction.atomic():
        TimelineEntry.objects.filter(pk=first.pk).update(person="Bob")
    incident.delete()
    assert not TimelineEntry.objects.exists()


# Resolved --------------------------------------------------------------------------------------------------------
def test_that_the_vendor_calls_it_resolved_is_noted_once(cast: Cast, incident: Incident) -> None:
    assert changes.call_resolved(cast.assessor, incident, now=after(50)).resolved_at == after(50)
    with pytest.raises(changes.NotPossible, match="11:20"):
        changes.call_resolved(cast.assessor, incident, now=after(60))
    incident.refresh_from_db()
    assert (incident.resolved_at, incident.restored_at) == (after(50), None)
