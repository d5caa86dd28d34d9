"""The pages of letters: writing one, fetching it, who gets it, and the settings of an administrator."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from errno import ENOSPC
from io import BytesIO
from typing import Any

import pytest
from django.core.files.storage import FileSystemStorage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from docx import Document

from accounts.models import AuditEntry, Membership, User
from assessments.models import Assessment
from reports import worker
from reports.letters import letterheads, matters, ours, own_templates, writing
from reports.letters.writing import Wish
from reports.models import FactSheet, Letterhead, LetterKind, LetterTemplate, Rendering
from tests.factories import Cast, add_rater, make_assessment, make_incident, make_proof, make_vendor
from tests.reports.letters.documents import docx, text_of
from tests.reports.letters.pictures import picture
from vendors.models import Contact, Vendor

pytestmark = pytest.mark.django_db
SignedIn = Callable[[Membership | User], Client]


@pytest.fixture
def vendor(cast: Cast) -> Vendor:
    vendor = make_vendor(cast.organisation, "Harbour Systems")
    Contact.objects.create(vendor=vendor, name="Vera Example", language="nl")
    return vendor


@pytest.fixture
def assessment(cast: Cast, vendor: Vendor) -> Assessment:
    """In hand; `colleague` still judges."""
    made = make_assessment(cast.colleague, vendor=vendor)
    made.owner = cast.assessor.user
    made.save()
    return made


def invited(cast: Cast, assessment: Assessment, by: Membership, own: str = "") -> FactSheet:
    matter = matters.of_assessment(assessment, today=timezone.localdate())
    wish = Wish(
        kind=LetterKind.INVITATION,
        contact=assessment.vendor.contacts.get(),
        address="",
        own=own,
        sender="",
        deadline=timezone.localdate() + timedelta(days=9),
    )
    return writing.make(by, matter, wish, now=timezone.now())


def posted(assessment: Assessment, **fields: Any) -> dict[str, Any]:
    day = (timezone.localdate() + timedelta(days=9)).isoformat()
    contact = assessment.vendor.contacts.get().pk
    return {"contact": contact, "address": "", "own": "", "sender": "", "deadline": day, "step": "make"} | fields


# Writing --------------------------------------------------------------------------------------------------------------
def test_a_letter_is_looked_at_then_made_then_fetched(cast: Cast, assessment: Assessment, signed_in: SignedIn) -> None:
    client = signed_in(cast.assessor)
    url = reverse("assessment_letter", args=[assessment.pk, "invitation"])
    assert 'value="Assessor"' not in client.get(url).content.decode()
    looked = client.post(url, posted(assessment, own="Graag tot <dan>.", address="1 Kaai\nBrugge", step="look"))
    assert "Graag tot &lt;dan&gt;." in looked.content.decode()
    assert "Geachte Vera Example," in looked.content.decode()
    assert not FactSheet.objects.exists()

    made = client.post(url, posted(assessment, own="Graag tot <dan>.", address="1 Kaai\nBrugge", sender="Sam Example"))
    sheet = FactSheet.objects.get()
    assert made["Location"] == reverse("letter_detail", args=[sheet.pk])
    fetched = client.get(reverse("letter_docx", args=[sheet.pk]))
    assert fetched["Content-Disposition"] == 'attachment; filename="letter-invitation-a-2026-001-nl.docx"'
    said = text_of(fetched.content)
    for words in ("Geachte Vera Example,", "Graag tot <dan>.", "1 Kaai\nBrugge", "Harbour Hospital", "Sam Example"):
        assert words in said
    assert AuditEntry.objects.filter(verb="letter.fetched").get().after == {
        "file": "letter-invitation-a-2026-001-nl.docx"
    }
    assert "1 Kaai" in client.get(url).content.decode()  # nobody types an address twice


@pytest.mark.parametrize(
    ("fields", "told"),
    [
        ({"deadline": timezone.localdate().isoformat()}, "Choose a day after"),
        ({"sender": "Procurement, Colleague"}, "Colleague rates this vendor"),
        ({"address": "\n".join("abcdefg")}, "at most 6 fit"),
        ({"address": "x" * 61}, "at most 60 characters fit"),
        ({"own": "x" * 901}, "at most 900 characters"),
        ({"contact": "0"}, "Select a valid choice"),
    ],
)
def test_what_a_letter_has_no_room_for_is_said_beside_it(
    cast: Cast, assessment: Assessment, signed_in: SignedIn, fields: dict[str, str], told: str
) -> None:
    url = reverse("assessment_letter", args=[assessment.pk, "invitation"])
    response = signed_in(cast.assessor).post(url, posted(assessment, **fields))
    assert told in response.content.decode()
    assert not FactSheet.objects.exists()


def test_what_makes_no_sense_is_not_made(cast: Cast, assessment: Assessment, signed_in: SignedIn) -> None:
    response = signed_in(cast.assessor).post(
        reverse("assessment_letter", args=[assessment.pk, "result"]), posted(assessment)
    )
    assert response.status_code == 409
    assert "Only an approved assessment has a result." in response.content.decode()
    assert not FactSheet.objects.exists()


def test_the_list_costs_the_same_however_many_letters_there_are(
    cast: Cast, assessment: Assessment, signed_in: SignedIn
) -> None:
    client, url = signed_in(cast.reader), reverse("vendor_letters", args=[assessment.vendor_id])

    def cost() -> int:
        with CaptureQueriesContext(connection) as held:
            client.get(url)
        return len(held)

    make_proof(cast.assessor, make_incident(assessment.vendor, "INC-0"))
    invited(cast, assessment, cast.assessor)
    cost()
    before = cost()
    for number in range(3):
        invited(cast, assessment, cast.assessor, own=f"{number}")
        make_proof(cast.assessor, make_incident(assessment.vendor, f"INC-{number + 1}"))
    assert (before, cost()) == (QUERIES, QUERIES)


QUERIES = 13


# Who gets it ----------------------------------------------------------------------------------------------------------
def test_whoever_still_judges_gets_no_letter_that_may_tell_something(
    cast: Cast, assessment: Assessment, signed_in: SignedIn
) -> None:
    """Not a request for a proof, and nothing with a paragraph of somebody else’s; invitations they may have."""
    proof = make_proof(cast.assessor, make_incident(assessment.vendor, "INC-1"))
    matter = matters.of_proof(proof, today=timezone.localdate())
    contact = assessment.vendor.contacts.get()
    wish = Wish(kind=LetterKind.PROOF, contact=contact, address="", own="", sender="", deadline=proof.due_on)
    shut = [
        writing.make(cast.assessor, matter, wish, now=timezone.now()),
        invited(cast, assessment, cast.assessor, own="They all say it is bad."),
    ]
    opened = [invited(cast, assessment, cast.assessor), invited(cast, assessment, cast.colleague, own="My own words.")]

    client = signed_in(cast.colleague)
    for sheet in shut:
        page = client.get(reverse("letter_detail", args=[sheet.pk])).content.decode()
        assert "You are still rating Harbour Systems" in page
        assert "INC-1" not in page
        assert "They all say" not in page
        assert client.get(reverse("letter_docx", args=[sheet.pk])).status_code == 302
    for sheet in opened:
        assert client.get(reverse("letter_docx", args=[sheet.pk])).status_code == 200
    listed = client.get(reverse("vendor_letters", args=[assessment.vendor_id])).content.decode()
    assert f'href="{reverse("letter_detail", args=[shut[0].pk])}"' not in listed
    assert f'href="{reverse("letter_detail", args=[opened[0].pk])}"' in listed
    assert proof.number not in listed
    refused = client.post(reverse("proof_letter", args=[proof.pk]), posted(assessment))
    assert "You are still rating this vendor" in refused.content.decode()


def test_a_reader_fetches_and_does_not_write(cast: Cast, assessment: Assessment, signed_in: SignedIn) -> None:
    sheet = invited(cast, assessment, cast.assessor)
    client = signed_in(cast.reader)
    assert client.get(reverse("letter_docx", args=[sheet.pk])).status_code == 200
    assert client.get(reverse("assessment_letter", args=[assessment.pk, "invitation"])).status_code == 403


def test_a_rater_among_the_owners_is_not_proposed_to_sign(cast: Cast, vendor: Vendor, signed_in: SignedIn) -> None:
    assessment = make_assessment(cast.assessor, vendor=vendor)
    add_rater(assessment, cast.colleague)
    page = signed_in(cast.assessor).get(reverse("assessment_letter", args=[assessment.pk, "invitation"]))
    assert page.context["form"].initial["sender"] == ""


# The settings ---------------------------------------------------------------------------------------------------------
def test_a_logo_is_drawn_anew_and_shown(cast: Cast, signed_in: SignedIn) -> None:
    client, url = signed_in(cast.admin), reverse("letterhead_edit")
    logo = SimpleUploadedFile("logo.jpg", picture((1600, 400), "JPEG") + b"<script>")
    client.post(url, {"address": "1 Quay", "place": "Bruges", "foot": "", "version": 0, "logo_file": logo})
    head = Letterhead.objects.get()
    content = letterheads.logo_of(head)
    assert (content[:4], b"<script>" in content, head.version) == (b"\x89PNG", False, 1)
    assert "data:image/png;base64," in client.get(url).content.decode()
    assert AuditEntry.objects.filter(verb="letterhead.changed").count() == 1

    late = client.post(url, {"address": "2 Quay", "place": "", "foot": "", "version": 0})
    assert "Somebody else has changed the letterhead" in late.content.decode()
    client.post(url, {"address": "1 Quay", "place": "", "foot": "", "version": 1, "without_logo": "on"})
    assert not Letterhead.objects.get().logo


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b'<svg xmlns="http://www.w3.org/2000/svg"/>', "no PNG or JPEG"),
        (b"GIF89a" + b"\0" * 40, "no PNG or JPEG"),
        (picture((40, 40))[:50], "no PNG or JPEG"),
        (b"x" * (letterheads.LARGEST_FILE + 1), "too large"),
    ],
)
def test_what_is_no_picture_is_refused(content: bytes, told: str) -> None:
    with pytest.raises(letterheads.LogoRefused, match=told):
        letterheads.drawn(BytesIO(content), size=len(content))


def test_a_small_file_with_a_huge_picture_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(letterheads, "MOST_PIXELS", 99)
    with pytest.raises(letterheads.LogoRefused, match="too many pixels"):
        letterheads.drawn(BytesIO(picture((10, 10))), size=100)


def test_an_own_letter_is_checked_looked_at_used_and_put_away(
    cast: Cast, assessment: Assessment, signed_in: SignedIn
) -> None:
    client, url = signed_in(cast.admin), reverse("letter_template", args=["invitation", "nl"])
    refused = client.post(url, {"file": SimpleUploadedFile("eigen.docx", docx("{{ vendr }}"))})
    assert "Do you mean “vendor”?" in refused.content.decode()

    client.post(url, {"file": SimpleUploadedFile("eigen.docx", docx("Eigen brief aan {{ contact }}"))})
    row = LetterTemplate.objects.get()
    assert not row.is_used
    page = client.get(url).content.decode()
    assert "These placeholders are missing" in page
    assert "{{ own_text }}" in page
    example = client.get(reverse("letter_template_preview", args=[row.pk]))
    assert text_of(example.content) == "Eigen brief aan Robin Example"
    sheet = invited(cast, assessment, cast.assessor)
    letter = reverse("letter_docx", args=[sheet.pk])
    assert "Geachte" in text_of(client.get(letter).content)  # not before somebody has looked at it

    client.post(reverse("letter_template_use", args=[row.pk]))
    assert text_of(client.get(letter).content) == "Eigen brief aan Vera Example"
    assert (
        "The PDF says the same in our layout" in client.get(reverse("letter_detail", args=[sheet.pk])).content.decode()
    )

    client.post(reverse("letter_template_remove", args=["invitation", "nl"]))
    assert "Geachte" in text_of(client.get(letter).content)
    verbs = AuditEntry.objects.filter(verb__startswith="letter_template").order_by("pk").values_list("verb", flat=True)
    assert list(verbs) == ["letter_template.uploaded", "letter_template.used", "letter_template.removed"]


def test_what_was_looked_at_is_what_is_used(cast: Cast) -> None:
    now = timezone.now()

    def upload() -> LetterTemplate:
        file = SimpleUploadedFile("own.docx", docx("{{ contact }}"))
        return own_templates.upload(cast.admin, LetterKind.RESULT, "en", file, now=now)

    first, second = upload(), upload()
    with pytest.raises(own_templates.NotThere):
        own_templates.use(cast.admin, first)
    own_templates.use(cast.admin, second)
    assert LetterTemplate.objects.get().is_used


def test_the_starter_is_ours_to_change(cast: Cast, signed_in: SignedIn) -> None:
    response = signed_in(cast.admin).get(reverse("letter_template_starter", args=["proof", "fr"]))
    assert response.content == ours.starter(LetterKind.PROOF, "fr")
    assert "{{ contact }}" in [one.text for one in Document(BytesIO(response.content)).paragraphs]


def test_the_pdf_is_fetched_and_that_is_kept(cast: Cast, assessment: Assessment, signed_in: SignedIn) -> None:
    """Also asked for again, by the number of the letter, without a second row."""
    sheet = invited(cast, assessment, cast.assessor)
    rendering = Rendering.objects.get(fact_sheet=sheet)
    client = signed_in(cast.reader)
    client.post(reverse("fact_sheet_request"), {"kind": "letter", "about": sheet.pk, "language": "nl"})
    assert (FactSheet.objects.count(), Rendering.objects.count()) == (1, 1)
    worker.render(rendering.pk)
    fetched = client.get(reverse("fact_sheet_download", args=[rendering.pk]))
    assert fetched["Content-Disposition"] == 'attachment; filename="letter-invitation-a-2026-001-nl.pdf"'
    assert AuditEntry.objects.filter(verb="letter.fetched").count() == 1


def test_a_logo_that_a_full_disk_cannot_keep_is_refused_in_words(
    cast: Cast, signed_in: SignedIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> str:
        raise OSError(ENOSPC, "No space left on device")

    monkeypatch.setattr(FileSystemStorage, "_save", full)
    file = SimpleUploadedFile("logo.png", picture((60, 22)))
    said = {"address": "", "place": "Brugge", "foot": "", "version": 0, "logo_file": file}
    answer = signed_in(cast.admin).post(reverse("letterhead_edit"), said)
    assert answer.status_code == 200 and "There is no room on the server" in answer.content.decode()
    assert not Letterhead.objects.exists()
