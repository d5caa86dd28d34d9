"""Every page says its language, and French is set as French. In a browser, in one of the two languages with the longer
texts, each fits its window, asks no other host and obeys the policy; axe finds nothing on it by day at a desk and by
night on a phone."""

from __future__ import annotations

from typing import Any

import pytest
from django.conf import settings
from playwright.sync_api import Browser, Error, Page

from tests.browser.axe import BETWEEN, DESK, PHONE, faults_by_day, faults_by_night, is_narrow, unfold
from tests.browser.conftest import WindowOf
from tests.browser.premises import Premises
from tests.browser.walk import Stop, walk
from tests.french import french_faults, shown_text

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
LONGER = ("fr", "nl")  # where these fit, English does
# In one question to the browser: it is put ten times to each page.
TOO_WIDE = """() => {
  if (document.documentElement.scrollWidth <= innerWidth) return []
  const outside = [...document.querySelectorAll("body *")]
    .findLast(one => one.getBoundingClientRect().right > innerWidth + 1)
  return [`scrolls sideways at ${innerWidth} px: ${outside?.outerHTML.slice(0, 120)}`]
}"""
# A row is one link, which covers it: whatever else can be pressed in the row has to lie above.
COVERED = """
[...document.querySelectorAll(".row-link")]
  .map(one => one.closest("tr, li"))
  .flatMap(row => [...row.querySelectorAll("a:not(.row-link), button, summary, input, select")])
  .filter(one => !one.closest(".visually-hidden") && one.checkVisibility())
  .filter(one => !(Number(getComputedStyle(one).zIndex) >= 1))
  .map(one => one.outerHTML.slice(0, 120))
"""
FAULTY = """
<!doctype html><html lang="en"><head><meta http-equiv="Content-Security-Policy" content="style-src 'none'"></head><body>
<ul><li><a class="row-link" href="#">Row</a> <a href="#why">Why</a></li></ul>
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
    found: list[str] = page.evaluate(TOO_WIDE)
    return found


def covered(page: Page) -> list[str]:
    return [f"is covered by the link of its row: {one}" for one in page.evaluate(COVERED)]


def too_wide_between(page: Page) -> list[str]:
    """From a desk to a phone, or back: the sizes between the two, on the page as it was loaded."""
    faults = []
    for width in BETWEEN[::-1] if is_narrow(page) else BETWEEN:
        page.set_viewport_size({"width": width, "height": 300})  # what is not seen need not be painted
        faults += too_wide(page)
    return faults


def faults_of(page: Page, stop: Stop, language: str, watch: Watch) -> list[str]:
    """Folded and unfolded, at a desk and on a phone: first in the one that the page before was left in."""
    try:
        shown = stop.show(page)
    except Error as error:  # a file, which walk.py does not know to be one
        return [f"shows no page: {error.message.splitlines()[0]}"]
    if not shown:
        return ["shows no page"]
    said = page.evaluate("document.documentElement.getAttribute('lang')")
    faults = [] if said == language else [f"says that its language is {said}"]
    faults += too_wide(page) + covered(page) + watch.take()
    if language == "fr":
        faults += french_faults(shown_text(page.content()))
    unfold(page)
    looks = (faults_by_night, faults_by_day) if is_narrow(page) else (faults_by_day, faults_by_night)
    faults += looks[0](page) + too_wide(page) + too_wide_between(page) + looks[1](page) + too_wide(page)
    watch.take()  # what axe itself does is not the page's doing
    return faults


def faults_without_browser(premises: Premises, stop: Stop, language: str) -> list[str]:
    """Asked for by the same cookie."""
    client = premises.client(stop.who)
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = language
    reply = client.get(stop.path, follow=True)
    page = reply.content.decode() if reply.get("Content-Type", "").startswith("text/html") else ""
    if reply.status_code != stop.status or f'<html lang="{language}"' not in page:
        return ["says another language"]
    return french_faults(shown_text(page)) if language == "fr" else []


def test_planted_faults_are_found(browser: Browser) -> None:
    page = browser.new_page()
    watch = Watch(page, "http://localhost")
    faults = []
    for size in (PHONE, DESK):
        page.set_viewport_size(size)  # type: ignore[arg-type]
        page.set_content(FAULTY)
        faults += too_wide(page)
    faults += too_wide_between(page)
    hidden = covered(page)
    seen = watch.take()
    page.close()

    assert [fault.partition(":")[0] for fault in faults] == [
        f"scrolls sideways at {width} px" for width in (320, 1280, 1024, 820, 768, 600, 390)
    ]
    assert [line.partition(": ")[2] for line in hidden] == ['<a href="#why">Why</a>']
    assert "asks http://elsewhere.example/a.png" in seen
    assert any(line.startswith("is refused: ") and "style-src" in line for line in seen)


def faults_of_all(window_of: WindowOf, premises: Premises, origin: str) -> list[str]:
    """A browser opens every page once, in the two longer languages by turns; what comes only after a press, in both.
    The languages that are left are asked for without one."""
    watches: dict[Page, Watch] = {}
    faults = []
    for number, stop in enumerate(stop for stop in walk(premises) if not stop.is_stock):
        opened = LONGER if stop.press else LONGER[number % 2 :][:1]
        for language in opened:
            page = window_of(stop.who, language=language, viewport=DESK, color_scheme="light")
            if page not in watches:
                watches[page] = Watch(page, origin)
            faults += [f"{stop.name}, {language}: {fault}" for fault in faults_of(page, stop, language, watches[page])]
        for language in () if stop.press else sorted({"en", *LONGER} - {*opened}):
            told = faults_without_browser(premises, stop, language)
            faults += [f"{stop.name}, {language}: {fault}" for fault in told]
    return faults


def test_no_page_has_a_fault_and_each_says_its_language(
    window_of: WindowOf, premises: Premises, live_server: Any
) -> None:
    """Takes its minutes: every page there is, each in a browser with axe by day and by night, and in two languages
    more without one. A route that is added costs a second here."""
    assert faults_of_all(window_of, premises, live_server.url) == []
