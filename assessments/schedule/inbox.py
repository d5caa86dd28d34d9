"""My work: everything that waits for one member, whatever their role; what decides is who was asked."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime, timedelta
from typing import Any, TypedDict

from django.db.models import Count, Exists, F, Max, Min, OuterRef, Q, QuerySet, Subquery
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django_stubs_ext import WithAnnotations

from accounts.access import Right, may
from accounts.models import Membership
from assessments.approval import chain, vacancies
from assessments.models import (
    Answer,
    Approval,
    Assessment,
    AssessmentQuerySet,
    AssessmentState,
    Consensus,
    Decision,
    Delegation,
    Meeting,
    ReplyRequest,
    Response,
)
from assessments.schedule import acknowledged, deadlines, noticed, owed, plan_checks, promised, rehearsed, running
from assessments.schedule.holders import held_by
from assessments.schedule.items import NOTHING, WORTH_READING, Asking, Item, ItemKind, Source, Subject, Waiting
from assessments.secrecy import vendors_being_rated
from groundwork.together import Lookup, attach, look_up

APART = 2  # grades that lie this far apart are an item to discuss


def waiting_for(
    member: Membership, today: date, *, ahead: timedelta | None = None, beside: Sequence[Lookup[Any]] = ()
) -> list[Item]:
    """Late things first, then by due date, then what has none. One statement however much waits, and for whoever
    assesses one query more; it reads what stands `beside`, too. `ahead`: how long before its day a commitment, a
    contract, a paper, a rehearsal or a proof of cause is among them; None: when it is time to see to it."""
    judged, deciding = vendors_being_rated(member), chain.waiting_for(member).order_by().values_list("pk", flat=True)
    asking = Asking(member=member, today=today, ahead=ahead, judged=judged, deciding=deciding)
    found = [source(asking) for source in SOURCES]
    look_up(*found, *beside)
    items = [item for waiting in found for item in waiting.told()]
    return sorted(items, key=lambda item: (item.due_on is None, item.due_on or today, item.about))


# Asked to judge -------------------------------------------------------------------------------------------------
def _to_answer(asking: Asking) -> Waiting:
    member, today = asking.member, asking.today
    counting = Q(answers__question__supplementary=False)
    answered = counting & (Q(answers__grade__isnull=False) | Q(answers__blank__gt=""))
    unanswered = Answer.objects.filter(response=OuterRef("pk"), grade=None, blank="").counting()
    first = unanswered.order_by("question__rule__position", "question__position").values("question__rule__key")
    rows = Response.objects.for_member(member).waiting_for(member.user).select_related("assessment__vendor")
    sent_back = Approval.objects.filter(assessment=OuterRef("assessment"), decision=Decision.SENT_BACK)
    rows = rows.annotate(
        total=Count("answers", filter=counting),
        answered=Count("answers", filter=answered),
        first_rule=Subquery(first[:1]),
        sent_back_at=Subquery(sent_back.order_by("-decided_at").values("decided_at")[:1]),
    )
    return Lookup(reads=(rows,), told=lambda: [_answer(row, today) for row in sorted(rows, key=lambda row: row.pk)])


class AnsweringState(TypedDict):
    total: int
    answered: int
    first_rule: str | None
    sent_back_at: datetime | None


def _answer(row: WithAnnotations[Response, AnsweringState], today: date) -> Item:
    total, answered, rule = row.total, row.answered, row.first_rule
    place = [row.assessment_id, rule] if rule else [row.assessment_id]
    again = row.sent_back_at is not None and row.sent_back_at > row.created_at
    return _item(
        ItemKind.ANSWER,
        _what_to_answer(rule, answered),
        row.assessment,
        today,
        url=reverse("questionnaire" if rule else "assessment_detail", args=place),
        key=f"response-{row.pk}",
        due_on=row.due_on or row.assessment.due_on,
        detail=_("Answered: %(answered)d of %(total)d") % {"answered": answered, "total": total},
        asked_at=row.sent_back_at if again else row.created_at,
        told_at_once=not again and not _was_opened_by_itself(row),
    )


def _what_to_answer(rule: str | None, answered: int) -> str:
    if not rule:
        return _("Hand in your answers")
    return _("Continue answering") if answered else _("Answer the questionnaire")


def _was_opened_by_itself(row: Response) -> bool:
    """A repeated assessment asks its raters in nobody's name: no mail went out, the summary tells it."""
    return row.invited_by_id is None and row.assessment.previous_id is not None


