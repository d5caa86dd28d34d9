"""Contracts, for other systems; with the router of papers."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from enum import StrEnum
from typing import Annotated, Any
from uuid import UUID

from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _
from ninja import Field, Query, Router, Schema
from ninja.responses import Status

from accounts.api import etags
from accounts.api.endpoints import endpoint
from accounts.api.paging import PageOfList, page
from accounts.api.problems import Fault, invalid
from accounts.api.requests import ApiRequest
from accounts.api.schemas import Changes, Given
from vendors.api import papers
from vendors.api.files import KeptFile, files_out
from vendors.api.rows import held_row, hold_valid, member_names, row_of, standing, told, unknown, user_named, vendor_of
from vendors.api.shapes import Day, Name, Note, Whole
from vendors.contracts import changes
from vendors.contracts.agreed import as_it_stands
from vendors.contracts.forms import OPEN_AGAIN, ContractForm, DecideForm, EndForm
from vendors.contracts.terms import MOST_DAYS, MOST_MONTHS
from vendors.models import Contract, Service, TermDecision, TermUnit, Vendor

router = Router()
router.add_router("", papers.router, tags=["Papers"])
CONTRACTS = Contract.objects.select_related("vendor__organisation")
FORM_FIELDS = (*changes.CONTRACT_FIELDS, "services")


class Running(StrEnum):
    """Which contracts: those that run, those that ended, or both. A contract of an archived vendor does not run."""

    RUNNING = "running"
    ENDED = "ended"
    ALL = "all"


class ContractIn(Given):
    reference: Annotated[Name, Field(max_length=80)]
    starts_on: Day | None = None
    ends_on: Day | None = Field(None, description="Last day of the term that runs; null where it has no end.")
    notice: Annotated[Whole, Field(le=MOST_DAYS)] | None = Field(
        None, description="How long before the end notice must be given, in `notice_unit`; null: not known."
    )
    notice_unit: TermUnit = TermUnit.MONTHS
    renews_months: Annotated[Whole, Field(ge=1, le=MOST_MONTHS)] | None = Field(
        None, description="By how many months it goes on by itself; null: it ends."
    )
    owner: UUID | None = Field(None, description="The member who looks after it.")
    services: Annotated[list[UUID], Field(max_length=500)] = Field([], description="What is supported under it.")
    note: Note = ""


class ContractChanges(ContractIn, Changes):
    """Fields that are left out stay as they are."""


class ContractOut(Schema):
    uuid: UUID
    vendor: UUID
    reference: str
    starts_on: date | None
    ends_on: date | None
    notice: int | None
    notice_unit: TermUnit
    renews_months: int | None
    owner: UUID | None
    services: list[UUID]
    note: str
    decide_by: date | None = Field(description="The last day on which notice can be given for the term that runs.")
    decision: TermDecision | None
    decided_on: date | None
    decided_by: UUID | None
    decision_reason: str
    notice_given_on: date | None
    ended_on: date | None
    files: list[KeptFile]
    created_at: datetime
    updated_at: datetime


class ContractPage(Schema):
    items: list[ContractOut]
    next: str | None


class ContractsWanted(PageOfList):
    vendor: UUID | None = None
    state: Running = Running.RUNNING
    decide_until: Day | None = Field(None, description="Undecided, and to be decided by that day.")
    owner: UUID | None = None


class DecisionIn(Given):
    decision: TermDecision | None = Field(description="About the term that runs; null: it is open again.")
    reason: Note = Field("", description="Needed with a decision.")
    notice_given_on: Day | None = Field(None, description="Of one that is to end and would renew by itself.")


class EndIn(Given):
    ended_on: Day | None = Field(description="Today or an earlier day; null: it runs after all.")


# Reading ---------------------------------------------------------------------------------------------------------
def _contracts_out(request: ApiRequest, rows: Sequence[Contract]) -> list[ContractOut]:
    """One query for the members whom they name, beside what was fetched with them."""
    users = [user for row in rows for user in (row.owner_id, row.decided_by_id)]
    names = member_names(request.member, users)
    return [
        ContractOut(
            uuid=row.uuid,
            vendor=row.vendor.uuid,
            reference=row.reference,
            starts_on=row.starts_on,
            ends_on=row.ends_on,
            notice=row.notice,
            notice_unit=TermUnit(row.notice_unit),
            renews_months=row.renews_months,
            owner=names.get(row.owner_id),
            services=[service.uuid for service in row.services.all()],
            note=row.note,
            decide_by=row.decide_by,
            decision=TermDecision(row.decision) if row.decision else None,
            decided_on=row.decided_on,
            decided_by=names.get(row.decided_by_id),
            decision_reason=row.decision_reason,
            notice_given_on=row.notice_given_on,
            ended_on=row.ended_on,
            files=files_out(row.files.all()),
            created_at=row.created_at,
            updated_at=row.updated_at,
        )
        for row in rows
    ]


def _matching(request: ApiRequest, wanted: ContractsWanted) -> Q:
    found = Q()
    if wanted.vendor is not None:
        found &= Q(vendor__uuid=wanted.vendor)
    if wanted.owner is not None:
        found &= Q(owner=user_named(request.member, wanted.owner, "?owner"))
    if wanted.decide_until is not None:
        found &= Q(decision="", decide_by__lte=wanted.decide_until)
    return found


@endpoint(router, "GET", "/contracts", "contract_list", ContractPage, problems=(422,))
def contract_list(request: ApiRequest, wanted: Query[ContractsWanted]) -> dict[str, object]:
    """Contracts, with the day by which each must be decided.

    Those that run unless `state` asks for others, in the order in which they were added."""
    rows = CONTRACTS.for_member(request.member).filter(_matching(request, wanted))
    if wanted.state is Running.RUNNING:
        rows = rows.running()
    elif wanted.state is Running.ENDED:
        rows = rows.exclude(ended_on=None)
    items, after = page(rows.prefetch_related("services", "files"), wanted)
    return {"items": _contracts_out(request, items), "next": after}


@endpoint(router, "GET", "/contracts/{uuid:contract}", "contract_detail", ContractOut, is_versioned=True)
def contract_detail(request: ApiRequest, contract: UUID) -> ContractOut:
    """A contract, with what is decided about its term."""
    return _shown(request, row_of(request, CONTRACTS, contract))


# Writing ---------------------------------------------------------------------------------------------------------
@endpoint(router, "POST", "/vendors/{uuid:vendor}/contracts", "contract_add", ContractOut, problems=(409,), status=201)
@transaction.atomic
def contract_add(request: ApiRequest, vendor: UUID, said: ContractIn) -> Status[ContractOut]:
    """Add a contract to a vendor.

    The day to decide by follows from its end and its notice. Where its term is over and it renews by itself, the term
    that runs today stands in the answer."""
    of = vendor_of(request, vendor)
    form = _form(request, Contract(vendor=of), of, said)
    contract = changes.add_contract(
        request.member, form.instance, today=timezone.localdate(), services=form.cleaned_data.get("services", ())
    )
    request.answer_headers["Location"] = f"/api/v1/contracts/{contract.uuid}"
    return Status(201, _shown(request, contract))


@endpoint(
    router,
    "PATCH",
    "/contracts/{uuid:contract}",
    "contract_change",
    ContractOut,
    problems=(409, 412),
    is_versioned=True,
)
@transaction.atomic
def contract_change(request: ApiRequest, contract: UUID, said: ContractChanges) -> ContractOut:
    """Change a contract.

    Fields that are left out stay as they are. Another end is another term, about which nothing is decided yet."""
    row = _held(request, contract)
    form = _form(request, row, row.vendor, said)
    changed = changes.change_contract(
        request.member,
        form.instance,
        changed=form.changed_data,
        today=timezone.localdate(),
        services=form.cleaned_data["services"] if "services" in form.changed_data else None,
    )
    return _shown(request, changed)


@endpoint(
    router,
    "PUT",
    "/contracts/{uuid:contract}/decision",
    "contract_decide",
    ContractOut,
    problems=(409, 412),
    is_versioned=True,
)
@transaction.atomic
def contract_decide(request: ApiRequest, contract: UUID, said: DecisionIn) -> ContractOut:
    """Decide about the term that runs.

    Whether the contract goes on or ends after it, and why; null takes the decision back."""
    row = _held(request, contract)
    if said.decision is None and not row.decision:
        return _shown(request, row)
    if said.notice_given_on is not None and row.renews_months is None:
        raise invalid([Fault(path="/notice_given_on", detail=_("It ends by itself: no notice has to be given."))])
    sent = said.model_dump() | {"decision": said.decision or OPEN_AGAIN, "read": as_it_stands(row)}
    form = DecideForm(sent, contract=row)
    hold_valid(form)
    decided = changes.decide(
        request.member,
        row,
        decision=form.decided(),
        reason=form.cleaned_data["reason"],
        today=timezone.localdate(),
        notice_given_on=form.cleaned_data.get("notice_given_on"),
    )
    return _shown(request, decided)


@endpoint(
    router, "PUT", "/contracts/{uuid:contract}/end", "contract_end", ContractOut, problems=(412,), is_versioned=True
)
@transaction.atomic
def contract_end(request: ApiRequest, contract: UUID, said: EndIn) -> ContractOut:
    """Note that a contract has ended, whatever its term says.

    It stays on record, and nothing has to be decided about it any more. null: it runs after all."""
    row = _held(request, contract)
    if said.ended_on is None and row.ended_on is None:
        return _shown(request, row)
    form = EndForm(said.model_dump(), contract=row, today=timezone.localdate())
    hold_valid(form)
    return _shown(request, changes.end_contract(request.member, row, ended_on=form.cleaned_data["ended_on"]))


@endpoint(
    router,
    "DELETE",
    "/contracts/{uuid:contract}",
    "contract_delete",
    None,
    problems=(412,),
    status=204,
    is_versioned=True,
)
@transaction.atomic
def contract_delete(request: ApiRequest, contract: UUID) -> Status[None]:
    """Delete a contract and its files for good.

    Of one that is over, note the end instead: then it stays on record."""
    changes.delete_contract(request.member, _held(request, contract))
    return Status(204, None)


def _held(request: ApiRequest, uuid: UUID) -> Contract:
    row = held_row(request, CONTRACTS, uuid)
    etags.hold_to_tag(request, lambda: told(_contracts_out(request, [row])[0]))
    return row


def _form(request: ApiRequest, row: Contract, vendor: Vendor, said: ContractIn) -> ContractForm:
    sent: dict[str, Any] = said.model_dump(exclude_unset=True)
    if "owner" in sent:
        sent["owner"] = user_named(request.member, said.owner, "/owner")
    if "services" in sent:
        sent["services"] = _keys(vendor, said.services)
    form = ContractForm(
        standing(row, FORM_FIELDS) | sent,
        instance=row,
        member=request.member,
        vendor=vendor,
        today=timezone.localdate(),
    )
    hold_valid(form)
    return form


def _keys(vendor: Vendor, uuids: Sequence[UUID]) -> list[int]:
    found = dict(Service.objects.filter(vendor=vendor, uuid__in=uuids).values_list("uuid", "pk"))
    missing = next((place for place, uuid in enumerate(uuids) if uuid not in found), None)
    if missing is not None:
        raise unknown(f"/services/{missing}")
    return [found[uuid] for uuid in uuids]


def _shown(request: ApiRequest, row: Contract) -> ContractOut:
    out = _contracts_out(request, [row])[0]
    etags.show_tag(request, told(out))
    return out
