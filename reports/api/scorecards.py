"""Scorecards: the list, one with its whole arithmetic, its snapshot byte by byte, and whether it still holds."""

from __future__ import annotations

import base64
from datetime import date
from typing import Any
from uuid import UUID

from django.db.models import OuterRef, Subquery
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext_lazy as _
from ninja import Field, Query, Router, Schema

from accounts.api.endpoints import endpoint
from accounts.api.etags import is_known
from accounts.api.paging import PageOfList, page
from accounts.api.problems import Problem
from accounts.api.requests import ApiRequest
from assessments.score import arithmetic
from assessments.score.arithmetic import RuleStatus, Verdict
from reports.api.shapes import MAYBE_EXACT, ScorecardRow, not_changed, refuse_who_judges, row_of
from reports.api.snapshot_reading import told
from reports.api.snapshot_shapes import ScorecardOut
from reports.benchmark.panel import BenchmarkRow, Standing, panel_of, place_among
from reports.models import Scorecard, ScorecardQuerySet
from reports.scorecard import sealing, snapshots
from vendors.models import Tier
from vendors.withheld import withheld

router = Router()
FORM = 1  # of what is told of one scorecard; raised when that changes, so that nobody keeps the old telling
RULE = r"^[a-z]{1,50}$"
EDITION = r"^[^\x00-\x1f]{0,20}$"


class ScorecardWanted(PageOfList):
    vendor: UUID | None = None
    assessment: UUID | None = None
    edition: str = Field("", pattern=EDITION)
    verdict: Verdict | None = None
    rule: str = Field("", pattern=rf"{RULE}|^$", description="A rule’s key; with `status`.")
    status: RuleStatus | None = Field(None, description="Of that rule; of any rule without one.")
    period_from: date | None = Field(None, description="The period ends on this day or later.")
    period_to: date | None = Field(None, description="The period ends on this day or earlier.")
    latest: bool = Field(False, description="Only the latest scorecard of each vendor.")


class ScorecardPage(Schema):
    items: list[ScorecardRow]
    next: str | None


@endpoint(router, "GET", "/scorecards", "scorecard_list", ScorecardPage, problems=(422,))
def scorecard_list(request: ApiRequest, wanted: Query[ScorecardWanted]) -> dict[str, Any]:
    """Scorecards.

    The latest first. Those of vendors that the holder still judges stand there without a result; by `verdict`, `rule`
    and `status` they are not found."""
    closed = withheld(request.member)
    rows = _narrowed(_scorecards(request), wanted)
    if wanted.verdict or wanted.status:
        rows = rows.exclude(assessment__vendor__in=closed)
    told_of = rows.without_snapshot().select_related("assessment__vendor", "assessment__release")
    items, after = page(told_of.prefetch_related("rules"), wanted, by="-approved_at")
    return {"items": [row_of(one, is_closed=one.assessment.vendor_id in closed) for one in items], "next": after}


def _narrowed(rows: ScorecardQuerySet, wanted: ScorecardWanted) -> ScorecardQuerySet:
    """By what was asked for, and by nothing that was not."""
    asked = {
        "assessment__vendor__uuid": wanted.vendor,
        "assessment__uuid": wanted.assessment,
        "assessment__release__edition": wanted.edition,
        "verdict": wanted.verdict,
        "assessment__period_end__gte": wanted.period_from,
        "assessment__period_end__lte": wanted.period_to,
    }
    rows = rows.filter(**{name: value for name, value in asked.items() if value})
    if wanted.status:
        of_rule = {"rules__key": wanted.rule} if wanted.rule else {}
        rows = rows.filter(pk__in=Scorecard.objects.filter(rules__status=wanted.status, **of_rule).values("pk"))
    return rows.filter(pk=Subquery(_latest_of_its_vendor())) if wanted.latest else rows


def _latest_of_its_vendor() -> Any:
    of_vendor = Scorecard.objects.filter(assessment__vendor=OuterRef("assessment__vendor"))
    return of_vendor.order_by("-approved_at", "-pk").values("pk")[:1]


@endpoint(
    router, "GET", "/scorecards/{uuid:scorecard}", "scorecard_detail", ScorecardOut, problems=(409,), is_kept=True
)
def scorecard_detail(request: ApiRequest, scorecard: UUID) -> dict[str, Any] | HttpResponse:
    """One scorecard with its whole arithmetic.

    Per rule and question the exact fractions and what counted; agreement, gap, measures, findings, commitments, as they
    were frozen. It never changes: keep it by its ETag."""
    card = open_scorecard(request, scorecard)
    if is_known(request, f"{card.sha256}-{FORM}"):
        return not_changed()
    seal = sealing.seal_of(card)
    return told(card, content_of(card), seal=seal.hash if seal else None)


SNAPSHOT = {"responses": {200: {"content": {"application/json": {"schema": {"type": "object"}}}}}}


