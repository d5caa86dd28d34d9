"""Proofs of cause that wait for whoever follows them up: to be read, and late or due at the vendor."""

from __future__ import annotations

from datetime import date

from django.db.models import Q
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy

from accounts.access import Right, may
from assessments.schedule.holders import held_by, not_judged
from assessments.schedule.items import NOTHING, Asking, Item, ItemKind, Subject, Waiting
from groundwork.together import Lookup
from vendors.models import CauseProof, ProofState
from vendors.proofs.reading import complete

ACTIONS: dict[ItemKind, Promise] = {
    ItemKind.PROOF_TO_READ: gettext_lazy("Read the proof of cause: accept it, or return it"),
    ItemKind.PROOF_LATE: gettext_lazy("The proof of cause is late: ask the vendor for it"),
    ItemKind.PROOF_DUE: gettext_lazy("The vendor owes the proof of cause"),
}


def to_follow_up(asking: Asking) -> Waiting:
    """Those that the member follows up; those that nobody holds, for whoever keeps the facts. What is not late yet is
    the vendor's to do: it stands in a calendar, not on My work."""
    member, today, ahead = asking.member, asking.today, asking.ahead
    if not may(member, Right.READ):
        return NOTHING
    waits = Q(state=ProofState.HANDED_IN) | Q(due_on__lt=today)
    if ahead is not None:
        waits |= Q(due_on__lte=today + ahead)
    rows = complete(CauseProof.objects.for_member(member).open()).filter(waits, vendor__archived_at=None)
    theirs, hidden = rows.filter(held_by(member, Right.READ, otherwise=Right.EDIT_VENDORS)), asking.judged
    return Lookup(
        reads=(theirs, hidden),
        told=lambda: [_item(proof, today) for proof in not_judged(theirs, hidden)],
    )


def item_of(proof: CauseProof, today: date) -> Item:
    """Of one that is open, whoever follows it up."""
    return _item(proof, today)


def _kind(proof: CauseProof, today: date) -> ItemKind:
    if proof.state == ProofState.HANDED_IN:
        return ItemKind.PROOF_TO_READ
    return ItemKind.PROOF_LATE if proof.is_late(today) else ItemKind.PROOF_DUE


def _item(proof: CauseProof, today: date) -> Item:
    kind, incident = _kind(proof, today), proof.incident
    is_read = kind == ItemKind.PROOF_TO_READ
    return Item(
        kind=kind,
        key=f"proof-{proof.pk}",
        action=str(ACTIONS[kind]),
        vendor=proof.vendor,
        about=proof.number,
        subject=Subject.of(proof, day="due_on", since=proof.asked_at),
        url=reverse("proof_detail", args=[proof.pk]),
        due_on=None if is_read else proof.due_on,
        is_late=kind == ItemKind.PROOF_LATE,
        detail=(incident.title or incident.reference).rstrip("."),
        asked_at=proof.handed_in_at if is_read else None,
    )
