"""The states of an assessment: one function a transition, which locks, checks, changes and records in one transaction.

draft → collecting → in_review → approved; sent back from in_review to collecting; cancelled from any but approved.
What was done by oneself and decided by nobody yet is taken back in `taking_back`.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.dispatch import Signal
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.access import Right, may
from accounts.models import Membership, Organisation, User
from accounts.trail import audit
from assessments import independence, outward
from assessments.approval import chain, mails
from assessments.lifecycle.numbering import next_reference
from assessments.lifecycle.periods import Period
from assessments.models import (
    OPEN_STATES,
    Answer,
    Approval,
    Assessment,
    AssessmentState,
    Decision,
    Delegation,
    ReplyRequest,
    Response,
)
from groundwork import words
from groundwork.refusals import Refusal
from manifesto.models import Question, Release, ReleaseState
from vendors.models import Vendor

# Sent inside the approving transaction with `assessment` and `approval`: whoever listens writes in the same
# transaction, and a listener that fails undoes the approval.
approved = Signal()

NOT_NOW: dict[str, Promise] = {
    AssessmentState.DRAFT: _("This assessment is still a draft: open it first."),
    AssessmentState.COLLECTING: _("This assessment is collecting answers."),
    AssessmentState.IN_REVIEW: _("This assessment has been submitted and is in review."),
    AssessmentState.APPROVED: _("This assessment is already approved: it no longer changes."),
    AssessmentState.CANCELLED: _("This assessment was cancelled: it no longer changes."),
}
CHANGED = _("Answers changed since you opened the page: read it again, then decide.")

REASON_LENGTH = 2000  # characters


class IllegalTransition(Refusal):
    """The state of the assessment, or what it lacks, does not allow this; the message says why, to a person."""

    def __init__(self, message: Promise | str) -> None:
        super().__init__(message)
        self.message = message

    def __str__(self) -> str:
        return str(self.message)


def create_assessment(
    member: Membership,
    *,
    vendor: Vendor,
    release: Release | None,
    period: Period,
    due_on: date | None = None,
    owner: User | None = None,
    now: datetime | None = None,
) -> Assessment:
    """A draft with the next reference of its year. It keeps its release, whatever is published later. `owner`: a member
    who may assess; None: whoever creates it, or looks after the service that does."""
    require(member, Right.ASSESS)
    if vendor.organisation_id != member.organisation_id:
        raise PermissionDenied
    if vendor.archived_at is not None:
        raise IllegalTransition(_("This vendor is archived: restore it before you assess it."))
    if release is None or release.state != ReleaseState.PUBLISHED:
        raise IllegalTransition(
            _("No edition of the question bank is published yet: a bank editor publishes one first.")
        )
    now = now or timezone.now()
    with transaction.atomic():
        assessment = Assessment.objects.create(
            organisation=member.organisation,
            vendor=vendor,
            release=release,
            asks_supplementary=asks_supplementary(member.organisation, release),
            reference=next_reference(member.organisation_id, timezone.localdate(now).year),
            period_start=period.start,
            period_end=period.end,
            due_on=due_on,
            owner=owner or member.user.judge,  # of a service, the person who looks after it
            created_at=now,
        )
        fields = ("reference", "vendor", "release", "period_start", "period_end", "due_on", "state")
        audit.record(member.user, "assessment.created", assessment, after=audit.snapshot(assessment, fields))
    return assessment


def asks_supplementary(organisation: Organisation, release: Release) -> bool:
    """Whether a new assessment asks what stands beside the questions that count: where the edition has such questions
    and the organisation has not switched them off. One query at most."""
    return organisation.asks_supplementary and Question.objects.filter(release=release).supplementary().exists()


def open_assessment(member: Membership, assessment: Assessment) -> Assessment:
    """draft → collecting: lays out a questionnaire for the owner, who may hand it on or invite others."""
    with transaction.atomic():
        row = lock_with_right(member, assessment, Right.ASSESS, {AssessmentState.DRAFT})
        if row.vendor.archived_at is not None:
            raise IllegalTransition(_("This vendor is archived: restore it before you assess it."))
        owner = Membership.objects.filter(user=row.owner_id, organisation=row.organisation_id).first()
        lay_out(row, rater=row.owner, department_id=owner.department_id if owner else None)
        return move(member, row, AssessmentState.COLLECTING, "assessment.opened")


def lay_out(assessment: Assessment, *, rules: Collection[str] = (), **fields: Any) -> Response:
    """A questionnaire with one empty answer a question, of these rules or of all, so that saving is an UPDATE. The
    supplementary ones are among them where the assessment asks them."""
    response = Response.objects.create(assessment=assessment, **fields)
    questions = Question.objects.filter(release=assessment.release_id)
    if not assessment.asks_supplementary:
        questions = questions.counting()
    if rules:
        questions = questions.filter(rule__key__in=rules)
    Answer.objects.bulk_create(Answer(response=response, question=question) for question in questions)
    return response


def reschedule(member: Membership, assessment: Assessment, *, period: Period, due_on: date | None) -> Assessment:
    """Another period or due date, while the assessment is open."""
    fields = ("period_start", "period_end", "due_on")
    with transaction.atomic():
        row = lock_with_right(member, assessment, Right.ASSESS, set(OPEN_STATES))
        before = audit.snapshot(row, fields)
        row.period_start, row.period_end, row.due_on = period.start, period.end, due_on
        after = audit.snapshot(row, fields)
        if after != before:
            row.save(update_fields=fields)
            audit.record(member.user, "assessment.changed", row, before=before, after=after)
    return row


def hand_in(member: Membership, assessment: Assessment, *, now: datetime | None = None) -> Response:
    """The rater's own questionnaire is done: from here on it counts, others may read it, and it opens the others' to
    its rater. Blanks are honest and pass; one without a single answer does not."""
    now = now or timezone.now()
    with transaction.atomic():
        row = lock_in_state(member, assessment, {AssessmentState.COLLECTING})
        response = Response.objects.of_rater(member.user).filter(assessment=row).first()
        if response is None:
            raise PermissionDenied
        if response.submitted_at is not None:
            raise IllegalTransition(_("You have handed in your answers already."))
        if not response.answers.counting().answered().exists():
            raise IllegalTransition(_("Nothing is answered yet: answer at least one question before you hand in."))
        _hand_in(member, response, now)
    return response


def take_up_again(member: Membership, assessment: Assessment) -> Response:
    """The rater's own questionnaire is open again, and the others' answers are closed to them until they hand in."""
    with transaction.atomic():
        row = lock_in_state(member, assessment, {AssessmentState.COLLECTING})
        response = Response.objects.of_rater(member.user).filter(assessment=row).first()
        if response is None:
            raise PermissionDenied
        if response.submitted_at is None:
            raise IllegalTransition(_("Your answers are open already."))
        reopen(member, response)
    return response


def submit(
    member: Membership, assessment: Assessment, *, without_outstanding: bool = False, now: datetime | None = None
) -> Assessment:
    """collecting → in_review, with what was handed in; the member's own answers go in with it.

    Blanks are honest and pass; an assessment without a single grade does not. Raters who have not handed in are
    named and left out only where the member says so.
    """
    now = now or timezone.now()
    with transaction.atomic():
        row = lock_with_right(member, assessment, Right.ASSESS, {AssessmentState.COLLECTING})
        own = Response.objects.of_rater(member.user).outstanding().filter(assessment=row).first()
        if own is not None and own.answers.counting().answered().exists():
            _hand_in(member, own, now)
        outstanding = Response.objects.of_customer().outstanding().filter(assessment=row).exclude(rater=member.user)
        counted = Response.objects.of_customer().handed_in().filter(assessment=row)
        if not Answer.objects.filter(response__in=counted, grade__isnull=False).counting().exists():
            raise IllegalTransition(_("Nothing is graded yet: grade at least one question before you submit."))
        if outstanding.exists() and not without_outstanding:
            names = ", ".join(str(one.rater or one.invitation) for one in outstanding.select_related("rater"))
            raise IllegalTransition(_("These raters have not handed in: %(names)s.") % {"names": names})
        row.submitted_by, row.submitted_at = member.user, now
        chain.begin(member.user, row)
        return move(
            member, row, AssessmentState.IN_REVIEW, "assessment.submitted", fields=("submitted_by", "submitted_at")
        )


def send_back(
    member: Membership,
    assessment: Assessment,
    *,
    reason: str,
    to: Collection[int] | None = None,
    now: datetime | None = None,
) -> Assessment:
    """in_review → collecting, with the reason, by whom the current step names; the approvals of earlier levels stand
    for as long as nothing changes. `to`: the ids of the responses to open again (None: all raters')."""
    now = now or timezone.now()
    with transaction.atomic():
        row = lock_in_state(member, assessment, {AssessmentState.IN_REVIEW})
        if not chain.may_send_back(row, member):
            raise PermissionDenied
        stated = _reason(reason)
        decision = _decide(row, member.user, Decision.SENT_BACK, now, stated)
        mails.tell_owner(row, decision)
        again = Response.objects.of_customer().handed_in().filter(assessment=row)
        for response in (again if to is None else again.filter(pk__in=to)).select_related("assessment", "rater"):
            reopen(member, response)
        row.submitted_by = row.submitted_at = None
        return move(
            member,
            row,
            AssessmentState.COLLECTING,
            "assessment.sent_back",
            fields=("submitted_by", "submitted_at"),
            reason=stated,
        )


def approve(
    member: Membership,
    assessment: Assessment,
    *,
    seen: datetime | None = None,
    fingerprint: str = "",
    level: int | None = None,
    now: datetime | None = None,
) -> Assessment:
    """The approval of the current level. The last one leads in_review → approved, and the `approved` signal goes out
    inside the transaction.

    `seen`, `fingerprint` and `level`: the moment of the submission, its content and the level that the page showed.
    Where it is another one by now, the approval would be for answers that nobody read, or for somebody else's level.
    """
    now = now or timezone.now()
    with transaction.atomic():
        row = lock_in_state(member, assessment, {AssessmentState.IN_REVIEW})
        changed = chain.refresh(None, row)
        if not changed:
            _check_as_read(row, seen, fingerprint, level)
            _approve(member, row, now)
    if changed:  # outside, so that the chain's new start is kept
        raise IllegalTransition(CHANGED)
    return row


def _check_as_read(row: Assessment, seen: datetime | None, fingerprint: str, level: int | None) -> None:
    if seen is not None and seen != row.submitted_at:
        raise IllegalTransition(_("This assessment was submitted anew since you opened the page: read it again."))
    if fingerprint and fingerprint != row.fingerprint:
        raise IllegalTransition(CHANGED)
    if level is not None and level != chain.current_step(row).position:
        raise IllegalTransition(_("This level has been decided since you opened the page."))


def _approve(member: Membership, row: Assessment, now: datetime) -> None:
    why_not = chain.refusal(row, member)
    if why_not == chain.DecisionRefusal.NOT_ASKED:
        raise PermissionDenied
    if why_not is not None:
        raise IllegalTransition(chain.WHY_NOT[why_not])
    approval = _decide(row, member.user, Decision.APPROVED, now)
    if not chain.advance(member.user, row, approval):
        return
    _refuse_while_the_vendor_may_reply(row, now)
    row.closed_at = now
    move(member, row, AssessmentState.APPROVED, "assessment.approved", fields=("closed_at",))
    approved.send(sender=Assessment, assessment=row, approval=approval)
    mails.tell_owner(row, approval)
    mails.tell_raters(row, approval)


def _refuse_while_the_vendor_may_reply(row: Assessment, now: datetime) -> None:
    pending = ReplyRequest.objects.pending(timezone.localdate(now)).filter(assessment=row).first()
    if pending is not None:
        raise IllegalTransition(
            _("The vendor may still reply, until %(day)s. Wait for it, or withdraw the right of reply first.")
            % {"day": words.day(pending.due_on)}
        )


def cancel(member: Membership, assessment: Assessment, *, reason: str, now: datetime | None = None) -> Assessment:
    """draft, collecting or in_review → cancelled, with its reason. What was answered stays readable."""
    now = now or timezone.now()
    with transaction.atomic():
        row = lock_with_right(member, assessment, Right.ASSESS, set(OPEN_STATES))
        row.cancel_reason, row.closed_at = _reason(reason), now
        return move(
            member,
            row,
            AssessmentState.CANCELLED,
            "assessment.cancelled",
            fields=("cancel_reason", "closed_at"),
            reason=row.cancel_reason,
        )


may_decide_on = chain.may_decide_on


def require(member: Membership, right: Right) -> None:
    if not may(member, right):
        raise PermissionDenied


def _hand_in(member: Membership, response: Response, now: datetime) -> None:
    is_first = response.first_handed_in_at is None
    response.submitted_at, response.first_handed_in_at = now, response.first_handed_in_at or now
    response.save(update_fields=["submitted_at", "first_handed_in_at"])
    if is_first:
        independence.after_first_handing_in(response, now)
    Delegation.objects.open().filter(answer__response=response).update(taken_back_at=now)
    before, after = {"submitted_at": None}, {"submitted_at": now}
    audit.record(member.user, "response.handed_in", response, before=before, after=after)


def reopen(member: Membership, response: Response) -> None:
    """The questionnaire of a row that is held is open again, to its rater."""
    before, response.submitted_at = {"submitted_at": response.submitted_at}, None
    response.save(update_fields=["submitted_at"])
    audit.record(member.user, "response.reopened", response, before=before, after={"submitted_at": None})


def lock_with_right(
    member: Membership, assessment: Assessment, right: Right, states: set[AssessmentState]
) -> Assessment:
    """The row as `lock_in_state` gives it. Raises PermissionDenied without the right."""
    require(member, right)
    return lock_in_state(member, assessment, states)


def lock_in_state(member: Membership, assessment: Assessment, states: set[AssessmentState]) -> Assessment:
    """The row, fresh and held until the transaction ends: of two who decide at once, the second sees the first.

    Raises Assessment.DoesNotExist for another organisation's assessment.
    """
    row = Assessment.objects.for_member(member).select_for_update(no_key=True).get(pk=assessment.pk)
    if row.state not in states:
        raise IllegalTransition(NOT_NOW[row.state])
    return row


def move(
    member: Membership,
    row: Assessment,
    state: AssessmentState,
    verb: str,
    *,
    fields: tuple[str, ...] = (),
    reason: str = "",
) -> Assessment:
    """Put a row that is held into its new state, with the entry in the trail."""
    before: dict[str, object] = {"state": row.state}
    row.state = state
    row.save(update_fields=["state", *fields])
    after: dict[str, object] = {"state": row.state, **({"reason": reason} if reason else {})}
    audit.record(member.user, verb, row, before=before, after=after)
    outward.assessment_moved(verb, row, now=timezone.now())
    return row


def _decide(row: Assessment, user: User, decision: Decision, now: datetime, reason: str = "") -> Approval:
    step = chain.current_step(row)
    return Approval.objects.create(
        assessment=row,
        level=step.position,
        level_name=step.name,
        fingerprint=row.fingerprint,
        decision=decision,
        decided_by=user,
        decided_at=now,
        reason=reason,
    )


def _reason(text: str) -> str:
    if not text.strip():
        raise IllegalTransition(_("Give a reason: the others must understand what to do."))
    return text.strip()
