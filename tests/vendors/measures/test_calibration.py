"""What has no trend is said to have none: a small part of `benchmarks/calibration`, and the faults that it must catch.

Seeds are fixed, so a run gives what the last one gave. Few histories leave room for chance: twice the standard error of
the share that is promised.
"""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date
from functools import cache
from typing import Any

import numpy
import pytest

from assessments.findings.findings import Finding, finding
from assessments.score.arithmetic import RuleStatus
from benchmarks.calibrating import __main__ as command
from benchmarks.calibrating import histories, series, shares
from benchmarks.calibrating.histories import Setting, Way, drawn, file_of
from benchmarks.calibrating.runs import CORRELATIONS, KEYS, Run, measured
from vendors.measures import metrics, trend, window
from vendors.measures.catalogue import DECIDING


def allowed(promised: float, runs: int) -> float:
    """With room for the chance of so few."""
    return promised + 2 * math.sqrt(promised * (1 - promised) / runs)


def small(number: int, way: Way, rho: float) -> tuple[Setting, numpy.random.Generator]:
    """One of at most twelve incidents a period: quick to measure."""
    random = numpy.random.default_rng([11, number, list(Way).index(way)])
    setting = drawn(random, way, rho)
    return replace(setting, rate=min(setting.rate, 12.0)), random


@cache
def still() -> tuple[Run, ...]:
    """Each way with each correlation, six times."""
    wished = [(number, way, rho) for number in range(6) for way in Way for rho in CORRELATIONS]
    return tuple(measured(*small(number, way, rho)) for number, way, rho in wished)


def says(runs: Sequence[Run], key: str, direction: int) -> tuple[float, int]:
    """The share of those in which this measure has a trend, and their number."""
    said = [run.said[KEYS.index(key)] for run in runs if run.said[KEYS.index(key)] is not None]
    return said.count(direction) / len(said), len(said)


@pytest.mark.parametrize("key", KEYS)
@pytest.mark.parametrize("direction", [-1, 1], ids=["falling", "rising"])
def test_no_measure_sees_trends_in_chance_more_often_than_promised(key: str, direction: int) -> None:
    share, runs = says(still(), key, direction)
    assert runs >= 60
    assert share <= allowed(shares.MOST_EACH_WAY, runs)


def test_all_measures_together_see_trends_in_chance_no_more_often_than_promised() -> None:
    said = [one for run in still() for one in run.said if one is not None]
    assert max(said.count(-1), said.count(1)) / len(said) <= shares.MOST_EACH_WAY


def test_one_innocent_vendor_in_a_hundred_is_contradicted_at_most() -> None:
    runs = still()
    assert sum(run.contradicted for run in runs) / len(runs) <= allowed(shares.MOST_CONTRADICTED, len(runs))


def test_what_doubles_is_seen() -> None:
    """Without this a measure that never spoke would keep every promise."""
    runs = [_steep(number) for number in range(12)]
    assert says(runs, "duration_mean", 1)[0] >= 0.8
    assert says(runs, "repeat_count", 1)[0] >= 0.5
    assert sum(run.contradicted for run in runs) >= 6


def _steep(number: int) -> Run:
    setting, random = small(number, Way.OPENING, 0.0)
    steady = replace(setting, is_weekly=False, periods=20, rate=20.0, tail=0.8, late=0.0, unknown=0.0, problems="few")
    return measured(replace(steady, typical=10.0, growth=2.0, spread=0.1), random)


def test_contradicted_is_what_the_finding_says() -> None:
    for number in range(3):
        setting, random = small(number, Way.OPENING, 0.0)
        grown = replace(setting, is_weekly=False, periods=20, rate=20.0, growth=2.0, spread=0.1, late=0.0)
        file = file_of(grown, random)
        found = metrics.measure(
            file.cases,
            file.pulses,
            proofs=file.proofs,
            said=file.said,
            since=file.since,
            until=file.until,
            known_at=file.known_at,
            zone=histories.UTC,
            holdings=file.holdings,
            with_smallest=False,
        )
        for key in DECIDING.values():
            says_so = finding(RuleStatus.MET, found.of(key)) == Finding.CONTRADICTED
            assert says_so is metrics.is_proven_worse(found.of(key))


def test_leaving_out_the_smallest_change_changes_nothing_else() -> None:
    setting, random = small(3, Way.OPENING, 0.0)
    file = file_of(setting, random)

    def found(*, with_smallest: bool) -> metrics.Measures:
        return metrics.measure(
            file.cases,
            file.pulses,
            proofs=file.proofs,
            said=file.said,
            since=file.since,
            until=file.until,
            known_at=file.known_at,
            zone=histories.UTC,
            holdings=file.holdings,
            with_smallest=with_smallest,
        )

    whole = found(with_smallest=True)
    assert any(one.trend.smallest for one in whole.series)
    without = tuple(replace(one, trend=replace(one.trend, smallest=None)) for one in whole.series)
    assert replace(whole, series=without) == found(with_smallest=False)


# Series alone -----------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("length", [6, 8, 12, 24])
@pytest.mark.parametrize("rho", CORRELATIONS)
def test_many_rows_at_once_are_tested_as_one_by_one(length: int, rho: float) -> None:
    for rows in (series.rows(8, length, rho, 5), numpy.round(series.rows(8, length, rho, 6))):
        _s, p = trend.tested_rows(rows)
        assert [trend.trend(row.tolist()).p for row in rows] == pytest.approx(p.tolist())


