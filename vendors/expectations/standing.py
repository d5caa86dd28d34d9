"""Which edition a vendor got, and what it said to it: words and days, which whoever still judges may read, too."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from django.utils import timezone

from manifesto.models import RULE_KEYS
from vendors.expectations.sheet import edition_in_force
from vendors.measures.cards import rule_names
from vendors.models import Acknowledgement, DeskLink, ExpectationEdition, Stance, Vendor


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


def told_vendor(vendor: Vendor, today: date) -> ToldVendor | None:
    """None where nothing is in force. Four queries at most."""
    edition = edition_in_force(vendor.organisation_id, today)
    if edition is None:
        return None
    said = acknowledged(vendor, today)
    return ToldVendor(edition=edition, sent_on=_sent_on(vendor, edition), said=_said(said) if said else None)


def acknowledged(vendor: Vendor, today: date) -> Acknowledgement | None:
    """Its last word by that day about an edition in force by then, the newest edition first."""
    rows = Acknowledgement.objects.filter(vendor=vendor, on__lte=today, edition__in_force_from__lte=today)
    return rows.select_related("edition").order_by("-edition__number", "-at", "-pk").first()


def _sent_on(vendor: Vendor, edition: ExpectationEdition) -> date | None:
    """The first mail with the vendor’s link since the edition was published."""
    told = [
        moment
        for moments in DeskLink.objects.filter(vendor=vendor).values_list("sent_at", "told_at")
        for moment in moments
        if moment is not None and edition.published_at is not None and moment >= edition.published_at
    ]
    return timezone.localdate(min(told)) if told else None


def _said(row: Acknowledgement) -> Said:
    return Said(number=row.edition.number, on=row.on, by=row.by, talks=talks_of(row.replies))


def talks_of(replies: Mapping[str, Mapping[str, str]]) -> tuple[Talk, ...]:
    """In the order of the rules. One query where there are any."""
    wanted = [rule for rule in RULE_KEYS if replies.get(rule, {}).get("stance") == Stance.DISCUSSES]
    names = rule_names() if wanted else {}
    return tuple(
        Talk(
            rule=rule,
            number=RULE_KEYS.index(rule) + 1,
            name=names.get(rule, ""),
            comment=replies[rule].get("comment", ""),
        )
        for rule in wanted
    )
