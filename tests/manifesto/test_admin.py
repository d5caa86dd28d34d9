"""The bank in the admin: what editors see, what they can do, and what nobody can."""

from __future__ import annotations

import re
from collections.abc import Callable
from decimal import Decimal
from io import BytesIO
from typing import Any

import pytest
from django.contrib.auth.models import Permission
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from openpyxl import load_workbook

from accounts.models import AuditEntry
from manifesto import bank as banks
from manifesto import editions, exchange
from manifesto.exchange import Format
from manifesto.models import Level, Question, Release, ReleaseState, Rule, RuleGuide
from tests.factories import Cast, make_release

pytestmark = pytest.mark.django_db
SignedIn = Callable[..., Client]


@pytest.fixture
def client(cast: Cast, signed_in: SignedIn) -> Client:
    return signed_in(cast.editor)


@pytest.fixture
def published(db: None) -> Release:
    return make_release("1", questions_per_rule=2)


@pytest.fixture
def draft(published: Release) -> Release:
    return editions.new_draft_from(published, "2", None)


def url(name: str, *args: Any) -> str:
    return reverse(f"admin:manifesto_{name}", args=args)


def filled(client: Client, address: str) -> dict[str, Any]:
    """What the browser would send back of the form at this address, untouched."""
    context = client.get(address).context
    forms = [context["adminform"].form]
    for formset in (inline.formset for inline in context["inline_admin_formsets"]):
        forms += [formset.management_form, *formset.forms]
    data: dict[str, Any] = {}
    for form in forms:
        for field in form:
            value = field.value()
            if value is not None and value is not False:
                data[field.html_name] = value
    return data


def question(release: Release, key: str = "speed-1") -> Question:
    return release.questions.get(key=key)


# Seeing ----------------------------------------------------------------------------------------------------------
def test_the_page_of_an_edition_shows_its_rules_and_questions_in_order(client: Client, draft: Release) -> None:
    page = client.get(url("release_change", draft.pk)).content.decode()
    keys = re.findall(r'id="question-([a-z]+-\d)"', page)
    assert keys == [f"{rule.key}-{number}" for rule in draft.rules.order_by("position") for number in (1, 2)]
    assert "complete; nothing is changed yet against 1" in " ".join(page.split())


def test_the_list_tells_states_apart_and_which_edition_is_used(client: Client, draft: Release) -> None:
    page = client.get(url("release_changelist")).content.decode()
    assert "bank-chip-draft" in page
    assert "bank-chip-published" in page
    assert page.count("use it") == 1


def test_yes_and_no_are_words_in_every_list_and_form_of_the_admin(client: Client, published: Release) -> None:
    for address in (
        url("question_changelist"),
        url("question_change", question(published).pk),
        reverse("admin:accounts_user_changelist"),
        reverse("admin:accounts_organisation_changelist"),
    ):
        page = client.get(address).content.decode()
        assert not re.search(r"icon-(yes|no|unknown)", page), address
        assert re.search(r">\s*(yes|no)\s*<", page), address


def test_missing_languages_and_changes_are_marked(client: Client, draft: Release) -> None:
    Question.objects.filter(pk=question(draft).pk).update(short_nl="")
    page = client.get(url("release_change", draft.pk)).content.decode()
    row = page[page.index('id="question-speed-1"') :][:1600]
    assert "missing:" in row
    assert "bank-tag-changed" in row


@pytest.mark.parametrize("name", ["release_change", "release_publish", "release_differences", "release_preview"])
def test_the_queries_of_a_page_do_not_grow_with_the_questions(name: str, client: Client) -> None:
    counts = []
    for number in (1, 6):
        release = make_release(f"e{number}", questions_per_rule=number)
        draft = editions.new_draft_from(release, f"d{number}", None)
        client.get(url(name, draft.pk))  # content types and the session are read once
        with CaptureQueriesContext(
            connection,
        ) as queries:
            assert client.get(url(name, draft.pk)).status_code == 200
        counts.append(len(queries))
    assert counts[0] == counts[1]


