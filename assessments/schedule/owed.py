"""Proofs of cause that wait for whoever follows them up: to be read, and late or due at the vendor."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

from django.db.models import Q
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy

from accounts.access import Right, may
from accounts.models import Membership
from assessments.schedule.holders import nobody_holds
from assessments.schedule.items import Item, ItemKind, Subject
from vendors.models import CauseProof, ProofState
from vendors.proofs.reading import complete
from vendors.withheld import withheld

ACTIONS: dict[ItemKind, Promise] = {
    ItemKind.PROOF_TO_READ: gettext_lazy("Read the proof of cause: accept it, or return it"),
    ItemKind.PROOF_LATE: gettext_lazy("The proof of cause is late: ask the vendor for it"),
    ItemKind.PROOF_DUE: gettext_lazy("The vendor owes the proof of cause"),
}


def to_follow_up(member: Membership, today: date, *, ahead: timedelta | None) -> Iterator[Item]:
    """Those that the member follows up; those that nobody holds, for whoever keeps the facts. What is not late yet is
    the vendor's to do: it stands in a calendar, not on My work. Two queries however many wait."""
    if not may(member, Right.READ):
        return
    own = Q(owner=member.user_id)
    if may(member, Right.EDIT_VENDORS):
        own |= nobody_holds(member, "owner", Right.READ)
    rows = complete(CauseProof.objects.for_member(member).open()).filter(own, vendor__archived_at=None)
    waiting = [
        proof
        for proof in rows
        if proof.state == ProofState.HANDED_IN or proof.due_on < today or _is_within(proof, today, ahead)
    ]
    hidden = withheld(member) if waiting else set()
    for proof in waiting:
        if proof.vendor_id not in hidden:
            yield _item(proof, today)


def item_of(proof: CauseProof, today: date) -> Item:
    """Of one that is open, whoever follows it up."""
    return _item(proof, today)


def _is_within(proof: CauseProof, today: date, ahead: timedelta | None) -> bool:
    return ahead is not None and proof.due_on <= today + ahead


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
