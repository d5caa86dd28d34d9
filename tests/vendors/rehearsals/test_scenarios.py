"""Scenarios to begin with: shipped in every language."""

from __future__ import annotations

from groundwork.languages import LANGUAGE_CODES
from vendors.models import RehearsalKind
from vendors.rehearsals import scenarios


def test_each_is_there_in_every_language_with_as_many_questions() -> None:
    shipped = scenarios.shipped()
    assert len(shipped) >= 5
    assert len({one.key for one in shipped}) == len(shipped)
    for one in shipped:
        assert one.kind in RehearsalKind.values
        assert set(one.titles) == set(one.texts) == set(LANGUAGE_CODES)
        assert len({text.count("\n- ") for text in one.texts.values()}) == 1, one.key


def test_french_has_its_spaces_before_signs() -> None:
    for one in scenarios.shipped():
        for sign in "?!;:":
            assert f" {sign}" not in one.texts["fr"], one.key  # a space that may break
