"""One way through a file, to check it or to write it: row by row, in batches that are a transaction each."""

from __future__ import annotations

import gc
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from itertools import islice
from typing import Any

import structlog
from django.db import transaction
from django.utils import timezone

from accounts.models import Organisation
from accounts.trail import audit
from groundwork.tables.cells import ImportRefused
from groundwork.tables.reading import Line
from vendors.incident_fields import FIELDS
from vendors.incident_import import logs, moving, sources, writing
from vendors.incident_import.columns.options import Dates, Options
from vendors.incident_import.holding import answers
from vendors.incident_import.job import CancelAsked, HeldImport
from vendors.incident_import.limits import BATCH
from vendors.incident_import.logs import Chosen
from vendors.incident_import.looks import open_incidents, path_of
from vendors.incident_import.rows import dates, places
from vendors.incident_import.rows.date_mix import DateMix
from vendors.incident_import.rows.matching import LEFT_OUT, UNDECIDED, Services, Vendors
from vendors.incident_import.rows.places import SERVICE
from vendors.incident_import.rows.problems import MAX_KEPT, RESOLVED_LEFT_OUT, WARNINGS, RowProblem
from vendors.incident_import.rows.reading import IncidentRow, RowReader, Spoken
from vendors.incident_import.rows.values import clean_cell
from vendors.incident_import.summary.counting import Counting
from vendors.incident_import.zeros import Zeros
from vendors.models import ImportProblem, ImportState

logger = structlog.get_logger(__name__)

FATES = ("new", "changed", "unchanged", "error", "left_out")
MOVED = "moved"  # of the changed, those that are at another vendor from now on
REPEATED = "repeated"  # lines that say again, or in a log said before, what another line says
PROBLEMS = "problems"  # how many there are, kept or not
WARNING = "warning"  # of these, cells without which a row is taken
OPEN_FOR_WANT = RESOLVED_LEFT_OUT  # incidents that count as open because of such a cell
BY_CLOSING = "resolved_is_closing"  # incidents of which nobody wrote down when they were resolved
HIDDEN = "hidden_rows"  # in the workbook; they are read, too
DATE_CELLS, DATE_TEXTS = "date_cells", "date_texts"  # in columns of moments in which both stand
MOMENTS = tuple(field.key for field in FIELDS if field.is_moment)
ENOUGH_VOTES = 200


class DatesUnsure(Exception):  # noqa: N818 - said as what happened
    """Every date of the file can be read day first and month first: a person has to say."""


class DatesMixed(Exception):  # noqa: N818 - said as what happened
    """Day and month of some date cells may have been exchanged: a person has to look. `args`: the MixedDates."""


