"""The questionnaire as people meet it: it saves by itself, by mouse, keyboard and touch, on- and offline."""

from __future__ import annotations

import re
import time
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.contrib.sessions.models import Session
from django.urls import reverse
from playwright.sync_api import Locator, Page, Route, expect

from assessments.models import Answer, Assessment, Evidence, VendorNote
from tests.browser.conftest import PATIENCE, Visit
from tests.factories import NOW, Cast, make_assessment

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
expect.set_options(timeout=PATIENCE)
SAVED = re.compile(r"^\s*Saved \d\d:\d\d")


@pytest.fixture
def assessment(cast: Cast) -> Assessment:
    return make_assessment(cast.assessor)


def path_of(assessment: Assessment) -> str:
    return reverse("questionnaire", args=[assessment.pk, "support"])


def first_answer(assessment: Assessment) -> Answer:
    return Answer.objects.get(response__assessment=assessment, question__key="support-1")


def question(page: Page) -> Locator:
    return page.locator("#question-support-1")


def status(page: Page) -> Locator:
    return question(page).locator(":scope > [data-status] [data-status-text]")


def comment(page: Page) -> Locator:
    return question(page).get_by_label("Comment")


def grade(page: Page, value: str) -> Locator:
    return question(page).locator(f"input[type=radio][value='{value}']")


def test_what_is_typed_and_picked_saves_by_itself_and_survives_a_reload(
    visit: Visit, cast: Cast, assessment: Assessment
) -> None:
    page = visit(path_of(assessment), cast.assessor)
    question(page).get_by_label("What the vendor answers").fill("They stay until we invoice again.")
    question(page).locator(".grade").nth(3).click()
    expect(status(page)).to_have_text(SAVED)
    expect(page.locator("form[data-ready]")).to_be_visible()

    page.reload()

    expect(question(page).get_by_label("What the vendor answers")).to_have_value("They stay until we invoice again.")
    expect(grade(page, "3")).to_be_checked()
    expect(status(page)).to_have_text(SAVED)


def test_whoever_is_ahead_of_the_script_is_saved_by_it_all_the_same(
    visit: Visit, cast: Cast, assessment: Assessment
) -> None:
    page = visit(reverse("work"), cast.assessor)
    late: list[Route] = []

    def come_late(route: Route) -> None:
        late.append(route)

    page.route("**/autosave*.js", come_late)
    page.goto(path_of(assessment), wait_until="commit")
    question(page).get_by_label("What the vendor answers").fill("They stay until we invoice again.")
    question(page).locator(".grade").nth(3).click()
    expect(page.locator("form[data-ready]")).to_have_count(0)
    late[0].continue_()
    for said in question(page).locator("[data-status-text]").all():
        expect(said).to_have_text(SAVED)
    assert first_answer(assessment).grade == 3
    assert VendorNote.objects.get().text == "They stay until we invoice again."


def test_digits_pick_a_grade_and_arrows_move_on(visit: Visit, cast: Cast, assessment: Assessment) -> None:
    page = visit(path_of(assessment), cast.assessor)
    grade(page, "").focus()

    page.keyboard.press("4")
    expect(grade(page, "4")).to_be_checked()
    page.keyboard.press("ArrowLeft")

    expect(grade(page, "3")).to_be_checked()
    expect(grade(page, "3")).to_be_focused()
    expect(status(page)).to_have_text(SAVED)
    assert first_answer(assessment).grade == 3


def test_a_digit_in_a_text_is_a_digit(visit: Visit, cast: Cast, assessment: Assessment) -> None:
    page = visit(path_of(assessment), cast.assessor)
    comment(page).press_sequentially("3 of 4")

    expect(comment(page)).to_have_value("3 of 4")
    expect(grade(page, "")).to_be_checked()


def test_the_score_beside_the_answers_follows(visit: Visit, cast: Cast, assessment: Assessment) -> None:
    make_graded(assessment, key="support-2", value=4)
    page = visit(path_of(assessment), cast.assessor)
    expect(page.locator("#score-title")).to_have_text("Rules rated so far: 0 of 7; met: 0")

    question(page).locator(".grade").nth(4).click()

    expect(page.locator("#score-title")).to_have_text("Rules rated so far: 1 of 7; met: 1")
    expect(page.locator(".stepper [aria-current=step]")).to_contain_text("2 of 2")


