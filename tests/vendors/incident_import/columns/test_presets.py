"""The tools that are known by their headings, and what is suggested for each; the page's first rows; kept mappings."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from tests.factories import Cast, make_vendor
from tests.vendors.incident_import.files import as_csv, checked, kept, options_for
from vendors.incident_fields import BY_KEY, FIELDS
from vendors.incident_import import saved_mappings, suggestion
from vendors.incident_import.columns import presets
from vendors.incident_import.columns.options import Options
from vendors.incident_import.preview import preview
from vendors.incident_import.rows.problems import reason

EXPORTS = {
    "servicenow": [
        "number,opened_at,resolved_at,short_description,priority,made_sla,reopen_count,assignment_group",
        "Number,Opened,Short description,Caller,Priority,State,Assignment group,Assigned to,Updated",
        "Numéro,Ouvert,Brève description,Priorité,Groupe d'affectation",
        "Nummer,Geopend,Korte beschrijving,Prioriteit,Toewijzingsgroep",
    ],
    "jira": [
        "Summary,Issue key,Issue Type,Status,Priority,Assignee,Created,Resolved,Custom field (Time to resolution)",
        "Résumé,Clé de ticket,Priorité,Création,Résolu",
        "Samenvatting,Itemsleutel,Prioriteit,Gemaakt,Opgelost",
    ],
    "zendesk": [
        "Summation column,Id,Requester,Subject,Status,Group,Assignee,Created at,Solved at,Reopens,Priority",
        "Ticket ID,Ticket created - Date,Ticket solved - Date,Ticket subject,Ticket priority",
    ],
    "glpi": [
        "ID,Title,Status,Last update,Opening date,Priority,Assigned to - Technician,Resolution date",
        "ID,Titre,Date d'ouverture,Priorité,Attribué à - Technicien,Date de résolution,Temps de résolution dépassé",
        "ID,Titel,Status,Openingsdatum,Prioriteit",
    ],
}


@pytest.mark.parametrize(("key", "line"), [(key, line) for key, lines in EXPORTS.items() for line in lines])
def test_exports_are_recognised_and_their_required_columns_found(key: str, line: str) -> None:
    header = line.split(",")
    found = presets.recognise(header)
    assert found is not None and found.key == key
    options = suggestion.suggest(header)
    assert (options.source, options.preset) == (key, key)
    assert {field.key for field in FIELDS if field.is_required} <= set(options.columns)
    assert set(options.columns.values()) <= set(header)
    assert len(set(options.columns.values())) == len(options.columns)


@pytest.mark.parametrize(
    "header",
    [
        ["Reference", "Opened on", "Closed on", "Severity", "Supplier"],
        ["Référence", "Ouvert le", "Résolu le", "Gravité", "Fournisseur"],
        ["Kenmerk", "Gemeld op", "Opgelost op", "Ernst", "Leverancier"],
    ],
)
def test_other_files_are_guessed_by_the_words_of_three_languages(header: Sequence[str]) -> None:
    assert presets.recognise(header) is None
    options = suggestion.suggest(header)
    names = ("reference", "opened", "closed" if "Closed on" in header else "resolved", "priority", "vendor")
    assert [options.columns[name] for name in names] == header


def test_every_preset_speaks_of_known_fields_only() -> None:
    for preset in presets.all_presets():
        assert set(preset.columns) <= set(BY_KEY)
        assert preset.name


def test_the_critical_values_are_those_of_the_file() -> None:
    header = ["Number", "Opened", "Short description", "Priority"]
    sample = [["1", "x", "", "3 - Moderate"], ["2", "x", "", "1 - critical"]]
    assert suggestion.suggest(header, sample).critical == ("1 - critical",)


def test_options_go_through_json_and_back() -> None:
    options = Options(columns={"reference": "N"}, critical=("1",), vendor=3, vendors={"a": {"vendor": 1}, "b": "new"})
    assert Options.from_data(options.as_data()) == options
    assert Options.from_data({"of_an_older_edition": 1}) == Options()


# The page --------------------------------------------------------------------------------------------------------
def test_the_preview_shows_each_cell_as_it_will_be_read_or_why_not(cast: Cast) -> None:
    rows = [
        ("INC-1", "29/2/2016 01:16", "28/2/2016 01:16", "Title", "1 - Critical", "Example"),
        ("", "sometime", "", "?", "3 - Low", ""),
    ]
    seen = preview(kept(cast.assessor, as_csv(rows, delimiter=";")), options_for(dates="auto"))
    first, second = (row.read for row in seen.sample)
    assert (seen.dates, seen.dates_unsure, seen.delimiter) == ("day_first", False, ";")
    assert "29\u00a0February 2016, 01:16" in first["opened"].value
    assert "before it was opened" in reason(first["resolved"].problem)  # type: ignore[arg-type]
    assert (second["title"].value, second["title"].problem) == ("", None)
    assert "not read as a date" in reason(second["opened"].problem)  # type: ignore[arg-type]
    assert reason(second["reference"].problem) == "This cell must not be empty."  # type: ignore[arg-type]
    assert seen.values["Priority"] == ("1 - Critical", "3 - Low")


def test_the_preview_says_when_nothing_tells_the_order_of_dates(cast: Cast) -> None:
    rows = [("INC-1", "3/4/2026 01:16", "", "", "", "")]
    seen = preview(kept(cast.assessor, as_csv(rows)), options_for(dates="auto"))
    assert (seen.dates, seen.dates_unsure) == ("day_first", True)


def test_the_preview_takes_options_that_are_not_whole_yet(cast: Cast) -> None:
    upload = kept(cast.assessor, as_csv([("INC-1", "3/4/2026 01:16", "", "", "", "")]))
    seen = preview(upload, Options(columns={"title": "Gone"}, time_zone="Mars/Olympus"))
    assert seen.sample[0].read == {}


# Mappings --------------------------------------------------------------------------------------------------------
def test_a_mapping_is_found_again_by_the_headings_and_is_nobody_elses(cast: Cast) -> None:
    vendor, gone = make_vendor(cast.organisation), make_vendor(cast.organisation, "Gone")
    decisions = {"Group 7": {"vendor": vendor.pk}, "Old": {"vendor": gone.pk}, "Internal": "skip"}
    rows = [("INC-1", "3/4/2026 01:16", "", "", "", "Group 7")]
    upload = checked(cast.assessor, as_csv(rows), options_for(vendors=decisions))
    kept_mapping = saved_mappings.save_mapping(cast.assessor, " Our  tool ", upload)
    header = ["Supplier", "Priority", "Title", "Resolved", "Opened", "Number"]
    assert kept_mapping.name == "Our tool"
    assert saved_mappings.mapping_for(cast.colleague, header) == kept_mapping
    assert saved_mappings.mapping_for(cast.stranger, header) is None
    assert saved_mappings.mapping_for(cast.assessor, header[1:]) is None
    gone.delete()
    options = Options.from_data(saved_mappings.options_of(kept_mapping))
    assert options.vendors == {"Group 7": {"vendor": vendor.pk}, "Internal": "skip"}
    assert saved_mappings.save_mapping(cast.assessor, "Our tool", upload).pk == kept_mapping.pk
    saved_mappings.delete_mapping(cast.assessor, kept_mapping)
    assert saved_mappings.mapping_for(cast.assessor, header) is None


@pytest.mark.parametrize(
    ("tool", "heading"),
    [
        ("servicenow", "cmdb_ci"),
        ("servicenow", "Élément de configuration"),
        ("jira", "Affected assets"),
        ("jira", "Betrokken assets"),
        ("glpi", "Éléments associés"),
        ("zendesk", "Asset"),
        ("topdesk", "Object"),
        ("other", "Configuratie-item"),
        ("other", "Actif"),
    ],
)
def test_the_item_that_broke_is_found_by_what_each_tool_calls_it(tool: str, heading: str) -> None:
    header = ["Number", heading]
    sample = [[f"INC{number}", "record-db-01"] for number in range(4)]
    found = suggestion.suggest(header, sample, preset=presets.preset(tool))
    assert found.columns["configuration_item"] == heading
