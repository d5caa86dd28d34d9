"""Laws of the arithmetic that hold for any assessment."""

import json
from dataclasses import replace
from fractions import Fraction

from hypothesis import assume, given
from hypothesis import strategies as st

from assessments.score.arithmetic import (
    AgreedGrade,
    Blank,
    Confidence,
    Policy,
    QuestionInput,
    RaterAnswer,
    RuleScore,
    RuleStatus,
    Score,
    Verdict,
    as_data,
    grade_question,
    score,
    score_rule,
)

RULES = ("support", "consistency", "speed")
ORDER = [RuleStatus.BROKEN, RuleStatus.PARTLY, RuleStatus.MET]

grades = st.integers(min_value=0, max_value=4)
# Whole numbers made into fractions: drawing fractions takes longer than all that is calculated with them.
weights = st.integers(84, 8400).map(lambda number: Fraction(number, 840))  # a tenth to ten, by any number up to eight
percents = st.sampled_from([0, 25, 50, 75, 100]).map(Fraction) | st.integers(0, 1000).map(lambda n: Fraction(n, 10))


@st.composite
def policies(draw: st.DrawFn) -> Policy:
    broken, met = sorted([draw(percents), draw(percents)])
    return Policy(
        broken_threshold=broken,
        met_threshold=met,
        minimum_coverage=draw(percents),
        knockout_below=draw(grades),
    )


@st.composite
def questions(draw: st.DrawFn, rules: tuple[str, ...] = RULES, number: int = 0) -> QuestionInput:
    given_answers = draw(st.lists(grades | st.sampled_from(Blank), max_size=4))
    return QuestionInput(
        key=f"q{number}",
        rule=draw(st.sampled_from(rules)),
        weight=draw(weights),
        knockout=draw(st.booleans()),
        answers=tuple(
            RaterAnswer(
                rater=f"r{index}",
                department=draw(st.sampled_from(["IT", "Finance", None])),
                grade=None if isinstance(value, Blank) else value,
                blank=value if isinstance(value, Blank) else Blank.NONE,
                has_evidence=draw(st.booleans()),
            )
            for index, value in enumerate(given_answers)
        ),
        consensus=draw(
            st.none() | st.builds(AgreedGrade, grade=grades) | st.just(AgreedGrade(grade=None, not_applicable=True))
        ),
    )


@st.composite
def questionnaires(draw: st.DrawFn, rules: tuple[str, ...] = RULES) -> list[QuestionInput]:
    size = draw(st.integers(min_value=0, max_value=8))
    return [draw(questions(rules, number)) for number in range(size)]


def rule_of(asked: list[QuestionInput], policy: Policy) -> RuleScore:
    return score_rule("support", [grade_question(q) for q in asked], policy)


def without_order(result: Score) -> Score:
    """The same score with what is merely listed in the order given put into one order."""
    rules = tuple(
        replace(
            rule,
            questions=tuple(sorted(rule.questions, key=lambda q: q.key)),
            knockouts=tuple(sorted(rule.knockouts)),
        )
        for rule in result.rules
    )
    return replace(result, rules=rules, disagreements=tuple(sorted(result.disagreements)))


@given(questionnaires(), policies(), st.randoms(use_true_random=False))
def test_order_of_questions_and_raters_does_not_matter(asked, policy, random):
    shuffled = []
    for question in asked:
        given_answers = list(question.answers)
        random.shuffle(given_answers)
        shuffled.append(replace(question, answers=tuple(given_answers)))
    random.shuffle(shuffled)
    assert without_order(score(RULES, shuffled, policy)) == without_order(score(RULES, asked, policy))


