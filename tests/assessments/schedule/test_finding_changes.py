"""Findings that come and go are told as numbers, after the first look, and not while somebody judges."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import WebhookEvent
from assessments.findings.findings import Finding, MeasuredRules, Opinion, RuleFinding
from assessments.models import Assessment, AssessmentState, FindingsTold, Response
from assessments.schedule import finding_changes
from assessments.score.arithmetic import RuleStatus
from tests.accounts.webhooks.listening import kinds, listen, told
from tests.factories import Cast, make_assessment, make_vendor
from vendors.models import Vendor


class Found:
    """What the findings are, whatever the facts are."""

    def __init__(self) -> None:
        self.codes: list[str] = []

    def __call__(self, found: object) -> list[str]:
        return sorted(self.codes)


@pytest.fixture
def found(monkeypatch: pytest.MonkeyPatch) -> Found:
    found = Found()
    monkeypatch.setattr(finding_changes, "speaking", found)
    return found


def approved(cast: Cast, vendor: Vendor | None = None) -> Assessment:
    assessment = make_assessment(
        cast.assessor, vendor=vendor, state=AssessmentState.APPROVED, grade=3, closed_at=timezone.now()
    )
    Response.objects.filter(assessment=assessment).update(submitted_at=timezone.now())
    return assessment


def look(*, days: int = 0) -> datetime:
    now = timezone.now() + timedelta(days=days)
    finding_changes.tell_changes(now)
    return now


def test_what_is_there_at_the_first_look_is_no_news(cast: Cast, found: Found) -> None:
    listen(cast.admin)
    approved(cast)
    found.codes = ["speed:rating:contradicted"]
    look()
    look(days=1)
    assert kinds() == []


def test_what_came_and_what_went_is_told_with_its_number_and_not_its_rule(cast: Cast, found: Found) -> None:
    listen(cast.admin)
    assessment = approved(cast)
    found.codes = ["speed:rating:contradicted"]
    look()
    found.codes = ["proof:claim:not_borne_out", "proof:rating:not_borne_out"]
    look(days=1)
    look(days=1)
    (_gone, gone), (_came, came) = told()
    assert kinds() == ["finding.gone", "finding.appeared"]
    assert (gone["count"], came["count"]) == (1, 2)
    assert came["findings_url"].endswith(f"/api/v1/assessments/{assessment.uuid}/findings")
    assert "proof" not in str(told())
    assert "borne" not in str(told())
    assert {event.about for event in WebhookEvent.objects.all()} == {f"vendor:{assessment.vendor.uuid}"}


def test_a_change_of_facts_and_another_approval_are_looked_at_at_once(cast: Cast, found: Found) -> None:
    listen(cast.admin)
    vendor = make_vendor(cast.organisation)
    approved(cast, vendor)
    look()
    assert look() and kinds() == []
    found.codes = ["speed:rating:contradicted"]
    look()
    assert kinds() == []  # nothing has changed since: nobody looks
    Vendor.objects.update(facts_revision=5)
    look()
    assert kinds() == ["finding.appeared"]
    found.codes = []
    approved(cast, vendor)
    look()
    assert kinds() == ["finding.appeared", "finding.gone"]


def test_while_somebody_judges_the_vendor_nothing_is_told_and_afterwards_it_is(cast: Cast, found: Found) -> None:
    listen(cast.admin)
    vendor = make_vendor(cast.organisation)
    approved(cast, vendor)
    look()
    judged = make_assessment(cast.colleague, vendor=vendor)
    found.codes = ["speed:rating:contradicted"]
    look(days=1)
    assert kinds() == []
    Response.objects.filter(assessment=judged).update(submitted_at=timezone.now())
    look(days=1)
    assert kinds() == ["finding.appeared"]


def test_where_nobody_wants_to_know_nobody_looks(cast: Cast, found: Found) -> None:
    listen(cast.admin, "scorecard.made")
    approved(cast)
    with CaptureQueriesContext(connection) as queries:
        look()
    assert len(queries) == 1
    assert not FindingsTold.objects.exists()


def test_only_what_speaks_against_the_grades_is_a_finding() -> None:
    def opinion(finding: Finding) -> Opinion:
        return Opinion(status=RuleStatus.MET, percent=None, finding=finding)

    def rule(key: str, rating: Finding, claim: Finding | None = None) -> RuleFinding:
        own = opinion(claim) if claim else None
        return RuleFinding(rule=key, measure="", claim=own, rating=opinion(rating))

    rules = (
        rule("speed", Finding.CONTRADICTED, Finding.BORNE_OUT),
        rule("proof", Finding.CONFIRMED, Finding.BETTER_THAN_RATED),
        rule("support", Finding.NOT_TESTED),
    )
    measured = MeasuredRules(rules=rules, measures=None, targets={})  # type: ignore[arg-type]
    assert finding_changes.speaking(measured) == ["proof:claim:better_than_rated", "speed:rating:contradicted"]
    assert finding_changes.speaking(None) == []
