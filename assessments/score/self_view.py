"""The gap: how the vendor sees itself beside how its customer sees it. It never enters the score."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from fractions import Fraction

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from assessments.models import Answer, Assessment, Response
from assessments.score import arithmetic
from assessments.score.arithmetic import Blank, GradedQuestion, QuestionInput, RaterAnswer
from assessments.score.reading import policy_of, question_inputs
from assessments.secrecy import counted_responses
from groundwork.together import Lookup
from groundwork.words import points
from manifesto.models import Rule

VENDOR = "vendor"
WIDE = 2  # levels of a grade from which on the gap is an item to discuss


@dataclass(frozen=True, kw_only=True)
class QuestionGap:
    """Grades from 0 to 4; the customer's is the consensus or the mean. None where there is none."""

    question: str
    vendor: Fraction | None
    customer: Fraction | None

    @property
    def difference(self) -> Fraction | None:
        """Vendor minus customer, in levels: above 0 where the vendor sees itself better."""
        return _difference(self.vendor, self.customer)


@dataclass(frozen=True, kw_only=True)
class RuleGap:
    """Percents by the same arithmetic, each over its own answers; None where nothing is graded."""

    rule: str
    vendor: Fraction | None
    customer: Fraction | None
    questions: tuple[QuestionGap, ...] = ()

    @property
    def difference(self) -> Fraction | None:
        """Vendor minus customer, in percentage points: above 0 where the vendor sees itself better."""
        return _difference(self.vendor, self.customer)

    @property
    def words(self) -> str:
        """“The vendor sees itself higher, by 12.5 percentage points.”; empty where one of the two is missing."""
        if self.difference is None:
            return ""
        if not self.difference:
            return _("The vendor sees itself as its customer does.")
        higher, lower = _("The vendor sees itself higher, by %(gap)s."), _("The vendor sees itself lower, by %(gap)s.")
        return (higher if self.difference > 0 else lower) % {"gap": points(abs(self.difference))}


def gaps(assessment: Assessment, responses: QuerySet[Response] | None = None) -> tuple[RuleGap, ...]:
    """For every rule of the release, in order; three queries. `responses`: the raters' (None: handed in)."""
    responses = counted_responses(assessment) if responses is None else responses
    inputs = question_inputs(assessment, responses)
    rules = list(Rule.objects.filter(release=assessment.release_id).order_by("position").values_list("key", flat=True))
    policy = policy_of(assessment.release)
    customer = arithmetic.score(rules, inputs, policy)
    said = vendor_answers(assessment)
    vendor = arithmetic.score(rules, [_of_vendor(question, said) for question in inputs], policy)
    return tuple(
        RuleGap(
            rule=ours.rule,
            vendor=theirs.percent,
            customer=ours.percent,
            questions=tuple(_question(*pair) for pair in zip(theirs.questions, ours.questions, strict=True)),
        )
        for theirs, ours in zip(vendor.rules, customer.rules, strict=True)
    )


def vendor_answers(assessment: Assessment) -> dict[str, RaterAnswer]:
    """Question key → what the vendor handed in about itself; empty before it hands in."""
    return vendor_answers_in(assessment).now()


def vendor_answers_in(assessment: Assessment) -> Lookup[dict[str, RaterAnswer]]:
    """The same, to be read with what else a page shows."""
    handed_in = Response.objects.of_vendor().handed_in().filter(assessment=assessment)
    rows = Answer.objects.filter(response__in=handed_in).order_by().values_list("question__key", "grade", "blank")

    def told() -> dict[str, RaterAnswer]:
        return {
            key: RaterAnswer(rater=VENDOR, department=None, grade=grade, blank=Blank(blank))
            for key, grade, blank in rows
        }

    return Lookup(reads=(rows,), told=told)


def self_view(inputs: Iterable[QuestionInput], said: Mapping[str, RaterAnswer]) -> tuple[QuestionInput, ...]:
    """The same questions as the vendor answers them itself; empty where it answered none."""
    return tuple(_of_vendor(question, said) for question in inputs) if said else ()


def _of_vendor(question: QuestionInput, said: Mapping[str, RaterAnswer]) -> QuestionInput:
    answer = said.get(question.key)
    return replace(question, answers=(answer,) if answer else (), consensus=None)


def _question(vendor: GradedQuestion, customer: GradedQuestion) -> QuestionGap:
    return QuestionGap(question=customer.key, vendor=vendor.grade, customer=customer.grade)


def _difference(vendor: Fraction | None, customer: Fraction | None) -> Fraction | None:
    return None if vendor is None or customer is None else vendor - customer
