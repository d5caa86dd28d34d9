"""The whole way through an assessment by the one main button of each page, from a draft to the scorecard."""

from __future__ import annotations

import re

import pytest
from django.urls import reverse
from playwright.sync_api import Page, expect

from accounts.models import Membership
from assessments.models import Answer, Assessment, AssessmentState, Response
from reports.models import Scorecard
from tests.browser.conftest import PATIENCE, Visit
from tests.factories import Cast, make_release, make_vendor

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
expect.set_options(timeout=PATIENCE)


def test_the_main_button_leads_all_the_way(visit: Visit, cast: Cast) -> None:
    """Takes its time: some thirty pages, opened by three people."""
    make_release(questions_per_rule=1)
    make_vendor(cast.organisation)
    owner = visit(reverse("assessment_add"), cast.assessor)
    owner.locator("[name=vendor]").select_option(index=1)
    owner.get_by_role("button", name="Keep as a draft").click()
    expect_now(owner, "Ask raters")
    go_on(owner, "Open the questionnaire")
    owner.goto(path("assessment_detail"))
    go_on(owner, "Ask raters")
    owner.locator(f"[name=people][value='{cast.reader.pk}']").check()
    owner.get_by_role("button", name="Ask to rate").click()

    rate(visit, cast.reader)
    owner.goto(path("assessment_detail"))
    expect_now(owner, "Answer")
    go_on(owner, "Start answering")
    graded(cast.assessor)
    owner.goto(path("assessment_detail"))
    go_on(owner, "Review and hand in")
    go_on(owner, "Hand in my answers")
    expect_now(owner, "Submit")

    submit(owner)
    owner.get_by_role("link", name="Take the submission back").click()
    go_on(owner, "Take the submission back")
    expect_now(owner, "Submit")
    assert Assessment.objects.get().state == AssessmentState.COLLECTING
    submit(owner)

    approver = visit(path("assessment_detail"), cast.approver)
    expect_now(approver, "Approve")
    go_on(approver, "Review and decide")
    go_on(approver, "Approve")
    expect(approver.get_by_role("main")).to_contain_text("the approval cannot be taken back")
    assert Assessment.objects.get().state == AssessmentState.IN_REVIEW
    go_on(approver, "Approve")
    go_on(approver, "See the scorecard")
    expect(approver.get_by_role("heading", level=1)).to_contain_text("Example Systems")
    assert Scorecard.objects.get().rules_met == 7


def path(route: str) -> str:
    return reverse(route, args=[Assessment.objects.get().pk])


def go_on(page: Page, name: str) -> None:
    """By the one main button that the page has, whatever else it offers."""
    main = page.get_by_role("main").locator(".btn-primary")
    expect(main).to_have_count(1)
    expect(main).to_have_text(re.compile(rf"^\s*{name}\s*$"))
    with page.expect_navigation():
        main.click()


def expect_now(page: Page, stage: str) -> None:
    expect(page.locator(".steps [aria-current=step]")).to_contain_text(stage)


def submit(page: Page) -> None:
    """Nothing is submitted before the page that says what is at stake."""
    go_on(page, "Submit for approval")
    expect(page.get_by_role("main")).to_contain_text("All questions are answered: 7.")
    assert Assessment.objects.get().state == AssessmentState.COLLECTING
    go_on(page, "Submit for approval")
    assert Assessment.objects.get().state == AssessmentState.IN_REVIEW


def rate(visit: Visit, member: Membership) -> None:
    page = visit(path("assessment_detail"), member)
    go_on(page, "Start answering")
    graded(member)
    page.goto(path("assessment_detail"))
    go_on(page, "Review and hand in")
    go_on(page, "Hand in my answers")
    assert Response.objects.get(rater=member.user).submitted_at


def graded(member: Membership) -> None:
    """What the cards of the questionnaire are clicked for elsewhere."""
    Answer.objects.filter(response__rater=member.user).update(grade=3)
