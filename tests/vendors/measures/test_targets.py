"""What was agreed about a measure: set, changed and taken back, each with its entry in the audit trail."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest

from accounts.models import AuditEntry
from accounts.trail import reading as trail
from tests.factories import Cast, make_expectations, make_vendor
from vendors.expectations import editions
from vendors.measures.loading import Target, held_to, targets_of
from vendors.measures.targets import delete_target, set_target
from vendors.models import MeasureTarget, Vendor

AGREED = date(2026, 1, 15)


@pytest.fixture
def vendor(cast: Cast) -> Vendor:
    return make_vendor(cast.organisation)


def test_target_is_kept_with_where_and_when_it_was_agreed(cast: Cast, vendor: Vendor) -> None:
    set_target(cast.assessor, vendor, "duration_mean", Decimal("4.5"), agreed_on=AGREED, note="Contract, annex 2")
    target = targets_of(vendor)["duration_mean"]
    assert (target.value, target.agreed_on, target.note) == (Decimal("4.50"), AGREED, "Contract, annex 2")
    assert target.set_by == cast.assessor.user


def test_second_target_takes_the_place_of_the_first(cast: Cast, vendor: Vendor) -> None:
    set_target(cast.assessor, vendor, "sla", Decimal(90))
    set_target(cast.admin, vendor, "sla", Decimal(95))
    target = MeasureTarget.objects.get()
    assert (target.value, target.set_by) == (95, cast.admin.user)


def test_each_change_raises_the_counter_of_facts(cast: Cast, vendor: Vendor) -> None:
    set_target(cast.assessor, vendor, "sla", Decimal(90))
    delete_target(cast.assessor, vendor, "sla")
    vendor.refresh_from_db()
    assert vendor.facts_revision == 2


def test_same_target_again_changes_nothing(cast: Cast, vendor: Vendor) -> None:
    set_target(cast.assessor, vendor, "sla", Decimal(90), note="Contract")
    set_target(cast.admin, vendor, "sla", Decimal("90.00"), note="Contract")
    vendor.refresh_from_db()
    assert vendor.facts_revision == 1
    assert AuditEntry.objects.count() == 1
    assert MeasureTarget.objects.get().set_by == cast.assessor.user


def test_target_taken_back_is_gone_and_what_never_was_is_no_error(cast: Cast, vendor: Vendor) -> None:
    set_target(cast.assessor, vendor, "sla", Decimal(90))
    delete_target(cast.assessor, vendor, "sla")
    delete_target(cast.assessor, vendor, "sla")
    assert targets_of(vendor) == {}
    assert [entry.verb for entry in AuditEntry.objects.order_by("pk")] == ["target.agreed", "target.deleted"]


def test_trail_tells_measure_and_figures_in_words(cast: Cast, vendor: Vendor) -> None:
    set_target(cast.assessor, vendor, "duration_mean", Decimal(8))
    set_target(cast.assessor, vendor, "duration_mean", Decimal(4))
    first, second = trail.lines(AuditEntry.objects.order_by("pk"))
    assert (first.verb, first.label) == ("Target agreed", "Mean time to resolve")
    assert {change.name: change.after for change in first.changes}["Measure"] == "Mean time to resolve"
    assert second.verb == "Target changed"
    assert [(change.name, change.before, change.after) for change in second.changes] == [
        ("Agreed target", "8.00", "4.00")
    ]
    entry = AuditEntry.objects.earliest("pk")
    assert (entry.subject_type, entry.subject_id) == ("vendors.vendor", str(vendor.pk))
    assert entry.organisation == cast.organisation


def test_targets_of_two_vendors_stand_apart(cast: Cast, vendor: Vendor) -> None:
    other = make_vendor(cast.organisation, "Other Systems")
    set_target(cast.assessor, vendor, "sla", Decimal(90))
    set_target(cast.assessor, other, "sla", Decimal(80))
    delete_target(cast.assessor, other, "sla")
    assert targets_of(vendor)["sla"].value == 90


@pytest.mark.parametrize(
    ("measure", "value"), [("happiness", Decimal(1)), ("sla", Decimal(101)), ("volume", Decimal(-1))]
)
def test_targets_that_no_measure_can_reach_are_refused(
    cast: Cast, vendor: Vendor, measure: str, value: Decimal
) -> None:
    with pytest.raises(ValueError, match=measure):
        set_target(cast.assessor, vendor, measure, value)
    assert not MeasureTarget.objects.exists()
    assert not AuditEntry.objects.exists()


# Held to what is expected of all ------------------------------------------------------------------------------------
def test_without_a_target_of_its_own_a_vendor_is_held_to_what_is_expected_of_all(cast: Cast, vendor: Vendor) -> None:
    make_expectations(cast.assessor, since=AGREED)
    held = held_to(vendor, AGREED)
    assert held["first_response"] == Target(value=0.25, is_expected=True, expected=0.25, expected_since=AGREED)
    assert held_to(vendor, AGREED - timedelta(days=1)) == {}
    elsewhere = make_vendor(cast.other_organisation, "Elsewhere")
    assert held_to(elsewhere, AGREED) == {}


def test_what_was_agreed_with_a_vendor_goes_first_and_the_difference_stays_known(cast: Cast, vendor: Vendor) -> None:
    make_expectations(cast.assessor, since=AGREED)
    set_target(cast.assessor, vendor, "first_response", Decimal(1), agreed_on=AGREED, note="Annex 2")
    set_target(cast.assessor, vendor, "told_why", Decimal(90))
    set_target(cast.assessor, vendor, "sla", Decimal(95))
    held = held_to(vendor, AGREED)
    own = held["first_response"]
    assert (own.value, own.note, own.is_expected, own.expected, own.differs) == (1.0, "Annex 2", False, 0.25, True)
    assert (held["told_why"].expected, held["told_why"].differs) == (90.0, False)
    assert held["sla"] == Target(value=95.0)


def test_what_holds_follows_from_the_edition_of_the_day_in_one_query(
    cast: Cast, vendor: Vendor, django_assert_num_queries: Any
) -> None:
    make_expectations(cast.assessor, since=AGREED)
    draft = editions.start_draft(cast.assessor, editions.Source.EDITION)
    row = draft.expectations.get(key="a-person-in-15-minutes")
    read = editions.as_it_stands(row)
    row.target = Decimal("0.5")
    editions.change(cast.assessor, row, read=read)
    assert held_to(vendor, AGREED)["first_response"].value == 0.25
    draft.refresh_from_db()
    later = AGREED + timedelta(days=30)
    said = editions.Publication(in_force_from=later, note="Half an hour.", read=draft.version)
    editions.publish(cast.assessor, draft, said, today=AGREED)
    assert held_to(vendor, later - timedelta(days=1))["first_response"].value == 0.25
    with django_assert_num_queries(1):
        held = held_to(vendor, later)
    assert (held["first_response"].value, held["first_response"].expected_since) == (0.5, later)