def test_the_list_of_editions_does_not_cost_more_with_every_edition(client: Client) -> None:
    counts = []
    for editions_there in (1, 4):
        for number in range(editions_there):
            make_release(f"{editions_there}-{number}", questions_per_rule=1)
        client.get(url("release_changelist"))
        with CaptureQueriesContext(connection) as queries:
            client.get(url("release_changelist"))
        counts.append(len(queries))
    assert counts[0] == counts[1]


@pytest.mark.parametrize("language", ["en", "fr", "nl"])
def test_the_preview_is_the_questionnaire_in_that_language(language: str, client: Client, draft: Release) -> None:
    page = client.get(url("release_preview", draft.pk), {"language": language}).content.decode()
    assert f"speed question 1 ({language})" in page
    assert f"speed question 1 level 4 ({language})" in page
    assert f'<html lang="{language}"' in page
    assert page.count('type="radio"') == 14 * 5


def test_no_page_of_the_bank_has_inline_style_or_script(client: Client, published: Release, draft: Release) -> None:
    addresses = [
        url("release_changelist"),
        url("release_add"),
        url("release_import_new"),
        url("question_changelist"),
        url("question_change", question(draft).pk),
        url("rule_change", draft.rules.first().pk),
        url("question_add") + f"?rule={draft.rules.first().pk}",
        *[url(f"release_{name}", draft.pk) for name in ("change", "publish", "differences", "preview", "history")],
        *[url(f"release_{name}", draft.pk) for name in ("import", "new_draft")],
        url("release_retire", published.pk),
    ]
    for address in addresses:
        response = client.get(address)
        assert response.status_code == 200, address
        page = response.content.decode()
        assert not re.search(r'\sstyle="|<style|\son[a-z]+="|<script(?![^>]*src=)[^>]*>\s*\S', page), address


def test_members_without_the_staff_flag_see_nothing_of_it(cast: Cast, published: Release) -> None:
    client = Client()
    client.force_login(cast.admin.user)
    for name in ("change", "publish", "preview", "differences", "new_draft", "import", "history"):
        assert client.get(url(f"release_{name}", published.pk)).status_code == 302, name
    assert client.get(url("release_export", published.pk, "yaml")).status_code == 302


def test_staff_who_may_only_view_cannot_change_anything(cast: Cast, draft: Release, published: Release) -> None:
    user = cast.nobody
    user.is_staff = True
    user.save()
    for model in ("release", "rule", "question", "level"):
        user.user_permissions.add(Permission.objects.get(codename=f"view_{model}"))
    client = Client()
    client.force_login(user)
    assert client.get(url("release_change", draft.pk)).status_code == 200
    for name, release in (("publish", draft), ("retire", published), ("new_draft", draft), ("import", draft)):
        assert client.post(url(f"release_{name}", release.pk)).status_code == 403, name
    assert client.post(url("release_move", draft.pk, question(draft).pk)).status_code == 403
    assert client.post(url("release_change", draft.pk), {"edition": "x"}).status_code == 403
    assert client.post(url("release_import_new")).status_code == 403


# Editing ---------------------------------------------------------------------------------------------------------
def test_an_untouched_question_saved_changes_and_records_nothing(client: Client, draft: Release) -> None:
    before, address = banks.read(draft), url("question_change", question(draft).pk)
    response = client.post(address, {**filled(client, address), "meaning": "correction"})
    assert response.url == url("release_change", draft.pk)
    assert banks.read(draft) == before
    assert not AuditEntry.objects.filter(verb="question.changed").exists()


def test_a_question_is_edited_in_three_languages_with_its_levels(client: Client, draft: Release) -> None:
    address = url("question_change", question(draft).pk)
    data = filled(client, address) | {"meaning": "correction", "text_nl": " Anders?\r\nNieuw ", "weight": "2.5"}
    level = next(name for name in data if name.startswith("levels-") and name.endswith("-3-text_fr"))
    client.post(address, data | {level: "Niveau trois"})
    changed = question(draft)
    assert (changed.text_nl, changed.weight, changed.revision) == ("Anders?\nNieuw", Decimal("2.5"), 1)
    assert changed.levels.get(grade=3).text_fr == "Niveau trois"
    entry = AuditEntry.objects.get(verb="question.changed")
    assert set(entry.after) == {"text_nl", "weight", "level 3 fr"}
    assert entry.before["weight"] == "1.00"
    assert entry.subject_id == str(draft.pk)


