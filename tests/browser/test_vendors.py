"""The vendor register in a browser: every page accessible at every width and in both themes; an import end to end."""

from __future__ import annotations

from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.urls import reverse
from playwright.sync_api import Page, expect

from tests.browser.conftest import Visit
from tests.factories import NOW, Cast, make_assessment, make_vendor
from vendors import imports
from vendors.models import Contact, Service, Vendor

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


def pages(cast: Cast, vendor: Vendor) -> list[str]:
    table = imports.read(b"name;tier;colour\nExample;critical;red\nBad;vital;\n")
    upload = imports.keep(cast.assessor, table, file_name="vendors.csv", now=NOW)
    archived = Vendor.objects.archived().get()
    of_vendor = ("vendor_detail", "vendor_edit", "vendor_archive", "service_add", "contact_add")
    return [
        *(reverse(route) for route in ("vendor_list", "vendor_add", "vendor_import")),
        reverse("vendor_list") + "?state=all&sort=-name",
        reverse("vendor_list") + "?q=nothing",
        *(reverse(route, args=[vendor.pk]) for route in of_vendor),
        *(reverse(route, args=[archived.pk]) for route in ("vendor_detail", "vendor_restore")),
        *(reverse(route, args=[vendor.services.get().pk]) for route in ("service_edit", "service_delete")),
        *(reverse(route, args=[vendor.contacts.get().pk]) for route in ("contact_edit", "contact_delete")),
        reverse("vendor_import_preview", args=[upload.pk]),
    ]


def is_too_wide(page: Page) -> bool:
    return bool(page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth"))


@pytest.mark.parametrize(("width", "theme"), [(1280, "light"), (390, "dark")])
def test_every_page_is_accessible_and_fits_its_window(
    visit: Visit, cast: Cast, vendor: Vendor, width: int, theme: str
) -> None:
    paths = pages(cast, vendor)
    page = visit(paths[0], cast.assessor, width=width, theme=theme, bypass_csp=True)
    faults = {}
    for path in paths:
        page.goto(path)
        rules = [violation["id"] for violation in Axe().run(page).response["violations"]]
        if rules or is_too_wide(page):
            faults[path] = rules or ["wider than the window"]
    assert faults == {}


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
    page.get_by_role("columnheader", name="Vendor").get_by_role("link").focus()
    page.keyboard.press("Enter")
    expect(page.locator("tbody th").first).to_have_text("Beta")
