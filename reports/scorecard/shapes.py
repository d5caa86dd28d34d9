"""The shapes of what a scorecard says, in one language: every field is ready to be shown."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from assessments.findings.practice_words import PracticeView
from assessments.findings.words import MeasuredView
from assessments.models import Stance
from assessments.score.arithmetic import Score
from groundwork.words import apart, labelled
from reports.charts.marks import Mark
from reports.scorecard.expected import ExpectedRule, ExpectedView
from reports.scorecard.facts import FactsView
from reports.scorecard.proven import ProvenCause
from vendors.measures.metrics import PeriodLength, Series


@dataclass(frozen=True, kw_only=True)
class EvidenceView:
    name: str
    size: str
    sha256: str


@dataclass(frozen=True, kw_only=True)
class AnswerView:
    """What one rater wrote, or the vendor of itself.

    `rater` is empty where the scorecard has only one; `by` is whom the rater handed the question to; `level` is the
    anchored text of the vendor’s grade. `name` and `department` are those of whoever answered, where they are known.
    """

    rater: str
    by: str
    grade: str
    level: str
    blank: str
    reason: str
    vendor_says: str
    carried_over: bool
    comment: str
    fact: str
    evidence: tuple[EvidenceView, ...]
    name: str = ""
    department: str = ""
    is_independent: bool = True

    @property
    def has_words(self) -> bool:
        return bool(self.reason or self.vendor_says or self.comment or self.fact or self.evidence)

    @property
    def is_answered(self) -> bool:
        return bool(self.grade or self.blank or self.has_words)


@dataclass(frozen=True, kw_only=True)
class NoteView:
    """What was noted of what the vendor said, and by whom last. `before`: the vendor answered itself afterwards."""

    text: str
    by: str
    on: str
    before: bool


@dataclass(frozen=True, kw_only=True)
class AgreedView:
    """What the raters agreed on in a meeting: the reason and the day. `of_one`: one person was there, so that it is a
    decision and no agreement. `present`: who was there, on scorecards that do not say it once for the meeting."""

    reason: str
    held_on: str
    present: str
    of_one: bool


@dataclass(frozen=True, kw_only=True)
class MeetingView:
    """A day on which the raters talked, who was there, and how many questions were settled, in words."""

    held_on: str
    present: str
    settled: str
    of_one: bool


@dataclass(frozen=True, kw_only=True)
class ReplyView:
    """What the vendor says of the result of a rule. `note`: that it was shown an earlier result, if so."""

    stance: str
    stance_label: str
    text: str
    by: str
    at: str
    note: str


@dataclass(frozen=True, kw_only=True)
class QuestionView:
    """A question with its line in the sum. Grade, percent and product are empty unless it is graded.

    `answers` are the raters’; `vendor` is what the vendor answers itself, which never counts.
    """

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
    agreed: AgreedView | None
    answers: tuple[AnswerView, ...]
    vendor: AnswerView | None
    note: NoteView | None = None

    @property
    def has_words(self) -> bool:
        return self.note is not None or any(answer.has_words for answer in self.answers)

    @property
    def is_answered(self) -> bool:
        """By anybody, a rater or the vendor itself."""
        said = (*self.answers, *([self.vendor] if self.vendor else []))
        return self.note is not None or any(answer.is_answered for answer in said)


@dataclass(frozen=True, kw_only=True)
class Turned:
    """A rule whose status is not what it was on the scorecard before. `before` is None where nothing can be compared;
    `way`: of its arrow, empty for none."""

    position: int
    before: str | None
    now: str
    way: str


@dataclass(frozen=True, kw_only=True)
class BeforeView:
    """A rule on the scorecard before: “from 41.7%”. `way`: that of the arrow, empty where none can be drawn;
    `way_label`: the same as a word; `was`: the percent alone, empty where it cannot be compared; `why`: the largest
    reason why it moved, empty where it did not."""

    way: str
    said: str
    was: str = ""
    way_label: str = ""
    why: str = ""


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
    vendor_percent: str
    gap: str
    gap_signed: str
    gap_words: str
    reply: ReplyView | None
    mark: Mark
    before: BeforeView | None  # None: there was no scorecard before, or neither rates it
    questions: tuple[QuestionView, ...]
    asked: tuple[AskedView, ...]


@dataclass(frozen=True, kw_only=True)
class AskedView:
    """A commitment as it stood: `contact` answers for it at the vendor, `owner` follows it up; `kind` is the colour of
    its state; `goal` and `reading` say what its measure must reach and what it said last, empty without one."""

    number: str
    rule: str
    rule_number: int | None  # None: the edition has no such rule
    rule_name: str
    question: str
    what: str
    contact: str
    owner: str
    due: str
    kind: str
    state: str
    goal: str
    reading: str
    is_open: bool


@dataclass(frozen=True, kw_only=True)
class ApprovalView:
    """A decision of one level; `note` says where it no longer counted; `is_counting`: an approval that does."""

    decision: str
    level: str
    by: str
    at: str
    on: str  # the day alone
    is_counting: bool
    reason: str
    note: str


@dataclass(frozen=True, kw_only=True)
class RaterView:
    """Who was asked; `at` is empty for somebody who did not hand in. `note`: that they had read others' answers."""

    name: str
    department: str
    at: str
    note: str


