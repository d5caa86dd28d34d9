"""What was held of what is claimed: frozen into the scorecard, on its page and its paper, kept from raters."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import Membership, User
from assessments.models import AssessmentState
from reports.models import DocumentKind
from reports.scorecard import snapshots, view
from reports.secrecy import is_kept_from
from tests.assessments.findings.practised import asked, held, recorded_since, says
from tests.factories import Cast, add_rater, make_assessment, make_vendor
from tests.reports import cards
from tests.reports.scorecard.test_snapshots import schema_2, schema_3

SignedIn = Callable[[Membership | User], Client]
LESS = {
    "rule": "speed",
    "question": "speed-practice",
    "by": "vendor",
    "counted": "rehearsals",
    "grade": None,
    "times": "2",
    "unit": "year",
    "outcome": "less",
    "last": "2025-01-25",
    "in_last_year": 0,
    "since": "2024-06-01",
    "until": "2026-03-31",
}


def shown(language: str = "en") -> Any:
    return view.view_of(cards.scorecard({**cards.snapshot(), "practice": [LESS]}), language=language)


@pytest.mark.django_db
def test_what_was_held_is_frozen_with_the_claim_and_later_rehearsals_change_nothing(
    cast: Cast, signed_in: SignedIn
) -> None:
    vendor = make_vendor(cast.organisation, "Harbour Systems")
    assessment = asked(cast, vendor)
    says(assessment, "speed-practice", 2)
    held(cast, vendor, 430)
    vendor.organisation.refresh_from_db()

    card = cards.approve(cast, assessment)

    [stored] = snapshots.load(card)["practice"]
    assert (stored["question"], stored["by"], stored["outcome"]) == ("speed-practice", "vendor", "less")
    assert (stored["last"], stored["until"], stored["in_last_year"]) == ("2024-12-27", "2026-03-02", 0)
    held(cast, vendor, 5)
    page = signed_in(cast.reader).get(reverse("scorecard_detail", args=[card.pk])).content.decode()
    assert "Less often than claimed" in page
    assert "14\u00a0months ago" in page or "14 months ago" in page


@pytest.mark.django_db
def test_where_nothing_is_claimed_or_on_record_a_scorecard_says_nothing_of_it(cast: Cast, signed_in: SignedIn) -> None:
    card = cards.approved(cast)
    assert snapshots.load(card)["practice"] == []
    page = signed_in(cast.reader).get(reverse("scorecard_detail", args=[card.pk])).content.decode()
    assert "Rehearsed and reviewed" not in page


def test_paper_says_it_with_the_number_of_the_question_and_the_brief_among_what_speaks_against_the_grades() -> None:
    card = cards.scorecard({**cards.snapshot(), "practice": [LESS]})
    brief = view.scorecard_html(card, language="en", kind=DocumentKind.BRIEF)
    assert "Less often than claimed" in brief
    rest = view.scorecard_html(card, language="en")
    assert "5.2: the vendor says 2 times a year, yet the last rehearsal with us, or shown to us, was 14 months ago" in (
        rest.replace("\u00a0", " ")
    )


def test_a_question_that_the_edition_does_not_ask_is_left_out() -> None:
    content = {**cards.snapshot(), "practice": [{**LESS, "question": "gone"}]}
    assert view.view_of(cards.scorecard(content), language="en").practice == ()


@pytest.mark.parametrize("language", ["en", "fr", "nl"])
def test_scorecards_from_before_say_nothing_of_it(language: str) -> None:
    for card in (schema_2(), schema_3()):
        assert snapshots.load(card)["practice"] is None
        assert view.view_of(card, language=language).practice == ()
        assert 'class="practice"' not in view.scorecard_html(card, language=language)


@pytest.mark.django_db
def test_its_document_waits_for_the_answers_of_whoever_still_judges(cast: Cast, signed_in: SignedIn) -> None:
    vendor = make_vendor(cast.organisation, "Harbour Systems")
    assessment = asked(cast, vendor)
    says(assessment, "speed-practice", 2)
    recorded_since(vendor, 900)
    assessment.vendor.organisation.refresh_from_db()
    card = cards.approve(cast, assessment)
    assert snapshots.load(card)["measures"] is None
    again = make_assessment(cast.assessor, vendor=vendor, state=AssessmentState.COLLECTING, release=assessment.release)
    assert not is_kept_from(cast.colleague, card)
    add_rater(again, cast.colleague)
    assert is_kept_from(cast.colleague, card)
    page = signed_in(cast.colleague).get(reverse("scorecard_detail", args=[card.pk])).content.decode()
    assert "Less often than claimed" not in page
