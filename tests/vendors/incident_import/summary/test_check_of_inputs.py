"""What the check says of files as they came, before anything is written; by page and by command the same."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from datetime import UTC, datetime
from io import StringIO
from typing import Any

import pytest
from django.core.management import call_command
from django.test import Client
from django.utils import timezone

from tests.factories import Cast, make_vendor
from tests.vendors.incident_import.files import INPUTS, as_csv, check_input, checked, options_for
from vendors.incident_import.holding import answers
from vendors.incident_import.summary import tables
from vendors.models import Incident, IncidentImport, Selection

COLUMNS = {"reference": "Number", "opened": "Opened", "resolved": "Resolved", "vendor": "Supplier", "reopened": "Re"}
HEADER = ("Number", "Opened", "Resolved", "Supplier", "Re", "Critical")


@pytest.fixture(autouse=True)
def _long_after(monkeypatch: pytest.MonkeyPatch) -> None:
    """The files tell of 2026; whenever this is run, they have been exported."""
    monkeypatch.setattr(timezone, "now", lambda: datetime(2026, 11, 29, 12, tzinfo=UTC))


@pytest.fixture
def _register(cast: Cast) -> None:
    make_vendor(cast.organisation, "Example A")


def by_command(name: str, *more: str) -> dict[str, Any]:
    out = StringIO()
    call_command("import_incidents", str(INPUTS / name), "--organisation", "harbour", *more, stdout=out)
    told: dict[str, Any] = json.loads(out.getvalue())
    return told


def held(upload: IncidentImport) -> tuple[str, str, str, str]:
    answers.agree(upload_member(upload), upload)
    until = upload.known_until
    assert until is not None
    return upload.selection, str(upload.holds_from), str(upload.holds_to), until.astimezone(UTC).isoformat()


def upload_member(upload: IncidentImport) -> Any:
    return upload.organisation.memberships.get(user=upload.created_by)


# Files as they came ----------------------------------------------------------------------------------------------
@pytest.mark.usefixtures("_register")
@pytest.mark.parametrize(
    ("name", "right"),
    [
        ("resolved_window.csv", ("resolved", "2026-08-01", "2026-11-27", "2026-11-27T07:33:00+00:00")),
        ("stale.csv", ("opened", "2025-07-01", "2026-06-12", "2026-06-12T13:00:00+00:00")),
        ("closed_not_resolved.csv", ("opened", "2026-09-01", "2026-09-20", "2026-09-25T08:00:00+00:00")),
    ],
)
def test_what_a_file_holds_is_proposed_as_it_is(cast: Cast, name: str, right: tuple[str, str, str, str]) -> None:
    with timezone.override(UTC):
        upload = check_input(cast.assessor, name, time_zone="UTC")
        assert held(upload) == right
        proposed = by_command(name, "--dry-run", "--timezone", "UTC")["holds"]["proposed"]
    assert (proposed["selection"], proposed["from"], proposed["to"], proposed["known_until"]) == (
        *right[:3],
        right[3][:10],
    )


@pytest.mark.usefixtures("_register")
def test_the_reasons_stand_beside_the_proposal(cast: Cast) -> None:
    because = by_command("resolved_window.csv", "--dry-run", "--timezone", "UTC")["holds"]["proposed"]["because"]
    assert [re.sub(r"\s", " ", sentence) for sentence in because] == [
        "The first incident was opened on 15 July 2026, the last on 26 November 2026.",
        "The first was resolved on 1 August 2026, the last on 27 November 2026.",
        "11 were opened before the day of the first resolution; by how long the others took, about 9 of them would "
        "have been resolved before it.",
        "None is still open.",
        "This looks like a file of incidents resolved in these days: 1 August – 27 November 2026.",
    ]


@pytest.mark.usefixtures("_register")
def test_closings_that_stand_in_are_counted_and_nothing_is_called_open(cast: Cast) -> None:
    found = by_command("closed_not_resolved.csv", "--dry-run")["found"]
    assert found["resolutions"] == [{"label": "Resolved is empty: the moment of closing stands in", "incidents": 10}]
    assert found["critical_incidents"] == found["incidents"] == 20


@pytest.mark.usefixtures("_register")
@pytest.mark.parametrize("name", ["resolved_window.csv", "stale.csv", "closed_not_resolved.csv"])
def test_by_command_the_file_goes_in_as_proposed(cast: Cast, name: str) -> None:
    told = by_command(name, "--accept-proposals")
    assert told["state"] == "done"
    assert told["counts"]["new"] == Incident.objects.count() == told["found"]["incidents"]


# What matters ----------------------------------------------------------------------------------------------------
def check(cast: Cast, *rows: tuple[str, ...], **options: Any) -> tables.Found:
    upload = checked(cast.assessor, as_csv(rows, header=HEADER), options_for(**{"columns": COLUMNS, **options}))
    found = tables.found_in(upload)
    assert found is not None
    return found


def test_each_value_says_whether_it_is_critical_and_of_how_many(cast: Cast) -> None:
    make_vendor(cast.organisation, "Alpha")
    rows = [(f"I{n}", "2026-01-05 10:00", "", "Alpha", "", value) for n, value in enumerate(("yes", "yes", "no", ""))]
    found = check(cast, *rows, columns={**COLUMNS, "mission_critical": "Critical"})
    assert [(row.value, row.is_critical, row.incidents) for row in found.critical] == [
        ("yes", True, 2),
        ("", False, 1),
        ("no", False, 1),
    ]
    assert (found.critical_incidents, found.incidents) == (2, 4)


def test_of_very_many_values_the_rest_stands_together(cast: Cast) -> None:
    make_vendor(cast.organisation, "Alpha")
    rows = [(f"I{n}", "2026-01-05 10:00", "", "Alpha", "", f"P{n:02}") for n in range(50)]
    options = {"columns": {**COLUMNS, "mission_critical": "Critical"}, "critical": ("P49",)}
    found = check(cast, *rows, **options)
    assert (found.critical[0].value, found.critical[0].is_critical) == ("P49", True)
    assert [(row.is_critical, row.incidents) for row in found.critical if row.is_rest] == [(False, 10)]
    assert found.incidents == 50


def test_each_vendor_has_its_rows_and_days_also_one_that_is_to_be_made(cast: Cast) -> None:
    make_vendor(cast.organisation, "Alpha")
    found = check(
        cast,
        ("I1", "2026-03-01 10:00", "", "Alpha", "", ""),
        ("I2", "2026-01-01 10:00", "", "Alpha", "", ""),
        ("I3", "2026-02-01 10:00", "", "Beta", "", ""),
        ("I4", "2026-02-01 10:00", "", "Gamma", "", ""),
        vendors={"Beta": "new", "Gamma": "skip"},
    )
    assert [(row.name, row.is_new, row.new, str(row.first.date()), str(row.last.date())) for row in found.vendors] == [
        ("Alpha", False, 2, "2026-01-01", "2026-03-01"),
        ("Beta", True, 1, "2026-02-01", "2026-02-01"),
    ]


def test_faults_stand_by_reason_with_their_first_lines_and_cells_left_out_apart(cast: Cast) -> None:
    make_vendor(cast.organisation, "Alpha")
    wrong = [(f"I{n}", "never", "", "Alpha", "", "") for n in range(5)]
    odd = [(f"J{n}", "2026-01-05 10:00", "", "Alpha", "often", "") for n in range(2)]
    found = check(cast, *wrong, *odd)
    (errors,), (warnings,) = found.errors, found.warnings
    assert (errors.code, errors.column, errors.count) == ("date_unreadable", "Opened", 5)
    assert [(example.line, example.value) for example in errors.examples] == [(2, "never"), (3, "never"), (4, "never")]
    assert (warnings.code, warnings.column, warnings.count) == ("not_a_number", "Re", 2)
    assert warnings.reason == "This is not a whole number from 0 to 32,767. The incident is taken without it."


def test_what_only_one_line_tells_is_not_said_of_many(cast: Cast) -> None:
    make_vendor(cast.organisation, "Alpha")
    rows = [(f"I{n}", f"2026-01-0{n} 10:00", "2025-12-01 10:00", "Alpha", "", "") for n in range(1, 4)]
    (group,) = check(cast, *rows).errors
    assert (group.reason, group.count) == ("It was resolved before it was opened.", 3)


def test_lines_that_say_it_again_are_told(cast: Cast) -> None:
    make_vendor(cast.organisation, "Alpha")
    row = ("I1", "2026-01-05 10:00", "", "Alpha", "", "")
    assert check(cast, row, row).notes == ("1 line is passed over, because another one speaks of the same incident.",)


def test_dates_of_two_kinds_are_told(cast: Cast) -> None:
    make_vendor(cast.organisation, "Example A")
    upload = check_input(cast.assessor, "23-dates-half-turned-around.xlsx", dates="day_first")
    found = tables.found_in(upload)
    assert found is not None
    assert any(note.startswith("In the columns of moments, ") for note in found.notes)


def test_the_page_says_what_the_command_says(cast: Cast, signed_in: Callable[..., Client]) -> None:
    make_vendor(cast.organisation, "Alpha")
    rows = [("I1", "2026-01-05 10:00", "", "Alpha", "often", ""), ("I2", "never", "", "Alpha", "", "")]
    upload = checked(cast.assessor, as_csv(rows, header=HEADER), options_for(columns=COLUMNS))
    text = re.sub(
        r"\s+", " ", re.sub(r"<[^>]+>", " ", signed_in(cast.assessor).get(upload.get_absolute_url()).content.decode())
    )
    for words in (
        "Not one incident of this file is mission-critical",
        "Mission-critical incidents: 0 of 1.",
        "What cannot go in, by reason",
        "Cells that are left out; their rows go in",
        "Still open",
    ):
        assert words in text
    assert answers.evidence_of(upload).incidents == 1
    assert answers.proposal_for(upload, answers.evidence_of(upload)).selection == Selection.OPENED  # type: ignore[union-attr]
