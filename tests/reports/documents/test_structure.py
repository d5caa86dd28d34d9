"""What a page break divides is one thing for a screen reader."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from functools import cache
from io import BytesIO
from typing import Any

import pikepdf
import pytest
from pypdf import PdfReader

from reports.documents import pdf, structure

LONG = "word " * 900
ROWS = "".join(f'<tr><th scope="row">Row {n}</th><td><p>{"cell " * 40}</p></td></tr>' for n in range(60))
HTML = (
    '<html><body><table><thead><tr><th scope="col">Head</th><th scope="col">Other</th></tr></thead>'
    f"<tbody>{ROWS}<tr><th>Last</th><td>{LONG}</td></tr></tbody></table><p>{LONG}</p><ul><li>{LONG}</li><li>x</li></ul>"
    f"<dl><dt>a</dt><dd>{LONG}</dd></dl><div>{LONG}<p>In between.</p>{LONG}</div></body></html>"
)


@cache
def content() -> bytes:
    return pdf.to_pdf(HTML, language="en", title="Test", created="2026-01-01T00:00:00Z")


@cache
def opened() -> pikepdf.Pdf:
    return pikepdf.open(BytesIO(content()))


def elements(entry: Any) -> Iterator[Any]:
    if not isinstance(entry, pikepdf.Dictionary):
        return
    if "/S" in entry:
        yield entry
    for child in entry.get("/K", []):
        yield from elements(child)


def of_document(made: pikepdf.Pdf) -> list[Any]:
    return list(elements(made.Root.StructTreeRoot.K[0]))


def owners_by_page(made: pikepdf.Pdf) -> list[list[Any]]:
    """The structure element of each marked content, page by page; None: an artifact."""
    return [list(owned) for owned in list(made.Root.StructTreeRoot.ParentTree.Nums)[1::2]]


def test_each_element_of_the_html_is_one_tag_however_many_pages_it_spans() -> None:
    found = Counter(str(entry.S) for entry in of_document(opened()))
    assert len(opened().pages) > 8
    assert (found["/Table"], found["/THead"], found["/TBody"], found["/TR"]) == (1, 1, 1, 62)
    assert (found["/TH"], found["/TD"], found["/P"]) == (63, 61, 62)
    assert (found["/L"], found["/LI"], found["/LBody"]) == (2, 4, 4)


def test_without_it_a_table_is_a_tag_a_page(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(structure, "put_together", lambda made, noted: None)
    made = pdf.to_pdf(HTML, language="en", title="Test", created="2026-01-01T00:00:00Z")
    with pikepdf.open(BytesIO(made)) as apart:
        assert sum(entry.S == "/Table" for entry in of_document(apart)) > 4


def test_what_is_put_together_keeps_its_order() -> None:
    order = {page.objgen: number for number, page in enumerate(opened().pages)}
    table = next(entry for entry in of_document(opened()) if entry.S == "/Table")
    pages = [order[entry.Pg.objgen] for entry in elements(table) if entry.S == "/TR"]
    assert pages == sorted(pages)
    assert len(set(pages)) > 4


def test_every_cell_is_headed_by_headers_that_are_there() -> None:
    known = {str(entry.ID) for entry in of_document(opened()) if "/ID" in entry}
    named = [{str(key) for key in entry.A.Headers} for entry in of_document(opened()) if entry.S == "/TD"]
    assert len(known) == 63
    assert all(len(keys) == 2 and keys <= known for keys in named[:-1])


def test_a_repeated_head_is_an_artifact_and_still_printed() -> None:
    artifacts = [sum(owner is None for owner in owners) for owners in owners_by_page(opened())]
    assert artifacts[:4] == [0, 2, 2, 2]
    for page in list(opened().pages)[1:4]:
        operands = [str(one.operands[0]) for one in pikepdf.parse_content_stream(page) if str(one.operator) == "BMC"]
        assert operands.count("/Artifact") >= 2
    assert all("Head" in page.extract_text() for page in PdfReader(BytesIO(content())).pages[:4])


def test_every_content_belongs_to_an_element_of_the_document() -> None:
    here = {entry.objgen for entry in of_document(opened())}
    assert all(owner is None or owner.objgen in here for owners in owners_by_page(opened()) for owner in owners)


def test_the_same_page_gives_the_same_bytes() -> None:
    assert pdf.to_pdf(HTML, language="en", title="Test", created="2026-01-01T00:00:00Z") == content()
