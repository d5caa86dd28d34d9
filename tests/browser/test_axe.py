"""Axe finds nothing on any page that there is: by day at a desk, by night on a phone."""

from __future__ import annotations

from typing import Any

import pytest
from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Browser, Page

from tests.browser.conftest import WindowOf
from tests.browser.premises import Premises
from tests.browser.walk import NO_PAGE, address, all_routes, person_for, walk
from tests.config.routes import Route

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
OPTIONS = {
    "runOnly": {"type": "tag", "values": TAGS},
    "resultTypes": ["violations"],
    "preload": False,  # it would fetch stylesheets once more, by addresses that are wrong
    "iframes": False,  # there are none
}
DESK = {"width": 1280, "height": 900}
PHONE = {"width": 390, "height": 844}
FAULTY = """
<!doctype html><html lang="en"><head><title>Planted</title></head><body><main><h1>Planted</h1>
<img src="data:image/gif;base64,R0lGODlhAQABAAAAACw="><p style="color: #bbb; background: #fff">Hardly seen</p>
</main></body></html>
"""


def faults_of(page: Page) -> list[str]:
    found: list[dict[str, Any]] = page.evaluate(
        "options => axe.run(document, options).then(all => all.violations)", OPTIONS
    )
    return [f"{fault['id']}: {[node['target'][0] for node in fault['nodes'][:4]]}" for fault in found]


def faults_by_day_and_night(page: Page) -> list[str]:
    """Of the page as it is open, with everything in it that can be unfolded."""
    page.evaluate(AXE_SCRIPT)
    page.evaluate("document.querySelectorAll('main details').forEach(part => { part.open = true })")
    by_day = faults_of(page)
    page.set_viewport_size(PHONE)  # type: ignore[arg-type]
    page.emulate_media(color_scheme="dark")
    by_night = faults_of(page)
    page.set_viewport_size(DESK)  # type: ignore[arg-type]
    page.emulate_media(color_scheme="light")
    return [f"light, 1280 px: {fault}" for fault in by_day] + [f"dark, 390 px: {fault}" for fault in by_night]


def test_planted_faults_are_found(browser: Browser) -> None:
    page = browser.new_page()
    page.set_content(FAULTY)

    found = {fault.split(": ")[1] for fault in faults_by_day_and_night(page)}
    page.close()

    assert found == {"image-alt", "color-contrast"}


def test_no_page_has_a_fault(window_of: WindowOf, premises: Premises) -> None:
    faults = []
    for stop in walk(premises):
        if stop.is_stock:
            continue
        page = window_of(stop.who, viewport=DESK, color_scheme="light", bypass_csp=True)
        if not stop.show(page):
            faults.append(f"{stop.name} as {stop.who}: {stop.path} shows no page")
            continue
        faults += [f"{stop.name}: {fault}" for fault in faults_by_day_and_night(page)]
    assert faults == []


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
