"""What a new edition is called."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from manifesto.models import Release
from manifesto.successors import LONGEST_NAME, Retold, next_name, retitled, retold


@pytest.mark.parametrize(
    ("edition", "taken", "name"),
    [
        ("2026.1", (), "2026.2"),
        ("2026.1", ("2026.1", "2026.2", "2026.3"), "2026.4"),
        ("2026.9", (), "2026.10"),
        ("2026.01", (), "2026.02"),
        ("2026-1 pilot", (), "2026-2 pilot"),
        ("pilot", (), "pilot 2"),
        ("pilot", ("pilot 2",), "pilot 3"),
        ("x" * 20, (), ""),
    ],
)
def test_the_next_name_raises_the_last_number_until_it_is_free(edition: str, taken: tuple[str, ...], name: str) -> None:
    assert next_name(edition, taken) == name


@given(st.text(max_size=LONGEST_NAME), st.frozensets(st.text("12. ", max_size=4)))
def test_a_proposed_name_is_free_and_fits(edition: str, taken: frozenset[str]) -> None:
    name = next_name(edition, taken)
    assert len(name) <= LONGEST_NAME
    assert not name or name not in taken | {edition}


@pytest.mark.parametrize(
    ("title", "edition", "name", "new"),
    [
        ("The Manifesto, edition 2026.1", "2026.1", "2026.2", "The Manifesto, edition 2026.2"),
        ("Edition 2026.1. As agreed", "2026.1", "2026.2", "Edition 2026.2. As agreed"),
        ("The bank of 2026.10", "2026.1", "2026.2", "The bank of 2026.10, 2026.2"),
        ("The bank of 2026.1.5", "2026.1", "2026.2", "The bank of 2026.1.5, 2026.2"),
        ("Our bank", "2026.1", "2026.2", "Our bank, 2026.2"),
        ("Our bank", "2026.1", "2026.1", "Our bank"),
        ("", "2026.1", "2026.2", ""),
        ("x" * 160, "2026.1", "2026.2", "x" * 160),
        (r"Edition 1", "1", r"\g<0>", r"Edition \g<0>"),
    ],
)
def test_a_title_says_the_new_name_where_it_said_the_old_one(title: str, edition: str, name: str, new: str) -> None:
    assert retitled(title, edition, name) == new


def test_texts_that_another_edition_has_are_told_with_the_first_that_has_them() -> None:
    new = Release(edition="3", title_en="Bank", title_fr="", title_nl="Bank", note_en="N", note_fr="n", note_nl="")
    old = Release(edition="1", title_en="bank", title_fr="Bank", title_nl="Bank", note_en="N", note_fr="", note_nl="")
    title, note = {"en": "Bank", "fr": "", "nl": "Bank"}, {"en": "N", "fr": "", "nl": ""}
    assert retold(title, note, [new, old]) == (
        Retold(field="title", language="en", edition="3"),
        Retold(field="title", language="nl", edition="3"),
        Retold(field="note", language="en", edition="3"),
    )
    assert retold(title, note, [old]) == (
        Retold(field="title", language="nl", edition="1"),
        Retold(field="note", language="en", edition="1"),
    )
    assert retold(title, note, []) == ()
