"""Links by which a vendor's contact reads what the vendor promised: made, sent, sent again, extended, withdrawn.

Every change holds the vendor, so that of two who act at once the second sees what the first did.
"""

from __future__ import annotations

from datetime import datetime

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Max
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.access import Right, may
from accounts.mailed_links.lifecycle import FIELDS, Lifecycle
from accounts.mailed_links.links import end_after, end_for
from accounts.models import Membership, User, new_token
from accounts.trail import audit
from assessments.models import Commitment, CommitmentLink
from assessments.preferences import first_within_reach
from groundwork.refusals import Refusal
from vendors.models import Contact, Vendor

DEFAULT_DAYS = 180
RELATED = ("vendor__organisation", "contact", "created_by")

HAS_ONE: Promise = _("%(name)s has a link to the commitments already: send that one again, or extend it.")
NOTHING_TO_SHOW: Promise = _("There is no commitment yet that could be shown. Propose one first, then show it.")


class NotNow(Refusal):
    """What stands of the link or of the commitments does not allow this; the message says why, to a person."""


def _hold(vendor_id: int) -> Vendor:
    return Vendor.objects.select_for_update(no_key=True, of=("self",)).select_related("organisation").get(pk=vendor_id)


def _hold_for(member: Membership, vendor: Vendor) -> Vendor:
    if not may(member, Right.ASSESS) or vendor.organisation_id != member.organisation_id:
        raise PermissionDenied
    return _hold(vendor.pk)


def _until(link: CommitmentLink, now: datetime) -> datetime:
    end = link.expires_at if link.expires_at > now else end_after(DEFAULT_DAYS, now)
    return at_least_until_due(link.vendor, end)


def at_least_until_due(vendor: Vendor, end: datetime) -> datetime:
    """No link ends before the last open commitment is due, and two weeks more. One query."""
    last = Commitment.objects.filter(vendor=vendor).open().aggregate(last=Max("due_on"))["last"]
    return end if last is None else max(end, end_for(last))


LIFE: Lifecycle[CommitmentLink] = Lifecycle(
    model=CommitmentLink,
    related=RELATED,
    verb="commitment_link",
    route="vendor_commitments_link",
    refusal=NotNow,
    hold=lambda link: _hold(link.vendor_id),
    lock=lambda member, link: _hold_for(member, link.vendor),
    until=_until,
)
find, load, note_opened = LIFE.find, LIFE.load, LIFE.note_opened
renew, extend, revoke, address = LIFE.renew, LIFE.extend, LIFE.revoke, LIFE.address


def create(
    member: Membership, contact: Contact, *, expires_at: datetime | None = None, now: datetime
) -> tuple[CommitmentLink, str]:
    """A link for this contact to all commitments of its vendor, and its token, which is not kept. NotNow where nothing
    is there to show, or where the contact has one."""
    with transaction.atomic():
        vendor = _hold_for(member, contact.vendor)
        if not Commitment.objects.filter(vendor=vendor).exists():
            raise NotNow(NOTHING_TO_SHOW)
        if CommitmentLink.objects.filter(vendor=vendor, contact=contact, revoked_at=None).exists():
            raise NotNow(HAS_ONE % {"name": contact.name})
        token, hashed = new_token()
        end = expires_at or end_after(DEFAULT_DAYS, now)
        link = CommitmentLink.objects.create(
            vendor=vendor,
            contact=contact,
            name=contact.name,
            email=contact.email,
            language=contact.language,
            token_hash=hashed,
            expires_at=at_least_until_due(vendor, end),
            created_by=member.user,
            created_at=now,
        )
        audit.record(member.user, "commitment_link.created", link, after=audit.snapshot(link, FIELDS))
    return link, token


def keep_open(link: CommitmentLink) -> None:
    """It ends no earlier than what its holder is told of now is due, and two weeks more."""
    with transaction.atomic():
        _hold(link.vendor_id)
        end = at_least_until_due(link.vendor, link.expires_at)
        if end > link.expires_at:
            LIFE.prolong(link, end, by=None)


# Looking --------------------------------------------------------------------------------------------------------
def of_vendor(member: Membership, vendor: Vendor) -> list[CommitmentLink]:
    """All that were ever made for this vendor, with contact and maker. One query."""
    return list(CommitmentLink.objects.for_member(member).filter(vendor=vendor).select_related(*RELATED))


def asker_of(link: CommitmentLink) -> User | None:
    """To whom its holder can write: whoever made it while they are a member, else whoever follows up what is open, else
    nobody. One query while the first is there."""
    organisation = link.vendor.organisation_id
    if (maker := first_within_reach(organisation, link.created_by)) is not None:
        return maker
    rows = Commitment.objects.filter(vendor=link.vendor_id).open().select_related("owner")
    return first_within_reach(organisation, *(row.owner for row in rows))
