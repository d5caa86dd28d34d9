"""The pages of the vendor’s own copy: by its link alone, with and without JavaScript, at once."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import Role
from assessments.models import VendorLink
from assessments.vendor_side import links
from reports.documents import job as jobs
from reports.models import Document, Rendering, RenderingState
from reports.vendor_copy.views import file_name
from tests.factories import NOW, Cast
from tests.reports.renderings import PDF
from tests.reports.vendor_copies import SECRETS, hand_in, make_linked, write

HTMX = {"HX-Request": "true"}


@pytest.fixture
def linked(cast: Cast) -> tuple[VendorLink, str]:
    return make_linked(cast)


@pytest.fixture
def link(linked: tuple[VendorLink, str]) -> VendorLink:
    write(linked[0])
    return linked[0]


@pytest.fixture
def visitor(linked: tuple[VendorLink, str], client: Client) -> Client:
    """The contact, who came in by the link."""
    client.post(reverse("vendor_link", args=[linked[1]]), {"language": "en"})
    return client


@pytest.fixture(autouse=True)
def told(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    told: list[int] = []
    monkeypatch.setattr(jobs.RENDERINGS, "nudge", told.append)
    return told


def page_of(link: VendorLink) -> str:
    return reverse("vendor_copy", args=[link.pk])


def file_of(link: VendorLink, language: str = "en") -> str:
    return reverse("vendor_copy_download", args=[link.pk, language])


def finish(rendering: Rendering) -> None:
    Rendering.objects.filter(pk=rendering.pk).update(
        state=RenderingState.READY, progress=100, size=len(PDF), sha256="ef" * 32, finished_at=NOW, next_nudge_at=None
    )
    Document.objects.create(rendering=rendering, content=PDF)


def test_before_handing_in_the_page_says_when_there_will_be_a_copy(visitor: Client, link: VendorLink) -> None:
    response = visitor.get(page_of(link))
    assert (response.status_code, b"Nothing handed in yet" in response.content) == (200, True)
    assert visitor.post(page_of(link)).status_code == 404
    assert visitor.get(file_of(link)).status_code == 404
    assert not Rendering.objects.exists()


def test_asking_writes_a_row_in_the_readers_language_and_renders_nothing(
    visitor: Client, link: VendorLink, monkeypatch: pytest.MonkeyPatch
) -> None:
    hand_in(link)
    response = visitor.post(page_of(link), headers={"accept-language": "fr"})
    assert (response.status_code, response["Location"]) == (302, page_of(link))
    row = Rendering.objects.get()
    assert (row.language, row.state, row.requested_by) == ("en", RenderingState.QUEUED, None)


def test_the_row_asks_every_second_until_there_is_a_file(visitor: Client, link: VendorLink) -> None:
    hand_in(link)
    row = visitor.post(page_of(link), headers=HTMX).content.decode()
    assert row.strip().startswith('<li id="document-en"')
    assert 'hx-trigger="every 1s"' in row
    again = visitor.get(page_of(link), {"seen": "queued-0-0-0"}, headers=HTMX)
    assert (again.status_code, again.content) == (204, b"")
    finish(Rendering.objects.get())
    done = visitor.get(page_of(link), {"seen": "queued-0-0-0"}, headers=HTMX).content.decode()
    assert "hx-trigger" not in done
    assert file_of(link) in done


def test_the_file_is_an_attachment_named_for_who_asked_and_when(visitor: Client, link: VendorLink) -> None:
    hand_in(link)
    assert visitor.get(file_of(link))["Location"] == page_of(link)
    visitor.post(page_of(link))
    finish(Rendering.objects.get())
    response = visitor.get(file_of(link))
    assert (response.status_code, response.content) == (200, PDF)
    name = "answers-harbour-hospital-2026-03-02-en.pdf"
    assert response["Content-Disposition"] == f'attachment; filename="{name}"'
    assert response["Content-Type"] == "application/pdf"
    assert "no-store" in response["Cache-Control"]


@pytest.mark.parametrize(("language", "word"), [("en", "answers"), ("fr", "reponses"), ("nl", "antwoorden")])
def test_the_file_is_named_in_its_language(link: VendorLink, language: str, word: str) -> None:
    name = file_name(hand_in(link), language)
    assert name == f"{word}-harbour-hospital-2026-03-02-{language}.pdf"


def test_a_failed_copy_says_why_and_is_tried_again(visitor: Client, link: VendorLink) -> None:
    copy = hand_in(link)
    Rendering.objects.create(
        vendor_copy=copy, language="en", state=RenderingState.FAILED, failure="too_slow", requested_at=NOW
    )
    page = visitor.get(page_of(link)).content.decode()
    assert "Try again" in page
    assert str(jobs.RenderingFailure.TOO_SLOW.label) in page
    visitor.post(page_of(link))
    assert Rendering.objects.get().state == RenderingState.QUEUED


def test_while_it_is_open_again_the_copy_of_last_time_stays(cast: Cast, visitor: Client, link: VendorLink) -> None:
    hand_in(link)
    links.reopen(cast.assessor, link.assessment)
    page = visitor.get(page_of(link)).content.decode()
    assert "open again" in page
    assert "Make the PDF" in page


@pytest.mark.parametrize("secret", [secret for secret in SECRETS if secret != "Assessor"])
def test_the_page_shows_nothing_of_the_customers(visitor: Client, link: VendorLink, secret: str) -> None:
    hand_in(link)
    assert secret not in visitor.get(page_of(link)).content.decode()


def test_another_link_a_revoked_one_and_a_member_get_no_copy(
    cast: Cast, visitor: Client, link: VendorLink, client: Client
) -> None:
    hand_in(link)
    visitor.post(page_of(link))
    finish(Rendering.objects.get())
    stranger = Client()
    assert stranger.get(file_of(link)).status_code == 404
    member = Client()
    member.force_login(cast.admin.user)
    assert cast.admin.role == Role.ADMIN
    assert member.get(file_of(link)).status_code == 404
    links.revoke(cast.assessor, link)
    assert visitor.get(file_of(link)).status_code == 410
    assert visitor.get(page_of(link)).status_code == 410


def test_a_language_that_we_do_not_speak_is_not_found(visitor: Client, link: VendorLink) -> None:
    hand_in(link)
    assert visitor.get(file_of(link, "de")).status_code == 404


def test_the_page_costs_few_queries(visitor: Client, link: VendorLink) -> None:
    hand_in(link)
    visitor.get(page_of(link))
    with CaptureQueriesContext(connection) as queries:
        visitor.get(page_of(link))
    assert len(queries) <= 4
