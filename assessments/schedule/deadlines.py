"""What must be decided or renewed by a day: contracts, papers that expire, and assessments to start in time."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import date, timedelta

from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.access import Right, may
from accounts.models import Membership
from assessments.schedule.holders import able_users
from assessments.schedule.items import Item, ItemKind, Subject
from assessments.schedule.milestones import DAYS_BEFORE, LONG_BEFORE
from groundwork.words import day
from vendors.contracts.decisions import Deadline, DeadlineKind, upcoming
from vendors.contracts.offers import Offer, offers_for
from vendors.models import Contract, Paper

SOON = timedelta(days=LONG_BEFORE[0])
START_SOON = timedelta(days=30)  # before the day on which an assessment is to be started
KINDS = {DeadlineKind.CONTRACT: ItemKind.CONTRACT, DeadlineKind.PAPER: ItemKind.PAPER}
MODELS = {DeadlineKind.CONTRACT: (Contract, "decide_by"), DeadlineKind.PAPER: (Paper, "expires_on")}


def to_decide(member: Membership, today: date, *, ahead: timedelta | None) -> Iterator[Item]:
    """For whoever looks after it; where nobody does, for those who keep the register, and to start an assessment, for
    those who assess. The same few queries however many there are."""
    if not may(member, Right.READ):
        return
    deadlines = upcoming(member.organisation, today + (ahead or SOON))
    offers = offers_for(member, today) if may(member, Right.ASSESS) else {}
    if not deadlines and not offers:
        return
    yield from _of_deadlines(member, deadlines, today)
    yield from _of_offers(member, offers, today, START_SOON if ahead is None else ahead)


def _of_deadlines(member: Membership, deadlines: Iterable[Deadline], today: date) -> Iterator[Item]:
    present = able_users(member, Right.READ)
    for deadline in deadlines:
        if _is_theirs(member, deadline.owner, present, Right.EDIT_VENDORS):
            yield _deadline(deadline, today)


def _of_offers(member: Membership, offers: Mapping[int, Offer], today: date, ahead: timedelta) -> Iterator[Item]:
    assessing = able_users(member, Right.ASSESS) if offers else set()
    for offer in offers.values():
        if offer.start_by <= today + ahead and _is_theirs(member, offer.contract.owner_id, assessing, Right.ASSESS):
            yield _start(offer)


def item_of(contract: Contract, today: date) -> Item | None:
    """Of one contract; None where nothing is to be decided about it. Two queries."""
    if contract.decide_by is None:
        return None
    open_ones = upcoming(contract.vendor.organisation, contract.decide_by)
    found = (one for one in open_ones if one.kind == DeadlineKind.CONTRACT and one.pk == contract.pk)
    return next((_deadline(one, today) for one in found), None)


def _is_theirs(member: Membership, owner: int | None, able: set[int], otherwise: Right) -> bool:
    if owner is not None and owner in able:
        return owner == member.user_id
    return may(member, otherwise)


def _deadline(deadline: Deadline, today: date) -> Item:
    model, field = MODELS[deadline.kind]
    return Item(
        kind=KINDS[deadline.kind],
        key=deadline.key,
        action=deadline.words,
        vendor=deadline.vendor,
        about=deadline.name,
        subject=Subject(label=model._meta.label_lower, pk=deadline.pk, day=field, since=deadline.vendor.created_at),
        url=deadline.url,
        due_on=deadline.day,
        is_late=deadline.day < today,
        detail=deadline.kind_of_paper,
        days_before=LONG_BEFORE,
    )


def _start(offer: Offer) -> Item:
    contract = offer.contract
    said = {"contract": contract.reference, "day": day(contract.decide_by) if contract.decide_by else ""}
    return Item(
        kind=ItemKind.START,
        key=f"start-{contract.pk}",
        action=_("Start the assessment"),
        vendor=contract.vendor,
        about=contract.reference,
        subject=Subject.of(contract, day="decide_by", since=contract.created_at),
        url=f"{reverse('assessment_add')}?vendor={contract.vendor_id}",
        due_on=offer.start_by,
        is_late=offer.is_late,
        detail=_("The contract %(contract)s must be decided by %(day)s") % said,
        days_before=DAYS_BEFORE,
    )
