"""`bin/manage measures "Example Systems" --json`: what a vendor measures, without a browser."""

from __future__ import annotations

import json
import textwrap
from argparse import ArgumentParser
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db.models import Q
from django.utils import timezone, translation

from groundwork.languages import DEFAULT
from vendors.measures import basis as basis_words
from vendors.measures import metrics
from vendors.measures import words as measure_words
from vendors.measures.basis import BasisView
from vendors.measures.loading import MONTHS, Target, held_to, measures_of
from vendors.measures.metrics import Measures, PeriodLength, Point, Series
from vendors.measures.plain_data import as_data, digits
from vendors.models import Service, Vendor

MOST_MONTHS = 120
MOST_NAMED = 10  # candidates in an error
WIDTH = 120  # of a line of text
COLUMNS = 7  # of measures side by side
NOTHING = "-"


class Command(BaseCommand):
    help = "Prints every measure of a vendor: its periods, its trend, and what was left out."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("vendor", nargs="?", metavar="VENDOR", help="its name, your reference or its row number")
        parser.add_argument("--json", action="store_true", help="as JSON, with the incidents behind each figure")
        parser.add_argument("--organisation", metavar="SLUG", help="whose vendor, where several have one of that name")
        parser.add_argument("--service", metavar="NAME", help="only the incidents of this service")
        parser.add_argument("--months", default=str(MONTHS), help=f"how many to look back (default: {MONTHS})")
        parser.add_argument("--until", metavar="DATE", help="the last day, such as 2026-03-31 (default: today)")

    def handle(self, *args: Any, **options: Any) -> None:
        now = timezone.now()
        months, until = _months(options["months"]), _until(options["until"], timezone.localdate(now))
        vendor = _vendor(options["vendor"] or "", options["organisation"])
        service = _service(vendor, options["service"])
        measures = measures_of(vendor, service=service, now=now, until=until, months=months)
        targets = held_to(vendor, timezone.localdate(now))
        with translation.override(DEFAULT):
            if options["json"]:
                said = _data(vendor, service, measures, targets)
                self.stdout.write(json.dumps(said, indent=2, ensure_ascii=False))
            else:
                self.stdout.write("\n".join(_text(vendor, service, measures, targets)))


# What is asked ---------------------------------------------------------------------------------------------------
def _months(said: str) -> int:
    if not (said.isascii() and said.isdigit() and len(said) < 5 and 1 <= int(said) <= MOST_MONTHS):
        raise CommandError(f"--months takes a whole number from 1 to {MOST_MONTHS}, not “{said}”.")
    return int(said)


def _until(day: str | None, today: date) -> date | None:
    if day is None:
        return None
    try:
        until = date.fromisoformat(day)
    except ValueError:
        raise CommandError(f"--until takes a date such as {today.isoformat()}, not “{day}”.") from None
    if until > today:
        raise CommandError(f"--until {day} lies in the future. Give today or an earlier day.")
    return until


def _vendor(name: str, slug: str | None) -> Vendor:
    name = name.strip()
    if not name:
        raise CommandError("Name a vendor, by its name, your reference or its row number.")
    asked = Q(name__iexact=name) | Q(reference__iexact=name)
    if name.isascii() and name.isdigit() and len(name) < 16:
        asked |= Q(pk=int(name))
    vendors = Vendor.objects.select_related("organisation")
    if slug:
        vendors = vendors.filter(organisation__slug=slug)
    matching = list(vendors.filter(asked).order_by("organisation__slug", "name", "pk")[: MOST_NAMED + 1])
    if not matching:
        where = f" in the organisation {slug}" if slug else ""
        raise CommandError(f"No vendor{where} is called “{name}”. Give its name, your reference or its row number.")
    if len(matching) > 1:
        several = ", ".join(f"{row.organisation.slug}/{row.name} (row {row.pk})" for row in matching[:MOST_NAMED])
        raise CommandError(f"Several vendors are called “{name}”: {several}. Give the row number, or --organisation.")
    return matching[0]


def _service(vendor: Vendor, name: str | None) -> Service | None:
    if name is None:
        return None
    service = vendor.services.filter(name__iexact=name.strip()).first()
    if service is None:
        known = ", ".join(vendor.services.values_list("name", flat=True)[:MOST_NAMED]) or "it has none"
        raise CommandError(f"{vendor.name} has no service “{name}”. Its services: {known}.")
    return service


