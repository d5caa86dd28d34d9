"""The question pack: what needs talk, in the order of the meeting's page; blank, without a word of anybody."""

from __future__ import annotations

from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import translation
from docx import Document
from pypdf import PdfReader

from accounts.models import AuditEntry
from assessments.consensus.meeting import to_discuss
from assessments.models import Answer, Assessment, Reading, Response, ResponseKind
from groundwork.languages import LANGUAGE_CODES
from reports.documents import pdf
from reports.fact_sheets import keeping, printing
from reports.fact_sheets.kinds import SheetKind
from reports.models import FactSheet, FactSheetKind
from reports.packs import blank, docx, filled, shown
from reports.packs.asked import initials_of, shortened
from tests.factories import NOW, Cast, add_rater, make_assessment
from tests.reports import verapdf
from tests.reports.renderings import make_ready_sheet

pytestmark = pytest.mark.django_db
HOSTILE = "=cmd|' /C calc'!A0 <b>שלום</b> \x07{{ 7*7 }} " + "x" * 300
SECRET = "Only between the raters"


@pytest.fixture
def assessment(cast: Cast) -> Assessment:
    """Two raters who lie apart on support-1, a vendor that sees itself higher there, nobody on proof-1."""
    assessment = make_assessment(cast.assessor, grade=2)
    add_rater(assessment, cast.colleague, grade=2, grades={"support-1": 4, "support-2": 0})
    Response.objects.filter(assessment=assessment).update(submitted_at=NOW)
    Answer.objects.filter(question__key="proof-1").update(grade=None, blank="dont_know")
    Answer.objects.filter(response__rater=cast.assessor.user, question__key="support-2").update(grade=4, comment=SECRET)
    claim = Response.objects.create(assessment=assessment, kind=ResponseKind.VENDOR, submitted_at=NOW)
    Answer.objects.bulk_create(
        Answer(response=claim, question=question, grade=4 if question.key == "support-1" else 2, vendor_says=HOSTILE)
        for question in assessment.release.questions.all()
    )
    return assessment


def sheet_of(cast: Cast, kind: FactSheetKind, registered: SheetKind, assessment: Assessment) -> FactSheet:
    return keeping.keep(cast.organisation, kind, registered.facts(cast.assessor, assessment.pk), now=NOW)


def test_the_pack_holds_the_questions_of_the_meeting_in_its_order(cast: Cast, assessment: Assessment) -> None:
    content = filled.facts_for(cast.assessor, assessment.pk).content
    asked = [discussion.number for discussion in to_discuss(assessment)]
    assert [one["number"] for one in content["questions"]] == asked
    assert len(asked) == 3


def test_each_grade_bears_the_initials_of_who_gave_it(cast: Cast, assessment: Assessment) -> None:
    content = filled.facts_for(cast.assessor, assessment.pk).content
    with translation.override("en"):
        pack = shown.filled(content, "en")
    keys = [one["key"] for one in content["questions"]]
    question = pack.open[keys.index("support-2")]
    assert [(anchor.marks, anchor.is_claimed) for anchor in question.anchors] == [
        ("C", False),
        ("", False),
        ("", True),
        ("", False),
        ("A", False),
    ]
    assert question.why == "Grades lie 4 levels apart"
    assert question.comments == (("A", SECRET),)
    assert pack.minutes == "33 minutes"  # 5 + 10, and 7 + 7 + 4 for the questions


@pytest.mark.parametrize(
    ("names", "initials"),
    [
        ({1: "Anna Berg", 2: "Bart de Vries"}, {1: "AB", 2: "BV"}),
        ({1: "Anna Berg", 2: "Arne Blom"}, {1: "AB1", 2: "AB2"}),
        ({1: "anna.berg@harbour.example", 2: "Élan"}, {1: "AB", 2: "É"}),
        ({1: "محمد علي", 2: "…"}, {1: "مع", 2: "?"}),
    ],
)
def test_initials_tell_people_apart(names: dict[int, str], initials: dict[int, str]) -> None:
    assert initials_of(names) == initials


def test_a_long_comment_is_cut_at_a_word_and_says_so() -> None:
    assert shortened("one two\nthree", 9) == "one two …"
    assert shortened("one two", 9) == "one two"
    assert shortened("x" * 12, 9) == "x" * 9 + " …"


def test_blank_holds_every_question_and_no_word_of_anybody(cast: Cast, assessment: Assessment) -> None:
    facts = blank.facts_for(cast.assessor, assessment.pk)
    asked = [question["key"] for rule in facts.content["rules"] for question in rule["questions"]]
    assert len(asked) == assessment.release.questions.count()
    assert SECRET not in str(facts.content)
    assert "shalom" not in str(facts.content)
    assert "grades" not in str(facts.content)


