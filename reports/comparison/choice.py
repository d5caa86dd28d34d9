"""Which vendors are compared, by which scorecards, and in which order: all of it stands in the address."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from django.db.models import Exists, OuterRef
from django.http import Http404, QueryDict
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from accounts.models import Membership
from groundwork.whole_numbers import said
from reports.comparison.keeping import LEAST, MOST
from reports.models import Scorecard
from vendors.models import Vendor, VendorQuerySet
from vendors.withheld import withheld

MANY = 50  # vendors, above which they are searched for, and so many of them are listed
LONGEST_WORDS = 200  # characters of a search; no name is longer
LONGEST = 100  # vendors that an address may name; more were not chosen by hand


@dataclass(frozen=True, kw_only=True)
class ChosenVendor:
    """`card` is the scorecard to compare it by, without its snapshot; None: it has none, or its figures are withheld
    from this member. `cards`: all that may be chosen, the latest first."""

    vendor: Vendor
    card: Scorecard | None
    cards: tuple[Scorecard, ...] = ()
    is_withheld: bool = False

    @property
    def is_latest(self) -> bool:
        return self.card is not None and self.card == self.cards[0]


@dataclass(frozen=True, kw_only=True)
class Choice:
    """What an address asks for, in its order."""

    chosen: tuple[ChosenVendor, ...] = ()

    @property
    def is_too_many(self) -> bool:
        return len(self.chosen) > MOST

    @property
    def compared(self) -> tuple[ChosenVendor, ...]:
        """Those that can be compared; empty while they are too few or too many."""
        able = tuple(one for one in self.chosen if one.card is not None)
        return able if len(able) >= LEAST and not self.is_too_many else ()

    @property
    def problem(self) -> str:
        """What to do before anything is compared; empty where something is, or nobody has chosen yet."""
        if not self.chosen or self.compared:
            return ""
        if self.is_too_many:
            return _("At most five vendors fit beside each other: take some away.")
        return _("Two vendors with a scorecard are needed: choose at least one more.")

    @property
    def address(self) -> str:
        return _address(self.chosen)

    def moved_forward(self, place: int) -> str:
        """The address with the vendor at this place one place earlier."""
        order = [*self.chosen]
        order[place - 1 : place + 1] = order[place], order[place - 1]
        return _address(order)

    def without(self, place: int) -> str:
        return _address([*self.chosen[:place], *self.chosen[place + 1 :]])


@dataclass(frozen=True, kw_only=True)
class Offer:
    """Vendors that could be chosen, too. `total`: how many there are, `is_searched`: because they are many."""

    vendors: tuple[Vendor, ...]
    total: int
    is_searched: bool
    words: str = ""

    @property
    def is_cut(self) -> bool:
        return len(self.vendors) == MANY


def read(member: Membership, asked: QueryDict) -> Choice:
    """`?vendor=3&vendor=5&scorecard=17`: an earlier scorecard stands for its vendor, where that one is named. At most
    three queries. Raises Http404 for a vendor that the organisation does not have."""
    keys = list(dict.fromkeys(said(text) for text in asked.getlist("vendor")))
    if None in keys or len(keys) > LONGEST:
        raise Http404
    if not keys:
        return Choice()
    vendors = Vendor.objects.for_member(member).in_bulk(keys)
    if len(vendors) != len(keys):
        raise Http404
    closed = withheld(member)
    cards = _cards(member, [key for key in vendors if key not in closed])
    wanted = {said(text) for text in asked.getlist("scorecard")}
    in_order = [vendors[key] for key in keys if key is not None]
    return Choice(chosen=tuple(_chosen(vendor, cards, wanted, closed) for vendor in in_order))


def offer(member: Membership, chosen: Collection[int], words: str) -> Offer:
    """The active vendors that have a scorecard, but for those that are chosen: all of them, or those with these words
    where there are many. Two queries."""
    able = _able(member)
    total = able.count()
    is_searched = total > MANY
    words = " ".join(words.replace("\x00", " ").split())[:LONGEST_WORDS]  # no database looks for the sign of nothing
    found = able.matching(words) if words and is_searched else able
    listed = found.exclude(pk__in=chosen).only("name", "tier", "organisation")[:MANY]
    return Offer(vendors=tuple(listed), total=total, is_searched=is_searched, words=words if is_searched else "")


def address_of(vendors: Sequence[int], scorecards: Sequence[int] = ()) -> str:
    """Of the page that compares these, in this order; `scorecards`: those that are not the latest of their vendor."""
    pairs = [("vendor", key) for key in vendors] + [("scorecard", key) for key in scorecards]
    return f"{reverse('comparison')}?{urlencode(pairs)}" if pairs else reverse("comparison")


def _address(chosen: Sequence[ChosenVendor]) -> str:
    earlier = [one.card.pk for one in chosen if one.card is not None and not one.is_latest]
    return address_of([one.vendor.pk for one in chosen], earlier)


def _able(member: Membership) -> VendorQuerySet:
    cards = Scorecard.objects.filter(assessment__vendor=OuterRef("pk"))
    vendors: VendorQuerySet = Vendor.objects.for_member(member)
    return vendors.active().filter(Exists(cards))


def _cards(member: Membership, vendors: Collection[int]) -> Mapping[int, list[Scorecard]]:
    """By vendor, the latest first; without their snapshots."""
    cards = Scorecard.objects.for_member(member).filter(assessment__vendor__in=vendors).without_snapshot()
    found: dict[int, list[Scorecard]] = {}
    for card in cards.select_related("assessment").order_by("-approved_at", "-pk"):
        found.setdefault(card.assessment.vendor_id, []).append(card)
    return found


def _chosen(
    vendor: Vendor, cards: Mapping[int, list[Scorecard]], wanted: Collection[int | None], closed: Collection[int]
) -> ChosenVendor:
    own = tuple(cards.get(vendor.pk, ()))
    card = next((card for card in own if card.pk in wanted), own[0] if own else None)
    return ChosenVendor(vendor=vendor, card=card, cards=own, is_withheld=vendor.pk in closed)
