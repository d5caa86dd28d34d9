"""What a row says of a contract: which one it means, what it would write, and writing it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from copy import copy
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.utils.translation import gettext as _

from accounts.models import AuditEntry, Membership
from accounts.trail import audit
from vendors.contracts.agreed import OF_THE_DECISION, OF_THE_TERM, agreed_of, forget_decision, settle
from vendors.contracts.changes import AGREED_FIELDS
from vendors.contracts.terms import term_on
from vendors.models import Contract, Vendor

WRITTEN = tuple(dict.fromkeys((*AGREED_FIELDS, *OF_THE_TERM, *OF_THE_DECISION)))


@dataclass(frozen=True, kw_only=True)
class ContractChange:
    """`contract_id`: which one it changes, None for a new one; `written`: its fields as they would stand, empty where
    nothing changes; `differences`: column, before and after, in codes; `refused`: a column and why, else empty."""

    written: dict[str, Any] = field(default_factory=dict)
    contract_id: int | None = None
    differences: tuple[tuple[str, str, str], ...] = ()
    refused: tuple[str, str] | None = None


NOTHING = ContractChange()


def key(reference: str) -> str:
    """As the database compares references."""
    return " ".join(reference.split()).lower()


def change_of(given: Mapping[str, Any], there: Mapping[str, Contract], today: date) -> ContractChange:
    """`there`: the vendor's contracts by the key of their reference. What the file leaves out stays; what it tells of a
    term that has renewed since is no change."""
    if not given:
        return NOTHING
    known = there.get(key(given["reference"]))
    meant = _meant(given, known, today)
    if refused := _refused(meant):
        return ContractChange(refused=refused)
    settle(meant, today)
    before = told(known) if known is not None else {}
    after = told(meant)
    differences = tuple(
        (column, before.get(column, ""), said) for column, said in after.items() if before.get(column, "") != said
    )
    if not differences:
        return NOTHING
    return ContractChange(
        written=audit.snapshot(meant, WRITTEN),
        contract_id=known.pk if known is not None else None,
        differences=differences,
    )


def _meant(given: Mapping[str, Any], known: Contract | None, today: date) -> Contract:
    """The contract as the row would have it: the term that runs is not settled yet."""
    if known is None:
        return Contract(**given)
    meant = copy(known)
    for name, value in given.items():
        if name != "reference":  # capitals alone do not rename
            setattr(meant, name, value)
    if "ends_on" in given and known.ends_on is not None:
        meant.ends_on = _end_of(meant, known, given["ends_on"], today)
    if meant.ends_on != known.ends_on:
        forget_decision(meant)
        meant.ended_on = None
    return meant


def _end_of(meant: Contract, known: Contract, ends_on: date, today: date) -> date:
    """A contract that has ended is only opened again by a later end: until then, the file is older than what a person
    noted. Of one that runs, the end of today's term."""
    if known.ended_on is not None and known.ends_on is not None:
        return max(ends_on, known.ends_on)
    term = term_on(agreed_of(meant), today)
    return term.ends_on if term is not None else ends_on


def _refused(meant: Contract) -> tuple[str, str] | None:
    if meant.ends_on is None and meant.renews_months is not None:
        return "contract_renews", _("Say when the term ends that runs, too: it renews on the day after.")
    if meant.starts_on is not None and meant.ends_on is not None and meant.ends_on < meant.starts_on:
        return "contract_end", _("The contract would end before it starts.")
    return None


def told(contract: Contract) -> dict[str, str]:
    """By the columns of a file, in codes that no language changes; what is not known is left out."""
    said = {
        "contract_reference": contract.reference,
        "contract_start": contract.starts_on.isoformat() if contract.starts_on else "",
        "contract_end": contract.ends_on.isoformat() if contract.ends_on else "",
        "contract_notice": "" if contract.notice is None else f"{contract.notice} {contract.notice_unit}",
        "contract_renews": f"{contract.renews_months} months" if contract.renews_months else "",
    }
    return {column: text for column, text in said.items() if text}


# Writing ---------------------------------------------------------------------------------------------------------
def write(member: Membership, found: Sequence[tuple[Vendor, int | None, Mapping[str, Any]]], *, now: datetime) -> None:
    """`found`: of each vendor the contract's id, None for a new one, and its fields as `ContractChange.written`."""
    made = Contract.objects.bulk_create(
        Contract(vendor=vendor, **_columns(fields)) for vendor, pk, fields in found if pk is None
    )
    audit.record_all(
        audit.entry(member.user, "contract.added", one, after=audit.snapshot(one, AGREED_FIELDS)) for one in made
    )
    known = Contract.objects.select_for_update().in_bulk([pk for _vendor, pk, _fields in found if pk is not None])
    audit.record_all(
        [_change(member, vendor, known[pk], fields) for vendor, pk, fields in found if pk is not None and fields]
    )
    for _vendor, pk, fields in found:
        if pk is not None:
            Contract.objects.filter(pk=pk).update(**_columns(fields), updated_at=now)


def _change(member: Membership, vendor: Vendor, contract: Contract, fields: Mapping[str, Any]) -> AuditEntry:
    contract.vendor = vendor
    before = audit.snapshot(contract, fields)
    return audit.entry(member.user, "contract.changed", contract, before=before, after=fields)


def _columns(fields: Mapping[str, Any]) -> dict[str, Any]:
    """For the database: who decided by the id."""
    return {("decided_by_id" if name == "decided_by" else name): value for name, value in fields.items()}
