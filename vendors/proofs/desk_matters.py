"""The proofs of a vendor on the first page of its desk: those that it owes, and those that are read or accepted."""

from __future__ import annotations

from datetime import date, datetime

from django.urls import reverse
from django.utils.translation import gettext as _

from groundwork.words import day
from vendors.desk.matters import Matter
from vendors.models import CauseProof, DeskLink, ProofState

SHOWN = (ProofState.OWED, ProofState.RETURNED, ProofState.HANDED_IN, ProofState.ACCEPTED)


def proofs_on_desk(link: DeskLink, today: date) -> list[Matter]:
    """One query."""
    rows = CauseProof.objects.filter(vendor=link.vendor_id, state__in=SHOWN).select_related("incident")
    return [_matter(link, proof) for proof in rows]


def _matter(link: DeskLink, proof: CauseProof) -> Matter:
    incident = proof.incident
    return Matter(
        title=_("What caused %(reference)s") % {"reference": incident.reference},
        url=reverse("vendor_proof", args=[link.pk, proof.pk]),
        waits=proof.is_at_vendor,
        asked_at=_asked_at(proof),
        due_on=proof.due_on if proof.is_at_vendor else None,
        state=_state(proof),
        note=incident.title,
    )


def _asked_at(proof: CauseProof) -> datetime:
    """Since when it waits: it was returned, or asked for."""
    return proof.decided_at if proof.state == ProofState.RETURNED and proof.decided_at else proof.asked_at


def _state(proof: CauseProof) -> str:
    if proof.state == ProofState.RETURNED:
        return _("Proof of cause, returned with a question")
    if proof.state == ProofState.HANDED_IN and proof.handed_in_at:
        return _("Proof of cause, handed in on %(day)s, being read") % {"day": day(proof.handed_in_at)}
    if proof.state == ProofState.ACCEPTED and proof.decided_at:
        return _("Proof of cause, accepted on %(day)s") % {"day": day(proof.decided_at)}
    return _("Proof of cause, asked for on %(day)s") % {"day": day(proof.asked_at)}