def _handed_over(asking: Asking) -> Waiting:
    """Single questions that a rater handed to this person: one item an assessment."""
    member, today = asking.member, asking.today
    rows = Delegation.objects.for_member(member).waiting_for(member.user)
    rows = rows.select_related("answer__response__assessment__vendor", "answer__question__rule")
    return Lookup(reads=(rows,), told=lambda: _handed(rows, today))


def _handed(rows: Iterable[Delegation], today: date) -> Iterator[Item]:
    handed: dict[int, list[Delegation]] = defaultdict(list)
    for row in sorted(rows, key=_place_of):
        handed[row.answer.response.assessment_id].append(row)
    for delegations in handed.values():
        assessment = delegations[0].answer.response.assessment
        dues = [delegation.answer.response.due_on for delegation in delegations if delegation.answer.response.due_on]
        yield _item(
            ItemKind.DELEGATED,
            ngettext("Answer a question handed to you", "Answer %(count)d questions handed to you", len(delegations))
            % {"count": len(delegations)},
            assessment,
            today,
            url=reverse("delegation_detail", args=[delegations[0].pk]),
            due_on=min(dues, default=assessment.due_on),
            asked_at=max(delegation.delegated_at for delegation in delegations),
            told_at_once=True,
        )


def _place_of(row: Delegation) -> tuple[int, int, int]:
    question = row.answer.question
    return question.rule.position, question.position, row.pk


# To look after --------------------------------------------------------------------------------------------------
def looked_after_by(member: Membership) -> AssessmentQuerySet:
    """Those that the member owns, and those whose owner can no longer look after them."""
    return Assessment.objects.for_member(member).filter(held_by(member, Right.ASSESS, otherwise=Right.ASSESS))


def _to_look_after(asking: Asking) -> Waiting:
    member, today = asking.member, asking.today
    if not may(member, Right.ASSESS):
        return NOTHING
    rows = looked_after_by(member).to_answer().order_by()
    assessments, collecting = rows.with_vendor(), rows.collecting().values("pk")
    asked = Response.objects.filter(withdrawn_at=None, assessment__in=collecting)
    meetings = Meeting.objects.filter(assessment__in=collecting)
    apart = _questions_apart(collecting)

    def told() -> Iterator[Item]:
        found = sorted(assessments, key=lambda one: (one.created_at, one.pk), reverse=True)
        attach(found, "responses", ((one.assessment_id, one) for one in sorted(asked, key=lambda one: one.pk)))
        attach(found, "meetings", ((one.assessment_id, one) for one in meetings))
        wide = Counter(apart)
        for assessment in found:
            yield from _looked_after(assessment, member, today, wide[assessment.pk])

    return Lookup(reads=(assessments, asked, meetings, apart), told=told)


def _looked_after(assessment: Assessment, member: Membership, today: date, apart: int) -> Iterator[Item]:
    if assessment.state == AssessmentState.DRAFT:
        url = reverse("assessment_detail", args=[assessment.pk])
        yield _item(ItemKind.OPEN, _("Open the questionnaire"), assessment, today, url=url)
        return
    yield from _collecting(assessment, member, today, apart)
    yield from _vendor_answered(assessment, member, today)


