"""`bin/manage import_incidents`: the same import without a browser."""

from __future__ import annotations

import json
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from tests.factories import Cast, make_vendor
from tests.vendors.incident_import.files import as_csv, as_xlsx
from vendors.models import Incident, IncidentImport, Vendor

HEADER = ("number", "opened_at", "resolved_at", "made_sla", "priority", "assignment_group")
ROWS = [
    ("INC1", "29/2/2016 01:16", "29/2/2016 11:29", "true", "1 - Critical", "Group 1"),
    ("INC2", "1/3/2016 08:00", "?", "false", "3 - Moderate", "Group 2"),
    ("INC3", "never", "?", "?", "?", "Group 1"),
]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "export.csv"
    path.write_bytes(as_csv(ROWS, header=HEADER))
    return path


def run(path: Path, *more: str) -> dict[str, Any]:
    return said(path, "--accept-proposals", *more)


def said(path: Path, *more: str, out: StringIO | None = None) -> dict[str, Any]:
    """With nothing about what the file holds but what is given."""
    out = out or StringIO()
    call_command("import_incidents", str(path), "--organisation", "harbour", *more, stdout=out)
    told: dict[str, Any] = json.loads(out.getvalue())
    return told


def test_a_file_goes_in_and_its_problems_are_told(cast: Cast, path: Path) -> None:
    told = run(
        path, "--preset", "servicenow", "--new-vendors", "--critical", "1 - Critical", "--as", "assessor@example.org"
    )
    assert (told["state"], told["dates"], told["file"]) == ("done", "day_first", "export.csv")
    assert (told["counts"]["new"], told["counts"]["error"]) == (2, 1)
    assert told["problems"][0] == {
        "line": 4,
        "column": "opened_at",
        "value": "never",
        "code": "date_unreadable",
        "reason": "This is not read as a date and time. Use for example 2026-02-28 14:30.",
    }
    assert sorted(told["vendors_created"]) == ["Group 1", "Group 2"]
    first, second = Incident.objects.order_by("reference")
    assert (first.sla, first.mission_critical, second.sla) == ("met", True, "missed")
    assert IncidentImport.objects.get().created_by == cast.assessor.user


def test_a_dry_run_says_what_would_be_and_keeps_nothing(cast: Cast, path: Path, settings: Any) -> None:
    told = run(path, "--vendor", make_vendor(cast.organisation).name, "--dry-run")
    assert (told["state"], told["counts"]["new"]) == ("checked", 2)
    assert not Incident.objects.exists() and not IncidentImport.objects.exists()
    assert not [file for file in Path(settings.MEDIA_ROOT).rglob("*") if file.is_file()]


def test_names_that_nobody_knows_are_listed_and_stay_out(cast: Cast, path: Path) -> None:
    told = run(path)
    assert told["vendors_undecided"] == ["Group 1", "Group 2"]
    assert told["counts"]["error"] == 3
    assert not Vendor.objects.exists()


def test_columns_are_mapped_by_hand_and_a_workbook_is_read_too(cast: Cast, tmp_path: Path) -> None:
    path = tmp_path / "export.xlsx"
    path.write_bytes(as_xlsx([("A1", "2016-02-29 01:16", "Who")], header=("Our number", "When", "Team")))
    mapping = ("--map", "reference=Our number", "--map", "opened=When", "--map", "handled_by=Team", "--map", "vendor=")
    make_vendor(cast.organisation)
    told = run(path, *mapping, "--vendor", "Example Systems", "--source", "desk", "--timezone", "UTC")
    assert told["columns"] == {"reference": "Our number", "opened": "When", "handled_by": "Team"} | {
        name: heading for name, heading in told["columns"].items() if name == "department"
    }
    assert Incident.objects.get().source == "desk"


@pytest.mark.parametrize(
    ("more", "words"),
    [
        (["--map", "reference=Nope"], "no column “Nope”"),
        (["--map", "colour=Nope"], "--map takes FIELD=COLUMN"),
        (["--timezone", "Mars/Olympus"], "no time zone “Mars/Olympus”"),
        (["--vendor", "Nobody"], "no vendor “Nobody”"),
        (["--preset", "abacus"], "no preset “abacus”"),
        (["--as", "nobody@example.org"], "No member to import as"),
        (["--map", "vendor="], "Choose the vendor"),
    ],
)
def test_what_cannot_be_is_refused_in_words(cast: Cast, path: Path, more: list[str], words: str) -> None:
    with pytest.raises(CommandError, match=words):
        run(path, *more)
    assert not Incident.objects.exists()


def test_vendors_and_members_of_another_organisation_are_not_there(cast: Cast, path: Path) -> None:
    make_vendor(cast.other_organisation, "Elsewhere")
    with pytest.raises(CommandError, match="no vendor “Elsewhere”"):
        run(path, "--vendor", "Elsewhere")
    with pytest.raises(CommandError, match="No member"):
        run(path, "--as", "stranger@example.org")


