"""The shapes of what a comparison says, in one language: every field is ready to be shown.

Cells stand in the order of the vendors, one for each, and name theirs, for a phone shows them one below the other.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from assessments.findings.words import Notice
from reports.scorecard.shapes import AnswerView, NoteView, QuestionView, RuleView, ScorecardView


@dataclass(frozen=True, kw_only=True)
class Column:
    """One vendor, by one scorecard."""

    position: int  # from 1
    card: ScorecardView

    @property
    def vendor(self) -> str:
        return self.card.vendor

    @property
    def notices(self) -> tuple[Notice, ...]:
        """What its measures say against its grades."""
        return self.card.measured.notices if self.card.measured else ()


@dataclass(frozen=True, kw_only=True)
class RuleCell:
    vendor: str
    rule: RuleView
    notices: tuple[Notice, ...]  # of this rule alone


@dataclass(frozen=True, kw_only=True)
class QuestionCell:
    """What one vendor got for a question. `question` is None where its edition does not ask it; `is_otherwise`: it was
    asked in another meaning than the one that the row shows."""

    vendor: str
    edition: str
    question: QuestionView | None
    is_otherwise: bool = False

    @property
    def of_itself(self) -> AnswerView | None:
        """What the vendor answers itself, if it did."""
        own = self.question.vendor if self.question else None
        return own if own and own.is_answered else None

    @property
    def noted(self) -> NoteView | None:
        return self.question.note if self.question else None


@dataclass(frozen=True, kw_only=True)
class QuestionRow:
    """A question with the text of the first vendor that was asked it."""

    key: str
    number: str
    short: str
    text: str
    cells: tuple[QuestionCell, ...]

    @property
    def is_asked_otherwise(self) -> bool:
        return any(cell.is_otherwise for cell in self.cells)


@dataclass(frozen=True, kw_only=True)
class RuleRow:
    key: str
    number: int
    name: str
    promise: str
    cells: tuple[RuleCell, ...]
    sentences: tuple[str, ...]  # where it is clear that one is above another, and why it is not
    questions: tuple[QuestionRow, ...]


@dataclass(frozen=True, kw_only=True)
class ComparisonView:
    """Everything that a comparison says, in one language."""

    language: str
    organisation: str
    columns: tuple[Column, ...]
    summary: str
    doubts: tuple[str, ...]  # why differences are not clear, whatever the rule
    rules: tuple[RuleRow, ...]

    @property
    def vendors(self) -> tuple[str, ...]:
        return tuple(column.vendor for column in self.columns)

    @property
    def has_missing_grades(self) -> bool:
        return any(column.card.has_missing_grades for column in self.columns)

    @property
    def has_gap(self) -> bool:
        """Whether a vendor says something of itself."""
        return any(column.card.has_gap for column in self.columns)

    @property
    def thresholds(self) -> tuple[Fraction, Fraction]:
        return self.columns[0].card.thresholds
