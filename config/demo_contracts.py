"""Contracts and papers of the demo, each with its days from today, so that some are always due."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from accounts.models import Membership
from vendors.contracts import changes
from vendors.models import Contract, Paper, TermDecision, Vendor


def load_contracts(
    author: Membership, members: Mapping[str, Membership], vendor: Vendor, data: Mapping[str, Any], today: date
) -> None:
    for entry in data.get("contracts", ()):
        _load_contract(author, members, vendor, dict(entry), today)
    for entry in data.get("papers", ()):
        paper = Paper(vendor=vendor, owner=_owner(members, entry), kind=entry["kind"], name=entry["name"])
        paper.expires_on = today + timedelta(days=entry["expires_in"])
        changes.add_paper(author, paper)


def _load_contract(
    author: Membership, members: Mapping[str, Membership], vendor: Vendor, entry: dict[str, Any], today: date
) -> None:
    contract = Contract(vendor=vendor, reference=entry["reference"], owner=_owner(members, entry))
    contract.ends_on = today + timedelta(days=entry["ends_in"])
    contract.starts_on = contract.ends_on - timedelta(days=3 * 365)
    contract.notice = entry.get("notice")
    contract.renews_months = entry.get("renews_months")
    contract.note = entry.get("note", "")
    changes.add_contract(author, contract, today=today, services=vendor.services.all())
    if "decision" in entry:
        decision = TermDecision(entry["decision"])
        changes.decide(author, contract, decision=decision, reason=entry["reason"], today=today)


def _owner(members: Mapping[str, Membership], entry: Mapping[str, Any]) -> Any:
    return members[entry["owner"]].user if "owner" in entry else None