def test_a_file_that_is_none_is_refused(cast: Cast, tmp_path: Path) -> None:
    path = tmp_path / "x.csv"
    with pytest.raises(CommandError, match="no file"):
        run(path)
    path.write_bytes(b"%PDF-1.7")
    with pytest.raises(CommandError, match="neither a CSV nor an XLSX"):
        run(path)
    assert not IncidentImport.objects.exists()


# What the file holds ---------------------------------------------------------------------------------------------
HELD = ("--holds", "resolved", "--holds-from", "2016-02-01", "--holds-to", "2016-03-31", "--known-until", "2016-04-01")


def test_nothing_goes_in_before_somebody_says_what_the_file_holds(cast: Cast, path: Path, settings: Any) -> None:
    out = StringIO()
    with pytest.raises(CommandError, match="Say what the file holds, or accept what is proposed") as refused:
        said(path, "--new-vendors", out=out)
    assert refused.value.returncode == 3
    told = json.loads(out.getvalue())
    assert told["holds"]["said"] == {}
    assert told["holds"]["proposed"]["selection"] == "opened"
    assert told["holds"]["proposed"]["from"] == "2016-02-29"
    assert told["holds"]["proposed"]["known_until"] == "2016-03-01"
    assert (
        "Still open: 1 of 2. Resolutions begin soon after the first openings." in (told["holds"]["proposed"]["because"])
    )
    assert not Incident.objects.exists() and not IncidentImport.objects.exists()
    assert not [file for file in Path(settings.MEDIA_ROOT).rglob("*") if file.is_file()]


def test_what_is_said_of_the_file_is_kept_and_told(cast: Cast, path: Path) -> None:
    told = said(path, "--new-vendors", *HELD)
    assert told["state"] == "done"
    assert {name: told["holds"]["said"][name] for name in ("selection", "from", "to")} == {
        "selection": "resolved",
        "from": "2016-02-01",
        "to": "2016-03-31",
    }
    assert IncidentImport.objects.get().selection == "resolved"


def test_days_that_are_not_said_are_as_proposed_where_that_is_accepted(cast: Cast, path: Path) -> None:
    told = run(path, "--new-vendors", "--holds", "opened", "--holds-to", "2016-03-31")
    assert (told["holds"]["said"]["from"], told["holds"]["said"]["to"]) == ("2016-02-29", "2016-03-31")


@pytest.mark.parametrize(
    ("more", "words"),
    [
        (["--holds", "opened"], "Say on which day the file was exported."),
        (["--holds", "opened", "--known-until", "2016-04-01"], "Say from which day on."),
        (["--holds-from", "2016-02-01"], "Say what the file holds, too, not only its days."),
        ([*HELD, "--known-until", "2016-02-29"], "it cannot have been exported earlier"),
        ([*HELD, "--holds-to", "2016-01-01"], "This day lies before the first one."),
        ([*HELD, "--match", "Group 1"], "--match takes NAME=VENDOR"),
        ([*HELD, "--match", "Group 1=Nobody"], "no vendor “Nobody”"),
    ],
)
def test_what_contradicts_itself_or_the_file_is_refused(cast: Cast, path: Path, more: list[str], words: str) -> None:
    with pytest.raises(CommandError, match=words) as refused:
        said(path, *more)
    assert refused.value.returncode == 1
    assert not Incident.objects.exists() and not IncidentImport.objects.exists()


# What the check found --------------------------------------------------------------------------------------------
def test_what_matters_is_told_before_anything_is_written(cast: Cast, path: Path) -> None:
    found = said(path, "--new-vendors", "--dry-run", "--critical", "1 - Critical")["found"]
    assert (found["incidents"], found["critical_incidents"]) == (2, 1)
    assert [(row["value"], row["is_critical"], row["incidents"]) for row in found["critical"]] == [
        ("1 - Critical", True, 1),
        ("3 - Moderate", False, 1),
    ]
    assert found["resolutions"] == [{"label": "Still open", "incidents": 1}]
    assert [(row["name"], row["is_new"], row["new"]) for row in found["vendors"]] == [
        ("Group 1", True, 1),
        ("Group 2", True, 1),
    ]
    assert [(group["code"], group["column"], group["count"]) for group in found["errors"]] == [
        ("date_unreadable", "opened_at", 1)
    ]
    assert found["errors"][0]["examples"] == [{"line": 4, "value": "never"}]


def test_each_name_is_matched_made_or_left_out(cast: Cast, path: Path) -> None:
    alpha = make_vendor(cast.organisation, "Alpha")
    told = run(path, "--match", "Group 1=Alpha", "--skip", "Group 2")
    assert (told["counts"]["new"], told["counts"]["left_out"], told["vendors_undecided"]) == (1, 1, [])
    assert Incident.objects.get().vendor == alpha
    told = run(path, "--match", "Group 1=Alpha", "--new", "Group 2")
    assert told["vendors_created"] == ["Group 2"]


def test_all_other_names_are_left_out_at_once(cast: Cast, path: Path) -> None:
    told = run(path, "--new", "Group 2", "--skip-others")
    assert (told["vendors_created"], told["counts"]["left_out"]) == (["Group 2"], 2)
    assert not IncidentImport.objects.get().problems.filter(code="vendor_unknown").exists()
