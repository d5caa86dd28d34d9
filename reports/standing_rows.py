"""How each vendor stands, as a row: what its latest scorecard says, kept where a database can sort and count it.

Written in the transaction that makes a scorecard, and anew by `bin/manage standings`; both by the same function.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.db.models import F, Window
from django.db.models.functions import RowNumber

from accounts.models import Organisation
from assessments.findings.findings import Finding
from assessments.score.arithmetic import RuleStatus
from reports.models import Scorecard, ScorecardRule, VendorStanding
from vendors.models import Vendor

CHUNK = 20  # snapshots of some 100 kB in memory at once
Facts = Mapping[str, Any]  # what a snapshot says of measures: its “measures” and its “findings”
Read = Callable[[Scorecard], Facts]
NOTHING_MEASURED: Facts = {"measures": None, "findings": []}
COLUMNS = tuple(field.attname for field in VendorStanding._meta.concrete_fields if not field.primary_key)


def row_of(card: Scorecard, rules: Sequence[ScorecardRule], facts: Facts) -> dict[str, Any]:
    """The columns of the row, from the numbers of a scorecard (`rules`: its seven, in their order) and its findings."""
    statuses = [rule.status for rule in rules]
    weakest = next((rule for rule in rules if rule.key == card.weakest_rule), None)
    is_measured = facts["measures"] is not None
    told = [finding["rating"]["finding"] for finding in facts["findings"]]
    return {
        "organisation_id": card.organisation_id,
        "vendor_id": card.assessment.vendor_id,
        "scorecard_id": card.pk,
        "approved_at": card.approved_at,
        "period_end": card.assessment.period_end,
        "verdict": card.verdict,
        "confidence": card.confidence,
        **{status.value: statuses.count(status.value) for status in RuleStatus},
        "lowest": weakest.percent if weakest else None,
        "lowest_rule": weakest.position if weakest else None,
        "contradicted": told.count(Finding.CONTRADICTED.value) if is_measured else None,
        "better": told.count(Finding.BETTER_THAN_RATED.value) if is_measured else None,
        **{f"status_{rule.position}": rule.status for rule in rules},
        **{f"percent_{rule.position}": rule.percent for rule in rules},
    }


def keep(card: Scorecard, rules: Sequence[ScorecardRule], facts: Facts) -> None:
    """Let the row of its vendor say what this scorecard says, unless a later one speaks already.

    In the transaction that makes the scorecard, which holds the organisation: of two, one waits.
    """
    row = VendorStanding.objects.filter(vendor=card.assessment.vendor_id).first()
    if row is not None and (row.approved_at, row.scorecard_id) > (card.approved_at, card.pk):
        return
    _write(row, row_of(card, rules, facts))


@dataclass(frozen=True, kw_only=True)
class Difference:
    """A vendor whose row said something else than its scorecards. `columns`: which; empty where the row was missing, or
    was of a vendor that has no scorecard."""

    vendor: str
    columns: tuple[str, ...] = ()


def rebuild(facts_of: Read, *, write: bool = True) -> tuple[int, list[Difference]]:
    """Hold every row against the latest scorecard of its vendor and mend what differs: how many vendors have one, and
    what differed. `facts_of` reads what a snapshot says of measures; without `write` nothing is mended."""
    seen = 0
    found: list[Difference] = []
    for organisation in Organisation.objects.order_by("pk"):
        with transaction.atomic():
            # Whoever makes a scorecard holds this row, too: nothing is written in between.
            Organisation.objects.select_for_update(no_key=True).only("pk").get(pk=organisation.pk)
            count, differences = _of_organisation(organisation, facts_of, write=write)
        seen, found = seen + count, found + differences
    return seen, found


def _of_organisation(organisation: Organisation, facts_of: Read, *, write: bool) -> tuple[int, list[Difference]]:
    kept = {row.vendor_id: row for row in VendorStanding.objects.filter(organisation=organisation)}
    found: list[tuple[int, tuple[str, ...]]] = []
    seen = 0
    for expected in _expected(organisation, facts_of):
        seen += 1
        row = kept.pop(expected["vendor_id"], None)
        columns = () if row is None else _differing(row, expected)
        if row is not None and not columns:
            continue
        found.append((expected["vendor_id"], columns))
        if write:
            _write(row, expected)
    found += [(vendor, ()) for vendor in kept]  # of no scorecard
    if write and kept:
        VendorStanding.objects.filter(vendor__in=kept).delete()
    names = Vendor.objects.in_bulk([vendor for vendor, _columns in found])
    return seen, [Difference(vendor=str(names[vendor]), columns=columns) for vendor, columns in found]


def _expected(organisation: Organisation, facts_of: Read) -> Iterator[dict[str, Any]]:
    """The columns as the latest scorecards have them."""
    for card in _latest(organisation):
        yield row_of(card, list(card.rules.all()), facts_of(card))


def _latest(organisation: Organisation) -> Iterable[Scorecard]:
    place = Window(
        RowNumber(), partition_by=F("assessment__vendor"), order_by=[F("approved_at").desc(), F("pk").desc()]
    )
    cards = Scorecard.objects.filter(organisation=organisation).annotate(place=place).filter(place=1)
    rows = cards.select_related("assessment").prefetch_related("rules").order_by("assessment__vendor")
    return rows.iterator(chunk_size=CHUNK)


def _differing(row: VendorStanding, expected: Mapping[str, Any]) -> tuple[str, ...]:
    return tuple(column for column in COLUMNS if getattr(row, column) != expected[column])


def _write(row: VendorStanding | None, columns: Mapping[str, Any]) -> None:
    row = row or VendorStanding()
    for column, value in columns.items():
        setattr(row, column, value)
    row.save()
