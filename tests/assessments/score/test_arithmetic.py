"""The arithmetic, by examples worked by hand. Laws that hold for any input are in test_scoring_properties."""

import json
from decimal import Decimal
from fractions import Fraction

import pytest

from assessments.score.arithmetic import (
    AgreedGrade,
    Blank,
    Confidence,
    GradedQuestion,
    Policy,
    QuestionInput,
    RaterAnswer,
    RuleStatus,
    Score,
    Verdict,
    as_data,
    grade_question,
    score,
    score_rule,
)
from groundwork.rounding import rounded

NA, DK = Blank.NOT_APPLICABLE, Blank.DONT_KNOW
RULES = ("support", "consistency", "guidance", "troubleshooting", "speed", "proof", "prevention")
DEPARTMENTS = ("IT", "Finance", "Logistics")


def answers(*given: int | Blank, evidence: bool = False) -> tuple[RaterAnswer, ...]:
    """One rater per answer, each from another department."""
    return tuple(
        RaterAnswer(
            rater=f"rater {number}",
            department=DEPARTMENTS[number % len(DEPARTMENTS)],
            grade=None if isinstance(value, Blank) else value,
            blank=value if isinstance(value, Blank) else Blank.NONE,
            has_evidence=evidence,
        )
        for number, value in enumerate(given)
    )


def question(
    *given: int | Blank,
    key: str = "q",
    rule: str = "support",
    weight: int | Fraction = 1,
    knockout: bool = False,
    consensus: AgreedGrade | None = None,
    evidence: bool = False,
) -> QuestionInput:
    return QuestionInput(
        key=key,
        rule=rule,
        weight=Fraction(weight),
        knockout=knockout,
        answers=answers(*given, evidence=evidence),
        consensus=consensus,
    )


def graded(*given: int | Blank, consensus: AgreedGrade | None = None) -> GradedQuestion:
    return grade_question(question(*given, consensus=consensus))


def rule_of(*questions: QuestionInput, policy: Policy | None = None):
    return score_rule("support", [grade_question(q) for q in questions], policy or Policy())


def seven(*grades: int | Blank, raters: int = 1, evidence: bool = False) -> Score:
    """Seven rules of one question each, on which all raters agree."""
    return score(
        RULES,
        [
            question(*[grade] * raters, key=f"{rule}-1", rule=rule, evidence=evidence)
            for rule, grade in zip(RULES, grades, strict=True)
        ],
        Policy(),
    )


# One question


def test_grade_is_the_mean_of_the_raters_who_graded():
    # 4 and 3 are graded, “don't know” and “not applicable” are no grades: (4 + 3) / 2 = 3.5, which is 87.5 %.
    result = graded(4, 3, DK, NA)
    assert (result.state, result.grade, result.percent) == ("graded", Fraction(7, 2), Fraction(175, 2))


def test_mean_of_three_is_not_rounded():
    assert graded(3, 3, 4).grade == Fraction(10, 3)


@pytest.mark.parametrize(("grade", "percent"), [(0, 0), (1, 25), (2, 50), (3, 75), (4, 100)])
def test_percent_is_a_quarter_of_hundred_per_grade(grade: int, percent: int):
    assert graded(grade).percent == percent


def test_consensus_replaces_the_mean():
    result = graded(0, 4, consensus=AgreedGrade(grade=3))
    assert (result.grade, result.percent, result.from_consensus) == (3, 75, True)


def test_consensus_stands_without_any_answer():
    assert graded(consensus=AgreedGrade(grade=0)).percent == 0


def test_consensus_can_say_not_applicable_against_grades():
    result = graded(4, 4, consensus=AgreedGrade(grade=None, not_applicable=True))
    assert (result.state, result.applicable, result.grade, result.percent) == (
        "not_applicable",
        False,
        None,
        None,
    )


def test_consensus_grade_makes_a_question_applicable_again():
    assert graded(NA, NA, consensus=AgreedGrade(grade=2)).applicable


