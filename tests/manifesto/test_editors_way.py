"""What a bank editor meets on the way: words that are understood, messages in view, names instead of keys."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from openpyxl import Workbook

from accounts.models import User
from assessments.models import AssessmentState
from manifesto import bank as banks
from manifesto import editions, exchange
from manifesto.exchange import ERROR, Format
from manifesto.models import Question, Release
from tests.factories import PASSWORD, Cast, make_assessment, make_release
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
            "Still to do there: Label (French and Dutch); Level 3 (Dutch).",
        ]


def test_an_edition_and_a_rule_tell_what_they_lack_too(client: Client, draft: Release) -> None:
    address = url("rule_change", draft.rules.get(key="proof").pk)
    response = client.post(address, filled(client, address) | {"promise_nl": ""}, follow=True)
    assert said(response) == ["Saved: “6 Proof (en)”.", "Still to do there: Promise (Dutch)."]
    address = url("release_change", draft.pk)
    response = client.post(address, filled(client, address) | {"title_fr": ""}, follow=True)
    assert said(response) == ["Saved: edition 2.", "Still to do there: Title (French)."]


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


# How much an edition is used -------------------------------------------------------------------------------------
def test_the_use_of_an_edition_is_told_in_numbers_where_one_decides_about_it(
    client: Client, cast: Cast, published: Release
) -> None:
    for member, state in (
        (cast.assessor, AssessmentState.COLLECTING),
        (cast.stranger, AssessmentState.APPROVED),
        (cast.assessor, AssessmentState.CANCELLED),
    ):
        make_assessment(member, release=published, state=state)
    said_of_it = "running assessments: 1; approved: 1; organisations: 2"
    for address in (
        url("release_changelist"),
        url("release_change", published.pk),
        url("release_retire", published.pk),
    ):
        assert said_of_it in client.get(address).content.decode(), address
    unused = make_release("3", questions_per_rule=1)
    assert "no assessment uses it" in client.get(url("release_retire", unused.pk)).content.decode()


def test_retiring_an_older_edition_says_that_nothing_changes_for_new_assessments(
    client: Client, published: Release
) -> None:
    make_release("3", questions_per_rule=1)
    page = client.get(url("release_retire", published.pk)).content.decode()
    assert "use a newer edition already" in page
    assert "New assessments then use" not in page


# The kind of change ----------------------------------------------------------------------------------------------
@pytest.mark.parametrize("name", ["short_fr", "levels-3-text_nl"])
def test_the_kind_of_change_is_asked_for_what_is_rewritten_and_not_for_what_fills_a_gap(
    name: str, client: Client, draft: Release
) -> None:
    address = url("question_change", question(draft).pk)
    rewritten = client.post(address, filled(client, address) | {name: "Autre"})
    assert "meaning" in rewritten.context["adminform"].form.errors
    stored = question(draft)
    if name.startswith("levels"):
        stored.levels.filter(grade=3).update(text_nl="")
    else:
        Question.objects.filter(pk=stored.pk).update(short_fr="")
    assert client.post(address, filled(client, address) | {name: "Autre"}).status_code == 302
    assert question(draft).revision == 1


def test_the_kind_of_change_stands_after_the_levels_beside_the_button(client: Client, draft: Release) -> None:
    page = client.get(url("question_change", question(draft).pk)).content.decode()
    places = [page.index(part) for part in ('id="levels-heading"', 'name="meaning"', 'name="_save"')]
    assert places == sorted(places)
    assert page.count('name="meaning"') == 2


def test_a_key_in_the_wrong_letters_is_refused_in_plain_words(client: Client, draft: Release) -> None:
    rule = draft.rules.get(key="speed")
    data = {"rule": rule.pk, "key": "à vue", "weight": "1", "fact": "none"}
    response = client.post(url("question_add") + f"?rule={rule.pk}", data)
    assert response.context["adminform"].form.errors["key"] == [
        "Write letters without accents, digits and hyphens only."
    ]
    assert "that the question keeps in every edition" in response.content.decode()


# Reading ---------------------------------------------------------------------------------------------------------
def test_the_history_says_levels_and_states_in_words_and_folds_a_whole_bank(client: Client, published: Release) -> None:
    new = exchange.apply_as_new(replace(banks.read(published), edition="3"), None)
    address = url("question_change", question(new).pk)
    client.post(address, filled(client, address) | {"levels-2-text_nl": "Anders", "meaning": "correction"})
    page = client.get(url("release_history", new.pk))
    newest, imported, made = page.context["entries"]
    assert [change.what for change in newest.changes] == ["Level 2, Dutch"]
    assert "Draft" in ["".join(piece.text for piece in change.pieces) for change in made.changes]
    assert (newest.is_long, imported.is_long) == (False, True)
    assert "<details" in page.content.decode()


def test_a_preview_says_in_which_language_a_text_is_missing(client: Client, draft: Release) -> None:
    draft.questions.filter(key="speed-1").update(text_en="")
    page = client.get(url("release_preview", draft.pk) + "?language=en").content.decode()
    assert page.count("missing in English") == 1
    assert "missing in" not in client.get(url("release_preview", draft.pk) + "?language=fr").content.decode()


def test_differences_are_offered_with_the_edition_that_a_draft_was_made_from(client: Client, draft: Release) -> None:
    second = editions.new_draft_from(draft, "3", None)
    page = client.get(url("release_change", second.pk)).content.decode()
    assert f'{url("release_differences", second.pk)}?with={draft.pk}"' in page
    assert client.get(url("release_differences", second.pk)).context["other"] == draft


# What an import asks ---------------------------------------------------------------------------------------------
@pytest.mark.parametrize(("kind", "revision"), [("correction", 1), ("meaning", 2)])
def test_an_import_that_rewrites_a_published_question_asks_whether_its_meaning_changes(
    kind: str, revision: int, client: Client, draft: Release
) -> None:
    def change(book: Workbook) -> None:
        put(book, "Levels", "speed-1", "text_nl", "Anders")
        put(book, "Rules", "proof", "name_nl", "Bewijs het")  # a rule has no revision

    address = url("release_import", draft.pk)
    preview = client.post(address, {"file": SimpleUploadedFile("bank.xlsx", edited(draft, change))})
    assert [field.label for field in preview.context["meaning"]] == ["Question 5.1 speed question 1 (en)"]
    ticket = {"ticket": preview.context["ticket"]}
    assert "meaning-speed-1" in client.post(address, ticket).context["meaning"].errors
    assert question(draft).levels.get(grade=0).text_nl != "Anders"
    client.post(address, ticket | {"meaning-speed-1": kind})
    assert (question(draft).revision, question(draft).levels.get(grade=0).text_nl) == (revision, "Anders")


def test_an_import_asks_nothing_where_it_raises_the_revision_itself_or_fills_a_gap(
    client: Client, draft: Release
) -> None:
    def change(book: Workbook) -> None:
        put(book, "Questions", "speed-1", "revision", 2)
        put(book, "Questions", "speed-1", "text_nl", "Anders?")
        put(book, "Questions", "proof-1", "short_nl", "Bewijs")

    draft.questions.filter(key="proof-1").update(short_nl="")
    file = SimpleUploadedFile("bank.xlsx", edited(draft, change))
    assert client.post(url("release_import", draft.pk), {"file": file}).context["meaning"] is None


def test_a_file_of_another_edition_is_told_from_one_of_the_draft(client: Client, draft: Release) -> None:
    other = make_release("9", questions_per_rule=2)
    for release, flagged in ((other, ["The file is of edition 9, and this draft is 2."]), (draft, [])):
        file = SimpleUploadedFile("bank.yaml", exchange.export(release, Format.YAML))
        page = client.post(url("release_import", draft.pk), {"file": file})
        assert list(page.context["of_another"][:1]) == flagged
        assert ("Is this the right file?" in page.content.decode()) is bool(flagged)


# Around the bank -------------------------------------------------------------------------------------------------
def test_the_language_chosen_before_signing_in_holds_in_the_admin(client: Client, cast: Cast) -> None:
    client.logout()
    cast.editor.set_password(PASSWORD)
    cast.editor.save()
    client.post(reverse("set_language"), {"language": "fr", "next": "/admin/"})
    signed = {"login": cast.editor.email, "password": PASSWORD, "next": "/admin/"}
    response = client.post(reverse("account_login"), signed, follow=True)
    assert response.request["PATH_INFO"] == "/admin/"
    assert '<html lang="fr"' in response.content.decode()
    assert User.objects.get(pk=cast.editor.pk).language == "fr"


def test_the_profile_of_an_editor_without_an_organisation_leads_to_the_bank(client: Client) -> None:
    page = client.get(reverse("profile")).content.decode()
    assert "No organisation has you" not in page
    assert url("release_changelist") in page


def test_a_page_of_errors_counts_them_leads_back_and_has_no_link_to_nowhere(client: Client, draft: Release) -> None:
    def change(book: Workbook) -> None:
        put(book, "Questions", "speed-1", "weight", 0)
        put(book, "Questions", "speed-2", "weight", 0)
        put(book, "Rules", "proof", "name_nl", None)

    file = SimpleUploadedFile("bank.xlsx", edited(draft, change))
    page = client.post(url("release_import", draft.pk), {"file": file}).content.decode()
    assert "<span>2 errors</span>" in page
    assert 'href="#emptied"' not in page
    assert f'<a class="bank-button" href="{url("release_change", draft.pk)}">Cancel</a>' in page
    empty = client.get(url("release_add")).content.decode()
    assert f'<a href="{url("release_changelist")}" class="closelink">Cancel</a>' in empty