@given(questionnaires(("support",)), policies(), st.data())
def test_a_better_grade_never_lowers_percent_bounds_or_status(asked, policy, data):
    places = [
        (number, index)
        for number, question in enumerate(asked)
        for index, answer in enumerate(question.answers)
        if answer.grade is not None and answer.grade < 4
    ]
    assume(places)
    number, index = data.draw(st.sampled_from(places))
    question = asked[number]
    given_answers = list(question.answers)
    given_answers[index] = replace(given_answers[index], grade=given_answers[index].grade + 1)
    better = [*asked[:number], replace(question, answers=tuple(given_answers)), *asked[number + 1 :]]
    before, after = rule_of(asked, policy), rule_of(better, policy)
    assert after.coverage == before.coverage
    assert after.is_rated == before.is_rated
    if before.percent is not None:
        assert after.percent >= before.percent
        assert (after.low >= before.low) and (after.high >= before.high)
    if before.is_rated:
        assert ORDER.index(after.status) >= ORDER.index(before.status)


@given(questionnaires(("support",)), policies(), weights)
def test_not_applicable_changes_nothing_but_the_list(asked, policy, weight):
    extra = QuestionInput(
        key="extra",
        rule="support",
        weight=weight,
        knockout=True,
        answers=(RaterAnswer(rater="r0", department=None, grade=None, blank=Blank.NOT_APPLICABLE),),
    )
    before, after = rule_of(asked, policy), rule_of([*asked, extra], policy)
    assert replace(after, questions=()) == replace(before, questions=())


@given(questionnaires(("support",)), policies(), weights, st.sampled_from([Blank.DONT_KNOW, Blank.NONE]))
def test_dont_know_and_silence_stay_in_the_denominator(asked, policy, weight, blank):
    extra = QuestionInput(
        key="extra",
        rule="support",
        weight=weight,
        knockout=False,
        answers=(RaterAnswer(rater="r0", department=None, grade=None, blank=blank),),
    )
    before, after = rule_of(asked, policy), rule_of([*asked, extra], policy)
    assert after.percent == before.percent
    assert after.weight_applicable == before.weight_applicable + weight
    assert after.coverage <= before.coverage
    if before.low is not None:
        assert after.low <= before.low <= before.high <= after.high


@given(questionnaires(("support",)), policies())
def test_bounds_contain_the_percent(asked, policy):
    result = rule_of(asked, policy)
    assert (result.low is None) == (result.weight_applicable == 0)
    if result.percent is not None:
        assert 0 <= result.low <= result.percent <= result.high <= 100
        assert (result.low == result.high) == (result.coverage == 100)


@given(questionnaires(("support",)), policies(), st.lists(grades, min_size=8, max_size=8))
def test_whatever_the_missing_grades_turn_out_to_be_they_stay_within_the_bounds(asked, policy, found):
    before = rule_of(asked, policy)
    assume(before.weight_applicable > 0)
    completed = [
        replace(question, consensus=AgreedGrade(grade=grade))
        if (graded := grade_question(question)).applicable and graded.grade is None
        else question
        for question, grade in zip(asked, found, strict=False)
    ]
    after = rule_of(completed, policy)
    assert after.coverage == 100
    assert before.low <= after.percent <= before.high


@given(questionnaires(), policies(), weights)
def test_only_the_proportion_of_weights_counts(asked, policy, factor):
    scaled = [replace(question, weight=question.weight * factor) for question in asked]
    for before, after in zip(score(RULES, asked, policy).rules, score(RULES, scaled, policy).rules, strict=True):
        assert (after.percent, after.coverage, after.low, after.high) == (
            before.percent,
            before.coverage,
            before.low,
            before.high,
        )
        assert (after.status, after.reason) == (before.status, before.reason)


@given(questionnaires(), policies())
def test_the_sum_can_be_redone_from_what_is_printed(asked, policy):
    for rule in score(RULES, asked, policy).rules:
        rows = [q for q in rule.questions if q.percent is not None]
        assert rule.weighted_sum == sum(q.weight * q.percent for q in rows)
        assert rule.weight_graded == sum(q.weight for q in rows)
        if rows:
            assert rule.percent == rule.weighted_sum / rule.weight_graded


