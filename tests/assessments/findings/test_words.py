"""Findings as sentences and as a table: their figures, what they rest on, and what a flat trend hides."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from fractions import Fraction
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.utils import translation

from assessments.findings import findings
from assessments.findings.findings import Finding, MeasuredRules, Opinion, RuleFinding, Target
from assessments.findings.words import Names, view
from assessments.score.arithmetic import RuleStatus
from tests.assessments.findings.given import BASIS, RULES, measures, score, series
from vendors.measures.trend import Direction

F = Finding
NAMES = Names(
    rules={key: (position, key.title()) for position, key in enumerate(RULES, start=1)},
    percent=lambda value: f"{value}%",
)


def notices(
    rating: int | None, claim: int | None, direction: Direction, target: float | None = None, **trend: Any
) -> list[Any]:
    given = measures(series(direction, **trend), repeat_count=Direction.TOO_LITTLE_DATA)
    targets = {"duration_mean": Target(value=target)} if target is not None else {}
    own = None if claim is None else score({"speed": claim})
    rules = findings.findings(score({"speed": rating} if rating is not None else {}), own, given, targets)
    return list(view(MeasuredRules(rules=rules, measures=given, targets=targets), NAMES).notices)


@dataclass(frozen=True, kw_only=True)
class Said:
    """What is given, and the sentences it comes to: the beginning, what the measure does, and the rest."""

    rating: int
    claim: int | None = None
    direction: Direction
    target: float | None = None
    label: str
    opening: str
    rest: str
    more: str = ""


RISES = (
    "Over these 6 months it went from about 2.3 hours to about 17.8 hours, a change by 155% of its average. "
    "It rests on 42 incidents."
)
FALLS = RISES.replace("2.3 hours to about 17.8", "17.8 hours to about 2.3")
HIDDEN = "A change of less than about 60% over these 6 months would not have shown."
SENTENCES = (
    Said(
        rating=4,
        direction=Direction.RISING,
        label="Contradicted",
        opening="Rule 5, “Speed”, is rated met",
        rest="rises by 3.1 hours a month (p = 0.01 after correction, 6 months).",
        more=RISES,
    ),
    Said(
        rating=4,
        claim=4,
        direction=Direction.RISING,
        label="Contradicted",
        opening="Rule 5, “Speed”, is claimed and rated met",
        rest="rises by 3.1 hours a month (p = 0.01 after correction, 6 months).",
        more=RISES,
    ),
    Said(
        rating=1,
        claim=4,
        direction=Direction.RISING,
        label="Claim: contradicted",
        opening="The vendor claims that rule 5, “Speed”, is met",
        rest="rises by 3.1 hours a month (p = 0.01 after correction, 6 months).",
        more=RISES,
    ),
    Said(
        rating=4,
        direction=Direction.FLAT,
        label="Not borne out",
        opening="Rule 5, “Speed”, is rated met",
        rest="does not fall: it stays at 10 hours (p = 1 after correction, 6 months).",
        more=HIDDEN,
    ),
    Said(
        rating=4,
        direction=Direction.FLAT,
        target=4,
        label="Not borne out",
        opening="Rule 5, “Speed”, is rated met",
        rest="does not fall: it stays at 10 hours, and 4 hours was agreed (p = 1 after correction, 6 months).",
        more=HIDDEN,
    ),
    Said(
        rating=2,
        direction=Direction.FALLING,
        label="Better than rated",
        opening="Rule 5, “Speed”, is rated partly met",
        rest="falls by 3.1 hours a month (p = 0.01 after correction, 6 months).",
        more=FALLS,
    ),
    Said(
        rating=1,
        direction=Direction.FLAT,
        target=12,
        label="Better than rated",
        opening="Rule 5, “Speed”, is rated broken",
        rest="keeps to the 12 hours agreed: 10 hours (p = 1 after correction, 6 months).",
        more=HIDDEN,
    ),
)


@pytest.mark.parametrize("said", SENTENCES, ids=lambda said: f"{said.label} {said.opening}")
def test_what_speaks_against_a_grade_is_said_with_its_figures(said: Said) -> None:
    (notice,) = notices(said.rating, said.claim, said.direction, said.target)
    measure = "the mean duration of critical incidents"
    assert notice.label == said.label
    assert notice.text.replace("\u00a0", " ") == f"{said.opening}, yet {measure} {said.rest} {said.more}"


def test_the_brief_leaves_out_what_a_trend_rests_on_and_keeps_what_a_flat_one_hides() -> None:
    (rising,) = notices(4, None, Direction.RISING)
    assert rising.brief.endswith("rises by 3.1 hours a month (p\u00a0=\u00a00.01 after correction, 6 months).")
    assert rising.grounds == RISES
    (flat,) = notices(4, None, Direction.FLAT)
    assert flat.brief == flat.text
    assert flat.text.endswith(HIDDEN)
    assert flat.grounds == ""


@pytest.mark.parametrize(
    ("rating", "claim", "direction"),
    [
        (4, 4, Direction.FALLING),
        (1, None, Direction.RISING),
        (1, None, Direction.FLAT),
        (None, None, Direction.RISING),
        (4, 4, Direction.TOO_LITTLE_DATA),
        (4, 1, Direction.FALLING),  # that the vendor is too modest is no news about the rating
    ],
)
def test_what_agrees_with_the_grades_needs_no_sentence(
    rating: int | None, claim: int | None, direction: Direction
) -> None:
    assert notices(rating, claim, direction) == []


def test_what_seems_to_get_worse_is_said_to_be_too_weak_to_contradict() -> None:
    (notice,) = notices(4, None, Direction.RISING, p=0.03, adjusted_p=0.06)
    assert (notice.finding, notice.label) == (F.NOT_BORNE_OUT, "Not borne out")
    assert notice.text.replace("\u00a0", " ") == (
        "Rule 5, “Speed”, is rated met, yet the mean duration of critical incidents seems to rise, too weakly to "
        f"contradict (p = 0.06 after correction, 6 months). {RISES}"
    )


def test_what_clearly_gets_a_little_worse_is_said_to_be_too_little_to_contradict() -> None:
    (notice,) = notices(4, None, Direction.RISING, change=0.09, slope=0.18)
    assert notice.finding == F.NOT_BORNE_OUT
    assert (
        "rises by 0.18 hours a month (p\u00a0=\u00a00.01 after correction, 6 months): in all less than 10% of its"
        in (notice.text)
    )
    assert "from about 9.6 hours to about 10.5 hours, a change by 9% of its average." in notice.text


def test_a_corrected_p_is_never_rounded_onto_the_line_of_a_contradiction() -> None:
    (notice,) = notices(4, None, Direction.RISING, adjusted_p=0.0199)
    assert "p\u00a0=\u00a00.0199 after correction" in notice.text


def test_what_was_left_out_is_counted_in_the_sentence() -> None:
    given = series(Direction.RISING)
    first, second, *others = given.points
    given = replace(given, points=(*(replace(one, why="before") for one in (first, second)), *others))
    rules = findings.findings(score({"speed": 4}), None, measures(given), {})
    (notice,) = view(MeasuredRules(rules=rules, measures=measures(given), targets={}), NAMES).notices
    assert notice.text.endswith("It rests on 42 incidents. 2 periods are left out.")


def test_no_change_would_have_shown_is_said_so() -> None:
    (notice,) = notices(4, None, Direction.FLAT, smallest=None)
    assert notice.text.endswith("Even a change by a factor of six over these 6 months would not have shown.")


def test_what_was_kept_before_measures_had_a_basis_says_what_it_said_then() -> None:
    old = {"change": None, "smallest": None, "adjusted_p": None}

    def told(direction: Direction, finding: Finding) -> str:
        kept = replace(series(direction, **old), known=None, total=None)
        opinion = Opinion(status=RuleStatus.MET, percent=Fraction(80), finding=finding)
        rule = RuleFinding(rule="speed", measure="duration_mean", claim=None, rating=opinion)
        given = MeasuredRules(rules=(rule,), measures=measures(kept, basis=None), targets={})
        (notice,) = view(given, NAMES).notices
        return notice.text.replace("\u00a0", " ").partition("critical incidents ")[2]

    assert told(Direction.RISING, F.CONTRADICTED) == "rises by 3.1 hours a month (p = 0.004, 6 months)."
    assert told(Direction.FLAT, F.NOT_BORNE_OUT) == "does not fall: it stays at 10 hours (p = 0.62, 6 months)."


def test_a_line_of_the_table_has_its_correction_and_what_it_hides() -> None:
    rules = findings.findings(score({}), None, measures(duration_mean=Direction.RISING), {})
    given = measures(duration_mean=Direction.RISING)
    shown = view(MeasuredRules(rules=rules, measures=given, targets={"duration_mean": Target(value=4)}), NAMES)
    mean, _answer, median, _fast = shown.rows[4].lines
    assert [part.replace("\u00a0", " ") for part in mean.details] == [
        "rising by 3.1 hours a month, p = 0.004, 6 months",
        "p = 0.01 after correction",
        "agreed target: 4 hours, missed",
    ]
    assert mean.known == "Incidents of which it is known: 42 of 48."
    assert [part.replace("\u00a0", " ") for part in median.details] == [
        "flat, p = 0.62, 6 months",
        "a change of less than about 60% would not show",
    ]
    assert median.known == ""
    assert shown.rows[5].lines[0].known == "10 incidents came back, of 42 whose problem is known; of 6 it is not known."


def test_the_basis_is_told_in_days_of_the_zone_and_without_ago_once_it_is_frozen() -> None:
    known = datetime(2025, 11, 30, 23, 30, tzinfo=UTC)  # in Brussels it is December
    given = replace(measures(basis=replace(BASIS, known_until=known)), until=known.date())

    def age(**names: Any) -> str:
        shown = view(MeasuredRules(rules=(), measures=given, targets={}), replace(NAMES, **names))
        assert shown.basis is not None
        return shown.basis.age.replace("\u00a0", " ")

    assert age(zone=UTC) == "Data end on 30 November 2025, 4 months ago. What happened since is unknown, not zero."
    given = replace(given, until=datetime(2025, 12, 1, tzinfo=UTC).date())
    assert age(zone=ZoneInfo("Europe/Brussels"), is_frozen=True) == (
        "Data end on 1 December 2025, 4 months before they were measured on 20 April 2026. What happened in between is "
        "unknown, not zero."
    )


def test_good_news_are_said_as_loudly_as_bad_ones() -> None:
    better = measures(duration_mean=Direction.RISING, repeat_count=Direction.FALLING)
    rules = findings.findings(score({"speed": 4, "proof": 1}), None, better, {})
    shown = view(MeasuredRules(rules=rules, measures=better, targets={}), NAMES)
    assert [one.finding for one in shown.notices] == [F.CONTRADICTED, F.BETTER_THAN_RATED]
    assert "the number of problems that come back falls by 3.1 incidents a month" in shown.notices[1].text
    assert not shown.is_only_better


def test_every_measure_of_a_rule_stands_beside_it_and_the_deciding_one_first() -> None:
    rules = findings.findings(score({}), None, measures(), {})
    shown = view(MeasuredRules(rules=rules, measures=measures(), targets={"repeat_count": Target(value=30)}), NAMES)
    assert [[line.key for line in row.lines] for row in shown.rows] == [
        ["restored_late"],
        ["handovers", "spread"],
        ["told_why", "contacts_said_all", "promises_kept_hour", "told_beforehand", "workaround"],
        ["fixes_thrown", "reopened"],
        ["duration_mean", "first_response", "duration_median", "was_fast"],
        ["repeat_count", "repeats", "proven", "cause_proven", "proof_in_time", "proof_days"],
        ["volume"],
    ]
    assert [line.decides for line in shown.rows[5].lines] == [True, *[False] * 5]
    assert shown.rows[5].lines[0].target == "agreed target: 30 incidents, kept"


def test_how_it_felt_stands_beside_the_rules_with_its_trend_and_target() -> None:
    found = measures(feeling=Direction.RISING)
    shown = view(MeasuredRules(rules=(), measures=found, targets={"feeling": Target(value=4)}), NAMES)
    assert shown.felt is not None
    assert (shown.felt.tendency, shown.felt.tendency_label) == ("better", "Getting better")
    assert (shown.felt.line.key, shown.felt.line.decides) == ("feeling", False)
    assert shown.felt.line.figure.endswith(" of 5")
    assert shown.felt.line.target.startswith("agreed target: 4 of 5")


def test_the_first_response_stands_at_rule_5_with_what_is_expected_of_all() -> None:
    rules = findings.findings(score({}), None, measures(), {})
    expected = Target(value=0.25, is_expected=True, expected=0.25, expected_since=SINCE)
    shown = view(MeasuredRules(rules=rules, measures=measures(), targets={"first_response": expected}), NAMES)
    (line,) = [line for line in shown.rows[4].lines if line.key == "first_response"]
    assert line.target.replace("\u00a0", " ") == "expected of all vendors since 15 January 2026: 15 minutes, missed"


def test_a_scorecard_from_before_feeling_was_measured_says_nothing_of_it() -> None:
    found = measures()
    before = replace(found, series=tuple(one for one in found.series if not one.measure.is_said))
    assert view(MeasuredRules(rules=(), measures=before, targets={}), NAMES).felt is None


SINCE = date(2026, 1, 15)


@pytest.mark.parametrize(
    ("target", "said"),
    [
        (
            Target(value=30, is_expected=True, expected=30, expected_since=SINCE),
            "expected of all vendors since 15 January 2026: 30 incidents, kept",
        ),
        (
            Target(value=1, is_expected=True, expected=1, expected_since=SINCE),
            "expected of all vendors since 15 January 2026: 1 incident, missed",
        ),
        (
            Target(value=30, expected=1, expected_since=SINCE),
            "agreed target: 30 incidents, kept (expected of all vendors: 1 incident)",
        ),
        (Target(value=30, expected=30, expected_since=SINCE), "agreed target: 30 incidents, kept"),
    ],
)
def test_a_target_says_whether_it_was_agreed_or_is_expected_of_all(target: Target, said: str) -> None:
    rules = findings.findings(score({}), None, measures(), {})
    shown = view(MeasuredRules(rules=rules, measures=measures(), targets={"repeat_count": target}), NAMES)
    assert shown.rows[5].lines[0].target.replace("\u00a0", " ") == said


@pytest.mark.parametrize(
    ("rating", "value", "said"),
    [
        (4, 4, "does not fall: it stays at 10 hours, and 4 hours is expected of all vendors (p = 1 after correction"),
        (1, 12, "keeps to the 12 hours expected of all vendors: 10 hours (p = 1 after correction"),
    ],
)
def test_a_finding_says_that_what_is_missed_or_kept_is_expected_of_all(rating: int, value: float, said: str) -> None:
    given = measures(duration_mean=Direction.FLAT, repeat_count=Direction.TOO_LITTLE_DATA)
    targets = {"duration_mean": Target(value=value, is_expected=True, expected=value, expected_since=SINCE)}
    rules = findings.findings(score({"speed": rating}), None, given, targets)
    (notice,) = view(MeasuredRules(rules=rules, measures=given, targets=targets), NAMES).notices
    assert said in notice.text.replace("\u00a0", " ")


def test_more_incidents_than_are_named_are_counted() -> None:
    opinion = Opinion(status=RuleStatus.MET, percent=Fraction(80), finding=F.CONTRADICTED)
    rule = RuleFinding(
        rule="speed", measure="duration_mean", claim=None, rating=opinion, incidents=("A-1", "A-2"), incident_count=14
    )
    given = measures(duration_mean=Direction.RISING)
    (notice,) = view(MeasuredRules(rules=(rule,), measures=given, targets={}), NAMES).notices
    assert notice.named == notice.named_briefly == "A-1, A-2 and 12 more"


def test_a_page_names_five_incidents_and_leads_to_all_of_them() -> None:
    opinion = Opinion(status=RuleStatus.MET, percent=Fraction(80), finding=F.CONTRADICTED)
    names = tuple(f"A-{number}" for number in range(1, 21))
    rule = RuleFinding(
        rule="speed",
        measure="duration_mean",
        claim=None,
        rating=opinion,
        incidents=names,
        incident_count=22,
        cases=tuple(range(1, 23)),
    )
    given = measures(duration_mean=Direction.RISING)
    (notice,) = view(MeasuredRules(rules=(rule,), measures=given, targets={}), NAMES).notices
    assert notice.named_briefly == "A-1, A-2, A-3, A-4, A-5 and 17 more"
    assert notice.ids == ",".join(map(str, range(1, 23)))


@pytest.mark.parametrize("language", ["fr", "nl"])
def test_figures_follow_the_language(language: str) -> None:
    with translation.override(language):
        (notice,) = notices(4, None, Direction.RISING)
    assert "3,1" in notice.text
    assert "0,01" in notice.text
