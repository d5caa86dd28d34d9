"""A letter as it is frozen: what it says, what it never says, and that it is one page in each language."""

from __future__ import annotations

from base64 import b64encode
from dataclasses import replace
from datetime import date, timedelta
from io import BytesIO
from itertools import product
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone
from docx import Document
from pypdf import PdfReader

from accounts.models import AuditEntry
from assessments.models import Assessment, AssessmentState, ReplyRequest, Response, ResponseKind
from groundwork.languages import LANGUAGE_CODES
from reports import worker
from reports.documents.pdf import to_pdf
from reports.fact_sheets import keeping, printing
from reports.fact_sheets.kinds import Facts
from reports.letters import filling, kind, letterheads, matters, ours, samples, writing
from reports.letters.letterheads import Paper
from reports.letters.matters import Matter
from reports.letters.writing import Wish
from reports.models import FactSheetKind, LetterKind, Rendering
from tests.factories import NOW, Cast, make_assessment, make_commitment, make_incident, make_proof, make_vendor
from tests.reports import verapdf
from tests.reports.cards import approve
from tests.reports.letters.documents import text_of
from tests.reports.letters.pictures import picture
from vendors.models import CauseProof, Contact, ProofState, Service, Vendor

pytestmark = pytest.mark.django_db
TODAY = timezone.localdate(NOW)


def plain(text: str) -> str:
    return text.replace("\N{NO-BREAK SPACE}", " ").replace("\N{NARROW NO-BREAK SPACE}", " ")


@pytest.fixture
def vendor(cast: Cast) -> Vendor:
    return make_vendor(cast.organisation, "Harbour Systems")


@pytest.fixture
def contact(vendor: Vendor) -> Contact:
    return Contact.objects.create(vendor=vendor, name="Vera Example", job="Account manager", language="fr")


def assessed(cast: Cast, vendor: Vendor, state: AssessmentState = AssessmentState.COLLECTING) -> Assessment:
    return make_assessment(cast.assessor, vendor=vendor, state=state, grade=3)


def approved(cast: Cast, vendor: Vendor) -> Assessment:
    return approve(cast, assessed(cast, vendor)).assessment


def matter_of(assessment: Assessment, today: date = TODAY) -> matters.AssessmentMatter:
    return matters.of_assessment(Assessment.objects.get(pk=assessment.pk), today=today)


def proof_of(cast: Cast, vendor: Vendor, state: ProofState = ProofState.OWED) -> CauseProof:
    service = Service.objects.create(vendor=vendor, name="Patient file", department=cast.department)
    incident = make_incident(vendor, "INC-1", opened=NOW, hours=4, service=service, title="It stood still")
    return make_proof(cast.assessor, incident, state=state, now=NOW)


def wish(letter: LetterKind, contact: Contact, matter: Matter, **fields: Any) -> Wish:
    limit = matter.deadline(letter)
    wanted = {"address": "", "own": "", "sender": "", "deadline": limit.day if limit else None}
    return Wish(kind=letter, contact=contact, **(wanted | fields))


def content_of(cast: Cast, matter: Matter, letter: LetterKind, contact: Contact, **fields: Any) -> dict[str, Any]:
    facts = writing.facts_of(cast.assessor, matter, wish(letter, contact, matter, **fields), now=NOW)
    return dict(facts.content)


# What it says ---------------------------------------------------------------------------------------------------------
def test_the_letter_is_in_the_contacts_language_whatever_the_writers(
    cast: Cast, vendor: Vendor, contact: Contact
) -> None:
    content = content_of(cast, matter_of(assessed(cast, vendor)), LetterKind.INVITATION, contact)
    assert (content["language"], content["salutation"]) == ("fr", "Madame, Monsieur,")
    assert plain(content["place_and_day"]) == "Le 2 mars 2026"
    assert plain(content["subject"]).startswith("Votre support, 1er janvier")
    assert plain(content["requests"][0]["due"]) == "16 mars 2026"


