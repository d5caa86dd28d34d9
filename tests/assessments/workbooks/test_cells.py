"""What a cell means, however it is typed."""

from __future__ import annotations

import pytest

from assessments.workbooks.book import Field
from assessments.workbooks.cells import CannotBe, as_compared, value_in

ENTRIES = {as_compared("3 – Dependable: within 24 hours, 4 times of 5"): "3"}


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("", ""),
        ("3", "3"),
        ("3.0", "3"),
        ("3,0", "3"),
        ("3 – good", "3"),
        ("3 - good", "3"),
        ("3: good", "3"),
        ("3 (good)", "3"),
        ("3 good", "3"),
        ("3.", "3"),
        ("0", "0"),
        ("3 – Dependable: within 24 hours, 4 times of 5", "3"),
        ("3 – dependable: within 24  hours, 4 times of 5", "3"),
        ("Dependable", "3"),
        ("not applicable", "not_applicable"),
        ("Not Applicable", "not_applicable"),
        ("n/a", "not_applicable"),
        ("Don't know", "dont_know"),
        ("don’t know", "dont_know"),
        ("Sans objet", "not_applicable"),  # in French, whatever the language of the page
        ("Not answered yet", ""),
    ],
)
def test_a_grade_is_understood_as_people_type_it(text: str, value: str) -> None:
    assert value_in(Field.CHOICE, text, ENTRIES) == value


@pytest.mark.parametrize(
    "text", ["5", "-1", "3.5", "3,5", "3 or 4", "3-4", "3/4", "30", "good", "3e0", "٣", "2026", "x 3"]
)
def test_what_is_no_grade_is_refused_with_what_to_do(text: str) -> None:
    with pytest.raises(CannotBe, match=r"is no grade. Choose from the list, or type 0 to 4"):
        value_in(Field.CHOICE, text, ENTRIES)


def test_a_grade_that_the_program_made_a_date_of_is_named(db: None) -> None:
    with pytest.raises(CannotBe, match=r"made a date of what was typed. Choose the grade from the list"):
        value_in(Field.CHOICE, "2026-03-04", ENTRIES)


@pytest.mark.parametrize(
    ("text", "value"), [("12.5", "12.5"), ("12,5", "12.5"), ("95 %", "95"), ("0", "0"), ("", ""), ("100.00", "100")]
)
def test_a_number_is_read_with_point_comma_and_percent_sign(text: str, value: str) -> None:
    assert value_in(Field.FACT, text, {}) == value


@pytest.mark.parametrize("text", ["many", "1e3", "-3", "1.234,5"])
def test_what_is_no_number_is_refused(text: str) -> None:
    with pytest.raises(CannotBe, match=r"Enter a number, such as 12.5"):
        value_in(Field.FACT, text, {})


def test_a_number_that_became_a_date_is_refused() -> None:
    with pytest.raises(CannotBe, match="Format the cell as text"):
        value_in(Field.FACT, "2026-05-12T00:30:00", {})


@pytest.mark.parametrize(
    ("text", "value"), [("a month", "month"), ("A Year", "year"), ("par an", "year"), ("week", "week")]
)
def test_a_stretch_of_time_is_found_in_any_of_our_languages(text: str, value: str) -> None:
    assert value_in(Field.UNIT, text, {}) == value


def test_another_stretch_of_time_is_refused() -> None:
    with pytest.raises(CannotBe, match="a week, a month, a quarter or a year"):
        value_in(Field.UNIT, "a decade", {})


def test_a_text_stays_what_it_is_also_a_day() -> None:
    assert value_in(Field.COMMENT, "2026-03-04", {}) == "2026-03-04"


def test_a_text_longer_than_the_site_takes_is_refused() -> None:
    with pytest.raises(CannotBe, match="At most 50,000 characters"):
        value_in(Field.COMMENT, "x" * 50_001, {})
