"""The tools of the walk find what is planted, and the walk leaves out no page."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser

from tests.browser.axe import faults_by_day_and_night
from tests.browser.premises import Premises
from tests.browser.walk import NO_PAGE, address, all_routes, person_for
from tests.config.routes import Route

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
FAULTY = """
<!doctype html><html lang="en"><head><title>Planted</title></head><body><main><h1>Planted</h1>
<img src="data:image/gif;base64,R0lGODlhAQABAAAAACw="><p style="color: #bbb; background: #fff">Hardly seen</p>
</main></body></html>
"""


def test_planted_faults_are_found(browser: Browser) -> None:
    page = browser.new_page()
    page.set_content(FAULTY)

    found = {fault.split(": ")[1] for fault in faults_by_day_and_night(page)}
    page.close()

    assert found == {"image-alt", "color-contrast"}


def test_the_walk_does_not_pass_over_a_route_that_it_cannot_address(premises: Premises) -> None:
    planted = Route(name="vendor_export", arguments=("pk",))

    with pytest.raises(LookupError, match="vendor_export"):
        address(planted, premises)


def test_what_the_walk_leaves_out_shows_no_page(premises: Premises) -> None:
    routes = {route.name: route for route in all_routes()}
    shown = {}
    for name, instead in NO_PAGE.items():
        reply = premises.client(person_for(name)).get(address(routes[name], premises))
        if reply.status_code == 200 and b"<html" in reply.getvalue():
            shown[name] = instead
    assert shown == {}
