"""What a document was made from is inside it, and nothing that its reader may not see."""

from __future__ import annotations

from io import BytesIO

import pikepdf
import pytest

from groundwork.canonical import hash_of
from reports.comparison import keeping, printing
from reports.documents import pdf
from reports.documents.layout import Attached
from reports.fact_sheets import kinds
from reports.models import DocumentKind, FactSheetKind
from reports.scorecard import view
from tests.reports import cards
from tests.reports.comparison import sides

BLANK = "<html><body><p>Words</p></body></html>"


def made_of(content: str) -> bytes:
    attached = Attached(name="snapshot-S-2026-001.json", description="L’instantané", content=content)
    return pdf.to_pdf(BLANK, language="fr", title="x", created="2026-03-02T09:30:00Z", attached=attached)


def test_the_pdf_carries_it_as_data_with_its_name_type_words_and_date() -> None:
    with pikepdf.open(BytesIO(made_of('{"é":1}'))) as document:
        (name,) = document.attachments
        carried = document.attachments[name]
        file = carried.get_file()
        assert (name, carried.description) == ("snapshot-S-2026-001.json", "L’instantané")
        assert (file.mime_type, file.read_bytes()) == ("application/json", '{"é":1}'.encode())
        assert carried.relationship == pikepdf.Name.Data
        assert str(carried.obj.EF.F.Params.CreationDate) == "D:20260302093000Z"
        assert [entry.objgen for entry in document.Root.AF] == [carried.obj.objgen]


@pytest.mark.parametrize("kind", list(DocumentKind))
@pytest.mark.parametrize(("language", "said"), [("en", "The snapshot of scorecard S-2026-001"), ("fr", "S-2026-001")])
def test_each_document_of_a_scorecard_carries_its_snapshot(kind: DocumentKind, language: str, said: str) -> None:
    card = cards.scorecard(cards.snapshot())
    attached = view.layout(card, kind=kind, language=language).attached
    assert attached
    assert hash_of(attached.content) == card.sha256
    assert attached.name == "snapshot-S-2026-001.json"
    assert said in attached.description


def test_a_comparison_carries_which_scorecards_it_compares() -> None:
    compared = sides.scorecards(*sides.five())
    attached = printing.layout_of(compared, language="en").attached
    assert attached
    assert hash_of(attached.content) == keeping.checksum(compared)
    assert all(card.sha256 in attached.content for card in compared)
    assert "responses" not in attached.content


def test_what_is_sent_to_vendors_carries_nothing_unless_all_of_it_is_printed() -> None:
    carrying = {kind for kind, sheet in kinds.known().items() if sheet.is_attached}
    for_vendors = {FactSheetKind.EXPECTATIONS, FactSheetKind.INCIDENT, FactSheetKind.PROOF}  # printed whole
    assert carrying == for_vendors | {FactSheetKind.EMERGENCY, FactSheetKind.BOARD}
