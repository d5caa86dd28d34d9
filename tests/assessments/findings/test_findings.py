"""What is claimed and rated, held against what is measured: the whole table, and what stands on the pages."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from fractions import Fraction
from typing import Any

import pytest
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.models import Membership
from assessments.findings import findings
from assessments.findings import panel as findings_panel
from assessments.findings.findings import Finding, MeasuredRules, Opinion, RuleFinding, Target, finding
from assessments.models import Answer, Assessment, AssessmentState, Response, ResponseKind
from assessments.score.arithmetic import RuleStatus
from tests.assessments.findings.given import KNOWN_AT, RULES, measures, score, series
from tests.factories import NOW, Cast, make_assessment, make_incident, make_vendor
from vendors import facts_revision
from vendors.measures import catalogue
from vendors.measures.metrics import Direction
from vendors.models import MeasureTarget, Vendor

F = Finding
MONTHS = 14


# The table --------------------------------------------------------------------------------------------------------
# Status → direction → finding without a target, outside of it, within it. The measure stands at 10; less is better.
TABLE: Mapping[RuleStatus, Mapping[Direction, tuple[Finding, Finding, Finding]]] = {
    RuleStatus.MET: {
        Direction.RISING: (F.CONTRADICTED, F.CONTRADICTED, F.CONTRADICTED),
        Direction.FLAT: (F.NOT_BORNE_OUT, F.NOT_BORNE_OUT, F.BORNE_OUT),
        Direction.FALLING: (F.BORNE_OUT, F.BORNE_OUT, F.BORNE_OUT),
        Direction.TOO_LITTLE_DATA: (F.TOO_LITTLE_DATA,) * 3,
    },
    RuleStatus.PARTLY: {
        Direction.RISING: (F.CONFIRMED, F.CONFIRMED, F.CONFIRMED),
        Direction.FLAT: (F.NO_FINDING, F.NO_FINDING, F.BETTER_THAN_RATED),
        Direction.FALLING: (F.BETTER_THAN_RATED, F.BETTER_THAN_RATED, F.BETTER_THAN_RATED),
        Direction.TOO_LITTLE_DATA: (F.TOO_LITTLE_DATA,) * 3,
    },
    RuleStatus.NOT_RATED: {
        Direction.RISING: (F.NOT_RATED,) * 3,
        Direction.FLAT: (F.NOT_RATED,) * 3,
        Direction.FALLING: (F.NOT_RATED,) * 3,
        Direction.TOO_LITTLE_DATA: (F.TOO_LITTLE_DATA,) * 3,
    },
}
TARGETS = (None, 9.99, 10.0)  # on the target is within it


@pytest.mark.parametrize("key", sorted(catalogue.DECIDING.values()))
@pytest.mark.parametrize("direction", Direction)
@pytest.mark.parametrize("status", RuleStatus)
def test_a_measure_says_of_a_status_what_the_table_says(status: RuleStatus, direction: Direction, key: str) -> None:
    row = TABLE[RuleStatus.PARTLY if status == RuleStatus.BROKEN else status][direction]
    assert tuple(finding(status, series(direction, key=key), target=target) for target in TARGETS) == row


def test_of_a_measure_of_which_more_is_better_rising_is_good() -> None:
    assert finding(RuleStatus.MET, series(Direction.RISING, key="proven")) == F.BORNE_OUT
    assert finding(RuleStatus.BROKEN, series(Direction.FALLING, key="proven")) == F.CONFIRMED
    assert finding(RuleStatus.MET, series(Direction.FLAT, key="proven"), target=11) == F.NOT_BORNE_OUT


@pytest.mark.parametrize("weak", [{"adjusted_p": 0.02}, {"adjusted_p": None}, {"change": 0.0999}, {"change": None}])
def test_what_gets_worse_too_weakly_or_too_little_does_not_contradict(weak: dict[str, float | None]) -> None:
    assert finding(RuleStatus.MET, series(Direction.RISING)) == F.CONTRADICTED
    assert finding(RuleStatus.MET, series(Direction.RISING, adjusted_p=0.0199, change=0.1)) == F.CONTRADICTED
    assert finding(RuleStatus.MET, series(Direction.RISING, **weak)) == F.NOT_BORNE_OUT
    assert finding(RuleStatus.BROKEN, series(Direction.RISING, **weak)) == F.CONFIRMED


@pytest.mark.parametrize("status", RuleStatus)
def test_a_rule_that_no_measure_decides_is_not_tested(status: RuleStatus) -> None:
    assert finding(status, None) == F.NOT_TESTED


def test_only_two_rules_are_decided_by_a_measure() -> None:
    found = findings.findings(score(dict.fromkeys(RULES, 4)), None, measures(), {})
    assert [rule.rule for rule in found] == list(RULES)
    assert {rule.rule: rule.measure for rule in found if rule.measure} == {
        "speed": "duration_mean",
        "proof": "repeat_count",
    }
    assert {rule.rating.finding for rule in found if not rule.measure} == {F.NOT_TESTED}


def test_claim_and_rating_are_each_held_against_the_measure_and_never_averaged() -> None:
    rising = measures(duration_mean=Direction.RISING)
    found = findings.findings(score({"speed": 1}), score({"speed": 4}), rising, {})
    speed = found[4]
    assert speed.claim == Opinion(status=RuleStatus.MET, percent=Fraction(100), finding=F.CONTRADICTED)
    assert speed.rating == Opinion(status=RuleStatus.BROKEN, percent=Fraction(25), finding=F.CONFIRMED)
    assert found[0].claim is None, "the vendor says nothing of it"
    assert found[0].rating == Opinion(status=RuleStatus.NOT_RATED, percent=None, finding=F.NOT_TESTED)


def test_the_target_of_the_deciding_measure_counts_and_no_other() -> None:
    given = score(dict.fromkeys(RULES, 4))
    within = findings.findings(given, None, measures(), {"duration_mean": Target(value=12)})
    other = findings.findings(given, None, measures(), {"duration_median": Target(value=12)})
    assert (within[4].rating.finding, other[4].rating.finding) == (F.BORNE_OUT, F.NOT_BORNE_OUT)


# From the rows ----------------------------------------------------------------------------------------------------
def slower(vendor: Vendor, *, by: float = 3.0, start: float = 4.0) -> None:
    """Four critical incidents in each of fourteen months, each month `by` hours longer, up to the end of March."""
    for month in range(MONTHS):
        year, index = divmod(2025 * 12 + 1 + month, 12)
        for day in (2, 9, 16, 23):
            opened = datetime(year, index + 1, day, 8, tzinfo=UTC)
            make_incident(vendor, f"INC-{year}{index + 1:02}{day:02}", opened=opened, hours=start + by * month)


def lately_slower(vendor: Vendor) -> None:
    """The same up to the day of the test, for pages that show the measures of today."""
    for ago in range(MONTHS * 4):
        opened = timezone.now() - timedelta(days=7 * ago + 3)
        make_incident(vendor, f"NOW-{ago}", opened=opened, hours=60 - ago)


@pytest.fixture
def assessment(cast: Cast) -> Assessment:
    """Every rule is rated met, and the vendor takes ever longer."""
    vendor = make_vendor(cast.organisation, "Slower Systems")
    made = make_assessment(cast.assessor, vendor=vendor, grade=4)
    made.responses.update(submitted_at=NOW)
    slower(vendor)
    return made


def rule(found: MeasuredRules | None, key: str) -> RuleFinding:
    assert found is not None
    return next(one for one in found.rules if one.rule == key)


def test_an_assessment_is_held_against_the_incidents_to_the_end_of_its_period(assessment: Assessment) -> None:
    found = findings.measured_rules(assessment, now=KNOWN_AT)
    speed = rule(found, "speed")
    assert (speed.rating.finding, speed.claim) == (F.CONTRADICTED, None)
    assert found is not None
    assert (found.measures.until, found.measures.cases) == (assessment.period_end, 56)
    assert speed.incidents[0] == "INC-20260323"
    assert (len(speed.incidents), speed.incident_count) == (20, 52), "the first month began before the first of them"


def test_incidents_of_the_future_of_a_period_are_not_looked_at(assessment: Assessment) -> None:
    before = findings.measured_rules(assessment, now=KNOWN_AT)
    make_incident(assessment.vendor, "LATER", opened=datetime(2026, 4, 2, tzinfo=UTC), hours=900)
    after = findings.measured_rules(assessment, now=KNOWN_AT)
    assert before is not None
    assert after is not None
    assert after.rules == before.rules


def test_what_the_vendor_handed_in_is_its_claim(assessment: Assessment) -> None:
    own = Response.objects.create(assessment=assessment, kind=ResponseKind.VENDOR)
    asked = assessment.release.questions.all()
    Answer.objects.bulk_create(Answer(response=own, question=one, grade=1) for one in asked)
    assert rule(findings.measured_rules(assessment, now=KNOWN_AT), "speed").claim is None
    Response.objects.filter(pk=own.pk).update(submitted_at=NOW)
    claim = rule(findings.measured_rules(assessment, now=KNOWN_AT), "speed").claim
    assert claim == Opinion(status=RuleStatus.BROKEN, percent=Fraction(25), finding=F.CONFIRMED)


def test_an_agreed_target_can_bear_out_a_measure_that_stays(cast: Cast) -> None:
    vendor = make_vendor(cast.organisation)
    assessment = make_assessment(cast.assessor, vendor=vendor, grade=4)
    assessment.responses.update(submitted_at=NOW)
    slower(vendor, by=0)
    assert rule(findings.measured_rules(assessment, now=KNOWN_AT), "speed").rating.finding == F.NOT_BORNE_OUT
    MeasureTarget.objects.create(vendor=vendor, measure="duration_mean", value=4, set_by=cast.assessor.user)
    assert rule(findings.measured_rules(assessment, now=KNOWN_AT), "speed").rating.finding == F.BORNE_OUT


def test_behind_a_finding_about_repeats_stand_those_that_came_back(assessment: Assessment) -> None:
    months: dict[int, int] = {}
    for incident in assessment.vendor.incidents.order_by("opened_at"):
        month = incident.opened_at.year * 12 + incident.opened_at.month
        place = months[month] = months.get(month, -1) + 1
        comes_back = place <= (month - 2025 * 12 - 2) // 4  # more and more of them
        incident.problem = f"Clock {month}" if comes_back else f"Once {incident.reference}"
        incident.save()
    proof = rule(findings.measured_rules(assessment, now=KNOWN_AT), "proof")
    assert proof.rating.finding == F.CONTRADICTED
    assert 0 < proof.incident_count < 56
    problems = dict(assessment.vendor.incidents.values_list("reference", "problem"))
    assert all(problems[reference].startswith("Clock") for reference in proof.incidents)


def test_without_mission_critical_incidents_nothing_is_measured(cast: Cast) -> None:
    assessment = make_assessment(cast.assessor, grade=4)
    make_incident(assessment.vendor, mission_critical=False)
    assert findings.measured_rules(assessment, now=KNOWN_AT) is None


def test_it_takes_a_fixed_number_of_queries(
    assessment: Assessment, cast: Cast, django_assert_max_num_queries: Any
) -> None:
    fresh = Assessment.objects.select_related("vendor", "release").get(pk=assessment.pk)
    with django_assert_max_num_queries(18):
        findings.measured_rules(fresh, now=KNOWN_AT)


class TestWhoSeesIt:
    def test_a_rater_sees_it_once_their_answers_are_in(self, assessment: Assessment, cast: Cast) -> None:
        assessment.responses.update(submitted_at=None)
        kept = findings_panel.section(assessment, cast.assessor, now=KNOWN_AT)
        assert kept is not None
        assert (kept.is_withheld, kept.view) == (True, None)
        assessment.responses.update(submitted_at=NOW)
        shown = findings_panel.section(assessment, cast.assessor, now=KNOWN_AT)
        assert shown is not None
        assert shown.view is not None

    def test_a_rater_of_another_assessment_of_the_same_vendor_does_not(
        self, assessment: Assessment, cast: Cast
    ) -> None:
        make_assessment(cast.colleague, vendor=assessment.vendor)
        for member, is_withheld in ((cast.colleague, True), (cast.assessor, False), (cast.approver, False)):
            shown = findings_panel.section(assessment, member, now=KNOWN_AT)
            assert shown is not None
            assert shown.is_withheld is is_withheld

    @pytest.mark.parametrize("state", [AssessmentState.DRAFT, AssessmentState.APPROVED, AssessmentState.CANCELLED])
    def test_only_what_is_judged_now_is_held_against_it(
        self, assessment: Assessment, cast: Cast, state: AssessmentState
    ) -> None:
        assessment.state = state
        assert findings_panel.section(assessment, cast.approver, now=KNOWN_AT) is None

    def test_the_vendors_page_tells_the_latest_approved(self, assessment: Assessment, cast: Cast) -> None:
        earlier = findings_panel.of_vendor(cast.reader, assessment.vendor)
        assert earlier is not None and earlier.now() is None
        Assessment.objects.update(state=AssessmentState.APPROVED, closed_at=NOW - timedelta(days=2))
        newer = make_assessment(
            cast.assessor, vendor=assessment.vendor, grade=1, state=AssessmentState.APPROVED, closed_at=NOW
        )
        lookup = findings_panel.of_vendor(cast.reader, assessment.vendor)
        panel = lookup and lookup.now()
        assert panel is not None
        assert panel.context["assessment"] == newer


PAGES = ("assessment_detail", "assessment_review", "assessment_consensus")


def test_pages_cost_the_same_queries_however_many_incidents_there_are(
    assessment: Assessment, cast: Cast, signed_in: Callable[[Membership], Client]
) -> None:
    older = make_assessment(cast.assessor, vendor=assessment.vendor, grade=1, state=AssessmentState.APPROVED)
    older.responses.update(submitted_at=NOW)
    lately_slower(assessment.vendor)
    client = signed_in(cast.approver)
    urls = [reverse(page, args=[assessment.pk]) for page in PAGES]
    urls.append(reverse("vendor_detail", args=[assessment.vendor_id]))
    client.get(urls[0])  # from then on it is on record that they read
    counts = []
    for _turn in range(2):
        facts_revision.raise_revision(assessment.vendor_id)
        asked = []
        for url in urls:
            cache.clear()  # else the first page of the two turns alone would load the incidents
            with CaptureQueriesContext(connection) as queries:
                html = client.get(url).content.decode()
            assert 'id="measured"' in html
            asked.append(len(queries))
        counts.append(asked)
        for month in range(MONTHS):
            year, index = divmod(2025 * 12 + 1 + month, 12)
            make_incident(assessment.vendor, opened=datetime(year, index + 1, 5, tzinfo=UTC), hours=4 + 3 * month)
    assert counts[0] == counts[1]


def test_the_vendors_page_asks_raters_to_hand_in_first(
    assessment: Assessment, cast: Cast, signed_in: Callable[[Membership], Client]
) -> None:
    lately_slower(assessment.vendor)
    Assessment.objects.update(state=AssessmentState.APPROVED, closed_at=NOW)
    make_assessment(cast.colleague, vendor=assessment.vendor)
    url = reverse("vendor_detail", args=[assessment.vendor_id])
    rater = signed_in(cast.colleague).get(url).content.decode()
    assert rater.count("stay closed to you") == 1
    assert "is rated met, yet" not in rater
    assert "is rated met, yet" in signed_in(cast.approver).get(url).content.decode()
