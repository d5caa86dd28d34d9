"""The agreement of raters: against published examples and a calculation of our own."""

from __future__ import annotations

from datetime import date
from fractions import Fraction
from itertools import permutations

import pytest
from django.utils import translation
from hypothesis import assume, given
from hypothesis import strategies as st

from assessments.models import Answer, Blank, ResponseKind
from assessments.score.agreement import Agreement, AgreementLevel, NoFigureReason, agreement_of_grades, rater_agreement
from tests.factories import NOW, Cast, add_rater, make_assessment

# Klaus Krippendorff, Computing Krippendorff's Alpha-Reliability (2011), section C: four observers, twelve units.
# His values are 1 to 5, ours 0 to 4; on an ordinal scale only their order counts. “.”: missing.
FOUR_OBSERVERS = (
    "1 2 3 3 2 1 4 1 2 . . .",
    "1 2 3 3 2 2 4 1 2 5 . 3",
    ". 3 3 3 2 3 4 2 2 5 1 .",
    "1 2 3 3 2 4 4 1 2 5 1 .",
)
Grades = list[tuple[int, int, int]]
MARCH = date(2026, 3, 2)


def table(*rows: str, lowest: int = 0) -> Grades:
    """One row a rater, one column a question."""
    return [
        (rater, question, int(value) - lowest)
        for rater, row in enumerate(rows)
        for question, value in enumerate(row.split())
        if value != "."
    ]


def by_hand(grades: Grades) -> Fraction:
    """Alpha by its definition, in exact fractions: observed over expected disagreement of pairs of grades."""
    units: dict[int, list[int]] = {}
    for _rater, question, grade in grades:
        units.setdefault(question, []).append(grade)
    shared = [unit for unit in units.values() if len(unit) > 1]
    values = sorted(grade for unit in shared for grade in unit)

    def distance(one: int, other: int) -> Fraction:
        low, high = min(one, other), max(one, other)
        between = sum(low <= value <= high for value in values)
        return (between - Fraction(values.count(one) + values.count(other), 2)) ** 2

    observed = sum(
        (Fraction(distance(*pair)) / (len(unit) - 1) for unit in shared for pair in permutations(unit, 2)), Fraction(0)
    ) / len(values)
    expected = sum((distance(*pair) for pair in permutations(values, 2)), Fraction(0))
    return 1 - observed / (expected / (len(values) * (len(values) - 1)))


def test_published_example_of_four_observers_comes_out() -> None:
    found = agreement_of_grades(table(*FOUR_OBSERVERS, lowest=1))
    assert found.alpha is not None
    assert round(found.alpha, 3) == 0.815
    assert (found.raters, found.questions, found.level) == (4, 11, AgreementLevel.STRONG)


def test_published_example_of_two_observers_comes_out_by_both_ways() -> None:
    """The same source, section B, nominal there: two observers of twelve articles with values of 1 to 5."""
    grades = table("1 2 3 3 2 2 4 1 2 5 1 3", "1 2 3 3 2 2 4 1 3 5 1 3", lowest=1)
    assert agreement_of_grades(grades).alpha == pytest.approx(float(by_hand(grades)), abs=1e-6)


grade_or_nothing = st.sampled_from([None, 0, 1, 2, 3, 4])


@given(st.lists(st.lists(grade_or_nothing, min_size=6, max_size=6), min_size=2, max_size=5))
def test_library_agrees_with_the_definition_in_exact_fractions(rows: list[list[int | None]]) -> None:
    grades = [(r, q, grade) for r, row in enumerate(rows) for q, grade in enumerate(row) if grade is not None]
    found = agreement_of_grades(grades)
    assume(found.alpha is not None)
    assert found.alpha == pytest.approx(float(by_hand(grades)), abs=1e-6)


@given(st.lists(st.lists(grade_or_nothing, min_size=4, max_size=4), min_size=2, max_size=5), st.randoms())
def test_order_of_raters_and_questions_does_not_matter(rows: list[list[int | None]], random: object) -> None:
    grades = [(r, q, grade) for r, row in enumerate(rows) for q, grade in enumerate(row) if grade is not None]
    shuffled = grades.copy()
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    assert agreement_of_grades(shuffled) == agreement_of_grades(grades)