# JSON ------------------------------------------------------------------------------------------------------------
def _data(vendor: Vendor, service: Service | None, measures: Measures, targets: Mapping[str, Target]) -> dict[str, Any]:
    data = as_data(measures)
    for series, row in zip(measures.series, data["series"], strict=True):
        target = targets.get(series.measure.key)
        row["label"] = str(measure_words.LABELS[series.measure.key])
        row["recent"] = digits(metrics.recent(series))
        row["target"] = digits(target.value) if target else None
        row["target_is_expected_of_all"] = target.is_expected if target else None
        row["is_within_target"] = metrics.is_within(series, target.value) if target else None
        row["known_in_words"] = measure_words.known_words(series)
        row["taken_in_words"] = basis_words.taken_words(series, measures.basis)
        row["trend"] |= {
            "in_words": measure_words.trend_words(series, measures.step),
            "corrected_in_words": measure_words.corrected_words(series.trend),
            "silence_in_words": measure_words.silence_words(series, measures.step),
        }
        for point, kept in zip(series.points, row["points"], strict=True):
            kept["why_in_words"] = basis_words.why_words(point.why)
    if basis := basis_words.basis_of(measures):
        data["left_out"]["in_words"] = list(basis.left_out)
        data["basis"] |= {"is_old": basis.is_old, "in_words": list(basis.sentences)}
    return {
        "organisation": vendor.organisation.slug,
        "vendor": {"row": vendor.pk, "name": vendor.name, "reference": vendor.reference},
        "service": service.name if service else None,
        **data,
    }


# Plain text ------------------------------------------------------------------------------------------------------
def _text(vendor: Vendor, service: Service | None, measures: Measures, targets: Mapping[str, Target]) -> Iterator[str]:
    of = f"{vendor.name}, {service.name}" if service else vendor.name
    yield f"{of}: {measures.cases} mission-critical incidents, {measures.since} to {measures.until}"
    if not measures.cases:
        yield "Nothing can be measured without mission-critical incidents in these months."
    yield ""
    yield from _table([("Measure", "All", "Last six", "Target", "Trend"), *_summary(measures, targets)], numbers=False)
    yield from _by_period(measures)
    if any(point.is_left_out for series in measures.series for point in series.points):
        yield "* shown, but in no trend"
    basis = basis_words.basis_of(measures)
    if measures.cases and basis:
        yield ""
        yield from _wrapped(note for series in measures.series for note in _notes(series, measures.step))
        yield ""
        yield from _wrapped(_basis(basis))


def _by_period(measures: Measures) -> Iterator[str]:
    for some in _batches(measures.series):
        if any(series.points for series in some):
            yield ""
            yield from _table(_periods(some, measures.step), numbers=True)


def _notes(series: Series, step: PeriodLength) -> Iterator[str]:
    """What stands beside a trend: its p after correction, what it hides, and of how many incidents it is known."""
    if series.trend.p is not None:
        corrected = measure_words.corrected_words(series.trend)
        said = (corrected, measure_words.silence_words(series, step), measure_words.known_words(series))
        notes = " ".join(f"{part.rstrip('.')}." for part in said if part)
        if notes:
            yield f"{measure_words.LABELS[series.measure.key]}: {notes}"


def _basis(basis: BasisView) -> Iterator[str]:
    """The age first, where the data are old."""
    rest = [sentence for sentence in basis.sentences if sentence not in {basis.age, *basis.left_out}]
    yield from (basis.age, *rest) if basis.is_old else (*rest, basis.age)
    yield from (f"Left out: {sentence}" for sentence in basis.left_out)


def _wrapped(lines: Iterable[str]) -> Iterator[str]:
    return (textwrap.fill(line, WIDTH, subsequent_indent="  ", break_long_words=False) for line in lines)


def _summary(measures: Measures, targets: Mapping[str, Target]) -> Iterator[tuple[str, ...]]:
    for series in measures.series:
        key, unit = series.measure.key, series.measure.unit
        target = targets.get(key)
        yield (
            str(measure_words.LABELS[key]),
            measure_words.figure(series.overall, unit) or NOTHING,
            measure_words.figure(metrics.recent(series), unit) or NOTHING,
            measure_words.figure(target.value, unit) if target else NOTHING,
            measure_words.trend_words(series, measures.step),
        )


def _batches(series: Sequence[Series]) -> Iterator[tuple[Series, ...]]:
    for start in range(0, len(series), COLUMNS):
        yield tuple(series[start : start + COLUMNS])


def _periods(some: Sequence[Series], step: PeriodLength) -> list[tuple[str, ...]]:
    """A row a period, a column a measure."""
    rows = [("Month" if step == PeriodLength.MONTH else "Week of", *(series.measure.key for series in some))]
    found = [{point.start: point for point in series.points} for series in some]
    for start in sorted({start for points in found for start in points}):
        period = start.strftime("%Y-%m") if step == PeriodLength.MONTH else start.isoformat()
        rows.append((period, *(_figure(points.get(start)) for points in found)))
    return rows


def _figure(point: Point | None) -> str:
    """Marked where no trend counts it, which may be so of one measure alone. None: it begins later, or has ended."""
    if point is None:
        return f"{NOTHING} "
    return f"{digits(point.value) or NOTHING}{'*' if point.is_left_out else ' '}"


def _table(rows: Sequence[Sequence[str]], *, numbers: bool) -> Iterator[str]:
    widths = [max(len(cell) for cell in column) for column in zip(*rows, strict=True)]
    for row in rows:
        cells = [row[0].ljust(widths[0])]
        cells += [
            cell.rjust(width) if numbers else cell.ljust(width) for cell, width in zip(row[1:], widths[1:], strict=True)
        ]
        yield "  ".join(cells).rstrip()
