"""The page where one drops a PDF: what a reader hears, and what a stranger does."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.core.cache import cache
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from accounts.models import Role
from reports.verification import checking, reading
from tests.factories import Cast, make_member
from tests.reports.verification import papers

SignedIn = Callable[..., Client]
pytestmark = pytest.mark.django_db
PAGE = "/verify/"


def dropped(client: Client, content: bytes, name: str = "S-2026-001-en.pdf") -> Any:
    return client.post(PAGE, {"file": SimpleUploadedFile(name, content, "application/pdf")})


def test_a_reader_hears_whose_it_is_and_rule_by_rule_what_computes(cast: Cast, signed_in: SignedIn) -> None:
    card, content = papers.made(cast)
    page = dropped(signed_in(cast.reader), content).content.decode()
    for said in ("Genuine and unchanged", card.number, card.assessment.vendor.name, "Rules that agree: 7 of 7."):
        assert said in page


def test_a_stranger_hears_whether_it_was_made_here_and_nothing_of_what_it_says(
    cast: Cast, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    card, content = papers.made(cast)
    monkeypatch.setattr(checking, "attachments_of", lambda _: pytest.fail("what a stranger brings is not read"))
    genuine = dropped(client, content).content.decode()
    changed = dropped(client, papers.edited(content, papers.other_page)).content.decode()
    assert "Genuine and unchanged" in genuine
    assert "Not a document that was made here" in changed
    for page in (genuine, changed):
        assert card.assessment.vendor.name not in page
        assert cast.organisation.name not in page


def test_an_outside_rater_hears_what_a_stranger_hears(cast: Cast, signed_in: SignedIn) -> None:
    card, content = papers.made(cast)
    rater = make_member(cast.organisation, "guest", Role.RATER)
    page = dropped(signed_in(rater), content).content.decode()
    assert "Genuine and unchanged" in page
    assert card.assessment.vendor.name not in page


def test_an_empty_wish_and_an_empty_file_are_asked_for_again(client: Client) -> None:
    assert "Choose a file." in client.post(PAGE).content.decode()
    assert "The file is empty." in dropped(client, b"").content.decode()


def test_a_file_that_is_too_large_is_refused_by_its_size_alone(cast: Cast, signed_in: SignedIn) -> None:
    page = dropped(signed_in(cast.reader), b"%PDF-" + b"x" * reading.LARGEST).content.decode()
    assert "larger than any document" in page


def test_what_a_file_is_called_is_shown_as_words(client: Client) -> None:
    page = dropped(client, b"x", '<script>"x".pdf').content.decode()
    assert "<script>&quot;" not in page
    assert "&lt;script&gt;" in page


def test_twenty_files_a_minute_are_enough(client: Client) -> None:
    cache.clear()
    answers = [dropped(client, b"x").status_code for _ in range(21)]
    assert answers == [200] * 20 + [429]
    cache.clear()


def test_every_page_leads_to_it(client: Client) -> None:
    assert f'href="{reverse("document_verify")}"' in client.get(reverse("help_index")).content.decode()
