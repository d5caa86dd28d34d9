"""Accepted causes as findings: they came back, or stayed away, fair either way."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from assessments.findings.proven import proven, proven_in
from tests.factories import NOW, Cast, make_assessment, make_incident, make_proof, make_vendor
from vendors.models import ProofState

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
YEAR = 366 * DAY


def test_what_came_back_stands_before_what_stayed_away(cast: Cast, django_assert_num_queries: Any) -> None:
    vendor = make_vendor(cast.organisation)
    for reference, problem in (("INC-1", "Disk full"), ("INC-2", "Fan broken"), ("INC-3", "")):
        incident = make_incident(vendor, reference, opened=NOW - 9 * DAY, problem=problem)
        make_proof(cast.assessor, incident, state=ProofState.ACCEPTED, now=NOW)
    make_incident(vendor, "INC-9", opened=NOW + 20 * DAY, problem="disk full")

    with django_assert_num_queries(3):
        found = proven_in(vendor, now=NOW + YEAR).now()

    assert [(one.came_back, one.chip, one.label) for one in found] == [
        (True, "not_borne_out", "Accepted, and it came back"),
        (False, "borne_out", "Accepted, and it has not come back"),
    ]
    assert found[0].text == (
        "The cause of INC-1, accepted on 2\u00a0March 2026. Accepted, and it came back: the same problem led to 1 "
        "incident since (INC-9)."
    )
    assert found[1].text.endswith("Accepted, and it has not come back in 12 months.")


def test_a_finding_of_a_period_knows_nothing_of_what_came_after_it(cast: Cast) -> None:
    assessment = make_assessment(cast.assessor)  # to 31 March 2026
    incident = make_incident(assessment.vendor, "INC-1", opened=NOW - 9 * DAY, problem="Disk full")
    make_proof(cast.assessor, incident, state=ProofState.ACCEPTED, now=NOW)
    make_incident(assessment.vendor, "INC-2", opened=NOW + 40 * DAY, problem="Disk full")

    assert proven(assessment, now=NOW + 50 * DAY) == ()
    assert len(proven_in(assessment.vendor, now=NOW + 50 * DAY).now()) == 1
