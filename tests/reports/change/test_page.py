"""What the page says of two snapshots: sums, words of then and now, thresholds, and rules without a difference."""

from __future__ import annotations

from collections.abc import Mapping
from copy import deepcopy
from fractions import Fraction
from typing import Any

import pytest
from django.template.loader import render_to_string

from reports.change.page import ChangePage, PartRow, RuleRow, page_of
from reports.comparison.view import view_of
from reports.scorecard import snapshots
from tests.reports import cards, earlier_versions

Content = dict[str, Any]
SPEED = next(rule for rule in cards.release()["rules"] if rule["key"] == "speed")
FIRST, SECOND = (question["key"] for question in SPEED["questions"][:2])


def graded(**by_key: Any) -> cards.Answers:
    """3 on each question, but for those given, by “first” and “second”: what stands in the answer."""
    given = {FIRST: by_key.get("first"), SECOND: by_key.get("second"), "all": by_key.get("speed")}

    def answer(question: Mapping[str, Any]) -> Mapping[str, Any]:
        if question["key"].startswith("speed") and given["all"]:
            return given["all"]
        return given.get(question["key"]) or {"grade": 3}

    return answer


def page(now: Content, then: Content) -> ChangePage:
    read_then, read_now = (snapshots.load(cards.scorecard(cards.computed(content))) for content in (then, now))
    return page_of(read_then, read_now, language="en")


def rule_of(now: Content, then: Content) -> RuleRow:
    return next(rule for rule in page(now, then).rules if rule.key == "speed")


def own_release(content: Content, **policy: int) -> Content:
    """With a release that may be changed."""
    release = deepcopy(content["release"])
    release["policy"] |= policy
    return {**content, "release": release}


def speed_of(content: Content) -> dict[str, Any]:
    found: dict[str, Any] = next(rule for rule in content["release"]["rules"] if rule["key"] == "speed")
    return found


def shown(found: ChangePage) -> str:
    html = "".join(render_to_string("reports/change/_rule.html", {"rule": rule}) for rule in found.rules)
    return " ".join((render_to_string("reports/change/_overview.html", {"change": found}) + html).split())


def test_the_parts_stand_by_size_and_add_up_to_the_points_of_the_rule() -> None:
    then = cards.snapshot(graded(first={"grade": 3}, second={"grade": 1}), graded())
    now = cards.snapshot(graded(first={"grade": 0}, second={"grade": 2}), graded())
    rule = rule_of(now, then)
    sizes = [abs(part.reason.part.points or 0) for part in rule.parts]
    assert len(sizes) == 2 and sizes == sorted(sizes, reverse=True)
    total = sum((part.reason.part.points or Fraction(0) for part in rule.parts), Fraction(0))
    assert rule.exact.replace("−", "-") == str(total)


def test_an_answer_that_moved_shows_the_words_of_its_rater_alone_then_and_now() -> None:
    def words(grade: int, text: str) -> dict[str, Any]:
        return {"grade": grade, "vendor_says": f"Says {text}", "comment": f"Comment {text}"}

    then = cards.snapshot(graded(first=words(3, "then")), graded(first=words(2, "of another")))
    now = cards.snapshot(graded(first=words(1, "now")), graded(first=words(2, "of another")))
    (part,) = rule_of(now, then).parts
    (said,) = part.said
    assert [(one.rater, one.grade, one.vendor_says, one.comment) for one in said.then.answers] == [
        ("Rater 1, Department 1", "3", "Says then", "Comment then")
    ]
    assert [(one.rater, one.grade, one.vendor_says, one.comment) for one in said.now.answers] == [
        ("Rater 1, Department 1", "1", "Says now", "Comment now")
    ]
    html = shown(page(now, then))
    assert "Says then" in html and "Comment now" in html and "of another" not in html


