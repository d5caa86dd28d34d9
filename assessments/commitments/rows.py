"""A commitment as lists show it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from assessments.commitments.words import Called, Standing, called, goal, standing
from assessments.models import Commitment, CommitmentQuerySet

RELATED = ("vendor", "contact", "owner", "assessment")


@dataclass(frozen=True, kw_only=True)
class CommitmentRow:
    commitment: Commitment
    called: Called
    standing: Standing
    goal: str


def complete(rows: CommitmentQuerySet) -> CommitmentQuerySet:
    """With all that a row shows."""
    return rows.select_related(*RELATED)


def rows_of(commitments: Iterable[Commitment], today: date) -> list[CommitmentRow]:
    """Of `complete` rows; two queries for what their rules and questions are called."""
    found = list(commitments)
    names = called(found)
    return [
        CommitmentRow(commitment=row, called=names[row.pk], standing=standing(row, today), goal=goal(row))
        for row in found
    ]