def make_graded(assessment: Assessment, *, key: str, value: int) -> None:
    Answer.objects.filter(response__assessment=assessment, question__key=key).update(grade=value)


def test_what_is_written_offline_is_kept_and_saved_when_back(visit: Visit, cast: Cast, assessment: Assessment) -> None:
    page = visit(path_of(assessment), cast.assessor)
    page.context.set_offline(True)
    comment(page).fill("Written in a tunnel")
    expect(status(page)).to_contain_text("Offline")

    page.context.set_offline(False)

    expect(status(page)).to_have_text(SAVED)
    assert first_answer(assessment).comment == "Written in a tunnel"


def test_what_was_not_saved_comes_back_after_the_page_was_closed(
    visit: Visit, cast: Cast, assessment: Assessment
) -> None:
    page = visit(path_of(assessment), cast.assessor)
    page.context.set_offline(True)
    comment(page).fill("Written in a tunnel")
    expect(status(page)).to_contain_text("Offline")
    page.close()
    page.context.set_offline(False)

    again = page.context.new_page()
    again.goto(path_of(assessment))

    expect(comment(again)).to_have_value("Written in a tunnel")
    expect(status(again)).to_have_text(SAVED)
    assert first_answer(assessment).comment == "Written in a tunnel"


def test_a_server_that_fails_is_told_and_tried_again(visit: Visit, cast: Cast, assessment: Assessment) -> None:
    page = visit(path_of(assessment), cast.assessor)
    page.route("**/answers/*/", lambda route: route.fulfill(status=502, body="Bad gateway"))
    comment(page).fill("Patience")
    expect(status(page)).to_have_text("Not saved")

    page.unroute("**/answers/*/")
    question(page).get_by_role("button", name="Try again").click()

    expect(status(page)).to_have_text(SAVED)
    assert first_answer(assessment).comment == "Patience"


def test_a_reply_that_was_lost_makes_no_conflict_with_oneself(visit: Visit, cast: Cast, assessment: Assessment) -> None:
    page = visit(path_of(assessment), cast.assessor)

    def arrive_but_never_answer(route: Any) -> None:
        route.fetch()
        route.abort()

    page.route("**/answers/*/", arrive_but_never_answer)
    comment(page).fill("Arrived")
    expect(status(page)).to_have_text("Not saved")
    page.unroute("**/answers/*/")

    comment(page).fill("Arrived, and went on")

    expect(status(page)).to_have_text(SAVED)
    assert first_answer(assessment).comment == "Arrived, and went on"


def test_whoever_is_signed_out_keeps_the_text(visit: Visit, cast: Cast, assessment: Assessment) -> None:
    page = visit(path_of(assessment), cast.assessor)
    Session.objects.all().delete()

    comment(page).fill("Not lost")

    expect(status(page)).to_contain_text("signed out")
    expect(question(page).get_by_role("link", name="Sign in")).to_be_visible()
    expect(comment(page)).to_have_value("Not lost")


@pytest.mark.parametrize(
    ("button", "stays"), [("Keep mine", "My even longer thought"), ("Take theirs", "Their short thought")]
)
def test_two_people_in_one_answer_see_both_texts_and_decide(
    button: str, stays: str, visit: Visit, cast: Cast, assessment: Assessment
) -> None:
    page = visit(path_of(assessment), cast.assessor)
    answer = Answer.objects.filter(pk=first_answer(assessment).pk)
    answer.update(comment="Their short thought", version=1, updated_by=cast.colleague.user, updated_at=NOW)

    comment(page).fill("My longer thought")
    conflict = question(page).locator(".conflict")
    expect(conflict).to_contain_text("Colleague changed this answer while you wrote")
    expect(conflict).to_contain_text("My longer thought")
    expect(conflict).to_contain_text("Their short thought")
    assert answer.get().comment == "Their short thought"
    comment(page).fill("My even longer thought")
    expect(conflict).to_contain_text("My even longer thought")
    conflict.get_by_role("button", name=button).click()

    expect(conflict).to_have_count(0)
    expect(comment(page)).to_have_value(stays)
    expect(question(page).locator(":scope > [data-status]")).to_have_attribute("data-state", "saved")
    assert answer.get().comment == stays


