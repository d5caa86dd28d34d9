"""The first day of a company: from an empty database and the first token to the page of the first scorecard, by what
the pages say. And what was done is seen where the page opens."""

from __future__ import annotations

import re
from io import StringIO

import pytest
from django.core import mail
from django.core.cache import cache
from django.core.management import call_command
from django.urls import reverse
from playwright.sync_api import Page, expect

from accounts.founding.first_run import FirstRun
from accounts.models import Department, Membership, Organisation, Role
from assessments.models import Assessment
from reports.models import Scorecard
from tests.browser.conftest import PATIENCE, Visit
from tests.browser.job import click_grade, expect_saved, load_bank_and_worker
from tests.factories import PASSWORD, Cast, make_vendor

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
expect.set_options(timeout=PATIENCE)
VENDOR = "Example Hosting"
# What comes into the live region of the messages after the page is there, which is what a screen reader hears.
READ_OUT = """
window.addEventListener("load", () => {
  const added = (changes) => changes.flatMap((change) => [...change.addedNodes]).map((node) => node.textContent);
  const hear = new MutationObserver((changes) => { document.documentElement.dataset.readOut = added(changes); });
  hear.observe(document.querySelector("#messages[aria-live=polite]"), { childList: true });
});
"""


def test_from_an_empty_installation_to_the_first_scorecard(visit: Visit, monkeypatch: pytest.MonkeyPatch) -> None:
    """Takes its time: three people and the whole way, once."""
    load_bank_and_worker(monkeypatch)
    monkeypatch.setattr(FirstRun, "is_over", False)
    cache.clear()
    founder = found(visit, first_token())
    expect(founder.get_by_text("Done: 1 of 9")).to_be_visible()
    invite(founder, "ann@example.org", "Assessor")
    assessor = join(visit, "Ann Assessor", "creates assessments")
    invite(founder, "ben@example.org", "Approver")
    approver = join(visit, "Ben Approver", "Approves assessments")
    add_vendor(founder)
    assess(assessor)
    approve(approver)
    assert (Organisation.objects.get().name, Scorecard.objects.count()) == ("Harbour Hospital", 1)
    open_by_menu(founder, "My work")
    expect(founder.get_by_text("all first steps are taken")).to_be_visible()


def first_token() -> str:
    said = StringIO()
    call_command("first_token", stdout=said)
    return said.getvalue().partition("First token")[2].split()[0]


def main(page: Page) -> Page:
    return page.get_by_role("main")  # type: ignore[return-value]


def press(page: Page, name: str) -> None:
    main(page).get_by_role("button", name=name, exact=True).click()


def follow(page: Page, name: str) -> None:
    main(page).get_by_role("link", name=name, exact=True).first.click()


def confirm(page: Page, name: str) -> None:
    """By the page that says what is at stake."""
    follow(page, name)
    expect(main(page).locator(".form-actions")).to_be_visible()
    press(page, name)


def open_by_menu(page: Page, name: str) -> None:
    page.locator(".topnav").get_by_role("link", name=name, exact=True).click()


def found(visit: Visit, token: str) -> Page:
    page = visit("/")
    expect(page.get_by_role("heading", level=1)).to_have_text("Begin here")
    page.get_by_label("First token").fill(token)
    page.get_by_label("Name of the organisation").fill("Harbour Hospital")
    page.get_by_label("Users of the systems").uncheck()
    page.get_by_label("Your name").fill("Ada Vermeer")
    page.get_by_label("Your e-mail address").fill("ada@example.org")
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_label("Password once more").fill(PASSWORD)
    press(page, "Make the organisation")
    expect(page.get_by_role("heading", level=1)).to_have_text("My work")
    expect(page.get_by_role("status").first).to_have_text("Harbour Hospital is made. Welcome.")
    expect(page.get_by_role("heading", name="Your role here: Administrator")).to_be_visible()
    press(page, "I have read this")
    expect(page.get_by_role("heading", name="Your role here: Administrator")).to_have_count(0)
    assert sorted(Department.objects.values_list("name", flat=True)) == ["IT operations", "Procurement"]
    return page


