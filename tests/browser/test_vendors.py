"""The vendor register in a browser: an import end to end."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from tests.browser.axe import faults_by_day_and_night
from tests.browser.conftest import Visit
from tests.factories import NOW, Cast, make_assessment, make_feedback, make_incident, make_vendor
from vendors.models import Contact, Service, ServiceCalendar, Vendor

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
LONG = "The Example Company for Uninterruptible Infrastructureresponsibilities and Related Services International"


@pytest.fixture
def vendor(cast: Cast) -> Vendor:
    found = make_vendor(cast.organisation, LONG, reference="V-1", website="https://x.example", notes="One\n\nTwo")
    Service.objects.create(vendor=found, name="Payroll", department=cast.department, description="Nobody is paid.")
    Contact.objects.create(vendor=found, name="Demo", email="demo@x.example", job="Head of support")
    make_vendor(cast.organisation, "Archived", archived_at=NOW)
    make_assessment(cast.assessor, vendor=found)
    return found


def test_a_file_goes_into_the_register_by_hand(visit: Visit, cast: Cast, tmp_path: Path) -> None:
    file = tmp_path / "fournisseurs.csv"
    file.write_bytes(
        'Nom;Criticité;Services\nSociété Exemple;critique;"Paie|Réseau"\nAutre;inconnue;\n'.encode("cp1252")
    )
    page = visit(reverse("vendor_list"), cast.assessor)
    page.get_by_role("link", name="Import from a file").click()
    page.get_by_label("File").set_input_files(file)
    page.get_by_role("button", name="Read the file").click()
    expect(page.get_by_role("row", name="Société Exemple")).to_contain_text("New")
    expect(page.get_by_role("row", name="Autre")).to_contain_text("inconnue")
    page.get_by_role("button", name="Import 1 vendor").click()
    expect(page.get_by_role("heading", name="The import is done")).to_be_visible()
    page.get_by_role("link", name="To the vendors").click()
    page.get_by_role("link", name="Société Exemple").click()
    expect(page.get_by_role("main")).to_contain_text("Réseau")
    assert Vendor.objects.get().tier == "critical"


def test_a_vendor_is_added_and_sorted_by_keyboard(visit: Visit, cast: Cast) -> None:
    make_vendor(cast.organisation, "Alpha")
    page = visit(reverse("vendor_list"), cast.assessor)
    page.get_by_role("link", name="Add a vendor").focus()
    page.keyboard.press("Enter")
    page.get_by_label("Name").fill("Beta")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Beta")
    page.goto(reverse("vendor_list"))
    for first in ("Alpha", "Beta"):
        page.get_by_role("columnheader", name="Vendor").get_by_role("link").focus()
        page.keyboard.press("Enter")
        expect(page.locator("tbody th").first).to_contain_text(first)


def test_hours_are_set_by_keyboard_and_what_counts_is_shown_with_each_choice(
    visit: Visit, cast: Cast, vendor: Vendor
) -> None:
    page = visit(reverse("vendor_detail", args=[vendor.pk]), cast.assessor)
    page.get_by_role("link", name="Hours Payroll").click()
    expect(page.get_by_label("Monday, from")).to_be_hidden()
    page.get_by_label("In the hours of a week").check()
    page.get_by_label("Public holidays that are free").select_option("DE")
    expect(page.locator("#public-holidays")).to_contain_text("German Unity Day")
    expect(page.locator("#public-holidays")).not_to_contain_text("Corpus Christi")
    page.get_by_label("Region").select_option("BY")
    expect(page.locator("#public-holidays")).to_contain_text("Corpus Christi")
    page.get_by_label("Friday, to").fill("16:00")
    assert faults_by_day_and_night(page) == []
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    page.get_by_label("Friday, to").press("Enter")  # saves, and does not copy Monday
    expect(page.get_by_role("main")).to_contain_text(
        "Mon–Thu 08:00–18:00, Fri 08:00–16:00, Europe/Brussels, without the public holidays of Germany (Bayern)"
    )
    assert ServiceCalendar.objects.get().subdivision == "BY"


CUT = """() => {
  document.querySelectorAll("main details").forEach(details => details.open = true)
  return [...document.querySelectorAll("main form *")].filter(element => {
    const box = element.getBoundingClientRect()
    return box.width && (box.left < 0 || box.right > innerWidth)
  }).map(element => element.outerHTML)
}"""


def test_no_filter_is_cut_on_a_phone_with_everything_unfolded(visit: Visit, cast: Cast) -> None:
    vendor = make_vendor(cast.organisation, LONG)
    make_incident(vendor)
    make_feedback(vendor)
    page = visit(reverse("vendor_list"), cast.assessor, width=390)
    for route in ("feedback_list", "incident_list", "vendor_list"):
        page.goto(reverse(route))
        assert page.locator("main form").count()
        assert page.evaluate(CUT) == []
    page.get_by_role("button", name="Show").evaluate("button => button.style.minWidth = '600px'")
    assert page.evaluate(CUT) != []  # it can fail
