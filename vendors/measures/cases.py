"""Single incidents as the measures need them, and what a number of them says: plain Python, no clock, no database."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, tzinfo

from groundwork.folding import folded

COMES_BACK_WITHIN = timedelta(days=30)
FEWEST_RESOLVED = 2  # of one who handled, to be compared
FEWEST_HANDLERS = 2
MICROSECOND = timedelta(microseconds=1)
MICROSECONDS_AN_HOUR = 3_600_000_000


@dataclass(frozen=True, kw_only=True)
class Case:
    """One mission-critical incident, as the measures need it. None: its source does not say."""

    id: int
    opened: datetime
    resolved: datetime | None = None
    restored: datetime | None = None
    sla_met: bool | None = None
    reopened: int | None = None
    handovers: int | None = None
    problem: str = ""
    handled_by: str = ""
    proven: bool | None = None


@dataclass(frozen=True, kw_only=True)
class PulseAnswer:
    """What one person answered after an incident; each 1 (yes), 0.5 (partly), 0 (no) or None (unknown)."""

    case: int
    opened: datetime  # the incident
    told_why: float | None = None
    fixes_thrown: float | None = None
    was_fast: float | None = None
    cause_proven: float | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class CaseFacts:
    """A case with what follows from it. Times are whole microseconds: equal means are then equal to the last bit, and
    no tie in a trend is lost to rounding."""

    case: Case
    day: date  # of opening, in the zone
    took: int | None  # microseconds from opened to resolved; None: open
    restored_late: bool | None
    is_repeat: bool | None  # None: its problem is not known
    handler: str


Taken = tuple[float | None, Iterable[int]]  # a value, and the incidents that it rests on


# From cases to facts ---------------------------------------------------------------------------------------------
def facts_of(cases: Iterable[Case], *, known_at: datetime, zone: tzinfo) -> list[CaseFacts]:
    """In the order of opening. What happened after `known_at` has not happened yet."""
    known = known_at.astimezone(UTC)
    opened = sorted(((case.opened.astimezone(UTC), case.id, case) for case in cases), key=lambda entry: entry[:2])
    repeats = _repeats((moment, case) for moment, _id, case in opened)
    return [
        _fact(case, moment, is_repeat=is_repeat, known=known, zone=zone)
        for (moment, _id, case), is_repeat in zip(opened, repeats, strict=True)
    ]


def _fact(case: Case, opened: datetime, *, is_repeat: bool | None, known: datetime, zone: tzinfo) -> CaseFacts:
    resolved, restored = _by(case.resolved, known), _by(case.restored, known)
    return CaseFacts(
        case=case,
        day=opened.astimezone(zone).date(),
        took=None if resolved is None else (resolved - opened) // MICROSECOND,
        restored_late=None if resolved is None or restored is None else restored > resolved,
        is_repeat=is_repeat,
        handler=folded(case.handled_by),
    )


def _by(moment: datetime | None, known: datetime) -> datetime | None:
    """In UTC: the difference of two times of one zone ignores the change of its clocks in between."""
    if moment is None:
        return None
    utc = moment.astimezone(UTC)
    return utc if utc <= known else None


def _repeats(opened: Iterable[tuple[datetime, Case]]) -> Iterator[bool | None]:
    """For each, in order: had its problem led to another at most 30 days earlier? Two of one moment are no earlier."""
    last: dict[str, tuple[datetime, bool]] = {}
    for moment, case in opened:
        problem = folded(case.problem)
        if not problem:
            yield None
            continue
        before = last.get(problem)
        if before is None or before[0] != moment:
            is_repeat = before is not None and moment - before[0] <= COMES_BACK_WITHIN
            before = last[problem] = (moment, is_repeat)
        yield before[1]


def came_back(cases: Iterable[Case]) -> frozenset[int]:
    """Those whose problem had led to another of them at most 30 days before."""
    opened = sorted(((case.opened.astimezone(UTC), case) for case in cases), key=lambda entry: entry[0])
    return frozenset(case.id for (_, case), is_repeat in zip(opened, _repeats(opened), strict=True) if is_repeat)


def percentile_90(values: Sequence[int]) -> int | None:
    """The smallest value that at least nine of ten do not exceed."""
    return sorted(values)[-(-9 * len(values) // 10) - 1] if values else None


# What a number of facts says -------------------------------------------------------------------------------------
def take(key: str, facts: Sequence[CaseFacts], answers: Sequence[PulseAnswer]) -> Taken:
    """The measure `key` over these facts and what people answered about them; None where nothing tells."""
    if key in ANSWERED:
        said = [(answer.case, value) for answer in answers if (value := getattr(answer, key)) is not None]
        return _share([value for _case, value in said]), (case for case, _value in said)
    return TAKERS[key](facts)


def _share(values: Sequence[float]) -> float | None:
    """The mean of values from 0 to 1, in percent: by one division, so that equal shares are equal to the last bit."""
    return 100 * sum(values) / len(values) if values else None


def _share_of(tell: Callable[[CaseFacts], bool | None]) -> Callable[[Sequence[CaseFacts]], Taken]:
    """The share of those of which it is true, among those of which it is known."""

    def taker(facts: Sequence[CaseFacts]) -> Taken:
        known = [(fact.case.id, value) for fact in facts if (value := tell(fact)) is not None]
        return _share([value for _id, value in known]), (case for case, _value in known)

    return taker


def _duration_mean(facts: Sequence[CaseFacts]) -> Taken:
    took = [fact.took for fact in facts if fact.took is not None]
    return (sum(took) / (len(took) * MICROSECONDS_AN_HOUR) if took else None), _resolved(facts)


def _duration_median(facts: Sequence[CaseFacts]) -> Taken:
    took = [fact.took for fact in facts if fact.took is not None]
    return (_double_median(took) / (2 * MICROSECONDS_AN_HOUR) if took else None), _resolved(facts)


def _resolved(facts: Sequence[CaseFacts]) -> Iterator[int]:
    return (fact.case.id for fact in facts if fact.took is not None)


def _double_median(values: Sequence[int]) -> int:
    """Twice the median, which stays a whole number."""
    ordered, middle = sorted(values), len(values) // 2
    return 2 * ordered[middle] if len(values) % 2 else ordered[middle - 1] + ordered[middle]


def _spread(facts: Sequence[CaseFacts]) -> Taken:
    """Between the medians of the slowest and the quickest of those who resolved at least two."""
    by_handler: dict[str, list[int]] = defaultdict(list)
    for fact in facts:
        if fact.took is not None and fact.handler:
            by_handler[fact.handler].append(fact.took)
    doubled = {name: _double_median(took) for name, took in by_handler.items() if len(took) >= FEWEST_RESOLVED}
    if len(doubled) < FEWEST_HANDLERS:
        return None, ()
    rests_on = (fact.case.id for fact in facts if fact.took is not None and fact.handler in doubled)
    return (max(doubled.values()) - min(doubled.values())) / (2 * MICROSECONDS_AN_HOUR), rests_on


def _handovers(facts: Sequence[CaseFacts]) -> Taken:
    known = [(fact.case.id, fact.case.handovers) for fact in facts if fact.case.handovers is not None]
    return (sum(number for _id, number in known) / len(known) if known else None), (case for case, _number in known)


def _volume(facts: Sequence[CaseFacts]) -> Taken:
    return float(len(facts)), (fact.case.id for fact in facts)


def _was_reopened(fact: CaseFacts) -> bool | None:
    return None if fact.case.reopened is None else fact.case.reopened > 0


ANSWERED = frozenset({"told_why", "fixes_thrown", "was_fast", "cause_proven"})  # what people say afterwards
TAKERS: Mapping[str, Callable[[Sequence[CaseFacts]], Taken]] = {
    "restored_late": _share_of(lambda fact: fact.restored_late),
    "handovers": _handovers,
    "spread": _spread,
    "reopened": _share_of(_was_reopened),
    "duration_mean": _duration_mean,
    "duration_median": _duration_median,
    "repeats": _share_of(lambda fact: fact.is_repeat),
    "proven": _share_of(lambda fact: fact.case.proven),
    "volume": _volume,
    "sla": _share_of(lambda fact: fact.case.sla_met),
}
