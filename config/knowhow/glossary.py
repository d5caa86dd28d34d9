"""The words of the field and of the product, in three languages: packaged, never an organisation's."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from html.parser import HTMLParser
from pathlib import Path

import yaml
from django.urls import reverse
from django.utils.html import escape

from config.knowhow.folding import folded
from groundwork.languages import LANGUAGE_CODES, active_language

FILE = Path(__file__).with_name("glossary.yaml")


@dataclass(frozen=True, kw_only=True)
class Said:
    """A term in one language."""

    term: str
    text: str
    forms: tuple[str, ...]  # the other forms in which a text may use it


@dataclass(frozen=True, kw_only=True)
class Term:
    key: str  # its place on the page
    said: dict[str, Said]  # by language


@dataclass(frozen=True, kw_only=True)
class ShownTerm:
    key: str
    term: str
    text: str
    others: tuple[tuple[str, str], ...]  # language and term


@cache
def terms() -> tuple[Term, ...]:
    found = yaml.safe_load(FILE.read_text(encoding="utf-8"))
    return tuple(
        Term(key=one["key"], said={language: _said(*one[language]) for language in LANGUAGE_CODES}) for one in found
    )


def _said(term: str, text: str, forms: tuple[str, ...] = ()) -> Said:
    return Said(term=term, text=text, forms=tuple(forms))


def shown(language: str = "") -> tuple[ShownTerm, ...]:
    """By the alphabet of the language, the active one if none is given; accents count as their letter."""
    language = language or active_language()
    found = (
        ShownTerm(
            key=term.key,
            term=term.said[language].term,
            text=term.said[language].text,
            others=tuple((other, term.said[other].term) for other in LANGUAGE_CODES if other != language),
        )
        for term in terms()
    )
    return tuple(sorted(found, key=lambda one: folded(one.term)))


# The first use of a term on a page of help, as a link ----------------------------------------------------------------
@cache
def _pattern(language: str) -> tuple[re.Pattern[str], dict[str, str]]:
    """What finds a term, the longest first, and which key each form has."""
    keys: dict[str, str] = {}
    for term in terms():
        said = term.said[language]
        for form in (said.term, *said.forms):
            keys.setdefault(form.lower(), term.key)
    either = "|".join(re.escape(escape(form)) for form in sorted(keys, key=len, reverse=True))
    return re.compile(rf"(?<![\w-])(?:{either})(?![\w-])", re.IGNORECASE), keys


class _Linking(HTMLParser):
    """Copies markup as it stands; in running text it makes the first use of each term a link."""

    # What is bold names a button or a field as it stands on its page.
    LEFT_ALONE = frozenset({"a", "h1", "h2", "h3", "dt", "th", "code", "pre", "script", "summary", "button", "strong"})

    def __init__(self, language: str, seen: set[str]) -> None:
        super().__init__(convert_charrefs=False)
        self.pattern, self.keys = _pattern(language)
        self.page = reverse("help_glossary")
        self.seen = seen
        self.inside: list[str] = []
        self.parts: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.parts.append(self.get_starttag_text() or "")
        if tag in self.LEFT_ALONE:
            self.inside.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.parts.append(self.get_starttag_text() or "")

    def handle_endtag(self, tag: str) -> None:
        self.parts.append(f"</{tag}>")
        if tag in self.inside:
            self.inside.remove(tag)

    def handle_entityref(self, name: str) -> None:
        self.parts.append(f"&{name};")

    def handle_charref(self, name: str) -> None:
        self.parts.append(f"&#{name};")

    def handle_comment(self, data: str) -> None:
        self.parts.append(f"<!--{data}-->")

    def handle_data(self, data: str) -> None:
        self.parts.append(data if self.inside else self.pattern.sub(self._link, data))

    def _link(self, found: re.Match[str]) -> str:
        key = self.keys[found.group().lower()]
        if key in self.seen:
            return found.group()
        self.seen.add(key)
        return f'<a class="term" href="{self.page}#{key}">{found.group()}</a>'


def linked(html: str, language: str = "", seen: set[str] | None = None) -> str:
    """The same markup, in which the first use of each term leads to the glossary. Headings and links stay. `seen`: the
    keys of those that are linked already on the page, which grows."""
    parser = _Linking(language or active_language(), set() if seen is None else seen)
    parser.feed(html)
    parser.close()
    return "".join(parser.parts)