def test_a_conflict_that_is_posted_with_the_page_is_decided_on_the_page_that_comes_back(
    visit: Visit, cast: Cast, assessment: Assessment
) -> None:
    page = visit(path_of(assessment), cast.assessor)
    answer = Answer.objects.filter(pk=first_answer(assessment).pk)
    answer.update(comment="Theirs", version=1, updated_by=cast.colleague.user, updated_at=NOW)
    comment(page).fill("Mine")
    expect(question(page).locator(".conflict")).to_be_visible()

    page.get_by_role("button", name="Save and stay").click()
    expect(page.locator(".error-summary")).to_contain_text("somebody else changed this answer")
    expect(comment(page)).to_have_value("Mine")
    question(page).get_by_role("button", name="Keep mine").click()

    expect(question(page).locator(":scope > [data-status]")).to_have_attribute("data-state", "saved")
    expect(page.locator(".conflict")).to_have_count(0)
    assert answer.get().comment == "Mine"


def test_what_came_back_to_be_put_right_saves_by_itself_again(visit: Visit, cast: Cast, assessment: Assessment) -> None:
    page = visit(path_of(assessment), cast.assessor)
    question(page).get_by_text("Not applicable", exact=True).click()
    page.get_by_role("button", name="Save and next rule").click()
    expect(page.locator(".error-summary")).to_contain_text("Say why")

    question(page).get_by_label("Why it does not apply").fill("They run nothing for us.")

    expect(status(page)).to_have_text(SAVED)
    assert first_answer(assessment).blank == "not_applicable"


def test_not_applicable_asks_for_its_reason_and_then_saves(visit: Visit, cast: Cast, assessment: Assessment) -> None:
    page = visit(path_of(assessment), cast.assessor)
    reason = question(page).get_by_label("Why it does not apply")
    expect(reason).to_be_hidden()

    question(page).get_by_text("Not applicable", exact=True).click()
    expect(status(page)).to_have_text("Your choice and your words are saved together.")
    expect(question(page).locator("[data-error=reason]")).to_be_hidden()  # nobody could have written it yet
    question(page).get_by_label("Comment").focus()
    expect(question(page).locator("[data-error=reason]")).to_be_hidden()
    page.locator("[data-answer]:not([data-answer] [data-answer])").nth(1).locator(".grade-input").first.focus()
    expect(question(page).locator("[data-error=reason]")).to_contain_text("Say why")
    reason.fill("They run nothing for us.")

    expect(status(page)).to_have_text(SAVED)
    expect(question(page).locator("[data-error=reason]")).to_be_hidden()
    assert first_answer(assessment).reason == "They run nothing for us."


def test_evidence_is_added_and_deleted_in_place(
    visit: Visit, cast: Cast, assessment: Assessment, tmp_path: Any
) -> None:
    (tmp_path / "proof.pdf").write_bytes(b"%PDF-1.7 proof")
    (tmp_path / "trojan.pdf").write_bytes(b"#!/bin/sh")
    page = visit(path_of(assessment), cast.assessor)
    chooser = question(page).locator("input[type=file]")

    chooser.set_input_files([tmp_path / "proof.pdf", tmp_path / "trojan.pdf"])
    expect(question(page).get_by_role("link", name="proof.pdf")).to_be_visible()
    expect(question(page).get_by_role("alert")).to_contain_text("“trojan.pdf” does not contain what its name says")
    question(page).locator(".files-delete summary").click()
    question(page).get_by_role("button", name="Delete for good").click()

    expect(question(page).locator(".files")).to_have_count(0)
    assert not Evidence.objects.exists()


def test_the_next_rule_opens_only_after_all_is_saved(visit: Visit, cast: Cast, assessment: Assessment) -> None:
    page = visit(path_of(assessment), cast.assessor)
    comment(page).fill("Typed and gone on at once")

    page.get_by_role("button", name="Save and next rule").click()

    expect(page.locator("h1")).to_contain_text("Consistency")
    assert first_answer(assessment).comment == "Typed and gone on at once"


def test_one_click_is_enough_where_nothing_is_left_to_save(visit: Visit, cast: Cast, assessment: Assessment) -> None:
    page = visit(path_of(assessment), cast.assessor)

    page.get_by_role("button", name="Save and next rule").click()

    expect(page.locator("h1")).to_contain_text("Consistency")


