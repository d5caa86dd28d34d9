"""The PDF of a comparison: from the snapshots alone, the same bytes each time, and five vendors fit."""

from __future__ import annotations

import os
import subprocess
import sys
from hashlib import sha256
from io import BytesIO
from pathlib import Path

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
ROOT = Path(__file__).resolve().parents[3]


def printed(scorecards: list[Scorecard], language: str = "en") -> bytes:
    layout = printing.layout_of(scorecards, language=language)
    return pdf.to_pdf(layout.html, language=language, title=layout.title, created=layout.created)


@pytest.fixture(scope="module")
def five() -> bytes:
    return printed(sides.scorecards(*sides.five()))


@pytest.fixture(scope="module")
def reader(five: bytes) -> PdfReader:
    return PdfReader(BytesIO(five))


def words_of(reader: PdfReader, *pages: int) -> str:
    chosen = [reader.pages[number] for number in pages] if pages else list(reader.pages)
    return " ".join(" ".join(page.extract_text() for page in chosen).split())


def test_page_one_lays_five_vendors_beside_each_other(reader: PdfReader) -> None:
    page = words_of(reader, 0)
    for said in ("Alder Systems", "Birch Cloud", "Cedar Telecom", "7 of 7", "4 of 7", "2026.2", "S-2026-005"):
        assert said in page
    assert "A difference is clear in" in page


def test_every_page_lies_down_and_has_the_running_foot(reader: PdfReader) -> None:
    for number, page in enumerate(reader.pages, start=1):
        assert (round(page.mediabox.width), round(page.mediabox.height)) == LANDSCAPE
        assert f"page {number} of {len(reader.pages)}" in page.extract_text()
    assert len(reader.pages) <= 10


def test_rules_differences_questions_and_own_words_are_printed(reader: PdfReader) -> None:
    words = words_of(reader)
    for said in (
        "Alder Systems against Cedar Telecom is not clear: they rest on two editions of the questions",
        "is clearly above Birch Cloud",
        "asked otherwise",
        "We rehearse each quarter with every customer",
        "Better than rated",
    ):
        assert said in words


def test_the_comparison_and_each_scorecard_are_named_by_their_hashes(reader: PdfReader) -> None:
    scorecards = sides.scorecards(*sides.five())
    words = words_of(reader).replace(" ", "")
    for hash_ in (checksum(scorecards), *(card.sha256 for card in scorecards)):
        assert hash_ in words


def test_document_says_its_language_title_and_the_day_of_its_newest_scorecard(five: bytes) -> None:
    with pikepdf.open(BytesIO(five)) as document:
        assert document.check_pdf_syntax() == []
        assert document.Root.Lang == "en"
        assert str(document.docinfo["/Title"]).startswith("Alder Systems · Birch Cloud · Cedar Telecom")
        assert str(document.docinfo["/CreationDate"]) == "D:20260302093000Z"


PRINT = """
import django
django.setup()
from hashlib import sha256
from tests.reports.comparison import sides, test_printing
print(sha256(test_printing.printed(sides.scorecards(*sides.five()[:2]), "nl")).hexdigest())
"""


def test_another_process_prints_the_same_bytes(tmp_path: Path) -> None:
    """Takes its seconds: a process that has nothing of this one, with another seed of hashes, prints it again."""
    environment = {**os.environ, "PYTHONHASHSEED": "7", "DATA_DIR": str(tmp_path), "TZ": "UTC-2"}
    environment["DJANGO_SETTINGS_MODULE"] = "config.settings"
    run = subprocess.run(
        [sys.executable, "-c", PRINT],
        capture_output=True,
        text=True,
        cwd=ROOT,
        env=environment,
        timeout=300,
        check=False,
    )
    assert run.returncode == 0, run.stderr
    two = sides.scorecards(*sides.five()[:2])
    assert run.stdout.strip() == sha256(printed(two, "nl")).hexdigest()
    assert run.stdout.strip() != sha256(printed(two[::-1], "nl")).hexdigest()


def test_a_scorecard_that_does_not_match_its_hash_is_not_printed() -> None:
    cards = sides.scorecards(*sides.five()[:2])
    cards[1].snapshot = cards[1].snapshot.replace("Birch Cloud", "Birch Clout")
    with pytest.raises(SnapshotDamaged):
        printing.layout_of(cards, language="en")
