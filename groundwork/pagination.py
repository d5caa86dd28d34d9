"""Pages of a list that may be huge: counted to a bound, and no deeper than it."""

from __future__ import annotations

from functools import cached_property
from typing import Any

from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from groundwork.words import number

COUNTED = 10_000  # rows: nobody leafs further, and a filter finds what lies beyond


class InTurn:
    """Rows behind others, each with an order of their own, which an index gives: one order over both it does not."""

    def __init__(self, first: QuerySet[Any], then: QuerySet[Any]) -> None:
        self.first, self.then = first, then

    def __getitem__(self, asked: slice) -> list[Any]:
        """`asked` has a start and an end. Three queries at most."""
        found = list(self.first[asked])
        missing = asked.stop - asked.start - len(found)
        if missing:
            start = 0 if found else asked.start - self.first.order_by().values("pk")[: asked.start].count()
            found += self.then[start : start + missing]
        return found


class BoundedPaginator(Paginator):
    """Looks at no more than `COUNTED` rows and one. What lies beyond is said, and found by filtering."""

    def __init__(self, rows: Any, per_page: int, *, counted: Any = None) -> None:
        """`counted`: the same rows without what is only shown of each."""
        super().__init__(rows, per_page)
        self.counted = rows if counted is None else counted

    @cached_property
    def _seen(self) -> int:
        rows = self.counted
        if not isinstance(rows, QuerySet):
            return len(rows)
        bare = rows.order_by()
        if not bare.query.combinator:
            bare = bare.values("pk")
        return bare[: COUNTED + 1].count()

    @cached_property
    def count(self) -> int:
        return min(self._seen, COUNTED)

    @property
    def goes_on(self) -> bool:
        return self._seen > COUNTED

    @property
    def words(self) -> str:
        """“25”, “more than 10,000”."""
        counted = number(self.count)
        return _("more than %(number)s") % {"number": counted} if self.goes_on else counted
