"""Our own letters as DOCX with placeholders: what a letter is made of where the organisation has none of its own, and
what it begins one with."""

from __future__ import annotations

from functools import cache
from io import BytesIO
from typing import Any

from docx import Document
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt, RGBColor

from groundwork.languages import LANGUAGES
from groundwork.words import labelled
from reports.letters.wording import said
from reports.models import LetterKind

FONT = "Calibri"
MUTED = RGBColor(0x59, 0x5E, 0x68)
NARROW, WIDE, STATUS = Mm(9), Mm(115), Mm(50)


@cache
def starter(kind: LetterKind, language: str) -> bytes:
    """DOCX, to be filled in as it is, or to be changed in Word and uploaded."""
    document = Document()
    _page(document, language)
    _head(document)
    _line(document, "{{ place_and_date }}", before=10)
    _line(document, labelled(said(language, "reference"), "{{ reference }}", language), size=9, muted=True)
    _line(document, "{{ subject }}", before=8, bold=True)
    _line(document, "{{ salutation }}", before=8)
    _loop(document, "paragraph", "paragraphs", "{{ paragraph }}")
    if kind in (LetterKind.RESULT, LetterKind.CLOSING):
        _line(document, "{{ result }}", before=4, bold=True)
        _rules(document)
    _only(document, "own_text", "{{ own_text }}")
    _tag(document, "{%p if requests %}")
    _line(document, said(language, "requests_heading"), before=8, bold=True)
    _requests(document, language)
    _tag(document, "{%p endif %}")
    _only(document, "reply", "{{ reply }}")
    _line(document, "{{ closing }}", before=12)
    _line(document, "{{ organisation }}", before=22, bold=True)
    _only(document, "sender", "{{ sender }}", before=0)
    written = BytesIO()
    document.save(written)
    return written.getvalue()


def _page(document: Any, language: str) -> None:
    section = document.sections[0]
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.left_margin = section.right_margin = Mm(18)
    section.top_margin, section.bottom_margin = Mm(16), Mm(16)
    section.footer_distance = Mm(8)
    style = document.styles["Normal"]
    style.font.name, style.font.size = FONT, Pt(10)
    style.paragraph_format.space_after = Pt(0)
    spoken = OxmlElement("w:lang")
    spoken.set(qn("w:val"), LANGUAGES[language].locale.replace("_", "-"))
    style.element.get_or_add_rPr().append(spoken)
    foot = section.footer.paragraphs[0]
    _run(foot, "{{ foot }}", size=8, muted=True)


def _head(document: Any) -> None:
    _line(document, "{% if logo %}{{ logo }}{% endif %}")
    _line(document, "{{ organisation }}", bold=True, size=12)
    _line(document, "{{ organisation_address }}", size=9, muted=True)
    _line(document, "{{ vendor }}", before=14)
    _line(document, "{{ contact }}")
    _only(document, "contact_job", "{{ contact_job }}", before=0)
    _only(document, "contact_address", "{{ contact_address }}", before=0)


def _rules(document: Any) -> None:
    table = _table(document, (NARROW, WIDE - NARROW, STATUS))
    _row(table, ("{%tr for rule in rules %}", "", ""))
    _row(table, ("{{ rule.number }}", "{{ rule.name }}", "{{ rule.mark }} {{ rule.status }}"))
    _row(table, ("{%tr endfor %}", "", ""))


def _requests(document: Any, language: str) -> None:
    table = _table(document, (NARROW, WIDE, STATUS - NARROW))
    _row(table, ("", said(language, "column_request"), said(language, "column_due")), muted=True)
    _row(table, ("{%tr for request in requests %}", "", ""))
    _row(table, ("{{ request.number }}", "{{ request.what }}", "{{ request.due }}"))
    _row(table, ("{%tr endfor %}", "", ""))


def _table(document: Any, widths: tuple[Any, ...]) -> Any:
    table = document.add_table(rows=0, cols=len(widths))
    table.autofit = False
    for column, width in zip(table.columns, widths, strict=True):
        column.width = width
    return table


def _row(table: Any, texts: tuple[str, ...], *, muted: bool = False) -> None:
    cells = table.add_row().cells
    for cell, column, text in zip(cells, table.columns, texts, strict=True):
        cell.width = column.width
        _run(cell.paragraphs[0], text, size=9 if muted else None, muted=muted)


def _loop(document: Any, entry: str, name: str, text: str) -> None:
    _tag(document, " ".join(("{%p for", entry, "in", name, "%}")))
    _line(document, text, before=5)
    _tag(document, "{%p endfor %}")


def _only(document: Any, name: str, text: str, *, before: int = 5) -> None:
    _tag(document, " ".join(("{%p if", name, "%}")))
    _line(document, text, before=before)
    _tag(document, "{%p endif %}")


def _tag(document: Any, text: str) -> None:
    _line(document, text)


def _line(
    document: Any, text: str, *, before: int = 0, size: float | None = None, bold: bool = False, muted: bool = False
) -> None:
    paragraph = document.add_paragraph()
    paragraph.alignment = WD_ALIGN_PARAGRAPH.LEFT
    paragraph.paragraph_format.space_before = Pt(before)
    _run(paragraph, text, size=size, bold=bold, muted=muted)


def _run(paragraph: Any, text: str, *, size: float | None = None, bold: bool = False, muted: bool = False) -> None:
    run = paragraph.add_run(text)
    run.bold = bold or None
    if size:
        run.font.size = Pt(size)
    if muted:
        run.font.color.rgb = MUTED
