"""My work: what waits for this member, over all vendors, and what came out last."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from itertools import chain

from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.access import Right, may
from accounts.models import Membership
from assessments.models import Assessment, AssessmentState
from reports.models import Scorecard

LATEST = 5


@dataclass(frozen=True, kw_only=True)
class WorkItem:
    """One thing that waits: what to do, for which vendor, until when, and where."""

    action: str
    assessment: Assessment
    url: str
    due_on: date | None
    is_late: bool


def waiting_for(member: Membership, today: date) -> list[WorkItem]:
    """Late things first, then by due date, then what has none."""
    items = chain(_to_answer(member, today), _to_decide(member, today))
    return sorted(items, key=lambda item: (item.due_on is None, item.due_on or today, item.assessment.reference))


def latest_scorecards(member: Membership) -> list[Scorecard]:
    """The newest results of the organisation, for everybody to read; two queries."""
    cards = Scorecard.objects.for_member(member).without_snapshot().select_related("assessment__vendor")
    return list(cards.prefetch_related("rules").order_by("-approved_at", "-pk")[:LATEST])


def _to_answer(member: Membership, today: date) -> Iterator[WorkItem]:
    if not may(member, Right.ASSESS):
        return
    for assessment in Assessment.objects.for_member(member).to_answer().with_vendor():
        is_draft = assessment.state == AssessmentState.DRAFT
        action = _("Open the questionnaire") if is_draft else _("Answer the questionnaire")
        yield _item(action, assessment, "assessment_detail", today)


def _to_decide(member: Membership, today: date) -> Iterator[WorkItem]:
    if not may(member, Right.APPROVE):
        return
    for assessment in Assessment.objects.for_member(member).in_review().with_vendor():
        yield _item(_("Review and decide"), assessment, "assessment_review", today)


def _item(action: str, assessment: Assessment, route: str, today: date) -> WorkItem:
    due_on = assessment.due_on
    return WorkItem(
        action=action,
        assessment=assessment,
        url=reverse(route, args=[assessment.pk]),
        due_on=due_on,
        is_late=due_on is not None and due_on < today,
    )
