"""Whatever file anybody had made of a vendor before, by whom and in whatever form: none of it reaches a person who has
yet to hand in their own answers about that vendor."""

from __future__ import annotations

import zipfile
from collections.abc import Callable, Iterator
from datetime import timedelta
from io import BytesIO
from typing import Any

import pytest
from django.http import QueryDict
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import Membership, Role
from assessments.models import Answer, Assessment, Response
from reports.batches import making
from reports.board.facts import Author, facts_of
from reports.exports import job as exports
from reports.exports import worker as export_worker
from reports.fact_sheets import keeping
from reports.letters import matters, writing
from reports.models import ExportFormat, ExportScope, FactSheetKind, LetterKind, Scorecard
from reports.packs import filled
from tests.factories import NOW, Cast, add_rater, make_assessment, make_commitment, make_incident, make_vendor
from tests.reports import cards
from tests.reports.batches.asked import ask, makers
from tests.reports.renderings import make_ready, make_ready_sheet
from vendors.models import Contact

pytestmark = pytest.mark.django_db
SignedIn = Callable[[Membership], Client]
MARK = "Q7X-Z"  # never by chance in a token; in what others answered, agreed, asked for, or wrote of the vendor
PDF = f"%PDF {MARK}".encode()  # what is drawn is not looked at here; who gets it is


def deep(content: bytes) -> bytes:
    """With what is packed in it: XLSX, DOCX and ZIP."""
    if not content.startswith(b"PK"):
        return content
    with zipfile.ZipFile(BytesIO(content)) as packed:
        return b"".join(deep(packed.read(entry)) for entry in packed.infolist())


def had(client: Client, address: str) -> bytes:
    reply = client.get(address)
    return deep(b"".join(reply.streaming_content) if reply.streaming else reply.content)  # type: ignore[attr-defined]


@pytest.fixture
def open_one(cast: Cast, settings: Any, tmp_path: object) -> Assessment:
    """Of a vendor with a scorecard, which others have judged anew; the colleague is not asked yet."""
    settings.MEDIA_ROOT = tmp_path
    vendor = make_vendor(cast.organisation)
    make_incident(vendor, "Harbour 1", opened_at=NOW - timedelta(days=10))
    card = cards.approved(cast, vendor=vendor)
    Contact.objects.create(vendor=vendor, name="Robin Example", email="robin@vendor.example", language="en")
    make_commitment(cast.assessor, vendor, what=f"Answer at once {MARK}")
    open_one = make_assessment(cast.assessor, vendor=vendor, release=card.assessment.release, grade=2)
    add_rater(open_one, cast.approver, grade=4)
    open_one.responses.update(submitted_at=timezone.now())
    Answer.objects.filter(response__assessment=open_one).update(comment=f"Never there {MARK}")
    return open_one


def files(cast: Cast, open_one: Assessment) -> Iterator[tuple[str, str]]:
    """By name the addresses of files that the colleague may all have while nobody asks them."""
    now, card = timezone.now(), Scorecard.objects.get()
    scopes = ((ExportScope.ASSESSMENT, open_one.pk), (ExportScope.VENDOR, open_one.vendor_id))
    formats = (ExportFormat.XLSX, ExportFormat.CSV, ExportFormat.JSON)
    for place, file_format in enumerate(formats):
        scope, about = scopes[place % 2]
        export = exports.ask(cast.colleague, scope, file_format, about=about, language="en")
        export_worker.write(export.pk)
        yield f"export {file_format}", reverse("export_download", args=[export.pk])

    document = make_ready(card, content=PDF)
    yield "document", reverse("rendering_download", args=[document.pk])
    batch = ask(cast.colleague, [card], kind=document.kind, language="en")
    making.make(batch.pk, makers(lambda pk: None))
    yield "batch", reverse("batch_download", args=[batch.pk])

    facts = {
        FactSheetKind.BOARD: facts_of(cast.assessor, QueryDict(), author=Author(name="A", text=MARK)),
        FactSheetKind.PACK: filled.facts_for(cast.assessor, open_one.pk),
    }
    for kind, told in facts.items():
        sheet = keeping.keep(cast.organisation, kind, told, now=now)
        yield f"{kind} PDF", reverse("fact_sheet_download", args=[make_ready_sheet(sheet, content=PDF).pk])
    yield "pack DOCX", reverse("pack_docx", args=[open_one.pk, "en"])

    wish = writing.Wish(
        kind=LetterKind.CLOSING,
        contact=open_one.vendor.contacts.get(),
        address="",
        own=f"As we said {MARK}",
        sender="",
        deadline=None,
    )
    letter = writing.make(cast.assessor, matters.of_assessment(card.assessment, today=now.date()), wish, now=now)
    yield "letter", reverse("letter_detail", args=[letter.pk])
    yield "letter DOCX", reverse("letter_docx", args=[letter.pk])
    yield "letter PDF", reverse("fact_sheet_download", args=[make_ready_sheet(letter, content=PDF).pk])


def test_no_file_that_was_made_before_reaches_whoever_has_yet_to_hand_in(
    cast: Cast, open_one: Assessment, signed_in: SignedIn
) -> None:
    made = dict(files(cast, open_one))

    def told(client: Client) -> set[str]:
        return {name for name, address in made.items() if MARK.encode() in had(client, address)}

    colleague = signed_in(cast.colleague)
    assert told(colleague) == set(made)
    own = add_rater(open_one, cast.colleague)
    assert told(colleague) == set()
    Response.objects.filter(pk=own.pk).update(submitted_at=timezone.now())
    assert told(colleague) == set(made)
    Membership.objects.filter(pk=cast.colleague.pk).update(role=Role.RATER)
    assert told(colleague) == set()
    assert told(signed_in(cast.stranger)) == set()
