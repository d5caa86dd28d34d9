"""Results in words, in the reader's language."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

import pytest
from django.utils import translation

from assessments.score import arithmetic
from assessments.score import words as wording
from assessments.score.arithmetic import Policy, QuestionInput, RaterAnswer, Reason, Score

POLICY = Policy()


def score_of(*grades: int | None, weights: tuple[int, ...] = (), knockout: bool = False) -> Score:
    """One rule whose questions have these grades."""
    questions = [
        QuestionInput(
            key=f"support-{number}",
            rule="support",
            weight=Fraction(weights[number] if weights else 1),
            knockout=knockout,
            answers=(RaterAnswer(rater="a", department=None, grade=grade),),
        )
        for number, grade in enumerate(grades)
    ]
    return arithmetic.score(["support"], questions, POLICY)


@pytest.mark.parametrize(("language", "shown"), [("en", "66.7%"), ("fr", "66,7\N{NO-BREAK SPACE}%"), ("nl", "66,7%")])
def test_percent_is_written_as_each_language_writes_it(language: str, shown: str) -> None:
    with translation.override(language):
        assert wording.percent(Fraction(200, 3), POLICY) == shown


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (Fraction(75), "75%"),
        (Fraction(7499, 100), "74.99%"),
        (Fraction(4996, 100), "49.96%"),
        (Fraction(99999, 1000), "99.999%"),
        (Fraction(0), "0%"),
        (Fraction(100), "100%"),
        (None, ""),
    ],
)
def test_rounding_never_lifts_a_percent_over_a_threshold(value: Fraction | None, shown: str) -> None:
    assert wording.percent(value, POLICY) == shown


def test_sum_can_be_checked_by_hand() -> None:
    (rule,) = score_of(3, 2, None, weights=(2, 1, 5)).rules
    assert wording.weighted_sum(rule, POLICY) == "(2 × 75 + 1 × 50) / (2 + 1) = 200 / 3 = 66.67%"
    (silent,) = score_of(None).rules
    assert wording.weighted_sum(silent, POLICY) == ""


def test_bounds_are_shown_only_where_a_grade_is_missing() -> None:
    (half,) = score_of(4, None).rules
    assert wording.bounds(half, POLICY) == "50% to 100%"
    (whole,) = score_of(4, 4).rules
    assert wording.bounds(whole, POLICY) == ""


@pytest.mark.parametrize(
    ("score", "reason", "words"),
    [
        (score_of(4), Reason.PERCENT_MEETS_THRESHOLD, "Reaches the 75% from which a rule is met."),
        (score_of(2), Reason.PERCENT_BETWEEN, "Between 50% and 75%."),
        (score_of(1), Reason.PERCENT_BELOW_BROKEN, "Below 50%, under which a rule is broken."),
        (score_of(1, 4, 4, knockout=True), Reason.KNOCKOUT, "A knock-out question is graded below 2."),
        (score_of(4, None), Reason.COVERAGE_BELOW_MINIMUM, "50% of the weight is graded, 75% is needed."),
        (score_of(), Reason.NOTHING_APPLIES, "None of its questions applies."),
    ],
)
def test_every_reason_has_its_sentence(score: Score, reason: Reason, words: str) -> None:
    (rule,) = score.rules
    assert rule.reason == reason
    assert words in wording.why(rule, POLICY)


@pytest.mark.parametrize(
    ("score", "headline", "verdict"),
    [
        (score_of(4), "1 of 1 rules met", "Every rule is met."),
        (score_of(0), "0 of 1 rules met", "No rule is met."),
        (score_of(None), "0 of 1 rules met", "Undecided: some rules are not rated, for lack of grades."),
    ],
)
def test_verdict_is_a_sentence(score: Score, headline: str, verdict: str) -> None:
    assert (wording.headline(score), wording.verdict(score)) == (headline, verdict)


def test_some_is_not_enough() -> None:
    rated = [
        QuestionInput(
            key=rule,
            rule=rule,
            weight=Fraction(1),
            knockout=False,
            answers=(RaterAnswer(rater="a", department=None, grade=grade),),
        )
        for rule, grade in (("support", 4), ("speed", 0))
    ]
    score = arithmetic.score(["support", "speed"], rated, POLICY)
    assert wording.verdict(score) == "Some is not enough: not every rule is met."


@pytest.mark.parametrize(
    ("value", "unit", "shown"),
    [
        (Decimal("25.00"), "", "25%"),
        (Decimal("12.50"), "", "12.5%"),
        (Decimal("4.00"), "year", "4 times a year"),
        (Decimal("1.00"), "year", "1 time a year"),
        (Decimal("1.50"), "week", "1.5 times a week"),
        (None, "", ""),
    ],
)
def test_fact_is_a_percentage_or_a_frequency(value: Decimal | None, unit: str, shown: str) -> None:
    assert wording.fact_words(value, unit) == shown


def seven(*grades: int | None) -> Score:
    """Seven rules with one question each, graded so from the first on."""
    questions = [
        QuestionInput(
            key=f"{number}-1",
            rule=str(number),
            weight=Fraction(1),
            knockout=False,
            answers=(RaterAnswer(rater="a", department=None, grade=grade),),
        )
        for number, grade in enumerate([*grades, *[None] * 7][:7])
    ]
    return arithmetic.score([str(number) for number in range(7)], questions, POLICY)


@pytest.mark.parametrize(
    ("grades", "headline", "verdict"),
    [
        ([], "Rules rated so far: 0 of 7; met: 0", "7 rules are not rated yet: the verdict waits for them."),
        ([0], "Rules rated so far: 1 of 7; met: 0", "6 rules are not rated yet: the verdict waits for them."),
        ([4] * 6, "Rules rated so far: 6 of 7; met: 6", "1 rule is not rated yet: the verdict waits for it."),
        ([0] * 7, "0 of 7 rules met", "No rule is met."),
        ([4] * 7, "7 of 7 rules met", "Every rule is met."),
    ],
)
def test_a_verdict_is_said_only_once_every_rule_is_rated(grades: list[int], headline: str, verdict: str) -> None:
    assert wording.headline_so_far(seven(*grades)) == headline
    assert wording.verdict_so_far(seven(*grades)) == verdict


def test_what_is_over_says_of_which_rules_it_speaks() -> None:
    assert wording.verdict(seven(0)) == "No rule that is rated is met."
    assert wording.headline(seven(0)) == "0 of 7 rules met"
