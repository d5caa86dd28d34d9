"""The measures of a vendor as pages show them: one card each, grouped by the rule that they speak to; on the vendor’s
own page the two that the manifesto itself puts to the test."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from urllib.parse import urlencode

from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext

from accounts.models import Membership
from groundwork.together import Lookup
from manifesto.models import RULE_KEYS
from manifesto.printed import current_rules
from vendors.measures import metrics
from vendors.measures.basis import basis_of, taken_words, why_words
from vendors.measures.catalogue import DECIDING, Measure, Unit
from vendors.measures.loading import Target, counter_in, measures_of
from vendors.measures.metrics import COMING_BACK, Measures, PeriodLength, Point, Series
from vendors.measures.trend import FEWEST_PERIODS, Direction
from vendors.measures.words import (
    EXPLAINED,
    LABELS,
    UNITS,
    corrected_words,
    figure,
    known_of_words,
    known_words,
    period_words,
    silence_words,
    trend_words,
)
from vendors.models import Service, Vendor
from vendors.panels import Panel
from vendors.withheld import is_withheld

MOST_IDS = 200  # in one address
TREND_WORDS: Mapping[str, Promise] = {
    "better": gettext_lazy("Getting better"),
    "worse": gettext_lazy("Getting worse"),
    "flat": gettext_lazy("No clear change"),
    "too_little": gettext_lazy("Too little data"),
}


@dataclass(frozen=True, kw_only=True)
class PeriodRow:
    """One period in the table behind a chart. `href` opens its incidents; empty where there are none."""

    period: str
    value: str
    count: int
    href: str
    known: str  # “41 of 53”: of how many incidents it is known
    why: str  # why no trend uses it; empty for what counts


@dataclass(frozen=True, kw_only=True)
class MeasureCard:
    """One measure of a vendor. What its table says is made when the table is asked for."""

    series: Series
    step: PeriodLength
    target: Target | None
    is_deciding: bool
    behind: Callable[[Point], str]  # the address of what a period rests on
    taken: str = ""  # how the basis takes it
    tells_known: bool = False  # a row says of how many it is known: of fewer than there were, or than it counts

    @property
    def key(self) -> str:
        return self.series.measure.key

    @property
    def label(self) -> str:
        return str(LABELS[self.key])

    @property
    def explained(self) -> str:
        return str(EXPLAINED[self.key])

    @property
    def unit(self) -> str:
        """At the head of its figures; beside them stands how many incidents they rest on."""
        unit = self.series.measure.unit
        return _("Number") if unit == Unit.INCIDENTS else str(UNITS[unit])

    @property
    def is_said(self) -> bool:
        """It rests on entries of the voice, not on incidents."""
        return self.series.measure.is_said

    @property
    def needs(self) -> str:
        need = self.series.measure.need
        return _(need) if need else ""

    @cached_property
    def rows(self) -> tuple[PeriodRow, ...]:
        """The oldest first, as the points of the series."""
        return tuple(map(self._row, self.series.points))

    @property
    def newest_first(self) -> Sequence[PeriodRow]:
        return self.rows[::-1]

    @property
    def has_data(self) -> bool:
        return any(point.value is not None for point in self.series.points)

    @property
    def newest(self) -> PeriodRow | None:
        """The newest period that counts; where none does yet, the newest with a figure."""
        known = [point for point in reversed(self.series.points) if point.value is not None]
        point = next((point for point in known if not point.is_left_out), known[0] if known else None)
        return self._row(point) if point else None

    @property
    def trend(self) -> str:
        return trend_words(self.series, self.step)

    @property
    def corrected(self) -> str:
        """Of a measure that decides: its p after the correction for several tests."""
        return corrected_words(self.series.trend)

    @property
    def silence(self) -> str:
        """Which change a flat trend would not have shown."""
        return silence_words(self.series, self.step)

    @property
    def known(self) -> str:
        """Of how many incidents it is known."""
        return known_words(self.series)

    @property
    def tendency(self) -> str:
        """A key of TREND_WORDS: which way it goes, and whether that is the good way."""
        return tendency(self.series)

    @property
    def tendency_label(self) -> str:
        return str(TREND_WORDS[self.tendency])

    @property
    def missing(self) -> str:
        """How many periods are missing before there is a trend; empty where there is one."""
        return missing_words(self.series, self.step)

    @property
    def target_label(self) -> str:
        return agreed_words(self.series.measure, self.target.value) if self.target else ""

    @property
    def expected_label(self) -> str:
        """What is expected of all vendors, where another target was agreed with this one; else empty."""
        if self.target is None or self.target.expected is None or not self.target.differs:
            return ""
        return agreed_words(self.series.measure, self.target.expected)

    @property
    def recent(self) -> str:
        return figure(metrics.recent(self.series), self.series.measure.unit)

    @property
    def is_within(self) -> bool:
        return self.target is not None and metrics.is_within(self.series, self.target.value)

    def _row(self, point: Point) -> PeriodRow:
        return PeriodRow(
            period=period_words(point.start, self.step),
            value=figure(point.value, self.series.measure.unit),
            count=len(point.cases),
            href=self.behind(point),
            known=known_of_words(point),
            why=why_words(point.why),
        )


@dataclass(frozen=True, kw_only=True)
class Group:
    """The measures that speak to one rule; `number` 0 and no name for those that speak to none."""

    number: int
    name: str
    cards: tuple[MeasureCard, ...]

    @property
    def charted(self) -> list[MeasureCard]:
        return [card for card in self.cards if card.has_data]

    @property
    def bare(self) -> list[MeasureCard]:
        return [card for card in self.cards if not card.has_data]


# Building --------------------------------------------------------------------------------------------------------
def groups_of(
    measures: Measures, targets: Mapping[str, Target], *, vendor: Vendor, service: Service | None
) -> list[Group]:
    """Every measure once, the deciding one first in its rule; one query, for the names of the rules."""
    cards = [_card(series, measures, targets, vendor=vendor, service=service) for series in measures.series]
    names = rule_names()
    groups = []
    for number, rule in enumerate((*RULE_KEYS, ""), start=1):
        own = sorted(
            (card for card in cards if card.series.measure.rule == rule), key=lambda card: not card.is_deciding
        )
        if own:
            groups.append(Group(number=number if rule else 0, name=names.get(rule, ""), cards=tuple(own)))
    return groups


def rule_names() -> dict[str, str]:
    """The rules by key, as the current release calls them in the active language; empty without a release."""
    return {rule.key: rule.name for rule in current_rules()}


def card_of(
    key: str, measures: Measures, targets: Mapping[str, Target], *, vendor: Vendor, service: Service | None = None
) -> MeasureCard:
    """Of one measure of a vendor, of all its services together unless one is named."""
    return _card(measures.of(key), measures, targets, vendor=vendor, service=service)


def _card(
    series: Series,
    measures: Measures,
    targets: Mapping[str, Target],
    *,
    vendor: Vendor,
    service: Service | None,
) -> MeasureCard:
    everything = {point.start: point.cases for point in measures.of("volume").points}
    is_said = series.measure.is_said

    def behind(point: Point) -> str:
        return _behind(point, set(everything.get(point.start, ())), is_said=is_said, vendor=vendor, service=service)

    key = series.measure.key
    is_deciding = DECIDING.get(series.measure.rule) == key
    return MeasureCard(
        series=series,
        step=measures.step,
        target=targets.get(key),
        is_deciding=is_deciding,
        behind=behind,
        taken=taken_words(series, measures.basis),
        tells_known=key in COMING_BACK or any(point.known != point.total for point in series.points),
    )


def _behind(point: Point, whole: set[int], *, is_said: bool, vendor: Vendor, service: Service | None) -> str:
    """What a period rests on, where there is anything: its incidents, or what people said in it."""
    if not point.cases:
        return ""
    if is_said:
        return said_between(vendor, service, point.start, point.end)
    return _incidents_of(point, whole, vendor=vendor, service=service)


def said_between(vendor: Vendor, service: Service | None, since: date, until: date) -> str:
    """The log of what was said from `since` to `until`."""
    chosen = {"vendor": vendor.pk, "service": service and service.pk, "since": since, "until": until}
    return f"{reverse('feedback_list')}?{urlencode({name: value for name, value in chosen.items() if value})}"


def _incidents_of(point: Point, whole: set[int], *, vendor: Vendor, service: Service | None) -> str:
    """By their numbers where they are not simply all of the period, as long as an address may hold them."""
    if set(point.cases) == whole or len(point.cases) > MOST_IDS:
        return incidents_between(vendor, service, point.start, point.end)
    return incident_list(vendor=vendor.pk, ids=",".join(str(case) for case in point.cases))


def incidents_between(vendor: Vendor, service: Service | None, since: date, until: date) -> str:
    """The list of the mission-critical incidents that were opened from `since` to `until`."""
    return incident_list(vendor=vendor.pk, service=service and service.pk, since=since, until=until, critical=1)


def incident_list(**chosen: object) -> str:
    return f"{reverse('incident_list')}?{urlencode({name: value for name, value in chosen.items() if value})}"


# Words -----------------------------------------------------------------------------------------------------------
def tendency(series: Series) -> str:
    """“better”, “worse”, “flat” or “too_little”."""
    direction, lower_is_better = series.trend.direction, series.measure.lower_is_better
    if direction == Direction.TOO_LITTLE_DATA:
        return "too_little"
    if direction == Direction.FLAT or lower_is_better is None:
        return "flat"
    return "better" if (direction == Direction.FALLING) is lower_is_better else "worse"


def missing_words(series: Series, step: PeriodLength) -> str:
    missing = FEWEST_PERIODS - series.trend.periods
    if missing <= 0:
        return ""
    if step == PeriodLength.MONTH:
        sentence = ngettext(
            "%(count)s more month with data is needed before there is a trend.",
            "%(count)s more months with data are needed before there is a trend.",
            missing,
        )
    else:
        sentence = ngettext(
            "%(count)s more week with data is needed before there is a trend.",
            "%(count)s more weeks with data are needed before there is a trend.",
            missing,
        )
    return sentence % {"count": missing}


def agreed_words(measure: Measure, value: float) -> str:
    """“at most 8 hours”, “at least 95%”."""
    said = {"figure": figure(value, measure.unit)}
    if measure.lower_is_better is False:
        return pgettext("agreed target", "at least %(figure)s") % said
    return pgettext("agreed target", "at most %(figure)s") % said


# On the vendor’s page --------------------------------------------------------------------------------------------
@dataclass(frozen=True, kw_only=True)
class MeasureLine:
    key: str
    label: str
    tendency: str
    tendency_label: str
    trend: str
    corrected: str  # its p after correction
    silence: str  # which change a flat trend would not have shown


def measure_panel(member: Membership, vendor: Vendor) -> Panel | Lookup[Panel | None]:
    """None where there is nothing to measure: the panel of the incidents says how to begin."""
    if is_withheld(member, vendor):
        return _panel({"vendor": vendor, "is_withheld": True})
    return Lookup(reads=counter_in(vendor).reads, told=lambda: _deciding(vendor))


def _deciding(vendor: Vendor) -> Panel | None:
    measures = measures_of(vendor, now=timezone.now())
    if not measures.cases:
        return None
    lines = [_line(measures.of(key), measures.step) for key in DECIDING.values()]
    return _panel({"vendor": vendor, "lines": lines, "basis": basis_of(measures)})


def _panel(context: Mapping[str, object]) -> Panel:
    template = "vendors/measures/_measure_panel.html"
    return Panel(template=template, anchor="measures", label=_("Measures"), context=context)


def _line(series: Series, step: PeriodLength) -> MeasureLine:
    key, goes = series.measure.key, tendency(series)
    return MeasureLine(
        key=key,
        label=str(LABELS[key]),
        tendency=goes,
        tendency_label=str(TREND_WORDS[goes]),
        trend=trend_words(series, step),
        corrected=corrected_words(series.trend),
        silence=silence_words(series, step),
    )
