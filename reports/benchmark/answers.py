"""The answers of the benchmark: published when enough has changed, taken back when an organisation leaves.

Both hold the rows of the organisations, so that nobody's data are published while they leave.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import asdict
from datetime import datetime, timedelta

from django.db import transaction

from accounts.models import Membership, Organisation
from accounts.trail import audit
from assessments.score.arithmetic import RuleStatus
from reports.benchmark.figures import Figures, Vendors, figures_of, known_of, may_be_said
from reports.models import BenchmarkAnswer, VendorStanding

EVERY = timedelta(days=28)  # from one answer about a cell to the next: the fewer answers, the less can be combined
YOUNGER_THAN = timedelta(days=730)  # an older scorecard says how a vendor was
FIELDS = ("benchmarks_since",)
Cell = tuple[int, str]  # a rule’s position, a tier


def join(actor: Membership, *, now: datetime) -> bool:
    """From now on the organisation's figures count; whether that is new."""
    return _share(actor, since=now)


@transaction.atomic
def leave(actor: Membership, *, now: datetime) -> bool:
    """The organisation's data no longer count, and every answer that knew them is gone; whether it shared."""
    if not _share(actor, since=None):
        return False
    key = str(actor.organisation_id)
    for answer in BenchmarkAnswer.objects.select_for_update().order_by("pk"):
        if key in answer.contributions:
            _withdraw(answer, key, now)
    return True


@transaction.atomic
def publish(*, now: datetime) -> int:
    """Say of each cell what may be said, where the last answer is four weeks old; how many answers are new."""
    sharing = Organisation.objects.filter(benchmarks_since__lte=now).order_by("pk")
    keys = list(sharing.select_for_update(no_key=True).values_list("pk", flat=True))
    cells = _cells(keys, now)
    before: dict[Cell, list[BenchmarkAnswer]] = defaultdict(list)
    for answer in BenchmarkAnswer.objects.order_by("published_at", "pk"):
        before[answer.rule, answer.tier].append(answer)
    answers = [_answer(cell, of_cell, before[cell], now) for cell, of_cell in sorted(cells.items())]
    made = [answer for answer in answers if answer is not None]
    BenchmarkAnswer.objects.bulk_create(made)
    return len(made)


def _answer(
    cell: Cell, of_cell: dict[str, Vendors], before: list[BenchmarkAnswer], now: datetime
) -> BenchmarkAnswer | None:
    if before and before[-1].published_at > now - EVERY:
        return None
    figures = figures_of(of_cell)
    known = known_of(of_cell)
    if not isinstance(figures, Figures) or not may_be_said(known, [answer.contributions for answer in before]):
        return None
    rule, tier = cell
    return BenchmarkAnswer(
        rule=rule,
        tier=tier,
        published_at=now,
        contributions=known,
        **asdict(figures),
    )


def _share(actor: Membership, *, since: datetime | None) -> bool:
    with transaction.atomic():
        row = Organisation.objects.select_for_update().get(pk=actor.organisation_id)
        if (row.benchmarks_since is None) == (since is None):
            return False
        before = audit.snapshot(row, FIELDS)
        row.benchmarks_since = since
        row.save(update_fields=FIELDS)
        verb = "benchmark.joined" if since else "benchmark.left"
        audit.record(actor.user, verb, row, before=before, after=audit.snapshot(row, FIELDS))
    return True


def _withdraw(answer: BenchmarkAnswer, key: str, now: datetime) -> None:
    answer.contributions[key] = ""
    answer.withdrawn_at = answer.withdrawn_at or now
    answer.organisations = answer.vendors = None
    answer.lower = answer.median = answer.upper = answer.met = None
    answer.save()


def _cells(keys: list[int], now: datetime) -> dict[Cell, dict[str, Vendors]]:
    """By rule and tier, by organisation, the vendors whose rule was rated. One query."""
    cells: dict[Cell, dict[str, list[tuple]]] = defaultdict(lambda: defaultdict(list))
    standings = VendorStanding.objects.filter(
        organisation__in=keys, vendor__archived_at=None, approved_at__gt=now - YOUNGER_THAN
    ).select_related("vendor")
    for standing in standings.iterator(chunk_size=1000):
        for position, status, percent in standing.rules:
            if percent is not None and status != RuleStatus.NOT_RATED:
                of_cell = cells[position, standing.vendor.tier][str(standing.organisation_id)]
                of_cell.append((percent, status == RuleStatus.MET))
    return {cell: dict(of_cell) for cell, of_cell in cells.items()}
