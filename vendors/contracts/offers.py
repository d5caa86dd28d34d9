"""An offer to start the assessment in time: before a contract must be decided, with the days that it takes left over.

Vendors come first, so whoever judges them says here how long that takes, and whose assessment is in hand or done.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Exists, OuterRef, Q

from accounts.models import Membership
from groundwork.together import Lookup
from vendors.models import Contract, ContractQuerySet, Vendor

AHEAD = timedelta(days=90)  # before the day to start: what was approved since then is young enough to decide by
LONGEST = 730  # days that an assessment takes, at most: a longer one tells of no habit
WITHOUT_OWN = 60  # days that an assessment takes where an organisation has too few of its own


@dataclass(frozen=True, kw_only=True)
class Lead:
    """How many days an assessment takes: the median of so many of the organisation's own, or, of none, our guess."""

    days: int
    of: int = 0


@dataclass(frozen=True, kw_only=True)
class Offer:
    """Start by `start_by`, so that the contract can be decided by its day."""

    contract: Contract
    start_by: date
    lead: Lead
    today: date

    @property
    def is_late(self) -> bool:
        return self.start_by < self.today


@dataclass(frozen=True, kw_only=True)
class Judged:
    """What is known of the vendors that contracts are with. `in_hand`: the keys of vendors with an assessment that is
    neither approved nor cancelled; `approved`: the day of the last approval, by the vendor's key."""

    lead: Lead
    in_hand: frozenset[int]
    approved: Mapping[int, date]


Judging = Callable[[Membership, Sequence[int]], Lookup[Judged]]  # of vendors, by their keys
NOBODY = Judged(lead=Lead(days=WITHOUT_OWN), in_hand=frozenset(), approved={})
_judging: list[Judging] = []


def register(judging: Judging) -> None:
    """Called once from an app's `ready`."""
    if judging not in _judging:
        _judging.append(judging)


def offer_of(contract: Contract, judged: Judged, today: date) -> Offer | None:
    """None where it is too early or too late to offer anything, or the assessment is in hand or was made."""
    if contract.decide_by is None or contract.decide_by < today:
        return None
    start_by = contract.decide_by - timedelta(days=judged.lead.days)
    if today < start_by - AHEAD or contract.vendor_id in judged.in_hand:
        return None
    approved = judged.approved.get(contract.vendor_id)
    if approved is not None and approved >= start_by - AHEAD:
        return None
    return Offer(contract=contract, start_by=start_by, lead=judged.lead, today=today)


def offers_for(member: Membership, today: date, *, vendors: Collection[int]) -> dict[int, Offer]:
    """Of these vendors, by their keys, for each the contract that must be decided first."""
    contracts = _first_of_each(_open(member, vendors, today)) if vendors else {}
    if not contracts:
        return {}
    judged = _judged(member, list(contracts)).now()
    offers = ((key, offer_of(contract, judged, today)) for key, contract in contracts.items())
    return {key: offer for key, offer in offers if offer is not None}


def offer_in(member: Membership, vendor: Vendor, today: date) -> Lookup[Offer | None]:
    """Of one vendor, to be read with what else its page shows."""
    rows, judged = _open(member, [vendor.pk], today), _judged(member, [vendor.pk])

    def told() -> Offer | None:
        first = min(rows, key=lambda one: (one.decide_by or date.max, one.reference, one.pk), default=None)
        return offer_of(first, judged.told(), today) if first is not None else None

    return Lookup(reads=(rows, *judged.reads), told=told)


def _judged(member: Membership, vendors: Sequence[int]) -> Lookup[Judged]:
    return _judging[0](member, vendors) if _judging else Lookup(reads=(), told=lambda: NOBODY)


def _open(member: Membership, vendors: Collection[int], today: date) -> ContractQuerySet:
    """None that is too far away for any offer."""
    rows = _until(member, today, today + AHEAD + timedelta(days=LONGEST)).filter(vendor__in=vendors)
    return rows.select_related("vendor").order_by("decide_by", "reference", "pk")


def _until(member: Membership, today: date, until: date) -> ContractQuerySet:
    return Contract.objects.for_member(member).to_decide().filter(decide_by__range=(today, until))


def first_to_decide(member: Membership, today: date, until: date) -> ContractQuerySet:
    """Of each vendor the contract that must be decided first, by that day."""
    rows = _until(member, today, until).select_related("vendor")
    same_day = Q(decide_by=OuterRef("decide_by"))
    earlier = Q(decide_by__lt=OuterRef("decide_by")) | same_day & Q(reference__lt=OuterRef("reference"))
    earlier |= same_day & Q(reference=OuterRef("reference"), pk__lt=OuterRef("pk"))
    return rows.exclude(Exists(_until(member, today, until).filter(earlier, vendor=OuterRef("vendor"))))


def _first_of_each(contracts: ContractQuerySet) -> dict[int, Contract]:
    found: dict[int, Contract] = {}
    for contract in contracts:
        found.setdefault(contract.vendor_id, contract)
    return found
