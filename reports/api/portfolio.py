"""All vendors at a glance, one row each: what the portfolio shows, for a wall display or a report of one's own."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any
from uuid import UUID

from django.db.models import F
from django.http import HttpResponse
from django.utils import timezone
from ninja import Field, Query, Router, Schema

from accounts.api.endpoints import endpoint
from accounts.api.etags import is_known, tag_of
from accounts.api.paging import PageOfList, page
from accounts.api.requests import ApiRequest
from assessments.score.arithmetic import Confidence, RuleStatus, Verdict
from manifesto.models import RULE_KEYS
from reports.api.portfolio_wanted import Narrowed, query_of
from reports.api.shapes import PERCENT, ScorecardRef, not_changed
from reports.models import VendorStanding
from reports.portfolio import rows
from reports.scorecard.standing import standings
from vendors.models import Tier, Vendor
from vendors.standings import Due, Moves, Standing
from vendors.withheld import withheld

router = Router()


class PortfolioOrder(StrEnum):
    ATTENTION = "attention"  # most rules broken first, then the lowest rule, then what measures contradict
    NAME = "name"


class PortfolioWanted(Narrowed, PageOfList):
    sort: PortfolioOrder = PortfolioOrder.ATTENTION


class RuleCell(Schema):
    key: str
    position: int
    status: RuleStatus
    percent: Decimal | None = PERCENT


class WeakestRule(Schema):
    key: str
    position: int
    percent: Decimal


class RulesMoved(Schema):
    """What moved since the scorecard before, by status: keys of rules."""

    better: list[str]
    worse: list[str]
    otherwise: list[str] = Field(description="Rated before or now only.")
    not_comparable: list[str]


class StandingOut(Schema):
    """By the latest scorecard."""

    scorecard: ScorecardRef
    period_end: date
    verdict: Verdict
    confidence: Confidence
    met: int
    partly: int
    broken: int
    not_rated: int
    weakest: WeakestRule | None
    rules: list[RuleCell]
    contradicted: int | None = Field(description="Rules that a measure contradicts; null where nothing was measured.")
    better_than_rated: int | None
    trend: RulesMoved | None = Field(description="Null with the first scorecard.")
    is_old: bool = Field(description="Older than 12 months.")


class CommitmentCounts(Schema):
    open: int
    overdue: int
    ended: int
    kept: int


class NextAssessment(Schema):
    """What comes next: an assessment in hand, or the day on which it is assessed again."""

    said: str = Field(description="In words, in the language that is asked for.")
    on: date | None
    is_late: bool


class PortfolioVendor(Schema):
    uuid: UUID
    name: str
    reference: str
    tier: Tier
    country: str


class PortfolioRow(Schema):
    """One vendor. Of one that the holder still judges, `standing` and `commitments` are null until they handed in."""

    vendor: PortfolioVendor
    is_withheld: bool
    is_in_hand: bool = Field(description="An assessment is under way.")
    standing: StandingOut | None
    commitments: CommitmentCounts | None
    next_assessment: NextAssessment | None
    decide_by: date | None = Field(description="When something must be decided about a contract; it may be over.")


class PortfolioPage(Schema):
    items: list[PortfolioRow]
    next: str | None


@endpoint(router, "GET", "/portfolio", "portfolio", PortfolioPage, problems=(422,), is_kept=True)
def portfolio(request: ApiRequest, wanted: Query[PortfolioWanted]) -> dict[str, Any] | HttpResponse:
    """All vendors, one row each.

    What needs attention first, with the filters of the page. Its ETag tells whether anything changed."""
    today = timezone.localdate()
    closed = withheld(request.member)
    _query, choice = query_of(request.member, wanted, today, under="?")
    chosen = rows.chosen(request.member, choice, today)
    if wanted.sort == PortfolioOrder.ATTENTION:
        chosen = rows.with_attention(chosen, closed)
    found, after = page(chosen, wanted, by="attention" if wanted.sort == PortfolioOrder.ATTENTION else "name")
    said = {"items": _rows(request, found, closed, today), "next": after}
    return not_changed() if is_known(request, tag_of(said).strip('"')) else said


def _rows(request: ApiRequest, found: Sequence[Vendor], closed: Collection[int], today: date) -> list[dict[str, Any]]:
    """In their order; a constant number of queries."""
    told = rows.with_words(Vendor.objects.filter(pk__in=[vendor.pk for vendor in found]), today)
    by_key = {vendor.pk: vendor for vendor in told.annotate(card_uuid=F("latest_standing__scorecard__uuid"))}
    stand = standings(request.member, found, today, tells_contradictions=False)
    return [
        _row(by_key[vendor.pk], stand[vendor.pk], is_closed=vendor.pk in closed, since=rows.recent_since(today))
        for vendor in found
    ]


def _row(vendor: Any, standing: Standing, *, is_closed: bool, since: datetime) -> dict[str, Any]:
    latest = getattr(vendor, "latest_standing", None)
    moves = standing.result.moves if standing.result else None
    return {
        "vendor": {name: getattr(vendor, name) for name in ("uuid", "name", "reference", "tier", "country")},
        "is_withheld": is_closed,
        "is_in_hand": vendor.in_hand,
        "standing": None if latest is None or is_closed else _standing(vendor, latest, moves, since=since),
        "commitments": None if is_closed else _commitments(vendor),
        "next_assessment": standing.due and _due(standing.due),
        "decide_by": vendor.decide_by,
    }


def _commitments(vendor: Any) -> dict[str, int]:
    return {name: getattr(vendor, f"{name}_commitments") for name in ("open", "overdue", "ended", "kept")}


def _due(due: Due) -> dict[str, Any]:
    return {"said": due.words, "on": due.day, "is_late": due.is_late}


def _standing(vendor: Any, latest: VendorStanding, moves: Moves | None, *, since: datetime) -> dict[str, Any]:
    same = ("period_end", "verdict", "confidence", "met", "partly", "broken", "not_rated", "contradicted")
    return {
        **{name: getattr(latest, name) for name in same},
        "scorecard": {"uuid": vendor.card_uuid, "number": vendor.card_number, "approved_at": latest.approved_at},
        "weakest": _weakest(latest),
        "rules": [
            {
                "key": RULE_KEYS[position - 1],
                "position": position,
                "status": status,
                "percent": None if status == RuleStatus.NOT_RATED else percent,
            }
            for position, status, percent in latest.rules
        ],
        "better_than_rated": latest.better,
        "trend": moves if moves is None else _trend(moves),
        "is_old": latest.approved_at < since,
    }


def _weakest(latest: VendorStanding) -> dict[str, Any] | None:
    position = latest.lowest_rule
    if position is None:
        return None
    return {"key": RULE_KEYS[position - 1], "position": position, "percent": latest.lowest}


def _trend(moves: Moves) -> dict[str, list[str]]:
    told = {
        "better": moves.better,
        "worse": moves.worse,
        "otherwise": moves.otherwise,
        "not_comparable": moves.asked_otherwise,
    }
    return {name: [RULE_KEYS[position - 1] for position in positions] for name, positions in told.items()}
