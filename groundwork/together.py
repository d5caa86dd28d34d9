"""Several querysets read by one statement: a page that looks into twenty tables asks the database once.

Each becomes an arm of a UNION ALL. Columns of one type share a place: values arrive as the database has them, and
Django turns them into rows as it always does.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Generic, TypeVar

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import Field, Model, QuerySet
from django.db.models.sql.compiler import SQLCompiler

Rows = QuerySet[Any, Any]
Place = tuple[str, int]  # the type of a column, and which of that type
Told_co = TypeVar("Told_co", covariant=True)


@dataclass(frozen=True, kw_only=True)
class Lookup(Generic[Told_co]):
    """A part of a page: `reads` may be read together with those of other parts; `told` says what they tell, then."""

    reads: tuple[Rows, ...]
    told: Callable[[], Told_co]

    def now(self) -> Told_co:
        """By itself."""
        read_together(*self.reads)
        return self.told()


def look_up(*lookups: Lookup[Any]) -> None:
    """All of them by one statement: what they tell costs nothing any more."""
    read_together(*(rows for lookup in lookups for rows in lookup.reads))


def read_together(*querysets: Rows) -> None:
    """Afterwards each is as if it had been iterated, and costs nothing any more; what it prefetches it still asks for.

    In one statement; by itself where there is only one. No order is kept: whoever needs one sorts, or takes a slice,
    which holds the right rows in any order. All are of one database.
    """
    open_ones = [one for one in dict.fromkeys(querysets) if one._result_cache is None]
    arms = [arm for one in open_ones if (arm := _arm(one)) is not None]
    if len(arms) < 2:
        return  # the one that is left is read as ever, when it is iterated
    found = _rows_of(arms)
    for number, arm in enumerate(arms):
        arm.fill(found[number])


def attach(rows: Iterable[Model], name: str, found: Iterable[tuple[int, Model]]) -> None:
    """As a prefetch leaves them: of each row, `name` has those that came with its key, and asks nobody any more."""
    of_row: dict[int, list[Model]] = defaultdict(list)
    for key, one in found:
        of_row[key].append(one)
    for row in rows:
        related = getattr(row, name).get_queryset()
        related._result_cache, related._prefetch_done = of_row[row.pk], True
        if not hasattr(row, "_prefetched_objects_cache"):
            row._prefetched_objects_cache = {}  # type: ignore[attr-defined]
        row._prefetched_objects_cache[name] = related  # type: ignore[attr-defined]


class _Arm:
    """One queryset as a part of the statement."""

    def __init__(self, queryset: Rows, compiler: SQLCompiler, sql: str, params: Sequence[Any]) -> None:
        self.queryset, self.compiler, self.sql, self.params = queryset, compiler, sql, params
        self.places = tuple(_places(column for column, _sql, _alias in compiler.select))
        self.names = [alias for _column, _sql, alias in compiler.select]

    def select(self, number: int, layout: Sequence[Place]) -> str:
        quote = self.compiler.connection.ops.quote_name
        here = {place: quote(name) for place, name in zip(self.places, self.names, strict=True)}
        columns = ", ".join([str(number), *(here.get(place, "NULL") for place in layout)])
        return f"SELECT {columns} FROM ({self.sql}) arm{number}"  # noqa: S608 - Django's own SQL, its values are bound

    def fill(self, rows: Iterable[Sequence[Any]]) -> None:
        """As Django does it: by the compiler that made the SQL, which finds its rows here already."""
        query, compiler = self.queryset.query, self.compiler
        compiler.execute_sql = lambda *_args, **_kwargs: [rows]  # type: ignore[method-assign, assignment]
        query.get_compiler = lambda *_args, **_kwargs: compiler  # type: ignore[method-assign]
        try:
            found: Iterable[Any] = self.queryset._iterable_class(self.queryset)  # type: ignore[assignment]
            self.queryset._result_cache = list(found)
        finally:
            del query.get_compiler  # it would go on into whatever is filtered from it


def _arm(queryset: Rows) -> _Arm | None:
    """None where nothing can be found: its SQL does not exist."""
    query = queryset.query
    plain = query.clone()
    if not query.is_sliced:
        plain.clear_ordering(force=True)
    compiler = plain.get_compiler(queryset.db)
    try:
        sql, params = compiler.as_sql(with_col_aliases=True)
    except EmptyResultSet:
        queryset._result_cache = []
        return None
    return _Arm(queryset, compiler, sql, params)


def _places(columns: Iterable[Any]) -> Iterator[Place]:
    seen: Counter[str] = Counter()
    for column in columns:
        kind = _kind(column.output_field)
        yield kind, seen[kind]
        seen[kind] += 1


@lru_cache(maxsize=4096)
def _kind(field: Field[Any, Any]) -> str:
    """The type that the database has for it, without a length: texts of all lengths share their places."""
    kind = str(field.cast_db_type(connection)).partition("(")[0]
    return "text" if "char" in kind else kind


def _rows_of(arms: Sequence[_Arm]) -> dict[int, list[tuple[Any, ...]]]:
    """By the number of an arm."""
    layout = sorted({place for arm in arms for place in arm.places})
    typed = ", ".join(["0", *(f"CAST(NULL AS {kind})" for kind, _number in layout)])
    # The first arm names the types and finds nothing: PostgreSQL takes a bare NULL for a text.
    parts = [f"SELECT {typed} WHERE 1 = 0", *(arm.select(number, layout) for number, arm in enumerate(arms))]
    where = {place: at for at, place in enumerate(layout, start=1)}
    at = [[where[place] for place in arm.places] for arm in arms]
    found: dict[int, list[tuple[Any, ...]]] = defaultdict(list)
    with connection.cursor() as cursor:
        cursor.execute(" UNION ALL ".join(parts), [value for arm in arms for value in arm.params])
        for number, *values in cursor.fetchall():
            found[number].append(tuple(values[place - 1] for place in at[number]))
    return found