def test_what_was_noted_and_what_the_vendor_answered_stand_with_it() -> None:
    then, now = cards.snapshot(graded(first={"grade": 1})), cards.full()
    then["notes"] = {FIRST: {"text": "Noted of the vendor.", "by": "Ada Example", "at": "2026-03-01T12:00:00Z"}}
    now["notes"] = {}
    parts = [part for part in rule_of(now, then).parts if part.reason.part.questions == (FIRST,)]
    assert parts, "the first question moved"
    html = render_to_string("reports/change/_said.html", {"part": parts[0]})
    assert "Noted of the vendor." in html
    assert cards.OWN_WORDS in html


def test_an_agreement_shows_its_reason_and_whoever_answered() -> None:
    then, now = cards.snapshot(graded(), graded()), cards.snapshot(graded(), graded())
    now["consensus"] = {FIRST: {"grade": 1, "not_applicable": False, "reason": "Read again.", "held_on": "2026-03-01"}}
    (part,) = rule_of(now, then).parts
    (said,) = part.said
    assert said.then.agreed is None and said.now.agreed is not None and said.now.agreed.reason == "Read again."
    assert len(said.then.answers) == len(said.now.answers) == 2
    assert "Read again." in shown(page(now, then))


def test_a_revised_question_shows_both_wordings_and_is_called_not_comparable() -> None:
    then, now = cards.snapshot(graded()), own_release(cards.snapshot(graded(first={"grade": 1})))
    asked = speed_of(now)["questions"][0]
    before = asked["text"]["en"]
    asked |= {"revision": asked["revision"] + 1, "text": {**asked["text"], "en": "Asked quite otherwise?"}}
    (part,) = rule_of(now, then).parts
    assert [(one.then.text, one.now.text) for one in part.said] == [(before, "Asked quite otherwise?")]
    assert part.kind == "Another question, not comparable"
    assert "Asked quite otherwise?" in shown(page(now, then))


def test_a_rater_who_came_is_shown_with_each_question_by_name() -> None:
    then, now = cards.snapshot(graded()), cards.snapshot(graded(), graded(first={"grade": 1, "comment": "New here."}))
    parts = rule_of(now, then).parts
    (came,) = [part for part in parts if part.reason.part.rater]
    assert came.said[0].question == f"{SPEED['position']}.1 {SPEED['questions'][0]['short']['en']}"
    assert all(one.then.answers == () for one in came.said)
    assert came.said[0].now.answers[0].comment == "New here."


def test_what_moved_nothing_folds_into_one_line_below_what_did() -> None:
    """A second rater grades as the first did, but for one question: of the parts of the rules, most are worth 0."""
    then, now = cards.snapshot(graded()), cards.snapshot(graded(), graded(first={"grade": 1}))
    moved, still = rule_of(now, then), next(rule for rule in page(now, then).rules if rule.key != "speed")
    assert (len(moved.moving), moved.unmoving) == (1, ())
    assert (still.moving, len(still.unmoving), still.points) == ((), 1, "0.00")
    html = " ".join(render_to_string("reports/change/_rule.html", {"rule": still}).split())
    assert "<summary> 1 change that moved nothing </summary>" in html and "<table" not in html


def test_weights_show_no_answers() -> None:
    then, now = cards.snapshot(graded(first={"grade": 1})), own_release(cards.snapshot(graded(first={"grade": 1})))
    speed_of(now)["questions"][0]["weight"] = "9"
    (part,) = rule_of(now, then).parts
    assert (part.kind, part.said, part.has_words) == ("Weights", (), False)


# Without points ---------------------------------------------------------------------------------------------------
def test_a_rule_that_was_not_rated_says_why_and_prints_no_difference_and_no_zero() -> None:
    unknown = {"grade": None, "blank": "dont_know"}
    then, now = cards.snapshot(graded(speed=unknown)), cards.snapshot(graded())
    rule = rule_of(now, then)
    assert (rule.points, rule.exact) == ("", "")
    assert rule.note == "It was not rated then, so that there is no difference in points."
    assert rule.then is not None and "0% of the weight is graded, 75% is needed" in rule.then.why
    assert len(rule.parts) == len(SPEED["questions"])
    html = render_to_string("reports/change/_rule.html", {"rule": rule})
    assert "Points" not in html and "0.00" not in html
    back = rule_of(then, now)
    assert back.note == "It is not rated now, so that there is no difference in points."
    both = rule_of(then, then)
    assert both.note.startswith("It was not rated then and is not rated now")


