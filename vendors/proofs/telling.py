"""The vendor learns what becomes of its proof: asked for, returned, accepted. One mail each, in the contact's language.

Nothing here is within a transaction: what was decided stands, whether or not a mail goes out.
"""

from __future__ import annotations

from datetime import datetime

from accounts.access import Right, may
from accounts.mailed_links.links import end_for
from accounts.models import LinkState, Membership
from groundwork.refusals import Refusal
from vendors.desk import links
from vendors.desk import telling as desk
from vendors.models import CauseProof, DeskLink, ProofStepKind

EMAIL = "vendors/proofs/email/"
TEMPLATES: dict[str, str] = {
    ProofStepKind.ASKED: "proof_asked",
    ProofStepKind.RETURNED: "proof_returned",
    ProofStepKind.ACCEPTED: "proof_accepted",
}
WAITS = frozenset({ProofStepKind.ASKED, ProofStepKind.RETURNED})  # the vendor has something to do then


def tell_vendor(member: Membership | None, proof: CauseProof, kind: ProofStepKind, *, now: datetime) -> bool:
    """Write to whoever owes it, and to whoever handed it in last, by the links that they have. Where nobody has one and
    something waits, the contact gets one from the member; no member: the product itself asks, and makes none. False
    where no mail went out: no address, nobody who may make a link, or the mail server does not take it."""
    told = [_write(member, link, proof, kind, now=now) for link in _open_links(proof, now)]
    if told or kind not in WAITS:
        return any(told)
    return _send_a_link(member, proof, now=now)


def _open_links(proof: CauseProof, now: datetime) -> list[DeskLink]:
    """Of the contact who owes it, and of whoever handed it in last."""
    step = proof.steps.filter(kind=ProofStepKind.HANDED_IN).order_by("-at", "-pk").first()
    found = [links.of_contact(proof.contact)] if proof.contact else []
    found += [links.LIFE.load(step.link_id)] if step and step.link_id else []
    reached = {link.pk: link for link in found if link is not None and link.email}
    return [link for link in reached.values() if link.state(now) is LinkState.OPEN]


def _write(member: Membership | None, link: DeskLink, proof: CauseProof, kind: ProofStepKind, *, now: datetime) -> bool:
    if kind in WAITS:
        links.keep_open(link, end_for(proof.due_on))
    asker = member.user if member else links.asker_of(link)
    context = desk.context_of(link, asker, now=now) | {"proof": proof, "incident": proof.incident}
    return desk.write(link, EMAIL + TEMPLATES[kind], context, asker=asker, now=now)


def _send_a_link(member: Membership | None, proof: CauseProof, *, now: datetime) -> bool:
    """A new link, or the one whose time is over again: its mail says what waits, this proof among it."""
    contact = proof.contact
    if member is None or contact is None or not contact.email or not may(member, Right.EDIT_VENDORS):
        return False
    try:
        earlier = links.of_contact(contact)
        made = links.LIFE.renew(member, earlier, now=now) if earlier else links.create(member, contact, now=now)
    except Refusal:  # somebody else made or withdrew one in this very moment: theirs is told of
        return False
    link, token = made
    links.keep_open(link, end_for(proof.due_on))
    return desk.send(link, token, asker=member.user, now=now)