def test_a_slow_swing_is_no_trend() -> None:
    _s, p = trend.tested_rows(series.rows(4_000, 24, 0.4, 1))
    assert float((p < trend.SIGNIFICANT).mean()) <= 2 * shares.MOST_EACH_WAY


# Faults that it must catch ----------------------------------------------------------------------------------------
def test_catches_a_test_that_takes_a_slow_swing_for_a_trend(monkeypatch: pytest.MonkeyPatch) -> None:
    rows = series.rows(150, 24, 0.4, 1).tolist()

    def moved() -> float:
        return sum(trend.trend(row).direction != trend.Direction.FLAT for row in rows) / len(rows)

    assert moved() <= allowed(2 * shares.MOST_EACH_WAY, len(rows))
    monkeypatch.setattr(trend, "_widening", lambda rest: 1.0)
    assert moved() > allowed(2 * shares.MOST_EACH_WAY, len(rows))


def spoken(way: Way, key: str, direction: int, **given: Any) -> tuple[float, int]:
    """Of twenty-four histories of fourteen weeks, in which incidents take long."""
    long = {"is_weekly": True, "periods": 14, "cut": 0, "rate": 12.0, "typical": 300.0, "tail": 1.4, "late": 0.0}
    runs = []
    for number in range(24):
        setting, random = small(number, way, 0.0)
        runs.append(measured(replace(setting, **{**long, "grain": 1, **given}), random))
    return says(runs, key, direction)


def held(share: float, runs: int) -> bool:
    return share <= allowed(shares.MOST_EACH_WAY, runs)


def test_catches_a_file_by_resolution_that_is_taken_as_one_by_opening(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of the first that were opened it has only those that took long."""
    months: dict[str, Any] = {"is_weekly": False, "periods": 8, "typical": 300.0}
    assert held(*spoken(Way.RESOLUTION, "volume", 1, **months))
    monkeypatch.setattr(histories, "_holdings", lambda *file: [])  # nobody asks: everything from the first opening on
    assert not held(*spoken(Way.RESOLUTION, "volume", 1, **months))


def test_catches_periods_that_count_before_they_were_followed(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of their incidents only those are known that ended soon."""
    assert held(*spoken(Way.OPENING, "duration_mean", -1))
    monkeypatch.setattr(window, "coverage", _not_followed(window.coverage))
    assert not held(*spoken(Way.OPENING, "duration_mean", -1))


def _not_followed(coverage: Callable[..., Any]) -> Callable[..., Any]:
    def found(holdings: Any, *, horizon: Any, **given: Any) -> Any:
        return coverage(holdings, horizon=0 * horizon, **given)

    return found


def test_catches_repeats_that_count_before_problems_were_recorded(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing had come back yet, of what nobody recorded."""
    late: dict[str, Any] = {"is_weekly": False, "late": 0.4, "periods": 20, "typical": 20.0, "problems": "many"}
    assert held(*spoken(Way.OPENING, "repeat_count", 1, **late))
    monkeypatch.setattr(metrics, "_tells_from", lambda inside, look_back: date.min)
    assert not held(*spoken(Way.OPENING, "repeat_count", 1, **late))


# The command ------------------------------------------------------------------------------------------------------
def test_the_summary_judges_the_worst_measure_of_the_worst_cell() -> None:
    setting, _random = small(0, Way.OPENING, 0.0)
    flat, falling = (
        Run(setting=setting, said=(0,) * (len(KEYS) - 1) + (last,), contradicted=last < 0) for last in (0, -1)
    )
    found = shares.summary([*[flat] * 1_800, *[falling] * 200], ["way"])
    assert found == {"falling": 0.1, "rising": 0.0, "contradicted": 0.1, "runs": 2_000}
    assert not shares.is_kept(0.1, 0.0, 0.0)
    assert not shares.is_kept(0.0, 0.061, 0.0)
    assert not shares.is_kept(0.0, 0.0, 0.011)
    assert shares.is_kept(0.06, 0.06, 0.01)
    assert shares.cells([flat] * 399, ["way"]) == []


def runs_of(*shares_that_fall: float) -> list[Run]:
    """Five hundred for every way of selecting: of each, that share falls."""
    made = []
    for way, share in zip(Way, shares_that_fall, strict=True):
        setting, _random = small(0, way, 0.0)
        said = [-1 if number < 500 * share else 0 for number in range(500)]
        made += [Run(setting=setting, said=(one,) * len(KEYS), contradicted=False) for one in said]
    return made


@pytest.mark.parametrize(("worst", "status"), [(0.06, 0), (0.08, 1)])
def test_the_command_fails_where_one_way_of_selecting_breaks_the_promise(
    worst: float, status: int, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    runs = runs_of(*[0.0] * (len(Way) - 1), worst)
    monkeypatch.setattr(command, "run_all", lambda wished, *, processes: iter(runs))
    monkeypatch.setattr(command, "JUDGED", ("way",))
    assert command.main(["--quick", "--json"]) == status
    found = json.loads(capsys.readouterr().out)
    assert found == {"falling": worst, "rising": 0.0, "contradicted": 0.0, "runs": 500 * len(Way)}
