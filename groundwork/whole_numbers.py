"""Whole numbers that no database holds, asked for all the same: they are found nowhere, and break nothing.

An address or a hidden field may say 9999999999999999999999999. Django finds nothing for `id=…`; in a list, behind a
relation and between two bounds it hands the number on, and the database refuses the whole query.
"""

from __future__ import annotations

from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db.models import ForeignKey, IntegerField
from django.db.models.fields.related_lookups import RelatedExact, RelatedIn
from django.db.models.lookups import In, Range

LEAST, MOST = -(2**63), 2**63 - 1
LONGEST = len(str(MOST))


def fits(value: Any) -> bool:
    return not isinstance(value, int) or LEAST <= value <= MOST


def said(text: str) -> int | None:
    """The number of a row or a version, as an address or a hidden field says it; None where it says none. “²” is a
    digit and no number, and of thousands of digits Python makes none."""
    return int(text) if text.isascii() and text.isdecimal() and len(text) < LONGEST else None


class OneOf(In):
    """Of a list, those that can be held."""

    def get_prep_lookup(self) -> Any:
        wanted = super().get_prep_lookup()
        return [one for one in wanted if fits(one)] if isinstance(wanted, list) else wanted


class RelatedOneOf(RelatedIn):
    def get_prep_lookup(self) -> Any:
        wanted = super().get_prep_lookup()
        return [one for one in wanted if fits(one)] if isinstance(wanted, list) else wanted


class RelatedTo(RelatedExact):
    def as_sql(self, compiler: Any, connection: Any) -> Any:
        if not fits(self.rhs):
            raise EmptyResultSet
        return super().as_sql(compiler, connection)


class Between(Range):
    """Bounds that cannot be held are moved to the last that can."""

    def get_prep_lookup(self) -> Any:
        wanted = super().get_prep_lookup()
        return [one if fits(one) else (LEAST if one < 0 else MOST) for one in wanted]


def register() -> None:
    for lookup in (OneOf, Between):
        IntegerField.register_lookup(lookup)
    for related in (RelatedOneOf, RelatedTo):
        ForeignKey.register_lookup(related)
