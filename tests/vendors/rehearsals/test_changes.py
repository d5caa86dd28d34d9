"""A rehearsal is planned, moved, called off, held and corrected: what is kept, what is refused, what the trail says."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts.models import AuditEntry
from tests.factories import NOW, Cast, make_rehearsal, make_vendor
from vendors.models import Contact, Rehearsal, RehearsalKind, RehearsalState, Vendor
from vendors.rehearsals import changes, guests
from vendors.rehearsals.changes import ChangedMeanwhile, NotPossible, Told
from vendors.rehearsals.guests import Guest
from vendors.rehearsals.records import record_of

pytestmark = pytest.mark.django_db
ANN = Guest(name="Ann", email="ann@example.org", language="nl")
HELD = date(2026, 3, 1)


def verbs(rehearsal: Rehearsal) -> list[str]:
    rows = AuditEntry.objects.filter(object_type="vendors.rehearsal", object_id=str(rehearsal.pk)).order_by("pk")
    return list(rows.values_list("verb", flat=True))


@pytest.fixture
def planned(cast: Cast, vendor: Vendor, contact: Contact) -> Rehearsal:
    row = Rehearsal(vendor=vendor, planned_at=NOW + timedelta(days=10), owner=cast.reader.user)
    asked = [guests.of_user(cast.reader.user), guests.of_contact(contact), ANN]
    return changes.plan(cast.assessor, row, asked=asked, now=NOW)


def test_a_plan_keeps_its_guests_each_in_their_language(planned: Rehearsal, contact: Contact) -> None:
    assert list(planned.guests.values_list("name", "email", "language")) == [
        ("Reader", "reader@example.org", "en"),
        ("Camille Contact", "camille@vendor.example", "fr"),
        ("Ann", "ann@example.org", "nl"),
    ]
    entry = AuditEntry.objects.get(verb="rehearsal.planned")
    assert entry.after["guests"] == ["Reader", "Camille Contact", "Ann"]


def test_who_was_asked_stays_the_same_row_and_who_is_gone_is_returned(cast: Cast, planned: Rehearsal) -> None:
    reader, contact, ann = planned.guests.all()
    new = Guest(name="Zoe", language="en")

    changed = changes.change(cast.assessor, planned, {}, asked=[guests.of_row(reader), ANN, new], version=1)

    assert [(guest.pk, guest.name) for guest in changed.gone] == [(contact.pk, "Camille Contact")]
    assert set(planned.guests.values_list("pk", flat=True)) >= {reader.pk, ann.pk}
    assert not changed.moved
    assert verbs(planned) == ["rehearsal.planned", "rehearsal.changed"]


@pytest.mark.parametrize(
    ("wanted", "moved"),
    [({"planned_at": NOW}, True), ({"place": "Room 4"}, True), ({"minutes": 45}, True), ({"scenario": "Fire"}, False)],
)
def test_it_is_moved_where_the_invitation_says_another_thing(
    cast: Cast, planned: Rehearsal, wanted: dict[str, object], moved: bool
) -> None:
    asked = [guests.of_row(row) for row in planned.guests.all()]
    changed = changes.change(cast.assessor, planned, wanted, asked=asked, version=1)
    assert (changed.moved, changed.rehearsal.version) == (moved, 2)


def test_whoever_read_an_earlier_version_changes_nothing(cast: Cast, planned: Rehearsal) -> None:
    changes.change(cast.assessor, planned, {"place": "Room 4"}, asked=[ANN], version=1)

    for attempt in (
        lambda: changes.change(cast.colleague, planned, {"place": "Room 5"}, asked=[], version=1),
        lambda: changes.call_off(cast.colleague, planned, reason="Ill", version=1),
        lambda: changes.hold(cast.colleague, planned, Told(held_on=HELD, went_well="All"), version=1),
    ):
        with pytest.raises(ChangedMeanwhile):
            attempt()
    planned.refresh_from_db()
    assert (planned.place, planned.state, planned.version) == ("Room 4", "planned", 2)


def test_whoever_leads_it_may_write_down_what_it_showed_and_other_readers_may_not(
    cast: Cast, planned: Rehearsal
) -> None:
    with pytest.raises(PermissionDenied):
        changes.hold(cast.approver, planned, Told(held_on=HELD, went_well="All"), version=1)

    reader, *_others = planned.guests.all()
    told = Told(held_on=HELD, went_wrong="A wrong number.", came=[reader.pk], others=[Guest(name="Ben", language="en")])
    held = changes.hold(cast.reader, planned, told, version=1)

    assert (held.state, held.held_on, held.went_wrong) == (RehearsalState.HELD, HELD, "A wrong number.")
    assert dict(held.guests.values_list("name", "came")) == {
        "Reader": True,
        "Camille Contact": False,
        "Ann": False,
        "Ben": True,
    }
    assert verbs(held) == ["rehearsal.planned", "rehearsal.held"]


def test_what_was_held_is_corrected_and_called_off_where_it_was_not(cast: Cast, planned: Rehearsal) -> None:
    changes.hold(cast.assessor, planned, Told(held_on=HELD, went_well="All"), version=1)
    changes.hold(cast.assessor, planned, Told(held_on=date(2026, 2, 28), went_well="All"), version=2)
    with pytest.raises(NotPossible, match="correct what is on record"):
        changes.change(cast.assessor, planned, {"place": "Room 4"}, asked=[], version=3)

    off = changes.call_off(cast.assessor, planned, reason="It was another vendor.", version=3)

    assert (off.state, off.held_on) == (RehearsalState.CANCELLED, None)
    assert verbs(off)[1:] == ["rehearsal.held", "rehearsal.corrected", "rehearsal.called_off"]
    with pytest.raises(NotPossible, match="plan a new one"):
        changes.hold(cast.assessor, planned, Told(held_on=HELD, went_well="All"), version=4)


def test_another_organisation_changes_nothing(cast: Cast, planned: Rehearsal) -> None:
    with pytest.raises(PermissionDenied):
        changes.plan(
            cast.stranger, Rehearsal(vendor=planned.vendor, planned_at=NOW, owner=cast.stranger.user), asked=[], now=NOW
        )
    with pytest.raises(Rehearsal.DoesNotExist):
        changes.call_off(cast.stranger, planned, reason="No", version=1)


@pytest.mark.parametrize(
    "wrong",
    [
        {"state": "held", "held_on": None},
        {"state": "cancelled", "reason": ""},
        {"state": "planned", "evidence": "A report"},
    ],
)
def test_the_database_refuses_what_cannot_be(planned: Rehearsal, wrong: dict[str, object]) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        Rehearsal.objects.filter(pk=planned.pk).update(**wrong)


# On record --------------------------------------------------------------------------------------------------------
def test_the_record_tells_what_was_held_together_and_what_was_shown(cast: Cast, vendor: Vendor) -> None:
    def held(day: date, **fields: object) -> Rehearsal:
        return make_rehearsal(cast.assessor, vendor, held_on=day, now=NOW, went_well="All", **fields)

    held(date(2026, 2, 1))
    held(date(2026, 1, 1), evidence="Their report")
    held(date(2026, 1, 15), kind=RehearsalKind.REVIEW)
    make_rehearsal(cast.assessor, vendor, now=NOW)
    make_rehearsal(cast.assessor, make_vendor(cast.organisation, "Other"), held_on=date(2026, 1, 7), now=NOW)
    off = held(date(2026, 2, 2))
    changes.call_off(cast.assessor, off, reason="It was not.", version=1)

    record = record_of(vendor)

    assert record.together == (date(2026, 2, 1),)
    assert record.rehearsals == (date(2026, 1, 1), date(2026, 2, 1))
    assert record.reviews == (date(2026, 1, 15),)


def test_the_record_begins_when_its_first_entry_was_made_not_on_the_day_that_it_tells_of(
    cast: Cast, vendor: Vendor
) -> None:
    assert record_of(vendor).since is None
    make_rehearsal(cast.assessor, vendor, held_on=date(2020, 5, 5), now=NOW, went_well="All")
    assert record_of(vendor).since == timezone.localdate(NOW)


def test_the_day_that_the_organisation_names_decides(cast: Cast, vendor: Vendor) -> None:
    changes.keep_since(cast.admin, date(2024, 1, 1))
    vendor.organisation.refresh_from_db()
    assert record_of(vendor).since == date(2024, 1, 1)
    entry = AuditEntry.objects.get(verb="organisation.changed")
    assert entry.after == {"rehearsals_recorded_since": "2024-01-01"}
    with pytest.raises(PermissionDenied):
        changes.keep_since(cast.reader, None)
