"""What a file says of itself: whose it is, what is in it, what is left out and why, and what each column means."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from groundwork.words import apart, labelled, moment, number
from reports.exports.catalogue import TABLES, Column, Kind


@dataclass(frozen=True, kw_only=True)
class About:
    """`subject`: what was asked for; `left_out`: sentences that say what is not in it, and why."""

    organisation: str
    subject: str
    asked_by: str
    made_at: datetime
    left_out: tuple[str, ...] = ()


def lines(about: About, *, notes: Sequence[str], counts: Mapping[str, int], keys: bool = False) -> Iterator[list[str]]:
    """A heading alone, or a word and what is said of it. `counts`: rows by table; `keys`: columns are named by their
    keys, and the words of each code are told."""
    yield [about.subject]
    yield [_("Organisation"), about.organisation]
    yield [_("Asked for by"), about.asked_by]
    yield [_("Made on"), moment(about.made_at)]
    for said in (*about.left_out, *notes):
        yield ["", said]
    for table in TABLES:
        yield [str(table.title)]
        rows = counts.get(table.key, 0)
        said = ngettext("%(count)s row", "%(count)s rows", rows) % {"count": number(rows)}
        yield [table.key if keys else "", f"{table.about} ({said})"]
        for column in table.columns:
            yield [column.key if keys else str(column.label), _about(column, keys=keys)]


def _about(column: Column, *, keys: bool) -> str:
    parts = [str(column.label)] if keys else []
    if column.about:
        parts.append(str(column.about))
    if keys and column.words and column.kind in {Kind.CODE, Kind.AGREED}:
        parts += [labelled(str(code), words) for code, words in column.words.items()]
    return apart(parts)
