"""Scorecards made of their numbers alone, for what reads how vendors stand: in a few queries, without any answers."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from assessments.models import Assessment, AssessmentState
from groundwork.canonical import canonical, hash_of
from manifesto.models import RULE_KEYS, Release
from reports import standing_rows
from reports.models import Scorecard, ScorecardRule, VendorStanding
from tests.factories import NOW, Cast, make_release
from vendors.models import Vendor

STATUSES = {"m": "met", "p": "partly", "b": "broken", "-": "not_rated"}
PERCENTS = {"m": Decimal("80"), "p": Decimal("60"), "b": Decimal("20"), "-": None}


def stand(
    cast: Cast,
    vendor: Vendor,
    letters: str,
    *,
    at: datetime = NOW,
    ends: date = date(2026, 3, 31),
    lowest: str | None = None,
    findings: Sequence[str] | None = None,
    keep: bool = True,
) -> Scorecard:
    """Seven letters, a rule each: `m`et, `p`artly, `b`roken, `-` not rated. `lowest`: the percent of the first broken
    one; `findings`: codes of what measures say, None: nothing was measured."""
    statuses = [STATUSES[letter] for letter in letters]
    percents = [PERCENTS[letter] for letter in letters]
    if lowest is not None:
        percents[letters.index("b")] = Decimal(lowest)
    rated = [(percent, at) for at, percent in enumerate(percents) if percent is not None]
    weakest = RULE_KEYS[min(rated)[1]] if rated else ""
    text = canonical(_snapshot(findings))
    scorecard = Scorecard.objects.create(
        organisation=vendor.organisation,
        assessment=_assessment(cast, vendor, ends),
        number=f"S-2026-{Scorecard.objects.count() + 1:03}",
        snapshot=text,
        sha256=hash_of(text),
        engine_version="1",
        verdict=_verdict(letters),
        rules_met=letters.count("m"),
        weakest_rule=weakest,
        confidence="high",
        approved_by=cast.approver.user,
        approved_at=at,
    )
    rules = ScorecardRule.objects.bulk_create(
        ScorecardRule(
            scorecard=scorecard, position=position, key=key, status=status, percent=percent, coverage=Decimal(100)
        )
        for position, (key, status, percent) in enumerate(zip(RULE_KEYS, statuses, percents, strict=True), start=1)
    )
    if keep:
        standing_rows.keep(scorecard, rules, _snapshot(findings))
    return scorecard


def row_of(vendor: Vendor) -> VendorStanding:
    return VendorStanding.objects.get(vendor=vendor)


def _assessment(cast: Cast, vendor: Vendor, ends: date) -> Assessment:
    return Assessment.objects.create(
        organisation=vendor.organisation,
        vendor=vendor,
        release=Release.objects.current() or make_release(),
        reference=f"A-{Assessment.objects.count() + 1:05}",
        period_start=ends.replace(month=1, day=1),
        period_end=ends,
        owner=cast.assessor.user,
        state=AssessmentState.APPROVED,
    )


def _snapshot(findings: Sequence[str] | None) -> dict[str, Any]:
    told = [{"rule": "speed", "rating": {"finding": code}} for code in findings or ()]
    return {"schema": 7, "measures": None if findings is None else {}, "findings": told}


def _verdict(letters: str) -> str:
    if set(letters) == {"m"}:
        return "met"
    return "not_met" if set(letters) & {"b", "p"} else "undecided"
