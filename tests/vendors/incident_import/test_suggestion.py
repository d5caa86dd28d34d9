"""What is suggested for a file: headings, as far as the values below them agree."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from vendors.incident_import import suggestion
from vendors.incident_import.columns import presets

ROWS = 20


def columns_of(header: str, row: Sequence[str], *, rows: int = ROWS) -> dict[str, str]:
    sample = [[cell.replace("#", str(number)) for cell in row] for number in range(1, rows + 1)]
    return dict(suggestion.suggest(header.split(","), sample).columns)


def test_a_reopened_that_holds_a_moment_is_no_number() -> None:
    header = "Reference,Opened,Reopened,Reopen count"
    found = columns_of(header, ["#", "2026-03-02 10:00", "2026-03-05 10:00", "0"])
    assert found["reopened"] == "Reopen count"
    assert "reopened" not in columns_of("Reference,Opened,Reopened", ["#", "2026-03-02 10:00", "2026-03-05 10:00"])


def test_a_column_that_is_empty_in_the_first_rows_is_taken_where_no_other_is_known() -> None:
    assert columns_of("Reference,Opened,Resolved", ["#", "2026-03-02", ""])["resolved"] == "Resolved"
    found = columns_of("Reference,Opened,Solved,Resolved", ["#", "2026-03-02", "2026-03-03", ""])
    assert found["resolved"] == "Solved"


def test_an_empty_criticality_leaves_it_to_the_priority() -> None:
    header = ["Issue key", "Summary", "Created", "Severity", "Priority"]
    options = suggestion.suggest(header, [["EX-1", "Down", "2026-03-02", "", "Highest"]])
    assert ("mission_critical" in options.columns, options.critical) == (False, ("Highest",))


def test_numbers_that_a_spreadsheet_ruined_lose_to_others() -> None:
    found = columns_of("Number,Ticket,Opened", ["2,02603E+14", "T-#", "2026-03-02"])
    assert found["reference"] == "Ticket"
    assert columns_of("Number,Opened", ["2,02603E+14", "2026-03-02"])["reference"] == "Number"


def test_of_vendor_columns_that_are_all_nearly_empty_the_fullest_is_taken() -> None:
    sample = [["1", "2026-03-02", "A", ""], ["2", "2026-03-02", "", ""], ["3", "2026-03-02", "", ""]]
    options = suggestion.suggest(["Reference", "Opened", "Supplier", "Vendor"], sample)
    assert options.columns["vendor"] == "Supplier"


def test_a_closed_of_yes_and_no_is_a_state_and_no_moment() -> None:
    found = columns_of("Reference,Opened,Closed", ["#", "2026-03-02", "Yes"])
    assert ("closed" in found, found["state"]) == (False, "Closed")


@pytest.mark.parametrize(
    ("header", "row", "preset", "field", "heading"),
    [
        (
            "ID,Título,Data de abertura,Data da solução,Prioridade,Atribuído para - Técnico",
            ["#", "Rede", "02-03-2026 08:00", "02-03-2026 09:00", "Muito alta", "Ana"],
            "glpi",
            "resolved",
            "Data da solução",
        ),
        (
            "ID,Titre,Date d'ouverture,Date de clôture,Priorité,Temps d'attente",
            ["#", "Réseau", "02-03-2026 08:00", "02-03-2026 09:00", "Majeure", "2 heures 5 minutes"],
            "glpi",
            "waited",
            "Temps d'attente",
        ),
        (
            "Incident ID,Open Time,Reopen Time,Resolved Time,Close Time,# Reassignments,Priority",
            ["IM#", "2/3/2026 08:00", "3/3/2026 08:00", "2/3/2026 10:00", "3/3/2026 09:00", "2", "1"],
            "hpsm",
            "handovers",
            "# Reassignments",
        ),
        (
            "Ticket#,Title,Created,Close Time,Queue,State,Priority,FirstResponseInMin",
            [
                "2026030#",
                "x",
                "2026-03-02 08:00:00",
                "2026-03-02 09:00:00",
                "Network",
                "closed successful",
                "3 normal",
                "12",
            ],
            "otrs",
            "first_response",
            "FirstResponseInMin",
        ),
        (
            "Summation column,Id,Requester,Subject,Group,Created at,Assignee stations,First reply time in minutes",
            ["", "#", "A", "x", "Network", "2026-03-02 08:00", "1", "15"],
            "zendesk",
            "handovers",
            "Assignee stations",
        ),
    ],
)
def test_headings_of_tools_are_known(header: str, row: list[str], preset: str, field: str, heading: str) -> None:
    sample = [
        [cell.replace("#", str(number)) if place < 2 else cell for place, cell in enumerate(row)] for number in range(9)
    ]
    options = suggestion.suggest(header.split(","), sample)
    assert (options.preset, options.columns.get(field)) == (preset, heading)


@pytest.mark.parametrize(
    "value",
    [
        "1",
        "P1",
        "1 - Critical",
        "1 - Kritiek",
        "1-High",
        "P1 - Hoog",
        "P1 – Critique",
        "Sev 1",
        "S1: outage",
        "Critical",
        "URGENT",
        "5 very high",
        "Priority 1",
        "P0",
        "Höchste",
        "la plus  élevée",
    ],
)
def test_the_highest_priority_is_known(value: str) -> None:
    assert presets.is_highest(value)


@pytest.mark.parametrize(
    "value", ["", "2 - High", "P2", "1 - Low", "1 very low", "10", "1st floor", "Not critical", "3", "0", "High", "P10"]
)
def test_another_priority_is_not_taken_for_the_highest(value: str) -> None:
    assert not presets.is_highest(value)


def test_any_tool_may_count_the_highest_of_its_levels() -> None:
    sample = [["1", "2026-03-02", "1 - Kritiek"], ["2", "2026-03-02", "P1 - Major"], ["3", "2026-03-02", "2 - Hoog"]]
    assert suggestion.suggest(["Reference", "Opened", "Priority"], sample).critical == ("1 - Kritiek", "P1 - Major")


def test_repeated_headings_are_seen_as_the_file_has_them() -> None:
    header = ["Number (1)", "Number (2)", "Cost (1)", "Cost (net)", "Opened"]
    assert presets.bare_headings(header) == ["Number", "Number", "Cost (1)", "Cost (net)", "Opened"]
