"""What became of accepted causes, read from the incidents."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from tests.factories import NOW, Cast, make_file, make_incident, make_proof, make_vendor
from vendors.models import CauseProof, IncidentSource, ProofState, Vendor
from vendors.proofs.outcomes import came_back, known_until_of, outcomes_of
from vendors.proofs.returning import Fate

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
YEAR_LATER = NOW + 366 * DAY


def accepted(cast: Cast, vendor: Vendor, reference: str, **fields: Any) -> CauseProof:
    fields = {"problem": "Disk full", **fields}
    incident = make_incident(vendor, reference, opened=NOW - 9 * DAY, **fields)
    return make_proof(cast.assessor, incident, state=ProofState.ACCEPTED, now=NOW)


def test_a_cause_that_comes_back_is_found_with_its_incidents(cast: Cast, vendor: Vendor) -> None:
    proof = accepted(cast, vendor, "INC-1")
    back = make_incident(vendor, "INC-2", opened=NOW + DAY, problem="disk full")
    make_incident(vendor, "INC-3", opened=NOW + DAY, problem="Disk full", mission_critical=False)
    elsewhere = make_vendor(cast.organisation, "Other Systems")
    make_incident(elsewhere, "INC-4", opened=NOW + DAY, problem="Disk full")

    found = outcomes_of([proof], now=NOW + 2 * DAY)[proof.pk]

    assert (found.fate, [one.pk for one in found.incidents]) == (Fate.CAME_BACK, [back.pk])
    assert came_back(cast.reader, now=NOW + 2 * DAY).keys() == {proof.pk}
    assert came_back(cast.stranger, now=NOW + 2 * DAY) == {}


def test_it_stayed_away_only_as_far_as_its_sources_are_known(cast: Cast, vendor: Vendor) -> None:
    by_hand = accepted(cast, vendor, "INC-1")
    assert outcomes_of([by_hand], now=YEAR_LATER)[by_hand.pk].fate == Fate.STAYED_AWAY
    assert outcomes_of([by_hand], now=NOW + 300 * DAY)[by_hand.pk].fate == Fate.WATCHED

    make_incident(vendor, "T-1", opened=NOW - 30 * DAY, source="tool")
    make_file(cast.assessor, since=(NOW - 90 * DAY).date(), to=NOW.date(), source="tool")

    assert outcomes_of([by_hand], now=YEAR_LATER)[by_hand.pk].fate == Fate.WATCHED


def test_until_when_a_vendor_is_known_is_that_of_its_least_known_source(cast: Cast, vendor: Vendor) -> None:
    other = make_vendor(cast.organisation, "Other Systems")
    make_incident(vendor, "A", opened=NOW - 5 * DAY, source="untold", hours=2)
    assert known_until_of({vendor.pk, other.pk}, now=NOW) == {
        vendor.pk: NOW - 5 * DAY + timedelta(hours=2),
        other.pk: NOW,
    }
    IncidentSource.objects.create(
        organisation=cast.organisation, key="untold", name="Untold", ended_on=(NOW - 3 * DAY).date()
    )
    known = known_until_of({vendor.pk}, now=NOW)[vendor.pk]
    assert NOW - 3 * DAY < known < NOW - DAY  # the whole of its last day


@pytest.mark.parametrize("count", [1, 5])
def test_it_takes_as_many_queries_for_many(
    cast: Cast, vendor: Vendor, count: int, django_assert_num_queries: Any
) -> None:
    proofs = [accepted(cast, vendor, f"INC-{number}", source="tool") for number in range(count)]
    with django_assert_num_queries(4):
        assert len(outcomes_of(proofs, now=YEAR_LATER)) == count
    with django_assert_num_queries(0):
        assert outcomes_of([make_unaccepted(proofs[0])], now=NOW) == {}


def make_unaccepted(proof: CauseProof) -> CauseProof:
    return CauseProof(state=ProofState.OWED, incident_id=proof.incident_id, vendor_id=proof.vendor_id)
