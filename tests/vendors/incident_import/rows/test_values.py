"""Cells to values: words and numbers as exports write them."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from vendors.incident_import.columns.options import Options
from vendors.incident_import.rows import values
from vendors.incident_import.rows.problems import WORDS, RowProblem, left_out, reason


def plainly(value: Any) -> Any:
    return value.code if isinstance(value, RowProblem) else value


@pytest.mark.parametrize(
    ("text", "value"),
    [("3", 3), (" 3.0 ", 3), ("0", 0), ("?", None), ("", None), ("true", 1), ("nee", 0)]
    + [(text, "not_a_number") for text in ("-1", "2.5", "32768", "many", "1e9", "NaN1", "²")],
)
def test_numbers(text: str, value: Any) -> None:
    assert plainly(values.number(text)) == value


@pytest.mark.parametrize(
    ("text", "value"),
    [("True", True), ("OUI", True), ("n", False), ("", None), ("?", None), ("maybe", "not_yes_or_no")],
)
def test_yes_and_no(text: str, value: Any) -> None:
    assert plainly(values.yes_or_no(text)) == value


@pytest.mark.parametrize(
    ("meaning", "text", "value"),
    [
        ("met", "true", "met"),
        ("met", "false", "missed"),
        ("missed", "true", "missed"),
        ("missed", "no", "met"),
        ("met", "Breached", "missed"),
        ("missed", "Niet gehaald", "missed"),
        ("missed", "respecté", "met"),
        ("remaining", "2h 30m", "met"),
        ("remaining", "-4:23", "missed"),
        ("remaining", "no", "missed"),
        ("met", "", None),
        ("met", "n/a", None),
        ("met", "purple", "sla_unreadable"),
        ("met", "groen", "met"),
    ],
)
def test_the_service_level_is_read_by_words_and_by_what_yes_means(meaning: Any, text: str, value: Any) -> None:
    assert plainly(values.sla_reader(Options(sla_yes=meaning, sla_met=("Groen",)))(text)) == value


def test_critical_is_what_was_chosen_and_else_yes_or_no() -> None:
    chosen = values.critical_reader(Options(critical=("1 - Critical", "P1")))
    assert [chosen(text) for text in ("1 -  critical", "p1", "2 - High", "")] == [True, True, False, None]
    assert [plainly(values.critical_reader(Options())(text)) for text in ("yes", "0", "P1")] == [
        True,
        False,
        "not_yes_or_no",
    ]


def test_texts_are_one_line_without_what_cannot_be_seen_and_cut_where_they_are_too_long() -> None:
    read = values.text_reader(10)
    assert read(" a\r\n b\0\tc\u00a0d ") == "a b c d"
    assert read("x" * 11) == "x" * 9 + "…"
    assert read("'=1+1") == "=1+1"
    assert read("half \ud800") == "half"
    assert read("x" * 20_001) == "x" * 9 + "…"
    assert read("(vide)") is None


def test_references_are_never_cut() -> None:
    read = values.reference_reader(8)
    assert read(" INC-1 ") == "INC-1"
    assert plainly(read("INC-123456")) == "too_long"


def test_what_readers_remember_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(values, "REMEMBERED", 3)
    memory = values.Remembering(str.upper)
    assert [memory[text] for text in "abcdeab"] == list("ABCDEAB")
    assert len(memory) <= 3


def test_each_reason_reads_with_what_it_tells() -> None:
    told = {"count": 1, "line": 2, "order": "iso", "zone": "UTC", "opened": "today", "text": "2E+9"}
    told |= {"because": "not_a_number"}
    for code in WORDS:
        words = reason(RowProblem(code=code, values=told))
        assert words and "%(" not in words


@pytest.mark.parametrize(("count", "end"), [(1, "in 1 row."), (2, "in 2 rows.")])
def test_an_unknown_vendor_stands_in_one_row_or_in_more(count: int, end: str) -> None:
    assert reason(RowProblem(code="vendor_unknown", values={"count": count})).endswith(end)


def test_order_of_a_date_is_told_by_an_example() -> None:
    told = reason(RowProblem(code="date_order", values={"order": "month_first"}))
    assert "“12/31/2026”" in told


@pytest.mark.parametrize("text", ["2,02603E+14", "2.02603E+14", "1E+10", " 2,02603e+14 "])
def test_what_a_spreadsheet_made_of_a_long_number_is_no_reference(text: str) -> None:
    problem = values.reference_reader(80)(text)
    assert plainly(problem) == "reference_power_of_ten"
    assert text.strip() in reason(problem)  # type: ignore[arg-type]


@pytest.mark.parametrize("text", ["12E4", "2E14", "INC-2E+14", "E+14", "20E+14"])
def test_a_reference_with_an_e_in_it_is_one(text: str) -> None:
    assert values.reference_reader(80)(text) == text


@pytest.mark.parametrize(("text", "value"), [("1", 0), ("3", 2), ("0", 0), ("", None), ("x1", "not_a_number")])
def test_who_has_had_it_is_one_more_than_the_hand_overs(text: str, value: Any) -> None:
    assert plainly(values.stations(text)) == value


@pytest.mark.parametrize(
    ("text", "is_closed"),
    [(text, True) for text in ("Closed", "RESOLVED", "Gelöst", "fermé", "Clos", "Gesloten", "Afgemeld", "Erledigt")]
    + [
        (text, True)
        for text in ("Closed (Permanently)", "resolved - by caller", "erfolgreich geschlossen", "Yes", "Oui")
    ]
    + [(text, False) for text in ("New", "In Progress", "On Hold", "pending close", "Unresolved", "En cours", "No")]
    + [(text, None) for text in ("", "?", "7", "6.0", "-")],
)
def test_a_state_of_closed_is_known(text: str, is_closed: bool | None) -> None:
    assert values.state(text) is is_closed


@pytest.mark.parametrize(
    ("text", "value"), [("90", 2), ("89", 1), ("1h", 60), ("", None), ("Paused", "length_unreadable")]
)
def test_minutes_are_whole_half_a_minute_counted_up(text: str, value: Any) -> None:
    assert plainly(values.minutes_reader(timedelta(seconds=1))(text)) == value


@pytest.mark.parametrize("field", ["sla", "resolved"])
def test_a_cell_left_out_says_why_and_what_follows(field: str) -> None:
    why = RowProblem(code="date_short_year", field=field, value="x")
    assert reason(left_out(why, counts_as_open=False)) == f"{reason(why)} The incident is taken without it."
    counts_as_open = reason(left_out(why, counts_as_open=True))
    assert counts_as_open.endswith("counts as open.") == (field == "resolved")