class Pass:
    """One way through the file of an import, to check it or to write it. `counts` is what becomes of its rows."""

    def __init__(self, job: HeldImport) -> None:
        self.job, self.upload, self.now = job, job.row, timezone.now()
        self.writes = job.row.state == ImportState.IMPORTING
        self.options = Options.from_data(job.row.options)
        self.vendors = Vendors(job.row.organisation_id, self.options)
        self.services = Services(job.row, self.options)
        self.counts: Counter[str] = Counter(dict.fromkeys((*FATES, MOVED, REPEATED, PROBLEMS), 0))
        self.moves: Counter[tuple[int, int]] = Counter()  # of one vendor to another
        self.rows_read = 0
        self.counting = None if self.writes else Counting()  # what is written was counted by the check
        self._spoken: list[IncidentRow] = []
        self._seen: dict[str, dict[str, int]] = {}
        self._chosen: dict[Spoken, Chosen] | None = None
        self._zeros: Zeros | None = None
        self._unknown: dict[str, ImportProblem] = {}
        self._problems: list[ImportProblem] = []
        self._kept = 0
        self._mix = DateMix(())
        self._is_workbook = False
        self._nobody_said = self.options.dates == "auto"  # in which order the dates are

    def run(self) -> None:
        """From the first row to the last, and what then becomes of the import. CancelAsked or LeaseLostError at the
        end of a batch, which is then not written."""
        self.job.tell()
        if self.options.dates == "auto":
            self.options = replace(self.options, dates=self._order())
        ImportProblem.objects.filter(incident_import=self.upload).delete()  # of an earlier attempt
        if self.options.one_line_per_update:
            self._chosen = self._chosen_lines()
        if self.options.leading_zeros == "match":
            self._zeros = Zeros(self.upload.organisation_id)
        with self._opened() as (reader, lines):
            with transaction.atomic():
                if self.writes:
                    self.vendors.make_new(self.upload)
                self.job.tell()
            for batch in _in_batches(self._looked_at(reader, lines)):
                with _without_collector():
                    self._batch(reader.read_all(batch))
        self._tell_mix()
        with transaction.atomic():
            ImportProblem.objects.bulk_create(self._unknown.values())
            self.job.tell(rows_read=self.rows_read, counts=self.tally)
        self._end()

    def _end(self) -> None:
        if not self.writes:
            options = {**self.upload.options, "dates": self.options.dates}
            names, rows, told = dict(self.vendors.names), self.rows_read, self._told()
            self.job.end(
                ImportState.CHECKED,
                **{"options": options, "names": names, "told": told, "counts": self.tally},
                **{"rows_read": rows, "rows_total": rows},
                **self._summary(),
            )
            return
        with transaction.atomic():
            answers.raise_revisions(self.upload)
            if self.job.cancel_is_asked(lock=True):
                raise CancelAsked
            rows, told = self.rows_read, self._told()
            self.job.end(ImportState.DONE, counts=self.tally, told=told, rows_read=rows, finished_at=timezone.now())
            audit.record(self.upload.created_by, "incidentimport.applied", self.upload, after=self.tally)
            sources.make_known(self.upload, self._seen, self.options)
            moving.record(self.upload.created_by, self.upload, self.moves)
        logger.info("import_done", incident_import=self.upload.pk, rows=self.rows_read)

    @contextmanager
    def _opened(self) -> Iterator[tuple[RowReader, Iterator[Line]]]:
        """ImportRefused, with their headings, where columns that the options name are not in the file."""
        with path_of(self.upload) as path, open_incidents(path, sheet=self.options.sheet) as table:
            if gone := [heading for heading in self.options.columns.values() if heading not in table.header]:
                raise ImportRefused(", ".join(gone))
            self.counts[HIDDEN] = table.hidden_rows
            self._is_workbook = bool(table.sheets)
            yield RowReader(table.header, self.options, now=self.now, is_1904=table.is_1904), table.rows

    def _looked_at(self, reader: RowReader, lines: Iterable[Line]) -> Iterable[Line]:
        """In a workbook, a cell of a date may be one or be written as a text."""
        if not self._is_workbook:
            return lines
        self._mix = DateMix([reader.used[name] for name in MOMENTS if name in reader.used])
        return self._looking(lines)

    def _looking(self, lines: Iterable[Line]) -> Iterator[Line]:
        for line in lines:
            self._mix.look(line.cells)
            yield line

    def _tell_mix(self) -> None:
        mixed = self._mix.told()
        self.counts[DATE_CELLS], self.counts[DATE_TEXTS] = mixed.cells, mixed.texts
        if mixed.may_be_turned and self._nobody_said:
            raise DatesMixed(mixed)

    def _beating(self, lines: Iterable[Line]) -> Iterator[Line]:
        """The lines as they come; a worker that only looks through a large workbook is not taken for dead."""
        for count, line in enumerate(lines, start=1):
            if count % BATCH == 0:
                self.job.tell()
            yield line

    def _order(self) -> Dates:
        """By the first rows that tell it; where most do not, the whole file is looked through. DatesUnsure where even
        that tells nothing."""
        day_first = month_first = either = 0
        with self._opened() as (reader, lines):
            places = [reader.used[name] for name in MOMENTS if name in reader.used]
            for line in self._beating(lines):
                found = dates.votes(clean_cell(line.cells[place]) for place in places if place < len(line.cells))
                day_first, month_first, either = day_first + found[0], month_first + found[1], either + found[2]
                if day_first + month_first >= ENOUGH_VOTES:
                    break
                if line.number > 1_000 and not (day_first or month_first or either):
                    break  # dates that have no such order
        order = dates.order_of(day_first, month_first, either)
        if order is None:
            raise DatesUnsure
        return order

    def _chosen_lines(self) -> dict[Spoken, Chosen]:
        """Of a log, the one line of each incident that counts."""
        with self._opened() as (reader, lines):
            return logs.chosen_lines(reader, self._beating(lines))

    def _summary(self) -> dict[str, Any]:
        """What the check counted. What a person said that the file holds stays while the file says the same of it."""
        if self.counting is None:
            return {}
        moved: Counter[int] = Counter()
        for (_old, new), count in self.moves.items():
            moved[new] += count
        summary = self.counting.as_data(self.vendors.names_by_id(), moved)
        is_same = self.upload.summary.get("holding") == summary["holding"]
        return {"summary": summary} if is_same else {"summary": summary, **answers.NOTHING_SAID}

    @property
    def tally(self) -> dict[str, int]:
        return dict(self.counts)

    def _told(self) -> dict[str, Any]:
        """Which vendors incidents leave, and for which, those with the most first."""
        names = self.vendors.names_by_id()
        return {
            "moves": [
                {"from": names[old], "to": names[new], "incidents": count}
                for (old, new), count in self.moves.most_common()
            ]
        }

    def _batch(self, rows: Sequence[IncidentRow]) -> None:
        self.rows_read += len(rows)
        with transaction.atomic():
            if self.writes:
                # Two imports of one organisation take turns, batch by batch: neither sees half of the other's.
                Organisation.objects.select_for_update(no_key=True).get(pk=self.upload.organisation_id)
            good = [pair for row in rows if (pair := self._sorted_out(row)) is not None]
            for row, _vendor in good:
                if row.left_out:
                    self._note_left_out(row)
            self.counts[BY_CLOSING] += sum(row.values[places.BY_CLOSING] is True for row, _vendor in good)
            batch = writing.weigh(good, self.upload, lock=self.writes)
            self.counts.update(batch.fates)
            self.counts[MOVED] += batch.moved
            self.moves.update(batch.moves)
            if self.counting is not None:
                self.counting.add_spoken(self._spoken)
                self.counting.add_good(good, batch.fates)
            self._spoken = []
            for row, problem in batch.problems:
                self._keep(row, problem)
            if self.writes:
                writing.write(batch, self.upload, now=self.now)
            ImportProblem.objects.bulk_create(self._problems, batch_size=1_000)
            self._problems = []
            self.job.tell(rows_read=self.rows_read, counts=self.tally)

    def _sorted_out(self, row: IncidentRow) -> tuple[IncidentRow, int] | None:
        """The row with its vendor; None, and counted, where it is left out, wrong, or said elsewhere."""
        if self._is_said_elsewhere(row):
            self.counts[REPEATED] += 1
            return None
        if self._zeros is not None:
            row.reference = self._zeros.known_as(row.source, row.reference)
        if not row.problems:
            self._spoken.append(row)
        vendor = self.vendors.of(row.vendor)
        if vendor == LEFT_OUT and vendor is not UNDECIDED:
            self.counts["left_out"] += 1
            return None
        if vendor is UNDECIDED:
            self._note_unknown(row)
        if vendor is UNDECIDED or row.problems:
            self._refuse(row)
            return None
        if row.service:
            row.values[SERVICE] = self.services.of(vendor, row.service, make=self.writes) if vendor > 0 else None
        return self._once(row, vendor)

    def _is_said_elsewhere(self, row: IncidentRow) -> bool:
        """In a log, another line of this incident counts; the one that does is of the vendor who is chosen for it."""
        chosen = self._chosen.get(row.identity) if self._chosen is not None else None
        if chosen is None:
            return False
        row.vendor = chosen.vendor
        return chosen.line != row.line

    def _once(self, row: IncidentRow, vendor: int) -> tuple[IncidentRow, int] | None:
        """The first line of a reference. A later one that says the same is passed over; another one is a problem."""
        seen = self._seen.setdefault(row.source, {})
        mark = row.line << 32 | hash((vendor, *row.values, row.service)) & 0xFFFF_FFFF
        first = seen.setdefault(row.reference, mark)
        if first is mark:
            return row, vendor
        if first & 0xFFFF_FFFF == mark & 0xFFFF_FFFF:
            self.counts[REPEATED] += 1
            return None
        row.problems.append(
            RowProblem(code="reference_twice", field="reference", value=row.reference, values={"line": first >> 32})
        )
        self._refuse(row)
        return None

    def _note_left_out(self, row: IncidentRow) -> None:
        for problem in row.left_out:
            self.counts[WARNING] += 1
            self.counts[OPEN_FOR_WANT] += problem.code == RESOLVED_LEFT_OUT
            self._keep(row, problem)

    def _refuse(self, row: IncidentRow) -> None:
        self.counts["error"] += 1
        for problem in row.problems:
            self._keep(row, problem)

    def _note_unknown(self, row: IncidentRow) -> None:
        """Once for each name, with the number of its rows: five thousand lines that say the same help nobody."""
        if not row.vendor:
            row.problems.append(RowProblem(code="vendor_empty", field="vendor"))
            return
        problem = RowProblem(code="vendor_unknown", field="vendor", value=row.vendor)
        self._count_fault(row, problem)
        if row.vendor not in self._unknown:
            self._unknown[row.vendor] = self._row_of(row, problem)
            self.counts[PROBLEMS] += 1
        self._unknown[row.vendor].values = {"count": self._unknown[row.vendor].values.get("count", 0) + 1}

    def _count_fault(self, row: IncidentRow, problem: RowProblem) -> None:
        if self.counting is not None:
            faults = self.counting.warnings if problem.code in WARNINGS else self.counting.errors
            faults.add(problem, line=row.line, column=self.options.columns.get(problem.field, ""))

    def _keep(self, row: IncidentRow, problem: RowProblem) -> None:
        self.counts[PROBLEMS] += 1
        self._count_fault(row, problem)
        if self._kept < MAX_KEPT:
            self._kept += 1
            self._problems.append(self._row_of(row, problem))

    def _row_of(self, row: IncidentRow, problem: RowProblem) -> ImportProblem:
        return ImportProblem(
            incident_import=self.upload,
            line=row.line,
            column=self.options.columns.get(problem.field, "")[:200],
            value=clean_cell(problem.value)[:200],
            code=problem.code,
            values=dict(problem.values),
        )


@contextmanager
def _without_collector() -> Iterator[None]:
    """A batch makes and drops tens of thousands of tuples and no circle: to look for one takes a tenth of its time."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def _in_batches(lines: Iterable[Line]) -> Iterator[list[Line]]:
    rest = iter(lines)
    while batch := list(islice(rest, BATCH)):
        yield batch
