"""How new rows are put into words for the database."""

from __future__ import annotations

from uuid import UUID

from vendors.incident_import import writing


def test_public_names_of_many_rows_are_random_uuids_of_version_four() -> None:
    names = [UUID(digits) for digits in writing._public_ids(2_000)]
    assert len(set(names)) == 2_000
    assert {(name.version, name.variant) for name in names} == {(4, UUID(int=0x4000_8000_0000_0000_0000).variant)}
    assert {name.hex[16] for name in names} == set("89ab")


def test_a_column_in_words_is_as_its_values_one_by_one() -> None:
    columns = [["a\\b", "c"], [True, None], [None, None], [3, 4]]
    words = [list(column) for column in writing._written(columns)]
    assert words == [["a\\b", "c"], ["t", "\x02"], ["\x02", "\x02"], ["3", "4"]]
    assert writing._lines(words) == "a\\\\b\tt\t\x02\t3\nc\t\x02\t\x02\t4\n"
