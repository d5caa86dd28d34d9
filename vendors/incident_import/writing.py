"""A batch of rows against what is known: what each would do, and doing it.

An empty cell never empties what is known. An incident is known by source and reference within the organisation: one
that arrives at another vendor moves there. On PostgreSQL new rows go in by COPY and changed ones by one UPDATE from a
temporary table; elsewhere by the ORM's bulk statements. The caller holds a transaction and the organisation's lock, so
that nobody else imports the same references meanwhile.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import repeat
from os import urandom
from typing import Any, NamedTuple

from django.db import connection, transaction

from vendors import facts_revision
from vendors.incident_fields import BASIS, KEPT, ValueKind
from vendors.incident_import import entries
from vendors.incident_import.rows.places import (
    ANSWERED,
    BY_CLOSING,
    COLUMNS,
    OPENED,
    RESOLVED,
    RESTORED,
    SERVICE,
    TO_DAY,
)
from vendors.incident_import.rows.problems import RowProblem
from vendors.incident_import.rows.reading import IncidentRow
from vendors.incident_import.rows.values import as_read
from vendors.models import Incident, IncidentChange, IncidentImport, Sla

TABLE = Incident._meta.db_table
SENT_AT_ONCE = 500  # new rows: the server writes them while the next ones are put into words
TYPES = {
    ValueKind.MOMENT: "timestamptz",
    ValueKind.ANSWER: "timestamptz",
    ValueKind.MINUTES: "integer",
    ValueKind.STATE: "boolean",
    ValueKind.CRITICAL: "boolean",
    ValueKind.YES_NO: "boolean",
    ValueKind.COUNT: "smallint",
    ValueKind.NAME: "bigint",
}
OF_KIND = {
    ValueKind.LINE: "",
    ValueKind.CRITICAL: False,
    ValueKind.STATE: False,
    ValueKind.SLA: Sla.UNKNOWN.value,
}  # what a new one has where nothing is told
KINDS = {
    **{field.column: field.kind for field in KEPT},
    **dict.fromkeys(BASIS, ValueKind.STATE),
    "service_id": ValueKind.NAME,
}
DEFAULTS = {name: OF_KIND[KINDS[name]] for name in COLUMNS if KINDS[name] in OF_KIND}
_DEFAULTS = tuple(DEFAULTS.get(name) for name in COLUMNS)


class Identity(NamedTuple):
    """What an incident of the organisation is known by."""

    source: str
    reference: str


class KnownIncident(NamedTuple):
    """An incident as it is."""

    pk: int
    vendor: int
    values: tuple[Any, ...]
    created_in: int | None
    changed_in: int | None
    edited_at: datetime | None


class NewIncident(NamedTuple):
    of: Identity
    vendor: int  # below zero: still to be made
    values: Sequence[Any]  # as they were told


class IncidentUpdate(NamedTuple):
    known: KnownIncident
    values: tuple[Any, ...]
    vendor: int  # where it is then; below zero: still to be made
    reference: str


@dataclass(kw_only=True)
class Batch:
    """What a batch of good rows would do. `fates`: one a row, in their order. `moves`: how many incidents go (or went,
    in an earlier attempt) from one vendor to another; `moved`: how many of these count as changed."""

    new: list[NewIncident] = field(default_factory=list)
    changed: list[IncidentUpdate] = field(default_factory=list)
    fates: list[str] = field(default_factory=list)
    moves: Counter[tuple[int, int]] = field(default_factory=Counter)
    moved: int = 0
    problems: list[tuple[IncidentRow, RowProblem]] = field(default_factory=list)


_SELECTED = ("source", "reference", "id", "vendor_id", "created_in_id", "changed_in_id", "edited_at", *COLUMNS)


def known_incidents(wanted: Sequence[Identity], organisation_id: int) -> dict[Identity, KnownIncident]:
    """Those that are there."""
    if not wanted:
        return {}
    sources, references = map(list, zip(*wanted, strict=True))
    if connection.vendor == "postgresql":
        sql = (
            f"SELECT {', '.join(f'i.{name}' for name in _SELECTED)}"  # noqa: S608
            f" FROM unnest(%s::text[], %s::text[]) AS k(source, reference) JOIN {TABLE} i"
            " ON i.organisation_id = %s AND i.source = k.source AND i.reference = k.reference"
        )
        with connection.cursor() as cursor:
            cursor.execute(sql, [sources, references, organisation_id])
            rows = cursor.fetchall()
    else:
        there = Incident.objects.filter(organisation=organisation_id, source__in=set(sources))
        rows = list(there.filter(reference__in=references).values_list(*_SELECTED))
    return {Identity(*row[:2]): KnownIncident(row[2], row[3], tuple(row[7:]), *row[4:7]) for row in rows}


def weigh(rows: Sequence[tuple[IncidentRow, int]], upload: IncidentImport, *, lock: bool) -> Batch:
    """What the rows (each with its vendor; below zero: still to be made) would do. What an earlier attempt of the same
    import wrote counts as it did then."""
    identities = [Identity(row.source, row.reference) for row, _vendor in rows]
    targets = {vendor for _row, vendor in rows if vendor > 0}
    if lock:
        known = _known_and_held(identities, upload.organisation_id, targets)
    else:
        known = known_incidents(identities, upload.organisation_id)
    earlier = _written_before(known.values(), upload)
    batch = Batch()
    for identity, (row, vendor) in zip(identities, rows, strict=True):
        there = known.get(identity)
        if there is None:
            batch.new.append(NewIncident(identity, vendor, row.values))
            batch.fates.append("new")
            continue
        after = _after(there.values, row.values, moves=there.vendor != vendor)
        if problem := _out_of_order(after):
            batch.problems.append((row, problem))
            batch.fates.append("error")
            continue
        batch.fates.append(fate := _fate(there, after, vendor, upload, earlier))
        if (came_from := _came_from(there, vendor, earlier)) != vendor:
            batch.moves[came_from, vendor] += 1
            batch.moved += fate == "changed"
        if after != there.values or vendor != there.vendor:
            batch.changed.append(IncidentUpdate(there, after, vendor, identity.reference))
    return batch


def _known_and_held(
    wanted: Sequence[Identity], organisation_id: int, vendors: Collection[int]
) -> dict[Identity, KnownIncident]:
    """Those that are there, while nobody can change them: whoever does holds the vendor. Where some are at others than
    `vendors`, all is let go of and held again: who holds several takes them in one order, or two wait in a circle."""
    held = set(vendors)
    while True:
        with transaction.atomic():
            facts_revision.lock_vendors(*held)
            known = known_incidents(wanted, organisation_id)
            others = {one.vendor for one in known.values()} - held
            if not others:
                return known
            transaction.set_rollback(True)
        held |= others


def _written_before(known: Iterable[KnownIncident], upload: IncidentImport) -> dict[int, int | None]:
    """What earlier attempts of this import have changed, whoever did since: incident → the vendor at which it was
    before; None: at the same."""
    if upload.attempts < 2:
        return {}
    rows = IncidentChange.objects.filter(incident_import=upload, incident__in=[one.pk for one in known])
    return {incident: before.get("vendor_id") for incident, before in rows.values_list("incident", "before")}


def _came_from(there: KnownIncident, vendor: int, earlier: Mapping[int, int | None]) -> int:
    """The vendor that it leaves now or, where it is at `vendor` already, left for it in an earlier attempt."""
    return there.vendor if there.vendor != vendor else earlier.get(there.pk) or vendor


def _filled(rows: Iterable[NewIncident]) -> list[Sequence[Any]]:
    """Their values column by column, with what a new one has where nothing is told."""
    return [
        column if default is None else [default if value is None else value for value in column]
        for column, default in zip(zip(*(row.values for row in rows), strict=True), _DEFAULTS, strict=True)
    ]


def _fate(
    there: KnownIncident, after: tuple[Any, ...], vendor: int, upload: IncidentImport, earlier: Collection[int]
) -> str:
    if there.created_in == upload.pk:
        return "new"
    is_other = after != there.values or vendor != there.vendor
    return "changed" if is_other or there.pk in earlier else "unchanged"


def _after(before: tuple[Any, ...], given: Sequence[Any], *, moves: bool) -> tuple[Any, ...]:
    """`moves`: the service that it named is one of the vendor that it leaves."""
    if moves:
        before = (*before[:SERVICE], None, *before[SERVICE + 1 :])
    if given[RESOLVED] is not None and _is_known_better(before, given):
        given = [None if place in _OF_RESOLUTION else new for place, new in enumerate(given)]
    after = tuple([old if new is None else new for new, old in zip(given, before, strict=True)])
    if after == before:
        return before
    # What differs only as a cell differs from what people wrote by hand is the same.
    return tuple(
        [old if type(old) is str and as_read(old) == new else new for new, old in zip(after, before, strict=True)]
    )


_OF_RESOLUTION = frozenset({RESOLVED, BY_CLOSING, TO_DAY})
_DAY = timedelta(days=1)


def _is_known_better(before: Sequence[Any], given: Sequence[Any]) -> bool:
    """When it was resolved: a moment of closing that stands in does not replace it, nor does a day its own hour."""
    known, told = before[RESOLVED], given[RESOLVED]
    if known is None or before[BY_CLOSING]:
        return False
    return bool(given[BY_CLOSING] or (given[TO_DAY] and not before[TO_DAY] and told <= known < told + _DAY))


def _out_of_order(after: tuple[Any, ...]) -> RowProblem | None:
    """A row that is good alone may still contradict what is known."""
    opened: datetime = after[OPENED]
    for name, place in (("resolved", RESOLVED), ("restored", RESTORED), ("first_response", ANSWERED)):
        if after[place] is not None and after[place] < opened:
            told = {"opened": opened.isoformat(sep=" ", timespec="minutes")}
            return RowProblem(code=f"{name}_before_opened", field=name, value=after[place].isoformat(), values=told)
    return None


def write(batch: Batch, upload: IncidentImport, *, now: datetime) -> None:
    """Put it into the database, with the way back and the entries of what changes; the counters of facts rise."""
    touched = {one.vendor for one in batch.new}
    touched |= {vendor for change in batch.changed for vendor in (change.vendor, change.known.vendor)}
    if touched:
        facts_revision.raise_revision(*touched)
    _keep_before(batch.changed, upload)
    if batch.changed:
        entries.record(upload.created_by, [_changed(one) for one in batch.changed])
    if connection.vendor == "postgresql":
        _copy_new(batch.new, upload, now)
        _update_from_copy(batch.changed, upload, now)
    else:
        _create(batch.new, upload)
        _update(batch.changed, upload, now)


def _changed(change: IncidentUpdate) -> entries.ChangedIncident:
    names = ("vendor_id", *COLUMNS)
    known = (change.known.vendor, *change.known.values)
    before, after = entries.differing(names, known, (change.vendor, *change.values))
    return entries.ChangedIncident(change.known.pk, change.reference, change.vendor, before, after)


# The way back ----------------------------------------------------------------------------------------------------
def _keep_before(changes: Iterable[IncidentUpdate], upload: IncidentImport) -> None:
    """What only this import has written since it was kept, or since it was made, needs no second way back. Where
    another import has written between two attempts of this one, the way back leads to what that one said."""
    IncidentChange.objects.bulk_create(
        [
            IncidentChange(incident_import_id=upload.pk, incident_id=change.known.pk, before=_before(change))
            for change in changes
            if upload.pk != (change.known.changed_in or change.known.created_in)
        ],
        batch_size=1_000,
        update_conflicts=True,
        unique_fields=["incident_import", "incident"],
        update_fields=["before"],
    )


def _before(change: IncidentUpdate) -> dict[str, Any]:
    known = change.known
    told: dict[str, Any] = {
        name: _plain(old) for name, old, new in zip(COLUMNS, known.values, change.values, strict=True) if old != new
    }
    before = {"values": told, "changed_in": known.changed_in, "edited_at": _plain(known.edited_at)}
    return before if change.vendor == known.vendor else {**before, "vendor_id": known.vendor}


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, datetime) else value


# PostgreSQL ------------------------------------------------------------------------------------------------------
def _copy_new(rows: Sequence[NewIncident], upload: IncidentImport, now: datetime) -> None:
    if not rows:
        return
    columns = (
        *("uuid", "vendor_id", "source", "reference"),
        *("organisation_id", "created_in_id", "created_at", "updated_at"),
        *COLUMNS,
    )
    moment = now.isoformat()
    always = (str(upload.organisation_id), str(upload.pk), moment, moment)
    with connection.cursor() as cursor, _copying(cursor, TABLE, columns) as copy:
        for start in range(0, len(rows), SENT_AT_ONCE):
            some = rows[start : start + SENT_AT_ONCE]
            told = (
                _public_ids(len(some)),
                [str(row.vendor) for row in some],
                [row.of.source for row in some],
                [row.of.reference for row in some],
                *map(repeat, always),
                *_written(_filled(some)),
            )
            copy.write(_lines(told))


def _public_ids(count: int) -> Iterator[str]:
    """As many as `uuid4` would make, of one request for randomness: in digits without hyphens."""
    digits = urandom(16 * count).hex()
    for start in range(0, 32 * count, 32):
        number = digits[start : start + 32]
        yield f"{number[:12]}4{number[13:16]}{'89ab'[int(number[16], 16) & 3]}{number[17:]}"


def _update_from_copy(changes: Sequence[IncidentUpdate], upload: IncidentImport, now: datetime) -> None:
    if not changes:
        return
    with connection.cursor() as cursor:
        declared = ", ".join(f"{name} {TYPES.get(KINDS[name], 'text')}" for name in COLUMNS)
        cursor.execute(
            f"CREATE TEMPORARY TABLE incident_changes (id bigint, vendor_id bigint, {declared}) ON COMMIT DROP"
        )
        with _copying(cursor, "incident_changes", ("id", "vendor_id", *COLUMNS)) as copy:
            keys, vendors = [str(one.known.pk) for one in changes], [str(one.vendor) for one in changes]
            values = zip(*(_one_line(one.values) for one in changes), strict=True)
            copy.write(_lines((keys, vendors, *_written(values))))
        assigned = ", ".join(f"{name} = c.{name}" for name in ("vendor_id", *COLUMNS))
        cursor.execute(
            f"UPDATE {TABLE} i SET {assigned}, changed_in_id = %s, updated_at = %s FROM incident_changes c"  # noqa: S608
            " WHERE i.id = c.id",
            [upload.pk, now],
        )
        cursor.execute("DROP TABLE incident_changes")


def _copying(cursor: Any, table: str, columns: Sequence[str]) -> Any:
    return cursor.copy(f"COPY {table} ({', '.join(columns)}) FROM STDIN {_COPY_NOTHING}")


def _one_line(values: tuple[Any, ...]) -> tuple[Any, ...]:
    """What people wrote by hand may hold more than a file's cells do."""
    return tuple([" ".join(value.split()) if type(value) is str else value for value in values])