def test_whoever_changes_a_published_question_says_what_kind_of_change_it_is(client: Client, draft: Release) -> None:
    address = url("question_change", question(draft).pk)
    response = client.post(address, filled(client, address) | {"text_en": "Something else?"})
    assert response.status_code == 200
    assert "meaning" in response.context["adminform"].form.errors
    assert question(draft).text_en == "speed question 1 (en)"


def test_a_change_of_meaning_raises_the_revision_once(client: Client, draft: Release) -> None:
    address = url("question_change", question(draft).pk)
    for text in ("Something else?", "Quite something else?"):
        client.post(address, filled(client, address) | {"text_en": text, "meaning": "meaning"})
    assert question(draft).revision == 2
    assert AuditEntry.objects.filter(verb="question.changed").last().after["revision"] == 2
    assert filled(client, address)["meaning"] == "meaning"


def test_a_key_that_is_published_stays(client: Client, draft: Release) -> None:
    address = url("question_change", question(draft).pk)
    client.post(address, filled(client, address) | {"key": "renamed", "meaning": "correction"})
    assert draft.questions.filter(key="speed-1").exists()


def test_a_text_that_is_too_long_is_refused_beside_its_field(client: Client, draft: Release) -> None:
    address = url("question_change", question(draft).pk)
    response = client.post(address, filled(client, address) | {"short_fr": "x" * 61, "meaning": "correction"})
    assert "short_fr" in response.context["adminform"].form.errors


def test_a_question_is_added_with_five_empty_levels_at_the_end_of_its_rule(client: Client, draft: Release) -> None:
    rule = draft.rules.get(key="speed")
    data = {"rule": rule.pk, "key": "speed-new", "weight": "1", "fact": "none", "text_en": "New?"}
    response = client.post(url("question_add") + f"?rule={rule.pk}", data)
    added = question(draft, "speed-new")
    assert response.url == url("question_change", added.pk)
    assert (added.position, added.levels.count(), added.rule) == (3, 5, rule)
    assert AuditEntry.objects.get(verb="question.created").after["text_en"] == "New?"


def test_a_key_stands_once_in_an_edition(client: Client, draft: Release) -> None:
    rule = draft.rules.get(key="speed")
    data = {"rule": rule.pk, "key": "proof-1", "weight": "1", "fact": "none"}
    response = client.post(url("question_add") + f"?rule={rule.pk}", data)
    assert "key" in response.context["adminform"].form.errors


def test_a_question_moves_to_another_rule_of_its_edition_only(
    client: Client, draft: Release, published: Release
) -> None:
    address = url("question_change", question(draft).pk)
    data = filled(client, address) | {"meaning": "correction"}
    client.post(address, data | {"rule": draft.rules.get(key="proof").pk})
    assert (question(draft).rule.key, question(draft).position) == ("proof", 3)
    response = client.post(address, data | {"rule": published.rules.get(key="proof").pk})
    assert "rule" in response.context["adminform"].form.errors


def test_a_deleted_question_is_recorded_with_what_it_said(client: Client, draft: Release) -> None:
    response = client.post(url("question_delete", question(draft).pk), {"post": "yes"})
    assert response.url == url("release_change", draft.pk)
    assert not draft.questions.filter(key="speed-1").exists()
    assert AuditEntry.objects.get(verb="question.deleted").before["text_en"] == "speed question 1 (en)"


def test_rule_texts_are_edited_and_recorded(client: Client, draft: Release) -> None:
    rule = draft.rules.get(key="proof")
    address = url("rule_change", rule.pk)
    response = client.post(address, filled(client, address) | {"name_fr": "Prouver"})
    assert response.url == url("release_change", draft.pk)
    assert AuditEntry.objects.get(verb="rule.changed").after == {"name_fr": "Prouver"}


