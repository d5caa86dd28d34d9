"""What is measured of a vendor, for other systems; with the router of what was agreed."""

from __future__ import annotations

from collections import Counter
from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from django.utils import timezone
from ninja import Field, Query, Router, Schema

from accounts.api.endpoints import endpoint
from accounts.api.requests import ApiRequest
from vendors.api import targets
from vendors.api.rows import named, open_vendor
from vendors.api.targets import known_measure
from vendors.measures import metrics
from vendors.measures.basis import basis_of
from vendors.measures.catalogue import DECIDING, Unit
from vendors.measures.loading import MONTHS, Target, held_to, measures_of
from vendors.measures.metrics import Basis, Direction, Measures, PeriodLength, Point, Series, WhyLeftOut
from vendors.measures.plain_data import FINE_DIGITS, Held, digits
from vendors.measures.words import LABELS, trend_words
from vendors.models import Service, Vendor

router = Router()
router.add_router("", targets.router, tags=["Targets"])
HOUR_SECONDS = 3600


class Months(StrEnum):
    """How many whole months are looked at."""

    ONE_YEAR = "12"
    TWO_YEARS = "24"
    THREE_YEARS = "36"


class Grouping(StrEnum):
    """“month”: as measured, by ISO week where there is too little history for months."""

    MONTH = "month"
    QUARTER = "quarter"


class Looked(Schema):
    service: UUID | None = Field(None, description="Of one service of the vendor; of all where it is left out.")
    months: Months = Months(str(MONTHS))


class SeriesLooked(Looked):
    by: Grouping = Grouping.MONTH


class MeasureTrend(Schema):
    direction: Direction
    slope: float | None = Field(description="Per period, in the unit of the measure.")
    p: float | None
    adjusted_p: float | None = Field(description="Of a measure that decides: after Holm’s correction.")
    periods: int = Field(description="With data, those left out not counted.")
    change: float | None = Field(description="Over the window, as a part of the level: 0.25 is a quarter more.")
    smallest: float | None = Field(description="Of a flat one: the smallest change that would have shown.")
    sentence: str


class HeldTo(Schema):
    value: float
    is_expected: bool = Field(description="Expected of all vendors; nothing else was agreed with this one.")
    agreed_on: date | None
    note: str
    expected: float | None = Field(description="What is expected of all vendors.")
    expected_since: date | None
    is_within: bool = Field(description="It stands on the good side of it now, or on it.")


class PeriodOut(Schema):
    start: date
    end: date = Field(description="The last day.")
    value: float | None = Field(description="null: nothing says anything. That is not zero.")
    rests_on: int = Field(description="How many incidents, or entries of the voice.")
    known: int | None = Field(description="Of how many it is known, of `total`.")
    total: int | None
    left_out: WhyLeftOut | None = Field(description="Why no trend uses it; null where one does.")


class LeftOutCounts(Schema):
    young: int
    before: int
    gap: int
    look_back: int


class MeasureOut(Schema):
    measure: str
    label: str
    rule: str | None = Field(description="Key of the rule that it speaks to.")
    unit: Unit
    lower_is_better: bool | None
    is_deciding: bool = Field(description="It holds against a rule that is rated met.")
    is_said: bool = Field(description="It rests on what people said, not on incidents.")
    value: float | None = Field(description="Over all periods that count.")
    recent: float | None = Field(description="Mean of the last six periods that count.")
    known: int | None = Field(description="Of how many incidents or entries it is known, of `total`.")
    total: int | None
    newest: PeriodOut | None = Field(description="The newest period that counts and has data.")
    periods_left_out: LeftOutCounts
    trend: MeasureTrend
    target: HeldTo | None


class HoldingOut(Schema):
    source: str
    name: str
    held: Held
    since: date
    to: date
    known_until: datetime
    is_told: bool
    ended_on: date | None


