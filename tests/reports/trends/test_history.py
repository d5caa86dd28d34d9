"""The scorecards of a vendor in their order, and where two of them cannot be compared."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from fractions import Fraction

from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import given
from hypothesis import strategies as st

from manifesto.models import Question, Release, ReleaseState
from reports.trends import figures
from reports.trends.history import Asked, History, RuleHistory, gap_between, history_of
from tests.factories import Cast, make_release, make_vendor
from tests.reports.trends.rows import FIRST, card
from vendors.models import Vendor


def rule(history: History, key: str) -> RuleHistory:
    return next(one for one in history.rules if one.key == key)


def percents(history: History, key: str) -> list[Fraction | None]:
    return [point.percent if point else None for point in rule(history, key).points]


def changed(edition: str, **fields: object) -> Release:
    """An edition that differs in the first question of the rule on speed."""
    release = make_release(edition, state=ReleaseState.DRAFT)
    Question.objects.filter(release=release, key="speed-1").update(**fields)
    release.state, release.published_at = ReleaseState.PUBLISHED, FIRST
    release.save()
    return release


def test_each_rule_has_a_point_a_scorecard_the_oldest_first(cast: Cast) -> None:
    vendor = make_vendor(cast.organisation)
    card(cast, vendor, speed=1)
    card(cast, vendor, day=90, speed=None)
    card(cast, make_vendor(cast.organisation, "Another"), day=100)
    card(cast, vendor, day=180, speed=3)
    history = history_of(cast.reader, vendor)
    assert [one.day for one in history.cards] == [date(2025, 3, 3), date(2025, 6, 1), date(2025, 8, 30)]
    assert [one.key for one in history.rules][:2] == ["support", "consistency"]
    assert percents(history, "speed") == [25, None, 75]
    points = rule(history, "speed").points
    assert [point.status for point in points if point] == ["broken", "not_rated", "met"]
    assert not any(point.gap for point in points if point)


def test_another_edition_turns_and_only_other_questions_make_a_gap(cast: Cast) -> None:
    vendor = make_vendor(cast.organisation)
    card(cast, vendor)
    card(cast, vendor, day=90, release=make_release("2"))
    card(cast, vendor, day=180, release=changed("3", revision=2))
    history = history_of(cast.reader, vendor)
    assert [one.turns for one in history.cards] == [False, True, True]
    gaps = [point.gap for point in rule(history, "speed").points if point]
    assert gaps[:2] == [None, None]
    assert gaps[2] and [one.number for one in gaps[2].revised] == ["5.1"]
    assert not any(point.gap for point in rule(history, "support").points if point)


def test_a_gap_is_named_with_the_edition_and_what_changed(cast: Cast) -> None:
    vendor = make_vendor(cast.organisation)
    card(cast, vendor)
    card(cast, vendor, day=90, release=changed("2", revision=2, weight=3))
    trend = next(one for one in figures.trends_of(history_of(cast.reader, vendor)) if one.rule.key == "speed")
    assert trend.gaps == (
        "Not comparable from 1\u00a0June 2025 on (edition 2): asked otherwise: 5.1 “speed question 1 (en)”; weighs "
        "otherwise: 5.1 “speed question 1 (en)”",
    )
    svg = figures.rule_figure(trend)
    assert "chart-joined" not in svg
    assert ">not comparable</text>" in svg
    assert svg.count('class="chart-edition"') == 1


def test_the_thresholds_are_those_of_each_edition(cast: Cast) -> None:
    vendor = make_vendor(cast.organisation)
    card(cast, vendor)
    card(cast, vendor, day=90, release=make_release("2", met_threshold=80))
    history = history_of(cast.reader, vendor)
    assert [one.policy.met_threshold for one in history.cards] == [75, 80]
    (first, second) = figures._turns(history.cards, [0.0, 1.0])
    assert (first.at, first.met, second.at, second.met) == (0.0, 75, 0.5, 80)


def test_scorecards_of_one_moment_stand_evenly(cast: Cast) -> None:
    vendor = make_vendor(cast.organisation)
    for _ in range(3):
        card(cast, vendor)
    assert figures._places(history_of(cast.reader, vendor).cards) == [0.0, 0.5, 1.0]


def test_the_latest_are_taken_in_their_order(cast: Cast) -> None:
    vendor = make_vendor(cast.organisation)
    for day in (0, 90, 180):
        card(cast, vendor, day=day)
    days = [one.day for one in history_of(cast.reader, vendor, latest=2).cards]
    assert days == [date(2025, 6, 1), date(2025, 8, 30)]


def test_another_organisation_finds_none(cast: Cast) -> None:
    vendor = make_vendor(cast.organisation)
    card(cast, vendor)
    assert history_of(cast.stranger, vendor).cards == ()


def test_two_take_the_queries_of_five_and_no_snapshot_is_read(cast: Cast) -> None:
    def asked(vendor: Vendor) -> list[str]:
        with CaptureQueriesContext(connection) as caught:
            figures.rows_of(history_of(cast.reader, vendor))
        return [query["sql"] for query in caught]

    few, many = make_vendor(cast.organisation, "Few"), make_vendor(cast.organisation, "Many")
    for day in range(2):
        card(cast, few, day=day)
    for day in range(5):
        card(cast, many, day=day, release=make_release("2") if day == 4 else None)
    asked(many)  # editions are read once by each process
    assert len(asked(few)) == len(asked(many)) == 3
    assert not any('"snapshot"' in sql for sql in asked(many))


# What can be compared ---------------------------------------------------------------------------------------------
ASKED = st.dictionaries(
    st.sampled_from("abcd"),
    st.builds(
        Asked,
        number=st.just("1.1"),
        short=st.text(max_size=3),
        revision=st.integers(1, 2),
        weight=st.sampled_from([Fraction(1), Fraction(3, 2)]),
    ),
    max_size=4,
)


def meant(asked: Mapping[str, Asked]) -> dict[str, tuple[int, Fraction]]:
    return {key: (one.revision, one.weight) for key, one in asked.items()}


@given(ASKED, ASKED)
def test_there_is_a_gap_exactly_where_something_else_is_asked(
    then: Mapping[str, Asked], now: Mapping[str, Asked]
) -> None:
    gap = gap_between(then, now)
    assert (gap is None) == (meant(then) == meant(now))
    back = gap_between(now, then)
    assert (back is None) == (gap is None)
    if gap and back:
        assert (len(gap.new), len(gap.gone)) == (len(back.gone), len(back.new))


@given(ASKED)
def test_another_wording_is_no_gap(asked: Mapping[str, Asked]) -> None:
    corrected = {key: replace(one, short=f"{one.short}!") for key, one in asked.items()}
    assert gap_between(asked, corrected) is None
