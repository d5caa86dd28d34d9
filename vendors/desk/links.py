"""Links by which a vendor's contacts come to its desk: made, sent, sent again, extended, withdrawn."""

from __future__ import annotations

from datetime import datetime

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.access import Right, may, roles_with
from accounts.mailed_links.lifecycle import FIELDS, Lifecycle
from accounts.mailed_links.links import end_after
from accounts.models import Membership, User, new_token
from accounts.trail import audit
from groundwork.refusals import Refusal
from vendors.models import Contact, DeskLink, Vendor

DEFAULT_DAYS = 180
RELATED = ("vendor__organisation", "contact", "created_by")
HAS_ONE: Promise = _("%(name)s has a link already: send that one again, or extend it.")


class NotNow(Refusal):
    """What stands of the link does not allow this; the message says why, to a person."""


def _hold(link: DeskLink) -> Vendor:
    return hold_vendor(link.vendor_id)


def hold_vendor(vendor_id: int) -> Vendor:
    """The vendor, held until the transaction ends."""
    rows = Vendor.objects.select_for_update(no_key=True, of=("self",)).select_related("organisation")
    return rows.get(pk=vendor_id)


def _hold_for(member: Membership, vendor: Vendor) -> Vendor:
    if not may(member, Right.EDIT_VENDORS) or vendor.organisation_id != member.organisation_id:
        raise PermissionDenied
    return hold_vendor(vendor.pk)


def _until(link: DeskLink, now: datetime) -> datetime:
    return link.expires_at if link.expires_at > now else end_after(DEFAULT_DAYS, now)


LIFE: Lifecycle[DeskLink] = Lifecycle(
    model=DeskLink,
    related=RELATED,
    verb="desk_link",
    route="desk_link",
    refusal=NotNow,
    hold=_hold,
    lock=lambda member, link: _hold_for(member, link.vendor),
    until=_until,
)


def create(
    member: Membership, contact: Contact, *, expires_at: datetime | None = None, now: datetime
) -> tuple[DeskLink, str]:
    """A link for this contact to its vendor's desk, and its token, which is not kept. NotNow where it has one."""
    with transaction.atomic():
        vendor = _hold_for(member, contact.vendor)
        if DeskLink.objects.filter(vendor=vendor, contact=contact, revoked_at=None).exists():
            raise NotNow(HAS_ONE % {"name": contact.name})
        token, hashed = new_token()
        link = DeskLink.objects.create(
            vendor=vendor,
            contact=contact,
            name=contact.name,
            email=contact.email,
            language=contact.language,
            token_hash=hashed,
            expires_at=expires_at or end_after(DEFAULT_DAYS, now),
            created_by=member.user,
            created_at=now,
        )
        audit.record(member.user, "desk_link.created", link, after=audit.snapshot(link, FIELDS))
    return link, token


def keep_open(link: DeskLink, end: datetime) -> None:
    """It ends no earlier than what its holder is asked for, which may be later than it was made for."""
    with transaction.atomic():
        _hold(link)
        if end > link.expires_at:
            LIFE.prolong(link, end, by=None)


# Looking --------------------------------------------------------------------------------------------------------
def of_vendor(member: Membership, vendor: Vendor) -> list[DeskLink]:
    """All that were ever made for this vendor, with contact and maker. One query."""
    return list(DeskLink.objects.for_member(member).filter(vendor=vendor).select_related(*RELATED))


def of_contact(contact: Contact) -> DeskLink | None:
    """The one that was not withdrawn, its time over or not. One query."""
    return LIFE.rows().filter(vendor=contact.vendor_id, contact=contact, revoked_at=None).first()


def asker_of(link: DeskLink) -> User | None:
    """To whom its holder can write: whoever made it while they are a member, else somebody who looks after the vendors,
    else nobody. One query while the first is there."""
    members = Membership.objects.active().filter(organisation=link.vendor.organisation_id, user__is_active=True)
    if link.created_by is not None and members.filter(user=link.created_by).exists():
        return link.created_by
    able = members.filter(role__in=roles_with(Right.EDIT_VENDORS)).select_related("user").order_by("pk")
    return next((member.user for member in able[:1]), None)
