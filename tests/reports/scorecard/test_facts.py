"""The table of facts: the figures of the snapshot, where they go, and how that reads in a word."""

from __future__ import annotations

from reports.scorecard import view
from reports.scorecard.facts import FactsView, FactView
from tests.reports import cards


def facts(language: str = "en", **options: object) -> FactsView:
    given = {"repeating": -0.4, **options}
    content = cards.with_measures(cards.full(), cards.cases(**given), targets={"duration_mean": 8})  # type: ignore[arg-type]
    found = view.view_of(cards.scorecard(content), language=language).facts
    assert found is not None
    return found


def of(table: FactsView, key: str) -> FactView:
    return next(row for row in table.rows if row.key == key)


def test_what_decides_stands_first_and_alone_gets_a_chart() -> None:
    table = facts()
    assert [row.key for row in table.deciding] == ["duration_mean", "repeat_count"]
    assert table.rows[:2] == table.deciding
    rest = [row.rule or 8 for row in table.rows[2:]]
    assert rest == sorted(rest)


def test_a_measure_that_gets_worse_says_by_how_much_a_month_and_what_it_missed() -> None:
    row = of(facts(), "duration_mean")
    assert (row.rule, row.figure, row.change, row.reading, row.way) == (
        5, "32.8 hours", "+3 hours", "Getting worse", "worse",
    )  # fmt: skip
    assert (row.target, row.target_note) == ("8 hours", "missed")
    assert row.finding == "Mean time to resolve: getting worse, +3 hours a month"
    assert row.rests_on == "12 months; p < 0.001; p < 0.001 after correction"


def test_a_measure_that_gets_better_falls_by_a_true_minus() -> None:
    row = of(facts(), "repeat_count")
    assert (row.change, row.reading, row.target) == ("\N{MINUS SIGN}0.43 incidents", "Getting better", "")


def test_without_a_clear_trend_no_change_is_said_and_no_line_drawn() -> None:
    row = of(facts(), "reopened")
    assert (row.change, row.reading, row.drawn.has_line) == ("", "No clear change", False)
    assert row.finding == "Reopened incidents: no clear change"


def test_the_heads_name_the_step() -> None:
    assert (facts().recent_head, facts().change_head) == ("Last six months", "Trend a month")


def test_nothing_measured_has_no_table() -> None:
    assert view.view_of(cards.scorecard(cards.snapshot()), language="en").facts is None
