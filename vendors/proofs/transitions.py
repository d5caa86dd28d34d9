"""The states of a proof of cause: one function a change, which locks, checks, changes and records in one transaction.

owed → handed in → accepted, or returned and handed in again; not asked for any more from any that is open. Each writes
a step, which is never changed, beside its entry in the trail. `version`: what the person had read when they decided.
NotPossible where somebody changed it since, where its state does not allow it, or where something is missing.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date, datetime
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.dispatch import Signal
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.access import Right, may
from accounts.models import Membership, User
from accounts.numbering import next_number
from accounts.trail import audit
from groundwork.refusals import Refusal
from vendors import facts_revision
from vendors.models import (
    PROOF_AT_VENDOR,
    PROOF_OPEN,
    PROOF_SAVED,
    CauseProof,
    Contact,
    DeskLink,
    Incident,
    ProofState,
    ProofStep,
    ProofStepKind,
)
from vendors.proofs.complete import Considered, lacks_of

# By the vendor through its link, once it is certain, with `proof` and `link`. Who is told, and how, is known above.
handed_in = Signal()
FIELDS = ("contact", "owner", "due_on", "state", "reason")
NOT_NOW: Mapping[str, Promise] = {
    ProofState.OWED: _("This proof of cause is not handed in yet."),
    ProofState.HANDED_IN: _("This proof of cause is handed in: it is to be accepted or returned."),
    ProofState.RETURNED: _("This proof of cause was returned: the vendor hands it in again."),
    ProofState.ACCEPTED: _("This proof of cause is accepted: it changes no more."),
    ProofState.WAIVED: _("This proof of cause is not asked for any more: ask for it again first."),
}
CHANGED: Promise = _("Somebody changed this proof of cause since you opened the page: read it again, then decide.")
TAKEN_OVER = 200  # characters of a cause that are taken over as the problem of the incident
By = Membership | DeskLink | None  # None: the product itself, where the organisation asks by itself


class NotPossible(Refusal):
    """The state of the proof, or what it lacks, does not allow this; the message says why, to a person."""

    def __init__(self, message: str | Promise, field: str | None = None) -> None:
        super().__init__(message)
        self.field = field


# What the customer does -------------------------------------------------------------------------------------------
def ask(
    by: Membership | None,
    incident: Incident,
    *,
    contact: Contact | None,
    owner: User | None,
    days: int,
    due_on: date,
    now: datetime,
) -> CauseProof:
    """Ask for the proof of this incident; one that was not asked for any more is owed again, under its number. `by`
    nobody: the organisation asks by itself. `days`: the working days that led to `due_on`."""
    require_incident(by, incident)
    if contact is not None and contact.vendor_id != incident.vendor_id:
        raise PermissionDenied
    with transaction.atomic():
        number = _number(incident, now)  # holds the organisation: before the vendor, as imports do
        facts_revision.lock_vendors(incident.vendor_id)
        held = (
            Incident.objects.select_for_update(of=("self",), no_key=True).select_related("vendor").get(pk=incident.pk)
        )
        if why := why_not_asked(held):
            raise NotPossible(why)
        row = CauseProof.objects.select_for_update().filter(incident=held).first()
        if row is not None and row.state != ProofState.WAIVED:
            raise NotPossible(_("The proof of cause of this incident is asked for already."))
        before = audit.snapshot(row, FIELDS) if row else {}
        row = row or CauseProof(organisation_id=held.organisation_id, incident=held, number=number)
        row.vendor, row.contact, row.owner = held.vendor, contact, owner
        row.state, row.reason, row.asked_at, row.days, row.due_on = ProofState.OWED, "", now, days, due_on
        row.asked_by = by.user if by else None
        row.decided_at = row.decided_by = None
        asked = _save(row, ProofStepKind.ASKED, "causeproof.asked", by, now=now, before=before)
        if not asked.other_causes.exists():
            asked.other_causes.create(position=1)  # one to write into: no page lays rows out while it is read
        return asked


def assign(
    member: Membership,
    proof: CauseProof,
    *,
    contact: Contact | None,
    owner: User | None,
    version: int,
    now: datetime,
) -> CauseProof:
    """Another person at the vendor who owes it, or another here who follows it up. No step: nothing happened to it."""
    if contact is not None and contact.vendor_id != proof.vendor_id:
        raise PermissionDenied
    with transaction.atomic():
        row = _locked(member, proof, PROOF_OPEN, version)
        before = audit.snapshot(row, FIELDS)
        row.contact, row.owner = contact, owner
        row.version += 1
        row.save()
        audit.record(member.user, "causeproof.assigned", row, before=before, after=audit.snapshot(row, FIELDS))
    return row


def extend(
    member: Membership, proof: CauseProof, *, due_on: date, reason: str, now: datetime, version: int | None = None
) -> CauseProof:
    """More time, with the reason, while it is the vendor's turn. Whether it comes in time is held against the new
    day."""
    _refuse_silence(reason, _("Say why the vendor gets more time."))
    with transaction.atomic():
        row = _locked(member, proof, PROOF_AT_VENDOR, version)
        if due_on <= row.due_on:
            raise NotPossible(_("Choose a day after the one by which it is due."), "due_on")
        _refuse_past(due_on, now)
        before = audit.snapshot(row, FIELDS)
        row.due_on = due_on
        return _save(row, ProofStepKind.EXTENDED, "causeproof.extended", member, now=now, before=before, text=reason)


def return_it(
    member: Membership, proof: CauseProof, *, reason: str, due_on: date, now: datetime, version: int | None = None
) -> CauseProof:
    """It does not prove the cause, and why; it is due again by `due_on`."""
    _refuse_silence(reason, _("Say what is missing, so that the vendor can mend it."))
    _refuse_past(due_on, now)
    with transaction.atomic():
        row = _locked(member, proof, {ProofState.HANDED_IN}, version)
        before = audit.snapshot(row, FIELDS)
        row.state, row.reason, row.due_on = ProofState.RETURNED, reason.strip(), due_on
        row.decided_at, row.decided_by = now, member.user
        return _save(row, ProofStepKind.RETURNED, "causeproof.returned", member, now=now, before=before, text=reason)


def accept(
    member: Membership,
    proof: CauseProof,
    *,
    now: datetime,
    text: str = "",
    names_problem: bool = False,
    version: int | None = None,
) -> CauseProof:
    """It proves the cause: so the incident says too. `names_problem`: the cause is taken over as the incident's problem
    where that says nothing yet, so that it is recognised when it comes back."""
    with transaction.atomic():
        row = _locked(member, proof, {ProofState.HANDED_IN}, version)
        before = audit.snapshot(row, FIELDS)
        row.state, row.reason, row.decided_at, row.decided_by = ProofState.ACCEPTED, "", now, member.user
        _prove(member, row, names_problem=names_problem, now=now)
        return _save(row, ProofStepKind.ACCEPTED, "causeproof.accepted", member, now=now, before=before, text=text)


def waive(
    member: Membership, proof: CauseProof, *, reason: str, now: datetime, version: int | None = None
) -> CauseProof:
    """Not asked for any more, with the reason."""
    _refuse_silence(reason, _("Say why it is not asked for any more."))
    with transaction.atomic():
        row = _locked(member, proof, PROOF_OPEN, version)
        before = audit.snapshot(row, FIELDS)
        row.state, row.reason, row.decided_at, row.decided_by = ProofState.WAIVED, reason.strip(), now, member.user
        return _save(row, ProofStepKind.WAIVED, "causeproof.waived", member, now=now, before=before, text=reason)


# What the vendor does ---------------------------------------------------------------------------------------------
def hand_in(
    by: DeskLink | Membership,
    proof: CauseProof,
    *,
    now: datetime,
    version: int | None = None,
    text: str = "",
    received_on: date | None = None,
) -> CauseProof:
    """The vendor hands it in by its link, or a member what came by mail: then `received_on` is the day on which it
    came, which decides whether it was in time. NotPossible where something is missing: the message says what."""
    with transaction.atomic():
        row = _locked(by, proof, PROOF_AT_VENDOR, version)
        content = content_of(row)
        in_file = isinstance(by, Membership) and bool(content["files"])
        others = [Considered(**one) for one in content["other_causes"]]
        if lacks := lacks_of(content["texts"], others, in_file=in_file):
            raise NotPossible(" ".join(str(lack.words) for lack in lacks))
        at = _came_at(row, by, received_on, now)
        before = audit.snapshot(row, FIELDS)
        if row.first_handed_in_at is None:
            row.first_handed_in_at, row.first_due_on = at, row.due_on
        row.state, row.handed_in_at, row.handed_in_by = ProofState.HANDED_IN, at, signature_of(by)
        kind = ProofStepKind.HANDED_IN
        return _save(row, kind, "causeproof.handed_in", by, now=now, before=before, text=text, content=content)


def content_of(proof: CauseProof) -> dict[str, Any]:
    """What is handed in, as plain data: `texts` by field, `other_causes` (cause, ruled_out_by), `files` (pk, name, size
    in bytes, sha256)."""
    return {
        "texts": {field: getattr(proof, field) for field in PROOF_SAVED},
        "other_causes": list(proof.other_causes.exclude(cause="", ruled_out_by="").values("cause", "ruled_out_by")),
        "files": list(proof.files.values("pk", "name", "size", "sha256")),
    }


def _came_at(row: CauseProof, by: DeskLink | Membership, received_on: date | None, now: datetime) -> datetime:
    """The moment at which it came: now, or noon of the day that a member tells."""
    today = timezone.localdate(now)
    if received_on is None or received_on == today or isinstance(by, DeskLink):
        return now
    if received_on > today:
        raise NotPossible(_("Choose a day that is not to come."), "received_on")
    if received_on < timezone.localdate(row.asked_at):
        raise NotPossible(_("Choose a day that is not before the one on which you asked for it."), "received_on")
    noon = datetime.combine(received_on, datetime.min.time().replace(hour=12))
    return max(timezone.make_aware(noon), row.asked_at)


# What they share --------------------------------------------------------------------------------------------------
def may_decide(member: Membership, proof: CauseProof) -> bool:
    """Whoever keeps the facts, and whoever follows this one up."""
    if proof.organisation_id != member.organisation_id:
        return False
    return may(member, Right.EDIT_VENDORS) or (member.user_id == proof.owner_id and may(member, Right.READ))


def why_not_asked(incident: Incident) -> str | Promise:
    """Why no proof can be asked for after this incident, in words; empty: it can."""
    if incident.vendor.archived_at is not None:
        return _("This vendor is archived: restore it before you ask for a proof of cause.")
    if not incident.mission_critical:
        return _("A proof of cause is asked for after mission-critical incidents: mark this one so first.")
    if incident.resolved_at is None and incident.restored_at is None and not incident.is_closed:
        return _("A proof of cause is asked for once the business runs again: say first when it did.")
    return ""


def require(by: By, proof: CauseProof) -> None:
    """PermissionDenied for a link of another vendor, and for a member who may not decide about this one."""
    if isinstance(by, DeskLink) and by.vendor_id != proof.vendor_id:
        raise PermissionDenied
    if isinstance(by, Membership) and not may_decide(by, proof):
        raise PermissionDenied


def require_incident(by: Membership | None, incident: Incident) -> None:
    if by is None:
        return
    if by.organisation_id != incident.organisation_id or not may(by, Right.EDIT_VENDORS):
        raise PermissionDenied


def actor_of(by: By) -> audit.Actor:
    """As the trail tells who it was."""
    if isinstance(by, DeskLink):
        return audit.Outsider(label=by.signature)
    return by.user if by else None


def signature_of(by: DeskLink | Membership) -> str:
    return by.signature if isinstance(by, DeskLink) else str(by.user)


def _number(incident: Incident, now: datetime) -> str:
    ours = CauseProof.objects.filter(organisation=incident.organisation_id)
    return next_number(ours, "number", f"P-{timezone.localtime(now).year}-", incident.organisation_id)


def _refuse_silence(reason: str, words: str | Promise) -> None:
    if not reason.strip():
        raise NotPossible(words, "reason")


def _refuse_past(due_on: date, now: datetime) -> None:
    if due_on < timezone.localdate(now):
        raise NotPossible(_("Choose a day that is not over."), "due_on")


def _locked(by: By, proof: CauseProof, states: Collection[str], version: int | None) -> CauseProof:
    """The row, held until the transaction ends behind its vendor's, in one of `states` and as it was read."""
    facts_revision.lock_vendors(proof.vendor_id)
    row = CauseProof.objects.select_for_update(of=("self",)).select_related("vendor", "incident").get(pk=proof.pk)
    require(by, row)
    if row.state not in states:
        raise NotPossible(NOT_NOW[row.state])
    if version is not None and row.version != version:
        raise NotPossible(CHANGED)
    return row