def test_the_page_beside_a_rule_is_written_with_the_edition(client: Client, draft: Release) -> None:
    address = url("rule_change", draft.rules.get(key="proof").pk)
    response = client.post(address, filled(client, address) | {"guide-0-good_fr": "Une page."}, follow=True)
    (entry,) = AuditEntry.objects.filter(verb="rule.changed")
    assert {name: said for name, said in entry.after.items() if said} == {"good_fr": "Une page."}
    assert "Still to do there: What good looks like (English and Dutch)" in response.content.decode()
    client.post(address, filled(client, address) | {"guide-0-good_fr": "Une autre."})
    assert RuleGuide.objects.get().good_fr == "Une autre."
    assert AuditEntry.objects.filter(verb="rule.changed").latest("pk").after == {"good_fr": "Une autre."}


def test_rules_are_neither_added_nor_deleted(client: Client, draft: Release) -> None:
    assert client.get(url("rule_add")).status_code == 403
    assert client.post(url("rule_delete", draft.rules.first().pk), {"post": "yes"}).status_code == 403


def test_thresholds_are_edited_recorded_and_kept_in_order(client: Client, draft: Release) -> None:
    address = url("release_change", draft.pk)
    client.post(address, filled(client, address) | {"met_threshold": 80})
    assert AuditEntry.objects.get(verb="release.changed").after == {"met_threshold": 80}
    response = client.post(address, filled(client, address) | {"broken_threshold": 90})
    assert response.context["adminform"].form.errors
    draft.refresh_from_db()
    assert (draft.met_threshold, draft.broken_threshold) == (80, 50)


def test_a_question_moves_up_and_down_by_a_button(client: Client, draft: Release) -> None:
    address = url("release_move", draft.pk, question(draft, "speed-2").pk)
    response = client.post(address, {"direction": "up"})
    assert response.url == url("release_change", draft.pk) + "#question-speed-2"
    assert question(draft, "speed-2").position == 1
    client.post(address, {"direction": "down"})
    assert question(draft, "speed-2").position == 2
    assert client.get(address).status_code == 405


def test_a_new_edition_comes_with_the_seven_empty_rules(client: Client) -> None:
    client.post(url("release_add"), {"edition": "9"})
    release = Release.objects.get(edition="9")
    assert release.rules.count() == 7
    assert AuditEntry.objects.filter(verb="release.created", object_id=str(release.pk)).exists()


def test_the_way_to_a_new_edition_is_a_draft_from_the_one_in_force(client: Client, published: Release) -> None:
    make_release("0", questions_per_rule=1, state=ReleaseState.DRAFT)
    page = client.get(url("release_changelist")).content.decode()
    assert url("release_new_draft", published.pk) in page
    assert url("release_add") not in page
    assert url("release_add") not in client.get(reverse("admin:index")).content.decode()
    assert url("release_new_draft", published.pk) in client.get(url("release_change", published.pk)).content.decode()


def test_the_empty_edition_is_offered_second_and_warns(client: Client, published: Release) -> None:
    assert url("release_add") in client.get(url("release_new_draft", published.pk)).content.decode()
    page = client.get(url("release_add")).content.decode()
    assert "without a question or a text" in page
    assert url("release_new_draft", published.pk) in page


def test_where_there_is_no_edition_an_empty_one_or_a_file_begins_the_bank(client: Client) -> None:
    page = client.get(url("release_changelist")).content.decode()
    assert url("release_add") in page
    assert url("release_import_new") in page


@pytest.mark.parametrize("name", ["changelist", "change", "new_draft", "publish", "import", "add", "import_new"])
def test_a_page_has_one_button_that_is_filled(name: str, client: Client, draft: Release) -> None:
    address = url(f"release_{name}", *([draft.pk] if name in {"change", "new_draft", "publish", "import"} else []))
    page = client.get(address).content.decode()
    assert page.count("bank-button-main") + page.count('class="default"') - (name == "change") == 1


def test_a_draft_can_be_deleted_whole(client: Client, draft: Release, published: Release) -> None:
    client.post(url("release_delete", draft.pk), {"post": "yes"})
    assert list(Release.objects.all()) == [published]
    assert AuditEntry.objects.filter(verb="release.deleted").exists()