@endpoint(
    router,
    "GET",
    "/scorecards/{uuid:scorecard}/snapshot",
    "scorecard_snapshot",
    None,
    problems=(409,),
    is_kept=True,
    more=SNAPSHOT,
)
def scorecard_snapshot(request: ApiRequest, scorecard: UUID) -> HttpResponse:
    """The snapshot itself, byte by byte.

    Canonical JSON, whose SHA-256 is the ETag, `Repr-Digest`, and what documents print. All else is computed from it."""
    card = open_scorecard(request, scorecard)
    if is_known(request, card.sha256):
        return not_changed()
    content_of(card)  # a damaged one is not handed out
    digest = base64.b64encode(bytes.fromhex(card.sha256)).decode()
    headers = {"Repr-Digest": f"sha-256=:{digest}:"}
    return HttpResponse(card.snapshot.encode(), content_type="application/json", headers=headers)


class RuleChecked(Schema):
    key: str
    status: RuleStatus
    percent: str | None = MAYBE_EXACT
    agrees: bool


class VerificationOut(Schema):
    """Each is looked at anew. `agrees`: what the answers add up to now is what is printed."""

    sha256: str
    has_its_sha256: bool
    seal: str | None
    is_as_sealed: bool = Field(description="Row and rules are what was sealed.")
    engine: str = Field(description="That it was computed with.")
    engine_now: str
    agrees: bool
    verdict: Verdict | None
    met: int | None
    rules: list[RuleChecked]


@endpoint(router, "GET", "/scorecards/{uuid:scorecard}/verification", "scorecard_verification", VerificationOut)
def scorecard_verification(request: ApiRequest, scorecard: UUID) -> dict[str, Any]:
    """Whether a scorecard still holds.

    Computed again from its answers alone, and held against its hash and its seal."""
    card = open_scorecard(request, scorecard)
    seal = sealing.seal_of(card)
    found = {
        "sha256": card.sha256,
        "seal": seal.hash if seal else None,
        "is_as_sealed": sealing.holds(card),
        "engine": card.engine_version,
        "engine_now": arithmetic.ENGINE_VERSION,
    }
    try:
        content = snapshots.load(card)
    except snapshots.SnapshotDamaged:
        return {**found, "has_its_sha256": False, "agrees": False, "verdict": None, "met": None, "rules": []}
    return {**found, "has_its_sha256": True, **_recomputed(content)}


def _recomputed(content: snapshots.Snapshot) -> dict[str, Any]:
    stored, now = snapshots.score_of(content), snapshots.recompute(content)
    rules = zip(stored.rules, arithmetic.as_data(now)["rules"], now.rules, strict=True)
    return {
        "agrees": stored == now,
        "verdict": now.verdict,
        "met": now.met,
        "rules": [{**said, "key": rule.rule, "agrees": before == rule} for before, said, rule in rules],
    }


class BenchmarkPlace(Schema):
    """One rule among those of the organisations that share. `place`: against the quartiles; null where nothing can be
    said."""

    rule: str
    percent: float | None
    place: Standing | None
    lower: int | None
    median: int | None
    upper: int | None
    organisations: int | None


class BenchmarkOut(Schema):
    is_sharing: bool = Field(description="Who does not give does not get.")
    tier: Tier
    rules: list[BenchmarkPlace]


@endpoint(router, "GET", "/scorecards/{uuid:scorecard}/benchmark", "scorecard_benchmark", BenchmarkOut)
def scorecard_benchmark(request: ApiRequest, scorecard: UUID) -> dict[str, Any]:
    """Where its vendor lies among those of other organisations.

    Only while your organisation shares its own figures."""
    card = open_scorecard(request, scorecard)
    keys = {rule.position: rule.key for rule in card.rules.all()}
    panel = panel_of(request.member, card, {})
    return {
        "is_sharing": panel is not None,
        "tier": card.assessment.vendor.tier,
        "rules": [_place(row, keys[row.number]) for row in panel.rows] if panel else [],
    }


def _place(row: BenchmarkRow, key: str) -> dict[str, Any]:
    answer = row.answer
    can_say = answer is not None and row.percent is not None
    figures = {name: getattr(answer, name, None) for name in ("lower", "median", "upper", "organisations")}
    place = place_among(row.percent, answer) if answer is not None and row.percent is not None and can_say else None
    return {"rule": key, "percent": row.percent, "place": place, **figures}


# What the others take from here -------------------------------------------------------------------------------------
def open_scorecard(request: ApiRequest, uuid: UUID) -> Scorecard:
    """One of the member's organisation, with its vendor, for who does not judge that vendor. Http404, Problem 403."""
    rows = _scorecards(request).select_related("assessment__vendor", "assessment__release")
    card = get_object_or_404(rows, uuid=uuid)
    refuse_who_judges(request.member, [card.assessment.vendor])
    return card


def content_of(card: Scorecard) -> dict[str, Any]:
    """Of its snapshot, once its hash is verified; Problem 409 where it is damaged."""
    try:
        return snapshots.load(card)
    except snapshots.SnapshotDamaged as damaged:
        words = _("Its stored content does not match its SHA-256, so it is not handed out. Tell whoever runs this.")
        raise Problem(409, "refused", words) from damaged


def _scorecards(request: ApiRequest) -> ScorecardQuerySet:
    return Scorecard.objects.for_member(request.member)
