"""What was expected of the vendor: frozen on the day of the approval, and said beside claim, rating and measure."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import Membership, User
from reports.scorecard import expected, snapshots, view
from tests.factories import NOW, Cast, make_assessment, make_expectations, make_incident, make_vendor
from tests.reports import cards
from vendors.expectations import editions
from vendors.models import Acknowledgement, Stance

SignedIn = Callable[[Membership | User], Client]
TODAY = NOW.date()


def shown(language: str = "en", *, measured: bool = True, **acknowledgement: Any) -> Any:
    content = cards.snapshot()
    if measured:
        content = cards.with_measures(content, cards.cases())
    return view.view_of(
        cards.scorecard({**content, "expectations": cards.expectations(**acknowledgement)}), language=language
    )


def said_of(card: Any) -> str:
    return str(card.expected.said.replace("\u00a0", " "))


# Frozen ----------------------------------------------------------------------------------------------------------
@pytest.mark.django_db
def test_what_held_on_the_day_of_the_approval_is_frozen_with_the_vendors_last_word(cast: Cast) -> None:
    vendor = make_vendor(cast.organisation)
    first = make_expectations(cast.assessor, since=TODAY - timedelta(days=40))
    said = {"support": {"stance": Stance.ACCEPTS, "comment": ""}, "speed": {"stance": Stance.DISCUSSES, "comment": "?"}}
    Acknowledgement.objects.create(
        edition=first, vendor=vendor, on=TODAY, by="Nils", replies=said, recorded_by=cast.assessor.user, at=NOW
    )
    draft = editions.start_draft(cast.assessor, editions.Source.EDITION)
    later = editions.Publication(in_force_from=TODAY + timedelta(days=1), note="Later.", read=draft.version)
    editions.publish(cast.assessor, draft, later, today=TODAY)

    stored = snapshots.load(cards.approved(cast, vendor=vendor))["expectations"]

    assert (stored["edition"], stored["in_force_from"]) == (1, "2026-01-21")
    assert [rule["rule"] for rule in stored["rules"]][:2] == ["support", "consistency"]
    assert stored["rules"][4]["expectations"][0]["target"] == "0.25"
    assert stored["acknowledgement"] == {"edition": 1, "on": "2026-03-02", "by": "Nils", "replies": said}


@pytest.mark.django_db
def test_where_nothing_is_in_force_a_scorecard_says_nothing_of_it(cast: Cast, signed_in: SignedIn) -> None:
    make_expectations(cast.stranger)
    card = cards.approved(cast)
    assert snapshots.load(card)["expectations"] is None
    assert view.view_of(card, language="en").expected is None
    page = signed_in(cast.reader).get(reverse("scorecard_detail", args=[card.pk])).content.decode()
    assert "Expected, claimed, rated, measured" not in page


# Shown -----------------------------------------------------------------------------------------------------------
def test_each_expectation_says_its_target_what_was_measured_and_whether_it_is_kept() -> None:
    card = shown()
    ((_rule, support), (rule, speed)) = card.held_to
    assert (support.lines, rule.key) == ((), "speed")
    answers, lead, asked = speed.lines
    assert (answers.text, answers.told_by) == ("A person answers.", "Mean time to resolve: at most 4 hours")
    assert (answers.measured != "", answers.state, answers.state_label) == (True, "missed", "missed")
    assert (lead.told_by, lead.measured, lead.state) == ("", "", "")
    assert (asked.told_by, asked.measured, asked.state) == ("Told why the vendor asks: at least 90%", "", "")
    assert card.expected.counted == "Of what is expected and measured, 0 are kept and 1 missed."


def test_without_measures_nobody_says_kept_or_missed() -> None:
    card = shown(measured=False)
    assert [line.state for line in card.expected.rules["speed"].lines] == ["", "", ""]
    assert card.expected.counted == ""


def test_it_speaks_the_language_of_the_paper() -> None:
    assert shown("nl").expected.rules["speed"].lines[0].text == "Een mens reageert."
    assert shown("fr").expected.rules["speed"].lines[0].text == "Une personne répond."


def test_what_the_vendor_said_is_told_and_of_an_earlier_edition_that_it_is_of_that() -> None:
    replies = {"speed": {"stance": "discusses", "comment": "Not at night."}}
    card = shown(replies=replies)
    assert card.expected.since.replace("\u00a0", " ") == "Edition 2 of what we expect, in force since 15 January 2026."
    assert said_of(card) == "The vendor acknowledged it on 3 February 2026 (Nils Northwind)."
    assert card.expected.rules["speed"].talk == "The vendor wants to talk about this: Not at night."
    before = shown(edition=1, replies=replies)
    assert said_of(before) == (
        "The vendor has not acknowledged it; its last word, of 3 February 2026, is about edition 1."
    )
    assert before.expected.rules["speed"].talk == ""
    assert said_of(shown()) == "The vendor has not acknowledged it."


def test_a_measure_that_a_later_version_does_not_take_leaves_the_words() -> None:
    content = {**cards.snapshot(), "expectations": cards.expectations()}
    content["expectations"]["rules"][1]["expectations"][0]["measure"] = "gone"
    card = view.view_of(cards.scorecard(content), language="en")
    line = card.expected.rules["speed"].lines[0]
    assert (line.text, line.told_by) == ("A person answers.", "")


def test_the_record_says_it_rule_by_rule() -> None:
    content = cards.with_measures(cards.snapshot(), cards.cases())
    html = view.scorecard_html(
        cards.scorecard({**content, "expectations": cards.expectations(replies={})}), language="en"
    )
    said = " ".join(html.partition('id="expected"')[2].split())
    assert "A person answers." in said
    assert "Mean time to resolve: at most 4\u00a0hours; measured:" in said or "at most 4 hours; measured:" in said
    assert "missed</strong>" in said


@pytest.mark.django_db
def test_whoever_still_rates_reads_what_is_expected_and_not_whether_it_is_kept(cast: Cast, signed_in: SignedIn) -> None:
    vendor = make_vendor(cast.organisation)
    make_expectations(cast.assessor, since=TODAY)
    make_incident(vendor, opened=NOW - timedelta(days=40))
    card = cards.approved(cast, vendor=vendor)
    make_assessment(cast.assessor, vendor=vendor)
    page = signed_in(cast.assessor).get(reverse("scorecard_detail", args=[card.pk])).content.decode()
    assert "A person, not a receipt, answers a critical report within 15 minutes" in page
    assert "not measured yet" not in page
    page = signed_in(cast.reader).get(reverse("scorecard_detail", args=[card.pk])).content.decode()
    assert "not measured yet" in page


def test_of_a_snapshot_from_before_nothing_is_said() -> None:
    assert expected.of({"expectations": None}, None) is None  # type: ignore[arg-type]
    assert snapshots.SINCE_SCHEMA_9["expectations"] is None
