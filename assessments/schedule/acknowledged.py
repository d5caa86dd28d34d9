"""What vendors say to the expectations, for those who keep the register: to talk about it, or to ask once more."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta

from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.access import Right, may
from accounts.models import Membership
from assessments.schedule.items import Item, ItemKind, Subject
from groundwork.words import day
from vendors.expectations.sheet import edition_in_force
from vendors.models import Acknowledgement, DeskLink, ExpectationEdition, Vendor

PATIENCE = timedelta(days=14)  # after which a vendor that was written to and says nothing is asked once more
TALK: Promise = gettext_lazy("Talk with the vendor about what you expect")
ASK_AGAIN: Promise = gettext_lazy("Ask the vendor again for its word on what you expect")


def to_see_to(member: Membership, today: date) -> Iterator[Item]:
    """Of the edition in force. What a member noted of a talk is seen to already. Three queries."""
    if not may(member, Right.EDIT_VENDORS):
        return
    edition = edition_in_force(member.organisation_id, today)
    if edition is None:
        return
    given = Acknowledgement.objects.for_member(member).filter(edition=edition).order_by("at", "pk")
    said = {row.vendor_id: row for row in given.select_related("vendor")}  # the latest of each comes last
    for row in said.values():
        if row.recorded_by_id is None and not row.accepts_all and row.vendor.archived_at is None:
            yield _talk(row)
    for vendor, asked_at in _asked(member, edition, today).items():
        if vendor.pk not in said:
            yield _unanswered(vendor, edition, asked_at)


def _asked(member: Membership, edition: ExpectationEdition, today: date) -> dict[Vendor, datetime]:
    """The vendors that were written to so long ago, and when that was first, since the edition was published."""
    links = DeskLink.objects.for_member(member).filter(revoked_at=None, vendor__archived_at=None)
    first: dict[Vendor, datetime] = {}
    for link in links.select_related("vendor"):
        for moment in (link.sent_at, link.told_at):
            if moment is not None and edition.published_at is not None and moment >= edition.published_at:
                first[link.vendor] = min(moment, first.get(link.vendor, moment))
    return {vendor: at for vendor, at in first.items() if timezone.localdate(at) + PATIENCE <= today}


def _talk(row: Acknowledgement) -> Item:
    return Item(
        kind=ItemKind.EXPECTATION_TALK,
        key=f"expectation-talk-{row.pk}",
        action=str(TALK),
        vendor=row.vendor,
        about=row.vendor.name,
        subject=Subject.of(row, day="on", since=row.at),
        url=f"{row.vendor.get_absolute_url()}#expected",
        due_on=None,
        is_late=False,
        detail=_("%(name)s acknowledged it on %(day)s, with something to talk about")
        % {"name": row.by, "day": day(row.on)},
        asked_at=row.at,
    )


def _unanswered(vendor: Vendor, edition: ExpectationEdition, asked_at: datetime) -> Item:
    return Item(
        kind=ItemKind.EXPECTATION_UNANSWERED,
        key=f"expectation-unanswered-{edition.pk}-{vendor.pk}",
        action=str(ASK_AGAIN),
        vendor=vendor,
        about=vendor.name,
        subject=Subject.of(edition, day="in_force_from", since=edition.created_at),
        url=reverse("desk_links", args=[vendor.pk]),
        due_on=None,
        is_late=False,
        detail=_("It was written to on %(day)s and has not answered") % {"day": day(asked_at)},
        asked_at=asked_at + PATIENCE,
    )
