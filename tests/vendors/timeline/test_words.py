"""What the words of a timeline say."""

from __future__ import annotations

import pytest

from tests.factories import NOW
from vendors.models import EntryKind, TimelineEntry
from vendors.timeline import words

ALL_FIVE = {
    "asked": "The log",
    "why": "The last error",
    "does": "They compare",
    "next_step": "They call",
    "next_at": NOW,
}


@pytest.mark.parametrize(
    ("missing", "told"),
    [
        ((), ""),
        (("why",), "why they ask it"),
        (("does", "next_at"), "what they do with it · and when"),
        (tuple(ALL_FIVE), "what they ask · why they ask it · what they do with it · what comes next · and when"),
    ],
)
def test_what_a_contact_left_out_is_told_in_one_line(missing: tuple[str, ...], told: str) -> None:
    said = {name: value for name, value in ALL_FIVE.items() if name not in missing}
    assert words.unsaid(TimelineEntry(kind=EntryKind.CONTACT, **said)) == told
