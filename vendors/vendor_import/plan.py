"""Vendors from a file: what its columns mean, what each row would do, and doing it."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from accounts.models import AuditEntry, Department, Membership
from accounts.trail import audit
from groundwork.words import labelled
from vendors.attachments import clean_name
from vendors.models import Contact, Service, Tier, Vendor, VendorImport
from vendors.register.changes import VENDOR_FIELDS
from vendors.vendor_import import contacts, headings
from vendors.vendor_import import table as tables
from vendors.vendor_import.cells import CellProblem, Cells, read_cells
from vendors.vendor_import.contacts import ContactChange
from vendors.vendor_import.table import RegisterRow, RegisterTable

CONTACT = "contact"  # name and address, told as one


class Fate(StrEnum):
    NEW = "new"
    CHANGED = "changed"
    UNCHANGED = "unchanged"
    ERROR = "error"


@dataclass(frozen=True, kw_only=True)
class ColumnChange:
    """One thing that a row would change; `before` is empty where there was nothing."""

    column: str
    before: str
    after: str

    @property
    def label(self) -> str:
        return _("Contact") if self.column == CONTACT else headings.label(self.column)

    @property
    def shown_before(self) -> str:
        return self._shown(self.before)

    @property
    def shown_after(self) -> str:
        return self._shown(self.after)

    def _shown(self, value: str) -> str:
        return str(Tier(value).label) if value and self.column == "tier" else value


@dataclass(frozen=True, kw_only=True)
class ImportStep:
    """What one row of the file would do. `vendor`: whom it changes, None for a new one."""

    line: int
    fate: Fate
    name: str
    vendor: int | None = None
    is_archived: bool = False
    fields: dict[str, Any] = field(default_factory=dict)  # of the vendor; a department by its id
    services: tuple[str, ...] = ()
    contact: dict[str, str] = field(default_factory=dict)
    contact_id: int | None = None
    differences: tuple[ColumnChange, ...] = ()
    problems: tuple[CellProblem, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Plan:
    """What a file would do to the register as it is now."""

    headings: tuple[headings.Heading, ...]
    steps: tuple[ImportStep, ...]

    @property
    def counts(self) -> dict[str, int]:
        found = Counter(step.fate for step in self.steps)
        return {fate.value: found[fate] for fate in Fate}

    @property
    def good(self) -> list[ImportStep]:
        return [step for step in self.steps if step.fate in {Fate.NEW, Fate.CHANGED}]

    @property
    def digest(self) -> str:
        """Two plans that would write the same over the same have the same one."""
        told = [(s.line, s.vendor, s.fields, s.services, s.contact, s.contact_id, s.differences) for s in self.good]
        return hashlib.sha256(repr(told).encode()).hexdigest()


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
def plan_for(member: Membership, table: RegisterTable) -> Plan:
    """What each row would do; five thousand rows take four queries."""
    found = headings.understand(table.header)
    known = _Known.by(member)
    return Plan(headings=found, steps=tuple(_step(row, found, known) for row in table.rows))


class _Known:
    """The register as the rows meet it, and what the rows before have claimed."""

    def __init__(
        self,
        vendors: Iterable[Vendor],
        services: Iterable[tuple[int, str]],
        people: Iterable[Contact],
        departments: Iterable[tuple[int, str]],
    ) -> None:
        self.by_reference: dict[str, Vendor] = {}
        self.by_name: dict[str, Vendor] = {}
        self.services: dict[int, set[str]] = {}
        self.contacts: dict[int, list[Contact]] = {}
        self.departments: dict[int, str] = dict(departments)
        self.department_of = {contacts.key(name): pk for pk, name in self.departments.items()}
        self.claimed: dict[tuple[str, Any], int] = {}
        for vendor in vendors:
            self.by_name[contacts.key(vendor.name)] = vendor
            if vendor.reference:
                self.by_reference[vendor.reference] = vendor
        for vendor_id, name in services:
            self.services.setdefault(vendor_id, set()).add(contacts.key(name))
        for contact in people:
            self.contacts.setdefault(contact.vendor_id, []).append(contact)

    @classmethod
    def by(cls, member: Membership) -> _Known:
        return cls(
            Vendor.objects.for_member(member).order_by("pk"),
            Service.objects.for_member(member).order_by("pk").values_list("vendor", "name"),
            Contact.objects.for_member(member).order_by("pk"),
            Department.objects.filter(organisation=member.organisation_id).values_list("pk", "name"),
        )

    def claim(self, line: int, vendor: Vendor | None, fields: dict[str, str]) -> int | None:
        """The earlier line that speaks of the same vendor; None: this one is the first, and is noted."""
        keys: list[tuple[str, Any]] = [("vendor", vendor.pk)] if vendor else []
        if "name" in fields:
            keys.append(("name", contacts.key(fields["name"])))
        if "reference" in fields:
            keys.append(("reference", fields["reference"]))
        for key in keys:
            if key in self.claimed:
                return self.claimed[key]
        self.claimed.update(dict.fromkeys(keys, line))
        return None


def _step(row: RegisterRow, found: Sequence[headings.Heading], known: _Known) -> ImportStep:
    cells = read_cells(row, found)
    vendor, mismatch = _match(cells, known)
    department, unknown = _department(cells, known)
    problems = [*cells.problems, *(problem for problem in (mismatch, unknown) if problem)]
    if not problems:
        earlier = known.claim(row.line, vendor, cells.fields)
        if earlier is not None:
            problems.append(_named_twice(cells, earlier))
    name = cells.fields.get("name") or (vendor.name if vendor else "")
    if problems:
        return ImportStep(line=row.line, fate=Fate.ERROR, name=name, problems=tuple(problems))
    fields: dict[str, Any] = {key: value for key, value in cells.fields.items() if key != "department"} | department
    if vendor is None:
        return _new(row.line, cells, fields, known)
    return _changed(row.line, cells, vendor, fields, known)


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
    reason = _("Line %(line)s speaks of the same vendor. Put everything about it into one row.") % {"line": earlier}
    value = cells.fields.get("name") or cells.fields.get("reference", "")
    return CellProblem(column=headings.label("name"), value=value, reason=reason)


def _difference(key: str, before: Any, after: Any, known: _Known) -> ColumnChange:
    if key == "department_id":
        return ColumnChange(
            column="department", before=known.departments.get(before, ""), after=known.departments[after]
        )
    return ColumnChange(column=key, before=before, after=after)


def _new(line: int, cells: Cells, fields: dict[str, Any], known: _Known) -> ImportStep:
    contact = contacts.change_of(cells.contact, ())
    changes = [_difference(key, "", value, known) for key, value in fields.items() if key != "name"]
    return ImportStep(
        line=line,
        fate=Fate.NEW,
        name=fields["name"],
        fields=fields,
        services=cells.services,
        contact=contact.written,
        differences=(*changes, *_parts(cells.services, contact)),
    )


def _changed(line: int, cells: Cells, vendor: Vendor, given: dict[str, Any], known: _Known) -> ImportStep:
    fields = {key: value for key, value in given.items() if getattr(vendor, key) != value}
    if "name" in fields and contacts.key(fields["name"]) == contacts.key(vendor.name):
        del fields["name"]  # capitals alone do not rename
    there = known.services.get(vendor.pk, set())
    services = tuple(name for name in cells.services if contacts.key(name) not in there)
    contact = contacts.change_of(cells.contact, known.contacts.get(vendor.pk, ()))
    told = [_difference(key, getattr(vendor, key), value, known) for key, value in fields.items()]
    differences = (*told, *_parts(services, contact))
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
        differences=differences,
    )


def _parts(services: Sequence[str], contact: ContactChange) -> list[ColumnChange]:
    """What comes in beside the fields."""
    changes = []
    if services:
        changes.append(ColumnChange(column="services", before="", after=", ".join(f"+ {name}" for name in services)))
    if contact.written:
        changes.append(ColumnChange(column=CONTACT, before=contact.before, after=contact.after))
    return changes


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
    plan = plan_for(member, table_of(upload))
    if plan.digest != digest:
        raise RegisterMoved
    _write_new(member, upload, [step for step in plan.good if step.vendor is None])
    _write_changed(member, upload, [step for step in plan.good if step.vendor is not None], now)
    upload.applied_at = now
    upload.summary = {
        "counts": plan.counts,
        "problems": [{"line": step.line, **asdict(problem)} for step in plan.steps for problem in step.problems],
    }
    upload.save(update_fields=["applied_at", "summary"])
    audit.record(member.user, "vendorimport.applied", upload, after=plan.counts)


def _write_new(member: Membership, upload: VendorImport, steps: Sequence[ImportStep]) -> None:
    vendors = Vendor.objects.bulk_create(Vendor(organisation=member.organisation, **step.fields) for step in steps)
    pairs = list(zip(vendors, steps, strict=True))
    _write_parts(member, pairs)
    audit.record_all(
        audit.entry(
            member.user,
            "vendor.added",
            vendor,
            after=audit.snapshot(vendor, VENDOR_FIELDS) | _parts_told(step),
            subject=upload,
        )
        for vendor, step in pairs
    )


def _write_changed(member: Membership, upload: VendorImport, steps: Sequence[ImportStep], now: datetime) -> None:
    found = Vendor.objects.for_member(member).select_for_update().in_bulk([step.vendor for step in steps])
    pairs = [(found[step.vendor], step) for step in steps]
    known = Contact.objects.in_bulk([step.contact_id for step in steps if step.contact_id is not None])
    audit.record_all(
        _contact_change(member, vendor, known[step.contact_id], step)
        for vendor, step in pairs
        if step.contact_id is not None
    )
    _write_parts(member, pairs)
    audit.record_all([_change(member, upload, vendor, step) for vendor, step in pairs])
    for vendor, step in pairs:
        Vendor.objects.filter(pk=vendor.pk).update(**step.fields, updated_at=now)  # a fifth of bulk_update's time


def _change(member: Membership, upload: VendorImport, vendor: Vendor, step: ImportStep) -> AuditEntry:
    """Set the fields, and say what they were and are."""
    before = audit.snapshot(vendor, step.fields)
    for name, value in step.fields.items():
        setattr(vendor, name, value)
    after = audit.snapshot(vendor, step.fields) | _parts_told(step)
    return audit.entry(member.user, "vendor.changed", vendor, before=before, after=after, subject=upload)


def _contact_change(member: Membership, vendor: Vendor, contact: Contact, step: ImportStep) -> AuditEntry:
    """What is known of a contact goes with what the file says of it: before it is written, so that both are told."""
    before = audit.snapshot(contact, step.contact)
    contact.vendor = vendor
    return audit.entry(member.user, "contact.changed", contact, before=before, after=step.contact)


def _write_parts(member: Membership, pairs: Sequence[tuple[Vendor, ImportStep]]) -> None:
    """A new contact of whom the file tells no language reads that of the organisation, as in the form."""
    spoken = {"language": member.organisation.language}
    Service.objects.bulk_create(Service(vendor=vendor, name=name) for vendor, step in pairs for name in step.services)
    Contact.objects.bulk_create(
        Contact(vendor=vendor, **(spoken | step.contact))
        for vendor, step in pairs
        if step.contact and step.contact_id is None
    )
    for _vendor, step in pairs:
        if step.contact_id is not None:
            Contact.objects.filter(pk=step.contact_id).update(**step.contact)


def _parts_told(step: ImportStep) -> dict[str, Any]:
    told: dict[str, Any] = {"services": list(step.services)} if step.services else {}
    if step.contact:
        told["contact"] = " ".join(step.contact.values())
    return told


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