# What nobody can -------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("state", [ReleaseState.PUBLISHED, ReleaseState.RETIRED])
def test_a_final_edition_is_read_only_everywhere(state: ReleaseState, client: Client) -> None:
    release = make_release("f", questions_per_rule=1, state=state)
    before, found, rule = banks.read(release), question(release), release.rules.get(key="speed")
    for address in (
        url("release_change", release.pk),
        url("question_change", found.pk),
        url("rule_change", rule.pk),
    ):
        page = client.get(address)
        assert page.status_code == 200
        assert 'name="_save"' not in page.content.decode()
        assert client.post(address, {"edition": "x", "text_en": "x", "name_en": "x"}).status_code == 403
    for address in (url("release_delete", release.pk), url("question_delete", found.pk), url("rule_delete", rule.pk)):
        assert client.post(address, {"post": "yes"}).status_code == 403
    assert client.get(url("question_add") + f"?rule={rule.pk}").status_code == 403
    assert client.post(url("question_add"), {"rule": rule.pk, "key": "x", "weight": 1}).status_code == 403
    assert client.post(url("release_import", release.pk)).status_code == 403
    client.post(url("release_move", release.pk, found.pk), {"direction": "down"})
    assert client.post(url("release_publish", release.pk)).status_code == 302
    assert banks.read(release) == before
    assert Rule.objects.count() == 7


def test_the_levels_of_a_final_edition_cannot_be_sent_along(client: Client, published: Release) -> None:
    level = Level.objects.filter(question__release=published).first()
    data = {"levels-TOTAL_FORMS": 1, "levels-INITIAL_FORMS": 1, "levels-0-id": level.pk, "levels-0-text_en": "x"}
    assert client.post(url("question_change", level.question_id), data).status_code == 403
    level.refresh_from_db()
    assert level.text_en != "x"


def test_an_edition_published_while_its_form_was_open_is_not_changed(
    client: Client, draft: Release, monkeypatch: pytest.MonkeyPatch
) -> None:
    address = url("question_change", question(draft).pk)
    data = filled(client, address) | {"meaning": "correction", "text_en": "Late?"}
    monkeypatch.setattr("manifesto.admin.editing._is_open", lambda obj: True)  # the page was let through before
    editions.publish(draft, None)
    response = client.post(address, data, follow=True)
    assert "never changes" in response.content.decode()
    assert question(draft).text_en == "speed question 1 (en)"


# Publishing, retiring, copying, comparing ------------------------------------------------------------------------
def test_publishing_lists_the_faults_with_links_to_where_they_are(client: Client, draft: Release) -> None:
    Question.objects.filter(pk=question(draft).pk).update(short_fr="")
    page = client.post(url("release_publish", draft.pk)).content.decode()
    assert "Write “Label” in French." in page
    assert url("question_change", question(draft).pk) in page
    draft.refresh_from_db()
    assert draft.state == ReleaseState.DRAFT


def test_publishing_is_confirmed_beside_the_differences(client: Client, draft: Release, cast: Cast) -> None:
    Question.objects.filter(pk=question(draft).pk).update(short_fr="Autre libellé")
    page = client.get(url("release_publish", draft.pk)).content.decode()
    assert "Publishing is final" in page
    assert "<ins>Autre libellé</ins>" in page.replace("\n", "")
    client.post(url("release_publish", draft.pk))
    draft.refresh_from_db()
    assert (draft.state, draft.published_by) == (ReleaseState.PUBLISHED, cast.editor)


def test_retiring_warns_when_no_edition_would_be_left(client: Client, published: Release) -> None:
    assert "only published edition" in client.get(url("release_retire", published.pk)).content.decode()
    client.post(url("release_retire", published.pk))
    published.refresh_from_db()
    assert published.state == ReleaseState.RETIRED


def test_a_new_draft_is_made_from_a_published_edition_under_a_new_name(client: Client, published: Release) -> None:
    address = url("release_new_draft", published.pk)
    proposed = client.get(address).context["form"].initial
    assert proposed == {"edition": "2"} | {
        f"{name}_{language}": f"Edition 2 ({language})" if name == "title" else ""
        for name in ("title", "note")
        for language in ("en", "fr", "nl")
    }
    assert "exists already" in client.post(address, proposed | {"edition": "1"}).content.decode()
    client.post(address, proposed | {"note_en": "New levels."})
    made = Release.objects.get(edition="2")
    assert (made.state, made.based_on, made.title_fr) == (ReleaseState.DRAFT, published, "Edition 2 (fr)")
    assert banks.texts_of(made, "note") == {"en": "New levels.", "fr": "", "nl": ""}


