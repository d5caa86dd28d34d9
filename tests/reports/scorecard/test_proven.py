"""What became of accepted causes is kept with the scorecard, in its three languages."""

from __future__ import annotations

from datetime import timedelta

import pytest

from assessments.models import AssessmentState
from reports.models import DocumentKind
from reports.scorecard import snapshots, view
from tests.factories import NOW, Cast, make_assessment, make_incident, make_proof
from tests.reports import cards, earlier_versions
from vendors.models import ProofState

DAY = timedelta(days=1)


@pytest.mark.django_db
def test_a_cause_that_came_back_is_kept_and_stands_among_the_findings_of_the_record(cast: Cast) -> None:
    assessment = make_assessment(cast.assessor, grade=3, state=AssessmentState.COLLECTING)
    first = make_incident(assessment.vendor, "INC-1", opened=NOW - 30 * DAY, problem="Disk full")
    proof = make_proof(cast.assessor, first, state=ProofState.ACCEPTED, now=NOW - 20 * DAY)
    make_incident(assessment.vendor, "INC-2", opened=NOW - 5 * DAY, problem="Disk full")

    card = cards.approve(cast, assessment)

    (stored,) = snapshots.load(card)["proven"]
    assert (stored["number"], stored["incident"], stored["came_back"]) == (proof.number, "INC-1", True)
    assert set(stored["since"]) == {"en", "fr", "nl"}
    (one,) = view.view_of(card, language="en").proven
    assert one.text.startswith("The cause of INC-1, accepted on 10\u00a0February 2026. Accepted, and it came back")
    make_incident(assessment.vendor, "INC-3", opened=NOW - DAY, problem="Disk full")
    html = view.layout(card, language="en", kind=DocumentKind.RECORD).html
    assert "(INC-2)" in html
    assert "INC-3" not in html


def test_a_scorecard_from_before_says_nothing_of_accepted_causes() -> None:
    card = earlier_versions.of_schema(9)
    assert snapshots.load(card)["proven"] is None
    assert view.view_of(card, language="nl").proven == ()