def _collecting(assessment: Assessment, member: Membership, today: date, apart: int) -> Iterator[Item]:
    responses = [row for row in assessment.responses.all() if not row.is_of_vendor]
    outstanding = [row for row in responses if row.submitted_at is None]
    if not responses:
        url = reverse("assessment_raters", args=[assessment.pk])
        yield _item(ItemKind.INVITE, _("Invite raters"), assessment, today, url=url)
    elif not outstanding:
        yield _all_in(assessment, responses, today, apart)
    else:
        others = [row for row in outstanding if row.rater_id != member.user_id]
        can_go_on = len(others) < len(responses)  # somebody is in, or rates here and goes in with it
        yield from _late_raters(assessment, others, today, can_go_on=can_go_on)


def _all_in(assessment: Assessment, responses: list[Response], today: date, apart: int) -> Item:
    asked_at = max(row.submitted_at for row in responses if row.submitted_at)
    if not apart:
        url = reverse("assessment_review", args=[assessment.pk])
        return _item(ItemKind.SUBMIT, _("Review and submit"), assessment, today, url=url, asked_at=asked_at)
    return _item(
        ItemKind.TALK,
        _("Talk about what raters judge differently"),
        assessment,
        today,
        url=_where_to_talk(assessment),
        detail=ngettext("%(count)d question to agree on", "%(count)d questions to agree on", apart) % {"count": apart},
        asked_at=asked_at,
    )


def _where_to_talk(assessment: Assessment) -> str:
    """What they differ on; until a meeting has begun, the form that begins it: nothing is agreed before."""
    has_begun = any(meeting.held_on == timezone.localdate() for meeting in assessment.meetings.all())
    address = reverse("assessment_consensus", args=[assessment.pk])
    return f"{address}?apart=1#{'talk' if has_begun else 'begin'}"


def _late_raters(
    assessment: Assessment, outstanding: list[Response], today: date, *, can_go_on: bool
) -> Iterator[Item]:
    dues = [due for row in outstanding if (due := row.due_on or assessment.due_on) and due < today]
    if not dues:
        return
    yield _item(
        ItemKind.CHASE,
        _("Ask the late raters, or submit without them") if can_go_on else _("Ask the late raters"),
        assessment,
        today,
        url=f"{reverse('assessment_raters', args=[assessment.pk])}?late=1#raters",
        due_on=min(dues),
        detail=ngettext("%(count)d rater is late", "%(count)d raters are late", len(dues)) % {"count": len(dues)},
    )


def _questions_apart(assessments: QuerySet[Any, Any]) -> QuerySet[Any, int]:
    """The assessment of each question that its raters grade two levels apart or more, not agreed on yet."""
    agreed = Consensus.objects.filter(assessment=OuterRef("response__assessment"), question=OuterRef("question"))
    counted = Response.objects.of_customer().handed_in().filter(assessment__in=assessments)
    rows = Answer.objects.filter(response__in=counted, grade__isnull=False).counting().exclude(Exists(agreed))
    spans = rows.values("response__assessment", "question").annotate(low=Min("grade"), high=Max("grade")).order_by()
    return spans.filter(high__gte=F("low") + APART).values_list("response__assessment", flat=True)


# From the vendor ------------------------------------------------------------------------------------------------
def _vendor_answered(assessment: Assessment, member: Membership, today: date) -> Iterator[Item]:
    """Worth reading while the raters still judge."""
    for row in assessment.responses.all():
        if row.is_of_vendor and row.submitted_at:
            yield _item(
                ItemKind.VENDOR_ANSWERED,
                _("Read the vendor’s answers"),
                assessment,
                today,
                url=reverse("assessment_review", args=[assessment.pk]) + "#answers",
                asked_at=row.submitted_at,
                told_at_once=assessment.owner_id == member.user_id,
            )


def _replied(asking: Asking) -> Waiting:
    """Worth reading until the last approval, for whoever looks after it and for whoever decides."""
    member, today = asking.member, asking.today
    decided = Q(assessment__in=asking.deciding)
    looked_after = Q(assessment__in=looked_after_by(member).in_review()) if may(member, Right.ASSESS) else Q()
    rows = ReplyRequest.objects.filter(decided | looked_after, withdrawn_at=None, submitted_at__isnull=False)
    rows = rows.select_related("assessment__vendor")
    reads = rows, asking.deciding
    return Lookup(reads=reads, told=lambda: _replies(rows, set(asking.deciding), member, today))


