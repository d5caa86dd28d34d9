"""What the measures rest on, in words, in the active language: how long each incident is followed, what the files hold,
until when anything is known, which periods are left out and why, and what stands in for what is not known.

Each sentence stands by itself: pages, papers and programs print them in this order.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta, tzinfo
from itertools import groupby
from typing import TypeVar

from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from groundwork.words import day, duration, number
from vendors.measures.catalogue import Unit
from vendors.measures.holdings import DAY, Held, Holding
from vendors.measures.metrics import COMING_BACK, Basis, HoursUsed, Measures, PeriodLength, Point, Series
from vendors.measures.window import WhyLeftOut
from vendors.measures.words import figure, not_critical_words, period_words
from vendors.service_hours.words import deciding_words, hours_words

T = TypeVar("T")
OLD = timedelta(days=45)  # data that end longer ago are told of first

WHY: Mapping[WhyLeftOut, Promise] = {
    WhyLeftOut.YOUNG: gettext_lazy("too new to count"),
    WhyLeftOut.BEFORE: gettext_lazy("not all on record"),
    WhyLeftOut.GAP: gettext_lazy("not all on record"),
    WhyLeftOut.LOOK_BACK: gettext_lazy("too early to see what comes back"),
}


@dataclass(frozen=True, kw_only=True)
class HoldingLine:
    """What one source holds. `import_row`: the number of the import where a person can still say it, 0 for none."""

    text: str
    import_row: int = 0


@dataclass(frozen=True, kw_only=True)
class BasisView:
    """Sentences. `age`: until when anything is known, `is_old`: so long ago that it is told first; `followed`: for how
    long, and what follows; `left_out`: whole periods and incidents; `counted`: how some of those that count are taken;
    `hours`: in which hours time runs."""

    age: str
    is_old: bool
    followed: str
    holdings: tuple[HoldingLine, ...]
    left_out: tuple[str, ...]
    counted: tuple[str, ...]
    hours: tuple[str, ...]

    @property
    def sentences(self) -> tuple[str, ...]:
        holdings = (line.text for line in self.holdings)
        return (self.followed, *holdings, self.age, *self.left_out, *self.counted, *self.hours)


def basis_of(measures: Measures, *, zone: tzinfo | None = None, is_frozen: bool = False) -> BasisView | None:
    """None for what was kept before measures had a basis. Days are those of `zone`, else of the current time zone;
    `is_frozen`: read long after it was measured, so that nothing is “ago”."""
    basis = measures.basis
    if basis is None:
        return None
    known, measured = (timezone.localtime(at, zone).date() for at in (basis.known_until, measures.known_at))
    is_cut = measures.until >= known  # else the data reach beyond what was asked for
    return BasisView(
        age=_age(known, measured if is_cut else known, is_frozen=is_frozen),
        is_old=is_cut and measured - known > OLD,
        followed=_followed(basis),
        holdings=tuple(_holdings(basis.holdings, zone)),
        left_out=tuple(_left_out(measures, basis)),
        counted=tuple(_counted(basis)),
        hours=tuple(_hours(measures, basis)),
    )


def why_words(why: WhyLeftOut | None) -> str:
    """“too new to count”; empty for what counts."""
    return str(WHY[why]) if why else ""


def taken_words(series: Series, basis: Basis | None) -> str:
    """How this basis takes a measure of hours or of what comes back: “Each is counted to at most 10 days.”"""
    if basis is None:
        return ""
    if series.measure.unit == Unit.HOURS:
        return _("Each is counted to at most %(length)s.") % _of(basis)
    if series.measure.key in COMING_BACK:
        said = ngettext(
            "A problem counts as back where another incident had it at most %(days)s day before.",
            "A problem counts as back where another incident had it at most %(days)s days before.",
            basis.comes_back_within.days,
        )
        return said % _of(basis)
    return ""


# How long, and until when ----------------------------------------------------------------------------------------
def _followed(basis: Basis) -> str:
    said = (
        _(
            "Mean hours to resolve, each counted to at most %(length)s. Only incidents that were resolved within that "
            "time are compared, because the files do not hold all of the others."
        )
        if basis.only_ended
        else _(
            "Mean hours to resolve, each counted to at most %(length)s: every incident is followed for the same time."
        )
    )
    return said % _of(basis)


def _age(known: date, measured: date, *, is_frozen: bool) -> str:
    said = {"day": day(known), "age": age_words(known, measured), "measured": day(measured)}
    if measured <= known:
        return _("Data end on %(day)s.") % said
    if is_frozen:
        text = _(
            "Data end on %(day)s, %(age)s before they were measured on %(measured)s. What happened in between is "
            "unknown, not zero."
        )
    else:
        text = _("Data end on %(day)s, %(age)s ago. What happened since is unknown, not zero.")
    return text % said


def age_words(since: date, until: date) -> str:
    """“5 months”, the whole ones; under two “12 days”."""
    months = (until.year - since.year) * 12 + until.month - since.month - (until.day < since.day)
    if months < 2:
        days = (until - since).days
        return ngettext("%(count)s day", "%(count)s days", days) % {"count": number(days)}
    return ngettext("%(count)s month", "%(count)s months", months) % {"count": number(months)}


# What the files hold ---------------------------------------------------------------------------------------------
def _holdings(holdings: Sequence[Holding], zone: tzinfo | None) -> Iterable[HoldingLine]:
    """One line for files that follow on each other."""
    if not holdings:
        yield HoldingLine(text=_("The incidents were written down here, as they happened."))
    for _key, of_source in groupby(holdings, key=lambda one: (one.source, one.is_told)):
        files = sorted(of_source, key=lambda one: (one.held, one.since, one.to))
        for run in _runs(files, _follows):
            yield _holding(run, zone)
        if ended := files[-1].ended_on:
            said = _("%(source)s is not used after %(day)s: nothing more is expected of it.")
            yield HoldingLine(text=said % {"source": _name(files[-1]), "day": day(ended)})


def _follows(before: Holding, after: Holding) -> bool:
    return before.held == after.held and after.since <= before.to + DAY


def _holding(run: Sequence[Holding], zone: tzinfo | None) -> HoldingLine:
    exported = max(holding.known_until for holding in run)
    said = {
        "source": _name(run[0]),
        "since": day(run[0].since),
        "to": day(max(holding.to for holding in run)),
        "exported": day(timezone.localtime(exported, zone).date()),
        "count": number(len(run)),
    }
    if not run[0].is_told:
        text = _(
            "%(source)s: nobody said what this file holds. Taken carefully as the incidents resolved from %(since)s to "
            "%(to)s."
        )
        return HoldingLine(text=text % said, import_row=run[0].row)
    return HoldingLine(text=_files(run[0].held, len(run)) % said)


def _name(holding: Holding) -> str:
    return holding.name or holding.source


def _files(held: Held, count: int) -> str:
    patterns: Mapping[Held, Callable[[int], str]] = {
        Held.OPENED: lambda n: ngettext(
            "%(source)s: incidents opened from %(since)s to %(to)s, exported on %(exported)s.",
            "%(source)s: incidents opened from %(since)s to %(to)s, in %(count)s files, the last exported on "
            "%(exported)s.",
            n,
        ),
        Held.OPENED_ENDED: lambda n: ngettext(
            "%(source)s: incidents opened from %(since)s to %(to)s, without those still open, exported on "
            "%(exported)s.",
            "%(source)s: incidents opened from %(since)s to %(to)s, without those still open, in %(count)s files, the "
            "last exported on %(exported)s.",
            n,
        ),
        Held.RESOLVED: lambda n: ngettext(
            "%(source)s: incidents resolved from %(since)s to %(to)s, exported on %(exported)s.",
            "%(source)s: incidents resolved from %(since)s to %(to)s, in %(count)s files, the last exported on "
            "%(exported)s.",
            n,
        ),
        Held.CHANGED: lambda n: ngettext(
            "%(source)s: incidents last changed from %(since)s to %(to)s, exported on %(exported)s.",
            "%(source)s: incidents last changed from %(since)s to %(to)s, in %(count)s files, the last exported on "
            "%(exported)s.",
            n,
        ),
        Held.OPEN: lambda n: ngettext(
            "%(source)s: only incidents that were still open, exported on %(exported)s.",
            "%(source)s: only incidents that were still open, in %(count)s files, the last exported on %(exported)s.",
            n,
        ),
    }
    return patterns[held](count)


# What is left out ------------------------------------------------------------------------------------------------
def _left_out(measures: Measures, basis: Basis) -> Iterable[str]:
    """Periods first, as they are shown and yet in no trend; then incidents."""
    left = measures.left_out
    for starts, reason in ((left.young, _young), (left.before, _before), (left.gaps, _gaps)):
        if starts:
            yield reason(len(starts)) % {**_of(basis), "periods": _named(starts, measures.step)}
    early = _too_early(measures)
    if early:
        periods = _named(early, measures.step)
        yield _look_back(len(early)) % {**_of(basis), "count": number(len(early)), "periods": periods}
    if basis.beyond:
        yield _beyond(basis.beyond) % {**_of(basis), "count": number(basis.beyond)}
    elif left.open_cases:
        yield _open(len(left.open_cases)) % {**_of(basis), "count": number(len(left.open_cases))}
    if left.not_critical:
        yield not_critical_words(left.not_critical)


def _of(basis: Basis) -> dict[str, str]:
    return {
        "length": duration(basis.horizon),
        "days": number(basis.comes_back_within.days),
        "begins": day(basis.begins) if basis.begins else "",
    }


def _too_early(measures: Measures) -> tuple[date, ...]:
    """Empty where no problem is known at all: then nothing is measured that could be left out."""
    points: Iterable[Point] = next(
        (series.points for series in measures.series if series.measure.key in COMING_BACK), ()
    )
    if all(point.value is None for point in points):
        return ()
    return tuple(point.start for point in points if point.why == WhyLeftOut.LOOK_BACK)


def _young(count: int) -> str:
    return ngettext(
        "Shown, but in no trend, because it is not complete or its incidents could not be followed for %(length)s yet: "
        "%(periods)s.",
        "Shown, but in no trend, because they are not complete or their incidents could not be followed for %(length)s "
        "yet: %(periods)s.",
        count,
    )


def _before(count: int) -> str:
    return ngettext(
        "Shown, but in no trend, because it begins before %(begins)s, from when on every incident is on record: "
        "%(periods)s.",
        "Shown, but in no trend, because they begin before %(begins)s, from when on every incident is on record: "
        "%(periods)s.",
        count,
    )


def _gaps(count: int) -> str:
    return ngettext(
        "Shown, but in no trend, because the files do not hold it whole, though they do the time before and after: "
        "%(periods)s.",
        "Shown, but in no trend, because the files do not hold them whole, though they do the time before and after: "
        "%(periods)s.",
        count,
    )


def _look_back(count: int) -> str:
    return ngettext(
        "For the problems that come back one more period is left out, because not all of the %(days)s days before it "
        "are in the data: %(periods)s.",
        "For the problems that come back %(count)s more periods are left out, because not all of the %(days)s days "
        "before them are in the data: %(periods)s.",
        count,
    )


def _beyond(count: int) -> str:
    return ngettext(
        "%(count)s incident took longer than %(length)s or is still open, and is not compared.",
        "%(count)s incidents took longer than %(length)s or are still open, and are not compared.",
        count,
    )


def _open(count: int) -> str:
    return ngettext(
        "%(count)s incident is still open. It counts for %(length)s once it was followed for so long.",
        "%(count)s incidents are still open. Each counts for %(length)s once it was followed for so long.",
        count,
    )


def _named(starts: Sequence[date], step: PeriodLength) -> str:
    """“March 2026, May 2026 to July 2026”."""
    return ", ".join(_run(run, step) for run in _runs(starts, lambda before, after: _is_next(before, after, step)))


def _run(run: Sequence[date], step: PeriodLength) -> str:
    if len(run) == 1:
        return period_words(run[0], step)
    said = {"first": period_words(run[0], step), "last": period_words(run[-1], step)}
    if len(run) == 2:
        return ", ".join(said.values())
    return _("%(first)s to %(last)s") % said


def _is_next(before: date, after: date, step: PeriodLength) -> bool:
    if step == PeriodLength.WEEK:
        return after - before == timedelta(days=7)
    return (after.year - before.year) * 12 + after.month - before.month == 1


def _runs(items: Iterable[T], follows: Callable[[T, T], bool]) -> list[list[T]]:
    """Those that follow on each other, together."""
    runs: list[list[T]] = []
    for item in items:
        if runs and follows(runs[-1][-1], item):
            runs[-1].append(item)
        else:
            runs.append([item])
    return runs


# How some are counted --------------------------------------------------------------------------------------------
def _counted(basis: Basis) -> Iterable[str]:
    for count, words in (
        (basis.capped, _capped),
        (basis.closing, _closing),
        (basis.to_day, _to_day),
        (basis.undated, _undated),
    ):
        if count:
            yield words(count) % {**_of(basis), "count": number(count)}


def _capped(count: int) -> str:
    return ngettext(
        "%(count)s incident took longer than %(length)s, or is still open, and counts for %(length)s.",
        "%(count)s incidents took longer than %(length)s, or are still open, and count for %(length)s.",
        count,
    )


def _closing(count: int) -> str:
    return ngettext(
        "For %(count)s incident nobody noted when it was resolved: the moment when it was closed stands in.",
        "For %(count)s incidents nobody noted when they were resolved: the moment when they were closed stands in.",
        count,
    )


def _to_day(count: int) -> str:
    return ngettext(
        "Of %(count)s incident the day of the resolution is known, not the hour: its time is counted in whole days.",
        "Of %(count)s incidents the day of the resolution is known, not the hour: their time is counted in whole days.",
        count,
    )


def _undated(count: int) -> str:
    return ngettext(
        "%(count)s incident is closed, but nobody noted when: it has no time to resolve.",
        "%(count)s incidents are closed, but nobody noted when: they have no time to resolve.",
        count,
    )


# In which hours --------------------------------------------------------------------------------------------------
def _hours(measures: Measures, basis: Basis) -> Iterable[str]:
    if not basis.hours:
        yield _("Hours run round the clock.")
        return
    for used in basis.hours:
        yield _hours_of(used)
        yield deciding_words(used.hours)
    of_the_rest = _without_calendar(measures, basis)
    if of_the_rest > 0:
        said = ngettext(
            "For %(count)s other incident hours run round the clock.",
            "For %(count)s other incidents hours run round the clock.",
            of_the_rest,
        )
        yield said % {"count": number(of_the_rest)}
    if basis.other_hours is not None:
        yield _both_figures(_mean(measures), basis)


def _hours_of(used: HoursUsed) -> str:
    said = ngettext(
        "%(service)s (%(count)s incident): %(hours)s.", "%(service)s (%(count)s incidents): %(hours)s.", used.incidents
    )
    service = used.service or _("A service that is no more")
    return said % {"service": service, "count": number(used.incidents), "hours": hours_words(used.hours)}


def _without_calendar(measures: Measures, basis: Basis) -> int:
    counted = next((series.total for series in measures.series if series.measure.key == "volume"), None)
    return (counted or 0) - sum(used.incidents for used in basis.hours)


def _mean(measures: Measures) -> Series:
    return measures.of("duration_mean")


def _both_figures(mean: Series, basis: Basis) -> str:
    unit = mean.measure.unit
    said = {"decides": figure(mean.overall, unit), "other": figure(basis.other_hours, unit)}
    decides = {used.hours.calendar_decides for used in basis.hours}
    if decides == {True}:
        return (
            _("The mean is %(decides)s in the hours of the service, which decide, and %(other)s by the clock.") % said
        )
    if decides == {False}:
        return (
            _("The mean is %(decides)s by the clock, which decides, and %(other)s in the hours of the service.") % said
        )
    return _("The mean is %(decides)s in the hours that decide for each service, and %(other)s in the others.") % said
