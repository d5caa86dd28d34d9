"""The full record on paper: its contents tell the pages, nothing is torn apart, nothing runs over an edge."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from io import BytesIO
from typing import Any

import pytest
from django.utils import translation
from pypdf import PdfReader

from reports import worker
from reports.documents import pdf
from reports.models import DocumentKind, Scorecard
from reports.scorecard import record, view
from tests.reports import cards
from tests.reports.documents import test_pdf

MILLIMETRE = 96 / 25.4  # in units of WeasyPrint
EDGES = (18 * MILLIMETRE, 192 * MILLIMETRE)
CONTENT = cards.with_measures(cards.full(), cards.cases(repeating=-0.4), targets={"duration_mean": 8})


@dataclass(frozen=True, kw_only=True)
class Printed:
    pages: list[str]
    boxes: list[Any]  # the pages as they were laid out


def printed(card: Scorecard, language: str = "en") -> Printed:
    kept: list[Any] = []
    finish = pdf._finish

    def keeping(noted: Any, document: Any, made: Any) -> None:
        kept[:] = [page._page_box for page in document.pages]
        finish(noted, document, made)

    pdf._finish = keeping  # type: ignore[assignment]
    try:
        content = worker.produce(card, kind=DocumentKind.RECORD, language=language)
    finally:
        pdf._finish = finish
    pages = [page.extract_text() for page in PdfReader(BytesIO(content)).pages]
    return Printed(pages=pages, boxes=kept)


@pytest.fixture(scope="module")
def measured() -> Printed:
    """In French, whose words are the longest."""
    return printed(cards.scorecard(CONTENT), "fr")


@pytest.fixture(scope="module")
def extreme() -> Printed:
    return printed(test_pdf.extreme_scorecard())


def sections() -> list[tuple[str, str]]:
    with translation.override("fr"):
        made = record.of(view.view_of(cards.scorecard(CONTENT), language="fr"))
        return [(one.anchor, one.title) for one in made.sections] + [
            part for one in made.sections for part in one.parts
        ]


def boxes(root: Any) -> Iterator[Any]:
    yield root
    for child in getattr(root, "children", ()):
        yield from boxes(child)


def page_of(document: Printed, *, anchor: str) -> int:
    """The number of the page on which what has that id begins."""
    return next(
        number
        for number, page in enumerate(document.boxes, start=1)
        if any(box.element is not None and box.element.get("id") == anchor for box in boxes(page))
    )


def pages_of(document: Printed, *, css_class: str) -> list[list[int]]:
    """For each element of a class the pages on which parts of it stand."""
    found: dict[int, set[int]] = {}
    for number, page in enumerate(document.boxes, start=1):
        for box in boxes(page):
            if box.element is not None and css_class in (box.element.get("class") or "").split():
                found.setdefault(id(box.element), set()).add(number)
    return [sorted(pages) for pages in found.values()]


def over_the_edge(document: Printed) -> list[str]:
    """Words outside of the margins; the foot is cut by itself."""
    return [
        box.text
        for page in document.boxes
        for box in boxes(page.children[0])
        if getattr(box, "text", "").strip()
        and not (EDGES[0] - 1 <= box.position_x and box.position_x + box.width <= EDGES[1] + 1)
    ]


def lowest(page: Any) -> float:
    """Where the last words above the foot stand, as a part of the height of the text."""
    top, height = 18 * MILLIMETRE, 261 * MILLIMETRE
    ends = [
        box.position_y + box.height
        for box in boxes(page)
        if getattr(box, "text", "").strip() and box.position_y < top + height
    ]
    return (max(ends, default=top) - top) / height


def test_the_contents_tell_the_page_of_each_head(measured: Printed) -> None:
    contents = " ".join(measured.pages[0].split())
    for anchor, title in sections():
        shown = re.escape(" ".join(title.split()))
        told = re.search(rf"{shown} ?(\d+)", contents)
        assert told, title
        assert int(told[1]) == page_of(measured, anchor=anchor), title
        assert " ".join(title.split()) in " ".join(measured.pages[int(told[1]) - 1].split())


def test_each_page_after_the_first_names_at_its_top_what_goes_on_there(measured: Printed) -> None:
    heads = ["".join(getattr(box, "text", "") for box in boxes(page.children[1])) for page in measured.boxes]
    assert heads[0] == ""
    assert {" ".join(head.split()) for head in heads[1:]} <= {" ".join(title.split()) for _anchor, title in sections()}
    assert heads[page_of(measured, anchor="answers") - 1] == "Les réponses"


def test_arithmetic_stands_on_one_page_and_answers_begin_another(measured: Printed) -> None:
    assert pages_of(measured, css_class="record-sums") == [[2]]
    assert page_of(measured, anchor="answers") == 3
    assert page_of(measured, anchor="rule-1") == 3


def test_approvals_and_release_stand_together(measured: Printed) -> None:
    assert len(pages_of(measured, css_class="section-release")[0]) == 1


def test_no_question_is_torn_apart(measured: Printed) -> None:
    rows = [
        box.element
        for page in measured.boxes
        for box in boxes(page)
        if box.element_tag == "tr" and any(inner.element_tag == "th" for inner in boxes(box))
    ]
    answers = [row for row in rows if row.find("th") is not None and row.find("th").get("scope") == "row"]
    assert len(answers) == len({id(row) for row in answers}) == 22 + 7


def test_no_page_but_the_last_is_two_fifths_empty(measured: Printed) -> None:
    assert all(lowest(page) > 0.6 for page in measured.boxes[:-1]), [lowest(page) for page in measured.boxes]


def test_nothing_runs_over_an_edge_whatever_people_write(measured: Printed, extreme: Printed) -> None:
    assert over_the_edge(measured) == []
    assert over_the_edge(extreme) == []


def test_the_checker_finds_words_beyond_the_edge() -> None:
    class Box:
        text, position_x, width, children = "word", 190 * MILLIMETRE, 40.0, ()

    class Page:
        children = (Box(),)

    assert over_the_edge(Printed(pages=[], boxes=[Page()])) == ["word"]


def test_long_and_foreign_texts_are_printed_whole(extreme: Printed) -> None:
    words = " ".join(" ".join(page.split()) for page in extreme.pages)
    assert words.count("word ") >= 3000
    assert words.replace(" ", "").count("x") >= 5000
    assert len(extreme.pages) <= 14


def test_everything_that_was_said_is_on_paper_and_once(measured: Printed) -> None:
    words = " ".join(" ".join(page.split()) for page in measured.pages)
    for once in ("Two of five incidents were left open", "The records of February are missing here.", "Annex 4"):
        assert words.count(once) == 1, once
    assert words.count(cards.SHA) == 1
    assert "INC9019" in words
