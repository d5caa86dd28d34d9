"""All answers of an assessment to read in place, rule by rule, with the numbers they add up to."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from accounts.models import Membership
from assessments.independence import let_read
from assessments.models import Answer, Assessment, AssessmentState, Consensus, Response, VendorNote
from assessments.score import words as wording
from assessments.score.also_asked import AlsoAsked, also_said, asked_beside
from assessments.score.also_asked import graded as graded_beside
from assessments.score.arithmetic import GradedQuestion, Policy, RuleScore, Score
from assessments.score.reading import RuleProgress, own_answer, own_score, policy_of, rule_progress, score_of
from assessments.secrecy import own_response, readable_responses, vendor_answers
from groundwork.rounding import rounded
from groundwork.together import Lookup
from groundwork.words import number
from manifesto.models import GRADE_NAMES, Level, Question


@dataclass(frozen=True, kw_only=True)
class ReadAnswer:
    """One rater's answer with the anchored text of the grade chosen."""

    answer: Answer
    grade_name: str
    level: str


@dataclass(frozen=True, kw_only=True)
class QuestionSheet:
    question: Question
    graded: GradedQuestion
    state_label: str  # empty where graded
    answers: tuple[ReadAnswer, ...]
    vendor: ReadAnswer | None = None  # its own answer, once handed in
    agreed: Consensus | None = None
    note: VendorNote | None = None  # what was noted of what the vendor said

    @property
    def number(self) -> str:
        """“1.2”, as in the questionnaire and on the scorecard."""
        return f"{self.question.rule.position}.{self.question.position}"

    @property
    def grade_text(self) -> str:
        """What several grades come to: “3.33”; empty where nobody graded."""
        return "" if self.graded.grade is None else number(self.graded.grade)

    @property
    def agreed_text(self) -> str:
        """What was agreed; where one person was at the meeting, that it is no agreement. Empty for nothing."""
        if self.agreed is None:
            return ""
        grade = {"grade": self.agreed.grade}
        if self.agreed.meeting.is_of_one:
            if self.agreed.not_applicable:
                return _("Decided by one person, nobody else was there: not applicable")
            return _("Decided by one person, nobody else was there: grade %(grade)s of 4") % grade
        return _("Agreed: not applicable") if self.agreed.not_applicable else _("Agreed: grade %(grade)s of 4") % grade

    @property
    def difference(self) -> str:
        """That raters differ, and how far, in a sentence; empty where they do not."""
        grades = sorted({read.answer.grade for read in self.answers if read.answer.grade is not None})
        if len(grades) < 2:
            return ""
        between = {"low": grades[0], "high": grades[-1]}
        if self.graded.disagreement and self.agreed is not None:
            return _("The raters differed, from grade %(low)s to grade %(high)s.") % between
        if self.graded.disagreement:
            return _("The raters differ, from grade %(low)s to grade %(high)s: talk it over.") % between
        return _("The raters differ by one grade: %(low)s and %(high)s.") % between


@dataclass(frozen=True, kw_only=True)
class RuleSheet:
    """A rule as shown: numbers for drawing, rounded (None: nothing to show), and as text in the reader's language."""

    progress: RuleProgress
    status: str
    status_label: str
    why: str
    knockouts_text: str  # which knock-out questions failed, where that breaks the rule
    percent: Decimal | None
    coverage: Decimal | None
    low: Decimal | None
    high: Decimal | None
    percent_text: str
    coverage_text: str
    bounds_text: str
    sum_text: str
    questions: tuple[QuestionSheet, ...]
    also: tuple[QuestionSheet, ...] = ()  # the supplementary ones: they are in none of the figures above


@dataclass(frozen=True, kw_only=True)
class ScoreSheet:
    rules: tuple[RuleSheet, ...]
    score: Score
    headline: str
    verdict: str
    confidence: str
    average: str  # of the rated rules; it does not decide
    weakest: RuleSheet | None
    also: AlsoAsked  # of all rules together

    @property
    def missing(self) -> tuple[RuleProgress, ...]:
        return tuple(rule.progress for rule in self.rules if rule.progress.open)

    @property
    def answered(self) -> int:
        return sum(rule.progress.answered for rule in self.rules)

    @property
    def total(self) -> int:
        return sum(rule.progress.total for rule in self.rules)

    @property
    def unanswered(self) -> int:
        return self.total - self.answered

    @property
    def has_bounds(self) -> bool:
        return any(rule.bounds_text for rule in self.rules)

    @property
    def has_percent_bounds(self) -> bool:
        """A rule with a percentage that missing grades can still move."""
        return any(rule.percent_text and rule.bounds_text for rule in self.rules)

    @property
    def has_grades(self) -> bool:
        return any(rule.weight_graded for rule in self.score.rules)