@pytest.mark.parametrize(
    ("given", "state", "applicable"),
    [
        ((), "unanswered", True),
        ((Blank.NONE, Blank.NONE), "unanswered", True),
        ((NA,), "not_applicable", False),
        ((NA, NA), "not_applicable", False),
        ((NA, Blank.NONE), "not_applicable", False),  # the second rater did not answer it
        ((NA, DK), "dont_know", True),  # “don't know” is an answer, so not everyone said “not applicable”
        ((DK, Blank.NONE), "dont_know", True),
        ((DK,), "dont_know", True),
        ((NA, 0), "graded", True),
    ],
)
def test_three_blanks_differ(given: tuple[int | Blank, ...], state: str, applicable: bool):
    result = graded(*given)
    assert (result.state, result.applicable) == (state, applicable)
    assert (result.grade is None) == (state != "graded")


@pytest.mark.parametrize(
    ("given", "disagreement"),
    [((2, 4), True), ((0, 1, 2), True), ((3, 4), False), ((0, DK, NA), False), ((), False)],
)
def test_grades_two_apart_are_an_item_to_discuss(given: tuple[int | Blank, ...], disagreement: bool):
    assert graded(*given).disagreement is disagreement


def test_settled_disagreement_stays_visible():
    result = graded(0, 4, consensus=AgreedGrade(grade=2))
    assert (result.disagreement, result.from_consensus) == (True, True)


# One rule


def test_rule_percent_is_the_weighted_mean_of_its_questions():
    # Weights 1, 2, 3 with grades 4, 2, 3: 1·100 + 2·50 + 3·75 = 425; 425 / 6 = 70 5/6 %.
    result = rule_of(question(4, key="a", weight=1), question(2, key="b", weight=2), question(3, key="c", weight=3))
    assert (result.weighted_sum, result.weight_graded) == (425, 6)
    assert result.percent == Fraction(425, 6)
    assert result.coverage == 100
    assert result.low == result.high == result.percent
    assert (result.status, result.reason) == ("partly", "percent_between")


def test_dont_know_lowers_coverage_and_opens_the_bounds():
    # Graded: weight 3 at 100 %. Not known: weight 1. Coverage 3/4; at worst 300/4 = 75, at best 400/4 = 100.
    result = rule_of(question(4, key="a", weight=3), question(DK, key="b", weight=1))
    assert (result.percent, result.coverage, result.low, result.high) == (100, 75, 75, 100)
    assert result.status == RuleStatus.MET


def test_not_applicable_leaves_the_denominator():
    result = rule_of(question(4, key="a", weight=1), question(NA, key="b", weight=99))
    assert (result.percent, result.coverage, result.weight_applicable) == (100, 100, 1)


def test_nothing_applicable_is_not_rated_and_has_no_numbers():
    result = rule_of(question(NA, key="a"), question(NA, key="b"))
    assert (result.status, result.reason) == ("not_rated", "nothing_applies")
    assert (result.percent, result.low, result.high, result.coverage) == (None, None, None, 0)


def test_rule_without_questions_is_not_rated():
    assert rule_of().reason == "nothing_applies"


def test_silence_is_neither_zero_nor_hundred():
    result = rule_of(question(key="a"), question(DK, key="b"))
    assert (result.status, result.reason) == ("not_rated", "coverage_below_minimum")
    assert result.percent is None
    assert (result.low, result.high) == (0, 100)


def test_silence_is_not_rated_even_where_no_coverage_is_asked_for():
    result = rule_of(question(key="a"), policy=Policy(minimum_coverage=Fraction(0)))
    assert (result.status, result.percent) == ("not_rated", None)


def test_too_little_coverage_comes_before_a_bad_grade():
    # One of two graded 0 on a knock-out question: half is not known, so nothing is judged yet.
    result = rule_of(question(0, key="a", knockout=True), question(DK, key="b"))
    assert (result.status, result.reason, result.coverage) == ("not_rated", "coverage_below_minimum", 50)
    assert (result.percent, result.knockouts) == (0, ("a",))


@pytest.mark.parametrize(
    ("weight_graded", "weight_blank", "status"), [(75, 25, "met"), (76, 24, "met"), (74, 26, "not_rated")]
)
def test_coverage_at_the_minimum_is_enough(weight_graded: int, weight_blank: int, status: str):
    result = rule_of(question(4, key="a", weight=weight_graded), question(key="b", weight=weight_blank))
    assert result.status == status


