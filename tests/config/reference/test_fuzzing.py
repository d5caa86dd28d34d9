"""A few requests on every operation that nobody thought of; thousands of them by `benchmarks/api_fuzz.py`."""

from __future__ import annotations

import pytest

from accounts.models import Role
from tests.config.reference.fuzzing import fuzz, rows_of
from tests.factories import Cast, make_assessment, make_contract, make_incident, make_member, make_token, make_vendor

pytestmark = pytest.mark.django_db
CASES = 2


@pytest.fixture
def token(cast: Cast, settings: pytest.FixtureRequest) -> str:
    settings.API_REQUESTS_PER_MINUTE = 1_000_000  # type: ignore[attr-defined]
    for member in (cast.assessor, make_member(cast.other_organisation, "olga", Role.ASSESSOR)):
        assessment = make_assessment(member, vendor=make_vendor(member.organisation, "Example Systems"))
        make_incident(assessment.vendor, "Records do not open")
        make_contract(assessment.vendor)
    return make_token(cast.assessor)


def test_answers_are_what_the_document_says_and_nobody_elses(cast: Cast, token: str) -> None:
    found = fuzz(token, rows_of(cast.organisation), rows_of(cast.other_organisation), cases=CASES)
    assert found.wrong == []
    assert found.cases > 100
    assert len(found.reached) > 20


def test_a_planted_fault_is_noticed(cast: Cast, token: str, monkeypatch: pytest.MonkeyPatch) -> None:
    from accounts.models import MembershipQuerySet

    monkeypatch.setattr(MembershipQuerySet, "for_member", lambda rows, member: rows.exclude(pk=None))
    ours, theirs = rows_of(cast.organisation), rows_of(cast.other_organisation)
    found = fuzz(token, ours, theirs, cases=4, only=lambda name: name == "member_list")
    assert any("of another organisation" in one for one in found.wrong)
