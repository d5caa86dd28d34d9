"""Measures of a vendor, loaded and kept: the incidents, pulses and voices that metrics.py measures, and the targets."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from functools import partial
from operator import attrgetter
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.core.cache import cache
from django.db import transaction

from groundwork.asking_once import once
from groundwork.together import Lookup
from vendors.measures import metrics
from vendors.measures.backlog import Backlog, OpenCase, backlog_of
from vendors.measures.cases import Case, PulseAnswer
from vendors.measures.items import BrokenItems, broken_items
from vendors.measures.metrics import Basis, Measures, PeriodLength
from vendors.measures.owed import PROOF_HORIZON, ProofOwed
from vendors.measures.said import Said
from vendors.measures.sources import holdings_of
from vendors.models import (
    BY_HAND,
    CauseProof,
    Expectation,
    Feedback,
    Incident,
    MeasureTarget,
    ProofState,
    Pulse,
    PulseChoice,
    Service,
    Sla,
    Vendor,
)
from vendors.service_hours.calendars import service_hours_of
from vendors.service_hours.hours import ROUND_THE_CLOCK, ServiceHours
from vendors.service_hours.working_days import working_day_after, working_days_between
from vendors.timeline.record import Record, together
from vendors.timeline.records import records_of

MONTHS = 24
KEPT = timedelta(days=1)
SHAPE = 8  # of what is kept: raise it when the shapes or the arithmetic change
NO_TIMELINE = together([])
SCORES: Mapping[str, float] = {PulseChoice.YES: 1.0, PulseChoice.PARTLY: 0.5, PulseChoice.NO: 0.0}
TOLD = ("told_beforehand", "workaround", "courteous")  # fields of an entry and of a pulse alike
MET: Mapping[str, bool] = {Sla.MET: True, Sla.MISSED: False}


@dataclass(frozen=True, kw_only=True)
class Target:
    """What a measure is held to. `value`: in its unit. `is_expected`: of all vendors, since no other was agreed with
    this one. `expected`: what is expected of all, None where nothing is; `expected_since`: from which day on."""

    value: float
    agreed_on: date | None = None
    note: str = ""
    is_expected: bool = False
    expected: float | None = None
    expected_since: date | None = None

    @property
    def differs(self) -> bool:
        """It was agreed with this vendor, and is not what is expected of all."""
        return not self.is_expected and self.expected is not None and self.expected != self.value


@dataclass(frozen=True, kw_only=True)
class Counter:
    """What kept measures are known by: the vendor's counter of changes, and within how many days what comes back is
    the same again. Read before the facts are: a change in between makes them newer than their counter, never older."""

    revision: int
    repeat_days: int


def counter_in(vendor: Vendor) -> Lookup[Counter]:
    """As it stands now; to be read with what else a page shows, once."""
    return once(("counter of facts", vendor.pk), lambda: _counter(vendor))


def _counter(vendor: Vendor) -> Lookup[Counter]:
    rows = Vendor.objects.filter(pk=vendor.pk).order_by().values_list("facts_revision", "organisation__repeat_days")

    def told() -> Counter:
        [(revision, repeat_days)] = rows
        return Counter(revision=revision, repeat_days=repeat_days)

    return Lookup(reads=(rows,), told=told)


def measures_of(
    vendor: Vendor,
    *,
    service: Service | None = None,
    now: datetime,
    until: date | None = None,
    months: int = MONTHS,
    step: PeriodLength | None = None,
    counter: Counter | None = None,
) -> Measures:
    """The measures of a vendor, or of one of its services, over the `months` whole months before `until` (today), and
    what the month of `until` has so far; by periods of length `step` where it is given, quarters whole from the first.

    Kept for a day, by the vendor's counter of changes, which is read anew unless the caller has just done so: one query
    where they are kept.
    """
    zone = ZoneInfo(settings.TIME_ZONE)
    today = now.astimezone(zone).date()
    until = today if until is None else until
    asked = ("measures", vendor.pk, service and service.pk, months, until, today, step)

    def kept() -> Measures:
        at = counter or counter_in(vendor).now()
        return _kept(vendor, service, now=now, zone=zone, until=until, months=months, step=step, counter=at)

    return once(asked, kept)


def _kept(
    vendor: Vendor,
    service: Service | None,
    *,
    now: datetime,
    zone: ZoneInfo,
    until: date,
    months: int,
    step: PeriodLength | None,
    counter: Counter,
) -> Measures:
    today = now.astimezone(zone).date()
    of = service.pk if service else "all"
    # A row number is used again after a restored backup; the moment of its making is not.
    row = f"{vendor.pk}:{vendor.created_at.timestamp()}"
    key = f"measures:{SHAPE}:{row}:{of}:{months}:{until}:{today}:{zone.key}:{counter.repeat_days}:{counter.revision}"
    key = f"{key}:{step}" if step else key
    if (kept := cache.get(key)) is not None:
        return kept
    first = first_day(until, months)
    measured = _measured(
        vendor,
        service,
        since=metrics.quarter_of(first) if step == PeriodLength.QUARTER else first,
        until=until,
        now=now,
        zone=zone,
        comes_back_within=timedelta(days=counter.repeat_days),
        step=step,
    )
    # What a transaction sees before it is committed may never come true.
    transaction.on_commit(partial(cache.set, key, measured, KEPT.total_seconds()))
    return measured


def first_day(until: date, months: int) -> date:
    """The first of a month, so that `months` whole months lie between it and `until`."""
    after = until + timedelta(days=1)
    index = after.year * 12 + after.month - 1 - months
    return date(index // 12, index % 12 + 1, 1)


def targets_of(vendor: Vendor) -> dict[str, MeasureTarget]:
    """What was agreed, by the key of the measure."""
    return {target.measure: target for target in MeasureTarget.objects.filter(vendor=vendor)}


def held_to(vendor: Vendor, today: date) -> dict[str, Target]:
    """What each measure is held to on that day, by its key: what was agreed with this vendor, else what is expected of
    all. One query."""
    return held_to_in(vendor, today).now()


def held_to_in(vendor: Vendor, today: date) -> Lookup[dict[str, Target]]:
    """The same, to be read with what else a page shows, once."""
    return once(("held to", vendor.pk, today), lambda: _held_to(vendor, today))


def _held_to(vendor: Vendor, today: date) -> Lookup[dict[str, Target]]:
    rows = Expectation.objects.in_force(vendor.organisation_id, today).telling().select_related("edition").order_by()
    theirs = MeasureTarget.objects.filter(vendor=vendor).order_by()

    def told() -> dict[str, Target]:
        expected = {row.measure: row for row in sorted(rows, key=attrgetter("rule", "position", "pk"))}
        agreed = {row.measure: row for row in sorted(theirs, key=attrgetter("measure"))}
        return {key: _target(agreed.get(key), expected.get(key)) for key in {**expected, **agreed}}

    return Lookup(reads=(rows, theirs), told=told)


def _target(agreed: MeasureTarget | None, expected: Expectation | None) -> Target:
    value = float(expected.target) if expected is not None and expected.target is not None else None
    since = expected.edition.in_force_from if expected is not None else None
    if agreed is None:
        return Target(value=value or 0.0, is_expected=True, expected=value, expected_since=since)
    return Target(
        value=float(agreed.value),
        agreed_on=agreed.agreed_on,
        note=agreed.note,
        expected=value,
        expected_since=since,
    )


# Loading ---------------------------------------------------------------------------------------------------------
def _measured(
    vendor: Vendor,
    service: Service | None,
    *,
    since: date,
    until: date,
    now: datetime,
    zone: ZoneInfo,
    comes_back_within: timedelta,
    step: PeriodLength | None,
) -> Measures:
    end = _midnight(until + timedelta(days=1), zone)
    incidents = Incident.objects.filter(vendor=vendor)
    pulses = Pulse.objects.answered().filter(incident__vendor=vendor, incident__mission_critical=True)
    proofs = CauseProof.objects.filter(vendor=vendor, incident__vendor=vendor, incident__mission_critical=True)
    if service is not None:
        incidents, pulses = incidents.filter(service=service), pulses.filter(incident__service=service)
        proofs = proofs.filter(incident__service=service)
    loaded_from = _midnight(since, zone) - metrics.look_back(comes_back_within)
    hours = service_hours_of(vendor)
    measured = metrics.measure(
        _cases(incidents.mission_critical().opened_between(loaded_from, end), hours, now),
        _answers(pulses.filter(incident__opened_at__gte=loaded_from, incident__opened_at__lt=end)),
        proofs=_proofs(proofs.filter(incident__opened_at__gte=loaded_from, incident__opened_at__lt=end), hours, zone),
        said=_said(vendor, service, since=loaded_from.astimezone(zone).date(), until=until, zone=zone),
        since=since,
        until=until,
        known_at=now,
        zone=zone,
        holdings=holdings_of(vendor, now=now, zone=zone),
        comes_back_within=comes_back_within,
        by=step,
    )
    # Counted in the window as measured: it may start with the Monday before.
    end = _midnight(measured.until + timedelta(days=1), zone)
    others = incidents.filter(mission_critical=False).opened_between(_midnight(measured.since, zone), end).count()
    return replace(
        measured,
        left_out=replace(measured.left_out, not_critical=others),
        basis=_with_names(measured.basis, vendor) if measured.basis else None,
    )


def _with_names(basis: Basis, vendor: Vendor) -> Basis:
    if not basis.hours:
        return basis
    names = dict(Service.objects.filter(vendor=vendor).values_list("pk", "name"))
    return replace(basis, hours=tuple(replace(used, service=names.get(used.row, "")) for used in basis.hours))


def items_hit(measures: Measures, vendor: Vendor, service: Service | None) -> BrokenItems:
    """Which items broke most in the days that are measured; one query."""
    zone = ZoneInfo(settings.TIME_ZONE)
    incidents = Incident.objects.filter(vendor=vendor, **({"service": service} if service else {})).mission_critical()
    first, end = _midnight(measures.since, zone), _midnight(measures.until + timedelta(days=1), zone)
    rows = incidents.opened_between(first, end).order_by().values_list("pk", "configuration_item")
    return broken_items(rows, {case for point in measures.of("repeat_count").points for case in point.cases})


def open_backlog(measures: Measures, vendor: Vendor, service: Service | None) -> Backlog | None:
    """How old what is open is, whenever it was opened, as far as its source tells; one query."""
    incidents = Incident.objects.filter(vendor=vendor, **({"service": service} if service else {})).mission_critical()
    told: dict[str, datetime] = {}
    for holding in measures.basis.holdings if measures.basis else ():
        told[holding.source] = max(told.get(holding.source, holding.known_until), holding.known_until)
    rows = incidents.open().order_by().values_list("pk", "opened_at", "source")
    now = measures.known_at
    others = measures.basis.known_until if measures.basis else now  # of a source that no measured day knows
    told[BY_HAND] = now
    return backlog_of(
        OpenCase(id=pk, opened=opened, known=min(told.get(source, others), now)) for pk, opened, source in rows
    )


def _midnight(day: date, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, time.min, tzinfo=zone).astimezone(UTC)


COLUMNS = (
    "pk",
    "service_id",
    "opened_at",
    "resolved_at",
    "restored_at",
    "first_response_at",
    "sla",
    "reopened",
    "handovers",
    "problem",
    "handled_by",
    "root_cause_proven",
    "source",
    "waited_minutes",
    "resolved_to_day",
    "is_closed",
    "resolved_is_closing",
)


def _cases(incidents: Any, hours: Mapping[int, ServiceHours], now: datetime) -> list[Case]:
    rows = incidents.order_by().values_list(*COLUMNS, named=True)
    timelines = records_of(incidents, now=now)
    return [
        _case(row, hours.get(row.service_id, ROUND_THE_CLOCK), timelines.get(row.pk, NO_TIMELINE))
        for row in rows.iterator()
    ]


def _case(row: Any, hours: ServiceHours, timeline: Record) -> Case:
    return Case(
        id=row.pk,
        opened=row.opened_at,
        resolved=row.resolved_at,
        restored=row.restored_at,
        answered=row.first_response_at,
        sla_met=MET.get(row.sla),
        reopened=row.reopened,
        handovers=row.handovers,
        problem=row.problem,
        handled_by=row.handled_by,
        proven=row.root_cause_proven,
        source=row.source,
        waited=row.waited_minutes,
        is_to_day=row.resolved_to_day,
        is_closed=row.is_closed,
        is_closing=row.resolved_is_closing,
        service=row.service_id or 0,
        said_all=(timeline.said_all, timeline.contacts),
        kept=(timeline.kept, timeline.judged),
        hours=hours,
    )


def _answers(pulses: Any) -> list[PulseAnswer]:
    rows = pulses.order_by().values_list(
        "incident_id", "incident__opened_at", "told_why", "fixes_thrown", "was_fast", "cause_proven"
    )
    return [
        PulseAnswer(
            case=incident,
            opened=opened,
            told_why=SCORES.get(told_why),
            fixes_thrown=SCORES.get(fixes_thrown),
            was_fast=SCORES.get(was_fast),
            cause_proven=SCORES.get(cause_proven),
        )
        for incident, opened, told_why, fixes_thrown, was_fast, cause_proven in rows
    ]


def _said(vendor: Vendor, service: Service | None, *, since: date, until: date, zone: ZoneInfo) -> list[Said]:
    """Each pulse once: what it said stands in the log, beside how it felt. One whose entry was taken out of the log has
    no feeling any more, and keeps its answers. Two queries."""
    entries = Feedback.objects.filter(vendor=vendor, said_on__range=(since, until))
    pulses = Pulse.objects.answered().filter(incident__vendor=vendor, feedback=None)
    if service is not None:
        entries, pulses = entries.filter(service=service), pulses.filter(incident__service=service)
    first, end = _midnight(since, zone), _midnight(until + timedelta(days=1), zone)
    pulses = pulses.filter(answered_at__gte=first, answered_at__lt=end)
    rows = entries.order_by().values_list("pk", "said_on", "feeling", *TOLD)
    alone = pulses.order_by().values_list("pk", "answered_at", *TOLD)
    return [
        *(_one_said(pk, day, feeling, told) for pk, day, feeling, *told in rows),
        *(_one_said(-pk, at.astimezone(zone).date(), None, told) for pk, at, *told in alone),
    ]


def _one_said(entry: int, day: date, feeling: int | None, told: Iterable[str]) -> Said:
    told_beforehand, workaround, courteous = (SCORES.get(answer) for answer in told)
    return Said(
        entry=entry,
        day=day,
        feeling=feeling,
        told_beforehand=told_beforehand,
        workaround=workaround,
        courteous=courteous,
    )


def _proofs(proofs: Any, hours: Mapping[int, ServiceHours], zone: ZoneInfo) -> list[ProofOwed]:
    """Without those that nobody asks for any more."""
    columns = ("incident_id", "incident__service_id", "asked_at", "first_handed_in_at", "due_on", "first_due_on")
    rows = proofs.exclude(state=ProofState.WAIVED).order_by().values_list(*columns, named=True)
    return [_proof(row, hours.get(row.incident__service_id, ROUND_THE_CLOCK), zone) for row in rows]


def _proof(row: Any, hours: ServiceHours, zone: ZoneInfo) -> ProofOwed:
    asked = row.asked_at.astimezone(zone).date()
    came = row.first_handed_in_at.astimezone(zone).date() if row.first_handed_in_at else None
    return ProofOwed(
        case=row.incident_id,
        due=row.first_due_on or row.due_on,
        followed=working_day_after(asked, PROOF_HORIZON, hours.country, hours.region),
        handed_in=came,
        took=working_days_between(asked, came, hours.country, hours.region) if came else 0,
    )