@pytest.mark.parametrize(
    ("percent", "status", "reason"),
    [
        (Fraction(0), "broken", "percent_below_broken"),
        (Fraction(4999, 100), "broken", "percent_below_broken"),
        (Fraction(50), "partly", "percent_between"),
        (Fraction(7499, 100), "partly", "percent_between"),
        (Fraction(75), "met", "percent_meets_threshold"),
        (Fraction(100), "met", "percent_meets_threshold"),
    ],
)
def test_thresholds_belong_to_the_better_side(percent: Fraction, status: str, reason: str):
    # Two questions, one at 100 % and one at 0 %, weighted so that their mean is exactly the percent wanted.
    parts = [question(4, key="a", weight=percent)] if percent else []
    parts += [question(0, key="b", weight=100 - percent)] if percent < 100 else []
    result = rule_of(*parts)
    assert (result.percent, result.status, result.reason) == (percent, status, reason)


def test_a_hair_below_the_threshold_is_not_met_though_it_shows_as_75():
    percent = Fraction(75) - Fraction(1, 10**30)
    result = rule_of(question(4, key="a", weight=percent), question(0, key="b", weight=100 - percent))
    assert (rounded(result.percent), result.status) == (75, "partly")


def test_knockout_breaks_a_rule_that_would_be_met():
    # 9·100 + 1·25 = 925; 925 / 10 = 92.5 %, and still broken.
    result = rule_of(question(4, key="a", weight=9), question(1, key="b", knockout=True))
    assert result.percent == Fraction(185, 2)
    assert (result.status, result.reason, result.knockouts) == ("broken", "knockout", ("b",))


def test_knockout_looks_at_the_mean_grade():
    just_below = rule_of(question(4, key="a", weight=9), question(1, 2, key="b", knockout=True))
    at_the_limit = rule_of(question(4, key="a", weight=9), question(1, 3, key="b", knockout=True))
    assert (just_below.status, at_the_limit.status) == ("broken", "met")


def test_knockout_without_a_grade_breaks_nothing():
    result = rule_of(question(4, key="a", weight=9), question(DK, key="b", knockout=True))
    assert (result.status, result.knockouts) == ("met", ())


def test_low_percent_is_named_before_the_knockout():
    result = rule_of(question(0, key="a", knockout=True))
    assert (result.reason, result.knockouts) == ("percent_below_broken", ("a",))


def test_thresholds_belong_to_the_release():
    strict = Policy(met_threshold=Fraction(90), broken_threshold=Fraction(80), knockout_below=4)
    assert rule_of(question(3, key="a"), policy=strict).status == "broken"
    assert rule_of(question(4, key="a"), question(3, key="b", knockout=True), policy=strict).reason == "knockout"


def test_rule_keeps_its_questions_in_the_order_given():
    result = rule_of(question(1, key="b"), question(2, key="a"))
    assert [q.key for q in result.questions] == ["b", "a"]


# Seven rules


def test_seven_met_rules_meet_the_verdict():
    result = seven(3, 3, 4, 4, 4, 4, 4)
    assert (result.met, result.verdict) == (7, Verdict.MET)
    # 3 → 75 % twice, 4 → 100 % five times: 650 / 7.
    assert result.average == Fraction(650, 7)


def test_some_is_not_enough():
    result = seven(4, 4, 4, 4, 2, 4, 4)
    assert (result.met, result.verdict, result.weakest) == (6, Verdict.NOT_MET, "speed")


def test_open_rules_leave_the_verdict_undecided():
    result = seven(4, 4, 4, DK, 4, 4, 4)
    assert (result.met, result.verdict) == (6, Verdict.UNDECIDED)


def test_a_broken_rule_decides_though_others_are_open():
    assert seven(DK, DK, DK, 0, DK, DK, DK).verdict == Verdict.NOT_MET


def test_weakest_of_equals_is_the_earlier_rule():
    assert seven(4, 2, 3, 2, 4, 4, 4).weakest == "consistency"


def test_unrated_rules_are_neither_weakest_nor_averaged():
    # Support is graded 0 on a quarter of its weight: not rated, so the 0 % decides nothing.
    result = score(
        ("support", "speed"),
        [
            question(0, key="a", weight=1),
            question(DK, key="b", weight=3),
            question(3, key="c", rule="speed"),
        ],
        Policy(),
    )
    assert result.rules[0].percent == 0
    assert (result.weakest, result.average, result.verdict) == ("speed", 75, Verdict.UNDECIDED)


