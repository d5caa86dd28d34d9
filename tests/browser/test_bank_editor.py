"""A bank editor from signing in to a new edition in force: each step is where one looks for it, with no way back. It
is one walk of thirty pages, so it takes longer than ten seconds on a busy machine."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path

import pytest
from django.contrib.auth.models import Group
from django.urls import reverse
from openpyxl import load_workbook
from playwright.sync_api import Page, expect

from accounts.models import Membership
from manifesto import bank as banks
from manifesto import editions, exchange
from manifesto.apps import EDITORS
from manifesto.exchange import Format
from manifesto.models import Level, Release, ReleaseState
from tests.browser.axe import faults_by_day_and_night
from tests.browser.conftest import PATIENCE, Visit
from tests.factories import PASSWORD, Cast, make_release, make_user

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
expect.set_options(timeout=PATIENCE)
LEVEL = "id_levels-3-text_"


@pytest.fixture
def published(cast: Cast) -> Release:
    editor = make_user("bank", is_staff=True)
    editor.set_password(PASSWORD)
    editor.save()
    editor.groups.add(Group.objects.get_or_create(name=EDITORS)[0])
    return make_release("2026.1", questions_per_rule=1)


def test_a_bank_editor_brings_a_new_edition_into_force(visit: Visit, published: Release, tmp_path: Path) -> None:
    page = visit(reverse("account_login"))
    page.fill("[name=login]", "bank@example.org")
    page.fill("[name=password]", PASSWORD)
    page.keyboard.press("Enter")
    expect(page.locator("h1")).to_have_text("Editions")
    assert page.locator(".bank-button-main").all_inner_texts() == ["New draft from 2026.1…"]

    _make_the_draft(page)
    _write_a_level_and_forget_a_language(page)
    _find_what_is_missing(page)
    _look_at_the_differences(page)
    _import_a_sheet(page, tmp_path)
    _mend_an_error(page)

    page.get_by_role("link", name="Publish…").click()
    page.get_by_role("button", name="Publish edition 2026.2").click()
    expect(page.locator(".messagelist")).to_contain_text("“2026.2” is published")
    release = Release.objects.get(edition="2026.2")
    level = Level.objects.get(question__release=release, question__key="speed-1", grade=3)
    assert release.state == ReleaseState.PUBLISHED
    assert banks.texts_of(level, "text") == {"en": "Three, mended.", "fr": "Trois, corrigé.", "nl": "Drie, verbeterd."}
    assert banks.texts_of(release, "note")["fr"] == "Le niveau trois."
    assert release.rules.get(key="support").name_en == "Support (en)"  # the sheet had it empty, and it was kept
    assert release.rules.get(key="proof").name_en == "Prove it at last"


def _make_the_draft(page: Page) -> None:
    page.click(".bank-button-main")
    expect(page.locator("[name=edition]")).to_have_value("2026.2")
    expect(page.locator("[name=title_fr]")).to_have_value("Edition 2026.2 (fr)")
    for language, note in (("en", "Level three."), ("fr", "Le niveau trois."), ("nl", "Niveau drie.")):
        page.fill(f"[name=note_{language}]", note)
    page.click(".bank-button-main")
    expect(page.locator("h1")).to_have_text("Edition 2026.2")


def _write_a_level_and_forget_a_language(page: Page) -> None:
    page.click("#question-speed-1 a")
    for language, text in (("en", "Three, mended."), ("fr", "Trois, corrigé."), ("nl", "")):
        page.fill(f"#{LEVEL}{language}", text)
    page.click("[name=_save]")
    expect(page.locator(".error-summary")).to_be_focused()  # the kind of change was not said
    page.locator(".error-summary a").click()
    expect(page.locator("#id_meaning_0")).to_be_focused()
    page.keyboard.press("Space")
    page.click("[name=_save]")
    expect(page.locator("#question-speed-1")).to_contain_text("missing: nl")


def _find_what_is_missing(page: Page) -> None:
    page.get_by_role("link", name="1 thing is missing before it can be published").click()
    page.locator(".bank-faults a").click()
    expect(page.locator(f"#{LEVEL}nl")).to_be_focused()
    page.keyboard.type("Drie, verbeterd.")
    page.check("#id_meaning_0")
    page.click("[name=_save]")
    expect(page.locator(".bank-facts").first).to_contain_text("complete: it can be published")


def _look_at_the_differences(page: Page) -> None:
    page.get_by_role("link", name="Differences from 2026.1").click()
    expect(page.locator(".bank-differences")).to_contain_text("Drie, verbeterd.")
    page.get_by_role("link", name="Edition 2026.2", exact=True).click()


def _import_a_sheet(page: Page, folder: Path) -> None:
    with page.expect_download() as coming:
        page.get_by_role("link", name="Export XLSX").click()
    assert coming.value.suggested_filename == "manifesto-bank-2026.2-draft.xlsx"
    book = load_workbook(BytesIO(coming.value.path().read_bytes()))
    rules = {row[0].value: row for row in book["Rules"].iter_rows(min_row=2)}
    rules["support"][1].value = None
    rules["proof"][1].value = "Prove it at last"
    book.save(folder / "bank.xlsx")

    page.get_by_role("link", name="Import…").click()
    page.set_input_files("[name=file]", folder / "bank.xlsx")
    page.click(".bank-button-main")
    expect(page.locator(".bank-differences ins").first).to_be_visible()
    page.click(".bank-button-main")
    expect(page.locator(".error-summary")).to_be_focused()  # the emptied cell was not decided
    page.locator(".error-summary a").click()
    page.keyboard.press("Space")
    page.click(".bank-button-main")
    expect(page.locator(".messagelist")).to_contain_text("was imported")


def _mend_an_error(page: Page) -> None:
    page.fill("[name=broken_threshold]", "90")
    page.click("[name=_save]")
    expect(page.locator(".error-summary")).to_be_focused()
    assert page.evaluate("scrollY") < 200
    page.locator(".error-summary a").click()
    expect(page.locator("[name=broken_threshold]")).to_be_focused()
    page.fill("[name=broken_threshold]", "45")
    page.click("[name=_save]")
    expect(page.locator("h1")).to_have_text("Edition 2026.2")
    expect(page.locator(".error-summary")).to_have_count(0)


def test_what_an_import_asks_has_no_fault_that_axe_finds(visit: Visit, cast: Cast, tmp_path: Path) -> None:
    release = make_release("1", questions_per_rule=1)
    book = load_workbook(BytesIO(exchange.export(release, Format.XLSX)))
    book["Rules"]["B2"].value = book["Rules"]["B3"].value = None
    book.save(tmp_path / "bank.xlsx")
    page = visit(reverse("admin:manifesto_release_import_new"), _staff(cast))
    page.set_input_files("[name=file]", tmp_path / "bank.xlsx")
    page.click(".bank-button-main")
    page.click(".bank-button-main")
    expect(page.locator(".error-summary a")).to_have_count(2)
    assert faults_by_day_and_night(page) == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


# What is pressed or filled in, without single words in a text, and what is filled with the accent.
CONTROLS = """
least => [...document.querySelectorAll("main :is(button, input:not([type=hidden]), select, textarea, .bank-button)")]
  .filter(one => one.checkVisibility() && !one.matches("[type=checkbox], [type=radio]"))
  .filter(one => one.getBoundingClientRect().height < least - .5).map(one => one.outerHTML.slice(0, 100))
