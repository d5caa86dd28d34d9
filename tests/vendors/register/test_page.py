"""The page of a vendor: the verdict and what contradicts it first, then everything that its own links lead to."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date
from types import SimpleNamespace
from typing import Any

import pytest
from django.urls import reverse

from assessments.findings import panel as findings_panel
from assessments.findings.findings import Finding
from assessments.findings.panel import Section
from assessments.findings.words import Notice
from assessments.models import AssessmentState
from reports.scorecard.standing import age_words
from tests.factories import NOW, Cast, make_assessment, make_incident, make_vendor
from tests.reports import cards
from vendors.models import Contact, Service, Vendor
from vendors.panels import Panel


@pytest.fixture
def vendor(cast: Cast) -> Vendor:
    return make_vendor(cast.organisation)


def page_of(client: Any, vendor: Vendor) -> str:
    return " ".join(client.get(reverse("vendor_detail", args=[vendor.pk])).content.decode().split())


def primary(page: str) -> list[str]:
    return [label.strip() for label in re.findall(r'class="btn btn-primary"[^>]*>([^<]*)</a>', page)]


def test_the_verdict_stands_before_everything_else(cast: Cast, signed_in: Any, vendor: Vendor) -> None:
    Service.objects.create(vendor=vendor, name="Payroll")
    card = cards.approved(cast, vendor=vendor, grade=1)
    page = page_of(signed_in(cast.assessor), vendor)
    head = page[: page.index('id="services"')]
    for said in ("0 of 7 rules met", "7 broken", "1. Support (en): 25%", f"scorecard {card.number}", "First scorecard"):
        assert said in head
    assert primary(page) == ["Assess this vendor"]


def test_what_is_never_assessed_says_so_and_what_to_do(cast: Cast, signed_in: Any, vendor: Vendor) -> None:
    page = page_of(signed_in(cast.assessor), vendor)
    assert "Never assessed" in page[: page.index('id="services"')]
    assert primary(page) == ["Assess this vendor"]
    page = page_of(signed_in(cast.reader), vendor)
    assert f"<bdi>{cast.assessor.user}</bdi></a>" in page
    assert primary(page) == []


@pytest.mark.parametrize("state", [AssessmentState.DRAFT, AssessmentState.COLLECTING, AssessmentState.IN_REVIEW])
def test_what_is_in_hand_is_the_next_step(cast: Cast, signed_in: Any, vendor: Vendor, state: AssessmentState) -> None:
    in_hand = make_assessment(cast.assessor, vendor=vendor, state=state)
    page = page_of(signed_in(cast.reader), vendor)
    assert primary(page) == [f"Go on with {in_hand.reference}"]
    assert "The first assessment is under way." in page


def test_what_is_over_is_no_next_step(cast: Cast, signed_in: Any, vendor: Vendor) -> None:
    make_assessment(cast.assessor, vendor=vendor, state=AssessmentState.CANCELLED)
    assert primary(page_of(signed_in(cast.assessor), vendor)) == ["Assess this vendor"]


def test_a_contradiction_stands_at_the_head_with_the_way_to_its_figures(
    cast: Cast, signed_in: Any, vendor: Vendor, monkeypatch: pytest.MonkeyPatch
) -> None:
    cards.approved(cast, vendor=vendor)
    notice = Notice(
        rule="speed",
        number=5,
        name="Speed",
        finding=Finding.CONTRADICTED.value,
        label="Contradicted",
        brief="Rule 5 is rated met, yet it takes longer.",
        plain="Rule 5 is rated met, yet it takes longer.",
        grounds="",
        incidents=(),
        more=0,
    )
    other = replace(notice, finding=Finding.BETTER_THAN_RATED.value, brief="Rule 6 is better.")
    shown = Section(vendor=vendor, view=SimpleNamespace(notices=(notice, other)))  # type: ignore[arg-type]
    told = findings_panel._contradictions(shown)
    assert told == [notice]
    monkeypatch.setattr(findings_panel, "_contradictions", lambda section: told)
    monkeypatch.setattr(findings_panel, "_contradictions", lambda section: [notice])
    page = page_of(signed_in(cast.reader), vendor)
    head = page[: page.index('aria-label="On this page"')]
    assert "Rule 5 is rated met, yet it takes longer." in head
    assert 'href="#measured"' in head


def test_the_links_of_the_page_lead_to_sections_that_are_there(cast: Cast, signed_in: Any, vendor: Vendor) -> None:
    Vendor.objects.filter(pk=vendor.pk).update(notes="Call before noon.")
    make_incident(vendor)
    cards.approved(cast, vendor=vendor)
    page = page_of(signed_in(cast.assessor), vendor)
    nav = page[page.index('aria-label="On this page"') :]
    anchors = re.findall(r'href="#([\w-]+)"', nav[: nav.index("</nav>")])
    judged = ["trends", "measures", "measured", "commitments"]
    facts = ["contracts", "care", "rehearsals", "notices", "incidents", "proofs", "voice"]
    assert anchors == ["services", "contacts", "assessments", *judged, *facts, "notes"]
    for anchor in anchors:
        assert page.count(f'id="{anchor}"') == 1


@pytest.mark.parametrize(
    ("services", "contacts", "columns"), [(1, 1, True), (1, 0, False), (0, 1, False), (0, 0, False)]
)
def test_two_columns_stand_only_where_both_are_filled(  # noqa: PLR0917
    cast: Cast, signed_in: Any, vendor: Vendor, services: int, contacts: int, columns: bool
) -> None:
    for number in range(services):
        Service.objects.create(vendor=vendor, name=f"Service {number}")
    for number in range(contacts):
        Contact.objects.create(vendor=vendor, name=f"Contact {number}")
    assert ("columns-even" in page_of(signed_in(cast.reader), vendor)) == columns


def test_an_archived_vendor_is_not_to_be_assessed(cast: Cast, signed_in: Any, vendor: Vendor) -> None:
    Vendor.objects.filter(pk=vendor.pk).update(archived_at=NOW)
    page = page_of(signed_in(cast.assessor), vendor)
    assert primary(page) == []
    assert "It was archived before anybody assessed it." in page


@pytest.mark.parametrize(
    ("day", "words"),
    [
        (date(2026, 5, 1), "today"),
        (date(2026, 4, 30), "1 day ago"),
        (date(2026, 3, 3), "59 days ago"),
        (date(2026, 3, 2), "2 months ago"),
        (date(2025, 5, 1), "12 months ago"),
    ],
)
def test_an_age_is_told_in_days_then_in_months(day: date, words: str) -> None:
    assert age_words(day, date(2026, 5, 1)) == words


def test_a_panel_may_have_a_head_alone() -> None:
    assert Panel(head="reports/scorecard/_head_standing.html", context={}).template == ""
