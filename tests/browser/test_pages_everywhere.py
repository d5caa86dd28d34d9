"""Every page says its language. In a browser, in the two languages with the longer texts, it fits its window, asks no
other host and obeys the policy; axe finds nothing on it by day at a desk and by night on a phone."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from tests.browser.axe import DESK, faults_by_day_and_night
from tests.browser.conftest import WindowOf
from tests.browser.premises import Premises
from tests.browser.walk import Stop, walk

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
LANGUAGES = ("fr", "nl")  # the longer two: where they fit, English does
NARROW = {"width": 320, "height": 700}
FITS = "document.documentElement.scrollWidth <= window.innerWidth"
FAULTY = """
<!doctype html><html lang="en"><head><meta http-equiv="Content-Security-Policy" content="style-src 'none'"></head><body>
<hr width="2000"><p style="color: red">Refused</p><img src="http://elsewhere.example/a.png" alt="">
</body></html>
"""


class Watch:
    """What happens in a window while nobody looks: other hosts are asked, the policy refuses, a script fails."""

    def __init__(self, page: Page, origin: str) -> None:
        self._seen: list[str] = []
        page.on("request", lambda request: self._note_request(request.url, origin))
        page.on("console", lambda line: self._note_line(line.text))
        page.on("pageerror", lambda error: self._seen.append(f"fails with {error}"))

    def _note_request(self, url: str, origin: str) -> None:
        if not url.startswith((origin, "data:", "about:", "blob:")):
            self._seen.append(f"asks {url}")

    def _note_line(self, text: str) -> None:
        if "Content Security Policy" in text:
            self._seen.append(f"is refused: {text}")

    def take(self) -> list[str]:
        seen, self._seen = self._seen, []
        return seen


def too_wide(page: Page) -> list[str]:
    faults = []
    for size in (DESK, NARROW):
        page.set_viewport_size(size)  # type: ignore[arg-type]
        if not page.evaluate(FITS):
            faults.append(f"scrolls sideways at {size['width']} px")
    return faults


def faults_of(page: Page, stop: Stop, language: str) -> list[str]:
    if not stop.show(page):
        return ["shows no page"]
    said = page.locator("html").get_attribute("lang")
    return ([] if said == language else [f"says that its language is {said}"]) + too_wide(page)


def test_planted_faults_are_found(browser: Browser) -> None:
    page = browser.new_page()
    watch = Watch(page, "http://localhost")
    page.set_content(FAULTY)

    faults = too_wide(page)
    seen = watch.take()
    page.close()

    assert faults == ["scrolls sideways at 1280 px", "scrolls sideways at 320 px"]
    assert "asks http://elsewhere.example/a.png" in seen
    assert any(line.startswith("is refused: ") and "style-src" in line for line in seen)


def faults_of_all(language: str, window_of: WindowOf, premises: Premises, origin: str) -> list[str]:
    """Axe takes half of the pages in each language: every page once."""
    watches: dict[str, Watch] = {}
    faults = []
    for number, stop in enumerate(stop for stop in walk(premises) if not stop.is_stock):
        page = window_of(stop.who, language=language, viewport=DESK, color_scheme="light")
        if stop.who not in watches:
            watches[stop.who] = Watch(page, origin)
        found = faults_of(page, stop, language) + watches[stop.who].take()
        if number % len(LANGUAGES) == LANGUAGES.index(language):
            found += faults_by_day_and_night(page)
            watches[stop.who].take()  # what axe itself does is not the page's doing
        faults += [f"{stop.name}: {fault}" for fault in found]
    return faults


def test_every_page_says_in_english_that_it_is_english(premises: Premises) -> None:
    faults = []
    for stop in walk(premises):
        if stop.is_stock or stop.press:
            continue
        reply = premises.client(stop.who).get(stop.path, follow=True, headers={"Accept-Language": "en"})
        if reply.status_code != stop.status or b'<html lang="en"' not in reply.content:
            faults.append(f"{stop.name}: {reply.status_code}")
    assert faults == []


class TestInFrench:  # a class each: the walks go on beside each other
    def test_no_page_has_a_fault(self, window_of: WindowOf, premises: Premises, live_server: Any) -> None:
        assert faults_of_all("fr", window_of, premises, live_server.url) == []


class TestInDutch:
    def test_no_page_has_a_fault(self, window_of: WindowOf, premises: Premises, live_server: Any) -> None:
        assert faults_of_all("nl", window_of, premises, live_server.url) == []