class RestsOn(Schema):
    known_until: datetime = Field(description="What lies after is unknown, not zero.")
    followed_hours: int = Field(description="For how long each incident is followed; it counts for at most that.")
    only_ended: bool
    comes_back_within_days: int
    begins: date | None
    capped: int
    closing: int
    undated: int
    to_day: int
    beyond: int
    holdings: list[HoldingOut]
    sentences: list[str]


class LeftOut(Schema):
    open_incidents: int
    not_critical: int
    young: list[date]
    before: list[date]
    gaps: list[date]


class MeasuresOut(Schema):
    vendor: UUID
    service: UUID | None
    step: PeriodLength
    since: date
    until: date
    known_at: datetime
    incidents: int = Field(description="Mission-critical ones of this time that are compared.")
    rests_on: RestsOn | None
    left_out: LeftOut
    measures: list[MeasureOut]


class SeriesPeriod(PeriodOut):
    incidents: list[UUID]
    feedback: list[UUID]


class SeriesOut(Schema):
    vendor: UUID
    service: UUID | None
    measure: str
    label: str
    rule: str | None
    unit: Unit
    lower_is_better: bool | None
    step: PeriodLength
    since: date
    until: date
    known_until: datetime | None
    value: float | None
    points: list[SeriesPeriod]


# Reading ---------------------------------------------------------------------------------------------------------
@endpoint(router, "GET", "/vendors/{uuid:vendor}/measures", "measure_list", MeasuresOut, problems=(422,))
def measure_list(request: ApiRequest, vendor: UUID, wanted: Query[Looked]) -> MeasuresOut:
    """What is measured of a vendor.

    Every measure with its figure, its trend, what it is held to, and what was left out and why. Whoever still judges
    the vendor gets it once their own answers are handed in: 403, “withheld”."""
    of = open_vendor(request, vendor)
    service = _service(of, wanted)
    measures = measures_of(of, service=service, now=timezone.now(), months=int(wanted.months))
    held = held_to(of, timezone.localdate())
    left_out = measures.left_out
    return MeasuresOut(
        vendor=of.uuid,
        service=service.uuid if service else None,
        step=measures.step,
        since=measures.since,
        until=measures.until,
        known_at=measures.known_at,
        incidents=measures.cases,
        rests_on=_rests_on(measures, measures.basis) if measures.basis else None,
        left_out=LeftOut(
            open_incidents=len(left_out.open_cases),
            not_critical=left_out.not_critical,
            young=list(left_out.young),
            before=list(left_out.before),
            gaps=list(left_out.gaps),
        ),
        measures=[_measure(one, measures, held.get(one.measure.key)) for one in measures.series],
    )


@endpoint(router, "GET", "/vendors/{uuid:vendor}/measures/{slug:measure}", "measure_series", SeriesOut, problems=(422,))
def measure_series(request: ApiRequest, vendor: UUID, measure: str, wanted: Query[SeriesLooked]) -> SeriesOut:
    """One measure over time, by month or by quarter.

    Each period with its figure, of how many it is known, why it was left out, and the incidents or entries that it
    rests on. Trends are told by `measure_list` alone: they are taken by month."""
    of = open_vendor(request, vendor)
    known, service = known_measure(measure), _service(of, wanted)
    step = PeriodLength.QUARTER if wanted.by is Grouping.QUARTER else None
    measures = measures_of(of, service=service, now=timezone.now(), months=int(wanted.months), step=step)
    series = measures.of(known.key)
    names = _names(of, series)
    return SeriesOut(
        vendor=of.uuid,
        service=service.uuid if service else None,
        measure=known.key,
        label=str(LABELS[known.key]),
        rule=known.rule or None,
        unit=known.unit,
        lower_is_better=known.lower_is_better,
        step=measures.step,
        since=measures.since,
        until=measures.until,
        known_until=measures.basis.known_until if measures.basis else None,
        value=_number(series.overall),
        points=[_series_point(point, names, is_said=known.is_said) for point in series.points],
    )


