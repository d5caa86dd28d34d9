"""What must be decided or renewed by a day: contracts, papers that expire, and assessments to start in time."""

from __future__ import annotations

from datetime import date, timedelta

from django.db.models import Exists
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.access import Right, may
from accounts.models import Membership
from assessments.schedule.holders import held_by
from assessments.schedule.items import NOTHING, Asking, Item, ItemKind, Subject, Waiting
from assessments.schedule.lead_times import approved_last, in_hand, lead_of
from assessments.schedule.milestones import DAYS_BEFORE, LONG_BEFORE
from groundwork.together import Lookup
from groundwork.words import day
from vendors.contracts.decisions import (
    Deadline,
    DeadlineKind,
    contracts_until,
    deadlines_of,
    papers_until,
    upcoming,
)
from vendors.contracts.offers import Judged, Lead, Offer, first_to_decide, offer_of
from vendors.models import Contract, Paper

SOON = timedelta(days=LONG_BEFORE[0])
START_SOON = timedelta(days=30)  # before the day on which an assessment is to be started
KINDS = {DeadlineKind.CONTRACT: ItemKind.CONTRACT, DeadlineKind.PAPER: ItemKind.PAPER}
MODELS = {DeadlineKind.CONTRACT: (Contract, "decide_by"), DeadlineKind.PAPER: (Paper, "expires_on")}


def to_decide(asking: Asking) -> Waiting:
    """For whoever looks after it; where nobody does, for those who keep the register."""
    member, today, ahead = asking.member, asking.today, asking.ahead
    if not may(member, Right.READ):
        return NOTHING
    until, theirs = today + (ahead or SOON), held_by(member, Right.READ, otherwise=Right.EDIT_VENDORS)
    contracts = contracts_until(member.organisation, until).filter(theirs)
    papers = papers_until(member.organisation, until).filter(theirs)
    return Lookup(
        reads=(contracts, papers),
        told=lambda: [_deadline(one, today) for one in deadlines_of(contracts, papers)],
    )


def to_start(asking: Asking) -> Waiting:
    """For whoever assesses and looks after the contract, and where nobody does, for all who assess. Which contracts
    come into question says how long an assessment takes: one query more, once that is known."""
    member, today, ahead = asking.member, asking.today, asking.ahead
    if not may(member, Right.ASSESS):
        return NOTHING
    lead = lead_of(member.organisation_id)
    until = today + (START_SOON if ahead is None else ahead)
    return Lookup(reads=lead.reads, told=lambda: map(_start, _offers(member, lead.told(), today, until)))


def _offers(member: Membership, lead: Lead, today: date, until: date) -> list[Offer]:
    """Those that begin by then: of each vendor the contract that must be decided first, where it is theirs."""
    contracts = first_to_decide(member, today, until + timedelta(days=lead.days))
    theirs = contracts.filter(held_by(member, Right.ASSESS, otherwise=Right.ASSESS), ~Exists(in_hand("vendor")))
    found = list(theirs.annotate(approved=approved_last("vendor")))
    approved = {one.vendor_id: timezone.localdate(one.approved) for one in found if one.approved is not None}
    judged = Judged(lead=lead, in_hand=frozenset(), approved=approved)
    offers = (offer_of(contract, judged, today) for contract in found)
    return [offer for offer in offers if offer is not None and offer.start_by <= until]


def item_of(contract: Contract, today: date) -> Item | None:
    """Of one contract; None where nothing is to be decided about it. Two queries."""
    if contract.decide_by is None:
        return None
    open_ones = upcoming(contract.vendor.organisation, contract.decide_by)
    found = (one for one in open_ones if one.kind == DeadlineKind.CONTRACT and one.pk == contract.pk)
    return next((_deadline(one, today) for one in found), None)


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
