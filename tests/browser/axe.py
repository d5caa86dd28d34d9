"""Axe on the page as it is open: by day at a desk, by night on a phone."""

from __future__ import annotations

from typing import Any

from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Page

TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
OPTIONS = {
    "runOnly": {"type": "tag", "values": TAGS},
    "resultTypes": ["violations"],
    "preload": False,  # it would fetch stylesheets once more, by addresses that are wrong
    "iframes": False,  # there are none
}
# What a page says and how it is built is the same by night and on a phone; these rules are not.
BY_NIGHT = ["color-contrast", "link-in-text-block", "target-size", "scrollable-region-focusable", "aria-hidden-focus"]
DESK = {"width": 1280, "height": 900}
PHONE = {"width": 390, "height": 844}


def faults_of(page: Page, rules: list[str] | None = None) -> list[str]:
    options = OPTIONS if rules is None else {**OPTIONS, "runOnly": {"type": "rule", "values": rules}}
    found: list[dict[str, Any]] = page.evaluate(
        "options => axe.run(document, options).then(all => all.violations)", options
    )
    return [f"{fault['id']}: {[node['target'][0] for node in fault['nodes'][:4]]}" for fault in found]


def faults_by_day_and_night(page: Page) -> list[str]:
    """Of the page as it is open, with everything in it that can be unfolded."""
    page.set_viewport_size(DESK)  # type: ignore[arg-type]
    page.evaluate(AXE_SCRIPT)
    page.evaluate("document.querySelectorAll('main details').forEach(part => { part.open = true })")
    by_day = faults_of(page)
    page.set_viewport_size(PHONE)  # type: ignore[arg-type]
    page.emulate_media(color_scheme="dark")
    by_night = faults_of(page, BY_NIGHT)
    page.set_viewport_size(DESK)  # type: ignore[arg-type]
    page.emulate_media(color_scheme="light")
    return [f"light, 1280 px: {fault}" for fault in by_day] + [f"dark, 390 px: {fault}" for fault in by_night]
