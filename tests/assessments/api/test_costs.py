"""What reading costs: a fixed number of queries, however many rows there are."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import Role
from assessments.lifecycle import transitions
from assessments.models import Assessment
from tests.assessments.api.asking import Asker
from tests.factories import Cast, add_rater, make_assessment, make_commitment, make_incident, make_member

pytestmark = pytest.mark.django_db
DOOR = ("accounts_attemptcount", "SAVEPOINT", "accounts_apitoken")  # the same for every request


def cost(ask: Asker, path: str) -> int:
    """Queries of the operation itself."""
    with CaptureQueriesContext(connection) as queries:
        assert ask.get(path).status_code == 200
    return sum(not any(name in one["sql"] for name in DOOR) for one in queries)


def more_of_everything(row: Assessment, cast: Cast, number: int) -> None:
    member = make_member(cast.organisation, f"rater{number}", Role.READER)
    add_rater(row, member, grade=number % 5)
    transitions.hand_in(member, row)
    make_assessment(member, vendor=row.vendor, release=row.release, grade=1)
    make_commitment(cast.colleague, row.vendor, owner=member.user)
    make_incident(row.vendor, opened=timezone.now())


PATHS = {
    "/assessments": 2,
    "/assessments/{row}": 4,
    "/assessments/{row}/raters": 5,
    "/assessments/{row}/questionnaire": 6,
    "/assessments/{row}/questionnaire/support-1": 4,
    "/assessments/{row}/answers": 12,
    "/assessments/{row}/vendor-answers": 3,
    "/assessments/{row}/consensus": 8,
    "/assessments/{row}/findings": 14,
    "/commitments": 3,
    "/commitments/{commitment}": 6,
}


def test_reading_costs_the_same_however_much_there_is(cast: Cast) -> None:
    row = make_assessment(cast.assessor, grade=3)
    transitions.hand_in(cast.assessor, row)
    commitment = make_commitment(cast.colleague, row.vendor)
    more_of_everything(row, cast, 1)
    ask = Asker(cast.assessor)
    addresses = {path: path.format(row=row.uuid, commitment=commitment.uuid) for path in PATHS}
    measured = f"/assessments/{row.uuid}/findings"
    ask.get(measured)  # what is kept of measures, and that it was read
    few = {path: cost(ask, address) for path, address in addresses.items()}
    for number in (2, 3):
        more_of_everything(row, cast, number)
    ask.get(measured)
    assert {path: cost(ask, address) for path, address in addresses.items()} == few
    assert few == PATHS