def own_sheet_of(
    assessment: Assessment, response: Response, *, rules: Collection[str] | None = None, with_answers: bool = False
) -> ScoreSheet:
    """What one rater's own answers add up to, in the rules that they are asked about: neither the others' nor what
    was agreed shines through. `rules`: their keys, where the caller has them."""
    asked = rules_asked(response) if rules is None else rules
    own = Response.objects.filter(pk=response.pk)
    return _sheet_in(assessment, own, with_answers=with_answers, with_consensus=False, rules=asked).now()


def own_sheet(
    assessment: Assessment, response: Response, answers: Collection[Answer], *, rules: Collection[str]
) -> ScoreSheet:
    """The same without the answers, which the caller has read, all of them and with `has_files`; no query."""
    said = {answer.question_id: [own_answer(response, answer)] for answer in answers}
    answered = {answer.question_id for answer in answers if answer.is_answered}
    also = also_said(assessment, answered, rules=rules)
    return _sheet_of(assessment, own_score(assessment, said, rules=rules), also, {})


def sheet_for(
    assessment: Assessment, member: Membership, *, with_answers: bool = False, reads: bool | None = None
) -> ScoreSheet:
    """What this member may see of it: while they are kept apart, their own answers alone; else it is on record that
    they read those of the others. `reads`: what `let_read` said, where the caller has asked it."""
    reads = let_read(assessment, member.user) if reads is None else reads
    return sheet_in(assessment, member, with_answers=with_answers, reads=reads).now()


def sheet_in(
    assessment: Assessment, member: Membership, *, reads: bool, with_answers: bool = False
) -> Lookup[ScoreSheet]:
    """The same, to be read with what else a page shows; the answers are asked for then."""
    if reads:
        readable = readable_responses(assessment, member, is_apart=False)
        return _sheet_in(assessment, readable, with_answers=with_answers, with_consensus=True)
    if own := own_response(assessment, member.user):
        theirs = Response.objects.filter(pk=own.pk)
        asked = rules_asked(own)
        return _sheet_in(assessment, theirs, with_answers=with_answers, with_consensus=False, rules=asked)
    return _sheet_in(assessment, Response.objects.none(), with_answers=with_answers, with_consensus=False)


def rules_asked(response: Response) -> tuple[str, ...]:
    """The keys of the rules that a questionnaire asks about."""
    return tuple(response.answers.order_by().values_list("question__rule__key", flat=True).distinct())


def _sheet_in(
    assessment: Assessment,
    responses: QuerySet[Response],
    *,
    with_answers: bool,
    with_consensus: bool,
    rules: Collection[str] | None = None,
) -> Lookup[ScoreSheet]:
    scored = score_of(assessment, responses, with_consensus=with_consensus, rules=rules)
    also = asked_beside(assessment, responses, rules=rules)

    def told() -> ScoreSheet:
        score = scored.told()
        questions = _questions(assessment, responses, score, with_consensus=with_consensus) if with_answers else {}
        return _sheet_of(assessment, score, also.told(), questions)

    return Lookup(reads=(*scored.reads, *also.reads), told=told)


def _sheet_of(
    assessment: Assessment, score: Score, also: AlsoAsked, questions: Mapping[str, Sequence[QuestionSheet]]
) -> ScoreSheet:
    is_over = assessment.state not in {AssessmentState.DRAFT, AssessmentState.COLLECTING}
    policy = policy_of(assessment.release)
    sheets = tuple(
        _rule_sheet(rule, far, policy, questions.get(rule.rule, ()))
        for rule, far in zip(score.rules, rule_progress(assessment, score), strict=True)
    )
    return ScoreSheet(
        rules=sheets,
        score=score,
        headline=wording.headline(score) if is_over else wording.headline_so_far(score),
        verdict=wording.verdict(score) if is_over else wording.verdict_so_far(score),
        confidence=str(wording.CONFIDENCES[score.confidence]),
        average=wording.percent(score.average, policy),
        weakest=next((rule for rule in sheets if rule.progress.key == score.weakest), None),
        also=also,
    )