@pytest.mark.parametrize("blank", [NA, DK, Blank.NONE])
def test_nothing_rated_gives_no_score_at_all(blank: Blank):
    result = seven(*[blank] * 7)
    assert (result.met, result.verdict) == (0, Verdict.UNDECIDED)
    assert (result.weakest, result.average, result.confidence) == (None, None, Confidence.LOW)


def test_no_rules_and_no_questions_decide_nothing():
    assert score((), (), Policy()).verdict == Verdict.UNDECIDED
    assert [rule.status for rule in score(RULES, (), Policy()).rules] == ["not_rated"] * 7


def test_rules_come_out_in_the_order_given():
    questions = [question(4, key=rule, rule=rule) for rule in reversed(RULES)]
    assert tuple(rule.rule for rule in score(RULES, questions, Policy()).rules) == RULES


def test_disagreements_are_listed_in_the_order_of_the_rules():
    questions = [
        question(0, 4, key="late", rule="speed"),
        question(3, 4, key="agreed", rule="support"),
        question(0, 2, key="early", rule="support"),
    ]
    assert score(RULES, questions, Policy()).disagreements == ("early", "late")


# Confidence


def test_confidence_is_high_with_three_raters_two_departments_and_evidence():
    assert seven(*[4] * 7, raters=3, evidence=True).confidence == Confidence.HIGH


def test_confidence_needs_evidence_on_half_of_the_graded_answers():
    def with_evidence(count: int) -> Score:
        given = tuple(
            RaterAnswer(rater=str(n), department=DEPARTMENTS[n % 2], grade=4, has_evidence=n < count) for n in range(4)
        )
        only = QuestionInput(key="q", rule="support", weight=Fraction(1), knockout=False, answers=given)
        return score(("support",), [only], Policy())

    assert with_evidence(2).confidence == Confidence.HIGH
    assert with_evidence(1).confidence == Confidence.MEDIUM


@pytest.mark.parametrize("departments", [("IT", "IT", "IT"), ("IT", None, None)])
def test_confidence_needs_two_named_departments(departments: tuple[str | None, ...]):
    given = tuple(
        RaterAnswer(rater=str(n), department=name, grade=4, has_evidence=True) for n, name in enumerate(departments)
    )
    only = QuestionInput(key="q", rule="support", weight=Fraction(1), knockout=False, answers=given)
    assert score(("support",), [only], Policy()).confidence == Confidence.MEDIUM


@pytest.mark.parametrize(
    ("departments", "independent", "confidence"),
    [
        (("IT", "Finance", "IT"), (True, True, True), Confidence.HIGH),
        (("IT", "Finance", "IT"), (True, True, False), Confidence.MEDIUM),
        (
            ("IT", "Finance", "IT", "IT"),
            (True, False, True, True),
            Confidence.MEDIUM,
        ),  # one department alone
        (("IT", "Finance", "IT", "IT"), (True, True, True, False), Confidence.HIGH),
        (("IT", "Finance", "IT"), (True, False, False), Confidence.LOW),
    ],
)
def test_confidence_counts_raters_who_judged_alone(
    departments: tuple[str, ...], independent: tuple[bool, ...], confidence: Confidence
):
    given = tuple(
        RaterAnswer(rater=str(n), department=name, grade=n, has_evidence=True, is_independent=alone)
        for n, (name, alone) in enumerate(zip(departments, independent, strict=True))
    )
    only = QuestionInput(key="q", rule="support", weight=Fraction(1), knockout=False, answers=given)
    result = score(("support",), [only], Policy())
    assert result.confidence == confidence
    assert result.rules[0].questions[0].grade == Fraction(sum(range(len(given))), len(given))  # the mean has them all
    assert result.disagreements == ("q",)


def test_confidence_falls_to_medium_when_coverage_is_not_complete():
    questions = [question(4, 4, 4, key="a", weight=3, evidence=True), question(DK, DK, DK, key="b")]
    result = score(("support",), questions, Policy())
    assert (result.rules[0].coverage, result.confidence) == (75, Confidence.MEDIUM)


def test_two_raters_give_medium_confidence_at_best():
    assert seven(*[4] * 7, raters=2, evidence=True).confidence == Confidence.MEDIUM