def test_both_are_accessible_and_whole_in_each_language(cast: Cast, assessment: Assessment, tmp_path: Path) -> None:
    paths, pages = [], {}
    for code, registered in ((FactSheetKind.PACK, filled.KIND), (FactSheetKind.BLANK, blank.KIND)):
        sheet = sheet_of(cast, code, registered, assessment)
        for language in LANGUAGE_CODES:
            layout = printing.layout(sheet, language=language)
            path = tmp_path / f"{code}-{language}.pdf"
            path.write_bytes(pdf.to_pdf(layout.html, language=language, title=layout.title, created=layout.created))
            paths.append(path)
            pages[code.value, language] = len(PdfReader(path).pages)
    assert verapdf.failures(*paths) == {path: [] for path in paths}
    assert {count for (code, _language), count in pages.items() if code == "pack"} <= {2, 3}


@pytest.mark.parametrize("registered", [filled.KIND, blank.KIND])
def test_the_word_file_says_the_same_and_is_the_same_twice(
    cast: Cast, assessment: Assessment, registered: SheetKind
) -> None:
    facts = registered.facts(cast.assessor, assessment.pk)
    with translation.override("en"):
        first, second = (docx.document_of(registered, facts, "en") for _ in range(2))
    assert first == second
    document = Document(BytesIO(first))
    cells = [cell.text for table in document.tables for row in table.rows for cell in row.cells]
    said = "\n".join([*(paragraph.text for paragraph in document.paragraphs), *cells])
    assert assessment.vendor.name in said
    assert (SECRET in said) is (registered is filled.KIND)
    assert ("{{ 7*7 }}" in said) is (registered is filled.KIND)


def test_whoever_still_rates_gets_the_blank_one_alone(
    cast: Cast, assessment: Assessment, signed_in: Callable[..., Client]
) -> None:
    Response.objects.filter(rater=cast.assessor.user).update(submitted_at=None)
    client = signed_in(cast.assessor)
    page = client.get(reverse("pack", args=[assessment.pk])).content.decode()
    assert "when you have handed in your own answers" in page
    assert client.get(reverse("pack_docx", args=[assessment.pk, "en"])).status_code == 404
    wish = {"kind": "pack", "about": assessment.pk, "language": "en"}
    assert client.post(reverse("fact_sheet_request"), wish).status_code == 404
    assert client.get(reverse("pack_blank", args=[assessment.pk])).status_code == 200
    assert client.get(reverse("pack_blank_docx", args=[assessment.pk, "nl"])).status_code == 200


def test_what_somebody_else_had_made_is_closed_to_whoever_still_rates(
    cast: Cast, assessment: Assessment, signed_in: Callable[..., Client]
) -> None:
    client = signed_in(cast.assessor)
    client.post(reverse("fact_sheet_request"), {"kind": "pack", "about": assessment.pk, "language": "en"})
    made = FactSheet.objects.get(kind="pack").renderings.get()
    assert client.get(reverse("fact_sheet_download", args=[made.pk])).status_code == 302
    Response.objects.filter(rater=cast.colleague.user).update(submitted_at=None)
    reply = signed_in(cast.colleague).get(reverse("fact_sheet_download", args=[made.pk]))
    assert reply["Location"] == reverse("pack", args=[assessment.pk])


def test_whoever_takes_it_has_read_the_answers_of_others(
    cast: Cast, assessment: Assessment, signed_in: Callable[..., Client]
) -> None:
    signed_in(cast.reader).get(reverse("pack_docx", args=[assessment.pk, "en"]))
    assert Reading.objects.filter(user=cast.reader.user).exists()
    assert AuditEntry.objects.filter(verb="pack.downloaded", actor=cast.reader.user).count() == 1


def test_the_trail_tells_of_the_pdf_as_well_and_of_nothing_that_was_not_had(
    cast: Cast, assessment: Assessment, signed_in: Callable[..., Client]
) -> None:
    client = signed_in(cast.reader)
    assert client.get(reverse("pack_docx", args=[assessment.pk, "xx"])).status_code == 404
    assert not AuditEntry.objects.filter(verb="pack.downloaded").exists()
    sheet = keeping.keep(cast.organisation, FactSheetKind.PACK, filled.facts_for(cast.reader, assessment.pk), now=NOW)
    made = make_ready_sheet(sheet, content=b"%PDF")
    assert client.get(reverse("fact_sheet_download", args=[made.pk])).content == b"%PDF"
    assert AuditEntry.objects.get(verb="pack.downloaded").after["file"].endswith("-en.pdf")


def test_the_queries_do_not_grow_with_the_questions(
    cast: Cast, assessment: Assessment, django_assert_max_num_queries: Any
) -> None:
    Answer.objects.filter(response__rater=cast.assessor.user).update(grade=0, blank="")
    Answer.objects.filter(response__rater=cast.colleague.user).update(grade=4, blank="")
    with django_assert_max_num_queries(24):
        facts = filled.facts_for(cast.assessor, assessment.pk)
    assert len(facts.content["questions"]) == assessment.release.questions.counting().count()