def _rule_sheet(rule: RuleScore, far: RuleProgress, policy: Policy, questions: Sequence[QuestionSheet]) -> RuleSheet:
    coverage = rule.coverage if rule.weight_applicable else None
    return RuleSheet(
        progress=far,
        status=rule.status.value,
        status_label=str(wording.STATUSES[rule.status]),
        why=wording.why(rule, policy),
        knockouts_text=wording.knockouts(rule, [far.numbers[key] for key in rule.knockouts]),
        percent=_drawn(rule.percent),
        coverage=_drawn(coverage),
        low=_drawn(rule.low),
        high=_drawn(rule.high),
        percent_text=wording.percent(rule.percent, policy),
        coverage_text=wording.coverage(coverage, policy),
        bounds_text=wording.bounds(rule, policy),
        sum_text=wording.weighted_sum(rule, policy),
        questions=tuple(one for one in questions if not one.question.supplementary),
        also=tuple(one for one in questions if one.question.supplementary),
    )


def _drawn(value: Fraction | None) -> Decimal | None:
    return None if value is None else rounded(value, 1)


def _questions(
    assessment: Assessment, responses: QuerySet[Response], score: Score, *, with_consensus: bool
) -> dict[str, list[QuestionSheet]]:
    """Rule key → its questions with what everybody answered; nine queries. The vendor's grades stay out where what
    was agreed does: both are for those who no longer judge."""
    graded = {question.key: question for rule in score.rules for question in rule.questions}
    rows = Level.objects.filter(question__release=assessment.release_id)
    levels = {(question, grade): text for question, grade, text in rows.values_list("question", "grade", "text")}
    answers = _answers(responses, levels)
    of_vendor = _of_vendor(assessment, levels, with_grades=with_consensus)
    agreed = _agreed(assessment) if with_consensus else {}
    notes = VendorNote.objects.all().by_question(assessment)
    asked = Question.objects.filter(release=assessment.release_id).select_related("rule")
    by_rule: dict[str, list[QuestionSheet]] = defaultdict(list)
    rules = {rule.rule for rule in score.rules}
    for question in asked.order_by("rule__position", "position"):
        if question.rule.key not in rules or (question.supplementary and not assessment.asks_supplementary):
            continue
        said = tuple(answers.get(question.pk, ()))
        grade = graded.get(question.key) or graded_beside(question, [read.answer for read in said])
        by_rule[question.rule.key].append(
            QuestionSheet(
                question=question,
                graded=grade,
                state_label=str(wording.QUESTION_STATES.get(grade.state, "")),
                answers=said,
                vendor=of_vendor.get(question.pk),
                agreed=agreed.get(question.pk),
                note=notes.get(question.pk),
            )
        )
    return by_rule


Levels = dict[tuple[int, int], str]  # question and grade → the anchored text


def _answers(responses: QuerySet[Response], levels: Levels) -> dict[int, list[ReadAnswer]]:
    rows = Answer.objects.filter(response__in=responses)
    related = ("response__rater", "response__department", "response__invitation", "updated_by")
    answers: dict[int, list[ReadAnswer]] = defaultdict(list)
    for row in rows.select_related(*related).prefetch_related("evidence").order_by("response"):
        answers[row.question_id].append(_read(row, levels))
    return answers


def _of_vendor(assessment: Assessment, levels: Levels, *, with_grades: bool) -> dict[int, ReadAnswer]:
    """Question → the vendor's own answer, once handed in; how it grades itself only where that may be seen."""
    read = {}
    for row in vendor_answers(assessment).select_related("updated_through"):
        if not with_grades:
            row.grade, row.blank, row.reason = None, "", ""
        read[row.question_id] = _read(row, levels)
    return read


def _agreed(assessment: Assessment) -> dict[int, Consensus]:
    rows = Consensus.objects.filter(assessment=assessment).select_related("meeting")
    rows = rows.prefetch_related("meeting__attendees")
    return {row.question_id: row for row in rows}


def _read(row: Answer, levels: Levels) -> ReadAnswer:
    if row.grade is None:
        return ReadAnswer(answer=row, grade_name="", level="")
    return ReadAnswer(
        answer=row, grade_name=str(GRADE_NAMES[row.grade]), level=levels.get((row.question_id, row.grade), "")
    )
