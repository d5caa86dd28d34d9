"""The schemas of one scorecard with its whole arithmetic, as its snapshot holds it."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from ninja import Field, Schema

from assessments.findings.findings import Finding
from assessments.models import Blank, CommitmentState, Decision, Stance
from assessments.raters.departments import DepartmentReason
from assessments.score.agreement import AgreementLevel, NoFigureReason
from assessments.score.arithmetic import Confidence, QuestionState, Reason, RuleStatus, Verdict
from reports.api.shapes import EXACT, MAYBE_EXACT, Texts
from vendors.measures.catalogue import Unit
from vendors.measures.metrics import Direction, PeriodLength, WhyLeftOut
from vendors.models import Tier


class ServiceSaid(Schema):
    name: str
    mission_critical: bool
    department: str | None


class VendorSaid(Schema):
    uuid: UUID
    name: str = Field(description="As it was called when the scorecard was made.")
    reference: str
    tier: Tier
    services: list[ServiceSaid]


class AssessmentSaid(Schema):
    uuid: UUID
    reference: str
    period_start: date
    period_end: date
    owner: str | None
    submitted_by: str | None
    submitted_at: datetime | None


class EditionSaid(Schema):
    edition: str
    title: Texts
    published_at: datetime | None
    met_threshold: int
    broken_threshold: int
    minimum_coverage: int
    knockout_below: int


class RaterSaid(Schema):
    """Who handed in. `rater` tells them apart: names may repeat."""

    rater: str
    name: str | None
    department: str | None
    submitted_at: datetime | None
    is_independent: bool = Field(description="False: had read others’ answers before.")


class OutstandingSaid(Schema):
    """Who was asked and did not hand in."""

    name: str
    department: str | None


class DepartmentSaid(Schema):
    name: str
    why: DepartmentReason
    heard: bool


class CountedAnswer(Schema):
    """What one rater answered."""

    rater: str
    by: str | None = Field(description="Whom the rater handed the question to.")
    grade: int | None = Field(ge=0, le=4)
    blank: Blank | None = Field(description="Why there is no grade; null with one, and where nothing was answered.")
    reason: str
    comment: str
    vendor_says: str
    evidence: int = Field(description="Files.")


class OwnAnswer(Schema):
    """What the vendor answers itself: it never counts."""

    grade: int | None = Field(ge=0, le=4)
    blank: Blank | None = Field(description="Why there is no grade; null with one, and where nothing was answered.")
    reason: str
    vendor_says: str


class AgreedSaid(Schema):
    """What the raters agreed on: it counts in place of their mean."""

    grade: int | None = Field(ge=0, le=4)
    not_applicable: bool
    reason: str
    held_on: date | None


class NoteSaid(Schema):
    text: str
    by: str | None
    at: datetime | None


class QuestionSaid(Schema):
    """One line of the sum. `state` says why there is no grade."""

    key: str
    number: str
    short: Texts
    text: Texts
    revision: int
    state: QuestionState
    knockout: bool
    is_knocked_out: bool
    applicable: bool
    from_consensus: bool
    disagreement: bool = Field(description="Grades that span two or more.")
    weight: str = EXACT
    grade: str | None = MAYBE_EXACT
    grade_rounded: float | None
    percent: str | None = MAYBE_EXACT
    percent_rounded: float | None
    product: str | None = Field(description="Weight × percent: what it adds to the sum of its rule.")
    answers: list[CountedAnswer]
    consensus: AgreedSaid | None
    vendor: OwnAnswer | None
    note: NoteSaid | None = Field(description="What was noted of what the vendor said.")


class GapSaid(Schema):
    """What the vendor says of itself beside what its customer says; it enters no score."""

    vendor: str | None = MAYBE_EXACT
    customer: str | None = MAYBE_EXACT
    difference: str | None = MAYBE_EXACT


class ReplySaid(Schema):
    stance: Stance
    text: str
    by: str
    at: datetime | None
    to_earlier_result: bool


class RuleBefore(Schema):
    """The same rule on the scorecard before."""

    status: RuleStatus
    percent: str | None = MAYBE_EXACT
    comparable: bool = Field(description="Whether the same was asked and judged alike.")
    why: Texts = Field(description="The largest reason why it moved; empty where it did not.")


class RuleSaid(Schema):
    """One rule: percent = weighted_sum / weight_graded, coverage = weight_graded / weight_applicable."""

    key: str
    position: int
    name: Texts
    promise: Texts
    status: RuleStatus
    reason: Reason
    percent: str | None = MAYBE_EXACT
    percent_rounded: float | None
    coverage: str = EXACT
    coverage_rounded: float
    low: str | None = Field(description="What is not graded counted as 0: an exact fraction.")
    low_rounded: float | None
    high: str | None = Field(description="What is not graded counted as 100: an exact fraction.")
    high_rounded: float | None
    weight_graded: str = EXACT
    weight_applicable: str = EXACT
    weighted_sum: str = EXACT
    knockouts: list[str] = Field(description="Questions that break the rule by themselves.")
    gap: GapSaid | None
    reply: ReplySaid | None
    previous: RuleBefore | None
    questions: list[QuestionSaid]


class ResultSaid(Schema):
    """“k of 7”. The average decides nothing."""

    verdict: Verdict
    met: int
    of: int
    weakest_rule: str | None
    average: str | None = MAYBE_EXACT
    average_rounded: float | None
    confidence: Confidence
    disagreements: list[str]


class AgreementSaid(Schema):
    """Krippendorff’s alpha of the raters."""

    alpha: str | None
    level: AgreementLevel
    why: NoFigureReason
    raters: int
    questions: int


class MeetingSaid(Schema):
    held_on: date
    present: list[str]


class ApprovalSaid(Schema):
    decision: Decision
    level: int
    level_name: str
    by: str | None
    at: datetime | None
    reason: str


class ReplyAskedSaid(Schema):
    asked_at: datetime | None
    due_on: date
    submitted_at: datetime | None


class PreviousSaid(Schema):
    number: str
    met: int
    of: int
    approved_at: datetime | None
    edition: str


class SupplementarySaid(Schema):
    """A question beside those that count."""

    key: str
    number: str
    rule: str
    short: Texts
    grade: str | None = MAYBE_EXACT
    state: QuestionState
    answers: int


class TrendSaid(Schema):
    direction: Direction
    slope: str | None
    p: str | None
    adjusted_p: str | None = Field(description="p after Holm’s correction over the vendor’s deciding measures.")
    periods: int
    change: str | None
    smallest: str | None = Field(description="The smallest change that these data would have shown.")


class PointSaid(Schema):
    start: date
    end: date
    value: str | None
    count: int
    is_left_out: bool
    why: WhyLeftOut | None


class SeriesSaid(Schema):
    measure: str
    rule: str
    unit: Unit
    lower_is_better: bool | None
    overall: str | None
    known: int | None
    total: int | None
    trend: TrendSaid
    points: list[PointSaid]


class LeftOutSaid(Schema):
    """What the measures do not use."""

    open_count: int
    not_critical: int
    young: list[date]
    before: list[date]
    gaps: list[date]


class BasisSaid(Schema):
    known_until: datetime
    horizon_hours: int
    only_ended: bool
    comes_back_within_days: int
    begins: date | None
    capped: int
    closing: int
    undated: int
    to_day: int
    beyond: int


class MeasuresSaid(Schema):
    step: PeriodLength
    since: date
    until: date
    known_at: datetime
    cases: int
    series: list[SeriesSaid]
    left_out: LeftOutSaid
    basis: BasisSaid | None


class TargetSaid(Schema):
    measure: str
    value: str
    agreed_on: date | None
    note: str
    is_expected: bool = Field(description="Expected of all vendors, not agreed with this one.")


class OpinionSaid(Schema):
    status: RuleStatus
    percent: str | None = MAYBE_EXACT
    finding: Finding


class FindingSaid(Schema):
    """Claim and rating of one rule, each held against its deciding measure."""

    rule: str
    measure: str | None
    claim: OpinionSaid | None
    rating: OpinionSaid
    incidents: list[str]
    incident_count: int


class CommitmentSaid(Schema):
    number: str
    rule: str
    question: str
    what: str
    contact: str
    owner: str
    due_on: date
    state: CommitmentState
    overdue: bool
    measure: str
    target: str | None


class PracticeSaid(Schema):
    """A claim of rehearsals or reviews against what was held."""

    rule: str
    question: str
    by: str
    outcome: str
    times: str
    unit: str
    in_last_year: int | None
    last: date | None


class ProvenSaid(Schema):
    number: str
    incident: str
    came_back: bool
    since: Texts


class ExpectedSaid(Schema):
    edition: int
    in_force_from: date
    acknowledged_on: date | None = Field(description="Of this edition; null: not acknowledged.")


class ScorecardOut(Schema):
    """Everything follows from the snapshot, which `/scorecards/{scorecard}/snapshot` gives byte by byte."""

    uuid: UUID
    number: str
    sha256: str
    seal: str | None = Field(description="Its hash in the chain of seals.")
    snapshot_schema: int
    engine: str
    time_zone: str
    organisation: str
    approved_at: datetime
    vendor: VendorSaid
    assessment: AssessmentSaid
    edition: EditionSaid
    result: ResultSaid
    rules: list[RuleSaid]
    supplementary: list[SupplementarySaid]
    raters: list[RaterSaid]
    outstanding: list[OutstandingSaid]
    departments: list[DepartmentSaid]
    vendor_asked: bool | None
    agreement: AgreementSaid | None
    meetings: list[MeetingSaid]
    approvals: list[ApprovalSaid]
    reply: ReplyAskedSaid | None
    previous: PreviousSaid | None
    measures: MeasuresSaid | None
    targets: list[TargetSaid]
    findings: list[FindingSaid]
    commitments: list[CommitmentSaid]
    practice: list[PracticeSaid]
    proven: list[ProvenSaid]
    expected: ExpectedSaid | None
