"""Vendors side by side, each by one scorecard: rule by rule, and where a difference is clear."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import Http404
from django.utils.translation import gettext as _
from ninja import Field, Query, Router, Schema

from accounts.api.endpoints import endpoint
from accounts.api.problems import Fault, invalid
from accounts.api.requests import ApiRequest
from assessments.score.arithmetic import RuleStatus
from groundwork.languages import active_language
from reports.api.scorecards import content_of
from reports.api.shapes import MAYBE_EXACT, ScorecardRef, VendorRef, refuse_who_judges, vendor_ref
from reports.comparison.keeping import LEAST, MOST
from reports.comparison.shapes import RuleRow
from reports.comparison.view import view_of
from reports.models import Scorecard

router = Router()


class ComparisonWanted(Schema):
    scorecard: list[UUID] = Field(
        min_length=LEAST, max_length=MOST, description="Two to five, of as many vendors; repeat the parameter."
    )


class ComparedCard(Schema):
    scorecard: ScorecardRef
    vendor: VendorRef
    verdict: str
    met: int


class ComparedCell(Schema):
    """`low` and `high`: what the percent may be, whatever the missing grades turn out to be."""

    status: RuleStatus
    percent: str | None = MAYBE_EXACT
    low: str | None = MAYBE_EXACT
    high: str | None = MAYBE_EXACT


class ComparedRule(Schema):
    """Its cells stand in the order of the scorecards."""

    rule: str
    cells: list[ComparedCell]
    said: list[str] = Field(description="Where it is clear that one is above another, and why it is not.")


class ComparisonOut(Schema):
    """No ranking and no average: one rule at a time."""

    scorecards: list[ComparedCard]
    summary: str
    doubts: list[str] = Field(description="Why differences are not clear, whatever the rule.")
    rules: list[ComparedRule]


@endpoint(router, "GET", "/comparison", "comparison", ComparisonOut, problems=(404, 409, 422))
def comparison(request: ApiRequest, wanted: Query[ComparisonWanted]) -> dict[str, Any]:
    """Vendors side by side.

    By the scorecards that you name, in their order; words in the language that is asked for."""
    cards = _cards(request, wanted.scorecard)
    refuse_who_judges(request.member, [card.assessment.vendor for card in cards])
    if len({card.assessment.vendor_id for card in cards}) != len(wanted.scorecard):
        raise invalid([Fault(path="?scorecard", detail=_("Name scorecards of as many different vendors."))])
    for card in cards:
        content_of(card)  # a damaged one is not compared
    view = view_of(cards, language=active_language())
    return {
        "scorecards": [
            {
                "scorecard": card,
                "vendor": vendor_ref(card.assessment.vendor),
                "verdict": card.verdict,
                "met": card.rules_met,
            }
            for card in cards
        ],
        "summary": view.summary,
        "doubts": list(view.doubts),
        "rules": [_rule(row) for row in view.rules],
    }


def _cards(request: ApiRequest, uuids: list[UUID]) -> list[Scorecard]:
    """In the order in which they are named. Http404 where one is not the organisation’s. One query."""
    rows = Scorecard.objects.for_member(request.member).filter(uuid__in=uuids)
    found = {card.uuid: card for card in rows.select_related("assessment__vendor")}
    if any(uuid not in found for uuid in uuids):
        raise Http404
    return [found[uuid] for uuid in dict.fromkeys(uuids)]


def _rule(row: RuleRow) -> dict[str, Any]:
    marks = [cell.rule.mark for cell in row.cells]
    exact = ("percent", "low", "high")
    return {
        "rule": row.key,
        "said": list(row.sentences),
        "cells": [{"status": mark.status, **{name: _exactly(getattr(mark, name)) for name in exact}} for mark in marks],
    }


def _exactly(value: Any) -> str | None:
    return None if value is None else str(value)