def _prove(member: Membership, row: CauseProof, *, names_problem: bool, now: datetime) -> None:
    incident = Incident.objects.select_for_update(of=("self",)).get(pk=row.incident_id)
    fields = ["root_cause_proven"]
    before = audit.snapshot(incident, ("root_cause_proven", "problem"))
    incident.root_cause_proven = True
    if names_problem and not incident.problem.strip():
        incident.problem = " ".join(row.cause.split())[:TAKEN_OVER]
        fields.append("problem")
    after = audit.snapshot(incident, ("root_cause_proven", "problem"))
    if before != after:
        incident.edited_at = now
        incident.save(update_fields=[*fields, "edited_at", "updated_at"])
        audit.record(member.user, "incident.changed", incident, before=before, after=after)


def _save(
    row: CauseProof,
    kind: ProofStepKind,
    verb: str,
    by: By,
    *,
    now: datetime,
    before: Mapping[str, Any],
    text: str = "",
    content: Any = None,
) -> CauseProof:
    row.version += 1
    row.save()
    link = by if isinstance(by, DeskLink) else None
    user = by.user if isinstance(by, Membership) else None
    ProofStep.objects.create(proof=row, kind=kind, at=now, text=text.strip(), user=user, link=link, content=content)
    audit.record(actor_of(by), verb, row, before=before, after=audit.snapshot(row, FIELDS))
    facts_revision.raise_revision(row.vendor_id)
    return row
