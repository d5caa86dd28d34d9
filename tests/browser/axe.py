"""Axe on the page as it is open: by day at a desk, by night on a phone."""

from __future__ import annotations

from typing import Any

from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import BrowserContext, Page

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
BETWEEN = (1024, 820, 768, 600, 390)  # tablets, across and upright, and a usual phone
WIDTHS = (DESK["width"], *BETWEEN, PHONE["width"])


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
# Contrast is half of the work, and most of it is done over: the tenth row of a table has the colours of the first, the
# bar on top those of the page before. What hangs from the same tags, classes and states, under the same stylesheets and
# by the same light, is looked at once in a window: a fault is told once, too.
LOOK_AT_CONTRAST_ONCE = """
(() => {
  const NAMES = new Set(["id", "href", "for", "name", "value", "title", "datetime", "action", "d", "x", "y"])
  const chains = new WeakMap()
  const rule = axe._audit.rules.find(one => one.id === "color-contrast"), matches = rule.matches
  const hash = text => {
    let one = 0xdeadbeef, other = 0x41c6ce57
    for (let i = 0; i < text.length; i++) {
      one = Math.imul(one ^ text.charCodeAt(i), 2654435761)
      other = Math.imul(other ^ text.charCodeAt(i), 1597334677)
    }
    return (one >>> 0).toString(36) + (other >>> 0).toString(36)
  }
  const attributes = node => [...node.attributes]
    .filter(({ name }) => !NAMES.has(name) && !/^(data-(label|pk|url|answer)|aria-(label|desc|own|cont))/.test(name))
    .map(({ name, value }) => `${name}=${value}`).sort().join(" ")
  const chain = node => {
    if (!chains.has(node)) {
      const above = node.parentElement ? chain(node.parentElement) : ""
      const chosen = node.querySelector(":scope > :checked") ? "+" : ""
      chains.set(node, hash(`${above} > ${node.tagName} ${attributes(node)} ${node.checked}${node.disabled}${chosen}`))
    }
    return chains.get(node)
  }
  let sheets = ""
  rule.matches = function (node, ...rest) {
    sheets ||= [...document.styleSheets].map(one => one.href).join()
    const light = matchMedia("(prefers-color-scheme: dark)").matches ? "night" : "day"
    const key = `axe ${light} ${hash(sheets)} ${chain(node)}`
    if (sessionStorage.getItem(key)) return false
    const asked = matches.call(this, node, ...rest)
    if (asked) sessionStorage.setItem(key, "seen")
    return asked
  }
})()
"""


def bring_axe(context: BrowserContext) -> None:
    """Into every page that this window will open: the browser keeps it compiled from one to the next."""
    context.add_init_script(";".join((AXE_SCRIPT, READ_COLOURS_ONCE, LOOK_AT_CONTRAST_ONCE)))


def load_axe(page: Page) -> None:
    """Into the page as it is open."""
    page.evaluate(AXE_SCRIPT + READ_COLOURS_ONCE)


def unfold(page: Page) -> None:
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
    unfold(page)
    looks = [faults_by_day, faults_by_night]
    return [fault for look in (looks[::-1] if is_narrow(page) else looks) for fault in look(page)]


def is_narrow(page: Page) -> bool:
    return page.viewport_size is not None and page.viewport_size["width"] < DESK["width"]
