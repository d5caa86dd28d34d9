"""Histories of incidents in which nothing changes but by chance, and the files that a tool would give of them.

What is drawn for a history stays the same over the whole of it. What differs between periods is chance: a level of the
durations and a rate of incidents that resemble, at `rho`, those of the period before.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from typing import Any

import numpy

from vendors.measures.cases import Case, PulseAnswer
from vendors.measures.holdings import Held, Holding
from vendors.measures.owed import ProofOwed
from vendors.measures.said import SHARES, Said

SOURCE = "a-tool"
SPREAD = 0.25  # standard deviation of the logarithm of a period’s level, and of its rate: a quarter more or less
WARM_UP = timedelta(days=240)  # before the file begins: what ends in it, and what comes back in it
BY_ITSELF = timedelta(days=7)  # after which a tool closes what is resolved
AN_HOUR = 3_600_000_000
A_DAY = 24 * AN_HOUR
TO_DAY = 0  # instead of a grain: of a resolution the day is recorded, not the hour
LONGEST = 3000 * A_DAY


class Way(StrEnum):
    """How the file was selected."""

    OPENING = "opening"
    ENDED = "opening, without the open ones"
    RESOLUTION = "resolution"
    CHANGE = "last change"
    UNTOLD = "nobody said"
    TWICE = "opening, in two files"
    BY_HAND = "written down here"


@dataclass(frozen=True, kw_only=True)
class Setting:
    """What a history is drawn with. `periods`: whole months or weeks that the file spans, beside `cut` days of its
    first month that it has not; `rate`: incidents in each; `typical`: hours, the median time to resolve; `tail`: sigma
    of the lognormal durations, or minus alpha of Pareto’s; `grain`: microseconds to which times to resolve
    are recorded, or TO_DAY; `late`: the part of the span at first of which only opened and resolved are recorded;
    `growth`: of the durations and of what comes back, over the span (1.0: twice as much at its end)."""

    way: Way
    rho: float
    periods: int
    is_weekly: bool
    cut: int
    rate: float
    typical: float
    tail: float
    grain: int
    problems: str
    unknown: float
    late: float = 0.0
    growth: float = 0.0
    spread: float = SPREAD


@dataclass(frozen=True, kw_only=True)
class File:
    """What `metrics.measure` is given."""

    cases: Sequence[Case]
    pulses: Sequence[PulseAnswer]
    proofs: Sequence[ProofOwed]
    said: Sequence[Said]
    holdings: Sequence[Holding]
    since: date
    until: date
    known_at: datetime


def drawn(random: numpy.random.Generator, way: Way, rho: float) -> Setting:
    """A setting for this way and correlation; the rest of it by chance."""
    is_weekly = random.random() < 0.25
    return Setting(
        way=way,
        rho=rho,
        periods=int(random.integers(10, 27) if is_weekly else random.integers(6, 25)),
        is_weekly=is_weekly,
        cut=0 if is_weekly else int(random.choice((0, 0, random.integers(1, 28)))),
        rate=float(random.choice((3, 6, 12) if is_weekly else (3, 6, 12, 25, 50))),
        typical=float(random.choice((4.0, 20.0, 150.0))),
        tail=float(random.choice((0.8, 1.4, 2.0, -1.5))),
        grain=int(random.choice((1, AN_HOUR, A_DAY, TO_DAY))),
        problems=str(random.choice(("few", "many", "some recurring"))),
        unknown=float(random.choice((0.0, 0.3))),
        late=float(random.choice((0.0, 0.0, 0.0, random.uniform(0.1, 0.5)))),
    )


def file_of(setting: Setting, random: numpy.random.Generator) -> File:
    """One file of one history."""
    exported = datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=int(random.integers(0, 365 * 24 * 60)))
    since = _begin(setting, exported.date())
    begin = datetime.combine(since, time.min, tzinfo=UTC)
    incidents = _incidents(setting, random, begin, exported)
    known_at = exported + timedelta(hours=int(random.integers(0, 20 * 24)))
    if setting.way == Way.BY_HAND:
        known_at = exported
    until = known_at.date()
    between = _midnight(begin + (exported - begin) * random.uniform(0.3, 0.7))  # where a first file ends, of two
    kept = [incident for incident in incidents if SELECTED[setting.way](incident, begin, exported)]
    window = _first_day(until, 24)
    oldest = datetime.combine(window, time.min, tzinfo=UTC) - timedelta(days=97)
    cases = [_seen(case, setting, _seen_at(case, setting, between, exported)) for case, _changed in kept]
    pulses = _pulses(cases, random)
    (beside,) = random.spawn(1)  # of its own: what was drawn before stays as it was
    return File(
        cases=[case for case in _with_timelines(cases, random) if case.opened >= oldest],
        pulses=pulses,
        proofs=_proofs(cases, beside),
        said=_said(cases, beside),
        holdings=_holdings(setting, cases, since, between, exported),
        since=window,
        until=until,
        known_at=known_at,
    )


def _begin(setting: Setting, exported: date) -> date:
    if setting.is_weekly:
        return exported - timedelta(days=exported.weekday() + 7 * setting.periods)
    return _first_day(exported, setting.periods) + timedelta(days=setting.cut)


def _first_day(until: date, months: int) -> date:
    index = until.year * 12 + until.month - 1 - months
    return date(index // 12, index % 12 + 1, 1)


# The history ------------------------------------------------------------------------------------------------------
Incident = tuple[Case, datetime]  # and when its tool touched it last, where that is soon enough


def _incidents(setting: Setting, random: numpy.random.Generator, begin: datetime, exported: datetime) -> list[Incident]:
    first = begin if setting.way == Way.BY_HAND else begin - WARM_UP
    length = timedelta(days=7) if setting.is_weekly else timedelta(days=30.4375)
    count = math.ceil((exported - first) / length)
    rates = setting.rate * numpy.exp(ar1(random, count, setting.rho, setting.spread))
    levels = numpy.exp(ar1(random, count, setting.rho, setting.spread))
    opened = numpy.sort(
        numpy.concatenate([place + random.random(random.poisson(rate)) for place, rate in enumerate(rates)])
    )
    before = (begin - first) / length
    passed = numpy.clip((opened - before) / ((exported - first) / length - before), 0.0, 1.0)
    ratio = _ratios(random, setting.tail, len(opened)) * levels[opened.astype(int)] * (1 + setting.growth * passed)
    columns = _columns(random, setting, ratio, passed)
    return [
        _incident(number, first + place * length, setting, {key: column[number] for key, column in columns.items()})
        for number, place in enumerate(opened.tolist())
        if first + place * length <= exported
    ]


def ar1(random: numpy.random.Generator, count: int, rho: float, spread: float) -> Any:
    """A series around 0, stationary from its first value on."""
    steps = random.normal(0.0, spread, count)
    values = numpy.empty(count)
    last = 0.0
    for place in range(count):
        last = steps[place] if place == 0 else rho * last + math.sqrt(1 - rho * rho) * steps[place]
        values[place] = last
    return values


def _ratios(random: numpy.random.Generator, tail: float, count: int) -> Any:
    """Durations, the median being 1."""
    if tail > 0:
        return numpy.exp(random.normal(0.0, tail, count))
    return (1 + random.pareto(-tail, count)) / 2 ** (-1 / tail)


def _columns(random: numpy.random.Generator, setting: Setting, ratio: Any, passed: Any) -> dict[str, list[Any]]:
    """What a tool tells of each, for its own part of the incidents; -1 or "" for nothing. What took long was handed
    over and reopened more often, and missed its service level."""
    count, filled = len(ratio), float(random.choice((1.0, 0.6)))
    answered = float(random.choice((0.0, 0.6, 1.0)))
    slow = numpy.log1p(ratio)
    told: dict[str, Any] = {
        "handovers": random.poisson(0.3 + slow),
        "reopened": random.random(count) < 0.05 + 0.1 * numpy.minimum(slow, 5.0),
        "sla": (ratio < 3.0) != (random.random(count) < 0.05),
        "proven": random.random(count) < 0.5,
        "restored": random.exponential(0.6, count) + 0.3,
    }
    found = {key: numpy.where(random.random(count) < filled, column, -1) for key, column in told.items()}
    found["answered"] = numpy.where(random.random(count) < answered, random.exponential(0.15, count), -1)
    found = {key: numpy.where(passed < setting.late, -1, column) for key, column in found.items()}
    problems = _problems(random, setting, passed)
    return {
        **{key: column.tolist() for key, column in found.items()},
        "problem": ["" if is_early else name for name, is_early in zip(problems, passed < setting.late, strict=True)],
        "handler": random.integers(0, 4, count).tolist(),
        "took": (setting.typical * ratio).tolist(),
    }


def _problems(random: numpy.random.Generator, setting: Setting, passed: Any) -> list[str]:
    """A name each; empty where nobody recorded it. What grows is the share of those that come from the few that recur;
    else it is the same all the time."""
    share = {"few": 1.0, "many": 0.0, "some recurring": 0.3}[setting.problems]
    if setting.growth:
        share = 0.9 / (1 + setting.growth) if setting.problems == "few" else 0.3
    recurs = random.random(len(passed)) < share * (1 + setting.growth * passed)
    few = random.integers(0, 6, len(passed))
    many = random.integers(0, max(40, int(12 * setting.rate)), len(passed))
    hidden = random.random(len(passed)) < setting.unknown
    return [
        "" if is_hidden else f"PRB-{few[place]}" if recurs[place] else f"P-{many[place]}"
        for place, is_hidden in enumerate(hidden)
    ]


def _incident(number: int, opened: datetime, setting: Setting, of: Mapping[str, Any]) -> Incident:
    grain = setting.grain or 1
    took = timedelta(microseconds=min(max(1, round(of["took"] * AN_HOUR / grain)) * grain, LONGEST))
    case = Case(
        id=number + 1,
        opened=opened,
        resolved=opened + took,
        restored=None if of["restored"] < 0 else opened + took * of["restored"],
        answered=None if of["answered"] < 0 else opened + took * of["answered"],
        sla_met=None if of["sla"] < 0 else of["sla"] > 0,
        reopened=None if of["reopened"] < 0 else of["reopened"],
        handovers=None if of["handovers"] < 0 else of["handovers"],
        problem=of["problem"],
        handled_by=f"Team {of['handler']}",
        proven=None if of["proven"] < 0 else of["proven"] > 0,
    )
    return case, opened + took + BY_ITSELF


# The file ---------------------------------------------------------------------------------------------------------
def _is_opened(incident: Incident, begin: datetime, exported: datetime) -> bool:
    return begin <= incident[0].opened <= exported


def _is_ended(incident: Incident, begin: datetime, exported: datetime) -> bool:
    return _is_opened(incident, begin, exported) and incident[0].resolved <= exported


def _is_resolved(incident: Incident, begin: datetime, exported: datetime) -> bool:
    return begin <= incident[0].resolved <= exported


def _is_changed(incident: Incident, begin: datetime, exported: datetime) -> bool:
    """Its last change by then: closed by itself, else resolved, else opened."""
    case, closed = incident
    moments = [moment for moment in (case.opened, case.resolved, closed) if moment <= exported]
    return bool(moments) and max(moments) >= begin


def _is_any(incident: Incident, begin: datetime, exported: datetime) -> bool:
    """Nobody said which it is: by opening, by resolution and by last change in turn, one way a history."""
    return (_is_opened, _is_resolved, _is_changed)[exported.minute % 3](incident, begin, exported)


SELECTED: Mapping[Way, Callable[[Incident, datetime, datetime], bool]] = {
    Way.OPENING: _is_opened,
    Way.ENDED: _is_ended,
    Way.RESOLUTION: _is_resolved,
    Way.CHANGE: _is_changed,
    Way.UNTOLD: _is_any,
    Way.TWICE: _is_opened,
    Way.BY_HAND: _is_opened,
}
HELD = {
    Way.OPENING: Held.OPENED,
    Way.ENDED: Held.OPENED_ENDED,
    Way.RESOLUTION: Held.RESOLVED,
    Way.CHANGE: Held.CHANGED,
}


def _seen_at(case: Case, setting: Setting, between: datetime, exported: datetime) -> datetime:
    """A second file by opening tells nothing new of what the first had."""
    return between if setting.way == Way.TWICE and case.opened < between else exported


def _seen(case: Case, setting: Setting, exported: datetime) -> Case:
    """As the file has it: what happens after it was made is not in it."""
    source = "" if setting.way == Way.BY_HAND else SOURCE
    answered, restored = (
        moment if moment is not None and moment <= exported else None for moment in (case.answered, case.restored)
    )
    if case.resolved <= exported:
        is_to_day = setting.grain == TO_DAY
        resolved = _midnight(case.resolved) if is_to_day else case.resolved
        return replace(
            case, source=source, resolved=resolved, restored=restored, answered=answered, is_to_day=is_to_day
        )
    part = (exported - case.opened) / (case.resolved - case.opened)
    return replace(
        case,
        source=source,
        resolved=None,
        restored=restored,
        answered=answered,
        sla_met=None,
        reopened=None if case.reopened is None else 0,
        proven=None,
        handovers=None if case.handovers is None else round(case.handovers * part),
    )


def _midnight(moment: datetime) -> datetime:
    return datetime.combine(moment.date(), time.min, tzinfo=UTC)


def _holdings(
    setting: Setting, cases: Sequence[Case], since: date, between: datetime, exported: datetime
) -> list[Holding]:
    if setting.way == Way.BY_HAND or not cases:
        return []
    if setting.way == Way.TWICE:
        return [_opened(since, between - timedelta(days=1), between), _opened(between.date(), exported, exported)]
    if setting.way != Way.UNTOLD:
        return [Holding(source=SOURCE, held=HELD[setting.way], since=since, to=exported.date(), known_until=exported)]
    # As vendors/measures/sources.py concludes from the incidents.
    known = max(moment for case in cases for moment in (case.opened, case.resolved, case.restored) if moment)
    first = min((case.resolved for case in cases if case.resolved), default=known)
    return [
        Holding(
            source=SOURCE,
            held=Held.RESOLVED,
            since=first.date(),
            to=known.date(),
            known_until=known,
            is_told=False,
        )
    ]


def _opened(since: date, last: datetime, exported: datetime) -> Holding:
    return Holding(source=SOURCE, held=Held.OPENED, since=since, to=last.date(), known_until=exported)


def _with_timelines(cases: Sequence[Case], random: numpy.random.Generator) -> list[Case]:
    """About three in ten have one: of each contact all was said or not, and each promised moment was kept or not."""
    filled = random.random(len(cases)) < 0.3
    contacts = random.integers(2, 10, len(cases))
    said, kept = random.binomial(contacts, 0.5).tolist(), random.binomial(contacts - 1, 0.6).tolist()
    return [
        replace(case, said_all=(said_all, number), kept=(promises, number - 1)) if is_filled else case
        for case, is_filled, number, said_all, promises in zip(
            cases, filled, contacts.tolist(), said, kept, strict=True
        )
    ]


def _pulses(cases: Sequence[Case], random: numpy.random.Generator) -> list[PulseAnswer]:
    """About three in ten of those that have ended. What took long is not found fast."""
    asked = random.random(len(cases)) < 0.3
    said = random.choice((0.0, 0.5, 1.0), (len(cases), 4), p=(0.2, 0.2, 0.6)).tolist()
    return [
        PulseAnswer(
            case=case.id,
            opened=case.opened,
            told_why=answers[0],
            fixes_thrown=1 - answers[1],
            was_fast=answers[2] if case.resolved - case.opened < timedelta(days=3) else 0.0,
            cause_proven=answers[3],
        )
        for case, is_asked, answers in zip(cases, asked, said, strict=True)
        if is_asked and case.resolved is not None
    ]


def _proofs(cases: Sequence[Case], random: numpy.random.Generator) -> list[ProofOwed]:
    """Of about four in ten; one in five never comes."""
    asked, comes = random.random(len(cases)) < 0.4, random.random(len(cases)) < 0.8
    took = random.poisson(9, len(cases)).tolist()
    return [
        ProofOwed(
            case=case.id,
            due=case.opened.date() + timedelta(days=14),
            followed=case.opened.date() + timedelta(days=42),
            handed_in=case.opened.date() + timedelta(days=days * 7 // 5) if has_come else None,
            took=days,
        )
        for case, is_asked, has_come, days in zip(cases, asked, comes, took, strict=True)
        if is_asked
    ]


def _said(cases: Sequence[Case], random: numpy.random.Generator) -> list[Said]:
    """About half of the incidents make somebody speak, some days later; half of those say how they were kept
    informed."""
    speaks, tells = random.random(len(cases)) < 0.5, random.random(len(cases)) < 0.5
    feelings = random.choice((1, 2, 3, 4, 5), len(cases), p=(0.15, 0.25, 0.25, 0.25, 0.1)).tolist()
    later = random.integers(0, 12, len(cases)).tolist()
    told = random.choice((0.0, 0.5, 1.0), (len(cases), 3), p=(0.3, 0.2, 0.5)).tolist()
    return [
        Said(
            entry=case.id,
            day=(case.opened + timedelta(days=days)).date(),
            feeling=feeling,
            **(dict(zip(sorted(SHARES), answers, strict=True)) if is_telling else {}),
        )
        for case, speaking, is_telling, feeling, days, answers in zip(
            cases, speaks, tells, feelings, later, told, strict=True
        )
        if speaking
    ]
