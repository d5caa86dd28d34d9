"""What the organisation expects, in three lines: for whoever has the vendor on the line."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date

from accounts.models import Organisation
from vendors.models import Expectation, ExpectationEdition

MOST = 3
BY_DEFAULT = ("speed", "support", "guidance")  # rules 5, 1 and 3: how fast, who leads, what they tell


def in_force(organisation: Organisation, today: date) -> tuple[Expectation, ...]:
    """All of the edition that holds today, in its order; none where none is in force. Two queries at most."""
    edition = ExpectationEdition.objects.filter(organisation=organisation).in_force(today).first()
    return tuple(edition.expectations.order_by("rule", "position", "pk")) if edition else ()


def lines(expectations: Sequence[Expectation], chosen: Iterable[str]) -> tuple[Expectation, ...]:
    """Those with the `chosen` keys in that order, three at most. One that the edition in force no longer has is left
    out; where none is left, the first of the rules that decide in the worst hour."""
    by_key = {one.key: one for one in expectations}
    found = tuple(by_key[key] for key in chosen if key in by_key)[:MOST]
    return found or by_default(expectations)


def by_default(expectations: Sequence[Expectation]) -> tuple[Expectation, ...]:
    first = {one.rule: one for one in sorted(expectations, key=lambda one: (-one.position, -one.pk))}
    return tuple(first[rule] for rule in BY_DEFAULT if rule in first)
