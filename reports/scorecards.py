"""What a scorecard says: made from the snapshot and a language alone, for the page and for the PDF."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from fractions import Fraction
from typing import Any

from django.template.loader import render_to_string
from django.utils import translation
from django.utils.translation import gettext as _

from assessments import scoring
from assessments.models import Decision, ResponseKind
from assessments.scoring import GRADES, GradedQuestion, QuestionState, RuleScore, Score
from assessments.wording import CONFIDENCES, QUESTION_STATES, STATUSES, headline
from reports import formats, snapshots, wording
from reports.charts import Mark
from reports.models import Scorecard
from reports.snapshots import Snapshot
from reports.wording import Words


@dataclass(frozen=True, kw_only=True)
class EvidenceView:
    name: str
    size: str
    sha256: str


@dataclass(frozen=True, kw_only=True)
class AnswerView:
    """What one rater wrote. `rater` is empty where the scorecard has only one."""

    rater: str
    grade: str
    blank: str
    reason: str
    vendor_says: str
    comment: str
    fact: str
    evidence: tuple[EvidenceView, ...]

    @property
    def has_words(self) -> bool:
        return bool(self.reason or self.vendor_says or self.comment or self.fact or self.evidence)


@dataclass(frozen=True, kw_only=True)
class QuestionView:
    """A question with its line in the sum. Grade, percent and product are empty unless it is graded."""

    key: str
    number: str
    short: str
    text: str
    weight: str
    knockout: bool
    knocked_out: bool
    grade: str
    percent: str
    product: str
    state: str
    level: str
    disagreement: bool
    answers: tuple[AnswerView, ...]

    @property
    def has_words(self) -> bool:
        return any(answer.has_words for answer in self.answers)


@dataclass(frozen=True, kw_only=True)
class RuleView:
    key: str
    number: int
    name: str
    promise: str
    status: str
    status_label: str
    status_label_low: str
    percent: str
    coverage: str
    is_covered: bool
    bounds: str
    reason: str
    sum: str
    quotient: str
    result: str
    weight_graded: str
    weight_applicable: str
    weighted_sum: str
    mark: Mark
    questions: tuple[QuestionView, ...]


@dataclass(frozen=True, kw_only=True)
class ApprovalView:
    decision: str
    by: str
    at: str
    reason: str


@dataclass(frozen=True, kw_only=True)
class RaterView:
    name: str
    department: str
    at: str


@dataclass(frozen=True, kw_only=True)
class ServiceView:
    name: str
    department: str
    mission_critical: bool


@dataclass(frozen=True, kw_only=True)
class ScorecardView:
    """Everything that a scorecard says, in one language."""

    language: str
    number: str
    reference: str
    organisation: str
    vendor: str
    services: tuple[ServiceView, ...]
    period: str
    met: int
    total: int
    headline: str
    verdict: str
    verdict_label: str
    verdict_heading: str
    verdict_sentence: str
    weakest: str
    weakest_rule: RuleView | None
    average: str
    confidence: str
    confidence_label: str
    confidence_sentence: str
    rules: tuple[RuleView, ...]
    disagreements: tuple[QuestionView, ...]
    thresholds: tuple[Fraction, Fraction]
    computed: tuple[str, ...]
    edition: str
    edition_title: str
    published: str
    engine: str
    raters: tuple[RaterView, ...]
    submitted_by: str
    submitted_at: str
    approvals: tuple[ApprovalView, ...]
    approved_by: str
    approved_at: str
    approved_on: str
    created: str
    sha256: str

    @property
    def marks(self) -> tuple[Mark, ...]:
        return tuple(rule.mark for rule in self.rules)

    @property
    def has_missing_grades(self) -> bool:
        return any(rule.bounds for rule in self.rules)

    @property
    def figure_title(self) -> str:
        return f"{self.vendor}: {self.headline}"

    @property
    def figure_desc(self) -> str:
        return "; ".join(mark.tooltip for mark in self.marks)


def scorecard_html(scorecard: Scorecard, *, language: str) -> str:
    """The document from which the PDF is made. Raises SnapshotDamaged."""
    card = view_of(scorecard, language=language)
    with translation.override(language):
        return render_to_string("reports/scorecard_pdf.html", {"card": card})


def view_of(scorecard: Scorecard, *, language: str) -> ScorecardView:
    """The scorecard in one language, once its hash is verified. Raises SnapshotDamaged."""
    return build(snapshots.load(scorecard), sha256=scorecard.sha256, language=language)


def build(snapshot: Snapshot, *, sha256: str, language: str) -> ScorecardView:
    with translation.override(language):
        return _Builder(snapshot, sha256, language).card()


class _Builder:
    """Reads one snapshot in one language, which must be active."""

    def __init__(self, snapshot: Snapshot, sha256: str, language: str) -> None:
        self.snapshot = snapshot
        self.sha256 = sha256
        self.language = language
        self.score: Score = snapshots.score_of(snapshot)
        self.rules: Sequence[Mapping[str, Any]] = snapshot["release"]["rules"]
        self.customers = [r for r in snapshot["responses"] if r["kind"] == ResponseKind.CUSTOMER]
        self.words = Words(
            language=language,
            policy=snapshots.policy_of(snapshot["release"]["policy"]),
            rules={rule["key"]: rule["name"][language] for rule in self.rules},
            questions={q["key"]: q["short"][language] for rule in self.rules for q in rule["questions"]},
        )

    def card(self) -> ScorecardView:
        snapshot, score, words = self.snapshot, self.score, self.words
        assessment, release = snapshot["assessment"], snapshot["release"]
        rules = tuple(self._rule(*pair) for pair in zip(self.rules, score.rules, strict=True))
        questions = {question.key: question for rule in rules for question in rule.questions}
        approval = next(a for a in reversed(snapshot["approvals"]) if a["decision"] == Decision.APPROVED)
        return ScorecardView(
            language=self.language,
            number=snapshot["number"],
            reference=assessment["reference"],
            organisation=snapshot["organisation"]["name"],
            vendor=snapshot["vendor"]["name"],
            services=self._services(),
            period=self._period(),
            met=score.met,
            total=len(score.rules),
            headline=headline(score),
            verdict=score.verdict.value,
            verdict_label=str(wording.VERDICT[score.verdict]),
            verdict_heading=str(wording.VERDICT_HEADING[score.verdict]),
            verdict_sentence=wording.verdict(score),
            weakest=wording.weakest(score, words),
            weakest_rule=next((rule for rule in rules if rule.key == score.weakest), None),
            average="" if score.average is None else words.percent(score.average),
            confidence=score.confidence.value,
            confidence_label=str(CONFIDENCES[score.confidence]),
            confidence_sentence=self._confidence(),
            rules=rules,
            disagreements=tuple(questions[key] for key in score.disagreements),
            thresholds=(words.policy.broken_threshold, words.policy.met_threshold),
            computed=tuple(wording.computed(words)),
            edition=release["edition"],
            edition_title=release["title"][self.language],
            published=self._moment(release["published_at"]),
            engine=snapshot["engine"],
            raters=tuple(self._rater_view(response) for response in self.customers),
            submitted_by=assessment["submitted_by"] or "",
            submitted_at=self._moment(assessment["submitted_at"]),
            approvals=tuple(self._approval(stored) for stored in snapshot["approvals"]),
            approved_by=approval["by"],
            approved_at=self._moment(approval["at"]),
            approved_on=self._day(approval["at"]),
            created=approval["at"],
            sha256=self.sha256,
        )

    def _rule(self, stored: Mapping[str, Any], rule: RuleScore) -> RuleView:
        words = self.words
        number = stored["position"]
        name = words.rules[rule.rule]
        percent = words.percent(rule.percent) if rule.is_rated and rule.percent is not None else ""
        label = str(STATUSES[rule.status])
        questions = zip(stored["questions"], rule.questions, strict=True)
        return RuleView(
            key=rule.rule,
            number=number,
            name=name,
            promise=stored["promise"][self.language],
            status=rule.status.value,
            status_label=label,
            status_label_low=label.lower(),
            percent=percent,
            coverage=words.coverage(rule.coverage),
            is_covered=rule.coverage == scoring.FULL,
            bounds=wording.bounds(rule, words),
            reason=wording.reason(rule, words),
            sum=wording.weighted_sum(rule, words),
            quotient=wording.quotient(rule, words),
            result=wording.result(rule, words),
            weight_graded=words.number(rule.weight_graded),
            weight_applicable=words.number(rule.weight_applicable),
            weighted_sum=words.number(rule.weighted_sum),
            mark=Mark(
                number=number,
                name=name,
                status=rule.status.value,
                status_label=label,
                percent=rule.percent if rule.is_rated else None,
                low=rule.low,
                high=rule.high,
                percent_label=percent,
            ),
            questions=tuple(
                self._question(f"{number}.{position}", asked, graded, rule)
                for position, (asked, graded) in enumerate(questions, start=1)
            ),
        )

    def _question(
        self, number: str, stored: Mapping[str, Any], graded: GradedQuestion, rule: RuleScore
    ) -> QuestionView:
        words = self.words
        percent = graded.percent
        return QuestionView(
            key=graded.key,
            number=number,
            short=stored["short"][self.language],
            text=stored["text"][self.language],
            weight=words.number(graded.weight),
            knockout=graded.knockout,
            knocked_out=graded.key in rule.knockouts,
            grade="" if graded.grade is None else words.number(graded.grade),
            percent="" if percent is None else words.number(percent),
            product="" if percent is None else words.number(graded.weight * percent),
            state="" if graded.state == QuestionState.GRADED else str(QUESTION_STATES[graded.state]),
            level=self._level(stored, graded.grade),
            disagreement=graded.disagreement,
            answers=tuple(self._answers(stored)),
        )

    def _level(self, question: Mapping[str, Any], grade: Fraction | None) -> str:
        """The anchored text of a whole grade; a mean between two levels has none of its own."""
        if grade is None or grade not in GRADES:
            return ""
        return next((level["text"][self.language] for level in question["levels"] if level["grade"] == grade), "")

    def _answers(self, question: Mapping[str, Any]) -> list[AnswerView]:
        return [
            self._answer(response, answer)
            for response in self.snapshot["responses"]
            for answer in response["answers"]
            if answer["question"] == question["key"]
        ]

    def _answer(self, response: Mapping[str, Any], answer: Mapping[str, Any]) -> AnswerView:
        fact = answer["fact"]
        return AnswerView(
            rater=self._rater(response),
            grade="" if answer["grade"] is None else str(answer["grade"]),
            blank=str(QUESTION_STATES[QuestionState(answer["blank"])]) if answer["blank"] else "",
            reason=answer["reason"],
            vendor_says=answer["vendor_says"],
            comment=answer["comment"],
            fact=wording.fact(Fraction(fact["value"]), fact["unit"], self.words) if fact else "",
            evidence=tuple(
                EvidenceView(name=file["name"], size=formats.size(file["size"], self.language), sha256=file["sha256"])
                for file in answer["evidence"]
            ),
        )

    def _rater(self, response: Mapping[str, Any]) -> str:
        if response["kind"] == ResponseKind.VENDOR:
            return _("The vendor itself")
        if len(self.customers) == 1:
            return ""
        return ", ".join(part for part in (response["name"], response["department"]) if part)

    def _rater_view(self, response: Mapping[str, Any]) -> RaterView:
        return RaterView(
            name=response["name"] or "",
            department=response["department"] or "",
            at=self._moment(response["submitted_at"]),
        )

    def _confidence(self) -> str:
        graded = [
            (response, answer)
            for response in self.customers
            for answer in response["answers"]
            if answer["grade"] is not None
        ]
        return wording.confidence(
            self.score,
            self.words,
            raters=len({response["rater"] for response, _answer in graded}),
            departments=len({response["department"] for response, _answer in graded} - {None}),
            graded=len(graded),
            evidenced=sum(bool(answer["evidence"]) for _response, answer in graded),
        )

    def _services(self) -> tuple[ServiceView, ...]:
        return tuple(
            ServiceView(
                name=service["name"],
                department=service["department"] or "",
                mission_critical=service["mission_critical"],
            )
            for service in self.snapshot["vendor"]["services"]
        )

    def _approval(self, stored: Mapping[str, Any]) -> ApprovalView:
        return ApprovalView(
            decision=str(Decision(stored["decision"]).label),
            by=stored["by"],
            at=self._moment(stored["at"]),
            reason=stored["reason"],
        )

    def _period(self) -> str:
        assessment = self.snapshot["assessment"]
        start, end = (date.fromisoformat(assessment[name]) for name in ("period_start", "period_end"))
        return formats.days(start, end, self.language)

    def _moment(self, stored: str | None) -> str:
        if stored is None:
            return ""
        return formats.moment(datetime.fromisoformat(stored), self.language, self.snapshot["time_zone"])

    def _day(self, stored: str) -> str:
        return self._moment(stored).rsplit(",", 1)[0]
