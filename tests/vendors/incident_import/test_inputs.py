"""Files as tools and spreadsheets really wrote them (all names are made up), each with what is right of it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from tests.factories import Cast, make_vendor
from tests.vendors.incident_import.files import counts, kept, started, told, worked
from vendors.incident_import import job
from vendors.incident_import.columns.options import Options
from vendors.incident_import.job import failure_words
from vendors.models import ImportState, Incident, IncidentImport, Vendor

INPUTS = Path(__file__).with_name("inputs")
Bring = Callable[..., IncidentImport]


@pytest.fixture
def vendor(cast: Cast) -> Vendor:
    return make_vendor(cast.organisation)


@pytest.fixture
def bring(cast: Cast, vendor: Vendor) -> Bring:
    """Check and import a file as it is suggested, all of it of one vendor, in UTC."""

    def bringing(name: str, **said: Any) -> IncidentImport:
        upload = checked(cast, name, vendor, **said)
        if upload.state == ImportState.CHECKED and upload.counts["new"]:
            worked(started(cast.assessor, upload))
        return upload

    return bringing


def suggested(cast: Cast, name: str) -> Options:
    return Options.from_data(kept(cast.assessor, (INPUTS / name).read_bytes(), name).options)


def checked(cast: Cast, name: str, vendor: Vendor, **said: Any) -> IncidentImport:
    upload = kept(cast.assessor, (INPUTS / name).read_bytes(), name)
    columns = {key: text for key, text in upload.options["columns"].items() if key != "vendor"}
    given = {**upload.options, "vendor": vendor.pk, "columns": columns, "time_zone": "UTC", **said}
    job.start_check(cast.assessor, upload, Options.from_data(given), tell_workers=False)
    return worked(upload)


def of(reference: str) -> Incident:
    return Incident.objects.get(reference=reference)


# Only what is read counts ----------------------------------------------------------------------------------------
def test_a_long_cell_in_a_column_that_nobody_reads_is_no_reason_to_refuse(bring: Bring) -> None:
    assert counts(bring("01-long-description.csv")) == {"new": 3}


def test_more_than_a_hundred_columns_are_taken(bring: Bring) -> None:
    assert counts(bring("02-jira-all-fields-140-columns.csv")) == {"new": 12}
    assert {incident.problem for incident in Incident.objects.all()} == {"Gateway"}


def test_of_a_heading_that_occurs_twice_the_first_filled_one_is_proposed(cast: Cast) -> None:
    assert suggested(cast, "02b-jira-doubled-headings.csv").columns["problem"] == "Component/s (1)"


def test_all_fields_of_jira_are_read_with_the_priority_where_no_severity_is_filled_in(cast: Cast, bring: Bring) -> None:
    options = suggested(cast, "jira_all_fields.csv")
    assert (options.preset, options.critical) == ("jira", ("Highest",))
    assert "mission_critical" not in options.columns
    assert counts(bring("jira_all_fields.csv")) == {"new": 25}
    first = of("EX-1")
    assert (first.mission_critical, first.sla, first.is_closed) == (True, "met", True)
    assert first.opened_at == datetime(2026, 9, 1, 22, 17, tzinfo=UTC)
    assert first.resolved_at == datetime(2026, 9, 2, 9, 5, tzinfo=UTC)


def test_one_odd_cell_costs_the_cell_and_not_the_incident(bring: Bring) -> None:
    upload = bring("12-one-odd-optional-cell.csv")
    assert counts(upload) == {"new": 3, "warning": 2, "problems": 2}
    assert told(upload) == [(3, "Made SLA", "Paused", "cell_left_out"), (4, "Reopen count", "1,5", "cell_left_out")]
    assert [(of(f"INC940{number}").sla, of(f"INC940{number}").reopened) for number in (1, 2, 3)] == [
        ("met", 0),
        ("unknown", 0),
        ("met", None),
    ]


# Texts -----------------------------------------------------------------------------------------------------------
def test_marks_of_a_tool_make_no_difference_to_a_text(bring: Bring) -> None:
    assert counts(bring("06-glpi-tags.csv")) == {"new": 3}
    assert {incident.problem for incident in Incident.objects.all()} == {"Réseau > VPN"}
    assert of("4101").title == of("4102").title == "Flux RH > paie interrompu"
    assert of("4101").handled_by == of("4102").handled_by == "Durand Lise Petit Marc"
    assert of("4103").title == 'Imprimante "quai 3"'


def test_letters_in_two_parts_and_signs_that_nobody_sees_make_no_second_incident(cast: Cast, bring: Bring) -> None:
    assert counts(bring("07-decomposed-and-invisible.csv")) == {"new": 2, "repeated": 1}
    assert {incident.problem for incident in Incident.objects.all()} == {"Réseau saturé"}
    upload = kept(cast.assessor, (INPUTS / "07-decomposed-and-invisible.csv").read_bytes())
    job.start_check(cast.assessor, upload, Options.from_data(upload.options), tell_workers=False)
    assert worked(upload).names == {"Société Exemple": 3}


def test_a_power_of_ten_is_nobodys_number(bring: Bring) -> None:
    upload = bring("03-ids-as-powers-of-ten.csv")
    assert counts(upload) == {"error": 10, "problems": 10}
    assert {problem[1:] for problem in told(upload)} == {("Ticket ID", "2,02603E+14", "reference_power_of_ten")}
    assert not upload.options["one_line_per_update"]


# Moments ---------------------------------------------------------------------------------------------------------
def test_a_day_without_an_hour_is_compared_as_a_day(bring: Bring) -> None:
    upload = bring("04-closed-by-day-only.csv")
    assert counts(upload) == {"new": 15, "resolved_is_closing": 15}
    same_day, next_day = of("T-001"), of("T-003")
    assert same_day.resolved_at == same_day.opened_at == datetime(2026, 3, 1, 9, 15, tzinfo=UTC)
    assert next_day.resolved_at == datetime(2026, 3, 4, tzinfo=UTC)
    assert (same_day.resolved_to_day, next_day.resolved_to_day, next_day.is_closed) == (True, True, True)


def test_german_months_are_read_all_twelve(bring: Bring) -> None:
    assert counts(bring("08-jira-german-months.csv")) == {"new": 12}
    opened = [of(f"NET-{month}").opened_at for month in range(1, 13)]
    assert opened == [datetime(2025, month, 12, 9, 14, tzinfo=UTC) for month in range(1, 13)]


def test_bare_numbers_of_a_workbook_are_counted_from_where_it_begins(bring: Bring) -> None:
    assert counts(bring("20-excel-1904.xlsx")) == {"new": 2}
    assert of("INC8001").opened_at == datetime(2026, 3, 2, 8, tzinfo=UTC)
    assert of("INC8002").opened_at == datetime(2026, 3, 2, 12, tzinfo=UTC)
    assert of("INC8002").resolved_at == datetime(2026, 3, 2, 18, tzinfo=UTC)


def test_dates_that_a_spreadsheet_has_turned_around_are_not_taken_in_silence(bring: Bring) -> None:
    upload = bring("23-dates-half-turned-around.xlsx")
    assert (upload.state, upload.failure) == (ImportState.FAILED, "dates_mixed")
    assert upload.failure_values["cells"] > 0 and upload.failure_values["texts"] > 0
    assert "exchanged day and month" in failure_words(upload)
    assert not Incident.objects.exists()


def test_a_person_may_say_that_they_were_turned_around(bring: Bring) -> None:
    upload = bring("23-dates-half-turned-around.xlsx", dates="day_first_turned")
    assert (counts(upload)["new"], upload.counts["date_cells"] > 0, upload.counts["date_texts"] > 0) == (60, True, True)
    assert of("INC8201").opened_at == datetime(2026, 1, 3, 8, 30, tzinfo=UTC)
    assert of("INC8206").opened_at == datetime(2026, 1, 13, 8, 30, tzinfo=UTC)


def test_a_person_may_say_that_they_were_not(bring: Bring) -> None:
    upload = bring("23-dates-half-turned-around.xlsx", dates="day_first")
    assert upload.state == ImportState.DONE
    assert of("INC8201").opened_at == datetime(2026, 3, 1, 8, 30, tzinfo=UTC)


# What stands in for another --------------------------------------------------------------------------------------
def test_a_closing_stands_in_where_nobody_wrote_down_the_resolution(bring: Bring) -> None:
    upload = bring("closed_not_resolved.csv")
    assert counts(upload) == {"new": 20, "resolved_is_closing": 10}
    assert not Incident.objects.open().exists()
    by_closing, resolved = of("INC0000001"), of("INC0000002")
    assert (by_closing.resolved_at, by_closing.resolved_is_closing) == (datetime(2026, 9, 6, 8, tzinfo=UTC), True)
    assert (resolved.resolved_at, resolved.resolved_is_closing) == (datetime(2026, 9, 2, 12, tzinfo=UTC), False)
    assert counts(bring("closed_not_resolved.csv")) == {"unchanged": 20, "resolved_is_closing": 10}


# Headings are believed as far as the values agree ----------------------------------------------------------------
def test_a_vendor_column_that_is_hardly_filled_in_loses_to_the_group(cast: Cast) -> None:
    assert suggested(cast, "empty_vendor.csv").columns["vendor"] == "assignment_group"


def test_the_name_of_an_agreement_is_not_taken_for_met_or_missed(cast: Cast, bring: Bring) -> None:
    assert "sla" not in suggested(cast, "sla_name.csv").columns
    assert counts(bring("sla_name.csv")) == {"new": 8, "resolved_is_closing": 8}


def test_freshservice_is_recognised(cast: Cast, bring: Bring) -> None:
    options = suggested(cast, "freshservice.csv")
    assert (options.preset, options.critical, options.columns["vendor"]) == ("freshservice", ("Urgent",), "Group")
    assert counts(bring("freshservice.csv")) == {"new": 14}
    first = of("INC-1")
    assert first.opened_at == datetime(2026, 9, 1, 8, tzinfo=UTC)
    assert first.resolved_at == datetime(2026, 9, 1, 17, tzinfo=UTC)
    assert first.first_response_at == datetime(2026, 9, 1, 8, 10, tzinfo=UTC)
    assert (first.priority, first.mission_critical, first.sla, of("INC-3").sla) == ("Urgent", True, "met", "missed")


def test_a_first_response_may_be_told_as_a_length_of_time(bring: Bring, cast: Cast) -> None:
    columns = dict(suggested(cast, "freshservice.csv").columns)
    columns["first_response"] = "First Response Time (in Hrs)"
    del columns["vendor"]
    bring("freshservice.csv", columns=columns)
    assert of("INC-1").first_response_at == datetime(2026, 9, 1, 8, 10, tzinfo=UTC)


def test_topdesk_in_dutch_is_recognised(cast: Cast, bring: Bring) -> None:
    options = suggested(cast, "topdesk_nl.csv")
    assert (options.preset, options.critical, options.columns["vendor"]) == ("topdesk", ("P1",), "Leverancier")
    assert counts(bring("topdesk_nl.csv")) == {"new": 19}
    first = of("M2609 0001")
    assert first.opened_at == datetime(2026, 9, 1, 8, tzinfo=UTC)
    assert first.resolved_at == datetime(2026, 9, 1, 17, tzinfo=UTC)
    assert (first.priority, first.mission_critical, first.is_closed) == ("P1", True, True)


def test_our_own_download_is_known_after_a_spreadsheet_has_had_it(cast: Cast) -> None:
    options = suggested(cast, "30-own-download-after-a-spreadsheet.csv")
    assert (options.preset, options.columns["reference"], options.columns["origin"]) == ("own", "Reference", "Source")
