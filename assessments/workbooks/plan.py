"""The dry run: what a workbook would do to each answer as it stands now, cell by cell. Nothing is written here."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import pgettext_lazy

from assessments.models import Answer, Blank
from assessments.questionnaire.forms import FIELD_LABELS
from assessments.questionnaire.saving import Draft, draft_problems
from assessments.workbooks.book import Asked, Book, Field, digest, draft_with, in_words
from assessments.workbooks.cells import CannotBe, as_compared, value_in
from assessments.workbooks.reading import Cell, Filled, FilledRow
from assessments.workbooks.stamp import Stamp
from assessments.workbooks.writing import entries_of
from groundwork import words


class CellState(StrEnum):
    NEW = "new"
    CHANGED = "changed"
    EMPTIED = "emptied"
    CONFLICT = "conflict"  # changed here and, since the download, on the site
    REFUSED = "refused"


STATES: dict[CellState, Promise] = {
    CellState.NEW: pgettext_lazy("a cell", "New"),
    CellState.CHANGED: pgettext_lazy("a cell", "Changed"),
    CellState.EMPTIED: pgettext_lazy("a cell", "Emptied"),
    CellState.CONFLICT: pgettext_lazy("a cell", "Changed on both sides"),
    CellState.REFUSED: pgettext_lazy("a cell", "Refused"),
}


class Fate(StrEnum):
    """What becomes of a question."""

    READY = "ready"
    CONFLICT = "conflict"  # somebody decides which of the two holds
    REFUSED = "refused"  # a cell of it cannot be read: nothing of it is taken over
    UNCHANGED = "unchanged"


@dataclass(frozen=True, kw_only=True)
class CellPlan:
    """`before`, `after`: in words, as the site has it and as the workbook does; `problem`: why it is refused, and what
    to do."""

    label: str
    place: str
    state: CellState
    before: str = ""
    after: str = ""
    problem: str = ""

    @property
    def state_name(self) -> str:
        return str(STATES[self.state])


@dataclass(frozen=True, kw_only=True)
class QuestionPlan:
    """`cells`: those that are not as on the site; `draft`: what the answer would hold; `who`, `when`: who changed it on
    the site since the download, where somebody did."""

    asked: Asked
    fate: Fate
    cells: tuple[CellPlan, ...] = ()
    draft: Draft | None = None
    who: str = ""
    when: str = ""

    @property
    def answer(self) -> Answer:
        return self.asked.answer

    @property
    def title(self) -> str:
        return f"{self.asked.number} {self.asked.question.short or self.asked.question.key}"

    @property
    def is_ready(self) -> bool:
        return self.fate is Fate.READY

    @property
    def is_conflict(self) -> bool:
        return self.fate is Fate.CONFLICT

    @property
    def is_refused(self) -> bool:
        return self.fate is Fate.REFUSED


@dataclass(frozen=True, kw_only=True)
class Plan:
    questions: tuple[QuestionPlan, ...]
    notes: tuple[str, ...] = ()

    @property
    def shown(self) -> list[QuestionPlan]:
        """Those where something is to be seen."""
        return [one for one in self.questions if one.fate is not Fate.UNCHANGED]

    @property
    def takeable(self) -> list[QuestionPlan]:
        return [one for one in self.questions if one.fate in (Fate.READY, Fate.CONFLICT)]

    @property
    def refused(self) -> list[QuestionPlan]:
        return [one for one in self.questions if one.is_refused]

    @property
    def conflicts(self) -> list[QuestionPlan]:
        return [one for one in self.questions if one.is_conflict]

    @property
    def states(self) -> Counter[CellState]:
        """How many cells of each state."""
        return Counter(cell.state for one in self.questions for cell in one.cells)

    @property
    def summary(self) -> str:
        """“New: 3; Changed: 1”, in cells."""
        counts = self.states
        return words.apart(words.labelled(name, counts[state]) for state, name in STATES.items() if counts[state])


def plan_of(filled: Filled, book: Book) -> Plan:
    return Plan(
        questions=tuple(
            _question(one, filled.rows.get(one.question.key, ()), filled.stamp, book) for one in book.asked
        ),
        notes=filled.notes,
    )


def _question(one: Asked, rows: Sequence[FilledRow], stamp: Stamp, book: Book) -> QuestionPlan:
    if not rows:
        return QuestionPlan(asked=one, fate=Fate.UNCHANGED)
    if len(rows) > 1 and len({_texts(row) for row in rows}) > 1:
        return QuestionPlan(asked=one, fate=Fate.REFUSED, cells=(_twice(rows),))
    look = _Look(asked=one, row=rows[0], stamp=stamp, book=book)
    return look.plan()


def _texts(row: FilledRow) -> tuple[tuple[str, str], ...]:
    return tuple((field.value, cell.text) for field, cell in row.cells.items())


def _twice(rows: Sequence[FilledRow]) -> CellPlan:
    said = _("This question stands in more than one row, with different answers: leave one of them.")
    return CellPlan(
        label=_("Row"), place=words.joined([row.place for row in rows]), state=CellState.REFUSED, problem=said
    )


@dataclass(frozen=True, kw_only=True)
class _Look:
    """One question, its row and what it was at the download."""

    asked: Asked
    row: FilledRow
    stamp: Stamp
    book: Book

    def plan(self) -> QuestionPlan:
        values, refused = self._read()
        touched = {field: value for field, value in values.items() if self._is_touched(field, value)}
        draft = draft_with(self.asked.answer, touched)
        if touched:
            refused |= self._broken(draft, touched)
        cells = tuple(
            self._cell(field, values.get(field, ""), refused) for field in [*touched, *refused.keys() - touched]
        )
        moved = self.asked.answer.updated_at
        return QuestionPlan(
            asked=self.asked,
            fate=_fate(cells),
            cells=cells,
            draft=draft if touched and not refused else None,
            who=self._who() if self._has_moved else "",
            when=words.short_moment(moved) if self._has_moved and moved else "",
        )

    # What the row says ---------------------------------------------------------------------------------------
    def _read(self) -> tuple[dict[Field, str], dict[Field, str]]:
        """The values of the cells, and what keeps others from being read."""
        values: dict[Field, str] = {}
        refused: dict[Field, str] = {}
        entries = {as_compared(entry): value for value, entry in entries_of(self.asked)}
        for field, cell in self.row.cells.items():
            if cell.fault:
                refused[field] = cell.fault
            elif self._was_closed(field):
                if digest(cell.text) != self._digest(field):
                    refused[field] = _("This cell is not asked: put back what stood in it, or answer on the site.")
            else:
                try:
                    values[field] = value_in(field, cell.text, entries)
                except CannotBe as error:
                    refused[field] = str(error)
        return values, refused

    def _is_touched(self, field: Field, value: str) -> bool:
        """Changed in the workbook, and not as it stands on the site by now."""
        return digest(value) not in (self._digest(field), digest(self.asked.values[field]))

    def _broken(self, draft: Draft, touched: Mapping[Field, str]) -> dict[Field, str]:
        """What keeps these values from being saved together, by the cell where it is put right."""
        found: dict[Field, str] = {}
        if draft.reason and draft.blank != Blank.NOT_APPLICABLE and touched.get(Field.REASON):
            found[Field.REASON] = _(
                "A reason is kept with “not applicable” alone: choose that as the grade, or empty this cell."
            )
        if draft.fact_unit and draft.fact_value is None and touched.get(Field.UNIT):
            found[Field.UNIT] = _("The number is missing: type it beside, or empty this cell.")
        if self.asked.is_fact_taken and (Field.FACT in touched or Field.UNIT in touched):
            found[Field.FACT] = _("The vendor has stated this figure itself by now: empty this cell.")
        problems = draft_problems(draft, self.asked.question)
        return found | {Field(name): message for name, message in problems.items()}

    # What is shown -------------------------------------------------------------------------------------------
    def _cell(self, field: Field, value: str, refused: Mapping[Field, str]) -> CellPlan:
        cell = self.row.cells.get(field) or Cell(place=self.row.place)
        stored = self.asked.values[field]
        problem = refused.get(field, "")
        return CellPlan(
            label=self.book.label(field) if field in self.book.fields else str(FIELD_LABELS[field.value]),
            place=cell.place,
            state=CellState.REFUSED if problem else self._state(field, value, stored),
            before=in_words(field, stored),
            after=cell.text if problem else in_words(field, value),
            problem=problem,
        )

    def _state(self, field: Field, value: str, stored: str) -> CellState:
        if digest(stored) != self._digest(field):
            return CellState.CONFLICT
        if not value:
            return CellState.EMPTIED
        return CellState.CHANGED if stored else CellState.NEW

    # What it was at the download -----------------------------------------------------------------------------
    @property
    def _key(self) -> str:
        return self.asked.question.key

    @property
    def _has_moved(self) -> bool:
        return self.asked.answer.version != self.stamp.versions[self._key]

    def _was_closed(self, field: Field) -> bool:
        return field.value in self.stamp.closed[self._key]

    def _digest(self, field: Field) -> str:
        return self.stamp.digests[self._key][field.value]

    def _who(self) -> str:
        return str(self.asked.answer.updated_by or self.asked.answer.updated_through or "")


def _fate(cells: Iterable[CellPlan]) -> Fate:
    states = {cell.state for cell in cells}
    if not states:
        return Fate.UNCHANGED
    if CellState.REFUSED in states:
        return Fate.REFUSED
    return Fate.CONFLICT if CellState.CONFLICT in states else Fate.READY
