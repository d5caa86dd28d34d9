"""What vendors say to the expectations, for those who keep the register: to talk about it, or to ask once more."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date, datetime, timedelta

from django.db.models import Exists, F, OuterRef, Subquery
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.access import Right, may
from accounts.models import Membership
from assessments.schedule.items import NOTHING, Asking, Item, ItemKind, Subject, Waiting
from groundwork.together import Lookup
from groundwork.words import day
from vendors.models import (
    Acknowledgement,
    AcknowledgementQuerySet,
    DeskLink,
    DeskLinkQuerySet,
    ExpectationEdition,
    Vendor,
)

PATIENCE = timedelta(days=14)  # after which a vendor that was written to and says nothing is asked once more
TALK: Promise = gettext_lazy("Talk with the vendor about what you expect")
ASK_AGAIN: Promise = gettext_lazy("Ask the vendor again for its word on what you expect")


def to_see_to(asking: Asking) -> Waiting:
    """Of the edition in force. What a member noted of a talk is seen to already."""
    member, today = asking.member, asking.today
    if not may(member, Right.EDIT_VENDORS):
        return NOTHING
    editions = ExpectationEdition.objects.filter(organisation=member.organisation_id).in_force(today)[:1]
    edition = Subquery(editions.values("pk"))
    given, links = _to_talk_about(member, edition), _silent(member, edition)
    return Lookup(reads=(editions, given, links), told=lambda: _items(editions, given, links, today))


def _to_talk_about(member: Membership, edition: Subquery) -> AcknowledgementQuerySet:
    """The latest of each vendor, where that is a word of its own with something to talk about."""
    rows = Acknowledgement.objects.for_member(member).filter(
        edition=edition, recorded_by=None, vendor__archived_at=None
    )
    of_vendor = Acknowledgement.objects.filter(edition=OuterRef("edition"), vendor=OuterRef("vendor"))
    latest = Subquery(of_vendor.order_by("-at", "-pk").values("pk")[:1])
    talks = Acknowledgement.objects.whether_it_talks(OuterRef("vendor"), OuterRef("edition"))
    return rows.annotate(latest=latest, talks=talks).filter(pk=F("latest"), talks=True).select_related("vendor")


def _silent(member: Membership, edition: Subquery) -> DeskLinkQuerySet:
    """Links of vendors that said nothing to the edition and were written to before it may be asked again."""
    said = Acknowledgement.objects.filter(edition=edition, vendor=OuterRef("vendor"))
    links = DeskLink.objects.for_member(member).filter(revoked_at=None, vendor__archived_at=None)
    return links.exclude(sent_at=None, told_at=None).exclude(Exists(said)).select_related("vendor")


def _items(
    editions: Iterable[ExpectationEdition], given: Iterable[Acknowledgement], links: Iterable[DeskLink], today: date
) -> Iterator[Item]:
    for edition in editions:
        for row in sorted(given, key=lambda one: (one.at, one.pk)):
            if not row.accepts_all:
                yield _talk(row)
        for vendor, asked_at in _asked(links, edition, today).items():
            yield _unanswered(vendor, edition, asked_at)


def _asked(links: Iterable[DeskLink], edition: ExpectationEdition, today: date) -> dict[Vendor, datetime]:
    """The vendors that were written to so long ago, and when that was first, since the edition was published."""
    first: dict[Vendor, datetime] = {}
    for link in sorted(links, key=lambda one: one.pk):
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
