"""The page of the rules, for every member."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from manifesto.models import ReleaseState
from tests.factories import Cast, make_release

pytestmark = pytest.mark.django_db
SignedIn = Callable[..., Client]


def test_every_member_reads_rules_questions_and_levels(cast: Cast, signed_in: SignedIn) -> None:
    make_release()
    for member in (cast.reader, cast.assessor, cast.approver, cast.admin):
        page = signed_in(member).get(reverse("rules")).content.decode()
        assert page.count("<details") >= 14
        assert "proof question 2 level 4 (en)" in page


@pytest.mark.parametrize("language", ["fr", "nl"])
def test_the_rules_follow_the_language_of_the_reader(language: str, cast: Cast, signed_in: SignedIn) -> None:
    make_release()
    page = signed_in(cast.reader).get(reverse("rules"), headers={"accept-language": language}).content.decode()
    assert f"proof question 2 level 4 ({language})" in page
    assert "(en)" not in page


def test_the_newest_published_edition_is_shown_and_no_draft(cast: Cast, signed_in: SignedIn) -> None:
    make_release("old")
    make_release("draft", state=ReleaseState.DRAFT)
    page = signed_in(cast.reader).get(reverse("rules")).content.decode()
    assert "Edition old" in page
    assert "Edition draft" not in page


def test_without_an_edition_the_page_says_what_will_be_here(cast: Cast, signed_in: SignedIn) -> None:
    page = signed_in(cast.reader).get(reverse("rules"))
    assert page.status_code == 200
    assert "No edition is published yet" in page.content.decode()


def test_the_page_costs_the_same_with_many_questions(cast: Cast, signed_in: SignedIn) -> None:
    client, counts = signed_in(cast.reader), []
    for number in (1, 5):
        make_release(f"{number}", questions_per_rule=number)
        client.get(reverse("rules"))
        with CaptureQueriesContext(connection) as queries:
            client.get(reverse("rules"))
        counts.append(len(queries))
    assert counts[0] == counts[1]
