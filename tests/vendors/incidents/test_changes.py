"""Incidents written down by hand: what changes with them, what is refused, and what repeats what."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import IntegrityError

from accounts.models import AuditEntry
from tests.factories import NOW, Cast, make_feedback, make_incident, make_vendor
from vendors.incident_fields import TYPED
from vendors.incidents import changes as incident_changes
from vendors.measures import cases
from vendors.models import Feedback, Incident, Pulse, PulseChoice, Vendor
from vendors.register.changes import NameInUse

LATER = NOW + timedelta(hours=5)


@pytest.fixture
def vendor(cast: Cast) -> Vendor:
    return make_vendor(cast.organisation)


def revision(vendor: Vendor) -> int:
    return Vendor.objects.get(pk=vendor.pk).facts_revision


def verbs() -> list[str]:
    return list(AuditEntry.objects.order_by("pk").values_list("verb", flat=True))


def make_pulse(cast: Cast, incident: Incident, name: str, **fields: Any) -> Pulse:
    return Pulse.objects.create(
        incident=incident,
        name=name,
        token_hash=name.rjust(64, "0"),
        asked_by=cast.assessor.user,
        expires_at=LATER,
        **fields,
    )


# Writing ---------------------------------------------------------------------------------------------------------
def test_an_added_incident_is_in_the_trail_of_its_vendor_and_renews_its_measures(cast: Cast, vendor: Vendor) -> None:
    before = revision(vendor)
    incident = Incident(vendor=vendor, reference="INC-1", opened_at=NOW)
    incident_changes.add_incident(cast.assessor, incident, now=LATER)
    entry = AuditEntry.objects.get()
    assert (entry.verb, entry.object_id, entry.subject_id) == ("incident.added", str(incident.pk), str(vendor.pk))
    assert entry.after["reference"] == "INC-1"
    assert incident.edited_at == LATER
    assert revision(vendor) == before + 1


def test_a_taken_reference_leaves_no_trace(cast: Cast, vendor: Vendor) -> None:
    make_incident(vendor, "INC-1")
    before = revision(vendor)
    with pytest.raises(NameInUse) as taken:
        incident_changes.add_incident(
            cast.assessor, Incident(vendor=vendor, reference="INC-1", opened_at=NOW), now=LATER
        )
    assert taken.value.field == "reference"
    assert verbs() == []
    assert revision(vendor) == before


def test_nothing_is_added_to_an_archived_vendor(cast: Cast, vendor: Vendor) -> None:
    fresh = Incident(vendor=vendor, reference="INC-1", opened_at=NOW)  # read before a colleague archived it
    Vendor.objects.filter(pk=vendor.pk).update(archived_at=NOW)
    with pytest.raises(incident_changes.VendorArchived):
        incident_changes.add_incident(cast.assessor, fresh, now=LATER)
    assert not Incident.objects.exists()


def test_other_faults_than_a_taken_reference_are_not_taken_for_one(cast: Cast, vendor: Vendor) -> None:
    with pytest.raises(IntegrityError):
        incident_changes.add_incident(cast.assessor, Incident(vendor=vendor, reference="", opened_at=NOW), now=LATER)


def test_a_change_writes_and_records_what_changed_alone(cast: Cast, vendor: Vendor) -> None:
    incident = make_incident(vendor, problem="Disk", handled_by="Night shift")
    before, seen = revision(vendor), incident_changes.incident_fingerprint(incident)
    incident.problem, incident.handled_by = "Cable", "not meant"
    incident_changes.change_incident(cast.assessor, incident, changed=["problem"], seen=seen, now=LATER)
    stored, entry = Incident.objects.get(), AuditEntry.objects.get()
    assert (stored.problem, stored.handled_by, stored.edited_at) == ("Cable", "Night shift", LATER)
    assert (entry.before, entry.after) == ({"problem": "Disk"}, {"problem": "Cable"})
    assert revision(vendor) == before + 1


def test_a_change_of_nothing_leaves_no_trace(cast: Cast, vendor: Vendor) -> None:
    incident = make_incident(vendor, problem="Disk")
    before, seen = revision(vendor), incident_changes.incident_fingerprint(incident)
    for changed in ([], ["problem"]):
        incident_changes.change_incident(cast.assessor, incident, changed=changed, seen=seen, now=LATER)
    assert verbs() == []
    assert Incident.objects.get().edited_at is None
    assert revision(vendor) == before


def test_what_somebody_else_changed_meanwhile_is_not_overwritten(cast: Cast, vendor: Vendor) -> None:
    incident = make_incident(vendor, problem="Disk")
    seen = incident_changes.incident_fingerprint(incident)
    Incident.objects.update(title="From the export")
    incident.problem = "Cable"
    with pytest.raises(incident_changes.EditedMeanwhile):
        incident_changes.change_incident(cast.assessor, incident, changed=["problem"], seen=seen, now=LATER)
    assert Incident.objects.get().problem == "Disk"


@pytest.mark.parametrize("name", TYPED)
def test_every_field_that_people_edit_is_in_the_fingerprint(name: str) -> None:
    field = Incident._meta.get_field(name)
    attribute = getattr(field, "attname", name)
    one = Incident(reference="INC-1", opened_at=NOW)
    two = Incident(reference="INC-1", opened_at=NOW)
    old = getattr(two, attribute)
    setattr(two, attribute, LATER if "_at" in name else not old if isinstance(old, bool) else 7)
    assert incident_changes.incident_fingerprint(one) != incident_changes.incident_fingerprint(two)


def test_with_an_incident_go_its_pulses_and_feedback_stays(cast: Cast, vendor: Vendor) -> None:
    incident = make_incident(vendor)
    make_pulse(cast, incident, "one")
    make_pulse(cast, incident, "two", answered_at=NOW, was_fast=PulseChoice.YES)
    said = make_feedback(vendor, incident=incident)
    before = revision(vendor)
    assert incident_changes.dependent_counts(incident) == incident_changes.DependentCounts(
        pulses=2, answered=1, feedback=1, timeline=0
    )
    incident_changes.delete_incident(cast.assessor, incident)
    assert not Incident.objects.exists()
    assert not Pulse.objects.exists()
    assert Feedback.objects.get(pk=said.pk).incident is None
    assert verbs() == ["incident.deleted"]
    assert AuditEntry.objects.get().before["reference"] == "INC-0001"
    assert revision(vendor) == before + 1


# What comes back -------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("earlier", "days", "is_repeat"),
    [
        ({"problem": "Disk full"}, 1, True),
        ({"problem": "  disk   FULL "}, 1, True),
        ({"problem": "Disk full"}, 90, True),
        ({"problem": "Disk full"}, 90.001, False),
        ({"problem": "Disk full"}, 0, False),
        ({"problem": "Disk full"}, -1, False),
        ({"problem": "Disk empty"}, 1, False),
        ({"problem": ""}, 1, False),
        ({"problem": "Disk full", "mission_critical": False}, 1, False),
    ],
)
def test_a_problem_comes_back_within_ninety_days_at_first(
    vendor: Vendor, earlier: dict[str, Any], days: float, *, is_repeat: bool
) -> None:
    first = make_incident(vendor, "INC-1", opened=NOW - timedelta(days=days), **earlier)
    second = make_incident(vendor, "INC-2", problem="Disk full")
    assert incident_changes.earlier_of(second) == (first if is_repeat else None)


def test_an_unknown_problem_and_one_of_another_vendor_repeat_nothing(cast: Cast, vendor: Vendor) -> None:
    make_incident(vendor, opened=NOW - timedelta(days=1))
    make_incident(make_vendor(cast.organisation, "Another"), opened=NOW - timedelta(days=1), problem="Disk")
    assert incident_changes.earlier_of(make_incident(vendor, problem=" ")) is None
    assert incident_changes.earlier_of(make_incident(vendor, problem="Disk")) is None


def test_the_latest_of_several_is_named(vendor: Vendor) -> None:
    made = [make_incident(vendor, opened=NOW - timedelta(days=days), problem="Disk") for days in (9, 2, 5)]
    assert incident_changes.earlier_of(make_incident(vendor, problem="disk")) == made[1]


def test_what_is_not_critical_may_repeat_what_is(vendor: Vendor) -> None:
    first = make_incident(vendor, opened=NOW - timedelta(days=1), problem="Disk")
    assert incident_changes.earlier_of(make_incident(vendor, problem="Disk", mission_critical=False)) == first


@pytest.mark.parametrize("days", [30, 90])
def test_the_page_and_the_measures_agree_on_what_comes_back(vendor: Vendor, days: int) -> None:
    vendor.organisation.repeat_days = days
    chance = random.Random(7)
    made = [
        make_incident(
            vendor,
            opened=NOW - timedelta(days=chance.randrange(300)),
            problem=chance.choice(["", "Disk", "DISK ", "Fan", "Belt", "Pump"]),
        )
        for _number in range(30)
    ]
    following = cases.Following(
        horizon=timedelta(days=30),
        known_at=datetime(2026, 6, 1, tzinfo=UTC),
        known_until={},
        comes_back_within=timedelta(days=days),
        only_ended=False,
        answers_told={},
        zone=UTC,
    )
    ordered = cases.in_order(cases.Case(id=one.pk, opened=one.opened_at, problem=one.problem) for one in made)
    repeats = {fact.case.id for fact in cases.facts_of(ordered, following) if fact.is_repeat}
    assert {one.pk for one in made if incident_changes.earlier_of(one)} == repeats
    assert 5 < len(repeats) < 25
