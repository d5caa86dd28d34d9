"""The packs as DOCX: the same words as on paper, to be changed and written into before the meeting."""

from __future__ import annotations

from io import BytesIO

from django.utils.translation import gettext as _
from docx import Document
from docx.document import Document as DocxDocument
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt
from docx.table import Table, _Row

from groundwork.archives import with_fixed_dates
from groundwork.clean_text import without_controls
from groundwork.words import labelled
from reports.fact_sheets.kinds import Facts, SheetKind
from reports.packs.shown import Anchor, BlankView, PackQuestion, PackView

CONTENT_TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
RULED = "_" * 64


def document_of(kind: SheetKind, facts: Facts, language: str) -> bytes:
    """`language` is active. The same facts give the same bytes."""
    shown = kind.view(facts.content, language)
    document = _new(kind.title(facts.content, language), language)
    if isinstance(shown, PackView):
        _pack(document, shown)
    else:
        _blank(document, shown)
    document.core_properties.created = document.core_properties.modified = facts.as_of.replace(tzinfo=None)
    stream = BytesIO()
    document.save(stream)
    return with_fixed_dates(stream.getvalue())


def _pack(document: DocxDocument, pack: PackView) -> None:
    document.add_heading(_("Question pack"), 0)
    _text(document, " · ".join([pack.vendor, pack.reference, pack.organisation]))
    document.add_heading(_("Agenda"), 1)
    table = _table(document, [[what, minutes] for what, minutes in pack.agenda], [Mm(134), Mm(40)])
    for row in table.rows:
        row.cells[1].paragraphs[0].alignment = WD_ALIGN_PARAGRAPH.RIGHT
    _text(document, labelled(_("Together"), pack.minutes))
    for initials, name in pack.raters:
        _text(document, f"{initials}  {name}")
    document.add_heading(_("To be agreed on"), 1)
    for question in pack.open:
        _question(document, question)
        for label in pack.labels:
            _text(document, f"{labelled(label, '')} {RULED}")
    if pack.settled:
        document.add_heading(_("Agreed already"), 1)
        for question in pack.settled:
            _text(document, f"{question.number} {question.short}. {question.agreed}")
    document.add_heading(_("What is to be done"), 1)
    rows = [[_("What"), _("Who"), _("By when")], *([[str(number), "", ""] for number in pack.actions])]
    _table(document, rows, [Mm(104), Mm(40), Mm(30)])


def _blank(document: DocxDocument, blank: BlankView) -> None:
    document.add_heading(_("Questionnaire"), 0)
    _text(document, " · ".join([blank.vendor, blank.reference, blank.organisation]))
    for label in blank.head_labels:
        _text(document, f"{labelled(label, '')} {RULED}")
    for rule in blank.rules:
        document.add_heading(f"{rule.number}. {rule.name}", 1)
        for question in rule.questions:
            _question(document, question)
            for label in blank.labels:
                _text(document, f"{labelled(label, '')} {RULED}")


def _question(document: DocxDocument, question: PackQuestion) -> None:
    document.add_heading(f"{question.number} {without_controls(question.text)}", 2)
    if question.why:
        _text(document, question.why)
    table = _table(
        document,
        [
            [_head(anchor) for anchor in question.anchors],
            [anchor.text for anchor in question.anchors],
            [_marked(anchor) for anchor in question.anchors],
        ],
        [Mm(34.8)] * 5,
    )
    for cell in table.rows[0].cells:
        cell.paragraphs[0].runs[0].bold = True
    for row in table.rows:
        _keep_whole(row)
    for label, text in _beside(question):
        _text(document, labelled(label, text))
    for initials, text in question.comments:
        _text(document, labelled(initials, text))


def _beside(question: PackQuestion) -> list[tuple[str, str]]:
    said = [
        (_("Without a grade"), question.blanks),
        (_("The vendor"), question.claim),
        (_("Evidence"), ", ".join(question.evidence)),
        (_("Evidence to ask for"), "" if question.evidence else question.evidence_to_ask),
    ]
    return [(label, text) for label, text in said if text]


def _head(anchor: Anchor) -> str:
    return f"{anchor.grade} {anchor.name}"


def _marked(anchor: Anchor) -> str:
    return " ".join(filter(None, [anchor.marks, _("(vendor)") if anchor.is_claimed else ""]))


def _new(title: str, language: str) -> DocxDocument:
    document = Document()
    section = document.sections[0]
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.left_margin = section.right_margin = section.top_margin = section.bottom_margin = Mm(18)
    document.styles["Normal"].font.size = Pt(9.5)
    properties = document.core_properties
    properties.title, properties.author, properties.language = without_controls(title), "", language
    properties.last_modified_by, properties.comments = "", ""
    run = document.styles.element.find(f".//{qn('w:rPrDefault')}/{qn('w:rPr')}/{qn('w:lang')}")
    if run is not None:
        run.set(qn("w:val"), language)
    return document


def _text(document: DocxDocument, text: str) -> None:
    document.add_paragraph(without_controls(text)).paragraph_format.space_after = Pt(3)


def _table(document: DocxDocument, rows: list[list[str]], widths: list[Mm]) -> Table:
    table = document.add_table(rows=0, cols=len(widths), style="Table Grid")
    table.autofit = False
    for values in rows:
        cells = table.add_row().cells
        for cell, value, width in zip(cells, values, widths, strict=True):
            cell.text, cell.width = without_controls(value), width
    document.add_paragraph().paragraph_format.space_after = Pt(0)
    return table


def _keep_whole(row: _Row) -> None:
    row._tr.get_or_add_trPr().append(OxmlElement("w:cantSplit"))