def test_a_title_follows_the_name_until_it_is_rewritten(client: Client, published: Release) -> None:
    address = url("release_new_draft", published.pk)
    proposed = client.get(address).context["form"].initial
    client.post(address, proposed | {"edition": "7", "title_nl": "De zevende"})
    made = Release.objects.get(edition="7")
    assert banks.texts_of(made, "title") == {"en": "Edition 7 (en)", "fr": "Edition 7 (fr)", "nl": "De zevende"}


def test_a_new_draft_takes_neither_title_nor_note_of_another_edition(client: Client, published: Release) -> None:
    address = url("release_new_draft", published.pk)
    proposed = client.get(address).context["form"].initial
    response = client.post(address, proposed | {"title_fr": "Edition 1 (fr)", "note_nl": "Edition 1 (nl)"})
    page = response.content.decode()
    assert set(response.context["form"].errors) == {"title_fr", "note_nl"}
    assert 'href="#id_title_fr"' in page
    assert 'href="#id_note_nl"' in page
    assert not Release.objects.filter(edition="2").exists()


def test_a_draft_with_the_old_title_is_not_published_and_the_page_leads_to_its_field(
    client: Client, draft: Release
) -> None:
    Release.objects.filter(pk=draft.pk).update(title_fr="Edition 1 (fr)")
    page = client.post(url("release_publish", draft.pk)).content.decode()
    assert "The title in French is that of edition 1" in page
    assert url("release_change", draft.pk) + "#id_title_fr" in page
    assert 'id="id_title_fr"' in client.get(url("release_change", draft.pk)).content.decode()


def test_publishing_says_that_nobody_is_told_what_is_new(client: Client, draft: Release) -> None:
    assert "The note is empty" in client.get(url("release_publish", draft.pk)).content.decode()
    Release.objects.filter(pk=draft.pk).update(note_en="New.", note_fr="Neuf.", note_nl="Nieuw.")
    assert "The note is empty" not in client.get(url("release_publish", draft.pk)).content.decode()


# What is wrong is said on top, with a link to each field ------------------------------------------------------------
def _summary(response: Any) -> dict[str, str]:
    """The links of the summary: field → what it is called there. Each leads to something on the page."""
    page = response.content.decode()
    summary = page[page.index("error-summary") :].partition("</div>")[0]
    links = dict(re.findall(r'<a href="#([^"]+)">([^<]+)</a>', summary))
    assert all(f'id="{target}"' in page for target in links)
    assert page.index("error-summary") < page.index("<form", page.index("<h1"))
    assert "Please correct the error" not in page
    return links


def test_errors_of_a_question_are_summed_up_with_its_levels_and_languages(client: Client, draft: Release) -> None:
    address = url("question_change", question(draft).pk)
    data = filled(client, address) | {"short_fr": "x" * 61, "weight": "0"}
    level = next(name for name in data if name.startswith("levels-") and name.endswith("-3-text_nl"))
    response = client.post(address, data | {level: "x" * 8001})
    assert _summary(response) == {
        "id_weight": "Weight",
        "id_short_fr": "Label, French",
        "id_meaning_0": "What kind of change is this",
        f"id_{level}": "Level 3, Text, Dutch",
    }


def test_errors_of_an_edition_are_summed_up_above_its_rules(client: Client, draft: Release) -> None:
    address = url("release_change", draft.pk)
    data = filled(client, address) | {"broken_threshold": 90, "edition": "1", "title_nl": "x" * 161}
    response = client.post(address, data)
    assert _summary(response) == {
        "id_edition": "Edition",
        "id_broken_threshold": "Broken below (percent)",
        "id_title_nl": "Title, Dutch",
    }
    page = response.content.decode()
    assert page.index("error-summary") < page.index('id="rules"')
    assert "An edition of this name exists already: choose another name." in page
    assert "must be lower than" in page
    assert "is violated" not in page


def test_errors_of_the_accounts_admin_are_summed_up_too(client: Client) -> None:
    response = client.post(reverse("admin:accounts_user_add"), {"email": "no address", "language": "en"})
    assert "id_email" in _summary(response)


