"""Names as long as people can make them, without a space to break at: no page scrolls sideways for them."""

from __future__ import annotations

import pytest
from django.db.models import Model

from accounts.models import Department, Organisation, User
from tests.browser.axe import DESK, WIDTHS
from tests.browser.conftest import WindowOf
from tests.browser.premises import Premises
from tests.browser.test_pages_everywhere import too_wide
from tests.browser.walk import walk
from vendors.models import Contact, Incident, IncidentImport, Service, Vendor

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

NAMES: dict[type[Model], str] = {
    Contact: "name",
    Department: "name",
    Incident: "title",
    IncidentImport: "file_name",
    Organisation: "name",
    Service: "name",
    User: "name",
    Vendor: "name",
}
# Tables, lists, filters, crumbs, the chips of a meeting: one of each shape.
PAGES = (
    "assessment_list",
    "assessment_raters",
    "assessment_consensus, something to discuss",
    "audit_list",
    "incident_import_list",
    "incident_list",
    "member_list",
    "service_edit",
    "vendor_detail",
    "vendor_list",
    "work",
)


def lengthen(model: type[Model], name: str) -> None:
    longest = model._meta.get_field(name).max_length or 0
    for row in model._default_manager.all():
        model._default_manager.filter(pk=row.pk).update(**{name: f"{row.pk}{'Wmxi' * 100}"[:longest]})


def test_no_name_makes_a_page_scroll_sideways(window_of: WindowOf, premises: Premises) -> None:
    stops = [stop for stop in walk(premises) if stop.name in PAGES]
    assert {stop.name for stop in stops} == set(PAGES)
    for model, name in NAMES.items():
        lengthen(model, name)
    faults = []
    for stop in stops:
        page = window_of(stop.who, language="nl", viewport=DESK, color_scheme="light")
        assert stop.show(page), stop.name
        for width in WIDTHS:
            page.set_viewport_size({"width": width, "height": 900})
            faults += [f"{stop.name}: {fault}" for fault in too_wide(page)]
    assert not faults, "\n".join(faults)
