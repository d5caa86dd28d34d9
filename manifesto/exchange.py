"""The whole bank out and in, as YAML or XLSX: first a dry run that reports row by row, then all of it or nothing."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import asdict, dataclass, replace
from enum import StrEnum

from django.core import signing
from django.db import transaction
from django.utils.text import slugify
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.trail import audit
from groundwork.words import number
from manifesto import bank as banks
from manifesto import workbook, yaml_files
from manifesto.bank import Bank, BankChange, ChangeKind, FieldChange, Sheet
from manifesto.editions import EditionError, create_draft, lock_draft
from manifesto.emptied import Cell, emptied_cells, with_kept
from manifesto.models import Release, ReleaseState
from manifesto.sources import BankError, Fault, Place, SourceLine, inspect
from manifesto.successors import Naming

MAX_BYTES = max(workbook.MAX_BYTES, yaml_files.MAX_BYTES)
ERROR = "error"
MOST_FAULTS = 500
SALT, TICKET_SECONDS = "manifesto.import", 3600


class Format(StrEnum):
    YAML = "yaml"
    XLSX = "xlsx"


CONTENT_TYPES = {
    Format.YAML: "application/yaml",
    Format.XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
WRITERS: dict[Format, Callable[[Bank], bytes]] = {Format.YAML: yaml_files.write, Format.XLSX: workbook.write}
READERS: dict[str, Callable[[bytes, str], list[SourceLine]]] = {
    "yaml": yaml_files.read_lines,
    "yml": yaml_files.read_lines,
    "xlsx": workbook.read_lines,
}


def export(release: Release, form: Format) -> bytes:
    """The edition as one file: four parts in one YAML document, or a workbook of five sheets. A Refusal where a text
    does not fit."""
    return WRITERS[form](banks.read(release))


def file_name(release: Release, form: Format) -> str:
    """“manifesto-bank-2026.2.xlsx”; a draft says that it is one."""
    parts = release.edition.replace("/", "-").split(".")
    name = ".".join(filter(None, map(slugify, parts))) or str(release.pk)
    draft = "-draft" if release.state == ReleaseState.DRAFT else ""
    return f"manifesto-bank-{name}{draft}.{form.value}"


# Dry run ---------------------------------------------------------------------------------------------------------
@dataclass(frozen=True, kw_only=True)
class ReportRow:
    """One row of the dry run: where it stands, and what would become of it."""

    place: Place
    sheet: Sheet | None
    key: str
    kind: str  # a ChangeKind, or ERROR
    fields: tuple[FieldChange, ...] = ()
    reason: str = ""


@dataclass(frozen=True, kw_only=True)
class DryRun:
    rows: tuple[ReportRow, ...]
    bank: Bank | None = None  # None: with errors nothing can be applied
    base: Release | None = None  # what the file was compared with: the draft, or the edition that a new one follows
    expected: str = ""  # the fingerprint of what it was compared with
    emptied: tuple[Cell, ...] = ()  # each takes a decision before anything is applied

    @property
    def counts(self) -> dict[str, int]:
        return dict(Counter(row.kind for row in self.rows))

    @property
    def is_empty(self) -> bool:
        """Nothing would change."""
        return all(row.kind == ChangeKind.UNCHANGED for row in self.rows)


def dry_run(content: bytes, name: str, draft: Release | None) -> DryRun:
    """What importing the file into `draft` (None: into a new one) would do; the database stays as it is."""
    suffix = name.rsplit(".", 1)[-1].lower()
    if suffix not in READERS:
        message = _("A file that ends in .yaml, .yml or .xlsx is expected.")
        return _only_errors([Fault(place=Place(file=name), message=message)])
    try:
        source = READERS[suffix](content, name)
        bank, faults = inspect(source)
    except BankError as error:
        return _only_errors(error.faults)
    base = draft or followed_by(bank)
    before = banks.read(base) if base else None
    changes = banks.compare(before, bank)
    return DryRun(
        rows=_report(changes, faults, {(line.sheet, line.key): line.place for line in source}, name),
        bank=None if faults else bank,
        base=base,
        expected=fingerprint(before) if before else "",
        emptied=emptied_cells(changes, source),
    )


def followed_by(bank: Bank) -> Release | None:
    """The edition that a new draft of this bank is compared with and made from: the one of its name, which a file that
    was exported and edited still bears, else the one in force."""
    return Release.objects.filter(edition=bank.edition).first() or Release.objects.current()


def _only_errors(faults: Iterable[Fault]) -> DryRun:
    return DryRun(rows=tuple(_error_rows(list(faults))))


def _error_rows(faults: Sequence[Fault]) -> list[ReportRow]:
    """So many as somebody reads: a file can hold a fault in each of a hundred thousand cells."""
    rows = [_error_row(fault) for fault in faults[:MOST_FAULTS]]
    if len(faults) > MOST_FAULTS:
        more = _("Faults that are not listed: %(count)s.") % {"count": number(len(faults) - MOST_FAULTS)}
        rows.append(_error_row(Fault(place=Place(file=faults[0].place.file), message=more)))
    return rows


def _error_row(fault: Fault) -> ReportRow:
    key = fault.key or fault.place.path
    return ReportRow(place=fault.place, sheet=fault.sheet, key=key, kind=ERROR, reason=str(fault.message))


def _report(
    changes: Sequence[BankChange], faults: Sequence[Fault], places: dict[tuple[Sheet, str], Place], name: str
) -> tuple[ReportRow, ...]:
    """Beside faults only what stands in the file: what is missing there may be a line that cannot be read, and nobody
    has said that it goes."""
    faulty = {(fault.sheet, fault.key) for fault in faults}
    rows = _error_rows(faults)
    for change in changes:
        line = (change.sheet, change.key)
        if line in faulty or (faults and (line not in places or change.kind is ChangeKind.REMOVED)):
            continue
        place = places.get((change.sheet, change.key), Place(file=name))
        rows.append(ReportRow(place=place, sheet=change.sheet, key=change.key, kind=change.kind, fields=change.fields))
    return tuple(rows)


# Applying --------------------------------------------------------------------------------------------------------
@transaction.atomic
def apply(bank: Bank, draft: Release, by: User | None, *, expected: str = "") -> tuple[BankChange, ...]:
    """Make the draft equal to `bank`; EditionError when it is no draft, or changed since the dry run (`expected`)."""
    draft = lock_draft(draft)
    present = banks.read(draft)
    if expected and fingerprint(present) != expected:
        raise _changed_since()
    changes = tuple(change for change in banks.compare(present, bank) if change.kind != ChangeKind.UNCHANGED)
    if not changes:
        return ()
    banks.store(bank, draft)
    before, after = banks.plain_changes(changes)
    audit.record(by, "release.imported", draft, before=before, after=after)
    return changes


def _changed_since() -> EditionError:
    return EditionError(_("The draft was changed after the dry run: look at a new one first."))


@transaction.atomic
def apply_as_new(bank: Bank, by: User | None, *, based_on: Release | None = None) -> Release:
    """A new draft of the edition that `bank` names; EditionError when there is one of that name."""
    draft = create_draft(bank.edition, by, based_on=based_on)
    apply(bank, draft, by)
    return Release.objects.get(pk=draft.pk)


def fingerprint(bank: Bank) -> str:
    return hashlib.sha256(json.dumps(banks.to_plain(bank), sort_keys=True).encode()).hexdigest()


# Between the dry run and its application, the checked bank travels in the form, signed ------------------------------
def ticket(run: DryRun, draft: Release | None) -> str:
    """The dry run without its errors, signed, so that what was looked at is what is applied; "" where it has nothing
    to apply."""
    if run.bank is None or (draft and run.is_empty):
        return ""
    held = {
        "bank": banks.to_plain(run.bank),
        "draft": draft.pk if draft else None,
        "base": run.base.pk if run.base else None,
        "expected": run.expected,
        "places": [(row.sheet, row.key, row.place.file, row.place.row, row.place.path) for row in run.rows],
        "emptied": [asdict(cell) for cell in run.emptied],
    }
    return signing.dumps(held, salt=SALT, compress=True)


def reopened(signed: str, draft: Release | None) -> DryRun:
    """The dry run that the ticket holds; EditionError when it is too old, forged, for another draft, or when what it
    was compared with has changed since."""
    try:
        held = signing.loads(signed, salt=SALT, max_age=TICKET_SECONDS)
    except signing.BadSignature:
        raise EditionError(_("The dry run is too old: upload the file again.")) from None
    if held["draft"] != (draft.pk if draft else None):
        raise EditionError(_("This dry run was for another draft: upload the file again."))
    bank, base = banks.from_plain(held["bank"]), Release.objects.filter(pk=held["base"]).first()
    before = banks.read(base) if base else None
    if held["expected"] != (fingerprint(before) if before else ""):
        raise _changed_since()
    places = {
        (Sheet(sheet), key): Place(file=file, row=row, path=path) for sheet, key, file, row, path in held["places"]
    }
    return DryRun(
        rows=_report(banks.compare(before, bank), (), places, ""),
        bank=bank,
        base=base,
        expected=held["expected"],
        emptied=tuple(Cell(sheet=Sheet(cell.pop("sheet")), **cell) for cell in held["emptied"]),
    )


def _with_guides_of(base: Bank, bank: Bank) -> Bank:
    """`bank`, and where it says nothing of a rule's guide, the one that the edition has from which it is made."""
    guides = {rule.key: rule.guide for rule in base.rules}
    rules = tuple(replace(rule, guide=rule.guide or guides.get(rule.key)) for rule in bank.rules)
    return replace(bank, rules=rules)


@transaction.atomic
def carry_out(
    run: DryRun, draft: Release | None, by: User | None, *, empty: Collection[Cell] = (), called: Naming | None = None
) -> Release:
    """Apply the dry run to the draft, or to a new one that is `called` so. Of the cells that the file leaves empty,
    only those in `empty` are emptied: the others keep what stood there."""
    if run.bank is None:
        raise EditionError(_("The file has errors: correct them and upload it again."))
    bank, kept = run.bank, [cell for cell in run.emptied if cell not in empty]
    if run.base:
        base = banks.read(run.base)
        bank = _with_guides_of(base, with_kept(bank, base, kept))
    if draft is not None:
        apply(bank, draft, by, expected=run.expected)
        return draft
    if called:
        bank = replace(bank, edition=called.edition, title=called.title, note=called.note)
    return apply_as_new(bank, by, based_on=run.base)
