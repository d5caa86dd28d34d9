"""What a scorecard says of the one before, from its own snapshot: an arrow a rule, and one sentence."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from fractions import Fraction
from typing import Any

import pytest
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from assessments.models import Answer
from reports.models import Scorecard
from reports.scorecard import snapshots, view
from reports.scorecard.shapes import BeforeView, ScorecardView
from tests.factories import Cast, make_assessment, make_release, make_vendor
from tests.reports import cards

ALL = [rule["key"] for rule in cards.release()["rules"]]
GRADES = {"broken": 1, "partly": 2, "met": 4}


def told(now: Mapping[str, str], before: Mapping[str, Any] | None, language: str = "en") -> ScorecardView:
    """Each rule with one grade throughout, from its status; `before` as `cards.earlier` gives it."""

    def answer(question: Mapping[str, Any]) -> Mapping[str, Any]:
        status = now.get(question["key"].split("-")[0], "met")
        return {"blank": "dont_know"} if status == "not_rated" else {"grade": GRADES[status]}

    return view.view_of(cards.scorecard({**cards.snapshot(answer), "previous": before}), language=language)


def rows(card: ScorecardView) -> list[BeforeView | None]:
    """Without the reason, which stands elsewhere."""
    return [rule.before and replace(rule.before, why="") for rule in card.rules]


def test_each_rule_has_an_arrow_with_the_percent_before() -> None:
    first, second, third = ALL[:3]
    before = cards.earlier("broken", "met", "met", percent="125/3")
    before["rules"][2]["percent"] = "100"
    found = rows(told({first: "broken", second: "partly"}, before))
    assert found[0] == BeforeView(way="worse", said="from 41.7%", was="41.7%", way_label="lower"), f"{first}: 25% now"
    assert found[1] == BeforeView(way="better", said="from 41.7%", was="41.7%", way_label="higher"), (
        f"{second}: 50% now"
    )
    assert found[2] == BeforeView(way="flat", said="as before", was="100%", way_label="the same"), f"{third}: 100% now"


def test_what_was_not_rated_has_no_arrow() -> None:
    first, second, third = ALL[:3]
    before = cards.earlier("not_rated", "met", "not_rated", percent="75")
    found = rows(told({second: "not_rated", third: "not_rated"}, before))
    assert found[0] == BeforeView(way="", said="not rated before"), first
    assert found[1] == BeforeView(way="", said="before: 75%", was="75%"), second
    assert found[2] is None, third


def test_what_was_asked_otherwise_is_not_compared() -> None:
    card = told({}, cards.earlier(comparable=False))
    assert rows(card) == [BeforeView(way="", said="not comparable")] * 7
    assert card.since.endswith("not comparable: rules 1, 2, 3, 4, 5, 6 and 7.")


def test_one_sentence_names_each_rule_whose_status_changed() -> None:
    before = cards.earlier("met", "broken", "broken", "met", "met", "met", "met", percent="41")
    before["rules"][5]["comparable"] = False
    card = told({ALL[0]: "broken"}, before)
    assert card.since == (
        "Since S-2025-004 of 3\u00a0September 2025 (rules met then: 5 of 7): rule 1 Met → Broken; rules 2 and 3 "
        "Broken → Met; not comparable: rule 6."
    )
    assert card.previous == "", "it is not named twice"


def test_a_percent_that_moved_within_its_status_is_an_arrow_and_no_change() -> None:
    card = told({}, cards.earlier(*["met"] * 7, percent="80"))
    assert card.since.endswith(": no rule changed its status.")
    assert {row.way for row in rows(card) if row} == {"better"}


def test_without_an_earlier_scorecard_nothing_is_said_of_one() -> None:
    card = told({}, None)
    assert (card.since, card.previous, rows(card)) == ("", "", [None] * 7)


def test_one_that_holds_no_rules_is_named_alone() -> None:
    card = told({}, {"number": "S-2025-004", "met": 3, "of": 7})
    assert (card.since, rows(card)) == ("", [None] * 7)
    assert card.previous == "The scorecard before this one, S-2025-004; rules met: 3 of 7."


@given(st.fractions(min_value=0, max_value=100), st.sampled_from(["broken", "partly", "met"]))
def test_the_arrow_never_contradicts_the_exact_percents(before: Fraction, status: str) -> None:
    now = Fraction(25 * GRADES[status])
    found = rows(told({ALL[0]: status}, cards.earlier("partly", percent=str(before))))[0]
    assert found is not None
    assert found.way == ("flat" if now == before else "better" if now > before else "worse")


# Frozen ----------------------------------------------------------------------------------------------------------
def graded(cast: Cast, vendor: Any, grade: int) -> Scorecard:
    assessment = make_assessment(cast.assessor, vendor=vendor, grade=4)
    rows = Answer.objects.filter(response__assessment=assessment, question__rule__key="speed")
    rows.update(grade=grade)
    return cards.approve(cast, assessment)


def test_what_the_rules_were_is_frozen_exactly(cast: Cast) -> None:
    vendor = make_vendor(cast.organisation)
    graded(cast, make_vendor(cast.organisation, "Another"), 0)
    first = graded(cast, vendor, 1)
    kept = snapshots.load(graded(cast, vendor, 3))["previous"]
    assert (kept["number"], kept["met"], kept["of"], kept["edition"]) == (first.number, 6, 7, "1")
    assert kept["approved_at"] == first.approved_at.isoformat().replace("+00:00", "Z")
    assert {rule["rule"]: (rule["status"], rule["percent"]) for rule in kept["rules"]} == {
        rule.key: ("broken", "25/1") if rule.key == "speed" else ("met", "100/1") for rule in first.rules.all()
    }
    assert all(rule["comparable"] for rule in kept["rules"])
    why = {rule["rule"]: rule["why"] for rule in kept["rules"]}
    assert why["speed"]["en"].endswith("“speed question 1 (en)”: 1 → 3 by Assessor, +25.00\N{NO-BREAK SPACE}points")
    assert "« speed question 1 (fr) »" in " ".join(why["speed"]["fr"].split())
    assert why["support"] == {"en": "", "fr": "", "nl": ""}


def test_another_edition_is_compared_where_it_asks_the_same(cast: Cast) -> None:
    vendor = make_vendor(cast.organisation)
    graded(cast, vendor, 1)
    make_release("2")
    same = snapshots.load(graded(cast, vendor, 3))["previous"]
    make_release("3", questions_per_rule=3)
    other = snapshots.load(graded(cast, vendor, 3))["previous"]
    assert {rule["comparable"] for rule in same["rules"]} == {True}
    assert {rule["comparable"] for rule in other["rules"]} == {False}
    assert other["edition"] == "2"


def test_a_damaged_scorecard_before_is_named_and_not_compared(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    vendor = make_vendor(cast.organisation)
    first = graded(cast, vendor, 1)
    whole = snapshots.load

    def load(card: Scorecard) -> dict[str, Any]:
        if card.pk == first.pk:
            raise snapshots.SnapshotDamaged
        return whole(card)

    monkeypatch.setattr(snapshots, "load", load)
    kept = whole(graded(cast, vendor, 3))["previous"]
    assert (kept["number"], kept["rules"]) == (first.number, [])


def test_the_page_says_it_in_its_rows_and_in_one_sentence(cast: Cast, signed_in: Any) -> None:
    vendor = make_vendor(cast.organisation)
    first, second = graded(cast, vendor, 1), graded(cast, vendor, 3)
    client = signed_in(cast.reader)
    html = " ".join(client.get(reverse("scorecard_detail", args=[second.pk])).content.decode().split())
    assert f'<a href="{reverse("scorecard_detail", args=[first.pk])}">{first.number}</a>' in html
    number = second.rules.get(key="speed").position
    assert f"Since {first.number} of 2 March 2026 (rules met then: 6 of 7): rule {number} Broken → Met." in html
    rules = html[html.index('id="rules"') : html.index('id="record"')]
    assert rules.count('<span class="tendency tendency-better">') == 1
    assert "from 25%" in rules
    assert html.count("as before") == 6
    html = client.get(reverse("scorecard_detail", args=[first.pk])).content.decode()
    assert "Since the scorecard before" not in html


def test_whoever_still_rates_the_vendor_is_not_led_by_what_moved(cast: Cast, signed_in: Any) -> None:
    vendor = make_vendor(cast.organisation)
    graded(cast, vendor, 1)
    page = reverse("scorecard_detail", args=[graded(cast, vendor, 3).pk])
    make_assessment(cast.assessor, vendor=vendor)
    html = signed_in(cast.assessor).get(page).content.decode()
    assert "from 25%" not in html
    assert "Since S-2026-001 of" not in html
    assert "25% → 75%" not in html
    assert "What changed is told once you have handed in your own answers." in html
    assert "from 25%" in signed_in(cast.reader).get(page).content.decode()