def _lines(columns: Iterable[Iterable[str]]) -> str:
    """As COPY reads them; tabs, line ends and the sign for “nothing” never come so far: cells are one line of signs
    that can be seen."""
    lines = map("\t".join, zip(*columns, strict=False))  # what is the same on each line never ends
    return "\n".join([*lines, ""]).replace("\\", "\\\\")


def _written(columns: Iterable[Sequence[Any]]) -> Iterator[Iterable[str]]:
    """The values of each column in words, one pass of a column at a time: that takes a third of the time of one cell
    after the other."""
    for column in columns:
        kinds = set(map(type, column))
        if kinds == {str}:
            yield column
        elif len(kinds) == 1:
            yield map(_WRITTEN[kinds.pop()], column)
        else:
            yield [_WRITTEN[type(value)](value) for value in column]


_NOTHING = "\x02"
_COPY_NOTHING = "WITH (NULL E'\\x02')"
_WRITTEN: dict[type, Any] = {
    str: str,
    type(None): lambda _none: _NOTHING,
    datetime: datetime.isoformat,
    bool: lambda value: "t" if value else "f",
    int: str,
}


# Elsewhere -------------------------------------------------------------------------------------------------------
def _create(rows: Sequence[NewIncident], upload: IncidentImport) -> None:
    if not rows:
        return
    Incident.objects.bulk_create(
        [
            Incident(
                organisation_id=upload.organisation_id,
                vendor_id=vendor,
                source=of.source,
                reference=of.reference,
                created_in_id=upload.pk,
                **dict(zip(COLUMNS, values, strict=True)),
            )
            for (of, vendor, _told), values in zip(rows, zip(*_filled(rows), strict=True), strict=True)
        ],
        batch_size=500,
    )


def _update(changes: Sequence[IncidentUpdate], upload: IncidentImport, now: datetime) -> None:
    Incident.objects.bulk_update(
        [
            Incident(
                pk=change.known.pk,
                vendor_id=change.vendor,
                changed_in_id=upload.pk,
                updated_at=now,
                **dict(zip(COLUMNS, change.values, strict=True)),
            )
            for change in changes
        ],
        ["vendor", *(name.removesuffix("_id") for name in COLUMNS), "changed_in", "updated_at"],
        batch_size=100,
    )
