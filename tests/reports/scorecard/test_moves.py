"""What moved between two scorecards: told only where the same was asked and judged by the same thresholds."""

from __future__ import annotations

from collections.abc import Mapping
from copy import deepcopy
from dataclasses import replace
from fractions import Fraction
from typing import Any

import pytest
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from assessments.models import Answer
from assessments.score import arithmetic
from reports.models import Scorecard
from reports.scorecard import moves, snapshots
from reports.scorecard.earlier import Earlier, earlier_of
from reports.scorecard.moves import Direction, MoveLine, RuleResult
from reports.scorecard.words import Words
from tests.factories import Cast, make_assessment, make_release, make_vendor
from tests.reports import cards

RATED = ["broken", "partly", "met"]


def rule(status: str, percent: int | None = None, *, asked: object = "same", key: str = "speed") -> RuleResult:
    told = None if percent is None else Fraction(percent)
    return RuleResult(key=key, position=2, status=status, percent=told, asked=asked)


def direction(now: RuleResult, before: RuleResult) -> Direction | None:
    found = moves.moves([now], [before])
    return found[0].direction if found else None


@pytest.mark.parametrize(
    ("before", "now", "found"),
    [
        (rule("broken", 40), rule("partly", 60), Direction.BETTER),
        (rule("met", 80), rule("partly", 60), Direction.WORSE),
        (rule("met", 80), rule("broken", 90), Direction.WORSE),  # a knock-out: the status decides, not the percent
        (rule("partly", 60), rule("partly", 70), Direction.BETTER),
        (rule("partly", 60), rule("partly", 55), Direction.WORSE),
        (rule("partly", 60), rule("partly", 60), None),
        (rule("partly"), rule("partly"), None),
        (rule("not_rated"), rule("met", 80), Direction.OTHERWISE),
        (rule("met", 80), rule("not_rated"), Direction.OTHERWISE),
        (rule("not_rated", 10), rule("not_rated", 90), None),
        (rule("met", 80, asked="other"), rule("met", 80), Direction.ASKED_OTHERWISE),
        (rule("met", 80, key="proof"), rule("met", 80), Direction.ASKED_OTHERWISE),
    ],
)
def test_a_rule_moves_by_its_status_and_within_it_by_its_percent(
    before: RuleResult, now: RuleResult, found: str | None
) -> None:
    assert direction(now, before) == found


@given(st.sampled_from(RATED), st.integers(0, 100), st.sampled_from(RATED), st.integers(0, 100))
def test_turned_round_better_is_worse_and_nothing_stays_nothing(
    one: str, percent: int, other: str, percent_of_other: int
) -> None:
    turned = {Direction.BETTER: Direction.WORSE, Direction.WORSE: Direction.BETTER, None: None}
    there = direction(rule(other, percent_of_other), rule(one, percent))
    back = direction(rule(one, percent), rule(other, percent_of_other))
    assert turned[there] == back


def scored(answers: cards.Answers) -> dict[str, Any]:
    content = cards.snapshot(answers)
    return {**content, "score": arithmetic.as_data(snapshots.recompute(content))}


def graded(grade: int) -> cards.Answers:
    def answer(question: Mapping[str, Any]) -> Mapping[str, Any]:
        return {"grade": grade if question["key"].startswith("speed") else 4}

    return answer


def lines(now: dict[str, Any], before: dict[str, Any]) -> list[tuple[int, str]]:
    rules = {one["key"]: one["name"]["en"] for one in now["release"]["rules"]}
    policy = snapshots.policy_of(now["release"]["policy"])
    words = Words(language="en", policy=policy, rules=rules, questions={})
    return [(line.number, line.said) for line in moves.lines(now, before, words)]


def test_two_snapshots_say_in_a_line_a_rule_what_moved() -> None:
    number = next(rule["position"] for rule in cards.release()["rules"] if rule["key"] == "speed")
    assert lines(scored(graded(3)), scored(graded(1))) == [(number, "Broken → Met (25% → 75%)")]
    assert lines(scored(graded(4)), scored(graded(3))) == [(number, "Met, 75% → 100%")]
    assert lines(scored(graded(3)), scored(graded(3))) == []


