"""Brief and scorecard for tests: printed once for all that only read them."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from io import BytesIO
from typing import Any

from pypdf import PdfReader

from reports import worker
from reports.models import DocumentKind
from tests.reports import cards, hard

KINDS = (DocumentKind.BRIEF, DocumentKind.SCORECARD)


def hardest_content(language: str) -> dict[str, Any]:
    """As long as it gets, with old data and twice the longest that a measure can say."""
    measured = cards.from_a_tool(cards.cases(hours=0))
    return cards.with_measures(hard.longest(language), **measured, targets={"duration_mean": 2, "repeat_count": 1})


@cache
def hardest(kind: str, language: str) -> bytes:
    return worker.produce(cards.scorecard(hardest_content(language)), kind=kind, language=language)


def pages(content: bytes) -> list[str]:
    """The words of each page, with single spaces: lines break where they will."""
    return [" ".join(page.extract_text().split()) for page in PdfReader(BytesIO(content)).pages]


def printed(content: Mapping[str, Any], kind: str = DocumentKind.SCORECARD, language: str = "en") -> list[str]:
    return pages(worker.produce(cards.scorecard(content), kind=kind, language=language))
