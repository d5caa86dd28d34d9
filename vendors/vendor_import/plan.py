"""Vendors from a file: what each row would do to the register as it is now, and the order to do it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import asdict
from datetime import date, datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import Department, Membership
from accounts.trail import audit
from groundwork.words import labelled
from vendors.attachments import clean_name
from vendors.models import Contact, Contract, Service, Vendor, VendorImport
from vendors.vendor_import import contacts, contracts, headings, writing
from vendors.vendor_import import table as tables
from vendors.vendor_import.cells import CellProblem, Cells, read_cells
from vendors.vendor_import.column_changes import CONTACT, ColumnChange
from vendors.vendor_import.contacts import ContactChange
from vendors.vendor_import.contract_cells import DayReader
from vendors.vendor_import.contracts import ContractChange
from vendors.vendor_import.steps import Fate, ImportStep, Plan
from vendors.vendor_import.table import RegisterRow, RegisterTable


class RegisterMoved(Exception):  # noqa: N818 - said as what happened
    """Between the preview and the order to write, somebody changed the register: look again."""


# Reading ---------------------------------------------------------------------------------------------------------
def read(content: bytes) -> RegisterTable:
    """The table in a file; ImportRefused where there is none or where its columns cannot be told."""
    table = tables.read(content)
    headings.check(table.header)
    return table


def keep(member: Membership, table: RegisterTable, *, file_name: str, now: datetime) -> VendorImport:
    """Put the file by, as it was read. Nothing of it is in the register yet."""
    VendorImport.objects.for_member(member).outdated(now).delete()
    content = {
        "header": list(table.header),
        "rows": [asdict(row) for row in table.rows],
        "sheet": table.sheet,
    }
    return VendorImport.objects.create(
        organisation=member.organisation, created_by=member.user, file_name=clean_name(file_name), content=content
    )


def table_of(upload: VendorImport) -> RegisterTable:
    rows = (
        RegisterRow(line=row["line"], cells=tuple(row["cells"]), faulty=tuple(row["faulty"]))
        for row in upload.content["rows"]
    )
    return RegisterTable(header=tuple(upload.content["header"]), rows=tuple(rows), sheet=upload.content["sheet"])


# Planning --------------------------------------------------------------------------------------------------------
def plan_for(member: Membership, table: RegisterTable, *, today: date) -> Plan:
    """What each row would do; five thousand rows take five queries."""
    found = headings.understand(table.header)
    known = _Known.by(member, today)
    read_day = DayReader.of(table.rows, found)
    return Plan(
        headings=found,
        steps=tuple(_step(row.line, read_cells(row, found, read_day), known) for row in table.rows),
    )


class _Known:
    """The register as the rows meet it, and what the rows before have claimed."""

    def __init__(
        self,
        vendors: Iterable[Vendor],
        services: Iterable[tuple[int, str]],
        people: Iterable[Contact],
        departments: Iterable[tuple[int, str]],
        *,
        agreements: Iterable[Contract],
        today: date,
    ) -> None:
        self.today = today
        self.by_reference: dict[str, Vendor] = {}
        self.by_name: dict[str, Vendor] = {}
        self.services: dict[int, set[str]] = {}
        self.contacts: dict[int, list[Contact]] = {}
        self.contracts: dict[int, dict[str, Contract]] = {}
        self.departments: dict[int, str] = dict(departments)
        self.department_of = {contacts.key(name): pk for pk, name in self.departments.items()}
        self.claimed: dict[tuple[str, Any], int] = {}
        self.first: dict[int, Cells] = {}  # by the line that claimed a vendor
        self.told: set[tuple[int, str]] = set()  # that line, and the key of a contract
        for vendor in vendors:
            self.by_name[contacts.key(vendor.name)] = vendor
            if vendor.reference:
                self.by_reference[vendor.reference] = vendor
        for vendor_id, name in services:
            self.services.setdefault(vendor_id, set()).add(contacts.key(name))
        for contact in people:
            self.contacts.setdefault(contact.vendor_id, []).append(contact)
        for contract in agreements:
            self.contracts.setdefault(contract.vendor_id, {})[contracts.key(contract.reference)] = contract

    @classmethod
    def by(cls, member: Membership, today: date) -> _Known:
        return cls(
            Vendor.objects.for_member(member).order_by("pk"),
            Service.objects.for_member(member).order_by("pk").values_list("vendor", "name"),
            Contact.objects.for_member(member).order_by("pk"),
            Department.objects.filter(organisation=member.organisation_id).values_list("pk", "name"),
            agreements=Contract.objects.for_member(member).order_by("pk"),
            today=today,
        )

    def claim(self, line: int, vendor: Vendor | None, cells: Cells) -> int | None:
        """The earlier line that speaks of the same vendor; None: this one is the first, and is noted."""
        fields = cells.fields
        keys: list[tuple[str, Any]] = [("vendor", vendor.pk)] if vendor else []
        if "name" in fields:
            keys.append(("name", contacts.key(fields["name"])))
        if "reference" in fields:
            keys.append(("reference", fields["reference"]))
        for key in keys:
            if key in self.claimed:
                return self.claimed[key]
        self.claimed.update(dict.fromkeys(keys, line))
        self.first[line] = cells
        self.told.add((line, contracts.key(cells.contract.get("reference", ""))))
        return None

    def adds_contract(self, earlier: int, cells: Cells) -> bool:
        """Whether a line only tells another contract of the vendor of an earlier line: then it is noted."""
        first, told = self.first[earlier], (earlier, contracts.key(cells.contract.get("reference", "")))
        says_else = any(_folded(first.fields.get(name)) != _folded(value) for name, value in cells.fields.items())
        says_more = set(cells.services) - set(first.services) or cells.contact not in ({}, first.contact)
        if not cells.contract or says_else or says_more or told in self.told:
            return False
        self.told.add(told)
        return True


def _folded(value: Any) -> Any:
    return contacts.key(value) if isinstance(value, str) else value


def _step(line: int, cells: Cells, known: _Known) -> ImportStep:
    vendor, mismatch = _match(cells, known)
    department, unknown = _department(cells, known)
    problems = [*cells.problems, *filter(None, (mismatch, unknown))]
    contract = contracts.NOTHING if problems else _contract(cells, vendor, known)
    problems += _refusals(contract)
    earlier = None if problems else known.claim(line, vendor, cells)
    problems += _said_twice(cells, earlier, known)
    name = cells.fields.get("name") or (vendor.name if vendor else "")
    if problems:
        return ImportStep(line=line, fate=Fate.ERROR, name=name, problems=tuple(problems))
    if earlier is not None:
        return _following(line, name, vendor, contract=contract, earlier=earlier)
    fields: dict[str, Any] = {**cells.fields, **department}
    fields.pop("department", None)  # it is told by its id
    if vendor is None:
        return _new(line, cells, fields, contract, known)
    return _changed(line, cells, vendor, fields, contract=contract, known=known)


def _refusals(contract: ContractChange) -> list[CellProblem]:
    if contract.refused is None:
        return []
    column, reason = contract.refused
    return [CellProblem(column=headings.label(column), value="", reason=reason)]


def _said_twice(cells: Cells, earlier: int | None, known: _Known) -> list[CellProblem]:
    if earlier is None or known.adds_contract(earlier, cells):
        return []
    return [_named_twice(cells, earlier)]


def _following(line: int, name: str, vendor: Vendor | None, *, contract: ContractChange, earlier: int) -> ImportStep:
    """Another contract of the vendor of an earlier line."""
    return ImportStep(
        line=line,
        fate=Fate.CHANGED if contract.written else Fate.UNCHANGED,
        name=name,
        vendor=vendor.pk if vendor else None,
        follows=earlier,
        contract=contract.written,
        contract_id=contract.contract_id,
        differences=tuple(_parts((), contacts.NOTHING, contract)),
    )


def _contract(cells: Cells, vendor: Vendor | None, known: _Known) -> ContractChange:
    there = known.contracts.get(vendor.pk, {}) if vendor else {}
    return contracts.change_of(cells.contract, there, known.today)


def _department(cells: Cells, known: _Known) -> tuple[dict[str, int], CellProblem | None]:
    """The department that orders, which must be there already: a slip of the pen founds none."""
    name = cells.fields.get("department", "")
    if not name:
        return {}, None
    if contacts.key(name) in known.department_of:
        return {"department_id": known.department_of[contacts.key(name)]}, None
    there = ", ".join(known.departments.values()) or _("none")
    reason = _("There is no department of this name. An administrator adds it first; these are there: %(names)s.")
    return {}, CellProblem(column=headings.label("department"), value=name, reason=reason % {"names": there})


def _match(cells: Cells, known: _Known) -> tuple[Vendor | None, CellProblem | None]:
    """Whom the row means: by its reference, else by its name, in capitals or not."""
    name, reference = cells.fields.get("name", ""), cells.fields.get("reference", "")
    namesake = known.by_name.get(contacts.key(name)) if name else None
    vendor = known.by_reference.get(reference) if reference else None
    if vendor and namesake and namesake.pk != vendor.pk:
        reason = _("The reference is that of “%(one)s”, the name that of another vendor.") % {"one": vendor.name}
        return None, CellProblem(column=headings.label("name"), value=name, reason=reason)
    vendor = vendor or namesake
    if vendor is None and not name and not cells.problems:
        reason = _("A new vendor needs a name.")
        if reference:
            reason = _("No vendor has the reference “%(reference)s”, and a new one needs a name.")
        return None, CellProblem(column=headings.label("name"), value="", reason=reason % {"reference": reference})
    return vendor, None


def _named_twice(cells: Cells, earlier: int) -> CellProblem:
    reason = _(
        "Line %(line)s speaks of the same vendor. Put everything about it into one row; only another contract may "
        "stand in one of its own, with the vendor’s name."
    ) % {"line": earlier}
    value = cells.fields.get("name") or cells.fields.get("reference", "")
    return CellProblem(column=headings.label("name"), value=value, reason=reason)


def _difference(key: str, before: Any, after: Any, known: _Known) -> ColumnChange:
    if key == "department_id":
        return ColumnChange(
            column="department", before=known.departments.get(before, ""), after=known.departments[after]
        )
    return ColumnChange(column=key, before="" if before is None else str(before), after=str(after))


def _new(line: int, cells: Cells, fields: dict[str, Any], contract: ContractChange, known: _Known) -> ImportStep:
    contact = contacts.change_of(cells.contact, ())
    changes = [_difference(key, "", value, known) for key, value in fields.items() if key != "name"]
    return ImportStep(
        line=line,
        fate=Fate.NEW,
        name=fields["name"],
        fields=fields,
        services=cells.services,
        contact=contact.written,
        contract=contract.written,
        differences=(*changes, *_parts(cells.services, contact, contract)),
    )


def _changed(
    line: int, cells: Cells, vendor: Vendor, given: dict[str, Any], *, contract: ContractChange, known: _Known
) -> ImportStep:
    fields = {key: value for key, value in given.items() if getattr(vendor, key) != value}
    if "name" in fields and contacts.key(fields["name"]) == contacts.key(vendor.name):
        del fields["name"]  # capitals alone do not rename
    there = known.services.get(vendor.pk, set())
    services = tuple(name for name in cells.services if contacts.key(name) not in there)
    contact = contacts.change_of(cells.contact, known.contacts.get(vendor.pk, ()))
    told = [_difference(key, getattr(vendor, key), value, known) for key, value in fields.items()]
    differences = (*told, *_parts(services, contact, contract))
    return ImportStep(
        line=line,
        fate=Fate.CHANGED if differences else Fate.UNCHANGED,
        name=vendor.name,
        vendor=vendor.pk,
        is_archived=vendor.archived_at is not None,
        fields=fields,
        services=services,
        contact=contact.written,
        contact_id=contact.contact_id,
        contract=contract.written,
        contract_id=contract.contract_id,
        differences=differences,
    )


def _parts(services: Sequence[str], contact: ContactChange, contract: ContractChange) -> list[ColumnChange]:
    """What comes in beside the fields."""
    changes = []
    if services:
        changes.append(ColumnChange(column="services", before="", after=", ".join(f"+ {name}" for name in services)))
    if contact.written:
        changes.append(ColumnChange(column=CONTACT, before=contact.before, after=contact.after))
    told = contract.differences
    return [*changes, *(ColumnChange(column=column, before=before, after=after) for column, before, after in told)]


# Writing ---------------------------------------------------------------------------------------------------------
def apply(member: Membership, upload: VendorImport, *, digest: str, now: datetime) -> VendorImport:
    """Write the good rows, all or none, once: a second call changes nothing.

    Raises RegisterMoved where the rows would no longer do what `digest` (of the plan that was seen) says.
    """
    try:
        with transaction.atomic():
            upload = VendorImport.objects.select_for_update().get(pk=upload.pk)
            if upload.applied_at is None:
                _apply(member, upload, digest=digest, now=now)
    except IntegrityError as error:
        raise RegisterMoved from error
    return upload


def _apply(member: Membership, upload: VendorImport, *, digest: str, now: datetime) -> None:
    plan = plan_for(member, table_of(upload), today=timezone.localdate(now))
    if plan.digest != digest:
        raise RegisterMoved
    writing.write(member, upload, plan.good, now=now)
    upload.applied_at = now
    upload.summary = {
        "counts": plan.counts,
        "problems": [{"line": step.line, **asdict(problem)} for step in plan.steps for problem in step.problems],
    }
    upload.save(update_fields=["applied_at", "summary"])
    audit.record(member.user, "vendorimport.applied", upload, after=plan.counts)


# Handing out -----------------------------------------------------------------------------------------------------
def template_rows() -> list[list[str]]:
    """The columns that an import understands, as an empty table, in the active language."""
    return [[headings.label(column) for column in headings.columns()]]


def error_rows(upload: VendorImport, problems: Iterable[dict[str, Any]]) -> list[list[str]]:
    """The rows that did not go in, as they came, with what is wrong: to be put right and imported again."""
    reasons: dict[int, list[str]] = {}
    for problem in problems:
        column, reason = problem["column"], problem["reason"]
        reasons.setdefault(problem["line"], []).append(labelled(column, reason) if column else reason)
    table = table_of(upload)
    width = max([len(table.header), *(len(row.cells) for row in table.rows)])
    rows = [[*_wide(table.header, width), _("Line"), _("What is wrong")]]
    for row in table.rows:
        if row.line in reasons:
            rows.append([*_wide(row.cells, width), str(row.line), " ".join(reasons[row.line])])
    return rows


def _wide(cells: Sequence[str], width: int) -> list[str]:
    return [*cells, *[""] * (width - len(cells))]
