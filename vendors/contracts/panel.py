"""Contracts and papers on a vendor's page, and at its head what must be decided first."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import Membership
from vendors.contracts.offers import offers_for
from vendors.models import Contract, Paper, Vendor
from vendors.panels import Panel


def contract_panel(member: Membership, vendor: Vendor) -> Panel:
    today = timezone.localdate()
    contracts = list(vendor.contracts.select_related("owner").prefetch_related("files"))
    running = [contract for contract in contracts if contract.ended_on is None]
    papers = list(Paper.objects.filter(vendor=vendor).current().select_related("owner").prefetch_related("files"))
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
        "offer": offers_for(member, today, vendors=[vendor.pk]).get(vendor.pk) if first else None,
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
