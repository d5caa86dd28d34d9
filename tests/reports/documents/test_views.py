"""Asking for a document, watching it, fetching it: with and without JavaScript, by members alone."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import Membership, User
from reports.documents import job as jobs
from reports.documents.job import RenderingFailure
from reports.models import Rendering, RenderingState, Scorecard
from tests.factories import Cast
from tests.reports.renderings import PDF, make_ready, make_rendering, make_scorecard

SignedIn = Callable[[Membership | User], Client]
HTMX = {"HX-Request": "true"}


@pytest.fixture
def scorecard(cast: Cast) -> Scorecard:
    return make_scorecard(cast.assessor)


@pytest.fixture
def reader(signed_in: SignedIn, cast: Cast) -> Client:
    return signed_in(cast.reader)


@pytest.fixture(autouse=True)
def told(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    told: list[int] = []
    monkeypatch.setattr(jobs.RENDERINGS, "nudge", told.append)
    return told


def ask(client: Client, scorecard: Scorecard, language: str, **options: Any) -> Any:
    return client.post(reverse("rendering_request", args=[scorecard.pk]), {"language": language}, **options)


def test_asking_without_javascript_leads_back_to_the_documents(reader: Client, scorecard: Scorecard) -> None:
    response = ask(reader, scorecard, "fr")
    assert (response.status_code, response["Location"]) == (302, f"/scorecards/{scorecard.pk}/#documents")
    assert Rendering.objects.get().language == "fr"


def test_asking_with_htmx_gives_the_row_that_asks_on_every_second(reader: Client, scorecard: Scorecard) -> None:
    page = ask(reader, scorecard, "nl", headers=HTMX).content.decode()
    assert page.strip().startswith('<li id="document-scorecard-nl"')
    assert f'hx-get="{reverse("rendering_status", args=[Rendering.objects.get().pk])}?seen=queued-0-0-0"' in page
    assert 'hx-trigger="every 1s"' in page
    assert "Queued" in page


@pytest.mark.parametrize("language", ["", "de", "fr "])
def test_a_language_that_we_do_not_speak_is_refused(reader: Client, scorecard: Scorecard, language: str) -> None:
    assert ask(reader, scorecard, language).status_code == 400
    assert not Rendering.objects.exists()


def test_the_row_is_not_sent_again_while_nothing_changes(reader: Client, scorecard: Scorecard) -> None:
    job = make_rendering(scorecard, state=RenderingState.RENDERING, progress=40, attempts=1)
    Rendering.objects.update(requested_at=timezone.now())
    url = reverse("rendering_status", args=[job.pk])
    first = reader.get(url, {"seen": "queued-0-0-0"}, headers=HTMX)
    assert 'value="40"' in first.content.decode()
    again = reader.get(url, {"seen": "rendering-40-1-0"}, headers=HTMX)
    assert (again.status_code, again.content) == (204, b"")


def test_a_finished_row_stops_asking_and_offers_the_file(reader: Client, scorecard: Scorecard) -> None:
    ready = make_ready(scorecard, language="fr", content=b"x" * 184_300)
    page = reader.get(reverse("rendering_status", args=[ready.pk]), headers=HTMX).content.decode()
    assert "hx-trigger" not in page
    assert "184\N{NO-BREAK SPACE}kB" in page
    assert reverse("rendering_download", args=[ready.pk]) in page


def test_a_failed_row_says_why_and_offers_another_try(reader: Client, scorecard: Scorecard, told: list[int]) -> None:
    failed = make_rendering(scorecard, state=RenderingState.FAILED, failure=RenderingFailure.TOO_SLOW, attempts=5)
    page = reader.get(reverse("rendering_status", args=[failed.pk]), headers=HTMX).content.decode()
    assert str(RenderingFailure.TOO_SLOW.label) in page
    assert "Try again" in page
    assert "hx-trigger" not in page
    ask(reader, scorecard, "en")
    assert Rendering.objects.get(pk=failed.pk).state == RenderingState.QUEUED


def test_a_late_document_says_that_it_goes_on_by_itself(reader: Client, scorecard: Scorecard) -> None:
    waiting = make_rendering(scorecard)  # since the spring
    page = reader.get(reverse("rendering_status", args=[waiting.pk]), headers=HTMX).content.decode()
    assert "longer than usual" in page


def test_the_state_has_a_page_of_its_own_without_javascript(reader: Client, scorecard: Scorecard) -> None:
    waiting = make_rendering(scorecard, language="fr")
    page = reader.get(reverse("rendering_status", args=[waiting.pk])).content.decode()
    assert "<html" in page
    assert 'id="document-scorecard-fr"' in page
    assert reverse("scorecard_detail", args=[scorecard.pk]) in page


def test_the_file_is_an_attachment_with_a_name_that_says_what_it_is(reader: Client, scorecard: Scorecard) -> None:
    ready = make_ready(scorecard, language="fr")
    response = reader.get(reverse("rendering_download", args=[ready.pk]))
    assert (response.status_code, response.content) == (200, PDF)
    assert response["Content-Type"] == "application/pdf"
    name = "scorecard-S-2026-001-example-systems-fr.pdf"
    assert response["Content-Disposition"] == f'attachment; filename="{name}"'
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["ETag"] == f'"{ready.sha256}"'
    assert response["Cache-Control"] == "private, no-cache"


def test_the_file_is_not_sent_again_to_who_has_it(reader: Client, scorecard: Scorecard) -> None:
    ready = make_ready(scorecard)
    url = reverse("rendering_download", args=[ready.pk])
    assert reader.get(url, headers={"If-None-Match": f'"{ready.sha256}"'}).status_code == 304
    assert reader.get(url, headers={"If-None-Match": '"another"'}).status_code == 200


@pytest.mark.parametrize("vendor", ["北方系统", "نظام", '"; filename="x.exe', "é" * 120])
def test_the_name_of_the_file_is_plain_whatever_the_vendor_is_called(reader: Client, cast: Cast, vendor: str) -> None:
    ready = make_ready(make_scorecard(cast.assessor, number="S-2026-009", vendor=vendor))
    disposition = reader.get(reverse("rendering_download", args=[ready.pk]))["Content-Disposition"]
    name = disposition.removeprefix('attachment; filename="').removesuffix('"')
    assert name.startswith("scorecard-S-2026-009-")
    assert name.endswith("en.pdf")
    assert name.isascii() and '"' not in name and len(name) < 80


def test_an_unfinished_file_leads_to_its_state(reader: Client, scorecard: Scorecard) -> None:
    waiting = make_rendering(scorecard)
    response = reader.get(reverse("rendering_download", args=[waiting.pk]))
    assert (response.status_code, response["Location"]) == (302, reverse("rendering_status", args=[waiting.pk]))


def test_a_stranger_finds_neither_scorecard_nor_document(signed_in: SignedIn, cast: Cast, scorecard: Scorecard) -> None:
    ready, stranger = make_ready(scorecard), signed_in(cast.stranger)
    assert ask(stranger, scorecard, "fr").status_code == 404
    for route in ("rendering_status", "rendering_download"):
        assert stranger.get(reverse(route, args=[ready.pk])).status_code == 404
    assert Rendering.objects.count() == 1


def test_a_document_is_asked_for_by_post_alone(reader: Client, scorecard: Scorecard) -> None:
    assert reader.get(reverse("rendering_request", args=[scorecard.pk])).status_code == 405
