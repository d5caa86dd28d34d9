"""Texts end at a word where their lines end, and say where the rest stands."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reports.scorecard.paper.cutting import Room, cut
from reports.scorecard.paper.unmet import allotted

ROOM = Room(lines=2, width=50, type=9.5)


def test_a_text_that_fits_is_left_alone() -> None:
    assert cut("Short  enough\nto stay.", ROOM) == "Short enough to stay."


def test_a_longer_one_ends_at_a_word_and_says_where_the_rest_is() -> None:
    text = "The vendor answers within an hour, and writes down what it found, every time and to everybody."
    found = cut(text, ROOM, rest="record, section 3")
    assert found == "The vendor answers within an hour, and writes… (record,\u00a0section\u00a03)"


def test_a_bracket_that_nothing_closes_is_cut_too() -> None:
    room = Room(lines=1, width=60, type=9.5)
    assert cut("It rises by 3 hours a month (12 months of a year, that is)", room) == "It rises by 3 hours a month…"


def test_one_word_without_end_is_torn() -> None:
    found = cut("x" * 500, ROOM)
    assert found.endswith("x…")
    assert len(found) < 60


@given(st.text(max_size=400), st.integers(1, 4))
def test_whatever_is_written_what_is_left_fits(text: str, lines: int) -> None:
    room = replace(ROOM, lines=lines)
    found = cut(text, room, rest="record")
    assert room.lines_of(found) <= lines or len(found.split(" ")) == 1


@pytest.mark.parametrize(
    ("needs", "lines", "given"),
    [
        ([1, 1, 1], 9, [1, 1, 1]),
        ([9, 9, 9], 3, [1, 1, 1]),
        ([2, 9, 1], 6, [2, 3, 1]),
        ([4, 1, 4], 6, [3, 1, 2]),
    ],
)
def test_lines_that_one_part_leaves_go_to_the_others(needs: list[int], lines: int, given: list[int]) -> None:
    assert allotted(needs, lines) == given
