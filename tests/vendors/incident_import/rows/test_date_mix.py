"""Columns in which some cells are dates and others are texts."""

from __future__ import annotations

from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from vendors.incident_import.rows.date_mix import DateMix, MixedDates

days = st.lists(st.dates(date(2025, 1, 1), date(2026, 12, 31)), min_size=1, max_size=40)


def told(*columns: list[str]) -> MixedDates:
    mix = DateMix(range(len(columns)))
    for cells in zip(*columns, strict=True):
        mix.look(cells)
    return mix.told()


@given(days)
def test_what_a_spreadsheet_turned_around_is_noticed(meant: list[date]) -> None:
    """Day first in the file, month first in the spreadsheet."""
    cells = [f"{day.year}-{day.day:02}-{day.month:02}T08:00:00" for day in meant if day.day <= 12]
    texts = [f"{day:%d/%m/%Y} 08:00" for day in meant if day.day > 12]
    found = told(cells + texts)
    is_mixed = bool(cells and texts)
    assert (found.cells, found.texts) == ((len(cells), len(texts)) if is_mixed else (0, 0))
    assert found.may_be_turned == (is_mixed and any(day.day != day.month for day in meant if day.day <= 12))


def test_a_date_after_the_twelfth_was_read_as_it_was_meant() -> None:
    assert told(["2026-01-25T08:00:00", "2026-03-01", "13/01/2026"]) == MixedDates(cells=2, texts=1)


def test_each_column_is_looked_at_alone() -> None:
    assert told(["2026-03-01", "2026-03-02"], ["13/01/2026", "14/01/2026"]) == MixedDates()


def test_other_texts_are_no_dates() -> None:
    assert told(["2026-03-01", "?", "Paused", ""]) == MixedDates()