def test_errors_of_an_upload_are_summed_up(client: Client, draft: Release) -> None:
    assert _summary(client.post(url("release_import", draft.pk))) == {"id_file": "File"}


def test_two_editions_are_compared_and_hostile_texts_stay_text(client: Client, draft: Release) -> None:
    Question.objects.filter(pk=question(draft).pk).update(text_en="<script>alert(1)</script>")
    page = client.get(url("release_differences", draft.pk)).content.decode()
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page
    assert "<script>alert" not in page


def test_the_history_tells_who_changed_what(client: Client, draft: Release) -> None:
    address = url("question_change", question(draft).pk)
    client.post(address, filled(client, address) | {"meaning": "correction", "short_nl": "Ander etiket"})
    page = client.get(url("release_history", draft.pk)).content.decode()
    assert "editor@example.org" in page
    assert "Ander etiket" in page
    assert "label, Dutch" in page


# Files -----------------------------------------------------------------------------------------------------------
def test_exports_are_attachments_that_can_be_imported(client: Client, draft: Release) -> None:
    for form in Format:
        response = client.get(url("release_export", draft.pk, form.value))
        assert response["Content-Disposition"] == f'attachment; filename="manifesto-bank-2-draft.{form.value}"'
        assert exchange.dry_run(response.content, f"x.{form.value}", draft).is_empty
    assert client.get(url("release_export", draft.pk, "exe")).status_code == 404


def _upload(content: bytes, name: str = "bank.xlsx") -> dict[str, Any]:
    return {"file": SimpleUploadedFile(name, content)}


def _changed_workbook(release: Release) -> bytes:
    book = load_workbook(BytesIO(exchange.export(release, Format.XLSX)))
    book["Rules"]["B2"].value = "Stand by the customer"
    stream = BytesIO()
    book.save(stream)
    return stream.getvalue()


def test_an_import_shows_what_would_change_then_applies_it(client: Client, draft: Release) -> None:
    address = url("release_import", draft.pk)
    response = client.post(address, _upload(_changed_workbook(draft)))
    page = response.content.decode()
    assert "Nothing is stored yet" in page
    assert "Rules, line 2" in page
    assert draft.rules.get(key="support").name_en != "Stand by the customer"
    client.post(address, {"ticket": response.context["ticket"]})
    assert draft.rules.get(key="support").name_en == "Stand by the customer"


def test_an_import_with_errors_cannot_be_applied(client: Client, draft: Release) -> None:
    response = client.post(url("release_import", draft.pk), _upload(b"no workbook"))
    assert "the file has errors" in response.content.decode()
    assert response.context["ticket"] == ""


def test_a_file_that_is_too_large_is_refused(client: Client, draft: Release) -> None:
    response = client.post(url("release_import", draft.pk), _upload(b"x" * (2 * 1024 * 1024 + 1)))
    assert "larger than" in response.content.decode()


def test_a_file_is_imported_as_a_new_draft_under_the_name_asked_for_on_its_preview(
    client: Client, published: Release
) -> None:
    response = client.post(url("release_import_new"), _upload(_changed_workbook(published)))
    page = response.content.decode()
    assert "against edition 1" in page
    assert "<span>1 changed</span>" in page
    assert "added" not in page
    assert "<del>Support (en)</del> → <ins>Stand by the customer</ins>" in page.replace("\n", "")
    proposed = response.context["naming"].initial
    assert (proposed["edition"], proposed["title_nl"], proposed["note_nl"]) == ("2", "Edition 2 (nl)", "")
    said = {"ticket": response.context["ticket"], **proposed}
    taken = client.post(url("release_import_new"), said | {"edition": "1"})
    assert "id_edition" in _summary(taken)
    assert "<ins>Stand by the customer</ins>" in taken.content.decode().replace("\n", "")
    client.post(url("release_import_new"), said | {"ticket": taken.context["ticket"]})
    made = Release.objects.get(edition="2")
    assert (made.questions.count(), made.based_on) == (14, published)
    assert made.rules.get(key="support").name_en == "Stand by the customer"


