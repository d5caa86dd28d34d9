"""Whoever follows a proof of cause up learns that the vendor has handed it in: it waits to be read."""

from __future__ import annotations

from accounts import mail
from accounts.access import Right, may, roles_with
from accounts.models import Membership, User
from assessments.preferences import tell
from vendors.models import CauseProof, DeskLink
from vendors.withheld import is_withheld


def tell_handed_in(sender: object, proof: CauseProof, link: DeskLink, **__: object) -> None:
    """One mail a person, without a word of the proof itself; none to whoever still judges the vendor."""
    organisation = proof.organisation
    context = {
        "proof": proof,
        "incident": proof.incident,
        "vendor": proof.vendor,
        "contact": link.name,
        "is_again": proof.first_handed_in_at != proof.handed_in_at,
        "url": mail.page_address(proof.get_absolute_url(), organisation),
    }
    for user in _receivers(proof):
        tell(user, "assessments/schedule/email/proof_handed_in", context)


def _receivers(proof: CauseProof) -> list[User]:
    """Its owner while they can read it, else whoever looks after the vendors."""
    members = Membership.objects.active().filter(organisation=proof.organisation_id, user__is_active=True)
    rows = members.select_related("user", "organisation").order_by("pk")
    owner = rows.filter(user=proof.owner_id).first() if proof.owner_id else None
    if owner is not None and may(owner, Right.READ):
        found = [owner]
    else:
        found = list(rows.filter(role__in=roles_with(Right.EDIT_VENDORS)))
    return [member.user for member in found if not is_withheld(member, proof.vendor)]
