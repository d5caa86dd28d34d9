"""The proofs of a vendor on the first page of its desk: those that it owes, and those that are read or accepted."""

from __future__ import annotations

from datetime import date, datetime

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import pgettext_lazy

from groundwork.words import apart, day
from vendors.desk.matters import Matter
from vendors.models import CauseProof, DeskLink, ProofState

# What the vendor's desk calls each; one that is not asked for any more does not stand there.
STATES: dict[str, Promise] = {
    ProofState.OWED: pgettext_lazy("proof of cause", "Owed"),
    ProofState.RETURNED: pgettext_lazy("proof of cause", "Returned"),
    ProofState.HANDED_IN: pgettext_lazy("proof of cause", "Being read"),
    ProofState.ACCEPTED: pgettext_lazy("proof of cause", "Accepted"),
}


def proofs_on_desk(link: DeskLink, today: date) -> list[Matter]:
    """One query."""
    rows = CauseProof.objects.filter(vendor=link.vendor_id, state__in=STATES).select_related("incident")
    return [_matter(link, proof) for proof in rows]


def _matter(link: DeskLink, proof: CauseProof) -> Matter:
    incident = proof.incident
    return Matter(
        title=_("What caused %(reference)s") % {"reference": incident.reference},
        url=reverse("vendor_proof", args=[link.pk, proof.pk]),
        waits=proof.is_at_vendor,
        asked_at=_asked_at(proof),
        due_on=proof.due_on if proof.is_at_vendor else None,
        state=str(STATES[proof.state]),
        note=_note(proof),
    )


def _asked_at(proof: CauseProof) -> datetime:
    """Since when it waits: it was returned, or asked for."""
    return proof.decided_at if proof.state == ProofState.RETURNED and proof.decided_at else proof.asked_at


def _note(proof: CauseProof) -> str:
    """What happened, and for what is with the customer since when."""
    title = proof.incident.title
    if proof.state == ProofState.HANDED_IN and proof.handed_in_at:
        since = _("handed in on %(day)s") % {"day": day(proof.handed_in_at)}
    elif proof.state == ProofState.ACCEPTED and proof.decided_at:
        since = _("accepted on %(day)s") % {"day": day(proof.decided_at)}
    else:
        return title
    return apart(filter(None, (title, since)))
