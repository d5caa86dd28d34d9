"""The states of a commitment: one function a change, which locks, checks, changes and records in one transaction.

proposed → agreed → reported done → kept or missed; withdrawn from any that is open; kept is opened again by the measure
that falls back, and is agreed then. Each writes a step, which is never changed, beside its entry in the trail.
`version`: what the person had read when they decided. NotPossible where somebody changed it since: nobody agrees to
words that they never saw.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date, datetime
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.access import Right, may
from accounts.models import Membership, User
from accounts.numbering import next_number
from accounts.trail import audit
from assessments import outward
from assessments.commitments.measured import baseline_of
from assessments.models import (
    COMMITMENT_BINDING,
    COMMITMENT_OPEN,
    Commitment,
    CommitmentLink,
    CommitmentState,
    CommitmentStep,
    KeptBy,
    StepKind,
)
from groundwork.refusals import Refusal

FIELDS = (
    "rule",
    "question",
    "what",
    "why",
    "contact",
    "owner",
    "due_on",
    "measure",
    "target",
    "state",
    "agreed_on",
    "agreed_by",
    "ended_on",
    "kept_by",
)
TOLD = ("rule", "question", "what", "why", "due_on", "measure", "target")
NOT_NOW: Mapping[str, Promise] = {
    CommitmentState.PROPOSED: _("This commitment is proposed and not agreed yet."),
    CommitmentState.AGREED: _("This commitment is agreed already."),
    CommitmentState.REPORTED: _("This commitment is reported done already."),
    CommitmentState.KEPT: _("This commitment was kept: it changes no more, unless its measure falls back."),
    CommitmentState.MISSED: _("This commitment was missed: make a new one."),
    CommitmentState.WITHDRAWN: _("This commitment was withdrawn: make a new one."),
}
CHANGED: Promise = _("Somebody changed this commitment since you opened the page: read it again, then decide.")
By = User | CommitmentLink | None  # None: the product itself, because of a measure


class NotPossible(Refusal):
    """The state of the commitment, or what it lacks, does not allow this; the message says why, to a person."""


def propose(member: Membership, commitment: Commitment, *, now: datetime) -> Commitment:
    """Write down a new one; all its fields are set but organisation, number, state and maker. PermissionDenied for
    whoever may not assess."""
    _require(member)
    if commitment.vendor.organisation_id != member.organisation_id:
        raise PermissionDenied
    with transaction.atomic():
        commitment.organisation = member.organisation
        year = timezone.localtime(now).year
        ours = Commitment.objects.filter(organisation=member.organisation)
        commitment.number = next_number(ours, "number", f"C-{year}-", member.organisation_id)
        commitment.state = CommitmentState.PROPOSED
        commitment.created_by, commitment.created_at = member.user, now
        commitment.save(force_insert=True)
        _written(commitment, StepKind.PROPOSED, "commitment.proposed", member.user, now=now, before={})
    return commitment


def change(
    member: Membership, commitment: Commitment, changed: Mapping[str, Any], *, version: int, now: datetime
) -> Commitment:
    """Other words, people, day, measure or target, while it is open. What both sides had agreed on must be agreed on
    again: it is proposed anew, unless only who follows it up here is another. NotPossible where somebody changed it
    since `version`."""
    with transaction.atomic():
        row = _locked(commitment, COMMITMENT_OPEN, version)
        _require(member, row)
        before = audit.snapshot(row, FIELDS)
        for name, value in changed.items():
            setattr(row, name, value)
        if set(changed) - {"owner"} and row.state != CommitmentState.PROPOSED:
            row.state, row.agreed_on, row.agreed_by, row.baseline = CommitmentState.PROPOSED, None, "", None
        return _save(
            row,
            StepKind.CHANGED,
            "commitment.changed",
            member.user,
            now=now,
            before=before,
            figures=_earlier(before, row),
        )


def agree(
    by: By,
    commitment: Commitment,
    *,
    agreed_by: str,
    on: date,
    now: datetime,
    text: str = "",
    baseline: Any = None,
    version: int | None = None,
) -> Commitment:
    """The vendor says so by its link, or a member records who agreed and when. `baseline`: what the measure was then,
    as plain data; where none is given, what it was by the facts of now."""
    if baseline is None and commitment.measure:
        baseline = baseline_of(commitment.vendor, commitment.measure, on=on)  # it takes a while: first
    with transaction.atomic():
        row = _locked(commitment, {CommitmentState.PROPOSED}, version)
        _require_by(by, row)
        before = audit.snapshot(row, FIELDS)
        row.state, row.agreed_on, row.agreed_by, row.baseline = CommitmentState.AGREED, on, agreed_by, baseline
        return _save(row, StepKind.AGREED, "commitment.agreed", by, now=now, before=before, text=text)


def decline(
    by: CommitmentLink, commitment: Commitment, *, text: str, now: datetime, version: int | None = None
) -> Commitment:
    """The vendor does not agree, and says why: it stays proposed, and the customer is told."""
    with transaction.atomic():
        row = _locked(commitment, {CommitmentState.PROPOSED}, version)
        _require_by(by, row)
        return _save(
            row, StepKind.DECLINED, "commitment.declined", by, now=now, before=audit.snapshot(row, FIELDS), text=text
        )


def note_progress(
    by: By, commitment: Commitment, *, text: str, now: datetime, version: int | None = None
) -> Commitment:
    """Say how far it is, while it is agreed and not ended."""
    with transaction.atomic():
        row = _locked(commitment, COMMITMENT_BINDING, version)
        _require_by(by, row)
        return _save(
            row, StepKind.PROGRESS, "commitment.progress", by, now=now, before=audit.snapshot(row, FIELDS), text=text
        )


def report_done(by: By, commitment: Commitment, *, text: str, now: datetime, version: int | None = None) -> Commitment:
    with transaction.atomic():
        row = _locked(commitment, {CommitmentState.AGREED}, version)
        _require_by(by, row)
        before = audit.snapshot(row, FIELDS)
        row.state = CommitmentState.REPORTED
        return _save(row, StepKind.REPORTED, "commitment.reported", by, now=now, before=before, text=text)


def return_it(
    member: Membership, commitment: Commitment, *, text: str, now: datetime, version: int | None = None
) -> Commitment:
    """What was reported done is not accepted yet, with the reason: it is agreed, as before."""
    with transaction.atomic():
        row = _locked(commitment, {CommitmentState.REPORTED}, version)
        _require(member, row)
        before = audit.snapshot(row, FIELDS)
        row.state = CommitmentState.AGREED
        return _save(row, StepKind.RETURNED, "commitment.returned", member.user, now=now, before=before, text=text)


def keep(
    member: Membership,
    commitment: Commitment,
    *,
    kept_by: KeptBy,
    text: str,
    on: date,
    now: datetime,
    figures: Any = None,
    version: int | None = None,
) -> Commitment:
    """Kept: because its measure moved, or because `member` accepts evidence and says in `text` which. The caller has
    asked the measure; NotPossible for evidence without a word."""
    if kept_by == KeptBy.EVIDENCE and not text.strip():
        raise NotPossible(_("Say what shows that it was kept."))
    with transaction.atomic():
        row = _locked(commitment, COMMITMENT_BINDING, version)
        _require(member, row)
        before = audit.snapshot(row, FIELDS)
        row.state, row.ended_on, row.kept_by = CommitmentState.KEPT, on, kept_by
        return _save(
            row, StepKind.KEPT, "commitment.kept", member.user, now=now, before=before, text=text, figures=figures
        )


def miss(
    member: Membership,
    commitment: Commitment,
    *,
    text: str,
    on: date,
    now: datetime,
    figures: Any = None,
    version: int | None = None,
) -> Commitment:
    with transaction.atomic():
        row = _locked(commitment, COMMITMENT_BINDING, version)
        _require(member, row)
        before = audit.snapshot(row, FIELDS)
        row.state, row.ended_on = CommitmentState.MISSED, on
        return _save(
            row, StepKind.MISSED, "commitment.missed", member.user, now=now, before=before, text=text, figures=figures
        )


def withdraw(
    member: Membership, commitment: Commitment, *, text: str, on: date, now: datetime, version: int | None = None
) -> Commitment:
    """Not asked for any more, with the reason. NotPossible without one."""
    if not text.strip():
        raise NotPossible(_("Say why it is withdrawn."))
    with transaction.atomic():
        row = _locked(commitment, COMMITMENT_OPEN, version)
        _require(member, row)
        before = audit.snapshot(row, FIELDS)
        row.state, row.ended_on = CommitmentState.WITHDRAWN, on
        return _save(row, StepKind.WITHDRAWN, "commitment.withdrawn", member.user, now=now, before=before, text=text)


def reopen(commitment: Commitment, *, on: date, now: datetime, figures: Any) -> Commitment:
    """The measure of a kept commitment fell back within twelve months: it is agreed again, and overdue since its day.
    `figures`: what the measure showed, as plain data."""
    with transaction.atomic():
        row = _locked(commitment, {CommitmentState.KEPT})
        before = audit.snapshot(row, FIELDS)
        row.state, row.ended_on, row.kept_by, row.reopened_on = CommitmentState.AGREED, None, "", on
        return _save(row, StepKind.REOPENED, "commitment.reopened", None, now=now, before=before, figures=figures)


# What they share --------------------------------------------------------------------------------------------------
def may_change(member: Membership, commitment: Commitment) -> bool:
    """Whoever assesses, and whoever follows this one up."""
    return may(member, Right.ASSESS) or (member.user_id == commitment.owner_id and may(member, Right.READ))


def _require(member: Membership, commitment: Commitment | None = None) -> None:
    allowed = may(member, Right.ASSESS) if commitment is None else may_change(member, commitment)
    if not allowed or (commitment and commitment.organisation_id != member.organisation_id):
        raise PermissionDenied


def _require_by(by: By, commitment: Commitment) -> None:
    """A link speaks for its own vendor; a member's user was let in by the page, which asked `may_change`."""
    if isinstance(by, CommitmentLink) and by.vendor_id != commitment.vendor_id:
        raise PermissionDenied


