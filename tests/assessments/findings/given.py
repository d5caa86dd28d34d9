"""Measures whose trends are given, and scores of one question a rule."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from fractions import Fraction
from typing import Any

from assessments.score import arithmetic
from vendors.measures import catalogue
from vendors.measures.metrics import Basis, LeftOut, Measures, PeriodLength, Point, Series
from vendors.measures.trend import Direction, Trend

KNOWN_AT = datetime(2026, 4, 20, tzinfo=UTC)
BASIS = Basis(
    known_until=KNOWN_AT,
    horizon=timedelta(days=10),
    only_ended=False,
    holdings=(),
    comes_back_within=timedelta(days=90),
    begins=date(2025, 1, 1),
)


def series(
    direction: Direction, values: Sequence[float] = (10.0,) * 6, key: str = "duration_mean", **trend: Any
) -> Series:
    """A measure whose trend is given: clear enough to accuse, unless `trend` says otherwise."""
    points = tuple(
        Point(start=date(2025, month, 1), end=date(2025, month, 28), value=value, cases=(month,), known=7, total=8)
        for month, value in enumerate(values, start=1)
    )
    slope = {Direction.RISING: 3.1, Direction.FALLING: -3.1}.get(direction, 0.0)
    found: dict[str, Any] = {"direction": direction, "slope": None, "p": None, "periods": len(values)}
    if direction != Direction.TOO_LITTLE_DATA:
        is_deciding = key in catalogue.DECIDING.values()
        found |= {"slope": slope, "p": 0.004, "change": slope * 5 / 10, "adjusted_p": 0.01 if is_deciding else None}
    if direction == Direction.FLAT:
        found |= {"p": 0.62, "smallest": 0.6, "adjusted_p": 1.0 if found["adjusted_p"] else None}
    known, total = 7 * len(values), 8 * len(values)
    return Series(
        measure=catalogue.BY_KEY[key],
        points=points,
        trend=Trend(**{**found, **trend}),
        overall=10.0,
        known=known,
        total=total,
    )


def measures(*given: Series, basis: Basis | None = BASIS, **directions: Direction) -> Measures:
    """Every measure, flat where nothing else is given."""
    own = {one.measure.key: one for one in given}
    made = [
        own.get(one.key) or series(directions.get(one.key, Direction.FLAT), key=one.key) for one in catalogue.MEASURES
    ]
    return Measures(
        step=PeriodLength.MONTH,
        since=date(2024, 4, 1),
        until=date(2026, 3, 31),
        known_at=KNOWN_AT,
        cases=84,
        series=tuple(made),
        left_out=LeftOut(open_cases=(), young=(), not_critical=0),
        basis=basis,
    )


RULES = ("support", "consistency", "guidance", "troubleshooting", "speed", "proof", "prevention")
POLICY = arithmetic.Policy()


def score(grades: Mapping[str, int | None]) -> arithmetic.Score:
    """One question a rule."""
    asked = [
        arithmetic.QuestionInput(
            key=f"{rule}-1",
            rule=rule,
            weight=Fraction(1),
            knockout=False,
            answers=(arithmetic.RaterAnswer(rater="1", department=None, grade=grades[rule]),) if rule in grades else (),
        )
        for rule in RULES
    ]
    return arithmetic.score(RULES, asked, POLICY)