@pytest.mark.parametrize(
    ("rows", "why"),
    [
        ((), NoFigureReason.TOO_FEW_RATERS),
        (("1 2 3",), NoFigureReason.TOO_FEW_RATERS),
        (("1 .", ". 2"), NoFigureReason.NOTHING_SHARED),
        (("3 3", "3 3"), NoFigureReason.NO_VARIATION),
        (("3 0", "3 ."), NoFigureReason.NO_VARIATION),  # what only one graded cannot show a difference
    ],
)
def test_without_a_figure_the_reason_is_told(rows: tuple[str, ...], why: NoFigureReason) -> None:
    found = agreement_of_grades(table(*rows))
    assert (found.alpha, found.level, found.why, found.figure) == (None, AgreementLevel.NONE, why, "")
    assert found.meaning_after([])


def test_all_the_same_grade_is_called_full_agreement() -> None:
    assert "agree fully" in agreement_of_grades(table("3 3", "3 3")).meaning_after([])


def test_the_same_grades_in_different_questions_are_an_alpha_of_one() -> None:
    assert agreement_of_grades(table("0 4 2", "0 4 2")).alpha == 1


@pytest.mark.parametrize(
    ("alpha", "level", "shown"),
    [
        (1.0, AgreementLevel.STRONG, "1.00"),
        (0.8, AgreementLevel.STRONG, "0.80"),
        (0.799999, AgreementLevel.TENTATIVE, "0.799999"),
        (0.7961, AgreementLevel.TENTATIVE, "0.796"),
        (0.667, AgreementLevel.TENTATIVE, "0.67"),
        (0.666, AgreementLevel.WEAK, "0.666"),
        (-0.25, AgreementLevel.WEAK, "\N{MINUS SIGN}0.25"),
    ],
)
def test_levels_begin_at_krippendorffs_own_thresholds(alpha: float, level: AgreementLevel, shown: str) -> None:
    assert Agreement(alpha=alpha, raters=2, questions=9, level=level).figure == shown


def test_figure_is_written_as_the_reader_writes_numbers() -> None:
    found = agreement_of_grades(table(*FOUR_OBSERVERS, lowest=1))
    with translation.override("fr"):
        assert found.figure == "0,82"


def test_agreement_below_chance_says_so() -> None:
    found = agreement_of_grades(table("0 4 0 4", "4 0 4 0"))
    assert found.alpha is not None and found.alpha < 0
    assert found.meaning_after([]) == "The raters agree no more than by chance."
    talk = "The raters agree no more than by chance: talk about it before anybody relies on the result."
    assert found.meaning_after([None]) == talk


@pytest.mark.parametrize(
    ("agreed_on", "said"),
    [
        ([], "The raters see this vendor differently."),
        ([None], "The raters see this vendor differently: talk about it before anybody relies on the result."),
        ([MARCH, None], "The raters see this vendor differently: talk about it before anybody relies on the result."),
        ([MARCH], "Contested on 1 question, settled on 2 March 2026."),
        ([date(2026, 2, 1), MARCH], "Contested on 2 questions, settled on 2 March 2026."),
    ],
)
def test_weak_agreement_sends_to_talk_only_while_something_is_open(agreed_on: list[date | None], said: str) -> None:
    weak = Agreement(alpha=0.3, raters=2, questions=9, level=AgreementLevel.WEAK)

    assert weak.meaning_after(agreed_on).replace("\xa0", " ") == said


def test_only_grades_of_raters_who_handed_in_count(cast: Cast) -> None:
    assessment = make_assessment(cast.assessor, grade=1)
    add_rater(assessment, cast.colleague, grade=3, submitted_at=NOW)
    assert rater_agreement(assessment).raters == 1
    assessment.responses.update(submitted_at=NOW)
    assert rater_agreement(assessment).raters == 2


def test_vendor_is_no_rater_and_blanks_are_missing(cast: Cast) -> None:
    assessment = make_assessment(cast.assessor, grade=1)
    add_rater(assessment, cast.colleague, grades={"support-1": 3, "speed-1": 4}, submitted_at=NOW)
    vendor = add_rater(assessment, cast.reader, grade=4, submitted_at=NOW)
    type(vendor).objects.filter(pk=vendor.pk).update(kind=ResponseKind.VENDOR, rater=None)
    assessment.responses.update(submitted_at=NOW)
    Answer.objects.filter(response__rater=cast.assessor.user, question__key="speed-1").update(
        grade=None, blank=Blank.DONT_KNOW
    )
    found = rater_agreement(assessment)
    assert (found.raters, found.questions) == (2, 1)


def test_agreement_takes_one_query(cast: Cast, django_assert_num_queries: object) -> None:
    assessment = make_assessment(cast.assessor, grade=1, submitted_at=NOW)
    with django_assert_num_queries(1):  # type: ignore[operator]
        rater_agreement(assessment)
