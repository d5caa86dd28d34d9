"""Claim and rating held against what is measured: findings with their sentences, and what they rest on."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from django.utils.translation import gettext_lazy as _
from ninja import Field, Router, Schema

from accounts.api.endpoints import endpoint
from accounts.api.problems import Problem
from accounts.api.requests import ApiRequest
from assessments.api.fetched import assessment_of, withheld
from assessments.api.shapes import RuleKey
from assessments.findings import panel
from assessments.findings.findings import Finding
from assessments.findings.panel import HELD_IN, Section
from assessments.findings.practice import By
from assessments.findings.practice_words import PracticeView
from assessments.findings.words import FindingLine, Notice, OpinionView, RowView
from assessments.independence import let_read
from assessments.lifecycle.transitions import NOT_NOW
from assessments.models import AssessmentState
from assessments.score.arithmetic import RuleStatus

router = Router()
ON_THE_SCORECARD = _("It is approved: its scorecard says what was measured, as it was frozen.")


class OpinionOut(Schema):
    status: RuleStatus
    percent: str = Field(description="As it is written; empty where it is not rated.")
    finding: Finding | None = Field(description="None where no measure decides the rule, or it is not rated.")
    label: str


class MeasureLineOut(Schema):
    measure: str
    label: str
    figure: str
    trend: str
    target: str
    decides: bool
    details: list[str] = Field(description="What stands behind the figure, part by part.")


class RuleFindingOut(Schema):
    rule: RuleKey
    number: int
    name: str
    claim: OpinionOut | None = Field(description="The vendor’s; None where it says nothing of it.")
    rating: OpinionOut
    measures: list[MeasureLineOut]


class NoticeOut(Schema):
    """A finding that speaks against the grades, for better or worse."""

    rule: RuleKey
    finding: Finding
    label: str
    sentence: str
    incidents: list[str] = Field(description="References that it rests on, the newest first.")
    more_incidents: int


class PracticeOut(Schema):
    """A claim of rehearsals or reviews against those that were held."""

    rule: RuleKey
    question: str
    by: By
    label: str
    sentence: str
    is_speaking: bool


class ProvenOut(Schema):
    """A cause that was accepted, and what happened since."""

    proof: str
    label: str
    sentence: str
    came_back: bool


class OnRecordOut(Schema):
    rule: RuleKey
    sentences: list[str]


class FindingsOut(Schema):
    since: date | None = Field(description="From when on it is measured; None: nothing is.")
    until: date | None
    window: str
    rules: list[RuleFindingOut]
    notices: list[NoticeOut]
    practice: list[PracticeOut]
    proven: list[ProvenOut]
    on_record: list[OnRecordOut] = Field(description="What else is on record beside the questions of a rule.")


@endpoint(router, "GET", "/assessments/{uuid:assessment}/findings", "finding_list", FindingsOut, problems=(409,))
def finding_list(request: ApiRequest, assessment: UUID) -> FindingsOut:
    """What the measures make of the ratings and of the vendor's claim.

    While answers are collected or in review; of an approved one its scorecard says it. Closed (403, “withheld”) to
    whoever still judges this vendor, here or in another assessment; reading it is on record. Sentences are in the asked
    language, codes are not."""
    row = assessment_of(request, assessment)
    if row.state not in HELD_IN:
        why = ON_THE_SCORECARD if row.state == AssessmentState.APPROVED else NOT_NOW[row.state]
        raise Problem(409, "refused", why)
    section = panel.section(row, request.member)
    if section is not None and section.is_withheld:
        raise Problem(403, "withheld", _("You still judge this vendor: what is measured of it opens afterwards."))
    if section is None or not let_read(row, request.member.user):
        raise withheld(row, request)
    return _shown(section)


def _shown(section: Section) -> FindingsOut:
    view = section.view
    return FindingsOut(
        since=view.since if view else None,
        until=view.until if view else None,
        window=view.window if view else "",
        rules=[_row(one) for one in view.rows] if view else [],
        notices=[_notice(one) for one in view.notices] if view else [],
        practice=[_practised(one) for one in section.practice],
        proven=[
            ProvenOut(proof=one.number, label=one.label, sentence=one.text, came_back=one.came_back)
            for one in section.proven
        ],
        on_record=[OnRecordOut(rule=RuleKey(rule), sentences=said) for rule, said in _beside(section).items()],
    )


def _practised(one: PracticeView) -> PracticeOut:
    return PracticeOut(
        rule=RuleKey(one.rule),
        question=one.question,
        by=By(one.by),
        label=one.label,
        sentence=one.text,
        is_speaking=one.is_speaking,
    )


def _beside(section: Section) -> dict[str, list[str]]:
    """By the rule’s key, what is on record of it, and what the timelines of incidents say."""
    hours = section.hours.rules if section.hours else {}
    rules = dict.fromkeys([*section.on_record, *hours])
    return {rule: [*section.on_record.get(rule, ()), *(line.text for line in hours.get(rule, ()))] for rule in rules}


def _row(row: RowView) -> RuleFindingOut:
    return RuleFindingOut(
        rule=RuleKey(row.rule),
        number=row.number,
        name=row.name,
        claim=_opinion(row.claim) if row.claim else None,
        rating=_opinion(row.rating),
        measures=[_line(line) for line in row.lines],
    )


def _opinion(view: OpinionView) -> OpinionOut:
    return OpinionOut(
        status=RuleStatus(view.status),
        percent=view.percent,
        finding=Finding(view.finding) if view.finding else None,
        label=view.finding_label,
    )


def _line(line: FindingLine) -> MeasureLineOut:
    return MeasureLineOut(
        measure=line.key,
        label=line.label,
        figure=line.figure,
        trend=line.trend,
        target=line.target,
        decides=line.decides,
        details=[*line.details, *([line.known] if line.known else [])],
    )


def _notice(notice: Notice) -> NoticeOut:
    return NoticeOut(
        rule=RuleKey(notice.rule),
        finding=Finding(notice.finding),
        label=notice.label,
        sentence=notice.text,
        incidents=list(notice.incidents),
        more_incidents=notice.more,
    )