def test_a_step_aside_takes_the_last_words_along(visit: Visit, cast: Cast, assessment: Assessment) -> None:
    page = visit(path_of(assessment), cast.assessor)
    comment(page).press_sequentially("Gone")
    page.locator(".stepper a").nth(6).click()
    expect(page.locator("h1")).to_contain_text("Prevention")

    page.goto(path_of(assessment))

    expect(comment(page)).to_have_value("Gone")
    expect(status(page)).to_have_text(SAVED)


def test_without_javascript_the_buttons_save_it_all(visit: Visit, cast: Cast, assessment: Assessment) -> None:
    page = visit(path_of(assessment), cast.assessor, java_script_enabled=False)
    comment(page).fill("No script here")
    question(page).locator(".grade").nth(2).click()
    page.locator("#question-support-2").get_by_text("Not applicable", exact=True).click()

    page.get_by_role("button", name="Save and next rule").click()
    expect(page.get_by_role("alert")).to_contain_text("Not everything is saved yet")
    page.locator("#question-support-2").get_by_label("Why it does not apply").fill("They run nothing for us.")
    page.get_by_role("button", name="Save and next rule").click()

    expect(page.locator("h1")).to_contain_text("Consistency")
    answer = first_answer(assessment)
    assert (answer.grade, answer.comment) == (2, "No script here")


@pytest.mark.parametrize("width", [320, 390, 768, 1280])
def test_no_width_scrolls_sideways(width: int, visit: Visit, cast: Cast, assessment: Assessment) -> None:
    page = visit(path_of(assessment), cast.assessor, width=width)

    assert page.evaluate("document.documentElement.scrollWidth") <= width


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("width", [390, 1280])
def test_the_page_is_accessible(width: int, theme: str, visit: Visit, cast: Cast, assessment: Assessment) -> None:
    make_graded(assessment, key="support-2", value=3)
    page = visit(path_of(assessment), cast.assessor, width=width, theme=theme, bypass_csp=True)
    page.evaluate("document.querySelectorAll('main details').forEach((part) => { part.open = true })")

    violations = Axe().run(page).response["violations"]

    assert [(found["id"], [node["target"] for node in found["nodes"]]) for found in violations] == []


def test_a_file_that_is_still_on_its_way_is_not_sent_a_second_time_with_the_page(
    visit: Visit, cast: Cast, assessment: Assessment
) -> None:
    page = visit(path_of(assessment), cast.assessor)

    def slowly(route: Route) -> None:
        time.sleep(1)
        route.continue_()

    bodies: list[str] = []

    def note(route: Route) -> None:
        if route.request.method == "POST":
            bodies.append((route.request.post_data_buffer or b"").decode(errors="replace"))
        route.continue_()

    page.route("**/evidence/", slowly)
    page.route("**/questionnaire/**", note)
    question(page).locator("input[type=file]").set_input_files(
        {"name": "proof.txt", "mimeType": "text/plain", "buffer": b"Seen and filed."}
    )
    page.get_by_role("button", name="Save and stay").click()

    expect(question(page).get_by_role("link", name="proof.txt")).to_have_count(1)
    expect(page.get_by_text("Saved.", exact=True)).to_be_visible()
    assert len(bodies) == 1
    assert "proof.txt" not in bodies[0]
    assert Evidence.objects.count() == 1


def test_a_note_of_what_the_vendor_said_meets_that_of_a_colleague(
    visit: Visit, cast: Cast, assessment: Assessment
) -> None:
    page = visit(path_of(assessment), cast.assessor)
    answer = first_answer(assessment)
    place = {"assessment": assessment, "question": answer.question}
    VendorNote.objects.create(**place, text="Theirs", version=1, updated_by=cast.colleague.user, updated_at=NOW)
    note = page.locator(f"#n{answer.pk}")

    note.get_by_label("What the vendor answers").fill("Mine")
    expect(note.locator(".conflict")).to_contain_text("Colleague changed this text while you wrote")
    expect(note.locator(".conflict")).to_contain_text("Theirs")
    note.get_by_role("button", name="Keep mine").click()

    expect(note.locator("[data-status]")).to_have_attribute("data-state", "saved")
    expect(note.locator(".conflict")).to_have_count(0)
    assert VendorNote.objects.get().text == "Mine"
    assert first_answer(assessment).version == 0  # the answer itself was left alone