def test_a_file_that_begins_the_bank_is_told_by_its_size(client: Client) -> None:
    content = exchange.export(make_release("5", questions_per_rule=1, state=ReleaseState.DRAFT), Format.YAML)
    Release.objects.all().delete()
    response = client.post(url("release_import_new"), _upload(content, "bank.yaml"))
    page = response.content.decode()
    assert "Rules: 7. Questions: 7. Levels: 35." in page
    assert "added" not in page
    assert response.context["naming"].initial["edition"] == "5"


def _with_a_gap(release: Release, cells: dict[str, str]) -> bytes:
    book = load_workbook(BytesIO(exchange.export(release, Format.XLSX)))
    for cell, text in cells.items():
        sheet, place = cell.split("!")
        book[sheet][place].value = text or None
    stream = BytesIO()
    book.save(stream)
    return stream.getvalue()


@pytest.mark.parametrize(("fate", "left"), [("keep", "Support (en)"), ("empty", "")])
def test_an_emptied_cell_is_asked_about_and_nothing_is_decided_for_anybody(
    fate: str, left: str, client: Client, draft: Release
) -> None:
    address = url("release_import", draft.pk)
    response = client.post(address, _upload(_with_a_gap(draft, {"Rules!B2": "", "Rules!C2": "Soutenir"})))
    page = response.content.decode()
    assert "<strong>1</strong> cell emptied" in page
    assert "<del>Support (en)</del>" in page
    assert "checked" not in page
    ticket = {"ticket": response.context["ticket"]}
    undecided = client.post(address, ticket)
    assert _summary(undecided) == {"id_cell-0_0": "Rule 1 Support (en): name, English"}
    assert draft.rules.get(key="support").name_fr == "Support (fr)"
    client.post(address, ticket | {"cell-0": fate})
    rule = draft.rules.get(key="support")
    assert (rule.name_en, rule.name_fr) == (left, "Soutenir")


def test_questions_that_a_file_leaves_out_are_named_before_they_go(client: Client, draft: Release) -> None:
    other = make_release("9", questions_per_rule=1, state=ReleaseState.DRAFT)
    page = client.post(url("release_import", draft.pk), _upload(exchange.export(other, Format.XLSX))).content.decode()
    assert "7 questions are not in the file and go" in page
    assert "Question 1.2 support question 2 (en); Question 2.2 consistency question 2 (en)" in page
    page = client.post(url("release_import", other.pk), _upload(exchange.export(draft, Format.XLSX))).content.decode()
    assert "not in the file" not in page


def test_many_emptied_cells_are_decided_at_once_but_for_those_decided_apart(client: Client, draft: Release) -> None:
    address = url("release_import", draft.pk)
    response = client.post(address, _upload(_with_a_gap(draft, {"Rules!B2": "", "Rules!B3": "", "Rules!C2": ""})))
    assert [cell.name for cell, _field in response.context["emptied"].decisions()][:1] == [
        "Rule 1 Support (en): name, English"
    ]
    client.post(address, {"ticket": response.context["ticket"], "rest": "empty", "cell-1": "keep"})
    support, consistency = draft.rules.get(key="support"), draft.rules.get(key="consistency")
    assert (support.name_en, support.name_fr, consistency.name_en) == ("", "Support (fr)", "")


def test_a_forged_ticket_is_refused(client: Client, draft: Release) -> None:
    response = client.post(url("release_import", draft.pk), {"ticket": "forged"}, follow=True)
    assert "too old" in response.content.decode()


def test_a_list_is_headed_by_what_it_lists(client: Client) -> None:
    assert client.get(url("release_changelist")).context["title"] == "Editions"
    assert client.get(url("question_changelist")).context["title"] == "Questions"


def test_an_edition_with_a_text_longer_than_a_cell_is_not_cut_but_refused_as_a_workbook(
    client: Client, draft: Release
) -> None:
    Question.objects.filter(rule__release=draft, key="speed-1").update(text_en="x" * 32_768)
    page = client.get(url("release_export", draft.pk, "xlsx"), follow=True).content.decode()
    assert "the text does not fit in a cell of a workbook. Export this as YAML." in page
    assert client.get(url("release_export", draft.pk, "yaml")).content.count(b"x" * 32_768) == 1
