"""How rows become the input of the arithmetic, and what is still open."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any

from django.core.files.base import ContentFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import translation

from accounts.models import Membership
from assessments.lifecycle.transitions import lay_out
from assessments.models import Answer, Assessment, Blank, Consensus, Evidence, Meeting, Response, ResponseKind
from assessments.score.arithmetic import Confidence, GradedQuestion, QuestionInput, QuestionState, RuleStatus, Score
from assessments.score.reading import current_score, missing, policy_of, question_inputs, rule_progress
from manifesto.models import RULE_KEYS, Question, Release
from tests.factories import NOW, Cast, add_rater, make_assessment, make_release


def answer_of(assessment: Assessment, key: str) -> Answer:
    return Answer.objects.get(response__assessment=assessment, question__key=key)


def change(assessment: Assessment, key: str, **fields: Any) -> None:
    Answer.objects.filter(pk=answer_of(assessment, key).pk).update(**fields)


def so_far(assessment: Assessment) -> Score:
    """Of all that is written, handed in or not."""
    return current_score(assessment, assessment.responses.all())


def inputs_so_far(assessment: Assessment) -> tuple[QuestionInput, ...]:
    return question_inputs(assessment, assessment.responses.all())


def hand_in(assessment: Assessment) -> None:
    assessment.responses.update(submitted_at=NOW)


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
    inputs = inputs_so_far(assessment)
    assert [question.key for question in inputs] == [f"{rule}-{number}" for rule in RULE_KEYS for number in (1, 2)]
    assert {question.rule for question in inputs} == set(RULE_KEYS)


def test_weight_and_knockout_come_exactly_from_the_bank(cast: Cast) -> None:
    release = make_release(state="draft")
    Question.objects.filter(key="proof-1").update(weight=Decimal("1.10"), knockout=True)
    assessment = make_assessment(cast.assessor, release=release)
    proof = next(one for one in inputs_so_far(assessment) if one.key == "proof-1")
    assert (proof.weight, proof.knockout) == (Fraction(11, 10), True)


def test_each_kind_of_blank_reaches_the_arithmetic(cast: Cast) -> None:
    assessment = make_assessment(cast.assessor, grade=3)
    change(assessment, "support-1", grade=None, blank=Blank.NOT_APPLICABLE, reason="We rehearse ourselves.")
    change(assessment, "support-2", grade=None, blank=Blank.DONT_KNOW)
    change(assessment, "speed-1", grade=None)
    states = {question.key: question.state for rule in so_far(assessment).rules for question in rule.questions}
    assert states["support-1"] == QuestionState.NOT_APPLICABLE
    assert states["support-2"] == QuestionState.DONT_KNOW
    assert states["speed-1"] == QuestionState.UNANSWERED
    assert states["speed-2"] == QuestionState.GRADED


def test_only_what_was_handed_in_counts(cast: Cast) -> None:
    assessment = make_assessment(cast.assessor, grade=4)
    assert current_score(assessment).met == 0
    assert so_far(assessment).met == 7
    hand_in(assessment)
    assert current_score(assessment).met == 7


def test_vendors_own_answers_never_enter_the_score(cast: Cast) -> None:
    assessment = make_assessment(cast.assessor, grade=1)
    add_vendor(assessment, grade=4)
    hand_in(assessment)
    assert {rule.percent for rule in current_score(assessment).rules} == {Fraction(25)}
    assert current_score(assessment) == so_far(assessment)


def add_vendor(assessment: Assessment, *, grade: int) -> Response:
    response = Response.objects.create(assessment=assessment, kind=ResponseKind.VENDOR, submitted_at=NOW)
    questions = assessment.release.questions.all()
    Answer.objects.bulk_create(Answer(response=response, question=question, grade=grade) for question in questions)
    return response


def test_another_assessments_answers_never_enter_the_score(cast: Cast) -> None:
    mine, other = make_assessment(cast.assessor, grade=1), make_assessment(cast.colleague, grade=4)
    assert mine.release == other.release
    assert {rule.status for rule in so_far(mine).rules} == {RuleStatus.BROKEN}


def test_raters_departments_and_evidence_make_the_confidence(cast: Cast) -> None:
    assessment = make_assessment(cast.assessor, grade=3)
    add_rater(assessment, cast.colleague, grade=3)
    assert so_far(assessment).confidence == Confidence.MEDIUM
    other = cast.organisation.departments.create(name="Nursing")
    add_rater(assessment, cast.approver, grade=3, department=other)
    assert so_far(assessment).confidence == Confidence.MEDIUM
    for answer in Answer.objects.order_by("pk")[:21]:  # half of 42
        add_evidence(answer)
    assert so_far(assessment).confidence == Confidence.HIGH


def test_two_files_to_one_answer_count_as_one_evidenced_grade(cast: Cast) -> None:
    assessment = make_assessment(cast.assessor, grade=3)
    answer = answer_of(assessment, "support-1")
    add_evidence(answer)
    add_evidence(answer)
    inputs = inputs_so_far(assessment)
    assert [len(one.answers) for one in inputs] == [1] * 14
    assert [one.key for one in inputs if one.answers[0].has_evidence] == ["support-1"]


def test_assessment_keeps_the_score_of_its_release(cast: Cast) -> None:
    assessment = make_assessment(cast.assessor, grade=3)
    before = so_far(assessment)
    make_release("2", questions_per_rule=4, met_threshold=100)
    assert Release.objects.current() != assessment.release
    assert so_far(Assessment.objects.get(pk=assessment.pk)) == before


def test_draft_without_answers_is_undecided_and_has_no_number(cast: Cast) -> None:
    assessment = make_assessment(cast.assessor)
    assessment.responses.all().delete()
    score = so_far(assessment)
    assert (score.average, score.weakest, score.met) == (None, None, 0)
    assert {rule.percent for rule in score.rules} == {None}


def test_number_of_queries_does_not_grow(cast: Cast) -> None:
    small = make_assessment(cast.assessor, release=make_release("1", questions_per_rule=1), grade=2)
    large = make_assessment(cast.assessor, release=make_release("2", questions_per_rule=5), grade=2)
    for member in (cast.colleague, cast.approver, cast.reader):
        add_rater(large, member, grade=3, submitted_at=NOW)
    agree(large, "support-1", grade=1)
    assert [queries_of(assessment) for assessment in (small, large)] == [1, 1]


def queries_of(assessment: Assessment) -> int:
    fresh = Assessment.objects.select_related("release").get(pk=assessment.pk)
    with CaptureQueriesContext(connection) as queries:
        current_score(fresh)
    return len(queries)


def agree(assessment: Assessment, key: str, **fields: Any) -> Consensus:
    """What the raters agreed on in a meeting."""
    meeting, _created = Meeting.objects.get_or_create(
        assessment=assessment, held_on=date(2026, 3, 1), created_by=assessment.owner
    )
    return Consensus.objects.create(
        assessment=assessment,
        question=assessment.release.questions.get(key=key),
        meeting=meeting,
        reason="We looked at it together.",
        decided_by=assessment.owner,
        decided_at=NOW,
        **fields,
    )


class TestManyRaters:
    """From the rows up: what several raters, blanks and an agreement make of a question and its rule."""

    def test_a_question_has_the_mean_of_its_grades(self, cast: Cast) -> None:
        assessment = self.of_three(cast, 4, 3, 3)
        (support, *_others) = current_score(assessment).rules
        assert [question.grade for question in support.questions] == [Fraction(10, 3)] * 2
        assert support.percent == Fraction(10, 3) / 4 * 100

    def test_one_not_applicable_among_grades_leaves_it_graded(self, cast: Cast) -> None:
        assessment = self.of_three(cast, 4, 2, None)
        self.says(assessment, cast.reader, "support-1", blank=Blank.NOT_APPLICABLE, reason="Not with us.")
        assert self.question(assessment, "support-1").state == QuestionState.GRADED
        assert self.question(assessment, "support-1").grade == 3

    def test_where_all_who_answered_say_not_applicable_it_is(self, cast: Cast) -> None:
        assessment = self.of_three(cast, None, None, None)
        for member in (cast.assessor, cast.colleague):  # the third left it open
            self.says(assessment, member, "support-1", blank=Blank.NOT_APPLICABLE, reason="Not with us.")
        assert self.question(assessment, "support-1").state == QuestionState.NOT_APPLICABLE

    def test_not_applicable_beside_dont_know_is_not_known(self, cast: Cast) -> None:
        assessment = self.of_three(cast, None, None, None)
        self.says(assessment, cast.assessor, "support-1", blank=Blank.NOT_APPLICABLE, reason="Not with us.")
        self.says(assessment, cast.colleague, "support-1", blank=Blank.DONT_KNOW)
        assert self.question(assessment, "support-1").state == QuestionState.DONT_KNOW

    def test_who_has_not_handed_in_or_was_withdrawn_does_not_count(self, cast: Cast) -> None:
        assessment = self.of_three(cast, 4, 2, 1)
        assessment.responses.filter(rater=cast.colleague.user).update(submitted_at=None)
        assessment.responses.filter(rater=cast.reader.user).update(submitted_at=None, withdrawn_at=NOW)
        assert self.question(assessment, "support-1").grade == 4

    def test_what_was_agreed_takes_the_place_of_the_mean(self, cast: Cast) -> None:
        assessment = self.of_three(cast, 4, 4, 4)
        agree(assessment, "support-1", grade=1)
        agree(assessment, "support-2", not_applicable=True)
        (support, *_others) = current_score(assessment).rules
        assert self.question(assessment, "support-1").grade == 1
        assert self.question(assessment, "support-2").state == QuestionState.NOT_APPLICABLE
        assert support.percent == Fraction(25)
        assert current_score(assessment, with_consensus=False).rules[0].percent == Fraction(100)

    def test_what_was_agreed_grades_what_nobody_answered(self, cast: Cast) -> None:
        assessment = self.of_three(cast, None, None, None)
        agree(assessment, "support-1", grade=3)
        assert self.question(assessment, "support-1").grade == 3

    def test_a_rater_of_some_rules_counts_in_those_alone(self, cast: Cast) -> None:
        assessment = make_assessment(cast.assessor, grade=4)
        lay_out(assessment, rules=["support"], rater=cast.reader.user)
        assessment.responses.get(rater=cast.reader.user).answers.update(grade=2)
        hand_in(assessment)
        assert self.question(assessment, "support-1").grade == 3
        assert self.question(assessment, "guidance-1").grade == 4
        assert current_score(assessment).rules[1].coverage == 100

    @staticmethod
    def of_three(cast: Cast, first: int | None, second: int | None, third: int | None) -> Assessment:
        """Rated by an assessor, a colleague and a reader, all handed in."""
        assessment = make_assessment(cast.assessor, grade=first)
        add_rater(assessment, cast.colleague, grade=second)
        add_rater(assessment, cast.reader, grade=third)
        hand_in(assessment)
        return assessment

    @staticmethod
    def says(assessment: Assessment, member: Membership, key: str, **fields: Any) -> None:
        own = Answer.objects.filter(response__assessment=assessment, response__rater=member.user, question__key=key)
        assert own.update(**fields) == 1

    @staticmethod
    def question(assessment: Assessment, key: str) -> GradedQuestion:
        questions = (question for rule in current_score(assessment).rules for question in rule.questions)
        return next(question for question in questions if question.key == key)


class TestProgress:
    def test_counts_every_kind_of_answer_as_answered(self, cast: Cast) -> None:
        assessment = make_assessment(cast.assessor)
        change(assessment, "support-1", blank=Blank.DONT_KNOW)
        change(assessment, "guidance-1", blank=Blank.NOT_APPLICABLE, reason="We have no such service.")
        change(assessment, "guidance-2", grade=0)
        hand_in(assessment)
        rules = {rule.key: rule for rule in rule_progress(assessment)}
        assert [rule.position for rule in rule_progress(assessment)] == [1, 2, 3, 4, 5, 6, 7]
        assert (rules["support"].answered, rules["support"].total, rules["support"].is_complete) == (1, 2, False)
        assert rules["guidance"].is_complete
        assert rules["speed"].answered == 0

    def test_missing_names_what_is_unanswered_and_what_nobody_knows(self, cast: Cast) -> None:
        assessment = make_assessment(cast.assessor, grade=3)
        change(assessment, "support-1", grade=None, blank=Blank.DONT_KNOW)
        change(assessment, "support-2", grade=None)
        change(assessment, "proof-2", grade=None, blank=Blank.NOT_APPLICABLE, reason="We have no such service.")
        hand_in(assessment)
        (support,) = missing(assessment)
        assert support.key == "support"
        assert [question.key for question in support.dont_know] == ["support-1"]
        assert [question.key for question in support.unanswered] == ["support-2"]
        assert support.open[0].anchor == "question-support-1"

    def test_nothing_is_missing_when_all_is_graded(self, cast: Cast) -> None:
        assessment = make_assessment(cast.assessor, grade=0)
        hand_in(assessment)
        assert missing(assessment) == ()

    def test_names_are_in_the_readers_language(self, cast: Cast) -> None:
        assessment = make_assessment(cast.assessor)
        with translation.override("fr"):
            first = missing(assessment)[0]
        assert (first.name, first.open[0].label) == ("Support (fr)", "support question 1 (fr)")

    def test_second_rater_who_knows_closes_what_the_first_did_not(self, cast: Cast) -> None:
        assessment = make_assessment(cast.assessor)
        Answer.objects.update(blank=Blank.DONT_KNOW)
        add_rater(assessment, cast.colleague, grade=2)
        hand_in(assessment)
        assert missing(assessment) == ()


def add_evidence(answer: Answer) -> Evidence:
    owner = answer.response.rater
    assert owner is not None
    evidence = Evidence(
        answer=answer, name="plan.pdf", content_type="application/pdf", size=4, sha256="0" * 64, uploaded_by=owner
    )
    evidence.file.save("plan.pdf", ContentFile(b"%PDF"))
    return evidence
