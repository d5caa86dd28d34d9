"""Lists by pages of a key: a page begins after the last row of the one before, so that it costs the same wherever it
is, and no row is met twice or left out when others come in between."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any, TypeVar

from django.db.models import Model, Q, QuerySet
from django.utils.translation import gettext_lazy as _
from ninja import Field, Schema

from accounts import kept_secrets
from accounts.api.problems import Fault, Problem, invalid

Row = TypeVar("Row", bound=Model)
MOST = 200


class PageOfList(Schema):
    """How much, and from where."""

    limit: int = Field(50, ge=1, le=MOST, description="Rows of a page.")
    after: str = Field("", max_length=500, description="`next` of the page before; nothing for the first.")


def page(rows: QuerySet[Row], wanted: PageOfList, *, by: str = "pk") -> tuple[list[Row], str | None]:
    """The rows of this page, and what the next one comes after; None where this is the last. One query.

    `by`: a column that orders the rows, with a minus sign for the latest first; the key decides between equals."""
    descending, column = by.startswith("-"), by.lstrip("-")
    order = [by] if column == "pk" else [by, "-pk" if descending else "pk"]
    if wanted.after:
        rows = rows.filter(_beyond(_read(wanted.after, by), column, descending=descending))
    found = list(rows.order_by(*order)[: wanted.limit + 1])
    if len(found) <= wanted.limit:
        return found, None
    last = found[wanted.limit - 1]
    return found[: wanted.limit], _written(by, [getattr(last, column), last.pk] if column != "pk" else [last.pk])


def _beyond(place: Sequence[Any], column: str, *, descending: bool) -> Q:
    than = "lt" if descending else "gt"
    if column == "pk":
        return Q(**{f"pk__{than}": place[0]})
    value, key = place
    return Q(**{f"{column}__{than}": value}) | Q(**{column: value, f"pk__{than}": key})


def _written(by: str, place: Sequence[Any]) -> str:
    """Closed, because it holds a key that counts."""
    return kept_secrets.closed(json.dumps([by, *place], default=str))


def _read(after: str, by: str) -> Sequence[Any]:
    try:
        ordered, *place = json.loads(kept_secrets.opened(after))
    except (kept_secrets.CannotOpenError, ValueError, TypeError) as error:  # also another secret that is kept closed
        raise _unknown() from error
    if ordered != by or len(place) != (1 if by.lstrip("-") == "pk" else 2) or not isinstance(place[-1], int):
        raise _unknown()
    return place


def _unknown() -> Problem:
    return invalid([Fault(path="?after", detail=str(_("Take `next` of a page as it came, for the same list.")))])
