"""Why the percent of a rule moved: three examples worked by hand, and laws that hold for any two assessments."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assessments.score.arithmetic import (
    AgreedGrade,
    Blank,
    Policy,
    QuestionInput,
    RaterAnswer,
    RuleStatus,
    score,
)
from assessments.score.difference import Judged, Part, PartKind, RuleDifference, differences
from tests.assessments.score.test_arithmetic_properties import RULES, policies, questions

ANY_COVERAGE = Policy(minimum_coverage=Fraction(0))
DONT_KNOW, NOT_APPLICABLE = Blank.DONT_KNOW, Blank.NOT_APPLICABLE


def asked(
    key: str, weight: int = 1, *, agreed: int | None = None, knockout: bool = False, **said: Any
) -> QuestionInput:
    """`said`: rater → grade or blank."""
    return QuestionInput(
        key=key,
        rule="speed",
        weight=Fraction(weight),
        knockout=knockout,
        answers=tuple(answer(rater, value) for rater, value in said.items()),
        consensus=None if agreed is None else AgreedGrade(grade=agreed),
    )


def answer(rater: str, said: int | Blank) -> RaterAnswer:
    if isinstance(said, Blank):
        return RaterAnswer(rater=rater, department=None, grade=None, blank=said)
    return RaterAnswer(rater=rater, department=None, grade=said)


def judged(
    *given_questions: QuestionInput, policy: Policy = ANY_COVERAGE, revisions: Mapping[str, int] | None = None
) -> Judged:
    return Judged(rules=["speed"], questions=given_questions, policy=policy, revisions=revisions or {})


def difference(then: Judged, now: Judged) -> RuleDifference:
    (found,) = differences(then, now)
    return found


def told(parts: Sequence[Part]) -> list[tuple[str, str, str, str]]:
    """Kind, questions, rater and points, as texts."""
    return [(part.kind.value, " ".join(part.questions), part.rater, str(part.points)) for part in parts]


# Worked by hand ---------------------------------------------------------------------------------------------------
def test_an_answer_is_worth_what_its_question_weighed() -> None:
    # then: q1 = (3 + 1) / 2 = 2, 50 %; q2 = 4, 100 %: (2 × 50 + 1 × 100) / 3 = 200/3
    then = judged(asked("q1", 2, ann=3, bob=1), asked("q2", 1, ann=4, bob=4))
    # now: q1 = (1 + 1) / 2 = 1, 25 %; q2 = (4 + 2) / 2 = 3, 75 %: (2 × 25 + 1 × 75) / 3 = 125/3
    now = judged(asked("q1", 2, ann=1, bob=1), asked("q2", 1, ann=4, bob=2))
    found = difference(then, now)
    assert found.points == Fraction(125, 3) - Fraction(200, 3) == -25
    # ann, q1: half of −2 grades is −1, a quarter of 100 %, 2/3 of the weight; bob, q2: the same of 1/3 of the weight
    assert told(found.parts) == [("answer", "q1", "ann", "-50/3"), ("answer", "q2", "bob", "-25/3")]


def test_an_agreement_is_lifted_before_raters_move_leave_and_join() -> None:
    # then: q1 agreed 2 although ann and bob mean (2 + 4) / 2 = 3; q2 = 4: (50 + 100) / 2 = 75
    then = judged(asked("q1", ann=2, bob=4, agreed=2), asked("q2", ann=4))
    # now: q1 = (3 + 0) / 2 = 3/2, 37.5 %; q2 = 4: (37.5 + 100) / 2 = 68.75
    now = judged(asked("q1", ann=3, cas=0), asked("q2", ann=4))
    found = difference(then, now)
    assert found.points == Fraction("68.75") - 75
    # Half of the weight is on q1, so that a grade is worth 12.5 points. Of its grade:
    assert told(found.parts) == [
        ("consensus", "q1", "", "25/2"),  # agreed 2 → mean 3: +1
        ("answer", "q1", "ann", "25/4"),  # 2 → 3, one of two raters: +1/2, mean 7/2
        ("heard", "q1", "bob", "-25/4"),  # went; of ann alone −(4 − 7/2) / 1 = −1/2, mean 3
        ("heard", "q1", "cas", "-75/4"),  # came; (0 − 3) / 2 = −3/2, mean 3/2
    ]
    assert [part.points for part in found.by_size] == [Fraction(n, 4) for n in (-75, 50, 25, -25)]


def test_questions_leave_before_weights_change_and_join_after_it() -> None:
    # then: (1 × 75 + 1 × 25 + 2 × 50) / 4 = 50
    then = judged(
        asked("q1", 1, ann=3), asked("q2", 1, ann=1), asked("q3", 2, ann=2), revisions={"q1": 1, "q2": 1, "q3": 1}
    )
    # now: (3 × 75 + 1 × 100 + 4 × 0) / 8 = 325/8
    now = judged(
        asked("q1", 3, ann=3),
        asked("q2", 1, ann=NOT_APPLICABLE),
        asked("q3", 1, ann=4),
        asked("q4", 4, ann=0),
        revisions={"q1": 1, "q2": 1, "q3": 2, "q4": 1},
    )
    found = difference(then, now)
    assert found.points == Fraction(325, 8) - 50
    assert told(found.parts) == [
        ("revised", "q3", "", "25"),  # 50 % → 100 % of another question: 2 × 50 / 4, to 75
        ("counted", "q2", "", "50/3"),  # −1 × (25 − 75) / (1 + 2), to 275/3
        ("counted", "q4", "", "-325/8"),  # last: 4 × (0 − 325/4) / 8
        ("weights", "q1 q3", "", "-125/12"),  # (3 × 75 + 1 × 100) / 4 − 275/3, to 325/4
    ]


# Cases that need a word of their own ------------------------------------------------------------------------------
def test_where_no_question_is_graded_both_times_those_that_join_carry_it_all() -> None:
    found = difference(
        judged(asked("q1", ann=4), asked("q2", 3, ann=0)), judged(asked("q3", ann=3), asked("q4", ann=1))
    )
    # 25 → 50: of two equal weights, q3 is 50 above and q4 0 above what the rule had then
    assert told(found.parts) == [
        ("counted", "q3", "", "25"),
        ("counted", "q4", "", "0"),
        ("counted", "q1", "", "0"),
        ("counted", "q2", "", "0"),
    ]


def test_a_rater_who_came_for_one_who_went_carries_the_difference_of_the_two() -> None:
    found = difference(judged(asked("q1", ann=4), asked("q2", ann=3)), judged(asked("q1", bob=2), asked("q2", bob=3)))
    assert told(found.parts) == [("heard", "q1 q2", "ann", "0"), ("heard", "q1 q2", "bob", "-25")]


@pytest.mark.parametrize("blank", [DONT_KNOW, NOT_APPLICABLE, Blank.NONE])
def test_a_rater_who_took_part_both_times_and_graded_once_moved_the_answer(blank: Blank) -> None:
    then, now = judged(asked("q1", ann=blank, bob=2)), judged(asked("q1", ann=4, bob=2))
    assert told(difference(then, now).parts) == [("answer", "q1", "ann", "25")]
    assert told(difference(now, then).parts) == [("answer", "q1", "ann", "-25")]


@pytest.mark.parametrize(
    ("then", "now", "parts"),
    [
        (asked("q1", ann=1, agreed=2), asked("q1", ann=4, agreed=3), [("consensus", "q1", "", "25")]),
        (asked("q1", ann=1, agreed=2), asked("q1", ann=4, agreed=2), []),  # its raters bear on nothing
        (asked("q1", agreed=2), asked("q1", ann=4), [("consensus", "q1", "", "50")]),
        (asked("q1", ann=4), asked("q1", agreed=2), [("consensus", "q1", "", "-50")]),
        (asked("q1", ann=2), asked("q1", ann=2, agreed=2), [("consensus", "q1", "", "0")]),
        (
            asked("q1", ann=1),
            asked("q1", ann=2, agreed=4),
            [("answer", "q1", "ann", "25"), ("consensus", "q1", "", "50")],
        ),
    ],
)
def test_what_was_agreed_stands_above_the_mean(
    then: QuestionInput, now: QuestionInput, parts: list[tuple[str, str, str, str]]
) -> None:
    assert told(difference(judged(then), judged(now)).parts) == parts


def test_a_question_that_stops_being_asked_or_known_is_told_and_one_that_stays_unknown_is_not() -> None:
    steady = asked("q1", ann=2)
    then = judged(steady, asked("q2", ann=DONT_KNOW), asked("q3", ann=DONT_KNOW), asked("q4", ann=DONT_KNOW))
    now = judged(steady, asked("q2", ann=Blank.NONE), asked("q3", ann=NOT_APPLICABLE), asked("q5", ann=DONT_KNOW))
    assert told(difference(then, now).parts) == [
        ("counted", "q3", "", "0"),
        ("counted", "q5", "", "0"),
        ("counted", "q4", "", "0"),
    ]


def test_a_rule_that_is_not_rated_on_both_sides_has_no_difference_and_still_says_what_changed() -> None:
    policy = Policy(minimum_coverage=Fraction(75))
    known = judged(asked("q1", ann=2), asked("q2", ann=1), policy=policy)
    unknown = judged(asked("q1", ann=3), asked("q2", ann=DONT_KNOW), policy=policy)
    for then, now in ((known, unknown), (unknown, known)):
        found = difference(then, now)
        assert found.points is None
        assert told(found.parts) == [("answer", "q1", "ann", "None"), ("counted", "q2", "", "None")]


def test_a_rule_that_nobody_graded_has_no_difference() -> None:
    graded, blank = judged(asked("q1", ann=2)), judged(asked("q1", ann=DONT_KNOW))
    for then, now in ((graded, blank), (blank, graded), (blank, blank)):
        assert difference(then, now).points is None


def test_a_rule_that_only_one_side_has_is_told_without_points() -> None:
    one = Judged(rules=["speed"], questions=(asked("q1", ann=2),), policy=ANY_COVERAGE)
    none = Judged(rules=[], questions=(), policy=ANY_COVERAGE)
    for then, now in ((one, none), (none, one)):
        found = difference(then, now)
        assert (found.points, found.parts, found.status_as_then) == (None, (), None)
        assert (found.then is None, found.now is None) == (then is none, now is none)


def test_thresholds_move_no_percent_and_are_told_where_they_make_another_status() -> None:
    strict = Policy(met_threshold=Fraction(80))
    then, now = judged(asked("q1", ann=3), policy=Policy()), judged(asked("q1", ann=3), policy=strict)
    found = difference(then, now)
    assert (found.points, found.parts) == (0, ())
    assert found.now is not None and found.now.status == RuleStatus.PARTLY
    assert found.status_as_then == RuleStatus.MET
    assert found.is_judged_otherwise
    assert not difference(now, now).is_judged_otherwise


def test_a_question_that_became_a_knockout_is_judged_as_then_without_it() -> None:
    then = judged(asked("q1", ann=1), asked("q2", 9, ann=4), policy=Policy())
    now = judged(asked("q1", ann=1, knockout=True), asked("q2", 9, ann=4), policy=Policy())
    found = difference(then, now)
    assert found.now is not None and found.now.status == RuleStatus.BROKEN
    assert (found.points, found.status_as_then) == (0, RuleStatus.MET)


# Laws -------------------------------------------------------------------------------------------------------------
@st.composite
def assessments(draw: st.DrawFn) -> Judged:
    """Up to four questions of five, so that two assessments share most of theirs; the last one may stand in either
    rule. Each with up to four raters of five, weights, consensus and blanks."""
    names = draw(st.permutations(["ann", "bob", "cas", "dee", "eva"]))
    drawn = [
        draw(questions(RULES[:2] if key == 4 else RULES[:1], key))
        for key in draw(st.lists(st.integers(0, 4), unique=True, min_size=1, max_size=4))
    ]
    named = [
        replace(
            question,
            answers=tuple(replace(one, rater=names[int(one.rater.removeprefix("r"))]) for one in question.answers),
        )
        for question in drawn
    ]
    revisions = {question.key: draw(st.sampled_from([1, 1, 1, 2])) for question in named}
    policy = draw(st.just(ANY_COVERAGE) | policies())
    return Judged(rules=RULES[:2], questions=named, policy=policy, revisions=revisions)


pairs = st.tuples(assessments(), assessments())


@given(pairs)
def test_the_parts_add_up_exactly_to_the_difference(pair: tuple[Judged, Judged]) -> None:
    then, now = pair
    before = {rule.rule: rule for rule in score(then.rules, then.questions, then.policy).rules}
    after = {rule.rule: rule for rule in score(now.rules, now.questions, now.policy).rules}
    for found in differences(then, now):
        stood, stands = before[found.rule], after[found.rule]
        if stood.is_rated and stands.is_rated:
            assert found.points == stands.percent - stood.percent
            assert sum(part.points for part in found.parts) == found.points
        else:
            assert found.points is None
            assert all(part.points is None for part in found.parts)


@given(assessments())
def test_against_itself_nothing_moved(judged_once: Judged) -> None:
    for found in differences(judged_once, judged_once):
        assert found.parts == ()
        assert found.points in (0, None)
        assert not found.is_judged_otherwise


@given(pairs, st.randoms(use_true_random=False))
def test_the_order_of_questions_and_raters_bears_on_no_part(pair: tuple[Judged, Judged], random: Any) -> None:
    then, now = pair
    mixed = [
        replace(one, answers=tuple(random.sample(one.answers, len(one.answers))))
        for one in random.sample(now.questions, len(now.questions))
    ]

    def listed(found: Sequence[RuleDifference]) -> list[Any]:
        return [
            (rule.rule, rule.points, sorted((p.kind, sorted(p.questions), p.rater, p.points) for p in rule.parts))
            for rule in found
            if rule.points is not None
        ]

    assert listed(differences(then, replace(now, questions=mixed))) == listed(differences(then, now))


@given(pairs)
def test_each_part_names_what_it_is_about(pair: tuple[Judged, Judged]) -> None:
    then, now = pair
    asked_at_all = {one.key for one in (*then.questions, *now.questions)}
    for found in differences(then, now):
        for part in found.parts:
            assert part.questions and set(part.questions) <= asked_at_all
            assert bool(part.rater) == (part.kind in (PartKind.ANSWER, PartKind.HEARD))
            if part.rater:
                assert (part.rater in then.raters and part.rater in now.raters) == (part.kind == PartKind.ANSWER)
        named = [(part.kind, part.questions if part.kind != PartKind.HEARD else (), part.rater) for part in found.parts]
        assert len(set(named)) == len(named)


@given(pairs)
def test_back_again_is_the_same_way_with_the_other_sign(pair: tuple[Judged, Judged]) -> None:
    there = {found.rule: found.points for found in differences(*pair)}
    back = {found.rule: found.points for found in differences(*reversed(pair))}
    assert back == {rule: None if points is None else -points for rule, points in there.items()}
