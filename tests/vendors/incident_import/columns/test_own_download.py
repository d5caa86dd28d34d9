"""Incidents that were downloaded here are known when they come back: nothing is counted twice."""

from __future__ import annotations

import csv
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from io import StringIO
from typing import Any

import pytest
from django.urls import reverse
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from groundwork.languages import LANGUAGE_CODES, LANGUAGES
from groundwork.tables.writing import KINDS, TableFile
from tests.factories import NOW, Cast, make_incident, make_vendor
from tests.vendors.incident_import.files import as_csv, counts, kept, started, told, undone, worked
from vendors.incident_import import job
from vendors.incident_import.columns import own_download, presets
from vendors.incident_import.columns.options import Options
from vendors.incident_import.options_check import OptionsRefused
from vendors.incidents.export import rows_of
from vendors.models import Incident, IncidentImport, Service, Sla, Vendor

FEW = settings.default.max_examples // 10  # each example is a whole import


@pytest.fixture
def vendor(cast: Cast) -> Vendor:
    return make_vendor(cast.organisation)


def downloaded(language: str, kind: TableFile = TableFile.CSV) -> bytes:
    rows = rows_of(Incident.objects.order_by("pk"), language=language)
    return b"".join(KINDS[kind].pieces(rows, language))


def edited(content: bytes, language: str, edit: Callable[[list[dict[str, str]]], Any]) -> bytes:
    """As somebody leaves it who changed some cells in a spreadsheet; fields by their keys."""
    delimiter = LANGUAGES[language].column_end
    header, *lines = csv.reader(StringIO(content.decode("utf-8-sig"), newline=""), delimiter=delimiter)
    keys = {heading: key for key, heading in own_download.headings()[language].items()}
    rows = [{keys.get(name, name): cell for name, cell in zip(header, line, strict=True)} for line in lines]
    edit(rows)
    return as_csv([list(row.values()) for row in rows], header=header, delimiter=delimiter)


def brought_back(cast: Cast, content: bytes) -> IncidentImport:
    """With what is suggested for the file, and nothing chosen by hand."""
    upload = kept(cast.assessor, content)
    job.start_check(cast.assessor, upload, Options.from_data(upload.options), tell_workers=False)
    worked(upload)
    started(cast.assessor, upload)
    return worked(upload)


def everything() -> list[dict[str, Any]]:
    return [dict(row) for row in Incident.objects.order_by("pk").values()]


# Any incidents ---------------------------------------------------------------------------------------------------
words = st.text(st.characters(codec="utf-8", exclude_categories=("Cs", "Cc")), max_size=9) | st.sampled_from(
    ["=1+1", "a  b", "Panne\u00a0: réseau", "?", "'quoted", '"', "a;b,c", "plain;=1+1", "x,'-y", 'a;"＝1']
)
CLOCKS_CHANGE = datetime(2025, 10, 26, 0, 30, tzinfo=UTC)
moments = st.datetimes(datetime(2015, 1, 1), datetime(2025, 1, 1), timezones=st.just(UTC)) | st.builds(
    lambda minutes: CLOCKS_CHANGE + timedelta(minutes=minutes), st.integers(0, 150)
)
maybe = st.none() | st.booleans()
incidents = st.lists(
    st.fixed_dictionaries(
        {
            "reference": st.from_regex(r"\A[=+@]?[0-9][A-Za-zé]{1,4}( [0-9]{1,3})?\Z"),
            "source": st.sampled_from(["manual", "servicenow", "our-desk.2"]),
            "opened": moments,
            "hours": st.none() | st.floats(0, 900),
            "restored": st.none() | st.integers(0, 10**10),
            "answered": st.none() | st.integers(0, 10**10),
            "waited_minutes": st.none() | st.integers(0, 10**6),
            "is_closed": st.booleans(),
            "resolved_is_closing": st.booleans(),
            "resolved_to_day": st.booleans(),
            "has_service": st.booleans(),
            "title": words,
            "priority": words,
            "problem": words,
            "department": words,
            "handled_by": words,
            "mission_critical": st.booleans(),
            "root_cause_proven": maybe,
            "sla": st.sampled_from(Sla.values),
            "reopened": st.none() | st.integers(0, 9),
            "handovers": st.none() | st.integers(0, 9),
        }
    ),
    min_size=1,
    max_size=5,
    unique_by=lambda one: (one["source"], one["reference"]),
)


def make_all(vendor: Vendor, service: Service, made: list[dict[str, Any]]) -> None:
    Incident.objects.all().delete()
    for told_of in made:
        of = dict(told_of)
        restored, has_service = of.pop("restored"), of.pop("has_service")
        answered = of.pop("answered")
        if answered is not None:
            of["first_response_at"] = of["opened"] + timedelta(microseconds=answered)
        if restored is not None:
            of["restored_at"] = of["opened"] + timedelta(microseconds=restored)
        make_incident(vendor, service=service if has_service else None, **of)


