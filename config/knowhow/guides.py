"""The guides of docs/ as the app shows them: section by section, in the reader's language where it is translated.

A translated guide (docs/fr/guide-….md) says below each heading which English section it translates, and of which
wording: `<!-- of: confidence 1a2b3c4d5e6f -->`; for what stands above the first of them `<!-- of: top … -->`.
Anchors are the English ones in every language, so that one link fits all.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from django.conf import settings
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from config.knowhow import markdown
from groundwork.languages import DEFAULT

DOCS = Path(settings.BASE_DIR) / "docs"
TOP = "top"
# In the order in which they are listed: whom each is for.
GUIDES: dict[str, Promise] = {
    "assessing": _("For whoever makes assessments and rates: from the first vendor to the approval."),
    "scorecards": _("For whoever reads a scorecard, on the page or as a PDF."),
    "facts": _("Incidents, measures, the voice of the customer, proofs and rehearsals."),
    "vendors": _("For the vendor's contact, who comes in by a link."),
    "administration": _("For administrators: roles, members, departments, approval, the audit trail."),
    "bank": _("For bank editors: editions, rules, questions and files."),
    "sign-in": _("For administrators: the organisation’s own sign-in, and members kept by its directory."),
    "api": _("For developers: what other systems read and write, with recipes."),
    "webhooks": _("For developers: being told when something happens."),
}
OF = re.compile(r"<!-- of: ([\w-]+) ([0-9a-f]{12}) -->")
FENCE = "```"


@dataclass(frozen=True, kw_only=True)
class Source:
    """A section as its file has it."""

    title: str
    slug: str  # of its own heading; TOP above the first
    body: str  # Markdown, without its heading
    of: str = ""  # of a translation: the English section
    of_hash: str = ""

    @property
    def hash(self) -> str:
        """Of its wording: line ends and what stands around lines do not count."""
        words = " ".join(f"{self.title}\n{self.body}".split())
        return hashlib.sha256(words.encode()).hexdigest()[:12]


@dataclass(frozen=True, kw_only=True)
class Section:
    """As the page shows it. Its HTML is made of packaged files alone."""

    anchor: str
    title: str
    source: str  # Markdown
    anchors: tuple[str, ...]  # of the headings within
    language: str  # of these words
    is_missing: bool = False  # not translated: these are the English words
    is_stale: bool = False  # the English words have changed since

    @property
    def text(self) -> str:
        return markdown.as_text(self.source)


@dataclass(frozen=True, kw_only=True)
class Guide:
    key: str
    title: str
    lead: Section  # what stands above the first heading
    sections: tuple[Section, ...]


@cache
def guide(key: str, language: str) -> Guide:
    """KeyError for a guide that there is not."""
    if key not in GUIDES:
        raise KeyError(key)
    english = sources(key, DEFAULT)
    own = {one.of: one for one in sources(key, language)} if language != DEFAULT else {}
    shown = [_section(one, own.get(one.slug), language) for one in english]
    return Guide(key=key, title=shown[0].title, lead=shown[0], sections=tuple(shown[1:]))


def _section(english: Source, own: Source | None, language: str) -> Section:
    said = own or english
    return Section(
        anchor=english.slug,
        title=said.title,
        source=said.body,
        anchors=tuple(markdown.subheadings(english.body)),
        language=language if own else DEFAULT,
        is_missing=own is None and language != DEFAULT,
        is_stale=own is not None and own.of_hash != english.hash,
    )


def title_of(key: str, anchor: str, language: str) -> tuple[str, str]:
    """Guide and section, or a heading within one, and in which language they are; LookupError where there is none."""
    found = guide(key, language)
    for section in found.sections:
        if section.anchor == anchor:
            return f"{found.title} · {section.title}", section.language
        if anchor in section.anchors:
            heading = markdown.headings(section.source)[section.anchors.index(anchor)]
            return f"{found.title} · {heading}", section.language
    raise LookupError(f"{key}#{anchor}")


def path_of(key: str, language: str) -> Path:
    return (DOCS if language == DEFAULT else DOCS / language) / f"guide-{key}.md"


def sources(key: str, language: str) -> tuple[Source, ...]:
    """The sections of its file, in order; none where there is no such file."""
    path = path_of(key, language)
    return tuple(_sources(path.read_text(encoding="utf-8"))) if path.is_file() else ()


def _sources(text: str) -> Iterator[Source]:
    title, lines, is_code, is_first = "", [], False, True
    for line in [*text.splitlines(), "## "]:
        is_code ^= line.startswith(FENCE)
        if is_code or not line.startswith(("# ", "## ")):
            lines.append(line)
            continue
        if title:
            yield _source(title, lines, is_first=is_first)
            is_first = False
        title, lines = line.lstrip("#").strip(), []


def _source(title: str, lines: list[str], *, is_first: bool) -> Source:
    marks = [found for line in lines if (found := OF.fullmatch(line.strip()))]
    body = "\n".join(line for line in lines if not OF.fullmatch(line.strip())).strip()
    of, of_hash = marks[0].groups() if marks else ("", "")
    return Source(title=title, slug=TOP if is_first else markdown.slug(title), body=body, of=of, of_hash=of_hash)


def untranslated(key: str, language: str) -> tuple[str, ...]:
    """What a translator has to do, a line each: “missing: confidence 1a2b3c4d5e6f”, “stale: …”, “unknown: …”."""
    english = {one.slug: one for one in sources(key, DEFAULT)}
    own = {one.of: one for one in sources(key, language)}
    missing = [f"missing: {slug} {one.hash}" for slug, one in english.items() if slug not in own]
    stale = [
        f"stale: {slug} {one.hash}" for slug, one in english.items() if slug in own and own[slug].of_hash != one.hash
    ]
    return (*missing, *stale, *(f"unknown: {slug or '(unmarked)'}" for slug in own if slug not in english))
