"""What a bank editor meets on the way: words that are understood, messages in view, names instead of keys."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from openpyxl import Workbook

from manifesto import editions, exchange
from manifesto.exchange import ERROR
from manifesto.models import Question, Release
from tests.factories import Cast, make_release
from tests.manifesto.test_admin import filled, url
from tests.manifesto.test_exchange import edited, put

pytestmark = pytest.mark.django_db


@pytest.fixture
def client(cast: Cast, signed_in: Callable[..., Client]) -> Client:
    return signed_in(cast.editor)


@pytest.fixture
def published(db: None) -> Release:
    return make_release("1", questions_per_rule=2)


@pytest.fixture
def draft(published: Release) -> Release:
    return editions.new_draft_from(published, "2", None)


def question(release: Release, key: str = "speed-1") -> Question:
    return release.questions.get(key=key)


def said(response: Any) -> list[str]:
    return [str(message) for message in response.context["messages"]]


# Files -----------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("word", "meant"),
    [
        *((word, True) for word in ("yes", "Ja", "OUI", "true", "1")),
        *((word, False) for word in ("no", "Nee", "NON", "false", "0")),
    ],
)
def test_yes_and_no_are_understood_in_the_three_languages(word: str, meant: bool, draft: Release) -> None:
    def change(book: Workbook) -> None:
        put(book, "Questions", "speed-1", "knockout", word)

    run = exchange.dry_run(edited(draft, change), "bank.xlsx", draft)
    assert run.bank is not None
    assert {entry.key: entry.knockout for _rule, entry in run.bank.questions()}["speed-1"] is meant


@pytest.mark.parametrize(
    ("sheet", "column", "wrong"), [("Questions", "rule", "sped"), ("Rules", "key", "sped"), ("Levels", "question", "x")]
)
def test_beside_a_mistyped_key_nothing_is_said_to_go_or_to_be_emptied(
    sheet: str, column: str, wrong: str, draft: Release
) -> None:
    key = "speed" if sheet == "Rules" else "speed-1"
    run = exchange.dry_run(edited(draft, lambda book: put(book, sheet, key, column, wrong)), "bank.xlsx", draft)
    kinds = {row.kind for row in run.rows}
    assert ERROR in kinds
    assert not kinds & {"removed", "changed", "moved"}


# Saving ----------------------------------------------------------------------------------------------------------
def test_after_saving_one_reads_at_the_top_what_is_saved_and_what_is_missing_there(
    client: Client, draft: Release
) -> None:
    draft.rules.filter(key="proof").update(name_fr="")  # of another page: not told here
    address = url("question_change", question(draft).pk)
    data = filled(client, address) | {"short_fr": "", "short_nl": "", "levels-3-text_nl": "", "meaning": "correction"}
    for button, here in (("_save", url("release_change", draft.pk)), ("_continue", address)):
        response = client.post(address, data | {button: "1"}, follow=True)
        assert response.redirect_chain == [(here, 302)]
        assert said(response) == [
            "Saved: “5.1 speed question 1 (en)”.",
            "Still missing there: Label (French and Dutch); Level 3 (Dutch).",
        ]


def test_an_edition_and_a_rule_tell_what_they_lack_too(client: Client, draft: Release) -> None:
    address = url("rule_change", draft.rules.get(key="proof").pk)
    response = client.post(address, filled(client, address) | {"promise_nl": ""}, follow=True)
    assert said(response) == ["Saved: “6 Proof (en)”.", "Still missing there: Promise (Dutch)."]
    address = url("release_change", draft.pk)
    response = client.post(address, filled(client, address) | {"title_fr": ""}, follow=True)
    assert said(response) == ["Saved: edition 2.", "Still missing there: Title (French)."]


def test_a_question_without_texts_names_all_that_it_lacks(client: Client, draft: Release) -> None:
    rule = draft.rules.get(key="speed")
    data = {"rule": rule.pk, "key": "speed-new", "weight": "1", "fact": "none"}
    response = client.post(url("question_add") + f"?rule={rule.pk}", data, follow=True)
    three = "(English, French and Dutch)"
    assert said(response)[1].count(three) == 9
    assert f"Level 0 {three}; Level 1 {three}" in said(response)[1]


# Names -----------------------------------------------------------------------------------------------------------
def test_what_is_deleted_is_named_with_its_edition_and_without_a_line_for_each_level(
    client: Client, draft: Release
) -> None:
    page = client.get(url("question_delete", question(draft).pk))
    assert page.context["deleted_objects"] == ["Question 5.1 speed question 1 (en)"]
    assert page.context["release"] == draft
    assert "Edition 2" in page.content.decode()
    page = client.get(url("release_delete", draft.pk))
    assert page.context["deleted_objects"][-2:] == [
        "7 Prevention (en)",
        ["7.1 prevention question 1 (en)", "7.2 prevention question 2 (en)"],
    ]
    assert "Level" not in str(page.context["deleted_objects"])


def test_a_question_that_cannot_be_changed_leads_back_to_its_edition(client: Client, published: Release) -> None:
    page = client.get(url("question_change", question(published).pk)).content.decode()
    assert f'<a href="{url("release_change", published.pk)}" class="closelink">' in page
    assert reverse("admin:manifesto_question_changelist") + '" class="closelink"' not in page