"""
FILLED = """
() => {
  const probe = document.body.appendChild(document.createElement("i"))
  probe.style.setProperty("background", "var(--accent)")
  const accent = getComputedStyle(probe).backgroundColor
  return [...document.querySelectorAll("main :is(a, button, input)")]
    .filter(one => one.checkVisibility() && getComputedStyle(one).backgroundColor === accent)
    .map(one => (one.value || one.textContent).trim())
}
"""


def test_the_admin_has_one_filled_button_a_page_and_controls_that_a_finger_hits(visit: Visit, cast: Cast) -> None:
    release = make_release("1", questions_per_rule=1)
    draft = editions.new_draft_from(release, "2", None)
    pages = {
        reverse("admin:manifesto_release_changelist"): "New draft from 1…",
        reverse("admin:manifesto_release_change", args=[release.pk]): "New draft from this edition…",
        reverse("admin:manifesto_release_change", args=[draft.pk]): "Publish…",
        reverse("admin:manifesto_release_new_draft", args=[release.pk]): "Make the draft",
        reverse("admin:manifesto_question_change", args=[draft.questions.all()[0].pk]): "Save",
        reverse("admin:accounts_user_changelist"): "Add user",
    }
    page = visit(reverse("admin:index"), _staff(cast), has_touch=True)
    found = {}
    for address in pages:
        page.goto(address)
        page.set_viewport_size({"width": 390, "height": 800})
        assert page.evaluate(CONTROLS, 44) == [], address
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), address
        found[address] = "; ".join(page.evaluate(FILLED))
    assert found == pages
    assert page.evaluate(CONTROLS, 999) != []


def _staff(cast: Cast) -> Membership:
    cast.admin.user.is_staff = cast.admin.user.is_superuser = True
    cast.admin.user.save()
    return cast.admin


def test_without_javascript_the_summary_is_what_one_lands_on(visit: Visit, cast: Cast) -> None:
    release = make_release("1", questions_per_rule=1, state=ReleaseState.DRAFT)
    address = reverse("admin:manifesto_release_change", args=[release.pk])
    page = visit(address, _staff(cast), width=390, java_script_enabled=False)
    page.fill("[name=broken_threshold]", "90")
    page.click("[name=_save]")
    expect(page.locator(".error-summary")).to_be_focused()
    page.locator(".error-summary a").click()
    expect(page.locator("[name=broken_threshold]")).to_be_focused()


def test_the_browser_asks_before_typed_text_is_lost_and_not_where_it_is_saved(visit: Visit, cast: Cast) -> None:
    release = make_release("1", questions_per_rule=1, state=ReleaseState.DRAFT)
    address = reverse("admin:manifesto_question_change", args=[release.questions.all()[0].pk])
    page = visit(address, _staff(cast))
    asked: list[str] = []
    page.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.accept()))
    page.get_by_role("link", name="Edition 1", exact=True).click()
    expect(page.locator("h1")).to_have_text("Edition 1")
    assert asked == []  # nothing was typed
    page.goto(address)
    page.fill("#id_why_fr", "Parce que")
    page.get_by_role("link", name="Edition 1", exact=True).click()
    expect(page.locator("h1")).to_have_text("Edition 1")
    assert asked == ["beforeunload"]
    page.goto(address)
    page.fill("#id_why_fr", "Parce que")
    page.click("[name=_save]")
    expect(page.locator(".messagelist")).to_contain_text("Saved")
    expect(page.locator(".messagelist")).to_be_in_viewport()
    assert asked == ["beforeunload"]


def test_a_title_follows_the_name_that_is_typed_until_it_is_rewritten(visit: Visit, cast: Cast) -> None:
    release = make_release("2026.1", questions_per_rule=1)
    page = visit(reverse("admin:manifesto_release_new_draft", args=[release.pk]), _staff(cast))
    page.fill("#id_title_fr", "Autre titre")
    page.fill("#id_edition", "2027.1")
    expect(page.locator("#id_title_en")).to_have_value("Edition 2027.1 (en)")
    expect(page.locator("#id_title_fr")).to_have_value("Autre titre")


def test_on_a_phone_the_boxes_of_a_question_stay_in_their_frame_and_show_all_their_text(
    visit: Visit, cast: Cast
) -> None:
    release = make_release("1", questions_per_rule=1, state=ReleaseState.DRAFT)
    question = release.questions.all()[0]
    question.levels.update(text_en="A long sentence about what a vendor does. " * 12)
    page = visit(reverse("admin:manifesto_question_change", args=[question.pk]), _staff(cast), width=390)
    wrong = """() => [...document.querySelectorAll("#content textarea")].filter(box => {
      const frame = box.closest("fieldset").getBoundingClientRect()
      return box.getBoundingClientRect().right > frame.right || box.scrollHeight > box.clientHeight + 2
    }).length"""
    assert page.evaluate(wrong) == 0