def test_the_result_is_a_sentence_seven_marks_and_three_requests_with_days(
    cast: Cast, vendor: Vendor, contact: Contact
) -> None:
    for days in (40, 10, 30, 20):
        make_commitment(cast.assessor, vendor, what=f"Within {days}", due_on=TODAY + timedelta(days=days), now=NOW)
    contact.language = "en"
    content = content_of(cast, matter_of(approved(cast, vendor)), LetterKind.RESULT, contact)
    assert content["result"] == "The result: 7 of 7 rules met."
    assert [rule["status"] for rule in content["rules"]] == ["met"] * 7
    assert [one["what"].partition(" (")[0] for one in content["requests"]] == ["Within 10", "Within 20", "Within 30"]
    assert plain(content["requests"][0]["due"]) == "12 March 2026"
    assert plain(content["reply"]).startswith("If you see a result differently, write to us by 12 March 2026")
    assert content["reference"] == "A-2026-001 / S-2026-001"


def test_the_request_for_a_proof_names_the_incident_and_the_day_it_is_due(
    cast: Cast, vendor: Vendor, contact: Contact
) -> None:
    contact.language = "nl"
    matter = matters.of_proof(proof_of(cast, vendor), today=TODAY)
    content = content_of(cast, matter, LetterKind.PROOF, contact)
    assert plain(content["paragraphs"][0]).startswith(
        "Op 2 maart 2026 verstoorde het incident INC-1 ons werk met Patient file."
    )
    assert [plain(one["due"]) for one in content["requests"]] == ["12 maart 2026"] * 3


def test_a_proof_that_is_late_says_so(cast: Cast, vendor: Vendor, contact: Contact) -> None:
    matter = matters.of_proof(proof_of(cast, vendor), today=TODAY + timedelta(days=20))
    limit = matter.deadline(LetterKind.PROOF)
    assert limit is not None and not limit.fixed
    contact.language = "en"
    facts = writing.facts_of(
        cast.assessor, matter, wish(LetterKind.PROOF, contact, matter), now=NOW + timedelta(days=20)
    )
    assert "It was due on 12 March 2026." in plain(facts.content["paragraphs"][-1])


def test_a_reminder_lists_what_waits(cast: Cast, vendor: Vendor, contact: Contact) -> None:
    assessment = assessed(cast, vendor)
    contact.language = "en"
    assert "Nothing is awaited" in matter_of(assessment).why_not(LetterKind.REMINDER)
    Response.objects.create(assessment=assessment, kind=ResponseKind.VENDOR, due_on=TODAY)
    make_commitment(cast.assessor, vendor, what="Restore", agreed=True, due_on=TODAY + timedelta(days=1), now=NOW)
    matter = matter_of(assessment, TODAY + timedelta(days=3))
    assert matter.why_not(LetterKind.REMINDER) == ""
    asked = content_of(cast, matter, LetterKind.REMINDER, contact)["requests"]
    assert [one["what"] for one in asked] == ["Your answers to the questionnaire", "Restore (C-2026-001)"]
    assert content_of(cast, matter, LetterKind.REMINDER, contact)["rules"] == []


# What makes no sense --------------------------------------------------------------------------------------------------
def test_each_kind_says_why_it_makes_no_sense_yet(cast: Cast, vendor: Vendor) -> None:
    draft = matter_of(assessed(cast, vendor, AssessmentState.DRAFT))
    assert "Open the assessment first" in draft.why_not(LetterKind.INVITATION)
    assert "Only an approved assessment has a result" in draft.why_not(LetterKind.RESULT)
    assert "Only an approved assessment can be closed" in draft.why_not(LetterKind.CLOSING)
    assert "proof of cause" in draft.why_not(LetterKind.PROOF)


