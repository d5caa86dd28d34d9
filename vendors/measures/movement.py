"""Whether a measure moved to what was agreed, and whether it fell back afterwards: plain Python, no clock, no database.

Periods are compared, not incidents: those of one month share what made that month good or bad, and counted one by one
they would all be news of their own. The rank test is that of Mann and Whitney, exact for few periods without ties;
its p is widened by the serial correlation that the periods have beside their two levels, as a trend’s is (trend.py).
Of a kept commitment whose promise was reached, the promise itself is asked, not a trend: whether nearly all of the
newest periods miss what was agreed. `benchmarks/calibration` shows how often all this speaks where nothing moved.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from enum import StrEnum
from itertools import pairwise, takewhile
from statistics import NormalDist

from vendors.measures.catalogue import Unit
from vendors.measures.metrics import Series
from vendors.measures.trend import LEAST_CHANGE, MOST_CORRELATED, NOTHING, SIGNIFICANT

BASELINE = timedelta(days=366)  # before it was agreed: what lies further back tells of another time
FEWEST_BEFORE = 4  # with fewer, nothing that happens in three periods could be more than chance
FEWEST_AFTER = 3
FEWEST_INCIDENTS = 5  # on either side
# Below these it fell back: looked at again with each new period, a year long, it speaks up by itself; and the newest
# periods are others each time.
SINCE_KEPT = 0.05
OF_NEWEST = 0.01
NEWEST = 6  # periods that tell whether it falls back: a year of good ones must not hide half a year of bad ones
# Of the newest seven periods six miss what was agreed: fewer would be chance too often, more would hardly ever be seen.
ASKED = 7
MISSED = 6
SLIPPING = 3  # newest periods that all miss it: worth a word to a person, and nothing more yet


MOST_EXACT = 8  # periods on the smaller side of a test whose chances are counted one by one


class Outcome(StrEnum):
    MOVED = "moved"  # to what was agreed, beyond chance
    REACHED = "reached"  # what was agreed holds; that it moved cannot be said
    NOT_MOVED = "not_moved"
    CANNOT_TELL = "cannot_tell"


class Why(StrEnum):
    """What lies behind an outcome."""

    SHOWN = "shown"  # moved
    WAS_THERE = "was_there"  # reached: it was there before it was agreed
    NO_BASELINE = "no_baseline"  # reached: nothing to compare with
    BETTER = "better"  # not moved: better, beyond chance, and not what was agreed
    NO_CHANGE = "no_change"  # not moved
    WORSE = "worse"  # not moved: worse, beyond chance
    NOT_DUE = "not_due"  # cannot tell, from here on
    NOT_KNOWN = "not_known"  # the facts do not reach past the day
    NOT_FOLLOWED = "not_followed"  # its period is not over, or its incidents were not followed for the horizon yet
    TOO_FEW = "too_few"  # periods with facts, or incidents
    CHANCE = "chance"  # what was agreed is reached, which may be chance yet
    SO_SOON = "so_soon"  # it begins to move


@dataclass(frozen=True, kw_only=True)
class Period:
    """One period that counts and has a value. `place`: its position among all periods, so that gaps keep theirs;
    `incidents`: of which the measure is known, None where their number says nothing about it (counts); `grain`: by how
    much a single incident moves the value of a share or a count, else 0."""

    place: int
    start: date
    end: date  # its last day
    value: float
    incidents: int | None
    grain: float = 0.0


@dataclass(frozen=True, kw_only=True)
class Promise:
    """`target` in the unit of the measure; None: only that it gets better."""

    agreed_on: date
    due_on: date
    lower_is_better: bool
    target: float | None

    def is_better(self, value: float, than: float) -> bool:
        return value < than if self.lower_is_better else value > than

    def is_met_by(self, value: float) -> bool:
        """On the good side of the target, or on it; without one, nothing says so."""
        if self.target is None:
            return False
        return math.isclose(value, self.target, rel_tol=1e-9) or self.is_better(value, self.target)

    def is_clearly_missed_by(self, value: float, grain: float = 0.0) -> bool:
        """Worse than the target by a tenth of it and by `grain` at least: of three incidents one is a third of all,
        which is no news where a quarter was agreed."""
        if self.target is None or self.is_met_by(value):
            return False
        least = max(LEAST_CHANGE * abs(self.target), grain)
        return abs(value - self.target) >= least * (1 - 1e-9)


@dataclass(frozen=True, kw_only=True)
class Side:
    """Some periods as one: `value` is the mean of theirs, `since` and `until` their first and last day."""

    value: float
    periods: int
    incidents: int | None
    since: date
    until: date


@dataclass(frozen=True, kw_only=True)
class Movement:
    """`before` and `after`: as far as there are any; `p`: of the test between them, None where it was not asked."""

    outcome: Outcome
    why: Why
    before: Side | None = None
    after: Side | None = None
    p: float | None = None


class Standing(StrEnum):
    """Of a commitment that was kept."""

    HOLDS = "holds"
    NOT_SHOWN = "not_shown"  # worse, and that may be chance
    SLIPPING = "slipping"  # the newest periods all miss what was agreed: too few to be sure
    FELL_BACK = "fell_back"
    CANNOT_TELL = "cannot_tell"


@dataclass(frozen=True, kw_only=True)
class Watch:
    """`kept`: when it was kept; `since`: the newest periods after that. `missed`: how many of those miss what was
    agreed clearly, where that is why it fell back or slips; `p`: of the test between both, where that was asked."""

    standing: Standing
    kept: Side | None = None
    since: Side | None = None
    missed: int | None = None
    p: float | None = None


# Whether it moved -------------------------------------------------------------------------------------------------
def movement(periods: Sequence[Period], promise: Promise, *, known_until: date, today: date) -> Movement:
    """Before it was agreed against the time from which it holds: the periods since it was due; while these are fewer
    than FEWEST_AFTER, the newest since it was agreed.

    So soon after the day a measure may be praised, not blamed: that it did not move is only said where no period since
    shows a beginning of it.
    """
    before, after = _before(periods, promise), _after(periods, promise)
    sides = Movement(outcome=Outcome.CANNOT_TELL, why=Why.TOO_FEW, before=side(before), after=side(after))
    if (why := _too_early(periods, promise, known_until=known_until, today=today)) is not None:
        return replace(sides, why=why)
    if not _is_enough(after, FEWEST_AFTER):
        return sides
    if not _is_enough(before, FEWEST_BEFORE):
        # Nothing to compare with: what was agreed is all that counts.
        return sides if promise.target is None else _judged(replace(sides, before=None), after, promise)
    return _judged(replace(sides, p=difference(before, after)), after, promise)


def _too_early(periods: Sequence[Period], promise: Promise, *, known_until: date, today: date) -> Why | None:
    if today <= promise.due_on:
        return Why.NOT_DUE
    if known_until <= promise.due_on:
        return Why.NOT_KNOWN
    if not any(period.end >= promise.due_on for period in periods):
        return Why.NOT_FOLLOWED
    return None


def _before(periods: Sequence[Period], promise: Promise) -> list[Period]:
    first = promise.agreed_on - BASELINE
    return [one for one in periods if first <= one.start and one.end < promise.agreed_on]


def _after(periods: Sequence[Period], promise: Promise) -> list[Period]:
    since_due = [one for one in periods if one.start > promise.due_on]
    if len(since_due) >= FEWEST_AFTER:
        return since_due
    return [one for one in periods if one.start >= promise.agreed_on][-FEWEST_AFTER:]


def _judged(found: Movement, after: Sequence[Period], promise: Promise) -> Movement:
    before, now = found.before, found.after
    assert now is not None  # noqa: S101 - the caller has looked
    is_better = before is not None and promise.is_better(now.value, before.value)
    is_clear = found.p is not None and found.p < SIGNIFICANT
    has_moved = is_better and is_clear
    if promise.is_met_by(now.value) or (promise.target is None and has_moved):
        outcome, why = _met(before, promise, has_moved=has_moved)
        return replace(found, outcome=outcome, why=why)
    is_soon = any(one.start <= promise.due_on for one in after)
    if is_soon and (has_moved or _begins(after[-1], before, promise)):
        return replace(found, why=Why.SO_SOON)
    return replace(found, outcome=Outcome.NOT_MOVED, why=_why_not(is_better=is_better, is_clear=is_clear))


def _why_not(*, is_better: bool, is_clear: bool) -> Why:
    if not is_clear:
        return Why.NO_CHANGE
    return Why.BETTER if is_better else Why.WORSE


def _met(before: Side | None, promise: Promise, *, has_moved: bool) -> tuple[Outcome, Why]:
    if has_moved:
        return Outcome.MOVED, Why.SHOWN
    if before is None:
        return Outcome.REACHED, Why.NO_BASELINE
    if promise.is_met_by(before.value):
        return Outcome.REACHED, Why.WAS_THERE
    return Outcome.CANNOT_TELL, Why.CHANCE


def _begins(newest: Period, before: Side | None, promise: Promise) -> bool:
    """What is done on the last day shows in the newest period alone."""
    if promise.target is not None:
        return promise.is_met_by(newest.value)
    return before is not None and promise.is_better(newest.value, before.value)


# Whether it fell back ---------------------------------------------------------------------------------------------
def watch(periods: Sequence[Period], promise: Promise, *, kept_on: date) -> Watch:
    """Of a commitment that was kept on a day. Where what was agreed was reached then, it fell back once nearly all of
    the newest periods miss it. Without a target, or where it was kept though the target was not reached, the time since
    is held against the time in which it was kept.
    """
    kept = _after([one for one in periods if one.end <= kept_on], promise)
    since = [one for one in periods if one.start > kept_on]
    then, now = side(kept), side(since)
    if then is None or now is None or not _is_enough(since, FEWEST_AFTER) or not _is_enough(kept, FEWEST_AFTER):
        return Watch(standing=Standing.CANNOT_TELL, kept=then, since=now)
    if promise.is_met_by(then.value):
        return _asked(then, since, promise)
    return _compared(kept, since, promise)


def _asked(then: Side, since: Sequence[Period], promise: Promise) -> Watch:
    """By what was agreed, which was reached then."""
    if (newest := _fallen(since, promise)) is not None:
        return _missing(Standing.FELL_BACK, then, newest, promise)
    newest = _run(since, promise)
    if len(newest) >= SLIPPING:
        return _missing(Standing.SLIPPING, then, newest, promise)
    now = side(since)
    is_met = now is not None and promise.is_met_by(now.value)
    return Watch(standing=Standing.HOLDS if is_met else Standing.NOT_SHOWN, kept=then, since=now)


def _fallen(since: Sequence[Period], promise: Promise) -> Sequence[Period] | None:
    """The newest periods by which it fell back; None where it did not."""
    run = _run(since, promise)
    newest = run if len(run) >= MISSED else since[-ASKED:]
    if sum(_is_missed(one, promise) for one in newest) < MISSED:
        return None
    now = side(newest)  # one very good period among the bad ones may weigh as much as they all
    return newest if now is not None and promise.is_clearly_missed_by(now.value) else None


def _is_missed(one: Period, promise: Promise) -> bool:
    return promise.is_clearly_missed_by(one.value, one.grain)


def _run(periods: Sequence[Period], promise: Promise) -> Sequence[Period]:
    """The newest periods that all miss it, in order."""
    return list(takewhile(lambda one: _is_missed(one, promise), reversed(periods)))[::-1]


def _missing(standing: Standing, then: Side, newest: Sequence[Period], promise: Promise) -> Watch:
    missed = sum(_is_missed(one, promise) for one in newest)
    return Watch(standing=standing, kept=then, since=side(newest), missed=missed)


def _compared(kept: Sequence[Period], since: Sequence[Period], promise: Promise) -> Watch:
    """By how it was then: the time since; and where that is longer, the newest periods against all before them, so that
    good months do not hide bad ones. It fell back where it is worse beyond chance and by a tenth at least."""
    whole = _watched(kept, since, promise, below=SINCE_KEPT)
    if whole.standing == Standing.FELL_BACK or len(since) <= NEWEST:
        return whole
    newest = _watched([*kept, *since[:-NEWEST]], since[-NEWEST:], promise, below=OF_NEWEST)
    return newest if newest.standing == Standing.FELL_BACK else whole


def _watched(kept: Sequence[Period], since: Sequence[Period], promise: Promise, *, below: float) -> Watch:
    then, now, p = side(kept), side(since), difference(kept, since)
    assert then is not None and now is not None  # noqa: S101 - the caller has looked
    return Watch(standing=_compared_standing(then, now, promise, is_clear=p < below), kept=then, since=now, p=p)


def _compared_standing(then: Side, now: Side, promise: Promise, *, is_clear: bool) -> Standing:
    if _is_worse(then, now, promise):
        return Standing.FELL_BACK if is_clear else Standing.NOT_SHOWN
    return Standing.HOLDS if promise.target is None or promise.is_met_by(now.value) else Standing.NOT_SHOWN


def _is_worse(kept: Side, since: Side, promise: Promise) -> bool:
    """Than what was agreed and, by a tenth of its level, than it was."""
    if promise.target is not None and promise.is_met_by(since.value):
        return False
    if not promise.is_better(kept.value, since.value):
        return False
    return abs(since.value - kept.value) >= LEAST_CHANGE * max(abs(since.value), abs(kept.value))


# What both need ---------------------------------------------------------------------------------------------------
def periods_of(series: Series) -> list[Period]:
    """Those that count and have a value, in order."""
    unit = series.measure.unit
    return [
        Period(
            place=place,
            start=point.start,
            end=point.end,
            value=point.value,
            incidents=None if unit == Unit.INCIDENTS else len(point.cases),
            grain=_grain(unit, len(point.cases)),
        )
        for place, point in enumerate(series.points)
        if point.value is not None and not point.is_left_out
    ]


def _grain(unit: Unit, incidents: int) -> float:
    if unit == Unit.INCIDENTS:
        return 1.0
    if unit == Unit.FEELING:
        return 1 / incidents if incidents else 0.0
    return 100 / incidents if unit == Unit.PERCENT and incidents else 0.0


def side(periods: Sequence[Period]) -> Side | None:
    """None of none."""
    if not periods:
        return None
    counts = [one.incidents for one in periods if one.incidents is not None]
    return Side(
        value=math.fsum(one.value for one in periods) / len(periods),
        periods=len(periods),
        incidents=sum(counts) if counts else None,
        since=periods[0].start,
        until=periods[-1].end,
    )


def _is_enough(periods: Sequence[Period], fewest: int) -> bool:
    """Periods, and incidents where their number says something."""
    counts = [one.incidents for one in periods if one.incidents is not None]
    return len(periods) >= fewest and (not counts or sum(counts) >= FEWEST_INCIDENTS)


def difference(some: Sequence[Period], others: Sequence[Period]) -> float:
    """The p of the two-sided rank test between two runs of periods, the earlier first; both need some."""
    values = [one.value for one in (*some, *others)]
    if max(values) - min(values) <= NOTHING:
        return 1.0
    p = rank_test([one.value for one in some], [one.value for one in others])
    widened = _widening([_around(some), _around(others)], [one.place for one in (*some, *others)])
    return min(1.0, math.erfc(-NormalDist().inv_cdf(p / 2) / math.sqrt(2 * widened)))


def rank_test(some: Sequence[float], others: Sequence[float]) -> float:
    """The two-sided p of Mann and Whitney (1947): exact without ties where one side has at most eight; else by the
    normal distribution, corrected for ties and continuity."""
    m, n = len(some), len(others)
    u = sum((a > b) + (a == b) / 2 for a in some for b in others)
    u = max(u, m * n - u)
    tied = Counter([*some, *others]).values()
    if min(m, n) <= MOST_EXACT and len(tied) == m + n:
        return min(1.0, 2 * sum(_ways(m, n)[int(u) :]) / math.comb(m + n, m))
    spread = m * n / 12 * ((m + n + 1) - sum(size**3 - size for size in tied) / ((m + n) * (m + n - 1)))
    return min(1.0, math.erfc((u - m * n / 2 - 0.5) / math.sqrt(2 * spread)))


def _ways(m: int, n: int) -> list[int]:
    """[u]: in how many orders of m and n values u pairs have the one of the m above: Gauss’s coefficients."""
    ways = [1] + [0] * (m * n)
    for step in range(1, m + 1):
        for place in range(m * n, n + step - 1, -1):
            ways[place] -= ways[place - n - step]
        for place in range(step, m * n + 1):
            ways[place] += ways[place - step]
    return ways


def _around(periods: Sequence[Period]) -> list[float]:
    mean = math.fsum(one.value for one in periods) / len(periods)
    return [one.value - mean for one in periods]


def _widening(rests: Sequence[Sequence[float]], places: Sequence[int]) -> float:
    """By how much the correlation of what is left beside the two levels widens the variance of their difference, as of
    a first-order process: at least 1."""
    rest = [value for one in rests for value in one]
    spread, count = math.fsum(value * value for value in rest), len(rest)
    if spread <= NOTHING:
        return 1.0
    seen = math.fsum(a * b for a, b in pairwise(rest)) / spread
    # What is left beside two levels shows less of its correlation than there is, as beside a slope: see trend.py.
    correlation = min(max((count * seen + 2) / max(count - 4, 1), 0.0), MOST_CORRELATED)
    weights = [sign / len(one) for one, sign in zip(rests, (1, -1), strict=True) for _ in one]
    together = math.fsum(
        a * b * correlation ** abs(here - there)
        for a, here in zip(weights, places, strict=True)
        for b, there in zip(weights, places, strict=True)
    )
    return max(1.0, together / math.fsum(weight * weight for weight in weights))