def test_a_rule_that_only_one_of_the_two_has_is_told() -> None:
    whole, without = cards.snapshot(graded()), own_release(cards.snapshot(graded()))
    without["release"]["rules"] = [rule for rule in without["release"]["rules"] if rule["key"] != "speed"]
    assert rule_of(whole, without).note == "This rule is new: the earlier scorecard does not have it."
    assert rule_of(without, whole).note == "The later scorecard does not have this rule any more."
    assert "no difference" in shown(page(whole, without))


def test_a_rule_that_did_not_move_has_a_line() -> None:
    found = page(cards.snapshot(graded()), cards.snapshot(graded()))
    assert all(rule.is_still and rule.points == "0.00" for rule in found.rules)
    assert shown(found).count("This rule did not move.") == len(found.rules)


# Thresholds -------------------------------------------------------------------------------------------------------
def test_thresholds_are_told_and_that_they_alone_make_another_status() -> None:
    then, now = cards.snapshot(graded()), own_release(cards.snapshot(graded()), met_threshold=80)
    found = page(now, then)
    assert found.thresholds == ("Met from: 75% → 80%",)
    for rule in found.rules:
        assert rule.judged == "Met from: 75% → 80%. As it was judged then, it would now be: met."
        assert (rule.points, rule.parts, rule.is_still) == ("0.00", (), False)
    assert "The thresholds changed." in shown(found)
    assert page(then, then).thresholds == ()


def test_a_question_that_became_a_knockout_is_named_where_it_alone_breaks_the_rule() -> None:
    answers = graded(first={"grade": 1})
    then, now = cards.snapshot(answers), own_release(cards.snapshot(answers))
    then = own_release(then)
    for content, knockout in ((then, False), (now, True)):
        for question in speed_of(content)["questions"]:
            question["knockout"] = knockout and question["key"] == FIRST
    rule = rule_of(now, then)
    assert rule.now is not None and rule.now.status == "broken"
    number = f"{SPEED['position']}.1"
    assert rule.judged == f"{number} is a knock-out question now. As it was judged then, it would now be: partly met."


def test_a_scorecard_of_another_arithmetic_is_told() -> None:
    then, now = (snapshots.load(cards.scorecard(cards.snapshot(graded()))) for _turn in range(2))
    assert page_of(then, now, language="en").is_as_printed
    stored = deepcopy(then["score"])
    stored["rules"][0]["percent"] = "1/2"
    found = page_of({**then, "score": stored}, now, language="en")
    assert not found.is_as_printed
    assert "an earlier version of the arithmetic" in shown(found)


def test_every_part_of_two_full_scorecards_can_be_shown() -> None:
    found = page(cards.full(), cards.snapshot(graded(), graded()))
    kinds = {type(part) for rule in found.rules for part in rule.parts}
    assert kinds == {PartRow}
    assert shown(found).count("<tfoot>") == sum(bool(rule.points and rule.moving) for rule in found.rules) > 3


@pytest.mark.parametrize("schema", range(1, 10))
def test_a_snapshot_of_each_earlier_schema_is_set_beside_one_of_today(schema: int) -> None:
    """To say why it moved, and side by side, whichever of the two comes first."""
    old, new = earlier_versions.of_schema(schema), cards.scorecard(cards.snapshot())
    contents = snapshots.load(old), snapshots.load(new)
    assert contents[0]["schema"] == schema
    for then, now in (contents, contents[::-1]):
        assert len(page_of(then, now, language="nl").rules) == 7
    for pair in ((old, new), (new, old)):
        assert [len(row.cells) for row in view_of(pair, language="nl").rules] == [2] * 7
