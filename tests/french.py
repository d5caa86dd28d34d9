"""How French is set: what a page or a paper of it may not hold."""

from __future__ import annotations

import html
import re

from groundwork.languages import NO_BREAK

MONTHS = "janv|févr|mars|avr|mai|juin|juil|août|sept|oct|nov|déc"
FAULTS = {
    "a space that breaks before a mark": re.compile(r"[\w)»”’.] [:;?!%»](?=\s|$|[.,)])"),
    "a space that breaks behind «": re.compile(r"« "),
    "a space that breaks before a unit": re.compile(r"\d (?:[kM]?o|%)\b"),
    "a number that breaks": re.compile(rf"(?<![\d-])\d{{1,3}} \d{{3}}(?![\d{NO_BREAK}-])"),
    "a first that is no 1er": re.compile(rf"(?<![\d,.])1[ {NO_BREAK}](?:{MONTHS})\w*\.? \d{{4}}"),
    "a day that breaks from its month": re.compile(rf"\d(?:er)? (?:{MONTHS})\w*\.? \d{{4}}"),
}
UNSHOWN = re.compile(r"<(script|style|code|pre|textarea|template)\b.*?</\1>", re.DOTALL)
DRAWN = re.compile(r"<span\b[^>]*\baria-hidden=\"true\"[^>]*>[^<]*</span>")  # the “?” of the help is a drawing
WITHIN_A_LINE = re.compile(r"</?(?:a|abbr|b|bdi|em|i|ins|del|q|small|span|strong|sub|sup|time)\b[^>]*>")
SPOKEN = re.compile(r"""(?:alt|title|aria-label|placeholder|content)="([^"]*)\"""")


def shown_text(page: str) -> str:
    """What is read on a page: its blocks with “¦” between them, and what is said of its elements."""
    kept = DRAWN.sub(" ¦ ", UNSHOWN.sub(" ¦ ", page))
    spoken = SPOKEN.findall(kept)
    lines = re.sub(r"<[^>]*>", " ¦ ", WITHIN_A_LINE.sub("", kept))
    return html.unescape(re.sub(r"[ \t\r\n]+", " ", " ¦ ".join([lines, *spoken])))


def french_faults(text: str) -> list[str]:
    """Each with the words around it."""
    return [
        f"{what}: …{text[max(0, found.start() - 30) : found.end() + 20]}…"
        for what, pattern in FAULTS.items()
        for found in pattern.finditer(text)
    ]