def _replies(rows: Iterable[ReplyRequest], deciding: set[int], member: Membership, today: date) -> Iterator[Item]:
    for row in sorted(rows, key=lambda row: row.pk):
        decides = row.assessment_id in deciding
        yield _item(
            ItemKind.VENDOR_REPLIED,
            _("Read the vendor’s reply"),
            row.assessment,
            today,
            url=reverse("assessment_review" if decides else "assessment_detail", args=[row.assessment_id]),
            asked_at=row.submitted_at,
            told_at_once=decides or row.assessment.owner_id == member.user_id,
        )


# To decide ------------------------------------------------------------------------------------------------------
def _to_decide(asking: Asking) -> Waiting:
    """Whose turn it is, by role or by name, says the chain of approval."""
    today = asking.today
    approved = Approval.objects.filter(assessment=OuterRef("pk"), decision=Decision.APPROVED)
    earlier = Subquery(approved.order_by("-decided_at").values("decided_at")[:1])
    rows = Assessment.objects.filter(pk__in=asking.deciding).with_vendor().annotate(earlier_level_at=earlier)
    return Lookup(reads=(rows,), told=lambda: _decisions(rows, today))


class DecidingState(TypedDict):
    earlier_level_at: datetime | None


def _decisions(rows: Iterable[WithAnnotations[Assessment, DecidingState]], today: date) -> Iterator[Item]:
    for assessment in sorted(rows, key=lambda one: (one.created_at, one.pk), reverse=True):
        moments = [assessment.submitted_at, assessment.earlier_level_at]
        yield _item(
            ItemKind.DECIDE,
            _("Review and decide"),
            assessment,
            today,
            url=reverse("assessment_review", args=[assessment.pk]),
            asked_at=max((moment for moment in moments if moment), default=None),
            told_at_once=True,
        )


def _nobody_decides(asking: Asking) -> Waiting:
    """For administrators, until somebody can: nothing goes on before that."""
    member, today = asking.member, asking.today
    if not may(member, Right.ADMINISTER):
        return NOTHING
    found = vacancies.waiting_for_nobody(member)
    return Lookup(reads=found.reads, told=lambda: _undecided(found.told(), today))


def _undecided(assessments: Iterable[Assessment], today: date) -> Iterator[Item]:
    for assessment in sorted(assessments, key=lambda one: (one.created_at, one.pk), reverse=True):
        yield _item(
            ItemKind.NOBODY_DECIDES,
            _("It waits, and nobody can approve it: give somebody the role"),
            assessment,
            today,
            url=reverse("assessment_detail", args=[assessment.pk]),
            asked_at=assessment.submitted_at,
            told_at_once=True,
        )


def _item(
    kind: ItemKind,
    action: str,
    assessment: Assessment,
    today: date,
    *,
    url: str,
    key: str = "",
    due_on: date | None = None,
    detail: str = "",
    asked_at: datetime | None = None,
    told_at_once: bool = False,
) -> Item:
    due_on = None if kind in WORTH_READING else due_on or assessment.due_on
    return Item(
        kind=kind,
        key=key or f"{kind}-{assessment.pk}",
        action=action,
        vendor=assessment.vendor,
        about=assessment.reference,
        assessment=assessment,
        subject=Subject.of(assessment, day="due_on", since=assessment.created_at, with_parts=True),
        url=url,
        due_on=due_on,
        is_late=due_on is not None and due_on < today,
        detail=detail,
        asked_at=asked_at,
        told_at_once=told_at_once,
    )


SOURCES: tuple[Source, ...] = (
    *(_to_answer, _handed_over, _to_look_after, _to_decide, _nobody_decides, _replied),
    *(promised.to_follow_up, deadlines.to_decide, deadlines.to_start, rehearsed.to_hold, owed.to_follow_up),
    *(running.to_end, plan_checks.to_check, acknowledged.to_see_to, noticed.to_read),
)
