"""Proofs that an organisation asks for by itself after critical incidents, where it has switched that on.

Only what is over since then, so that nobody is asked for last year’s; and a day after it was last written, so that a
wrong import can be undone first.
"""

from __future__ import annotations

from datetime import datetime

from django.utils import timezone

from vendors.models import Contact, DeskLink, Incident, ProofStepKind
from vendors.proofs import due, transitions
from vendors.proofs.telling import tell_vendor
from vendors.proofs.transitions import NotPossible

AT_ONCE = 50  # incidents a run; the next run takes the next ones


def ask_due(now: datetime) -> int:
    """Ask for each proof that is due to be asked for, once, and tell the contact; how many. Safe to run twice, or in
    two places at once."""
    found = Incident.objects.to_be_proven(now).select_related("vendor", "service").order_by("opened_at", "pk")
    return sum(_ask(incident, now) for incident in found[:AT_ONCE])


def _ask(incident: Incident, now: datetime) -> bool:
    """False where somebody was quicker."""
    term = due.term_of(incident, timezone.localdate(now))
    contact = proposed_contact(incident)
    try:
        proof = transitions.ask(
            None, incident, contact=contact, owner=None, days=term.days, due_on=term.due_on, now=now
        )
    except NotPossible:
        return False
    tell_vendor(None, proof, ProofStepKind.ASKED, now=now)  # who has no link is sent one by a person
    return True


def proposed_contact(incident: Incident) -> Contact | None:
    """Whom to ask: who has a link already, else the first with an address. None: nobody."""
    contacts = Contact.objects.filter(vendor=incident.vendor_id).exclude(email="")
    linked = DeskLink.objects.filter(vendor=incident.vendor_id, revoked_at=None, contact__isnull=False)
    return contacts.filter(pk__in=linked.values("contact")).first() or contacts.first()