@dataclass(frozen=True, kw_only=True)
class DepartmentView:
    name: str
    why: str
    heard: bool


@dataclass(frozen=True, kw_only=True)
class ServiceView:
    name: str
    department: str
    mission_critical: bool


@dataclass(frozen=True, kw_only=True)
class ChartView:
    """One measure over time: what is drawn, and the words beside it that say the same."""

    series: Series
    step: PeriodLength
    label: str
    words: str
    target: float | None
    is_expected: bool  # of all vendors, where none was agreed with this one


@dataclass(frozen=True, kw_only=True)
class ScorecardView:
    """Everything that a scorecard says, in one language."""

    language: str
    number: str
    reference: str
    organisation: str
    vendor: str
    services: tuple[ServiceView, ...]
    services_brief: str  # one line of them
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
    score: Score
    rules: tuple[RuleView, ...]
    supplementary: tuple[QuestionView, ...]  # asked beside the questions that count; empty where none was
    disagreements: tuple[QuestionView, ...]  # that nobody has settled yet
    thresholds: tuple[Fraction, Fraction]
    computed: tuple[str, ...]
    edition: str
    edition_title: str
    published: str
    engine: str
    raters: tuple[RaterView, ...]
    outstanding: tuple[RaterView, ...]
    vendor_answered: RaterView | None
    departments: tuple[DepartmentView, ...]
    heard: str
    vendor_silent: str  # that the vendor was not asked, or did not answer; empty where it did, or nobody knows
    independence: str  # what is said of raters who had read others' answers; empty where all judged alone
    meetings: tuple[MeetingView, ...]
    agreement: str
    asked: tuple[AskedView, ...]
    asked_brief: str  # the first of them with owner and date; empty where none is open
    asked_counted: str  # how many, where page one has no room for more
    has_gap: bool
    expected: ExpectedView | None  # what was expected of the vendor; None where nothing was in force
    practice: tuple[PracticeView, ...]  # claims of rehearsals and reviews against what was held
    proven: tuple[ProvenCause, ...]  # accepted causes and what became of them
    measured: MeasuredView | None
    measured_note: str  # that nothing was measured; empty for a scorecard from before there was anything to measure
    charts: tuple[ChartView, ...]
    facts: FactsView | None  # the same as a table; None where nothing was measured
    targets: tuple[str, ...]
    help_url: str  # where the product explains what its measures say
    trend_below: str  # the p below which a trend is said
    reply_asked: str
    reply_note: str
    reply_outcome: str
    previous: str  # the scorecard before, by name; empty where `since` tells more
    since: str  # what changed since the scorecard before; empty for one that does not hold its rules
    submitted_by: str
    submitted_at: str
    approvals: tuple[ApprovalView, ...]
    approved_by: str
    approved_at: str
    approved_on: str
    created: str
    sha256: str
    seal: str  # its hash in the chain; empty for one that is not saved

    @property
    def marks(self) -> tuple[Mark, ...]:
        return tuple(rule.mark for rule in self.rules)

    @property
    def also_answered(self) -> tuple[QuestionView, ...]:
        """The supplementary questions of which anybody says something."""
        return tuple(one for one in self.supplementary if one.is_answered)

    @property
    def also_unanswered(self) -> tuple[QuestionView, ...]:
        return tuple(one for one in self.supplementary if not one.is_answered)

    @property
    def replies(self) -> tuple[RuleView, ...]:
        """The rules of which the vendor says something."""
        return tuple(rule for rule in self.rules if rule.reply)

    @property
    def contested(self) -> tuple[RuleView, ...]:
        return tuple(rule for rule in self.replies if rule.reply and rule.reply.stance == Stance.CONTESTS)

    @property
    def explained(self) -> tuple[RuleView, ...]:
        """The rules that moved since the scorecard before, where their largest reason is known."""
        return tuple(rule for rule in self.rules if rule.before and rule.before.why)

    @property
    def has_missing_grades(self) -> bool:
        return any(rule.bounds for rule in self.rules)

    @property
    def held_to(self) -> tuple[tuple[RuleView, ExpectedRule], ...]:
        """Rule by rule what is claimed and rated beside what was expected; none where nothing was."""
        if self.expected is None:
            return ()
        found = ((rule, self.expected.rules.get(rule.key)) for rule in self.rules)
        return tuple((rule, own) for rule, own in found if own is not None)

    @property
    def figure_title(self) -> str:
        return labelled(self.vendor, self.headline)

    @property
    def figure_desc(self) -> str:
        return apart(mark.tooltip for mark in self.marks)
