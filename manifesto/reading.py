"""Differences and dry runs as a person reads them: names instead of keys, words that went and came marked."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import AuditEntry
from accounts.trail import reading as trail
from groundwork.differences import Piece, changed_pieces
from groundwork.languages import LANGUAGE_CODES
from groundwork.words import labelled, number
from manifesto import bank as banks
from manifesto.bank import ChangeKind, Sheet
from manifesto.editions import (
    EditionDifference,
    differences,
    field_label,
    language_name,
    other_editions,
    retold_in_words,
)
from manifesto.emptied import Cell
from manifesto.exchange import ERROR, DryRun, ReportRow
from manifesto.models import Release, ReleaseState
from manifesto.naming import names_in
from manifesto.successors import retold

LEVEL = re.compile(r"level (\d) (\w\w)")  # as the audit trail calls the text of a level


@dataclass(frozen=True, kw_only=True)
class ShownChange:
    what: str  # "label, French"
    pieces: tuple[Piece, ...]
    is_emptied: bool = False


@dataclass(frozen=True, kw_only=True)
class ShownLine:
    """One line of the bank with all that became of it."""

    place: str
    name: str
    kind: str  # a ChangeKind, or "error"
    kind_name: str
    changes: tuple[ShownChange, ...] = ()
    reason: str = ""


def shown_differences(release: Release, other: Release) -> tuple[ShownLine, ...]:
    """What tells the edition from the other one: one entry a line of the bank, in its order."""
    names = names_in(banks.read(other), banks.read(release))
    grouped: dict[tuple[Sheet, str], list[EditionDifference]] = {}
    for difference in differences(release, other):
        grouped.setdefault((difference.sheet, difference.key), []).append(difference)
    return tuple(_shown(names[place], found) for place, found in grouped.items())


def _shown(line: str, found: list[EditionDifference]) -> ShownLine:
    kinds = [difference.kind for difference in found]
    kind = ChangeKind.CHANGED if ChangeKind.CHANGED in kinds else kinds[0]
    changes = tuple(
        _change(difference.field or "rule", difference.language, difference.before, difference.after)
        for difference in found
        if difference.before is not None or difference.after is not None
    )
    name = kind_name(kind.value)
    if kind is ChangeKind.CHANGED and ChangeKind.MOVED in kinds:
        name = f"{kind_name('moved')}, {name}"
    return ShownLine(place="", name=line, kind=kind.value, kind_name=name, changes=changes)


def shown_report(run: DryRun) -> dict[str, Any]:
    """Every row of a dry run: those that change (`report`), those that stay (`unchanged`), how many of each, and the
    questions that go (`gone`). What goes into a new draft that nothing comes before is no change: it is told by its
    size (`size`)."""
    if run.bank and not run.base:
        return {"report": (), "unchanged": (), "summary": (), "gone": (), "size": _size(run)}
    emptied, names = frozenset(run.emptied), shown_names(run)
    shown = tuple(_shown_row(row, emptied, names) for row in run.rows)
    return {
        "report": tuple(line for line in shown if line.kind != ChangeKind.UNCHANGED),
        "unchanged": tuple(line for line in shown if line.kind == ChangeKind.UNCHANGED),
        "summary": tuple(counted(kind, n) for kind, n in run.counts.items() if kind != ChangeKind.UNCHANGED),
        "gone": _gone(run, names),
        "size": "",
    }


def of_another_edition(run: DryRun, draft: Release | None) -> tuple[str, ...]:
    """What tells that a file for this draft was exported from another edition: its name, its title, its note."""
    if draft is None or run.bank is None:
        return ()
    bank = run.bank
    named: tuple[str, ...] = ()
    if bank.edition != draft.edition:
        said = {"name": bank.edition, "draft": draft.edition}
        named = (_("The file is of edition %(name)s, and this draft is %(draft)s.") % said,)
    again = retold(bank.title, bank.note, other_editions(draft))
    return (*named, *(retold_in_words(one) for one in again))


def _gone(run: DryRun, names: Mapping[tuple[Sheet, str], str]) -> tuple[str, ...]:
    rows = (row for row in run.rows if row.kind == ChangeKind.REMOVED)
    return tuple(names[row.sheet, row.key] for row in rows if row.sheet is Sheet.QUESTIONS)


def shown_names(run: DryRun) -> dict[tuple[Sheet, str], str]:
    """Of all that stands, as it is called now, and of all that would."""
    before = [banks.read(run.base)] if run.base else []
    return names_in(*([run.bank] if run.bank else []), *before)


def _size(run: DryRun) -> str:
    sheets = Counter(row.sheet for row in run.rows)
    said = {"rules": sheets[Sheet.RULES], "questions": sheets[Sheet.QUESTIONS], "levels": sheets[Sheet.LEVELS]}
    return _("Rules: %(rules)s. Questions: %(questions)s. Levels: %(levels)s.") % said


def _shown_row(row: ReportRow, emptied: frozenset[Cell], names: Mapping[tuple[Sheet, str], str]) -> ShownLine:
    return ShownLine(
        place=str(row.place),
        name=names.get((row.sheet, row.key), row.key) if row.sheet else row.key,
        kind=row.kind,
        kind_name=kind_name(row.kind),
        changes=tuple(
            replace(
                _change(field.field, field.language, field.before, field.after),
                is_emptied=row.sheet is not None
                and Cell(sheet=row.sheet, key=row.key, field=field.field, language=field.language) in emptied,
            )
            for field in row.fields
            if _said(field.before) != _said(field.after)
        ),
        reason=row.reason,
    )


@dataclass(frozen=True, kw_only=True)
class ShownCell:
    """A cell that a file leaves empty, and what stands there now."""

    place: str
    name: str  # "Question speed-help, level 3: text, French"
    before: str


def shown_emptied(run: DryRun) -> tuple[ShownCell, ...]:
    """In the order of `run.emptied`."""
    places, names = {(row.sheet, row.key): str(row.place) for row in run.rows}, shown_names(run)
    before = {
        (row.sheet, row.key, field.field, field.language): field.before for row in run.rows for field in row.fields
    }
    return tuple(
        ShownCell(
            place=places[cell.sheet, cell.key],
            name=labelled(names[cell.sheet, cell.key], _field_name(cell.field, cell.language)),
            before=_said(before[cell.sheet, cell.key, cell.field, cell.language]),
        )
        for cell in run.emptied
    )


def _change(field: str, language: str, before: Any, after: Any) -> ShownChange:
    return ShownChange(what=_field_name(field, language), pieces=changed_pieces(_said(before), _said(after)))


def _field_name(field: str, language: str) -> str:
    return f"{field_label(field)}, {language_name(language)}" if language else field_label(field)


def _said(value: Any) -> str:
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    return "" if value is None else str(value)


def kind_name(kind: str) -> str:
    names = {
        ChangeKind.ADDED.value: _("added"),
        ChangeKind.REMOVED.value: _("removed"),
        ChangeKind.MOVED.value: _("moved"),
        ChangeKind.CHANGED.value: _("changed"),
        ChangeKind.UNCHANGED.value: _("unchanged"),
        ERROR: _("error"),
    }
    return names[kind]


def counted(kind: str, count: int) -> str:
    """“4 errors”: of a dry run, in numbers."""
    said = {
        ChangeKind.ADDED.value: ngettext("%(count)s added", "%(count)s added", count),
        ChangeKind.REMOVED.value: ngettext("%(count)s removed", "%(count)s removed", count),
        ChangeKind.MOVED.value: ngettext("%(count)s moved", "%(count)s moved", count),
        ChangeKind.CHANGED.value: ngettext("%(count)s changed", "%(count)s changed", count),
        ERROR: ngettext("%(count)s error", "%(count)s errors", count),
    }
    return said[kind] % {"count": number(count)}


MOST_OPEN = 8  # changes of one entry that a page shows unfolded


@dataclass(frozen=True, kw_only=True)
class ShownEntry:
    at: datetime
    who: str
    what: str
    changes: tuple[ShownChange, ...]

    @property
    def is_long(self) -> bool:
        """A whole bank that came from a file, say: who looks for a word unfolds it."""
        return len(self.changes) > MOST_OPEN


def shown_entry(entry: AuditEntry, names: Mapping[tuple[Sheet, str], str]) -> ShownEntry:
    """An entry of the audit trail about the bank: what was done to what, and the words that changed."""
    columns = [name for name in {**entry.before, **entry.after} if entry.before.get(name) or entry.after.get(name)]
    changes = tuple(
        ShownChange(
            what=_column_name(column, names),
            pieces=changed_pieces(_value(column, entry.before.get(column)), _value(column, entry.after.get(column))),
        )
        for column in columns
    )
    what = labelled(trail.verb_in_words(entry.verb), entry.object_label)
    return ShownEntry(at=entry.at, who=entry.actor_label, what=what, changes=changes)


def _value(column: str, value: Any) -> str:
    """A state is stored as a code."""
    return str(ReleaseState(value).label) if column == "state" and value in ReleaseState.values else _said(value)


def _column_name(name: str, names: Mapping[tuple[Sheet, str], str]) -> str:
    """ "questions/speed-help.text_fr", "text_fr" and "level 2 fr" as "Question 5.1 Help: text, French", "text, French"
    and "Level 2, French"."""
    if level := LEVEL.fullmatch(name):
        grade, language = level.groups()
        said = _("Level %(grade)s") % {"grade": grade}
        return f"{said}, {language_name(language)}"
    line, dot, column = name.rpartition(".")
    field, _underscore, language = column.rpartition("_")
    known = language in LANGUAGE_CODES
    said = f"{field_label(field)}, {language_name(language)}" if known else field_label(column)
    sheet, _slash, key = line.partition("/")
    return labelled(names.get((Sheet(sheet), key), key), said) if dot else said
