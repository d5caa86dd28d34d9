"""Contracts and papers on a vendor's page, and at its head what must be decided first."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import Membership
from groundwork.together import Lookup, attach
from vendors.contracts.offers import Offer, offer_in
from vendors.models import Contract, ContractFile, Paper, Vendor
from vendors.panels import Panel


def contract_panel(member: Membership, vendor: Vendor) -> Lookup[Panel]:
    today = timezone.localdate()
    rows = vendor.contracts.select_related("owner").order_by()
    papers = Paper.objects.filter(vendor=vendor).current().select_related("owner").order_by()
    files = ContractFile.objects.filter(vendor=vendor).order_by()
    offer = offer_in(member, vendor, today)

    def told() -> Panel:
        kept = sorted(files, key=lambda one: one.pk)
        attach(rows, "files", ((one.contract_id, one) for one in kept if one.contract_id))
        attach(papers, "files", ((one.paper_id, one) for one in kept if one.paper_id))
        contracts = sorted(rows, key=lambda one: (one.decide_by or date.max, one.reference))
        of_vendor = sorted(papers, key=lambda one: (one.expires_on or date.max, one.name))
        return _panel(vendor, contracts, of_vendor, offer.told(), today)

    return Lookup(reads=(rows, papers, files, *offer.reads), told=told)


def _panel(
    vendor: Vendor, contracts: Sequence[Contract], papers: Sequence[Paper], offer: Offer | None, today: date
) -> Panel:
    running = [contract for contract in contracts if contract.ended_on is None]
    first = _first_to_decide(running) if vendor.archived_at is None else None
    context = {
        "vendor": vendor,
        "running": running,
        "ended": [contract for contract in contracts if contract.ended_on is not None],
        "papers": papers,
        "expired": {paper.pk for paper in papers if paper.expires_on is not None and paper.expires_on < today},
        "first": first,
        "is_past": _is_past(first, today),
        "today": today,
        "offer": offer if first else None,
    }
    return Panel(
        template="vendors/contracts/_contract_panel.html",
        head="vendors/contracts/_contract_head.html" if first else "",
        anchor="contracts",
        label=_("Contracts and papers"),
        context=context,
    )


def _first_to_decide(contracts: Sequence[Contract]) -> Contract | None:
    open_ones = [one for one in contracts if one.decide_by is not None and not one.decision]
    return min(open_ones, key=lambda one: (one.decide_by or date.max, one.pk), default=None)


def _is_past(contract: Contract | None, today: date) -> bool:
    return contract is not None and contract.decide_by is not None and contract.decide_by < today