@pytest.mark.parametrize("change", ["revision", "weight", "gone", "threshold"])
def test_a_question_or_a_threshold_that_changed_is_not_compared(change: str) -> None:
    now, before = scored(graded(3)), deepcopy(scored(graded(1)))
    speed = next(rule for rule in before["release"]["rules"] if rule["key"] == "speed")
    if change == "revision":
        speed["questions"][0]["revision"] += 1
    elif change == "weight":
        speed["questions"][0]["weight"] = "7"
    elif change == "gone":
        del speed["questions"][0]
    else:
        before["release"]["policy"]["met_threshold"] = 80
    said = "not comparable: its questions or thresholds have changed since"
    found = lines(now, before)
    assert (speed["position"], said) in found
    assert len(found) == (7 if change == "threshold" else 1)


def test_what_cannot_be_compared_is_listed_only_where_no_sentence_names_it_or_a_reason_is_known() -> None:
    def line(number: int, direction: str) -> MoveLine:
        return MoveLine(key=str(number), number=number, name="", said="", direction=direction)

    found = (line(1, "asked_otherwise"), line(2, "better"))
    earlier = Earlier(scorecard=Scorecard(), total=7, lines=found, is_readable=True)
    assert earlier.telling == found
    assert replace(earlier, is_summed_up=True).telling == found[1:]


def test_a_typo_that_was_corrected_is_still_compared() -> None:
    now, before = scored(graded(3)), deepcopy(scored(graded(3)))
    for asked in before["release"]["rules"]:
        asked["questions"][0]["text"]["en"] = "Tpyo"
    assert lines(now, before) == []


def graded_card(cast: Cast, vendor: Any, grade: int) -> Scorecard:
    assessment = make_assessment(cast.assessor, vendor=vendor, grade=4)
    rows = Answer.objects.filter(response__assessment=assessment, question__rule__key="speed")
    rows.update(grade=grade)
    return cards.approve(cast, assessment)


def test_the_page_links_the_scorecard_before_and_says_what_moved(cast: Cast, signed_in: Any) -> None:
    vendor = make_vendor(cast.organisation)
    graded_card(cast, make_vendor(cast.organisation, "Another"), 0)
    first, second = graded_card(cast, vendor, 1), graded_card(cast, vendor, 3)
    client = signed_in(cast.reader)
    html = " ".join(client.get(reverse("scorecard_detail", args=[second.pk])).content.decode().split())
    assert f'<a href="{reverse("scorecard_detail", args=[first.pk])}">{first.number}</a>' in html
    assert "Broken → Met (25% → 75%)" in html
    section = html[html.index('id="earlier"') :]
    section = section[: section.index("</section>")]
    assert section.count("tendency-better") == 1
    assert section.count('<ul class="card-reasons">') == 1
    assert "5.1 “speed question 1 (en)”: 1 → 3 by Assessor, +25.00 points" in section
    html = client.get(reverse("scorecard_detail", args=[first.pk])).content.decode()
    assert "Since the scorecard before" not in html


def test_another_edition_that_asks_the_same_is_compared_and_one_that_does_not_is_not(cast: Cast) -> None:
    vendor = make_vendor(cast.organisation)
    graded_card(cast, vendor, 1)
    make_release("2")
    second = graded_card(cast, vendor, 3)
    make_release("3", questions_per_rule=3)
    third = graded_card(cast, vendor, 3)
    told = earlier_of(second, language="en")
    assert told and [line.direction for line in told.lines] == ["better"]
    told = earlier_of(third, language="en")
    assert told and {line.direction for line in told.lines} == {"asked_otherwise"}
    assert len(told.lines) == 7


def test_a_damaged_scorecard_before_is_linked_and_not_compared(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    vendor = make_vendor(cast.organisation)
    first, second = graded_card(cast, vendor, 1), graded_card(cast, vendor, 3)
    whole = snapshots.load

    def load(card: Scorecard) -> dict[str, Any]:
        if card.pk == first.pk:
            raise snapshots.SnapshotDamaged
        return whole(card)

    monkeypatch.setattr(snapshots, "load", load)
    told = earlier_of(second, language="en")
    assert told and (told.scorecard, told.is_readable, told.lines) == (first, False, ())
