"""What a vendor did by the link to its desk, told to whomever it concerns: it handed in a proof, it plans a change."""

from __future__ import annotations

from accounts import mail
from accounts.access import Right, may, roles_with
from accounts.models import Membership, User
from assessments.preferences import tell
from vendors.models import CauseProof, ChangeNotice, DeskLink
from vendors.notices.reading import NoticeView, of_notice
from vendors.notices.telling import Word
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


# Planned changes --------------------------------------------------------------------------------------------------
def tell_departments(notice: ChangeNotice, word: Word) -> set[int]:
    """One mail a person; none to whoever still judges the vendor. The keys of the departments in which somebody was
    reached, by mail or, where they wish that, by the summary."""
    view = of_notice(notice)
    organisation = notice.vendor.organisation
    url = mail.page_address(notice.get_absolute_url(), organisation)
    context = {"view": view, "notice": view.notice, "vendor": notice.vendor, "url": url}
    reached: set[int] = set()
    for member in _members(view):
        if member.department_id is None or is_withheld(member, notice.vendor):
            continue
        if tell(member.user, f"assessments/schedule/email/notice_{word}", context):
            reached.add(member.department_id)
    return reached


def _members(view: NoticeView) -> list[Membership]:
    departments = [reader.department_id for reader in view.readers]
    rows = Membership.objects.active().filter(
        organisation=view.notice.vendor.organisation_id,
        department__in=departments,
        user__is_active=True,
        role__in=roles_with(Right.READ),
    )
    return list(rows.select_related("user", "organisation").order_by("pk"))
