"""The editions of the bank, for other systems."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from decimal import Decimal
from typing import Annotated, Any

from django.db.models import Model
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from ninja import Field, Path, Query, Router, Schema
from pydantic import StringConstraints

from accounts.access import Right, may
from accounts.api.endpoints import endpoint
from accounts.api.etags import is_known, tag_of
from accounts.api.paging import PageOfList, page
from accounts.api.requests import ApiRequest
from groundwork.languages import LANGUAGE_CODES
from manifesto.guides import OPEN_PARTS, PARTS
from manifesto.models import FactKind, Question, Release, ReleaseState, Rule, RuleGuide

router = Router()
EditionName = Annotated[str, StringConstraints(max_length=20, pattern=r"^[^\x00-\x1f]+$")]


class EditionOut(Schema):
    edition: str
    title: str = Field(description="In the language that is asked for.")
    state: ReleaseState
    published_at: datetime | None
    met_threshold: int
    broken_threshold: int
    minimum_coverage: int
    knockout_below: int


class EditionPage(Schema):
    items: list[EditionOut]
    next: str | None


@endpoint(router, "GET", "/editions", "edition_list", EditionPage, problems=(422,))
def edition_list(request: ApiRequest, wanted: Query[PageOfList]) -> dict[str, object]:
    """Editions of the rules and questions.

    Published and retired ones, the latest first."""
    rows = Release.objects.exclude(state=ReleaseState.DRAFT)
    items, after = page(rows, wanted, by="-published_at")
    return {"items": items, "next": after}


class Texts(Schema):
    """One text in the three languages."""

    en: str
    fr: str
    nl: str


class EditionLevel(Schema):
    """What a vendor that deserves this grade visibly does."""

    grade: int = Field(ge=0, le=4)
    text: Texts


class EditionQuestion(Schema):
    """`key` stays through all editions; a change of meaning raises `revision`."""

    key: str
    number: str = Field(description="Its place, such as “3.1”.")
    revision: int
    weight: Decimal
    knockout: bool
    supplementary: bool = Field(description="Answered and shown, never in a score.")
    fact: FactKind
    short: Texts
    text: Texts
    why: Texts
    evidence: Texts
    levels: list[EditionLevel]


class EditionGuide(Schema):
    """The page beside a rule; each line is a paragraph. Raters from outside get what is expected, not how to ask."""

    good: Texts
    asking: Texts | None
    evasions: Texts | None
    proof: Texts
    measure: Texts | None
    example: Texts | None


class EditionRule(Schema):
    key: str
    position: int
    name: Texts
    promise: Texts
    guidance: Texts
    guide: EditionGuide | None
    questions: list[EditionQuestion]


class EditionDetail(Schema):
    edition: str
    state: ReleaseState
    published_at: datetime | None
    retired_at: datetime | None
    met_threshold: int
    broken_threshold: int
    minimum_coverage: int
    knockout_below: int
    title: Texts
    note: Texts
    rules: list[EditionRule]


@endpoint(router, "GET", "/editions/{edition}", "edition_detail", EditionDetail, problems=(422,), is_kept=True)
def edition_detail(request: ApiRequest, edition: Path[EditionName]) -> dict[str, Any] | HttpResponse:
    """One edition whole.

    Rules, questions, levels and rule pages, in English, French and Dutch. What is published never changes."""
    rows = Release.objects.exclude(state=ReleaseState.DRAFT)
    told = _edition(
        get_object_or_404(rows, edition=edition), parts=PARTS if _sits_at_the_table(request) else OPEN_PARTS
    )
    return HttpResponse(status=304) if is_known(request, tag_of(told).strip('"')) else told


def _sits_at_the_table(request: ApiRequest) -> bool:
    """Who reads everything: raters from outside may not know how to ask, as on the pages."""
    return may(request.member, Right.READ)


def _edition(release: Release, *, parts: Iterable[str]) -> dict[str, Any]:
    """Four queries."""
    rules = release.rules.order_by("position").select_related("guide").prefetch_related("questions__levels")
    same = ("edition", "state", "published_at", "retired_at")
    policy = ("met_threshold", "broken_threshold", "minimum_coverage", "knockout_below")
    return {
        **{name: getattr(release, name) for name in (*same, *policy)},
        **_texts(release, "title", "note"),
        "rules": [_rule(rule, parts) for rule in rules],
    }


def _rule(rule: Rule, parts: Iterable[str]) -> dict[str, Any]:
    guide = getattr(rule, "guide", None)
    questions = sorted(rule.questions.all(), key=lambda question: question.position)
    return {
        "key": rule.key,
        "position": rule.position,
        **_texts(rule, "name", "promise", "guidance"),
        "guide": guide and _guide(guide, parts),
        "questions": [_question(rule, question) for question in questions],
    }


def _guide(guide: RuleGuide, parts: Iterable[str]) -> dict[str, Any]:
    return {**dict.fromkeys(PARTS), **_texts(guide, *parts)}


def _question(rule: Rule, question: Question) -> dict[str, Any]:
    same = ("key", "revision", "weight", "knockout", "supplementary", "fact")
    levels = sorted(question.levels.all(), key=lambda level: level.grade)
    return {
        **{name: getattr(question, name) for name in same},
        "number": f"{rule.position}.{question.position}",
        **_texts(question, "short", "text", "why", "evidence"),
        "levels": [{"grade": level.grade, **_texts(level, "text")} for level in levels],
    }


def _texts(row: Model, *names: str) -> dict[str, dict[str, str]]:
    return {name: {code: getattr(row, f"{name}_{code}") or "" for code in LANGUAGE_CODES} for name in names}