@pytest.mark.parametrize("language", LANGUAGE_CODES)
@settings(max_examples=FEW, phases=(Phase.explicit, Phase.generate), suppress_health_check=list(HealthCheck))
@given(made=incidents, kind=st.sampled_from(TableFile))
def test_what_was_downloaded_changes_nothing_when_it_comes_back(
    cast: Cast, vendor: Vendor, language: str, made: list[dict[str, Any]], kind: TableFile
) -> None:
    service, _new = Service.objects.get_or_create(vendor=vendor, name="Payroll")
    make_all(vendor, service, made)
    before = everything()
    upload = brought_back(cast, downloaded(language, kind))
    assert counts(upload) == {"unchanged": len(made)}
    assert everything() == before


# What people do with it ------------------------------------------------------------------------------------------
@pytest.fixture
def two_sources(vendor: Vendor) -> None:
    make_incident(vendor, "INC-1", title="By hand", sla="met", mission_critical=True)
    make_incident(vendor, "INC-1", title="By a tool", source="servicenow", hours=None)


@pytest.mark.parametrize("language", LANGUAGE_CODES)
def test_what_was_changed_in_it_is_changed_here_and_can_be_undone(cast: Cast, two_sources: None, language: str) -> None:
    before = everything()

    def edit(rows: list[dict[str, str]]) -> None:
        rows[0]["title"] = "By hand, and better"

    upload = brought_back(cast, edited(downloaded(language), language, edit))
    assert (upload.options["preset"], counts(upload)) == (presets.OWN, {"changed": 1, "unchanged": 1})
    assert [one["title"] for one in everything()] == ["By hand, and better", "By a tool"]
    undone(cast.assessor, upload)
    assert [one | {"updated_at": 0} for one in everything()] == [one | {"updated_at": 0} for one in before]


@pytest.mark.parametrize("language", LANGUAGE_CODES)
def test_another_installation_gets_the_same_incidents_of_the_same_sources(
    cast: Cast, two_sources: None, language: str
) -> None:
    content = downloaded(language)
    names = ("reference", "source", "title", "opened_at", "resolved_at", "sla", "mission_critical")
    before = set(Incident.objects.values_list(*names))
    Incident.objects.all().delete()
    assert counts(brought_back(cast, content)) == {"new": 2}
    assert set(Incident.objects.values_list(*names)) == before


def test_a_row_that_was_added_to_it_is_one_written_by_hand_and_a_strange_source_is_told(
    cast: Cast, two_sources: None
) -> None:
    def edit(rows: list[dict[str, str]]) -> None:
        rows.append({**rows[0], "reference": "INC-2", "origin": ""})
        rows.append({**rows[0], "reference": "INC-3", "origin": "Service Desk!"})
        rows.append({**rows[0], "reference": "INC-3", "origin": "ServiceNow"})

    upload = brought_back(cast, edited(downloaded("en"), "en", edit))
    assert counts(upload) == {"new": 2, "unchanged": 2, "error": 1, "problems": 1}
    assert told(upload) == [(5, "Source", "Service Desk!", "source_unreadable")]
    assert set(Incident.objects.filter(created_in=upload).values_list("reference", "source")) == {
        ("INC-2", "manual"),
        ("INC-3", "servicenow"),
    }


def test_of_a_log_each_source_has_its_own_last_line(cast: Cast, two_sources: None) -> None:
    upload = kept(cast.assessor, downloaded("en"))
    options = Options.from_data({**upload.options, "one_line_per_update": True})
    job.start_check(cast.assessor, upload, options, tell_workers=False)
    assert counts(worked(upload)) == {"unchanged": 2}


def test_without_the_column_of_the_source_no_file_writes_by_hand(cast: Cast, two_sources: None) -> None:
    upload = kept(cast.assessor, downloaded("en"))
    columns = {name: heading for name, heading in upload.options["columns"].items() if name != "origin"}
    with pytest.raises(OptionsRefused) as refused:
        job.start_check(cast.assessor, upload, Options.from_data({**upload.options, "columns": columns}))
    assert set(refused.value.messages) == {"source"}


def test_a_moment_goes_out_and_in_to_the_microsecond(cast: Cast, vendor: Vendor) -> None:
    make_incident(vendor, opened=NOW + timedelta(microseconds=123_456))
    assert counts(brought_back(cast, downloaded("en"))) == {"unchanged": 1}


def test_the_page_says_what_the_file_is_and_takes_it_as_suggested(
    cast: Cast, two_sources: None, signed_in: Any
) -> None:
    upload = kept(cast.assessor, downloaded("fr"))
    client, url = signed_in(cast.assessor), reverse("incident_import_mapping", args=[upload.pk])
    page = client.get(url)
    assert "This looks like an export of Customer Manifesto." in page.content.decode()
    form = page.context["form"]
    sent = {field.html_name: value for field in form if (value := field.value()) not in (None, False)}
    answer = client.post(url, {**sent, "critical_more": "", "sla_met": "", "sla_missed": ""})
    assert answer.status_code == 302
    assert counts(worked(upload)) == {"unchanged": 2}