def invite(page: Page, email: str, role: str) -> None:
    open_by_menu(page, "My work")
    follow(page, f"Invite an {role.lower()}")
    page.get_by_label("E-mail address").fill(email)
    expect(page.get_by_role("radio", name=re.compile(f"^{role}: "))).to_be_checked()
    page.get_by_role("combobox", name="Department").select_option(label="Procurement")
    press(page, "Send the invitation")
    expect(page.get_by_role("status").first).to_have_text(f"An invitation is on its way to {email}.")


def join(visit: Visit, name: str, may: str) -> Page:
    body = str(mail.outbox[-1].body)
    assert may.lower() in body.lower()
    link = re.search(r"https?://[^/\s]+(/invitation/\S+)", body)
    assert link
    page = visit(link[1])
    page.get_by_label("Your name").fill(name)
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_label("Password once more").fill(PASSWORD)
    press(page, "Join")
    expect(page.get_by_role("heading", level=1)).to_have_text("My work")
    expect(main(page)).to_contain_text(re.compile(may, re.IGNORECASE))
    return page


def add_vendor(page: Page) -> None:
    open_by_menu(page, "My work")
    follow(page, "Add a vendor")
    page.get_by_label("Name", exact=True).fill(VENDOR)
    main(page).locator("form .btn-primary").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text(VENDOR)


def assess(page: Page) -> None:
    """Two answers, for a start."""
    open_by_menu(page, "My work")
    follow(page, "Start an assessment")
    page.get_by_label("Vendor", exact=True).select_option(label=VENDOR)
    press(page, "Start answering")
    for number in (0, 1):
        row = page.locator("section.q").nth(number)
        click_grade(row, 3)
        expect_saved(row)
    page.goto(reverse("assessment_review", args=[Assessment.objects.get().pk]))
    confirm(page, "Submit for approval")
    expect(main(page)).to_contain_text("Submitted. An approver now reads it and decides.")


def approve(page: Page) -> None:
    open_by_menu(page, "My work")
    main(page).get_by_role("link", name=VENDOR).first.click()
    confirm(page, "Approve")
    expect(main(page)).to_contain_text("Approved. The scorecard is made and no longer changes.")
    page.goto(reverse("scorecard_detail", args=[Scorecard.objects.get().pk]))
    expect(page.locator(".card-sentence")).to_contain_text("of 7 rules met")


@pytest.mark.parametrize("with_script", [True, False])
def test_what_was_done_is_in_the_window_although_the_page_opens_further_down(
    visit: Visit, cast: Cast, with_script: bool
) -> None:
    vendor = make_vendor(cast.organisation, VENDOR, notes="A long note.\n" * 120)
    page = visit(reverse("contact_add", args=[vendor.pk]), cast.assessor, width=390, java_script_enabled=with_script)
    page.add_init_script(READ_OUT)
    page.get_by_label("Name", exact=True).fill("Carla Contact")
    main(page).locator("form .btn-primary").click()
    page.wait_for_url("**/*#contacts")
    said = page.locator(".messages [role=status]")
    expect(said).to_be_in_viewport()
    expect(page.locator("#contacts")).to_be_in_viewport()
    if with_script:
        expect(page.locator("html")).to_have_attribute("data-read-out", re.compile("Carla Contact is added."))
        assert page.evaluate("scrollY") > 400  # else it would prove nothing


def test_the_help_opens_from_the_keyboard_at_the_part_that_is_meant(visit: Visit, cast: Cast) -> None:
    member = Membership.objects.get(pk=cast.admin.pk)
    assert member.role == Role.ADMIN
    page = visit(reverse("approval_chain"), member, width=390)
    link = page.get_by_role("link", name="Help", exact=True)
    link.focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**/help/assessing/#approve")
    expect(page.locator("#approve")).to_be_in_viewport()
