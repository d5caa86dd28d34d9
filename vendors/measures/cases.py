"""Single incidents as the measures need them, and what a number of them says: plain Python, no clock, no database."""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, tzinfo
from operator import itemgetter

from groundwork.folding import folded
from vendors.measures.holdings import DAY, midnight
from vendors.measures.owed import PROOF_TAKERS, ProofFacts
from vendors.service_hours.hours import ROUND_THE_CLOCK, ServiceHours, worked

FEWEST_RESOLVED = 2  # of one who handled, to be compared
FEWEST_HANDLERS = 2
MICROSECOND = timedelta(microseconds=1)
MICROSECONDS_A_MINUTE = 60_000_000
MICROSECONDS_AN_HOUR = 3_600_000_000


@dataclass(frozen=True, kw_only=True)
class Case:
    """One mission-critical incident, as the measures need it. None: its source does not say. `waited`: minutes that the
    vendor waited for its customer; `is_to_day`: of `resolved` the day is known, not the hour; `is_closed`: its source
    calls it closed, even where it does not say since when; `is_closing`: the moment of closing stands in for that of
    the resolution."""

    id: int
    opened: datetime
    resolved: datetime | None = None
    restored: datetime | None = None
    answered: datetime | None = None
    sla_met: bool | None = None
    reopened: int | None = None
    handovers: int | None = None
    problem: str = ""
    handled_by: str = ""
    proven: bool | None = None
    source: str = ""
    waited: int | None = None
    is_to_day: bool = False
    is_closed: bool = False
    is_closing: bool = False
    service: int = 0
    said_all: tuple[int, int] = (0, 0)  # contacts in its timeline at which all five were said, of so many
    kept: tuple[int, int] = (0, 0)  # promised moments that were kept, of those that can be judged
    hours: ServiceHours = ROUND_THE_CLOCK  # of that service

    @property
    def is_undated(self) -> bool:
        """It has ended, nobody knows when."""
        return self.is_closed and self.resolved is None


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
    no tie in a trend is lost to rounding. `took`: from opened to resolved, at most the horizon, in the hours that
    decide; `took_by_clock` and `took_by_calendar`: in either way. None: not followed for so long yet, or nobody
    knows."""

    case: Case
    day: date  # of opening, in the zone
    has_ended: bool  # within the horizon
    took: int | None
    took_by_clock: int | None
    took_by_calendar: int | None
    answered_in: int | None
    restored_late: bool | None
    is_repeat: bool | None  # None: its problem is not known
    handler: str


@dataclass(frozen=True, kw_only=True)
class Following:
    """How cases are followed: for `horizon` each, as known at `known_until` of their source (`known_at` for others); a
    problem comes back where an earlier one lies at most `comes_back_within` before. `only_ended`: those alone count
    that were resolved within the horizon, because a file may not have the others. `answers_told`: of a source that
    tells first responses, when the first and the last incident with one were opened: in between a lack of one says
    something, before and after nobody may have recorded any."""

    horizon: timedelta
    known_at: datetime
    known_until: Mapping[str, datetime]
    comes_back_within: timedelta
    only_ended: bool
    answers_told: Mapping[str, tuple[datetime, datetime]]
    zone: tzinfo

    def known(self, source: str) -> datetime:
        return self.known_until.get(source, self.known_at)

    def tells_answers(self, source: str, opened: datetime) -> bool:
        first, last = self.answers_told.get(source, (None, None))
        return first is not None and last is not None and first <= opened <= last


Ordered = Sequence[tuple[datetime, Case]]  # each with its opening in UTC, the oldest first
Taken = tuple[float | None, Iterable[int]]  # a value, and the incidents that it rests on


# From cases to facts ---------------------------------------------------------------------------------------------
def in_order(cases: Iterable[Case]) -> Ordered:
    """By opening, each with that moment in UTC: the difference of two times of one zone ignores the change of its
    clocks in between."""
    opened = sorted(((case.opened.astimezone(UTC), case.id, case) for case in cases), key=lambda entry: entry[:2])
    return [(moment, case) for moment, _id, case in opened]


def opened_between(ordered: Ordered, since: date, until: date, zone: tzinfo) -> Ordered:
    """Of cases `in_order`, those of these days, both included."""
    first, end = midnight(since, zone), midnight(until + DAY, zone)
    start = bisect_left(ordered, first, key=itemgetter(0))
    return ordered[start : bisect_left(ordered, end, lo=start, key=itemgetter(0))]


def facts_of(ordered: Ordered, following: Following) -> list[CaseFacts]:
    """Of cases `in_order`. What happened after a source was known has not happened yet."""
    repeats = Repeats(following.comes_back_within)
    facts = []
    for opened, case in ordered:
        known = following.known(case.source)
        resolved = by(case.resolved, known)
        has_ended = resolved is not None and resolved <= opened + following.horizon
        if has_ended or not following.only_ended:
            moments = _Moments(opened=opened, resolved=resolved, known=known, has_ended=has_ended)
            facts.append(_fact(case, moments, following, is_repeat=repeats.tell(case.problem, opened)))
    return facts


@dataclass(kw_only=True, slots=True)
class _Moments:
    """Of one case, all in UTC, as far as its source is known. `has_ended`: within the horizon."""

    opened: datetime
    resolved: datetime | None
    known: datetime
    has_ended: bool


def _fact(case: Case, moments: _Moments, following: Following, *, is_repeat: bool | None) -> CaseFacts:
    by_clock, by_calendar = _took(case, moments, following)
    restored = by(case.restored, moments.known)
    return CaseFacts(
        case=case,
        day=moments.opened.astimezone(following.zone).date(),
        has_ended=moments.has_ended,
        took=by_calendar if case.hours.calendar_decides else by_clock,
        took_by_clock=by_clock,
        took_by_calendar=by_calendar,
        answered_in=_answered_in(case, moments, following),
        restored_late=None if moments.resolved is None or restored is None else restored > moments.resolved,
        is_repeat=is_repeat,
        handler=folded(case.handled_by),
    )


def by(moment: datetime | None, known: datetime) -> datetime | None:
    """In UTC; None for what had not happened by then."""
    if moment is None:
        return None
    utc = moment.astimezone(UTC)
    return utc if utc <= known else None


def is_open(case: Case, known: datetime) -> bool:
    """As far as was known by then."""
    return not case.is_undated and by(case.resolved, known) is None


def _took(case: Case, moments: _Moments, following: Following) -> tuple[int | None, int | None]:
    """By the clock, and by the service’s hours, less what the vendor waited of it; by whole days, where only the day of
    the end is known. None where it was not followed for the horizon, or ended nobody knows when."""
    opened, until = moments.opened, moments.opened + following.horizon
    if moments.resolved is None and (case.is_undated or moments.known < until):
        return None, None
    end = min(moments.resolved or until, until)
    if moments.has_ended and case.is_to_day:
        opened, end = (midnight(moment.astimezone(following.zone).date(), following.zone) for moment in (opened, end))
        end = min(end, opened + following.horizon)
    by_clock = (end - opened) // MICROSECOND
    if case.hours is ROUND_THE_CLOCK:
        return by_clock, by_clock
    waited = _waited(case, opened, end, seen_until=moments.resolved or moments.known)
    return by_clock, max(0, worked(case.hours, opened, end) - waited)


def _waited(case: Case, opened: datetime, end: datetime, *, seen_until: datetime) -> int:
    """Of what the vendor waited in all, the part up to `end`: nobody tells when it waited."""
    if not case.waited or not case.hours.without_waiting:
        return 0
    waited = case.waited * MICROSECONDS_A_MINUTE
    whole = (seen_until - opened) // MICROSECOND
    return waited if whole <= 0 else min(waited, waited * ((end - opened) // MICROSECOND) // whole)


def _answered_in(case: Case, moments: _Moments, following: Following) -> int | None:
    """From opened to answered, at most the horizon. What nobody has answered by then and nobody resolved either counts
    for that, where its source tells answers at all."""
    until = moments.opened + following.horizon
    answered = by(case.answered, moments.known)
    if answered is None:
        is_followed = moments.known >= until and not case.is_undated
        if moments.has_ended or not is_followed or not following.tells_answers(case.source, moments.opened):
            return None
        answered = until
    end = min(answered, until)
    if case.hours.calendar_decides:
        return worked(case.hours, moments.opened, end)
    return (end - moments.opened) // MICROSECOND


class Repeats:
    """Told of one case after the other, in order: had its problem led to another not long before?"""

    def __init__(self, within: timedelta) -> None:
        self.within = within
        self.last: dict[str, tuple[datetime, bool]] = {}

    def tell(self, problem: str, opened: datetime) -> bool | None:
        """None where the problem is not known. Two of one moment are no earlier."""
        problem = folded(problem)
        if not problem:
            return None
        before = self.last.get(problem)
        if before is None or before[0] != opened:
            is_repeat = before is not None and opened - before[0] <= self.within
            before = self.last[problem] = (opened, is_repeat)
        return before[1]


# What a number of facts says -------------------------------------------------------------------------------------
def take(
    key: str, facts: Sequence[CaseFacts], answers: Sequence[PulseAnswer], proofs: Sequence[ProofFacts] = ()
) -> Taken:
    """The measure `key` over these facts, what people answered about them (several may about one incident) and the
    proofs of their causes; None where nothing tells. Each incident is named once."""
    if key in PROOF_TAKERS:
        return PROOF_TAKERS[key](proofs)
    if key in ANSWERED:
        said = [(answer.case, value) for answer in answers if (value := getattr(answer, key)) is not None]
        return _share([value for _case, value in said]), dict.fromkeys(case for case, _value in said)
    return TAKERS[key](facts)


def known_of(key: str, facts: Sequence[CaseFacts], cases: Sequence[int]) -> int:
    """Of how many incidents the measure `key` is known; `cases` are those that its value rests on."""
    return sum(fact.is_repeat is not None for fact in facts) if key == "repeat_count" else len(cases)


def _share(values: Sequence[float]) -> float | None:
    """The mean of values from 0 to 1, in percent: by one division, so that equal shares are equal to the last bit."""
    return 100 * sum(values) / len(values) if values else None


def _share_of(tell: Callable[[CaseFacts], bool | None]) -> Callable[[Sequence[CaseFacts]], Taken]:
    """The share of those of which it is true, among those of which it is known."""

    def taker(facts: Sequence[CaseFacts]) -> Taken:
        told = [tell(fact) for fact in facts]
        return _share([value for value in told if value is not None]), _known(facts, told)

    return taker


def _known(facts: Sequence[CaseFacts], told: Sequence[float | None]) -> Iterator[int]:
    return (fact.case.id for fact, value in zip(facts, told, strict=True) if value is not None)


def _mean_hours(tell: Callable[[CaseFacts], int | None]) -> Callable[[Sequence[CaseFacts]], Taken]:
    def taker(facts: Sequence[CaseFacts]) -> Taken:
        told = [tell(fact) for fact in facts]
        known = [value for value in told if value is not None]
        return (sum(known) / (len(known) * MICROSECONDS_AN_HOUR) if known else None), _known(facts, told)

    return taker


def _duration_median(facts: Sequence[CaseFacts]) -> Taken:
    took = [fact.took for fact in facts if fact.took is not None]
    rests_on = (fact.case.id for fact in facts if fact.took is not None)
    return (_double_median(took) / (2 * MICROSECONDS_AN_HOUR) if took else None), rests_on


def _double_median(values: Sequence[int]) -> int:
    """Twice the median, which stays a whole number."""
    ordered, middle = sorted(values), len(values) // 2
    return 2 * ordered[middle] if len(values) % 2 else ordered[middle - 1] + ordered[middle]


def _spread(facts: Sequence[CaseFacts]) -> Taken:
    """Between the medians of the slowest and the quickest of those who handled at least two."""
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
    told = [fact.case.handovers for fact in facts]
    known = [number for number in told if number is not None]
    return (sum(known) / len(known) if known else None), _known(facts, told)


def _repeat_count(facts: Sequence[CaseFacts]) -> Taken:
    """Nothing can be said where no problem is known."""
    known = [fact for fact in facts if fact.is_repeat is not None]
    repeats = [fact.case.id for fact in known if fact.is_repeat]
    return (float(len(repeats)) if known or not facts else None), repeats


def _volume(facts: Sequence[CaseFacts]) -> Taken:
    return float(len(facts)), (fact.case.id for fact in facts)


def _was_reopened(fact: CaseFacts) -> bool | None:
    return None if fact.case.reopened is None else fact.case.reopened > 0


ANSWERED = frozenset({"told_why", "fixes_thrown", "was_fast", "cause_proven"})  # what people say afterwards


def _share_of_all(tell: Callable[[Case], tuple[int, int]]) -> Callable[[Sequence[CaseFacts]], Taken]:
    """Of all that was counted in all incidents, not the mean of their shares: one long hour says more."""

    def taker(facts: Sequence[CaseFacts]) -> Taken:
        told = [(fact.case.id, *tell(fact.case)) for fact in facts]
        known = [(case, yes, of) for case, yes, of in told if of]
        of_all = sum(of for _case, _yes, of in known)
        share = 100 * sum(yes for _case, yes, _of in known) / of_all if of_all else None
        return share, [case for case, _yes, _of in known]

    return taker


TAKERS: Mapping[str, Callable[[Sequence[CaseFacts]], Taken]] = {
    "contacts_said_all": _share_of_all(lambda case: case.said_all),
    "promises_kept_hour": _share_of_all(lambda case: case.kept),
    "restored_late": _share_of(lambda fact: fact.restored_late),
    "handovers": _handovers,
    "spread": _spread,
    "reopened": _share_of(_was_reopened),
    "first_response": _mean_hours(lambda fact: fact.answered_in),
    "duration_mean": _mean_hours(lambda fact: fact.took),
    "duration_median": _duration_median,
    "repeat_count": _repeat_count,
    "repeats": _share_of(lambda fact: fact.is_repeat),
    "proven": _share_of(lambda fact: fact.case.proven),
    "volume": _volume,
    "sla": _share_of(lambda fact: fact.case.sla_met),
}
