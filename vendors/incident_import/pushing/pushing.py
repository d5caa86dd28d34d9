"""Rows that a system pushes into one source, each with what became of it: in one transaction, with the same locks, way
back and entries as the rows of a file."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from django.db import transaction

from accounts.models import Membership, Organisation
from vendors.incident_import import moving, writing
from vendors.incident_import.pushing import claims, days
from vendors.incident_import.pushing.claims import Claim, Known
from vendors.incident_import.pushing.naming import Candidate, Names, UnknownServices
from vendors.incident_import.pushing.reading import NAME_OF, PushReader, Said, options_for
from vendors.incident_import.rows.matching import LEFT_OUT, UNDECIDED
from vendors.incident_import.rows.problems import RowProblem, reason
from vendors.incident_import.rows.reading import IncidentRow
from vendors.models import Incident, IncidentImport, IncidentSource, Vendor

MOST = 1_000  # rows of a push


class PushOutcome(StrEnum):
    CREATED = "created"
    CHANGED = "changed"
    MOVED = "moved"  # changed, and at another vendor than before
    UNCHANGED = "unchanged"
    REPEATED = "repeated"  # an earlier row of the same push says the same
    LEFT_OUT = "left_out"  # a person has decided that incidents of this name are not taken
    REFUSED = "refused"


@dataclass(frozen=True, kw_only=True)
class RowFault:
    """What is wrong with one value. `name`: of what was sent; empty for the whole row. `code` stays in every language;
    `detail`: in the active one."""

    name: str
    code: str
    detail: str
    candidates: Sequence[Candidate] = ()


@dataclass(kw_only=True)
class RowTold:
    """What became of one row. `warnings`: values without which it was taken."""

    reference: str
    outcome: PushOutcome
    faults: Sequence[RowFault] = ()
    warnings: Sequence[RowFault] = ()
    uuid: UUID | None = None


@dataclass(frozen=True, kw_only=True)
class Push:
    """What is sent. `rows`: by the names of `reading.KEY_OF`. `is_all_or_nothing`: one that is refused refuses all."""

    rows: Sequence[Mapping[str, Any]]
    said: Said = field(default_factory=Said)
    services: UnknownServices = UnknownServices.REFUSE
    claim: Claim | None = None
    is_all_or_nothing: bool = False


@dataclass(frozen=True, kw_only=True)
class Pushed:
    """`told`: one a row, in their order; `known`: of the source now, None where nobody said."""

    told: Sequence[RowTold]
    known: Known | None


class PushRefused(Exception):  # noqa: N818 - said as what happened
    """Nothing is written, because of some. `told`: what each would have been."""

    def __init__(self, told: Sequence[RowTold]) -> None:
        super().__init__("refused")
        self.told = told


@transaction.atomic
def push(member: Membership, source: IncidentSource, what: Push, *, name: str, now: datetime) -> Pushed:
    """Take what can be taken. `name`: of what pushes, such as that of its token. Raises PushRefused where one refused
    row refuses all, ClaimRefused where what is said to be known cannot be, ImportRefused where the vendors have too
    many names. The number of queries does not grow with the rows."""
    # Whoever writes incidents of one organisation takes turns, as imports do batch by batch.
    Organisation.objects.select_for_update(no_key=True).get(pk=source.organisation_id)
    day = days.of_today(member, source, name=name, now=now)
    one_way = _Way(source, day, what, now=now)
    batch = one_way.weighed()
    if what.is_all_or_nothing and any(told.outcome == PushOutcome.REFUSED for told in one_way.told):
        raise PushRefused(one_way.told)
    if not days.stands(day):  # somebody began to take it back
        day = days.of_today(member, source, name=name, now=now)
    writing.write(batch, day, now=now)
    moving.record(member.user, day, batch.moves)
    IncidentSource.objects.filter(pk=source.pk).update(pushed_at=now)
    known = claims.keep(member, source, what.claim, day, now=now) if what.claim else claims.known_of(source)
    is_kept = bool(batch.new or batch.changed or what.claim)
    days.end(member, day, wrote=is_kept)
    if is_kept:
        days.tell(day, one_way.fates(), _by_name(batch.moves), one_way.options, now=now)
    one_way.tell_uuids()
    return Pushed(told=one_way.told, known=known)


def _by_name(moves: Mapping[tuple[int, int], int]) -> dict[tuple[str, str], int]:
    keys = {vendor for pair in moves for vendor in pair}
    names = dict(Vendor.objects.filter(pk__in=keys).values_list("pk", "name")) if keys else {}
    return {(names[old], names[new]): count for (old, new), count in moves.items()}


class _Way:
    """One way through what is sent."""

    def __init__(self, source: IncidentSource, day: IncidentImport, what: Push, *, now: datetime) -> None:
        self.source, self.day, self.what = source, day, what
        self.options = options_for(source, what.said)
        reader = PushReader(self.options, now=now)
        self.rows = [reader.read(number, told) for number, told in enumerate(what.rows)]
        self.names = Names(day, self.options, what.services)
        self.told: list[RowTold] = []
        self._first: dict[str, tuple[int, object]] = {}  # reference → place, and what it says

    def weighed(self) -> writing.Batch:
        """What the good rows would do; `told` of all."""
        good = [pair for row in self.rows if (pair := self._sorted_out(row)) is not None]
        if self.what.claim is not None:
            claims.hold_vendors(self.source, *(vendor for _row, vendor in good))
        batch = writing.weigh(good, self.day, lock=True)
        new = {one.of.reference for one in batch.new}
        changed = {one.reference: one.vendor != one.known.vendor for one in batch.changed}
        for row, _vendor in good:
            told = self.told[row.line]
            if row.reference in new:
                told.outcome = PushOutcome.CREATED
            elif row.reference in changed:
                told.outcome = PushOutcome.MOVED if changed[row.reference] else PushOutcome.CHANGED
        for row, problem in batch.problems:
            self._refuse(row, [problem], None)
        return batch

    def _sorted_out(self, row: IncidentRow) -> tuple[IncidentRow, int] | None:
        self.told.append(RowTold(reference=row.reference, outcome=PushOutcome.UNCHANGED))
        vendor = self.names.vendor_of(row)
        if vendor == LEFT_OUT and vendor is not UNDECIDED:
            self.told[-1].outcome = PushOutcome.LEFT_OUT
            return None
        if vendor is not UNDECIDED:
            self.names.tell_service(row, vendor)
        self.told[-1].warnings = [_fault(problem) for problem in row.left_out]
        if row.problems:
            self._refuse(row, row.problems, vendor)
            return None
        return self._once(row, vendor)  # type: ignore[arg-type] # a row without a problem has its vendor

    def _once(self, row: IncidentRow, vendor: int) -> tuple[IncidentRow, int] | None:
        """The first of a reference; a later one that says the same is passed over."""
        says = (vendor, row.values)
        place, first = self._first.setdefault(row.reference, (row.line, says))
        if place == row.line:
            return row, vendor
        if first == says:
            self.told[row.line].outcome = PushOutcome.REPEATED
            return None
        problem = RowProblem(code="pushed_twice", field="reference", value=row.reference, values={"line": place})
        self._refuse(row, [problem], vendor)
        return None

    def _refuse(self, row: IncidentRow, problems: Sequence[RowProblem], vendor: int | None) -> None:
        told = self.told[row.line]
        told.outcome = PushOutcome.REFUSED
        told.faults = [_fault(problem, self.names.candidates(problem, vendor)) for problem in problems]

    def fates(self) -> dict[str, int]:
        """As an import counts them."""
        found = Counter(told.outcome for told in self.told)
        return {
            "new": found[PushOutcome.CREATED],
            "changed": found[PushOutcome.CHANGED] + found[PushOutcome.MOVED],
            "unchanged": found[PushOutcome.UNCHANGED],
            "error": found[PushOutcome.REFUSED],
            "left_out": found[PushOutcome.LEFT_OUT],
            "moved": found[PushOutcome.MOVED],
        }

    def tell_uuids(self) -> None:
        """Of those that are there now."""
        there = Incident.objects.filter(organisation=self.source.organisation_id, source=self.source.key)
        wanted = {told.reference for told in self.told if told.outcome not in _WITHOUT}
        uuids = dict(there.filter(reference__in=wanted).values_list("reference", "uuid")) if wanted else {}
        for told in self.told:
            if told.outcome not in _WITHOUT:
                told.uuid = uuids[told.reference]


_WITHOUT = (PushOutcome.REFUSED, PushOutcome.LEFT_OUT)


def _fault(problem: RowProblem, candidates: Sequence[Candidate] = ()) -> RowFault:
    name = NAME_OF.get(problem.field, problem.field)
    return RowFault(name=name, code=problem.code, detail=reason(problem), candidates=candidates)