def _locked(commitment: Commitment, states: Collection[str], version: int | None = None) -> Commitment:
    """The row, held until the transaction ends, in one of `states` and as it was read. NotPossible else."""
    row = Commitment.objects.select_for_update(of=("self",)).select_related("vendor").get(pk=commitment.pk)
    if row.state not in states:
        raise NotPossible(NOT_NOW[row.state])
    if version is not None and row.version != version:
        raise NotPossible(CHANGED)
    return row


def _earlier(before: Mapping[str, Any], row: Commitment) -> dict[str, str | None]:
    """What the words, day, measure and target were that both sides had read, by field; who follows it up here is the
    customer's own affair."""
    after = audit.snapshot(row, FIELDS)
    told = {name: value for name, value in before.items() if name in TOLD and value != after[name]}
    return {name: None if value is None else str(value) for name, value in told.items()}


def _save(
    row: Commitment,
    kind: StepKind,
    verb: str,
    by: By,
    *,
    now: datetime,
    before: Mapping[str, Any],
    text: str = "",
    figures: Any = None,
) -> Commitment:
    row.version += 1
    row.save()
    _written(row, kind, verb, by, now=now, before=before, text=text, figures=figures)
    return row


def _written(
    row: Commitment,
    kind: StepKind,
    verb: str,
    by: By,
    *,
    now: datetime,
    before: Mapping[str, Any],
    text: str = "",
    figures: Any = None,
) -> None:
    link = by if isinstance(by, CommitmentLink) else None
    user = by if isinstance(by, User) else None
    CommitmentStep.objects.create(commitment=row, kind=kind, at=now, text=text, user=user, link=link, figures=figures)
    actor = audit.Outsider(label=link.signature) if link else user
    after = audit.snapshot(row, FIELDS) | ({"text": text} if text else {})
    audit.record(actor, verb, row, before=before, after=after)
    outward.commitment_stepped(kind, row, now=now)