def _service(vendor: Vendor, wanted: Looked) -> Service | None:
    return named(vendor.services.all(), wanted.service, "?service")


def _names(vendor: Vendor, series: Series) -> dict[int, UUID]:
    """What a series rests on, by key; one query. An answer whose entry was taken out of the log has no name."""
    keys = {case for point in series.points for case in point.cases}
    rows = vendor.feedback if series.measure.is_said else vendor.incidents
    found: list[tuple[int, UUID]] = list(rows.filter(pk__in=keys).order_by().values_list("pk", "uuid")) if keys else []
    return dict(found)


# Shapes ----------------------------------------------------------------------------------------------------------
def _number(value: float | None, *, is_fine: bool = False) -> float | None:
    """To the digits of every other copy of it: pages, papers and exports."""
    said = digits(value, FINE_DIGITS) if is_fine else digits(value)
    return None if said is None else float(said)


def _measure(series: Series, measures: Measures, target: Target | None) -> MeasureOut:
    measure, trend = series.measure, series.trend
    left_out = Counter(point.why for point in series.points)
    counted = [point for point in series.points if point.value is not None and point.why is None]
    return MeasureOut(
        measure=measure.key,
        label=str(LABELS[measure.key]),
        rule=measure.rule or None,
        unit=measure.unit,
        lower_is_better=measure.lower_is_better,
        is_deciding=DECIDING.get(measure.rule) == measure.key,
        is_said=measure.is_said,
        value=_number(series.overall),
        recent=_number(metrics.recent(series)),
        known=series.known,
        total=series.total,
        newest=_point(counted[-1]) if counted else None,
        periods_left_out=LeftOutCounts(**{why.value: left_out[why] for why in WhyLeftOut}),
        trend=MeasureTrend(
            direction=trend.direction,
            slope=_number(trend.slope, is_fine=True),
            p=_number(trend.p, is_fine=True),
            adjusted_p=_number(trend.adjusted_p, is_fine=True),
            periods=trend.periods,
            change=_number(trend.change, is_fine=True),
            smallest=_number(trend.smallest, is_fine=True),
            sentence=trend_words(series, measures.step),
        ),
        target=_held(series, target) if target else None,
    )


def _held(series: Series, target: Target) -> HeldTo:
    return HeldTo(
        value=target.value,
        is_expected=target.is_expected,
        agreed_on=target.agreed_on,
        note=target.note,
        expected=target.expected,
        expected_since=target.expected_since,
        is_within=metrics.is_within(series, target.value),
    )


def _point(point: Point) -> PeriodOut:
    return PeriodOut(
        start=point.start,
        end=point.end,
        value=_number(point.value),
        rests_on=len(point.cases),
        known=point.known,
        total=point.total,
        left_out=point.why,
    )


def _series_point(point: Point, names: dict[int, UUID], *, is_said: bool) -> SeriesPeriod:
    found = [names[case] for case in point.cases if case in names]
    return SeriesPeriod(
        **_point(point).model_dump(), incidents=[] if is_said else found, feedback=found if is_said else []
    )


def _rests_on(measures: Measures, basis: Basis) -> RestsOn:
    view = basis_of(measures)
    return RestsOn(
        known_until=basis.known_until,
        followed_hours=int(basis.horizon.total_seconds()) // HOUR_SECONDS,
        only_ended=basis.only_ended,
        comes_back_within_days=basis.comes_back_within.days,
        begins=basis.begins,
        capped=basis.capped,
        closing=basis.closing,
        undated=basis.undated,
        to_day=basis.to_day,
        beyond=basis.beyond,
        holdings=[
            HoldingOut(
                source=one.source,
                name=one.name,
                held=one.held,
                since=one.since,
                to=one.to,
                known_until=one.known_until,
                is_told=one.is_told,
                ended_on=one.ended_on,
            )
            for one in basis.holdings
        ],
        sentences=list(view.sentences) if view else [],
    )