def test_one_rater_gives_low_confidence():
    assert seven(*[4] * 7, raters=1, evidence=True).confidence == Confidence.LOW


def test_one_rule_not_rated_gives_low_confidence():
    assert seven(4, 4, 4, NA, 4, 4, 4, raters=3, evidence=True).confidence == Confidence.LOW


def test_rater_who_graded_nothing_adds_no_confidence():
    assert score(("support",), [question(4, DK, NA)], Policy()).confidence == Confidence.LOW


# What is refused


@pytest.mark.parametrize("grade", [-1, 5, 2.5, True, "3"])
def test_grade_off_the_scale_is_refused(grade: object):
    with pytest.raises(ValueError, match="whole number from 0 to 4"):
        RaterAnswer(rater="a", department=None, grade=grade)  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="whole number from 0 to 4"):
        AgreedGrade(grade=grade)  # type: ignore[arg-type]


@pytest.mark.parametrize("blank", [NA, DK])
def test_grade_together_with_a_blank_is_refused(blank: Blank):
    with pytest.raises(ValueError, match="not both"):
        RaterAnswer(rater="a", department=None, grade=0, blank=blank)


def test_unknown_blank_is_refused():
    with pytest.raises(ValueError, match="unknown blank"):
        RaterAnswer(rater="a", department=None, grade=None, blank="perhaps")  # type: ignore[arg-type]


@pytest.mark.parametrize("agreed", [{"grade": None}, {"grade": 3, "not_applicable": True}])
def test_consensus_says_exactly_one_thing(agreed: dict[str, object]):
    with pytest.raises(ValueError, match="either a grade or"):
        AgreedGrade(**agreed)  # type: ignore[arg-type]


@pytest.mark.parametrize("weight", [0, -1, Fraction(-1, 2)])
def test_weight_must_be_above_zero(weight: int | Fraction):
    with pytest.raises(ValueError, match="above 0"):
        question(4, weight=weight)


@pytest.mark.parametrize("weight", [1.5, Decimal("1.5"), True])
def test_weight_must_be_exact(weight: object):
    with pytest.raises(TypeError, match="exact fraction"):
        QuestionInput(key="q", rule="support", weight=weight, knockout=False)  # type: ignore[arg-type]


def test_one_rater_answers_a_question_once():
    twice = (RaterAnswer(rater="a", department=None, grade=4),) * 2
    with pytest.raises(ValueError, match="more than once"):
        QuestionInput(key="q", rule="support", weight=Fraction(1), knockout=False, answers=twice)


def test_question_of_an_unknown_rule_is_refused():
    with pytest.raises(ValueError, match="unknown rule: charm"):
        score(RULES, [question(4, rule="charm")], Policy())


def test_question_of_another_rule_is_refused():
    with pytest.raises(ValueError, match="belongs to the rule speed"):
        score_rule("support", [grade_question(question(4, rule="speed"))], Policy())


def test_repeated_keys_are_refused():
    with pytest.raises(ValueError, match="same question"):
        score(RULES, [question(4), question(3)], Policy())
    with pytest.raises(ValueError, match="same rule"):
        score(("speed", "speed"), (), Policy())


@pytest.mark.parametrize(
    "thresholds",
    [
        {"met_threshold": Fraction(101)},
        {"broken_threshold": Fraction(-1)},
        {"met_threshold": Fraction(40)},
        {"knockout_below": 6},
    ],
)
def test_impossible_policy_is_refused(thresholds: dict[str, Fraction]):
    with pytest.raises(ValueError, match=r"threshold|knockout_below"):
        Policy(**thresholds)  # type: ignore[arg-type]


# What is shown and kept


def test_data_holds_the_exact_fraction_and_the_rounded_number():
    data = as_data(score(("support",), [question(3, 3, 2, key="a")], Policy()))
    rule = data["rules"][0]
    # The mean of 3, 3, 2 is 8/3; of 4 that is 200/3 %.
    assert (rule["percent"], rule["percent_rounded"]) == ("200/3", 66.67)
    assert (rule["questions"][0]["grade"], rule["questions"][0]["grade_rounded"]) == ("8/3", 2.67)
    assert (rule["coverage"], rule["coverage_rounded"]) == ("100/1", 100)
    assert (data["met"], data["of"], data["verdict"], data["weakest"]) == (0, 1, "not_met", "support")


