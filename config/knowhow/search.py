"""One search over guides, pages of rules, glossary and topics of the help, in the reader's language.

Packaged texts are read once a process and language, when somebody first searches; the pages of rules come from the
database each time, as much of them as the reader may read.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import IntEnum
from functools import cache
from html import unescape
from html.parser import HTMLParser

from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from config.knowhow import glossary, guides
from config.knowhow.folding import folded, places
from config.topics import MEASURES, TOPICS, told
from groundwork.languages import active_language
from manifesto.guides import guide_of
from manifesto.models import RULE_KEYS, Release

LONGEST_QUERY, MOST_WORDS, MOST_FOUND, LONGEST_SENTENCE = 100, 8, 40, 240
SENTENCE = re.compile(r"(?<=[.!?])\s+(?=[^\Wa-zà-ÿ]|[“«])|\n+")  # “Example Ltd. says” is one


class Kind(IntEnum):
    """Where something is found, in the order in which equals are listed."""

    RULE = 0
    WORD = 1
    TOPIC = 2
    GUIDE = 3


KIND_NAMES: dict[Kind, Promise] = {
    Kind.RULE: _("Rules"),
    Kind.WORD: _("Glossary"),
    Kind.TOPIC: _("Help"),
    Kind.GUIDE: _("Guides"),
}


@dataclass(frozen=True, kw_only=True)
class Entry:
    """One place that a search can lead to."""

    kind: Kind
    page: str  # what its page is called
    title: str  # of the section; empty where it is the page itself
    address: str
    text: str
    language: str  # of the text
    folded_title: str
    folded_text: str


@dataclass(frozen=True, kw_only=True)
class Piece:
    text: str
    is_hit: bool


@dataclass(frozen=True, kw_only=True)
class Found:
    entry: Entry
    kind_name: str
    sentence: tuple[Piece, ...]


def _entry(
    kind: Kind, *, page: str, title: str = "", address: str, text: str, language: str, ranked: str = ""
) -> Entry:
    """`ranked`: what counts as its title, where that is not its own."""
    return Entry(
        kind=kind,
        page=page,
        title=title,
        address=address,
        text=text,
        language=language,
        folded_title=folded(ranked or title or page),
        folded_text=folded(f"{page}\n{title}\n{text}"),
    )


def words_of(query: str) -> tuple[str, ...]:
    """What is searched for: each must be found."""
    return tuple(dict.fromkeys(re.findall(r"\w+", folded(query[:LONGEST_QUERY]))))[:MOST_WORDS]


def search(query: str, *, rule_parts: tuple[str, ...] = ()) -> tuple[Found, ...]:
    """What holds every word of the query, best first: in the title before in the text, whole words before parts.
    `rule_parts`: those of the pages of rules that the reader may read; three queries where there are any."""
    words = words_of(query)
    if not words:
        return ()
    entries = [*packaged(active_language()), *(_rules(rule_parts) if rule_parts else ())]
    hits = [entry for entry in entries if all(word in entry.folded_text for word in words)]
    together = " ".join(words)
    hits.sort(key=lambda entry: (-_rank(entry, words, together), entry.kind))
    return tuple(
        Found(entry=entry, kind_name=str(KIND_NAMES[entry.kind]), sentence=sentence(entry.text, words))
        for entry in hits[:MOST_FOUND]
    )


def _rank(entry: Entry, words: Iterable[str], together: str) -> int:
    return (
        12 * (together in entry.folded_title)
        + 6 * (together in entry.folded_text)
        + sum(
            4 * (word in entry.folded_title)
            + 2 * (re.search(rf"\b{re.escape(word)}\b", entry.folded_title) is not None)
            + (re.search(rf"\b{re.escape(word)}\b", entry.folded_text) is not None)
            for word in words
        )
    )


def sentence(text: str, words: tuple[str, ...]) -> tuple[Piece, ...]:
    """The sentence of the text with most of the words, these marked; a long one is cut around the first."""
    sentences = [one.strip() for one in SENTENCE.split(text) if one.strip()] or [""]
    best = max(sentences, key=lambda one: sum(word in folded(one) for word in words))
    return tuple(_marked(_cut(best, words), words))


def _cut(text: str, words: Iterable[str]) -> str:
    if len(text) <= LONGEST_SENTENCE:
        return text
    plain, origin = folded(text), places(text)
    first = min((origin[at] for word in words if (at := plain.find(word)) >= 0), default=0)
    start = max(0, min(first - LONGEST_SENTENCE // 3, len(text) - LONGEST_SENTENCE))
    end = start + LONGEST_SENTENCE
    if start:  # whole words alone
        start = text.find(" ", start, first) + 1 or start
    if end < len(text):
        end = max(text.rfind(" ", first, end), first + 1)
    return ("… " if start else "") + text[start:end].strip() + (" …" if end < len(text) else "")


def _marked(text: str, words: Iterable[str]) -> Iterator[Piece]:
    plain, origin = folded(text), [*places(text), len(text)]
    end = 0
    for found in re.finditer("|".join(re.escape(word) for word in sorted(words, key=len, reverse=True)), plain):
        begins, ends = origin[found.start()], origin[found.end() - 1] + 1
        if begins < end:
            continue
        if begins > end:
            yield Piece(text=text[end:begins], is_hit=False)
        yield Piece(text=text[begins:ends], is_hit=True)
        end = ends
    if end < len(text):
        yield Piece(text=text[end:], is_hit=False)


# What is searched ---------------------------------------------------------------------------------------------------
@cache
def packaged(language: str) -> tuple[Entry, ...]:
    """Guides, glossary and topics of the help."""
    with translation.override(language):
        return (*_glossary(language), *_topics(language), *_guides(language))


def _glossary(language: str) -> Iterator[Entry]:
    page = reverse("help_glossary")
    for term in glossary.shown(language):
        yield _entry(Kind.WORD, page=term.term, address=f"{page}#{term.key}", text=term.text, language=language)


def _guides(language: str) -> Iterator[Entry]:
    for key in guides.GUIDES:
        guide, page = guides.guide(key, language), reverse("help_guide", args=[key])
        yield _guide_entry(guide, guide.lead, page)
        for section in guide.sections:
            yield _guide_entry(guide, section, f"{page}#{section.anchor}", title=section.title)


def _guide_entry(guide: guides.Guide, section: guides.Section, address: str, *, title: str = "") -> Entry:
    said = {"page": guide.title, "title": title, "address": address}
    return _entry(Kind.GUIDE, text=section.text, language=section.language, **said)


def _topics(language: str) -> Iterator[Entry]:
    for key, (title, _lead) in {**TOPICS, "measures": MEASURES}.items():
        page = reverse("help_measures") if key == "measures" else reverse("help_topic", args=[key])
        template = "vendors/measures/help_measures.html" if key == "measures" else f"help/{key}.html"
        bare = {"frame": "help/knowhow/_bare.html", "is_outsider": True, "is_indexed": True, **told(key)}
        for anchor, heading, text in sections_of(render_to_string(template, bare)):
            address = f"{page}#{anchor}" if anchor else page
            yield _entry(Kind.TOPIC, page=str(title), title=heading, address=address, text=text, language=language)


def _rules(parts: tuple[str, ...]) -> Iterator[Entry]:
    """Of the edition in force."""
    release = Release.objects.current()
    for key in RULE_KEYS if release else ():
        found = guide_of(key, release, parts) if release else None
        page = reverse("rule_guide", args=[key])
        for part in found.parts if found else ():
            text = "\n".join(paragraph.text for paragraph in part.paragraphs)
            name = found.rule.name if found else ""
            said = {"page": name, "title": part.title, "address": f"{page}#{part.key}", "ranked": name}
            yield _entry(Kind.RULE, text=text, language=active_language(), **said)


class _Sections(HTMLParser):
    """The words of a page of help, by its headings."""

    BREAKS = frozenset({"p", "li", "dd", "dt", "h3", "tr", "div"})

    def __init__(self) -> None:
        super().__init__()
        self.found: list[tuple[str, str, list[str]]] = [("", "", [])]
        self.in_heading = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "h2":
            self.found.append((dict(attrs).get("id") or "", "", []))
            self.in_heading = True
        elif tag in self.BREAKS:
            self.found[-1][2].append("\n")

    def handle_endtag(self, tag: str) -> None:
        self.in_heading = self.in_heading and tag != "h2"

    def handle_data(self, text: str) -> None:
        anchor, heading, words = self.found[-1]
        if self.in_heading:
            self.found[-1] = (anchor, f"{heading}{text}", words)
        else:
            words.append(text)


def sections_of(html: str) -> Iterator[tuple[str, str, str]]:
    """Anchor, heading and words of each part of a page of help that has any."""
    parser = _Sections()
    parser.feed(html)
    for anchor, heading, words in parser.found:
        lines = (" ".join(line.split()) for line in unescape("".join(words)).split("\n"))
        text = "\n".join(line for line in lines if line)
        if text:
            yield anchor, " ".join(heading.split()), text
