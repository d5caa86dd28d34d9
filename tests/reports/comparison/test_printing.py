"""The PDF of a comparison: from the snapshots alone, the same bytes each time, and five vendors fit."""

from __future__ import annotations

from io import BytesIO

import pikepdf
import pytest
from pypdf import PdfReader

from reports.comparison import printing
from reports.comparison.keeping import checksum
from reports.documents import pdf
from reports.models import Scorecard
from reports.scorecard.snapshots import SnapshotDamaged
from tests.reports.comparison import sides

LANDSCAPE = (842, 595)  # A4, in points


def printed(scorecards: list[Scorecard], language: str = "en") -> bytes:
    layout = printing.layout_of(scorecards, language=language)
    return pdf.to_pdf(layout.html, language=language, title=layout.title, created=layout.created)


@pytest.fixture(scope="module")
def five() -> bytes:
    return printed(sides.scorecards(*sides.five()))


@pytest.fixture(scope="module")
def pages(five: bytes) -> list[str]:
    """The words of each page, with single spaces."""
    return [" ".join(page.extract_text().split()) for page in PdfReader(BytesIO(five)).pages]


def test_page_one_lays_five_vendors_beside_each_other(pages: list[str]) -> None:
    for said in ("Alder Systems", "Birch Cloud", "Cedar Telecom", "7 of 7", "4 of 7", "2026.2", "S-2026-005"):
        assert said in pages[0]
    assert "Where a difference is clear" in pages[0]


def test_every_page_lies_down_and_has_the_running_foot(five: bytes, pages: list[str]) -> None:
    sizes = {(round(page.mediabox.width), round(page.mediabox.height)) for page in PdfReader(BytesIO(five)).pages}
    assert sizes == {LANDSCAPE}
    assert len(pages) <= 10
    for number, page in enumerate(pages, start=1):
        assert f"page {number} of {len(pages)}" in page


def test_rules_differences_questions_and_own_words_are_printed(pages: list[str]) -> None:
    words = " ".join(pages)
    for said in (
        "No difference between vendors of different editions of the questions is called clear (2026.1:",
        "Cedar Telecom is not clear, for the reasons above",
        "is clearly above Birch Cloud",
        "asked otherwise",
        "We rehearse each quarter with every customer",
        "Better than rated",
    ):
        assert said in words


def test_the_comparison_and_each_scorecard_are_named_by_their_hashes(pages: list[str]) -> None:
    scorecards = sides.scorecards(*sides.five())
    words = "".join(pages).replace(" ", "")
    for hash_ in (checksum(scorecards), *(card.sha256 for card in scorecards)):
        assert hash_ in words


def test_document_says_its_language_title_and_the_day_of_its_newest_scorecard(five: bytes) -> None:
    with pikepdf.open(BytesIO(five)) as document:
        assert document.check_pdf_syntax() == []
        assert document.Root.Lang == "en"
        assert str(document.docinfo["/Title"]).startswith("Alder Systems · Birch Cloud · Cedar Telecom")
        assert str(document.docinfo["/CreationDate"]) == "D:20260302093000Z"


def test_a_scorecard_that_does_not_match_its_hash_is_not_printed() -> None:
    cards = sides.scorecards(*sides.five()[:2])
    cards[1].snapshot = cards[1].snapshot.replace("Birch Cloud", "Birch Clout")
    with pytest.raises(SnapshotDamaged):
        printing.layout_of(cards, language="en")