def test_data_survives_json_and_gives_the_fractions_back():
    result = seven(3, 2, NA, DK, 4, 1, 0, raters=3)
    data = json.loads(json.dumps(as_data(result)))
    assert data == as_data(result)
    assert Fraction(data["average"]) == result.average
    assert [rule["percent"] and Fraction(rule["percent"]) for rule in data["rules"]] == [
        rule.percent for rule in result.rules
    ]


def test_missing_numbers_are_null_in_the_data():
    data = as_data(seven(*[NA] * 7))
    assert (data["average"], data["average_rounded"], data["weakest"]) == (None, None, None)


# Many raters


def test_a_minority_that_says_not_applicable_leaves_the_grade_to_the_others():
    result = graded(NA, 1, 2, NA, 3)
    assert (result.grade, result.applicable, result.state) == (2, True, "graded")


def test_a_majority_that_says_not_applicable_does_not_outvote_a_single_grade():
    assert graded(NA, NA, NA, 1).grade == 1


def test_five_raters_with_gaps_worked_by_hand():
    """(3·(4+3+2)/3 + 1·(0+1)/2 + 2·4) / 4 levels · 100: (3 × 75 + 1 × 12.5 + 2 × 100) / 6, one blank of weight 2."""
    rule = rule_of(
        question(4, 3, 2, NA, DK, key="a", weight=3),
        question(0, 1, DK, Blank.NONE, NA, key="b", weight=1),
        question(NA, Blank.NONE, NA, 4, DK, key="c", weight=2),
        question(DK, DK, NA, Blank.NONE, DK, key="d", weight=2),
        question(NA, NA, Blank.NONE, NA, NA, key="e", weight=9),
    )
    assert rule.percent == (3 * 75 + Fraction(25, 2) + 2 * 100) / Fraction(6)
    assert rule.coverage == 75
    assert (rule.weight_graded, rule.weight_applicable) == (6, 8)
    assert (rule.low, rule.high) == (Fraction(875, 16), Fraction(1275, 16))
    assert rule.status == RuleStatus.PARTLY


def test_agreeing_that_it_does_not_apply_takes_the_weight_out_of_both_sums():
    against = question(0, 4, key="b", weight=3, consensus=AgreedGrade(grade=None, not_applicable=True))
    rule = rule_of(question(3, 3, key="a"), against)
    assert (rule.percent, rule.coverage, rule.weight_applicable) == (75, 100, 1)


def test_agreeing_on_a_grade_closes_what_nobody_could_grade():
    before = rule_of(question(3, 3, key="a"), question(DK, DK, key="b"))
    after = rule_of(question(3, 3, key="a"), question(DK, DK, key="b", consensus=AgreedGrade(grade=1)))
    assert (before.status, before.coverage) == (RuleStatus.NOT_RATED, 50)
    assert (after.status, after.coverage, after.percent) == (RuleStatus.PARTLY, 100, 50)


@pytest.mark.parametrize(("agreed", "knocked_out"), [(0, True), (1, True), (2, False), (4, False)])
def test_a_knockout_looks_at_the_agreed_grade_where_there_is_one(agreed: int, knocked_out: bool):
    strict = question(1, 4, 0, key="strict", knockout=True, consensus=AgreedGrade(grade=agreed))
    rule = rule_of(strict, question(4, 4, 4, key="other", weight=9))
    assert (rule.knockouts == ("strict",)) is knocked_out
    assert (rule.status == RuleStatus.BROKEN) is knocked_out


def test_an_agreed_not_applicable_knocks_nothing_out():
    strict = question(0, 0, key="strict", knockout=True, consensus=AgreedGrade(grade=None, not_applicable=True))
    assert rule_of(strict, question(4, 4, key="other")).status == RuleStatus.MET


def test_a_rater_of_some_rules_weighs_only_there():
    """The second rater was asked about `speed` alone, and has no answer to the questions of `support`."""
    own = QuestionInput(key="s", rule="speed", weight=Fraction(1), knockout=False, answers=answers(4, 0))
    result = score(("support", "speed"), [question(4, key="q"), own], Policy())
    assert [rule.percent for rule in result.rules] == [100, 50]
