"""An edition goes out to vendors: to each that is chosen a mail with its link, and who of them was reached."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Prefetch
from django.utils import timezone

from accounts.models import Membership
from vendors.desk import links, telling
from vendors.models import Acknowledgement, Contact, DeskLink, ExpectationEdition, Tier, Vendor

AT_ONCE = 20  # mails while somebody waits for the page; the next twenty have a press of their own


@dataclass(frozen=True, kw_only=True)
class Addressee:
    """A vendor, and how far an edition is with it. `receivers`: the names of those who get it; nobody where no contact
    has an address. `reached_on`: when one of them was first mailed since it was published; `said`: its last word."""

    vendor: Vendor
    receivers: tuple[str, ...]
    reached_on: date | None
    said: Acknowledgement | None

    @property
    def can_be_reached(self) -> bool:
        return bool(self.receivers)

    @property
    def is_proposed(self) -> bool:
        """The critical ones that were not asked yet."""
        is_new = self.reached_on is None and self.said is None
        return is_new and self.can_be_reached and self.vendor.tier == Tier.CRITICAL


def addressees(
    member: Membership, edition: ExpectationEdition, *, now: datetime, only: Collection[int] | None = None
) -> list[Addressee]:
    """The vendors that are not archived, by name. `only`: those with these keys. Four queries."""
    shown = DeskLink.objects.filter(revoked_at=None).select_related("contact")
    vendors = Vendor.objects.for_member(member).active().order_by("name", "pk")
    rows = vendors.prefetch_related(Prefetch("desk_links", shown, to_attr="shown_links"), "contacts")
    if only is not None:
        rows = rows.filter(pk__in=only)
    given = Acknowledgement.objects.filter(edition=edition, vendor__in=vendors).order_by("at", "pk")
    said = {row.vendor_id: row for row in given}  # the latest of each comes last
    return [_addressee(vendor, edition, said.get(vendor.pk), now) for vendor in rows]


def _addressee(vendor: Vendor, edition: ExpectationEdition, said: Acknowledgement | None, now: datetime) -> Addressee:
    shown: list[DeskLink] = getattr(vendor, "shown_links", [])
    open_ones = _open(shown, now)
    receivers = tuple(link.name for link in open_ones) or tuple(contact.name for contact in _first_contact(vendor))
    reached = [
        moment
        for link in shown
        for moment in (link.sent_at, link.told_at)
        if moment is not None and edition.published_at is not None and moment >= edition.published_at
    ]
    reached_on = timezone.localdate(min(reached)) if reached else None
    return Addressee(vendor=vendor, receivers=receivers, reached_on=reached_on, said=said)


def _open(shown: list[DeskLink], now: datetime) -> list[DeskLink]:
    return [link for link in shown if link.expires_at > now and link.email]


def _first_contact(vendor: Vendor) -> list[Contact]:
    return [contact for contact in vendor.contacts.all() if contact.email][:1]


def send(member: Membership, vendor: Vendor, *, now: datetime) -> bool:
    """Mail this vendor that something waits for its word: to all who have a link that opens, by that link; else to its
    first contact with an address, by a new one. Whether anybody was reached. Not within a transaction."""
    shown = list(DeskLink.objects.filter(vendor=vendor, revoked_at=None).select_related(*links.RELATED))
    if open_ones := _open(shown, now):
        told = [telling.tell(link, asker=member.user, now=now) for link in open_ones]  # each of them
        return any(told)
    for contact in _first_contact(vendor):
        ended = next((link for link in shown if link.contact_id == contact.pk), None)
        link, token = links.LIFE.renew(member, ended, now=now) if ended else links.create(member, contact, now=now)
        return telling.send(link, token, asker=member.user, now=now)
    return False
