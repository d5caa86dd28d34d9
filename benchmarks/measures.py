"""Measuring many incidents, against reading their rows from the database in the same run."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import partial
from random import Random

from django.core.cache import cache
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import Organisation
from assessments.commitments.measured import judgement_of
from assessments.models import Commitment, CommitmentState
from benchmarks.timing import medians
from vendors.measures.catalogue import BY_KEY
from vendors.measures.loading import measures_of
from vendors.models import Incident, Vendor

INCIDENTS = 20_000
COMMITMENTS = 5
NOW = datetime(2026, 11, 1, 12, tzinfo=UTC)


def report(repetitions: int) -> str:
    vendor = _vendor_with_incidents()
    rows = Incident.objects.filter(vendor=vendor)
    promised = _commitments(vendor)
    subjects: dict[str, Callable[[], object]] = {
        "reading the rows (the floor)": partial(_read, rows),
        "all measures, nothing kept": partial(_measure, vendor, keep=False),
        "all measures, kept": partial(_measure, vendor, keep=True),
        f"what the measure of {COMMITMENTS} commitments says, nothing kept": partial(_read_all, promised, keep=False),
        "the same, kept": partial(_read_all, promised, keep=True),
    }
    seconds = medians(subjects, max(repetitions // 3, 3))
    floor = seconds["reading the rows (the floor)"]
    lines = [
        "## Measures",
        "",
        f"| {INCIDENTS} incidents of two years | seconds | ratio to the floor | queries |",
        "|---|--:|--:|--:|",
    ]
    for name, subject in subjects.items():
        with CaptureQueriesContext(connection) as queries:
            subject()
        lines.append(f"| {name} | {seconds[name]:.3f} | {seconds[name] / floor:.2f} | {len(queries)} |")
    return "\n".join([*lines, ""])


def _read(rows: object) -> int:
    return len(list(rows.order_by().values_list()))


def _measure(vendor: Vendor, *, keep: bool) -> object:
    if not keep:
        cache.clear()
    return measures_of(vendor, now=NOW)


def _read_all(commitments: list[Commitment], *, keep: bool) -> None:
    if not keep:
        cache.clear()
    for commitment in commitments:
        judgement_of(commitment, NOW.date())


def _commitments(vendor: Vendor) -> list[Commitment]:
    """Of one vendor, each with a measure of incidents; they are never stored, for reading them needs no row."""
    return [
        Commitment(
            organisation=vendor.organisation,
            vendor=vendor,
            measure=measure,
            state=CommitmentState.AGREED,
            agreed_on=NOW.date() - timedelta(days=300),
            due_on=NOW.date() - timedelta(days=100),
        )
        for measure in list(BY_KEY)[:COMMITMENTS]
    ]


def _vendor_with_incidents() -> Vendor:
    random = Random(7)  # noqa: S311 - a repeatable history, no secret
    vendor = Vendor.objects.create(organisation=Organisation.objects.earliest("pk"), name="Bench measures")
    Incident.objects.bulk_create((_incident(vendor, number, random) for number in range(INCIDENTS)), batch_size=1000)
    return vendor


def _incident(vendor: Vendor, number: int, random: Random) -> Incident:
    opened = NOW - timedelta(minutes=random.randrange(1, 2 * 365 * 24 * 60))
    return Incident(
        organisation_id=vendor.organisation_id,
        vendor=vendor,
        reference=f"B-{number}",
        opened_at=opened,
        resolved_at=opened + timedelta(minutes=random.randrange(6000)) if random.random() < 0.98 else None,
        mission_critical=True,
        handovers=random.randrange(5),
        reopened=random.randrange(2),
        problem=f"PRB-{random.randrange(3000)}",
        handled_by=f"Team {random.randrange(12)}",
    )
