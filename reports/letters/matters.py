"""What a letter can be about: an assessment, or a proof of cause; and which kinds make sense as it stands now."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from django.utils.translation import gettext as _

from accounts.models import Membership
from assessments.models import (
    Assessment,
    AssessmentState,
    Commitment,
    ReplyRequest,
    Response,
)
from groundwork import words
from reports.letters import made
from reports.models import LetterKind, Scorecard
from vendors.models import CauseProof, ProofState, Vendor
from vendors.proofs.shared import SharedIncident, shared

ABOUT_ASSESSMENTS = (LetterKind.INVITATION, LetterKind.REMINDER, LetterKind.RESULT, LetterKind.CLOSING)
# Whoever still judges the vendor may read these: they tell nothing of what others answered, or of what was measured.
TELL_NOTHING = (LetterKind.INVITATION, LetterKind.REMINDER)
TO_ANSWER, TO_REPLY, TO_REMIND = timedelta(days=14), timedelta(days=10), timedelta(days=7)
MOST_REQUESTS = 3


@dataclass(frozen=True, kw_only=True)
class Deadline:
    """`fixed`: the day was set elsewhere and the letter repeats it; else the writer says one, from `day` on."""

    day: date
    fixed: bool = False


@dataclass(frozen=True, kw_only=True)
class AssessmentMatter:
    """`asked`: the vendor's own questionnaire; `reply`: the right of reply that stands; `open`: commitments that are
    open, the earliest due first; `reply_until`: what a letter with the result gave the vendor."""

    assessment: Assessment
    card: Scorecard | None
    asked: Response | None
    reply: ReplyRequest | None
    open: tuple[Commitment, ...]
    reply_until: date | None
    today: date

    @property
    def vendor(self) -> Vendor:
        return self.assessment.vendor

    @property
    def about(self) -> int:
        return self.assessment.pk

    @property
    def awaits_answers(self) -> bool:
        is_collecting = self.assessment.state == AssessmentState.COLLECTING
        return is_collecting and self.asked is not None and self.asked.is_outstanding

    @property
    def awaits_reply(self) -> bool:
        is_in_review = self.assessment.state == AssessmentState.IN_REVIEW
        return is_in_review and self.reply is not None and self.reply.submitted_at is None

    @property
    def overdue(self) -> tuple[Commitment, ...]:
        return tuple(one for one in self.open if one.is_overdue(self.today))

    def why_not(self, kind: LetterKind) -> str:
        """Why this letter makes no sense now; empty where it does."""
        reasons = {
            LetterKind.INVITATION: self._why_no_invitation,
            LetterKind.RESULT: self._why_no_result,
            LetterKind.REMINDER: self._why_no_reminder,
            LetterKind.CLOSING: self._why_no_closing,
        }
        return reasons[kind]() if kind in reasons else _("This letter is about a proof of cause, not an assessment.")

    def deadline(self, kind: LetterKind) -> Deadline | None:
        """By when the letter asks for an answer; None where it asks for none."""
        if kind == LetterKind.INVITATION:
            due = (self.asked.due_on if self.asked else None) or self.assessment.due_on
            is_ahead = due is not None and due >= self.today
            return Deadline(day=due if is_ahead and due else self.today + TO_ANSWER, fixed=is_ahead)
        later = {LetterKind.RESULT: TO_REPLY, LetterKind.REMINDER: TO_REMIND}.get(kind)
        return None if later is None else Deadline(day=self.today + later)

    def _why_no_invitation(self) -> str:
        if self.assessment.state == AssessmentState.DRAFT:
            return _("Open the assessment first: nothing is asked yet.")
        if self.assessment.state != AssessmentState.COLLECTING:
            return _("Answers are not collected any more.")
        if self.asked is not None and self.asked.submitted_at:
            return _("The vendor has handed in its answers.")
        return ""

    def _why_no_result(self) -> str:
        if self.card is None:
            return _("Only an approved assessment has a result.")
        return ""

    def _why_no_reminder(self) -> str:
        if self.awaits_answers or self.awaits_reply or self.overdue:
            return ""
        return _("Nothing is awaited of the vendor: no answers, no reply, no commitment that is overdue.")

    def _why_no_closing(self) -> str:
        if self.card is None:
            return _("Only an approved assessment can be closed.")
        if self.reply_until and self.reply_until >= self.today:
            told = _("The vendor may reply to the result until %(day)s: close it after that day.")
            return told % {"day": words.day(self.reply_until)}
        return ""


@dataclass(frozen=True, kw_only=True)
class ProofMatter:
    """A proof of cause that is asked for; `incident`: what the customer shares of it with the vendor."""

    proof: CauseProof
    incident: SharedIncident
    today: date

    @property
    def vendor(self) -> Vendor:
        return self.proof.vendor

    @property
    def about(self) -> int:
        return self.proof.pk

    def why_not(self, kind: LetterKind) -> str:
        if kind != LetterKind.PROOF:
            return _("This letter is about an assessment, not a proof of cause.")
        if self.proof.state == ProofState.HANDED_IN:
            return _("The vendor has handed it in: accept it, or return it first.")
        if self.proof.state == ProofState.ACCEPTED:
            return _("The proof is accepted: nothing is asked any more.")
        if self.proof.state == ProofState.WAIVED:
            return _("The proof is not asked for any more.")
        return ""

    def deadline(self, kind: LetterKind) -> Deadline | None:
        """The day on which it is due; of one that is late the writer says a new one."""
        is_late = self.proof.is_late(self.today)
        return Deadline(day=self.today + TO_REMIND if is_late else self.proof.due_on, fixed=not is_late)


Matter = AssessmentMatter | ProofMatter


def of_assessment(assessment: Assessment, *, today: date) -> AssessmentMatter:
    """Five queries; `assessment` comes with its vendor and organisation."""
    asked = Response.objects.of_vendor().filter(assessment=assessment, withdrawn_at=None).first()
    reply = ReplyRequest.objects.standing().filter(assessment=assessment).first()
    card = Scorecard.objects.filter(assessment=assessment).select_related("assessment").first()
    held = Commitment.objects.open().filter(vendor=assessment.vendor_id).order_by("due_on", "number")
    until = made.reply_until(assessment) if card else None
    return AssessmentMatter(
        assessment=assessment,
        card=card,
        asked=asked,
        reply=reply,
        open=tuple(held),
        reply_until=until,
        today=today,
    )


def of_proof(proof: CauseProof, *, today: date) -> ProofMatter:
    """Two queries; `proof` comes with its incident, and that one's service and department."""
    return ProofMatter(proof=proof, incident=shared(proof.incident), today=today)


def assessments_to_write_of(member: Membership, vendor: Vendor) -> list[Assessment]:
    """The one in hand and the latest that was approved, the newest first. One query."""
    rows = Assessment.objects.for_member(member).filter(vendor=vendor).exclude(state=AssessmentState.CANCELLED)
    found = list(rows.select_related("vendor__organisation", "release")[:8])
    newest: Mapping[bool, Assessment] = {one.is_in_hand: one for one in reversed(found)}
    return sorted(newest.values(), key=lambda one: (one.created_at, one.pk), reverse=True)
