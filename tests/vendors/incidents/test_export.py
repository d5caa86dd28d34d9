"""The list as CSV: in the reader's language, harmless in a spreadsheet, and understood by our own import."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from io import StringIO
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import translation

from groundwork.folding import folded
from groundwork.tables.writing import csv_lines
from tests.factories import NOW, Cast, make_incident, make_vendor
from vendors.incident_import import suggestion
from vendors.incident_import.columns import presets
from vendors.incident_import.rows.dates import Moments
from vendors.incidents.export import local, rows_of
from vendors.models import Incident, Service, Vendor

BRUSSELS = ZoneInfo("Europe/Brussels")
LANGUAGES = {"en": ",", "fr": ";", "nl": ";"}


@pytest.fixture(autouse=True)
def _in_brussels(settings: Any) -> None:
    settings.TIME_ZONE = "Europe/Brussels"


@pytest.fixture
def vendor(cast: Cast) -> Vendor:
    return make_vendor(cast.organisation)


def table(lines: Iterator[bytes], language: str = "en") -> list[list[str]]:
    text = b"".join(lines).decode("utf-8-sig")
    return list(csv.reader(StringIO(text, newline=""), delimiter=LANGUAGES[language]))


def rows(language: str = "en") -> list[list[str]]:
    return table(
        csv_lines(rows_of(Incident.objects.order_by("reference"), language=language), language=language), language
    )


def test_every_value_stands_under_its_heading(vendor: Vendor) -> None:
    make_incident(
        vendor,
        "INC-1",
        title="It stops",
        service=Service.objects.create(vendor=vendor, name="Payroll"),
        hours=1.5,
        restored_at=NOW + timedelta(hours=2),
        first_response_at=NOW + timedelta(minutes=15),
        waited_minutes=45,
        is_closed=True,
        priority="1 - Critical",
        sla="missed",
        reopened=0,
        handovers=3,
        problem="Disk",
        root_cause_proven=True,
        department="Wards",
        handled_by="Night shift",
        configuration_item="record-db-01",
    )
    header, values = rows()
    assert dict(zip(header, values, strict=True)) == {
        "Vendor": "Example Systems",
        "Service": "Payroll",
        "Reference": "INC-1",
        "Title": "It stops",
        "Opened": "2026-03-02 10:30:00",
        "Resolved": "2026-03-02 12:00:00",
        "Business restored": "2026-03-02 12:30:00",
        "First response": "2026-03-02 10:45:00",
        "Closed": "Yes",
        "Minutes that the vendor waited for you": "45",
        "Priority": "1 - Critical",
        "Mission-critical": "Yes",
        "Service level": "Missed",
        "Times reopened": "0",
        "Hand-overs": "3",
        "Problem or cause": "Disk",
        "Root cause proven": "Yes",
        "Department": "Wards",
        "Handled by": "Night shift",
        "Configuration item": "record-db-01",
        "Source": "manual",
        "Hours to resolve": "1.50",
    }


def test_what_is_unknown_is_empty(vendor: Vendor) -> None:
    make_incident(vendor, hours=None)
    header, values = rows()
    told = dict(zip(header, values, strict=True))
    for name in ("Resolved", "Business restored", "Times reopened", "Root cause proven", "Hours to resolve", "Closed"):
        assert told[name] == "", name


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_import_understands_every_heading_and_word_of_the_export(vendor: Vendor, language: str) -> None:
    make_incident(vendor, "INC-1", sla="met", root_cause_proven=False)
    make_incident(vendor, "INC-2", sla="missed", root_cause_proven=True, mission_critical=False)
    make_incident(vendor, "INC-3", sla="unknown")
    header, *lines = rows(language)
    options = suggestion.suggest(header, lines)
    fields = ["vendor", "service", "reference", "title", "opened", "resolved", "restored"]
    fields += ["first_response", "state", "waited", "priority"]
    fields += ["mission_critical", "sla", "reopened", "handovers", "problem", "root_cause_proven"]
    fields += ["department", "handled_by", "configuration_item", "origin"]
    assert options.preset == presets.OWN
    assert options.columns == dict(zip(fields, header, strict=False))
    by_field = {name: {line[header.index(text)] for line in lines} for name, text in options.columns.items()}
    for field, kinds in (
        ("sla", ("met", "missed", "unknown")),
        ("mission_critical", ("yes", "no")),
        ("root_cause_proven", ("yes", "no", "unknown")),
    ):
        for kind in kinds:
            assert {folded(text) for text in by_field[field]} & presets.words(kind), (field, kind)


def test_no_cell_is_run_as_a_formula(vendor: Vendor) -> None:
    make_incident(vendor, "=1+1", title="@SUM(A1)", problem="+32 2 555", handled_by="-x", department="\tx")
    _header, values = rows()
    assert not [cell for cell in values if cell.startswith(("=", "+", "-", "@", "\t", "\r"))]


def test_the_words_are_looked_up_before_the_first_line(vendor: Vendor) -> None:
    make_incident(vendor, hours=1.5)
    lines = csv_lines(rows_of(Incident.objects.all(), language="fr"), language="fr")
    with translation.override("en"):
        _header, values = table(lines, "fr")
    assert values[-1] == "1,50"


@pytest.mark.parametrize(
    ("moment", "text"),
    [
        (datetime(2026, 10, 25, 0, 30, tzinfo=UTC), "2026-10-25 02:30:00+02:00"),
        (datetime(2026, 10, 25, 1, 30, tzinfo=UTC), "2026-10-25 02:30:00+01:00"),
        (datetime(2026, 10, 25, 2, 0, tzinfo=UTC), "2026-10-25 03:00:00"),
        (datetime(2026, 3, 29, 1, 0, tzinfo=UTC), "2026-03-29 03:00:00"),
        (None, ""),
    ],
)
def test_an_hour_that_comes_twice_says_which_it_is(moment: datetime | None, text: str) -> None:
    assert local(moment, BRUSSELS) == text


@pytest.mark.parametrize("hours", range(-4, 5))
def test_the_import_reads_the_very_moment_that_was_written(hours: int) -> None:
    for change in (datetime(2026, 3, 29, 1, 0, tzinfo=UTC), datetime(2026, 10, 25, 1, 0, tzinfo=UTC)):
        moment = change + timedelta(hours=hours / 2, seconds=7)
        assert Moments(BRUSSELS, "auto").read(local(moment, BRUSSELS)) == moment


def test_the_download_holds_the_filtered_list_in_its_order(cast: Cast, vendor: Vendor, signed_in: Any) -> None:
    make_incident(vendor, "OLD", opened=NOW - timedelta(days=90), hours=None)
    make_incident(vendor, "NEW", hours=None)
    make_incident(vendor, "DONE")
    make_incident(make_vendor(cast.other_organisation), "THEIRS", hours=None)
    answer = signed_in(cast.reader).get(reverse("incident_export"), {"state": "open", "sort": "opened"})
    assert answer["Content-Disposition"] == 'attachment; filename="incidents.csv"'
    assert [row[2] for row in table(answer.streaming_content)[1:]] == ["OLD", "NEW"]


def test_one_row_and_many_take_the_same_queries(cast: Cast, vendor: Vendor, signed_in: Any) -> None:
    client = signed_in(cast.reader)
    service = Service.objects.create(vendor=vendor, name="Payroll")

    def queries() -> int:
        with CaptureQueriesContext(connection) as caught:
            assert len(table(client.get(reverse("incident_export")).streaming_content)) > 1
        return len(caught)

    make_incident(vendor, service=service)
    one = queries()
    for number in range(5):
        make_incident(make_vendor(cast.organisation, f"Vendor {number}"), service=service)
    assert queries() == one