@pytest.mark.parametrize(
    ("state", "told"),
    [
        (ProofState.HANDED_IN, "has handed it in"),
        (ProofState.ACCEPTED, "is accepted"),
        (ProofState.WAIVED, "not asked for any more"),
    ],
)
def test_a_proof_is_asked_for_while_it_is_the_vendors_turn(
    cast: Cast, vendor: Vendor, state: ProofState, told: str
) -> None:
    assert told in matters.of_proof(proof_of(cast, vendor, state), today=TODAY).why_not(LetterKind.PROOF)


def test_it_is_closed_once_the_day_to_reply_is_over(cast: Cast, vendor: Vendor, contact: Contact) -> None:
    assessment = approved(cast, vendor)
    matter = matter_of(assessment)
    writing.make(cast.assessor, matter, wish(LetterKind.RESULT, contact, matter), now=NOW)
    assert "until 12" in plain(matter_of(assessment).why_not(LetterKind.CLOSING))
    assert matter_of(assessment, TODAY + timedelta(days=11)).why_not(LetterKind.CLOSING) == ""


# What it never says ---------------------------------------------------------------------------------------------------
def test_no_rater_no_comment_and_no_other_vendor_is_in_it(cast: Cast, vendor: Vendor, contact: Contact) -> None:
    assessment = assessed(cast, vendor)
    assessment.responses.get().answers.update(comment="kept among us", vendor_says="as they said")
    make_commitment(cast.assessor, vendor, what="Restore", why="kept to ourselves", now=NOW)
    other = make_vendor(cast.organisation, "Another Vendor")
    make_commitment(cast.assessor, other, what="Of another", now=NOW)
    card = approve(cast, assessment)
    for letter in (LetterKind.RESULT, LetterKind.CLOSING):
        said = str(content_of(cast, matter_of(card.assessment), letter, contact))
        for secret in ("kept among us", "as they said", "kept to ourselves", "Another", "Assessor", "Approver"):
            assert secret not in said


# Kept, printed, written down ------------------------------------------------------------------------------------------
def test_the_same_letter_of_the_same_day_is_one_row_and_in_the_trail(
    cast: Cast, vendor: Vendor, contact: Contact
) -> None:
    matter = matter_of(assessed(cast, vendor))
    wanted = wish(LetterKind.INVITATION, contact, matter, own="Bonjour.")
    one = writing.make(cast.assessor, matter, wanted, now=NOW)
    assert writing.make(cast.assessor, matter, wanted, now=NOW + timedelta(minutes=5)).pk == one.pk
    entry = AuditEntry.objects.filter(verb="letter.made").first()
    assert entry is not None
    assert entry.after == {"letter": "invitation", "contact": "Vera Example", "number": "A-2026-001"}

    rendering = Rendering.objects.get(fact_sheet=one)
    assert (rendering.language, rendering.kind) == ("fr", "")
    worker.render(rendering.pk)
    rendering.refresh_from_db()
    assert rendering.is_ready
    assert "Madame, Monsieur," in PdfReader(BytesIO(bytes(rendering.document.content))).pages[0].extract_text()


def test_a_letter_keeps_the_paper_that_it_had(cast: Cast, vendor: Vendor, contact: Contact) -> None:
    logo = letterheads.drawn(BytesIO(picture((900, 300))), size=1000)
    paper = Paper(address="1 Quay", place="Bruges", foot="www.example.org", logo=logo)
    letterheads.keep(cast.admin, paper, version=0)
    matter = matter_of(assessed(cast, vendor))
    sheet = writing.make(cast.assessor, matter, wish(LetterKind.INVITATION, contact, matter), now=NOW)
    letterheads.keep(cast.admin, replace(paper, address="2 Quay", logo=None, without_logo=True), version=1)

    content = keeping.content_of(sheet)
    assert plain(content["place_and_day"]) == "Bruges, le 2 mars 2026"
    written = filling.filled(ours.starter(LetterKind.INVITATION, "fr"), content, made_at=NOW)
    assert "1 Quay" in text_of(written)
    assert [shape._inline.docPr.get("descr") for shape in Document(BytesIO(written)).inline_shapes] == [
        cast.organisation.name
    ]
    assert "Logo de Harbour Hospital" in printing.layout(sheet, language="fr").html


