"""Links by which a vendor's contact reads what the vendor promised: made, sent, sent again, extended, withdrawn.

Every change holds the vendor, so that of two who act at once the second sees what the first did.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Max
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.access import Right, may
from accounts.mailed_links import links as mailed_links
from accounts.mailed_links.links import LONGEST, end_after, end_for
from accounts.models import Membership, User, new_token
from accounts.trail import audit
from assessments.models import Commitment, CommitmentLink
from assessments.preferences import first_within_reach
from groundwork.refusals import Refusal
from vendors.models import Contact, Vendor

DEFAULT_DAYS = 180
SEEN_AT_MOST_EVERY = timedelta(minutes=1)
FIELDS = ("name", "email", "language", "expires_at")
RELATED = ("vendor__organisation", "contact", "created_by")

HAS_ONE: Promise = _("%(name)s has a link to the commitments already: send that one again, or extend it.")
NO_LONGER: Promise = _("This link was withdrawn: make a new one instead.")
NOTHING_TO_SHOW: Promise = _("There is no commitment yet that could be shown. Propose one first, then show it.")


class NotNow(Refusal):
    """What stands of the link or of the commitments does not allow this; the message says why, to a person."""


# Finding and admitting ------------------------------------------------------------------------------------------
def find(token: str) -> CommitmentLink | None:
    return mailed_links.find(CommitmentLink.objects.select_related(*RELATED), token)


def load(pk: int) -> CommitmentLink | None:
    """The link of an id with vendor, organisation and contact; one query."""
    return CommitmentLink.objects.select_related(*RELATED).filter(pk=pk).first()


def note_opened(link: CommitmentLink, *, now: datetime) -> bool:
    """The contact comes in by the link. False where it was sent again or withdrawn in this very moment."""
    with transaction.atomic():
        _hold(link.vendor_id)
        row = CommitmentLink.objects.open(now).filter(pk=link.pk, token_hash=link.token_hash).first()
        if row is None:
            return False
        is_first = row.opened_at is None
        row.opened_at, row.seen_at = row.opened_at or now, now
        row.save(update_fields=["opened_at", "seen_at"])
        if is_first:
            audit.record(audit.Outsider(label=row.signature), "commitment_link.opened", row)
    return True


def note_seen(link: CommitmentLink, *, now: datetime) -> None:
    """Keep when the link was last used; one write a minute is enough."""
    if link.seen_at is None or link.seen_at <= now - SEEN_AT_MOST_EVERY:
        CommitmentLink.objects.filter(pk=link.pk).update(seen_at=now)


# Making, changing, withdrawing ----------------------------------------------------------------------------------
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


def renew(member: Membership, link: CommitmentLink, *, now: datetime) -> tuple[CommitmentLink, str]:
    """Another token for a link; the earlier one and every cookie that it gave are dead from here on.

    It goes to the contact's address of today: a mistyped one may have been put right. One that had expired is valid
    anew.
    """
    with transaction.atomic():
        row = _locked(member, link)
        receiver = row.contact or row
        end = row.expires_at if row.expires_at > now else end_after(DEFAULT_DAYS, now)
        token = mailed_links.renew(
            row,
            "commitment_link.renewed",
            by=member.user,
            expires_at=at_least_until_due(row.vendor, end),
            told=FIELDS,
            issue=row.issue + 1,
            name=receiver.name,
            email=receiver.email,
        )
    return row, token


def extend(member: Membership, link: CommitmentLink, *, expires_at: datetime, now: datetime) -> CommitmentLink:
    """Valid until another moment to come; the link in the contact's mailbox goes on working."""
    with transaction.atomic():
        row = _locked(member, link)
        if not now < expires_at <= now + LONGEST:
            raise NotNow(_("Choose a day to come, at most a year from now."))
        before, row.expires_at = {"expires_at": row.expires_at}, expires_at
        row.save(update_fields=["expires_at"])
        after = {"expires_at": row.expires_at}
        audit.record(member.user, "commitment_link.extended", row, before=before, after=after)
    return row


def keep_open(link: CommitmentLink) -> None:
    """It ends no earlier than what its holder is told of now is due, and two weeks more."""
    with transaction.atomic():
        _hold(link.vendor_id)
        end = at_least_until_due(link.vendor, link.expires_at)
        if end > link.expires_at:
            before, link.expires_at = {"expires_at": link.expires_at}, end
            link.save(update_fields=["expires_at"])
            audit.record(None, "commitment_link.extended", link, before=before, after={"expires_at": end})


def revoke(member: Membership, link: CommitmentLink, *, now: datetime) -> CommitmentLink:
    """The link and its cookies open nothing any more; what was said by it stays."""
    with transaction.atomic():
        row = _locked(member, link)
        mailed_links.revoke(row, "commitment_link.revoked", by=member.user, now=now)
    return row


def at_least_until_due(vendor: Vendor, end: datetime) -> datetime:
    """No link ends before the last open commitment is due, and two weeks more. One query."""
    last = Commitment.objects.filter(vendor=vendor).open().aggregate(last=Max("due_on"))["last"]
    return end if last is None else max(end, end_for(last))


# Looking --------------------------------------------------------------------------------------------------------
def address(token: str) -> str:
    """What the contact opens."""
    return mailed_links.address("vendor_commitments_link", token)


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


# ----------------------------------------------------------------------------------------------------------------
def _hold(vendor_id: int) -> Vendor:
    return Vendor.objects.select_for_update(no_key=True, of=("self",)).select_related("organisation").get(pk=vendor_id)


def _hold_for(member: Membership, vendor: Vendor) -> Vendor:
    if not may(member, Right.ASSESS) or vendor.organisation_id != member.organisation_id:
        raise PermissionDenied
    return _hold(vendor.pk)


def _locked(member: Membership, link: CommitmentLink) -> CommitmentLink:
    """The link, fresh, while its vendor is held; refused once it was withdrawn."""
    _hold_for(member, link.vendor)
    row = CommitmentLink.objects.select_related(*RELATED).get(pk=link.pk)
    if row.revoked_at is not None:
        raise NotNow(NO_LONGER)
    return row
