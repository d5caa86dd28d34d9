"""Cells to values: words and numbers as exports write them."""

from __future__ import annotations

from typing import Any

import pytest

from vendors.incident_import.columns.options import Options
from vendors.incident_import.rows import values
from vendors.incident_import.rows.problems import WORDS, RowProblem, reason


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
    told = {"count": 1, "line": 2, "order": "iso", "zone": "UTC", "opened": "today"}
    for code in WORDS:
        words = reason(RowProblem(code=code, values=told))
        assert words and "%(" not in words


@pytest.mark.parametrize(("count", "end"), [(1, "in 1 row."), (2, "in 2 rows.")])
def test_an_unknown_vendor_stands_in_one_row_or_in_more(count: int, end: str) -> None:
    assert reason(RowProblem(code="vendor_unknown", values={"count": count})).endswith(end)


def test_order_of_a_date_is_told_by_an_example() -> None:
    told = reason(RowProblem(code="date_order", values={"order": "month_first"}))
    assert "“12/31/2026”" in told