@given(questionnaires(), policies())
def test_verdict_weakest_and_average_follow_from_the_rated_rules(asked, policy):
    result = score(RULES, asked, policy)
    rated = {rule.rule: rule.percent for rule in result.rules if rule.is_rated}
    assert result.met == sum(rule.status == RuleStatus.MET for rule in result.rules)
    assert (result.verdict == Verdict.MET) == (result.met == len(RULES))
    assert (result.verdict == Verdict.UNDECIDED) == (result.met == len(rated) and result.met < len(RULES))
    if not rated:
        assert (result.weakest, result.average) == (None, None)
    else:
        assert rated[result.weakest] == min(rated.values()) <= result.average <= max(rated.values())


@given(questionnaires(), policies())
def test_data_is_the_same_after_json(asked, policy):
    data = as_data(score(RULES, asked, policy))
    assert json.loads(json.dumps(data)) == data
    assert json.dumps(data) == json.dumps(as_data(score(RULES, asked, policy)))


# Many raters

SILENT = RaterAnswer(rater="silent", department="Legal", grade=None)


@given(questionnaires(), policies())
def test_a_rater_who_answers_nothing_changes_nothing(asked, policy):
    longer = [replace(question, answers=(*question.answers, SILENT)) for question in asked]
    assert score(RULES, longer, policy) == score(RULES, asked, policy)


@given(questionnaires(), policies(), st.permutations(range(4)))
def test_raters_are_no_more_than_names(asked, policy, names):
    renamed = [
        replace(
            question,
            answers=tuple(replace(answer, rater=f"r{names[int(answer.rater[1:])]}") for answer in question.answers),
        )
        for question in asked
    ]
    assert score(RULES, renamed, policy) == score(RULES, asked, policy)


@given(questionnaires(("support",)), policies())
def test_agreeing_on_what_is_the_mean_anyway_changes_no_number(asked, policy):
    plain = [replace(question, consensus=None) for question in asked]
    means = [grade_question(question).grade for question in plain]
    settled = [
        replace(
            question, consensus=AgreedGrade(grade=int(mean)) if mean is not None and mean.denominator == 1 else None
        )
        for question, mean in zip(plain, means, strict=True)
    ]
    before, after = rule_of(plain, policy), rule_of(settled, policy)
    assert replace(after, questions=()) == replace(before, questions=())


@given(questionnaires(("support",)), policies(), st.data())
def test_where_something_is_agreed_the_raters_answers_bear_on_no_number(asked, policy, data):
    settled = [question for question in asked if question.consensus is not None]
    emptied = [
        replace(question, answers=data.draw(st.sampled_from([(), question.answers[:1]]))) for question in settled
    ]
    before, after = rule_of(settled, policy), rule_of(emptied, policy)
    assert replace(after, questions=()) == replace(before, questions=())


@given(questions(), grades)
def test_a_not_applicable_beside_a_grade_changes_no_grade(question, grade):
    graded = replace(
        question, consensus=None, answers=(*question.answers, RaterAnswer(rater="g", department=None, grade=grade))
    )
    minority = RaterAnswer(rater="na", department=None, grade=None, blank=Blank.NOT_APPLICABLE)
    assert grade_question(replace(graded, answers=(*graded.answers, minority))) == grade_question(graded)


@given(questions())
def test_the_mean_lies_between_the_lowest_and_the_highest_grade(question):
    result = grade_question(replace(question, consensus=None))
    given_grades = [answer.grade for answer in question.answers if answer.grade is not None]
    if given_grades:
        assert min(given_grades) <= result.grade <= max(given_grades)
        assert result.grade * len(given_grades) == sum(given_grades)
    else:
        assert result.grade is None


@given(asked=questionnaires(), led=st.sets(st.sampled_from(["r0", "r1", "r2", "r3"])), policy=policies())
def test_raters_who_had_read_change_no_figure_and_never_raise_the_confidence(
    asked: list[QuestionInput], led: set[str], policy: Policy
) -> None:
    marked = [
        replace(one, answers=tuple(replace(a, is_independent=a.rater not in led) for a in one.answers)) for one in asked
    ]
    before, after = score(RULES, asked, policy), score(RULES, marked, policy)
    order = [Confidence.LOW, Confidence.MEDIUM, Confidence.HIGH]
    assert order.index(after.confidence) <= order.index(before.confidence)
    assert replace(after, confidence=before.confidence) == before
