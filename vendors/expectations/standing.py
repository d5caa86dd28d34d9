"""Which edition a vendor got, and what it said to it: words and days, which whoever still judges may read, too."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils import timezone

from groundwork.together import Lookup
from manifesto.models import RULE_KEYS
from vendors.measures.cards import rule_names
from vendors.models import Acknowledgement, AcknowledgementQuerySet, DeskLink, ExpectationEdition, Stance


@dataclass(frozen=True, kw_only=True)
class Talk:
    """A rule that a vendor wants to talk about; `comment` as it wrote it, perhaps nothing."""

    rule: str
    number: int
    name: str
    comment: str


@dataclass(frozen=True, kw_only=True)
class Said:
    """That a vendor has read an edition: `number` which, `on` which day, `by` whom."""

    number: int
    on: date
    by: str
    talks: tuple[Talk, ...]


@dataclass(frozen=True, kw_only=True)
class ToldVendor:
    """`edition`: what is in force. `sent_on`: when it was first sent to this vendor, None where it was not. `said`: its
    last word, which may be about an earlier edition."""

    edition: ExpectationEdition
    sent_on: date | None
    said: Said | None

    @property
    def is_said(self) -> bool:
        """It acknowledged this edition, not an earlier one."""
        return self.said is not None and self.said.number == self.edition.number


def told_vendors(organisation: int, vendors: Collection[int], today: date) -> dict[int, ToldVendor]:
    """By key, each of these vendors of an organisation (both by their keys); none where nothing is in force. However
    many vendors, one query, and two where one of them wants to talk."""
    return told_vendors_in(organisation, vendors, today).now() if vendors else {}


def told_vendors_in(organisation: int, vendors: Collection[int], today: date) -> Lookup[dict[int, ToldVendor]]:
    """The same, to be read with what else a page shows."""
    in_force = ExpectationEdition.objects.filter(organisation=organisation).in_force(today)[:1]
    mailed = DeskLink.objects.filter(vendor__in=vendors).order_by().values_list("vendor", "sent_at", "told_at")
    replies = _acknowledged(vendors, today)

    def told() -> dict[int, ToldVendor]:
        edition = next(iter(in_force), None)
        return {} if edition is None else _told(vendors, edition, _sent(mailed, edition), _newest(replies))

    return Lookup(reads=(in_force, mailed, replies), told=told)


def _told(
    vendors: Collection[int],
    edition: ExpectationEdition,
    sent: Mapping[int, date],
    said: Mapping[int, Acknowledgement],
) -> dict[int, ToldVendor]:
    wished = any(reply.get("stance") == Stance.DISCUSSES for row in said.values() for reply in row.replies.values())
    names = rule_names() if wished else {}
    return {
        pk: ToldVendor(edition=edition, sent_on=sent.get(pk), said=_said(said[pk], names) if pk in said else None)
        for pk in vendors
    }


def acknowledged(vendors: Collection[int], today: date) -> dict[int, Acknowledgement]:
    """By vendor its last word by that day about an edition in force by then, the newest edition first. One query."""
    return _newest(_acknowledged(vendors, today))


def _acknowledged(vendors: Collection[int], today: date) -> AcknowledgementQuerySet:
    rows = Acknowledgement.objects.filter(vendor__in=vendors, on__lte=today, edition__in_force_from__lte=today)
    return rows.select_related("edition").order_by()


def _newest(rows: Iterable[Acknowledgement]) -> dict[int, Acknowledgement]:
    in_order = sorted(rows, key=lambda row: (row.edition.number, row.at, row.pk))
    return {row.vendor_id: row for row in in_order}


def _sent(mailed: Iterable[tuple[int, Any, Any]], edition: ExpectationEdition) -> dict[int, date]:
    """The day of the first mail with a link of the vendor since the edition was published."""
    first: dict[int, date] = {}
    for pk, *moments in mailed:
        for moment in filter(None, moments):
            if edition.published_at is not None and moment >= edition.published_at:
                day = timezone.localdate(moment)
                first[pk] = min(day, first.get(pk, day))
    return first


def _said(row: Acknowledgement, names: Mapping[str, str]) -> Said:
    return Said(number=row.edition.number, on=row.on, by=row.by, talks=_talks(row.replies, names))


def _talks(replies: Mapping[str, Mapping[str, str]], names: Mapping[str, str]) -> tuple[Talk, ...]:
    """In the order of the rules."""
    return tuple(
        Talk(rule=rule, number=number, name=names.get(rule, ""), comment=replies[rule].get("comment", ""))
        for number, rule in enumerate(RULE_KEYS, start=1)
        if replies.get(rule, {}).get("stance") == Stance.DISCUSSES
    )
