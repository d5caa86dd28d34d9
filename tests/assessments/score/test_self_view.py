"""The vendor's view of itself beside its customer's."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from typing import Any

import pytest

from assessments.models import Answer, Assessment, Blank, Consensus, Meeting, Response, ResponseKind
from assessments.score.reading import current_score
from assessments.score.self_view import RuleGap, gaps
from manifesto.models import RULE_KEYS, Question
from tests.factories import NOW, Cast, add_rater, make_assessment, make_release


def vendor_of(assessment: Assessment, grade: int | None, grades: Mapping[str, int] | None = None) -> Response:
    response = Response.objects.create(assessment=assessment, kind=ResponseKind.VENDOR, submitted_at=NOW)
    Answer.objects.bulk_create(
        Answer(response=response, question=question, grade=(grades or {}).get(question.key, grade))
        for question in assessment.release.questions.all()
    )
    return response


def gap_of(assessment: Assessment, rule: str = "support") -> RuleGap:
    return next(gap for gap in gaps(assessment) if gap.rule == rule)


@pytest.fixture
def assessment(cast: Cast) -> Assessment:
    made = make_assessment(cast.assessor, grade=1)
    made.responses.update(submitted_at=NOW)
    return made


def test_every_rule_has_its_gap_in_order(assessment: Assessment) -> None:
    vendor_of(assessment, 3)
    found = gaps(assessment)
    assert [gap.rule for gap in found] == list(RULE_KEYS)
    assert {(gap.vendor, gap.customer, gap.difference) for gap in found} == {(Fraction(75), Fraction(25), Fraction(50))}


def test_vendors_percent_follows_the_same_weights(cast: Cast) -> None:
    release = make_release(state="draft")
    Question.objects.filter(key="support-1").update(weight=2)
    assessment = make_assessment(cast.assessor, release=release, grade=1)
    assessment.responses.update(submitted_at=NOW)
    vendor_of(assessment, 2, {"support-1": 4})
    assert gap_of(assessment).vendor == Fraction(250, 3)
    assert gap_of(assessment).difference == Fraction(250, 3) - 25


def test_without_a_vendors_answer_there_is_no_gap(assessment: Assessment) -> None:
    assert {(gap.vendor, gap.difference, gap.words) for gap in gaps(assessment)} == {(None, None, "")}


def test_what_the_vendor_has_not_handed_in_is_not_looked_at(assessment: Assessment) -> None:
    response = vendor_of(assessment, 4)
    Response.objects.filter(pk=response.pk).update(submitted_at=None)
    assert {gap.vendor for gap in gaps(assessment)} == {None}


def test_vendors_blanks_have_no_grade(assessment: Assessment) -> None:
    response = vendor_of(assessment, 4)
    response.answers.filter(question__key="support-1").update(grade=None, blank=Blank.DONT_KNOW)
    one, other = gap_of(assessment).questions
    assert (one.vendor, one.difference) == (None, None)
    assert (other.vendor, other.customer, other.difference) == (4, 1, 3)


def test_customers_side_is_the_consensus_where_there_is_one(cast: Cast, assessment: Assessment) -> None:
    vendor_of(assessment, 4)
    meeting = Meeting.objects.create(assessment=assessment, held_on=NOW.date(), created_by=cast.assessor.user)
    Consensus.objects.create(
        assessment=assessment,
        question=assessment.release.questions.get(key="support-1"),
        meeting=meeting,
        grade=3,
        reason="Agreed",
        decided_by=cast.assessor.user,
        decided_at=NOW,
    )
    assert [question.customer for question in gap_of(assessment).questions] == [3, 1]
    assert gap_of(assessment).vendor == 100


def test_vendors_answers_leave_the_score_alone(assessment: Assessment) -> None:
    before = current_score(assessment)
    vendor_of(assessment, 4)
    assert current_score(assessment) == before


def test_given_responses_are_the_customers_side(cast: Cast, assessment: Assessment) -> None:
    mine = add_rater(assessment, cast.colleague, grade=4)
    assert {gap.customer for gap in gaps(assessment, Response.objects.filter(pk=mine.pk))} == {Fraction(100)}


@pytest.mark.parametrize(
    ("vendor", "words"),
    [
        (Fraction(75), "higher, by 50\u00a0percentage points"),
        (Fraction(25), "as its customer does"),
        (Fraction(0), "lower, by 25\u00a0percentage points"),
        (Fraction(100, 3), "higher, by 8.3\u00a0percentage points"),
        (Fraction(26), "higher, by 1\u00a0percentage point."),
        (Fraction(24), "lower, by 1\u00a0percentage point."),
    ],
)
def test_gap_is_told_in_words(vendor: Fraction, words: str) -> None:
    assert words in RuleGap(rule="support", vendor=vendor, customer=Fraction(25)).words


def test_gaps_take_six_queries_whatever_the_number_of_raters(
    cast: Cast, assessment: Assessment, django_assert_max_num_queries: Any
) -> None:
    vendor_of(assessment, 3)
    for member in (cast.colleague, cast.reader, cast.approver):
        add_rater(assessment, member, grade=2, submitted_at=NOW)
    fresh = Assessment.objects.get(pk=assessment.pk)
    with django_assert_max_num_queries(6):
        gaps(fresh)
