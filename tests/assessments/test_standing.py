"""How rows become the input of the arithmetic, and what is still open."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import translation

from assessments.models import Answer, Assessment, Blank, Evidence, Response, ResponseKind
from assessments.scoring import Confidence, QuestionState, RuleStatus
from assessments.standing import missing, policy_of, progress, question_inputs, standing
from manifesto.models import RULE_KEYS, Question, Release
from tests.factories import NOW, Cast, make_assessment, make_release


def answer_of(assessment: Assessment, key: str) -> Answer:
    return Answer.objects.get(response__assessment=assessment, question__key=key)


def change(assessment: Assessment, key: str, **fields: Any) -> None:
    Answer.objects.filter(pk=answer_of(assessment, key).pk).update(**fields)


def add_rater(assessment: Assessment, user: Any, grade: int | None, **fields: Any) -> Response:
    response = Response.objects.create(assessment=assessment, rater=user, **fields)
    Answer.objects.bulk_create(
        Answer(response=response, question=question, grade=grade) for question in assessment.release.questions.all()
    )
    return response


def test_policy_is_the_one_of_the_release(cast: Cast) -> None:
    release = make_release(met_threshold=80, broken_threshold=40, minimum_coverage=60, knockout_below=3)
    policy = policy_of(release)
    assert (policy.met_threshold, policy.broken_threshold, policy.minimum_coverage, policy.knockout_below) == (
        Fraction(80),
        Fraction(40),
        Fraction(60),
        3,
    )


def test_inputs_follow_the_order_of_rules_and_questions(cast: Cast) -> None:
    assessment = make_assessment(cast.assessor)
    inputs = question_inputs(assessment, submitted_only=False)
    assert [question.key for question in inputs] == [f"{rule}-{number}" for rule in RULE_KEYS for number in (1, 2)]
    assert {question.rule for question in inputs} == set(RULE_KEYS)


def test_weight_and_knockout_come_exactly_from_the_bank(cast: Cast) -> None:
    release = make_release(state="draft")
    Question.objects.filter(key="proof-1").update(weight=Decimal("1.10"), knockout=True)
    assessment = make_assessment(cast.assessor, release=release)
    proof = next(one for one in question_inputs(assessment, submitted_only=False) if one.key == "proof-1")
    assert (proof.weight, proof.knockout) == (Fraction(11, 10), True)


def test_each_kind_of_blank_reaches_the_arithmetic(cast: Cast) -> None:
    assessment = make_assessment(cast.assessor, grade=3)
    change(assessment, "support-1", grade=None, blank=Blank.NOT_APPLICABLE, reason="We rehearse ourselves.")
    change(assessment, "support-2", grade=None, blank=Blank.DONT_KNOW)
    change(assessment, "speed-1", grade=None)
    states = {
        question.key: question.state
        for rule in standing(assessment, submitted_only=False).rules
        for question in rule.questions
    }
    assert states["support-1"] == QuestionState.NOT_APPLICABLE
    assert states["support-2"] == QuestionState.DONT_KNOW
    assert states["speed-1"] == QuestionState.UNANSWERED
    assert states["speed-2"] == QuestionState.GRADED


def test_unsubmitted_answers_count_only_in_the_live_score(cast: Cast) -> None:
    assessment = make_assessment(cast.assessor, grade=4)
    assert standing(assessment).met == 0
    assert standing(assessment, submitted_only=False).met == 7
    assessment.responses.update(submitted_at=NOW)
    assert standing(assessment).met == 7


def test_vendors_own_answers_never_enter_the_score(cast: Cast) -> None:
    assessment = make_assessment(cast.assessor, grade=1)
    add_rater(assessment, None, 4, kind=ResponseKind.VENDOR, submitted_at=NOW)
    assert {rule.percent for rule in standing(assessment, submitted_only=False).rules} == {Fraction(25)}


def test_another_assessments_answers_never_enter_the_score(cast: Cast) -> None:
    mine, other = make_assessment(cast.assessor, grade=1), make_assessment(cast.colleague, grade=4)
    assert mine.release == other.release
    assert {rule.status for rule in standing(mine, submitted_only=False).rules} == {RuleStatus.BROKEN}


def test_raters_departments_and_evidence_make_the_confidence(cast: Cast) -> None:
    assessment = make_assessment(cast.assessor, grade=3)
    add_rater(assessment, cast.colleague.user, 3)
    assert standing(assessment, submitted_only=False).confidence == Confidence.MEDIUM
    other = cast.organisation.departments.create(name="Nursing")
    add_rater(assessment, cast.approver.user, 3, department=other)
    assert standing(assessment, submitted_only=False).confidence == Confidence.MEDIUM
    for answer in Answer.objects.order_by("pk")[:21]:  # half of 42
        add_evidence(answer)
    assert standing(assessment, submitted_only=False).confidence == Confidence.HIGH


def test_two_files_to_one_answer_count_as_one_evidenced_grade(cast: Cast) -> None:
    assessment = make_assessment(cast.assessor, grade=3)
    answer = answer_of(assessment, "support-1")
    add_evidence(answer)
    add_evidence(answer)
    inputs = question_inputs(assessment, submitted_only=False)
    assert [len(one.answers) for one in inputs] == [1] * 14
    assert [one.key for one in inputs if one.answers[0].has_evidence] == ["support-1"]


def test_assessment_keeps_the_score_of_its_release(cast: Cast) -> None:
    assessment = make_assessment(cast.assessor, grade=3)
    before = standing(assessment, submitted_only=False)
    make_release("2", questions_per_rule=4, met_threshold=100)
    assert Release.objects.current() != assessment.release
    assert standing(Assessment.objects.get(pk=assessment.pk), submitted_only=False) == before


def test_draft_without_answers_is_undecided_and_has_no_number(cast: Cast) -> None:
    assessment = make_assessment(cast.assessor)
    assessment.responses.all().delete()
    score = standing(assessment, submitted_only=False)
    assert (score.average, score.weakest, score.met) == (None, None, 0)
    assert {rule.percent for rule in score.rules} == {None}


@pytest.mark.parametrize("submitted_only", [True, False])
def test_number_of_queries_does_not_grow(cast: Cast, submitted_only: bool) -> None:
    small = make_assessment(cast.assessor, release=make_release("1", questions_per_rule=1), grade=2)
    large = make_assessment(cast.assessor, release=make_release("2", questions_per_rule=5), grade=2)
    add_rater(large, cast.colleague.user, 3, submitted_at=NOW)
    counts = [queries_of(assessment, submitted_only) for assessment in (small, large)]
    assert counts == [3, 3]


def queries_of(assessment: Assessment, submitted_only: bool) -> int:
    fresh = Assessment.objects.select_related("release").get(pk=assessment.pk)
    with CaptureQueriesContext(connection) as queries:
        standing(fresh, submitted_only=submitted_only)
    return len(queries)


class TestProgress:
    def test_counts_every_kind_of_answer_as_answered(self, cast: Cast) -> None:
        assessment = make_assessment(cast.assessor)
        change(assessment, "support-1", blank=Blank.DONT_KNOW)
        change(assessment, "guidance-1", blank=Blank.NOT_APPLICABLE, reason="We have no such service.")
        change(assessment, "guidance-2", grade=0)
        rules = {rule.key: rule for rule in progress(assessment)}
        assert [rule.position for rule in progress(assessment)] == [1, 2, 3, 4, 5, 6, 7]
        assert (rules["support"].answered, rules["support"].total, rules["support"].is_complete) == (1, 2, False)
        assert rules["guidance"].is_complete
        assert rules["speed"].answered == 0

    def test_missing_names_what_is_unanswered_and_what_nobody_knows(self, cast: Cast) -> None:
        assessment = make_assessment(cast.assessor, grade=3)
        change(assessment, "support-1", grade=None, blank=Blank.DONT_KNOW)
        change(assessment, "support-2", grade=None)
        change(assessment, "proof-2", grade=None, blank=Blank.NOT_APPLICABLE, reason="We have no such service.")
        (support,) = missing(assessment)
        assert support.key == "support"
        assert [question.key for question in support.dont_know] == ["support-1"]
        assert [question.key for question in support.unanswered] == ["support-2"]
        assert support.open[0].anchor == "question-support-1"

    def test_nothing_is_missing_when_all_is_graded(self, cast: Cast) -> None:
        assert missing(make_assessment(cast.assessor, grade=0)) == ()

    def test_names_are_in_the_readers_language(self, cast: Cast) -> None:
        assessment = make_assessment(cast.assessor)
        with translation.override("fr"):
            first = missing(assessment)[0]
        assert (first.name, first.open[0].label) == ("Support (fr)", "support question 1 (fr)")

    def test_second_rater_who_knows_closes_what_the_first_did_not(self, cast: Cast) -> None:
        assessment = make_assessment(cast.assessor)
        Answer.objects.update(blank=Blank.DONT_KNOW)
        add_rater(assessment, cast.colleague.user, 2, submitted_at=NOW + timedelta(days=1))
        assert missing(assessment) == ()


def add_evidence(answer: Answer) -> Evidence:
    owner = answer.response.rater
    assert owner is not None
    evidence = Evidence(
        answer=answer, name="plan.pdf", content_type="application/pdf", size=4, sha256="0" * 64, uploaded_by=owner
    )
    evidence.file.save("plan.pdf", ContentFile(b"%PDF"))
    return evidence
