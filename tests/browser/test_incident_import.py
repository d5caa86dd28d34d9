"""Incidents come in from a file in a browser: from the upload to the way back."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from django.urls import reverse
from playwright.sync_api import Page, Route, expect

from tests.browser.conftest import Visit
from tests.factories import Cast, make_incident, make_vendor
from tests.vendors.incident_import.files import INPUTS, check_input
from vendors.incident_import import job, worker
from vendors.models import ImportMapping, Incident, IncidentImport, Vendor

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
FITS = "document.documentElement.scrollWidth <= window.innerWidth"
MESSY = (
    "Number;Opened;Resolved;Short description;Priority;Assignment group\r\n"
    "INC0010;13/01/2026 09:00;13/01/2026 12:30;Théâtre 2: “no records”;1 - Critical;Example Records\r\n"
    'INC0011;14/01/2026 22:10;15/01/2026 01:40;"Slow;\r\nsince the update";1 - Critical;Example Records\r\n'
    "INC0012;20/01/2026 16:40;19/01/2026 08:15;Backup failed;2 - High;Example Storage desk\r\n"
    "INC0013;21/01/2026 07:00;;Badge printer;4 - Low;Facilities\r\n"
)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "incidents.csv"
    path.write_bytes(MESSY.encode("cp1252"))
    return path


@pytest.fixture
def _worker_at_hand(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(job.IMPORTS, "nudge", worker.work_on)


def work_when_asked(page: Page) -> None:
    """The worker is slow: it has done its work when the page asks for the second time."""
    asked: list[str] = []

    def answer(route: Route) -> None:
        asked.append(route.request.url)
        if len(asked) == 2:
            worker.work_on(IncidentImport.objects.get().pk)
        route.continue_()

    page.route("**/state/**", answer)


def say_what_it_holds(page: Page) -> None:
    page.locator("[name=selection]").first.check()
    page.get_by_role("button", name="That is what it holds").click()


def test_a_messy_file_of_several_vendors_goes_in_and_comes_back(
    visit: Visit, cast: Cast, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_vendor(cast.organisation, "Example Records")
    monkeypatch.setattr(job.IMPORTS, "nudge", worker.work_on)
    page = visit(reverse("incident_import_list"), cast.assessor)
    page.get_by_role("main").get_by_role("link", name="Import a file").click()
    page.get_by_label("File", exact=True).set_input_files(file)
    page.get_by_role("button", name="Read the file").click()

    expect(page.get_by_text("This looks like an export of ServiceNow.")).to_be_visible()
    rows = page.locator("#rows-as-read")
    expect(rows.get_by_role("row", name="Line 2")).to_contain_text("Théâtre 2: “no records”")
    page.get_by_label("Title").select_option("Priority")
    expect(rows.get_by_role("row", name="Line 2")).not_to_contain_text("Théâtre 2")
    page.get_by_label("Title").select_option("Short description")
    expect(rows.get_by_role("row", name="Line 2")).to_contain_text("Théâtre 2")
    page.get_by_label("2 - High").check()
    page.get_by_role("button", name="Check the whole file").click()

    page.get_by_role("link", name="Match the vendors").click()
    page.get_by_role("radiogroup", name="Example Storage desk").get_by_label("New vendor").check()
    page.get_by_role("button", name="Leave out the others, and check").click()

    expect(page.get_by_role("heading", level=1)).to_have_text("What the import would do")
    expect(page.get_by_role("row", name="Line 5 Resolved")).to_contain_text("It was resolved before it was opened")
    monkeypatch.setattr(job.IMPORTS, "nudge", lambda _pk: False)
    work_when_asked(page)
    say_what_it_holds(page)
    page.get_by_role("button", name="Import the 2 good rows").click()
    expect(page.get_by_text("Waiting for its turn: one import runs at a time.")).to_be_visible()

    expect(page.get_by_role("heading", level=1)).to_have_text("The import is done")
    assert set(Incident.objects.values_list("reference", "vendor__name", "mission_critical")) == {
        ("INC0010", "Example Records", True),
        ("INC0011", "Example Records", True),
    }
    page.get_by_label("Name").fill("Every month")
    page.get_by_role("button", name="Keep the mapping").click()
    expect(page.get_by_text("is kept for next month")).to_be_visible()
    assert ImportMapping.objects.get().name == "Every month"
    page.get_by_role("link", name="Incidents Example Records").click()
    expect(page.get_by_role("main")).to_contain_text("INC0011")

    page.goto(IncidentImport.objects.get().get_absolute_url())
    page.get_by_role("link", name="Undo this import").click()
    expect(page.get_by_role("main")).to_contain_text("2 incidents that it brought in go away.")
    monkeypatch.setattr(job.IMPORTS, "nudge", worker.work_on)
    page.get_by_role("button", name="Undo the import").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("This import was undone")
    assert not Incident.objects.exists()


@pytest.mark.usefixtures("_worker_at_hand")
def test_on_a_phone_without_a_script_every_step_is_there_and_fits(visit: Visit, cast: Cast, file: Path) -> None:
    vendor = make_vendor(cast.organisation, "Example Records")
    page = visit(reverse("incident_import"), cast.assessor, width=390, java_script_enabled=False)
    page.get_by_label("File", exact=True).set_input_files(file)
    page.get_by_role("button", name="Read the file").click()
    assert page.evaluate(FITS)
    page.get_by_label("Title").select_option("")
    page.get_by_label("All of one vendor").check()
    page.locator("#id_vendor").select_option(label=vendor.name)
    page.get_by_role("button", name="Show again").click()
    expect(page.locator("#rows-as-read")).not_to_contain_text("Théâtre")
    expect(page.get_by_label("All of one vendor")).to_be_checked()
    page.get_by_role("button", name="Check the whole file").click()
    assert page.evaluate(FITS)
    say_what_it_holds(page)
    page.get_by_role("button", name=re.compile("Import the 3 good rows")).click()
    expect(page.get_by_role("heading", level=1)).to_have_text("The import is done")
    assert page.evaluate(FITS)
    assert Vendor.objects.get().incidents.count() == 3


@pytest.mark.usefixtures("_worker_at_hand")
@pytest.mark.parametrize("has_scripts", [True, False])
def test_many_names_are_gone_through_by_keyboard_and_nobody_is_chosen_by_likeness(
    visit: Visit, cast: Cast, has_scripts: bool
) -> None:
    for name in ("Example Support L1", "Example Hosting", "Quite Other"):
        make_vendor(cast.organisation, name)
    upload = check_input(cast.assessor, "near_names.csv")
    path = reverse("incident_import_vendors", args=[upload.pk])
    page = visit(path, cast.assessor, java_script_enabled=has_scripts)
    names = page.get_by_role("radiogroup")
    expect(names).to_have_count(5)
    expect(page.get_by_role("radio", checked=True)).to_have_count(1)
    known = page.get_by_role("radiogroup", name="Example Support L1")
    expect(known.get_by_role("radio", name="Example Support L1")).to_be_checked()

    second = page.get_by_role("radiogroup", name="Example Support L2")
    second.get_by_label("New vendor").focus()
    page.keyboard.press("Space")
    expect(second.get_by_label("New vendor")).to_be_checked()
    page.keyboard.press("ArrowRight")
    expect(second.get_by_label("Leave out")).to_be_checked()
    third = page.get_by_role("radiogroup", name="Example Support L3")
    third.get_by_label("Another vendor for").fill("quite other")
    page.get_by_role("button", name="Create the others, and check").click()

    expect(page.get_by_role("heading", level=1)).to_have_text("What the import would do")
    assert IncidentImport.objects.get().options["vendors"] == {
        "Example Support L1": {"vendor": Vendor.objects.get(name="Example Support L1").pk},
        "Example Support L2": "skip",
        "Example Support L3": {"vendor": Vendor.objects.get(name="Quite Other").pk},
        "Example Hosting Nord": "new",
        "Example Hosting Sud": "new",
    }


@pytest.mark.usefixtures("_worker_at_hand")
def test_a_log_is_asked_about_and_a_move_is_told_before_anything_is_written(visit: Visit, cast: Cast) -> None:
    vendor = make_vendor(cast.organisation, "Example A")
    make_incident(vendor, "INC0000001", source="servicenow")
    page = visit(reverse("incident_import"), cast.assessor)
    page.get_by_label("File", exact=True).set_input_files(INPUTS / "log_two_groups.csv")
    page.get_by_role("button", name="Read the file").click()
    expect(page.get_by_text("References: 8, in lines: 24", exact=True)).to_be_visible()
    page.get_by_role("button", name="Check the whole file").click()
    expect(page.locator(".error-summary")).to_contain_text("Is there a line for each update of an incident?")
    page.get_by_label("There is a line for each update").check()
    page.get_by_role("button", name="Check the whole file").click()
    page.get_by_role("link", name="Match the vendors").click()
    page.get_by_role("button", name="Create the others, and check").click()
    expect(page.get_by_role("row", name="Example A")).to_contain_text("Example B")
    assert Incident.objects.get().vendor == vendor
    say_what_it_holds(page)
    page.get_by_role("button", name="Import 8 rows").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("The import is done")
    assert set(Incident.objects.values_list("vendor__name", flat=True)) == {"Example B"}
    assert Incident.objects.count() == 8
