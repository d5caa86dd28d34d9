"""The trend: published worked examples, sums that can be done by hand, and laws that hold for any values."""

from __future__ import annotations

import math
import subprocess
import sys
from dataclasses import dataclass, replace
from fractions import Fraction
from pathlib import Path
from statistics import NormalDist

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from tests.vendors.measures import by_hand
from vendors.measures import trend as trends
from vendors.measures.trend import Direction, Trend, adjusted, is_proven, smallest_change, trend

FEW = settings(max_examples=settings.default.max_examples // 2)
small_values = st.lists(st.none() | st.integers(0, 6), min_size=6, max_size=14)  # many ties
twelfths = st.integers(-600, 600).map(lambda number: Fraction(number, 12))
fine_values = st.lists(st.none() | twelfths, min_size=6, max_size=14)


# Published examples ----------------------------------------------------------------------------------------------
@dataclass(frozen=True, kw_only=True)
class Published:
    source: str
    values: tuple[float, ...]
    s: int
    variance: Fraction
    z: float  # as printed, with its digits
    digits: int
    slope: float | None = None  # None: not printed


TESTED = (
    Published(
        # Two groups of ties: four tens and two fifteens.
        source="US EPA, Data Quality Assessment: Statistical Methods for Practitioners, QA/G-9S (2006), page 109",
        values=(10, 10, 10, 5, 10, 20, 18, 17, 15, 24, 15),
        s=22,
        variance=Fraction(11 * 10 * 27 - 4 * 3 * 13 - 2 * 1 * 9, 18),  # 155.33
        z=1.685,
        digits=3,
    ),
    Published(
        # One pair of ties.
        source="J. Little, A Mann-Kendall example by hand, College of the Holy Cross, MannKendallByHand.txt",
        values=(12.9, 14.8, 13.2, 15.7, 13.8, 15.6, 12.9, 11.0, 17.3, 15.9, 19.0, 18.3, 20.1, 21.7),
        s=54,
        variance=Fraction(14 * 13 * 33 - 2 * 1 * 9, 18),
        z=2.9058,
        digits=4,
    ),
    Published(
        # No ties; printed with p = 0.074.
        source="Helsel and Hirsch, Statistical Methods in Water Resources, USGS, example of Kendall’s tau (chapter 8)",
        values=(1.22, 2.20, 4.80, 1.28, 1.97, 1.46, 2.64, 2.34, 4.84, 2.96),
        s=21,
        variance=Fraction(125),
        z=1.79,
        digits=2,
    ),
    Published(
        source="MannKendall.jl, test/runtests.jl: the numbers from 1 to 100",
        values=tuple(range(1, 101)),
        s=4950,
        variance=Fraction(112750),
        z=14.73869998208331,
        digits=10,
        slope=1,
    ),
)
SLOPES = (
    Published(
        # The sixth value is an outlier: least squares gives 1.71, the median of the slopes stays.
        source="Helsel and Hirsch, Statistical Methods in Water Resources, USGS, the Kendall–Theil line (chapter 10)",
        values=(1, 2, 3, 4, 5, 16, 7),
        s=19,
        variance=Fraction(7 * 6 * 19, 18),
        z=2.703,
        digits=3,
        slope=1,
    ),
    Published(
        source="Sprent and Smeeton, Applied Nonparametric Statistical Methods, example 11.4",
        values=(2.5, 3.1, 3.4, 4.0, 4.6, 5.1, 11.1),
        s=21,
        variance=Fraction(7 * 6 * 19, 18),
        z=3.004,
        digits=3,
        slope=0.56666667,
    ),
)


@pytest.mark.parametrize("example", [*TESTED, *SLOPES], ids=lambda example: example.source[:24])
def test_published_examples_come_out_as_printed(example: Published) -> None:
    import pymannkendall

    tested = pymannkendall.original_test(example.values)
    assert tested.s == by_hand.score(example.values) == example.s
    assert tested.var_s == pytest.approx(float(example.variance))
    assert by_hand.variance(example.values) == example.variance
    assert round(tested.z, example.digits) == pytest.approx(example.z)
    assert by_hand.z(example.values) == pytest.approx(tested.z)
    found = trend(example.values)
    assert found.p == pytest.approx(by_hand.p(example.values), abs=1e-12)
    assert found.slope == pytest.approx(float(by_hand.slope(example.values)))
    if example.slope is not None:
        assert found.slope == pytest.approx(example.slope, abs=1e-8)
    assert found.periods == len(example.values)


def test_printed_p_of_the_example_without_ties_is_that_of_the_exact_test() -> None:
    example = TESTED[2]
    assert round(2 * NormalDist().cdf(-by_hand.z(example.values)), 3) == 0.074
    assert round(float(by_hand.exact_p(example.s, len(example.values))), 3) == 0.073  # the book’s table: 0.072


@pytest.mark.parametrize("size", range(6, 16))
def test_without_ties_the_approximation_decides_as_the_exact_test_would(size: int) -> None:
    variance = size * (size - 1) * (2 * size + 5) / 18
    for found in range(size * (size - 1) // 2, 0, -2):
        approximate = trends._p(found, variance)
        assert (approximate < 0.10) == (by_hand.exact_p(found, size) < Fraction(1, 10)), found


# By hand ---------------------------------------------------------------------------------------------------------
def test_what_swings_slowly_is_tested_with_a_wider_variance() -> None:
    """Two low, two high, two low, two high. S is 12 pairs up less 4 down, its variance with two groups of four ties
    (8·7·21 − 2·4·3·13) / 18 = 48, the slope 0. Around the middle, −½ and ½, three of seven neighbours differ:
    (4 − 3)/4 of a spread of 2, so 1/8; a series of eight hides (8/8 + 2)/(8 − 4) = ¾. The variance is then
    1 + 2·Σ(1 − k/8)·¾ᵏ times as wide."""
    values = [0, 0, 1, 1, 0, 0, 1, 1]
    wider = 1 + 2 * sum(Fraction(8 - lag, 8) * Fraction(3, 4) ** lag for lag in range(1, 8))
    assert wider == Fraction(281_827, 65_536)
    found = trend(values)
    assert found.p == pytest.approx(math.erfc(7 / math.sqrt(2 * 48 * wider)), abs=1e-12)
    assert found.p == pytest.approx(0.6261016542, abs=1e-10)  # not 0.31, as without it
    assert (found.direction, found.slope) == (Direction.FLAT, 0)


def test_what_alternates_is_tested_with_the_plain_variance() -> None:
    """Neighbours that differ make no trend likelier: the variance never narrows."""
    found = trend([0, 1, 0, 1, 0, 1, 0, 1])
    assert found.p == pytest.approx(math.erfc(3 / math.sqrt(2 * 48)), abs=1e-12)


def test_a_straight_line_has_nothing_beside_it_that_could_be_correlated() -> None:
    """S = 15 of 15 pairs, variance 85/3: p = erfc(14 / √(2·85/3))."""
    for values in ([1, 2, 3, 4, 5, 6], [0.1, 0.2, 0.3, 0.4, 0.5, 0.6]):  # to the last digit the second is no line
        found = trend(values)
        assert found.p == pytest.approx(0.008534920414, abs=1e-11)
        assert found.direction == Direction.RISING
    assert trend([6, 5, 4, 3, 2, 1]).direction == Direction.FALLING


def test_change_goes_from_the_first_period_with_data_to_the_last_as_a_part_of_the_level() -> None:
    assert trend([1, 2, 3, 4, 5, 6]).change == pytest.approx(5 / 3.5)
    assert trend([None, 10, 9, None, 7, 6, 5, 4, None]).change == pytest.approx(-6 / (41 / 6))
    assert trend([0.0] * 6).change is None  # of nothing there is no part


# The trend -------------------------------------------------------------------------------------------------------
def test_five_periods_with_data_are_too_few_and_six_are_enough() -> None:
    assert trend([1, 2, None, 3, 4, 5]) == Trend(direction=Direction.TOO_LITTLE_DATA, slope=None, p=None, periods=5)
    assert trend([1, 2, None, 4, 5, 6, 7]).direction == Direction.RISING
    assert trend([]).periods == 0


def test_equal_values_are_flat_with_slope_0_and_p_1() -> None:
    assert trend([4.2] * 8) == Trend(direction=Direction.FLAT, slope=0.0, p=1.0, periods=8, change=0.0)


def test_gaps_keep_their_place() -> None:
    """Six values in ten months that rise by one a month: closing the gaps would make it steeper."""
    found = trend([0, None, 2, None, 4, 5, None, 7, None, 9])
    assert found.slope == pytest.approx(1.0)
    assert found.p == pytest.approx(0.008534920414, abs=1e-11)  # a straight line, and six values
    assert found.periods == 6


def test_gaps_before_and_after_change_nothing() -> None:
    values = [3.0, 1, 4, 1, 5, 9, 2, 6]
    assert trend([None, None, *values, None]) == trend(values)


def test_direction_is_that_of_s_where_most_pairs_are_tied() -> None:
    """Nothing repeated in most months, but a little more each time: the median of the slopes is 0, S is not."""
    values = [0] * 10 + [1, 0, 0, 2, 0, 3, 0, 0, 4, 0]
    found = trend(values)
    assert found.slope == 0
    assert found.p is not None
    assert found.p < 0.10
    assert found.direction == Direction.RISING
    assert trend(values[::-1]).direction == Direction.FALLING


def test_direction_needs_a_p_below_a_tenth() -> None:
    """Six values, S = 9: p = 0.13; S = 11: p = 0.06."""
    assert trend([2, 1, 4, 3, 6, 5]).direction == Direction.FLAT
    assert trend([2, 1, 3, 5, 4, 6]).direction == Direction.RISING
    assert trend([6, 4, 5, 3, 1, 2]).direction == Direction.FALLING


def test_scipy_is_imported_for_no_trend() -> None:
    """It costs a second and 60 MB: it is the referee of these tests, and no part of the process."""
    code = (
        "import sys; from vendors.measures import metrics, horizon, movement, trend;"
        "found = trend.trend([3, 1, 4, 1, 5, 9, 2, 6]); trend.smallest_change([3, 1, 4, 1, 5, 9, 2, 6], found.slope);"
        "horizon.percentile_90([3, 1, 4], [1, 5]); movement.rank_test([3, 1, 4, 1], [5, 9, 2]);"
        "sys.exit('scipy' in sys.modules)"
    )
    root = Path(__file__).parents[3]
    assert subprocess.run([sys.executable, "-c", code], cwd=root, check=False).returncode == 0


# Laws ------------------------------------------------------------------------------------------------------------
@given(small_values | fine_values)
def test_trend_is_that_of_the_definitions(data: list[Fraction | None]) -> None:
    assume(sum(value is not None for value in data) >= 6)
    found = trend([None if value is None else float(value) for value in data])
    assert found.p == pytest.approx(by_hand.p(data), abs=1e-9)
    assert found.slope == pytest.approx(float(by_hand.slope(data)), abs=1e-12)
    score = by_hand.score(data)
    if found.p is not None and found.p < 0.10:
        assert found.direction == (Direction.RISING if score > 0 else Direction.FALLING)
        assert by_hand.slope(data) * score >= 0  # a slope never contradicts the direction
    else:
        assert found.direction == Direction.FLAT


@given(small_values | fine_values)
@FEW
def test_correlation_never_makes_a_trend_likelier(data: list[Fraction | None]) -> None:
    assume(sum(value is not None for value in data) >= 6)
    found = trend([None if value is None else float(value) for value in data])
    assert found.p is not None
    assert found.p >= 2 * NormalDist().cdf(-abs(by_hand.z(data))) - 1e-9


@given(small_values | st.lists(st.none() | st.floats(-1e6, 1e6), min_size=6, max_size=30))
@FEW
def test_score_variance_and_slope_are_those_of_pymannkendall_to_the_last_digit(values: list[float | None]) -> None:
    import pymannkendall

    known = [(place, float(value)) for place, value in enumerate(values) if value is not None]
    assume(len(known) >= 6)
    assume(len({value for _place, value in known}) > 1)
    tested = pymannkendall.original_test([math.nan if value is None else float(value) for value in values])
    assert trends._score([value for _place, value in known]) == (tested.s, tested.var_s)
    assert trends._slope(known) == tested.slope


@given(small_values)
@FEW
def test_trend_is_that_of_scipy(values: list[int | None]) -> None:
    from scipy import stats

    known = [(place, value) for place, value in enumerate(values) if value is not None]
    assume(len(known) >= 6)
    assume(len({value for _place, value in known}) > 1)
    places, data = zip(*known, strict=True)
    found = trend([None if value is None else float(value) for value in values])
    assert found.slope == pytest.approx(stats.theilslopes(data, places).slope)
    # Kendall’s tau-b is S over the pairs that are not tied; its test has no correction for continuity.
    untied = math.sqrt(_pairs(len(data)) * (_pairs(len(data)) - sum(_pairs(data.count(one)) for one in set(data))))
    tau = stats.kendalltau(places, data, method="asymptotic")
    assert round(tau.statistic * untied) == by_hand.score(values)
    uncorrected = abs(by_hand.score(values)) / math.sqrt(by_hand.variance(values))
    assert tau.pvalue == pytest.approx(math.erfc(uncorrected / math.sqrt(2)), abs=1e-9)


def _pairs(size: int) -> int:
    return size * (size - 1) // 2


@given(fine_values, st.integers(-20, 20), st.integers(1, 9))
@FEW
def test_another_unit_moves_the_slope_and_nothing_else(values: list[Fraction | None], shift: int, factor: int) -> None:
    data = [None if value is None else float(value) for value in values]
    assume(sum(value is not None for value in data) >= 6)
    plain = trend(data)
    moved = trend([None if value is None else float(value * factor + shift) for value in values])
    assert moved.p == pytest.approx(plain.p, abs=1e-9)
    assert plain.slope is not None
    assert moved.slope == pytest.approx(plain.slope * factor, abs=1e-9)


@given(small_values)
@FEW
def test_time_turned_round_turns_the_trend_round(values: list[int | None]) -> None:
    assume(sum(value is not None for value in values) >= 6)
    there, back = trend(values), trend(values[::-1])
    assert back.p == pytest.approx(there.p, abs=1e-9)
    assert there.slope is not None
    assert back.slope == pytest.approx(-there.slope)


@given(
    st.integers(6, 14).flatmap(
        lambda size: st.lists(st.lists(st.integers(0, 9), min_size=size, max_size=size), min_size=1, max_size=8)
    )
)
def test_many_rows_at_once_are_tested_as_each_by_itself(rows: list[list[int]]) -> None:
    import numpy

    scores, p_values = trends.tested_rows(numpy.array(rows, dtype=float))
    for row, score, p in zip(rows, scores, p_values, strict=True):
        assert score == by_hand.score(row)
        assert p == pytest.approx(trend(row).p, abs=1e-9), row


# What would have shown -------------------------------------------------------------------------------------------
NOISY = [4.0, 7, 3, 6, 5, 8, 2, 6, 4, 7, 5, 3]  # around 5


def noisier(by: float) -> list[float]:
    return [5 + by * (value - 5) for value in NOISY]


def test_the_smallest_change_is_the_first_of_the_list_that_shows_in_four_of_five(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    tried: dict[float, float] = {}
    shown = trends._share_shown

    def noted(rows: object) -> float:
        tried[len(tried)] = shown(rows)
        return tried[len(tried) - 1]

    monkeypatch.setattr(trends, "_share_shown", noted)
    found = smallest_change(NOISY, 0.0)
    assert found in trends.CHANGES
    assert any(share >= trends.SHOWN_IN for share in tried.values())
    # One step smaller, tried by itself, does not show.
    monkeypatch.setattr(trends, "CHANGES", (trends.CHANGES[trends.CHANGES.index(found) - 1],))
    assert smallest_change(NOISY, 0.0) is None


def test_the_smallest_change_is_the_same_each_time() -> None:
    assert len({smallest_change(NOISY, 0.1) for _ in range(3)}) == 1


def test_the_more_the_values_swing_the_larger_a_change_must_be_to_show() -> None:
    sizes = [smallest_change(noisier(by), 0.0) or math.inf for by in (0.1, 0.25, 0.5, 1.0, 1.6)]
    assert sizes == sorted(sizes)
    assert sizes[0] < sizes[-1]


def test_the_longer_the_window_the_smaller_a_change_shows() -> None:
    long, short = smallest_change(NOISY * 2, 0.0), smallest_change(NOISY[:6], 0.0)
    assert long is not None
    assert long < (short or math.inf)


def test_of_another_unit_the_same_change_shows() -> None:
    assert smallest_change([8 * value for value in NOISY], 0.0) == smallest_change(NOISY, 0.0)


def test_where_values_swing_wildly_no_change_shows() -> None:
    assert smallest_change([0.0, 90, 0, 0, 85, 1], 0.0) is None


def test_of_a_level_of_nothing_no_part_can_show() -> None:
    assert smallest_change([0.0] * 8, 0.0) is None


# Several tests of one vendor -------------------------------------------------------------------------------------
def test_holms_correction_of_a_worked_example() -> None:
    """Four tests: 0.005·4, 0.01·3, 0.03·2, and the last no less than the one before it."""
    found = adjusted({"a": 0.01, "b": 0.04, "c": 0.03, "d": 0.005})
    assert found == {"a": 0.03, "b": 0.06, "c": 0.06, "d": 0.02}


def test_holms_correction_of_two_tests() -> None:
    assert adjusted({"slow": 0.01, "again": 0.9}) == {"slow": 0.02, "again": 0.9}
    assert adjusted({"slow": 0.04, "again": 0.03}) == {"slow": 0.06, "again": 0.06}
    assert adjusted({"slow": 0.04}) == {"slow": 0.04}
    assert adjusted({}) == {}
    assert adjusted({"slow": 0.8, "again": 0.7}) == {"slow": 1.0, "again": 1.0}


@given(st.dictionaries(st.text(max_size=2), st.integers(0, 1000), max_size=6))
def test_holms_correction_is_that_of_its_definition(thousandths: dict[str, int]) -> None:
    exact = {key: Fraction(number, 1000) for key, number in thousandths.items()}
    found = adjusted({key: float(p) for key, p in exact.items()})
    assert found == pytest.approx({key: float(p) for key, p in by_hand.holm(exact).items()})
    assert all(found[key] >= float(exact[key]) - 1e-12 for key in exact)


def rising(**given: float | None) -> Trend:
    sure = Trend(direction=Direction.RISING, slope=1.0, p=0.001, periods=12, change=0.5, adjusted_p=0.002)
    return replace(sure, **given)  # type: ignore[arg-type]


def test_it_is_proven_where_it_goes_there_clearly_and_far() -> None:
    assert is_proven(rising(), Direction.RISING)
    assert not is_proven(rising(), Direction.FALLING)
    assert is_proven(replace(rising(change=-0.5), direction=Direction.FALLING), Direction.FALLING)
    assert not is_proven(replace(rising(), direction=Direction.FLAT), Direction.RISING)


def test_it_is_proven_only_below_the_p_that_is_promised_after_the_correction() -> None:
    assert is_proven(rising(adjusted_p=math.nextafter(trends.PROVEN, 0)), Direction.RISING)
    assert not is_proven(rising(adjusted_p=trends.PROVEN), Direction.RISING)
    assert not is_proven(rising(adjusted_p=None), Direction.RISING)  # as in what was kept before there was one


def test_it_is_proven_only_where_it_changes_by_a_tenth_of_its_level() -> None:
    assert trends.LEAST_CHANGE == 0.1
    assert is_proven(rising(change=0.1), Direction.RISING)
    assert not is_proven(rising(change=0.0999), Direction.RISING)
    assert not is_proven(rising(change=None), Direction.RISING)
