"""What moved: between two scorecards as exact parts, and over all scorecards of a vendor."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.http import Http404
from django.shortcuts import get_object_or_404
from ninja import Field, Query, Router, Schema

from accounts.api.endpoints import endpoint
from accounts.api.requests import ApiRequest
from assessments.score.arithmetic import RuleScore, RuleStatus
from assessments.score.difference import Part, PartKind, RuleDifference
from groundwork.languages import active_language
from reports.api.scorecards import content_of, open_scorecard
from reports.api.shapes import MAYBE_EXACT, PERCENT, ScorecardRef, VendorRef, refuse_who_judges, vendor_ref
from reports.models import Scorecard
from reports.reasons import telling
from reports.reasons.compared import Compared
from reports.trends.history import CardPoint, Gap, History, RulePoint, history_of
from vendors.models import Vendor

router = Router()


class ChangePart(Schema):
    """One reason. The points of all parts of a rule add up to exactly the points of the rule."""

    kind: PartKind
    questions: list[str]
    rater: str | None = Field(description="By name; of an answer that moved, and of who came or went.")
    points: str | None = MAYBE_EXACT
    said: str = Field(description="In words, in the language that is asked for.")


class RuleChange(Schema):
    rule: str
    status_then: RuleStatus | None
    status_now: RuleStatus | None
    percent_then: str | None = MAYBE_EXACT
    percent_now: str | None = MAYBE_EXACT
    points: str | None = MAYBE_EXACT
    status_as_then: RuleStatus | None = Field(
        description="What the answers of now would be by the thresholds and knock-outs of then."
    )
    parts: list[ChangePart]


class ChangeOut(Schema):
    then: ScorecardRef
    now: ScorecardRef
    rules: list[RuleChange]


class ChangeWanted(Schema):
    since: UUID | None = Field(None, description="Another scorecard of the same vendor; the one before it unless said.")


@endpoint(
    router,
    "GET",
    "/scorecards/{uuid:scorecard}/change",
    "scorecard_change",
    ChangeOut,
    problems=(409, 422),
)
def scorecard_change(request: ApiRequest, scorecard: UUID, wanted: Query[ChangeWanted]) -> dict[str, Any]:
    """Why its rules moved.

    Two scorecards of a vendor as exact sums. 404 where there is no other one."""
    card = open_scorecard(request, scorecard)
    rows = Scorecard.objects.for_member(request.member).of_vendor(card.assessment.vendor)
    in_order = list(rows.without_snapshot())
    other = _other(in_order, card, wanted.since)
    then, now = sorted((card, other), key=in_order.index)
    compared = Compared(then=content_of(then), now=content_of(now))
    language = active_language()
    rules = [_rule(compared, found, language) for found in compared.differences]
    return {"then": then, "now": now, "rules": rules}


def _other(cards: Sequence[Scorecard], card: Scorecard, since: UUID | None) -> Scorecard:
    """The one asked for, else the one before. `cards`: the earliest first."""
    if since is None:
        earlier = cards[: cards.index(card)]
    else:
        earlier = [one for one in cards if one.uuid == since and one != card]
    if not earlier:
        raise Http404
    return earlier[-1]


def _rule(compared: Compared, found: RuleDifference, language: str) -> dict[str, Any]:
    told = telling.reasons(compared, found, language=language)
    return {
        "rule": found.rule,
        "status_then": found.then and found.then.status,
        "status_now": found.now and found.now.status,
        "percent_then": _percent(found.then),
        "percent_now": _percent(found.now),
        "points": None if found.points is None else str(found.points),
        "status_as_then": found.status_as_then,
        "parts": [_part(compared, one.part, one.line) for one in told],
    }


def _percent(score: RuleScore | None) -> str | None:
    return str(score.percent) if score and score.is_rated and score.percent is not None else None


def _part(compared: Compared, part: Part, said: str) -> dict[str, Any]:
    return {
        "kind": part.kind,
        "questions": list(part.questions),
        "rater": (compared.voices[part.rater].name or None) if part.rater else None,
        "points": None if part.points is None else str(part.points),
        "said": said,
    }


# Over time -----------------------------------------------------------------------------------------------------------
class NotComparable(Schema):
    """Why a percent cannot be compared with the one before: numbers of questions, such as “3.1”."""

    revised: list[str]
    new: list[str]
    gone: list[str]
    weighed: list[str]


class RulePointOut(Schema):
    status: RuleStatus
    percent: Decimal | None = PERCENT
    not_comparable: NotComparable | None


class CourseOut(Schema):
    """One rule. Its points go along with the scorecards; null where one does not have it."""

    rule: str
    position: int
    points: list[RulePointOut | None]


class CardOfCourse(ScorecardRef):
    approved_on: date
    edition: str
    met: int
    of: int
    turns: bool = Field(description="It stands on another edition than the one before.")


class HistoryOut(Schema):
    """The oldest scorecard first."""

    vendor: VendorRef
    scorecards: list[CardOfCourse]
    rules: list[CourseOut]


MOST = 40


class HistoryWanted(Schema):
    latest: int = Field(12, ge=1, le=MOST, description="So many of its latest scorecards.")


@endpoint(router, "GET", "/vendors/{uuid:vendor}/scorecard-history", "scorecard_history", HistoryOut, problems=(422,))
def scorecard_history(request: ApiRequest, vendor: UUID, wanted: Query[HistoryWanted]) -> dict[str, Any]:
    """A vendor’s seven rules over its scorecards.

    With what cannot be compared from one to the next, and why."""
    row = get_object_or_404(Vendor.objects.for_member(request.member), uuid=vendor)
    refuse_who_judges(request.member, [row])
    history = history_of(request.member, row, latest=wanted.latest)
    return {
        "vendor": vendor_ref(row),
        "scorecards": [_card(point) for point in history.cards],
        "rules": _courses(history),
    }


def _card(point: CardPoint) -> dict[str, Any]:
    card = point.card
    return {
        "uuid": card.uuid,
        "number": card.number,
        "approved_at": card.approved_at,
        "approved_on": point.day,
        "edition": point.edition,
        "met": card.rules_met,
        "of": point.total,
        "turns": point.turns,
    }


def _courses(history: History) -> list[dict[str, Any]]:
    return [
        {"rule": rule.key, "position": rule.position, "points": [_point(point) for point in rule.points]}
        for rule in history.rules
    ]


def _point(point: RulePoint | None) -> dict[str, Any] | None:
    if point is None:
        return None
    percent = None if point.percent is None else Decimal(point.percent.numerator) / point.percent.denominator
    return {
        "status": point.status,
        "percent": None if percent is None else percent.quantize(Decimal("0.01")),
        "not_comparable": point.gap and _gap(point.gap),
    }


def _gap(gap: Gap) -> dict[str, list[str]]:
    named = {"revised": gap.revised, "new": gap.new, "gone": gap.gone, "weighed": gap.weighed}
    return {name: [asked.number for asked in questions] for name, questions in named.items()}