LONG = "Société intercommunale d’informatique hospitalière et de maintenance des systèmes de santé de la région "


def longest(letter: LetterKind, language: str) -> dict[str, Any]:
    """As much as a letter can hold."""
    content = samples.content(letter, language)
    name = (LONG * 2)[:200]
    addressee = {"vendor": name, "name": name[:120], "job": name[:120], "address": [name[:60]] * 6}
    logo = letterheads.drawn(BytesIO(picture((700, 260))), size=1000)
    asked = [{"what": f"{LONG}{LONG}"[:160] + " (C-2026-001)", "due": content["deadline_said"]}] * 3
    return content | {
        "organisation": name[:160],
        "letterhead": {
            "address": [name[:80]] * 6,
            "place": name[:80],
            "foot": name,
            "logo": b64encode(logo).decode(),
        },
        "addressee": addressee,
        "place_and_day": f"{name[:80]}, {content['place_and_day']}",
        "subject": content["subject"] + name[:60],
        "paragraphs": [f"{text} {name}" for text in content["paragraphs"]],
        "requests": asked if letter in (LetterKind.RESULT, LetterKind.CLOSING) else content["requests"],
        "rules": [one | {"name": f"{one['name']} {name[:60]}"} for one in content["rules"]],
        "own": (LONG * 9)[:900],
        "sender": "\n".join([name[:80]] * 3),
    }


def test_every_letter_is_one_page_and_every_reader_can_follow_it(cast: Cast, tmp_path: Path) -> None:
    """In all languages, with as much as can be said; in one call of the checker, which takes its time."""
    paths = []
    for letter, language in product(LetterKind, LANGUAGE_CODES):
        facts = Facts(about=1, vendor=None, as_of=NOW, content=longest(letter, language))
        sheet = keeping.keep(cast.organisation, FactSheetKind.LETTER, facts, now=NOW)
        layout = printing.layout(sheet, language=language)
        pdf = to_pdf(layout.html, language=language, title=layout.title, created=layout.created)
        assert len(PdfReader(BytesIO(pdf)).pages) == 1, (letter, language)
        if letter in (LetterKind.RESULT, LetterKind.PROOF):  # the others are drawn as one of these, with other words
            paths.append(tmp_path / f"{letter}-{language}.pdf")
            paths[-1].write_bytes(pdf)
    assert verapdf.failures(*paths) == {path: [] for path in paths}


def test_what_is_overdue_is_called_so(cast: Cast, vendor: Vendor, contact: Contact) -> None:
    make_commitment(cast.assessor, vendor, what="Restore", agreed=True, due_on=TODAY, now=NOW)
    matter = matter_of(approved(cast, vendor), TODAY + timedelta(days=2))
    later = NOW + timedelta(days=2)
    asked = writing.facts_of(cast.assessor, matter, wish(LetterKind.CLOSING, contact, matter), now=later).content
    assert plain(asked["requests"][0]["due"]) == "2 mars 2026, en retard"


def test_a_long_letter_is_set_closer(cast: Cast) -> None:
    views = [kind.view(make(LetterKind.RESULT, "fr"), "fr").density for make in (samples.content, longest)]
    assert views == ["", "crowded"]


def test_a_reply_that_was_given_is_spoken_of(cast: Cast, vendor: Vendor, contact: Contact) -> None:
    assessment = approved(cast, vendor)
    ReplyRequest.objects.create(
        assessment=assessment, shown={}, due_on=TODAY, opened_by=cast.assessor.user, opened_at=NOW, submitted_at=NOW
    )
    contact.language = "en"
    said = content_of(cast, matter_of(assessment), LetterKind.RESULT, contact)["paragraphs"]
    assert "We have read what you replied on 2 March 2026; it is kept with the result." in map(plain, said)
