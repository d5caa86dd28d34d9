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
    "selectors": False,  # to find a short one for each element is a tenth of the work; its HTML tells as much
}
# What a page says and how it is built is the same by night and on a phone; these rules are not.
BY_NIGHT = ["color-contrast", "link-in-text-block", "target-size", "scrollable-region-focusable", "aria-hidden-focus"]
DESK = {"width": 1280, "height": 900}
PHONE = {"width": 320, "height": 700}  # the narrowest that a page must fit


def faults_of(page: Page, rules: list[str] | None = None) -> list[str]:
    options = OPTIONS if rules is None else {**OPTIONS, "runOnly": {"type": "rule", "values": rules}}
    found: list[dict[str, Any]] = page.evaluate(
        "options => axe.run(document, options).then(all => all.violations)", options
    )
    return [f"{fault['id']}: {[node['html'] for node in fault['nodes'][:4]]}" for fault in found]


# A page has few colours and asks for each of them hundreds of times: to read them anew is a quarter of the work.
READ_COLOURS_ONCE = """
(() => {
  const known = new Map(), colour = axe.commons.color.Color.prototype, read = colour.parseString
  colour.parseString = function (text) {
    if (!known.has(text)) known.set(text, new axe.commons.color.Color(read.call(this, text)))
    const { r, g, b, alpha } = known.get(text)
    return Object.assign(this, { r, g, b, alpha })
  }
})()
"""


def load_axe(page: Page) -> None:
    """With everything in the page that can be unfolded."""
    page.evaluate(AXE_SCRIPT + READ_COLOURS_ONCE)
    page.evaluate("document.querySelectorAll('main details').forEach(part => { part.open = true })")


def faults_by_day(page: Page) -> list[str]:
    _become(page, DESK, "light")
    return [f"light, 1280 px: {fault}" for fault in faults_of(page)]


def faults_by_night(page: Page) -> list[str]:
    _become(page, PHONE, "dark")
    return [f"dark, {PHONE['width']} px: {fault}" for fault in faults_of(page, BY_NIGHT)]


def _become(page: Page, size: dict[str, int], scheme: str) -> None:
    page.set_viewport_size(size)  # type: ignore[arg-type]
    page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]


def faults_by_day_and_night(page: Page) -> list[str]:
    """Of the page as it is open. A window that is narrow stays so at first: it need not change its size twice."""
    load_axe(page)
    looks = [faults_by_day, faults_by_night]
    return [fault for look in (looks[::-1] if is_narrow(page) else looks) for fault in look(page)]


def is_narrow(page: Page) -> bool:
    return page.viewport_size is not None and page.viewport_size["width"] < DESK["width"]
