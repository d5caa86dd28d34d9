"""HTML to PDF/A-3a and PDF/UA-1: the same HTML gives the same bytes, and nothing is fetched but what packages bring.

WeasyPrint draws the document; its fetcher knows our stylesheet and our fonts by name, and `data:`. All else ends the
rendering, because a document that asks for something else was tampered with. What came out is looked at before it is
handed on: drawn with packaged fonts alone, and no character without a glyph.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Collection, Sequence
from datetime import UTC, datetime
from functools import cache, partial
from html import escape
from itertools import accumulate
from pathlib import Path
from typing import Any

from django.contrib.staticfiles import finders
from django.utils import translation
from django.utils.translation import gettext as _
from weasyprint import CSS, HTML, Attachment
from weasyprint.text.fonts import FontConfiguration, get_hb_object_data
from weasyprint.urls import FatalURLFetchingError, URLFetcher, URLFetcherResponse

from groundwork.languages import DEFAULT, LANGUAGES
from reports.documents import archival, glyphs, ordinals, structure, typefaces
from reports.documents.hyphens import teach_joints
from reports.documents.layout import Attached, Layout
from reports.documents.structure import structure_of

STYLESHEET = "pdf/scorecard.css"
SCHEME = "asset:"
# One FontConfiguration for the whole process (a new one a document leaks 0.3 MiB each), and a lock round each use:
# shared by threads it corrupts memory.
_lock = threading.Lock()


class RenderingRefused(Exception):  # noqa: N818
    """The document asked for something that is not packaged."""


class DocumentUnreadable(Exception):  # noqa: N818
    """It was not drawn with the packaged fonts alone, or a character has no glyph: nobody could read it."""


class _WithoutGlyphs(Exception):  # noqa: N818
    """Characters that have no glyph where they stand, such as an accent on a letter of another font."""

    def __init__(self, characters: frozenset[str]) -> None:
        super().__init__(", ".join(f"U+{ord(character):04X}" for character in sorted(characters)))
        self.characters = characters


class PackagedAssets(URLFetcher):
    """Serves the packaged fonts by name, and `data:`; raises FatalURLFetchingError for everything else.

    `refused` keeps what was asked for: inside an SVG image WeasyPrint swallows even a fatal error.
    """

    def __init__(self) -> None:
        super().__init__(allowed_protocols=("data",))
        self.refused: list[str] = []

    def fetch(self, url: str, headers: dict[str, str] | None = None) -> URLFetcherResponse:
        if url.startswith("data:"):
            return super().fetch(url, headers)
        name = url.removeprefix(SCHEME)
        if not url.startswith(SCHEME) or name not in typefaces.TEXT:
            self.refused.append(url[:200])
            raise FatalURLFetchingError(f"Not packaged: {url[:200]}")
        return URLFetcherResponse(url, typefaces.path_of(name).read_bytes(), {"Content-Type": "font/ttf"})


def to_pdf(html: str, *, language: str, title: str, created: str, attached: Attached | None = None) -> bytes:
    """The document as PDF/A-3a and PDF/UA-1. `created` (ISO 8601) stands for the clock.

    Raises RenderingRefused, and DocumentUnreadable where what was drawn is not what was written.
    """
    at = datetime.fromisoformat(created).astimezone(UTC)
    undrawn: frozenset[str] = frozenset()
    with _lock:
        try:
            return _drawn(_page(html, undrawn, language, title, at), at, attached)
        except _WithoutGlyphs as fault:
            undrawn = fault.characters
        try:
            return _drawn(_page(html, undrawn, language, title, at), at, attached)
        except _WithoutGlyphs as fault:
            raise DocumentUnreadable(f"No glyph for {fault}") from fault


def _drawn(page: str, at: datetime, attached: Attached | None) -> bytes:
    fetcher = PackagedAssets()
    carried = [_attachment(attached, at, fetcher)] if attached else []
    return _written(_laid_out(page, fetcher), carried)


def _laid_out(page: str, fetcher: PackagedAssets) -> Any:
    """A WeasyPrint document, its pages not yet painted."""
    css, fonts = _resources()
    try:
        document = HTML(string=page, url_fetcher=fetcher).render(
            stylesheets=[css], font_config=fonts, pdf_variant=archival.VARIANT
        )
    except FatalURLFetchingError as error:
        raise RenderingRefused(str(error)) from error
    if fetcher.refused:
        raise RenderingRefused(f"Not packaged: {', '.join(fetcher.refused)}")
    return document


def _written(document: Any, carried: Sequence[Attachment]) -> bytes:
    try:
        with structure.origins() as noted:
            content: bytes = document.write_pdf(
                pdf_variant=archival.VARIANT, attachments=list(carried), finisher=partial(_finish, noted)
            )
    except FatalURLFetchingError as error:
        raise RenderingRefused(str(error)) from error
    if document.url_fetcher.refused:
        raise RenderingRefused(f"Not packaged: {', '.join(document.url_fetcher.refused)}")
    return content


# Several documents as one file -------------------------------------------------------------------------------------
def to_bound_pdf(
    cover: Callable[[Sequence[int]], Layout],
    parts: Sequence[Layout],
    *,
    language: str,
    after_each: Callable[[], None] = lambda: None,
) -> bytes:
    """One file of them all, tagged as each of them is: pages are laid out part by part, and painted together, since two
    finished files cannot be joined without losing what is said of their structure. `cover` gets the page of the file on
    which each part begins. All pages stand in memory: some 40 parts at most.

    Raises as `to_pdf` does.
    """
    undrawn: frozenset[str] = frozenset()
    for _attempt in range(2):
        try:
            return _bound(cover, parts, undrawn, language, after_each)
        except _WithoutGlyphs as fault:
            undrawn = fault.characters
    raise DocumentUnreadable("No glyph for " + ", ".join(f"U+{ord(one):04X}" for one in sorted(undrawn)))


def _bound(
    cover: Callable[[Sequence[int]], Layout],
    parts: Sequence[Layout],
    undrawn: frozenset[str],
    language: str,
    after_each: Callable[[], None],
) -> bytes:
    fetcher = PackagedAssets()

    def laid_out(part: Layout) -> Any:
        at = datetime.fromisoformat(part.created).astimezone(UTC)
        with _lock:
            return _laid_out(_page(part.html, undrawn, language, part.title, at), fetcher)

    documents = []
    for part in parts:
        documents.append(laid_out(part))
        after_each()
    before = 1
    while True:  # twice at most for a contents of two pages, since it is as long whatever the numbers in it
        front = cover(list(accumulate((len(one.pages) for one in documents[:-1]), initial=before + 1)))
        opened = laid_out(front)
        if len(opened.pages) <= before:
            break
        before = len(opened.pages)
    at = datetime.fromisoformat(front.created).astimezone(UTC)
    carried = [_attachment(part.attached, at, fetcher) for part in parts if part.attached]
    pages = [page for one in (opened, *documents) for page in one.pages]
    with _lock:
        return _written(opened.copy(pages), carried)


def _attachment(attached: Attached, at: datetime, fetcher: PackagedAssets) -> Attachment:
    return Attachment(
        string=attached.content,
        name=attached.name,
        description=attached.description,
        relationship="Data",
        created=at,
        modified=at,
        url_fetcher=fetcher,
    )


def warm_up() -> None:
    """Pay for imports, fonts and the stylesheet once, before the first document: about a second."""
    to_pdf("<html><body><p>Warm</p></body></html>", language=DEFAULT, title="Warm", created="2000-01-01T00:00:00Z")


@cache
def _resources() -> tuple[CSS, FontConfiguration]:
    with typefaces.alone():
        fonts = FontConfiguration()
    path = finders.find(STYLESHEET)
    if not isinstance(path, str):
        raise FileNotFoundError(f"The stylesheet {STYLESHEET} is not packaged.")
    text = Path(path).read_text(encoding="utf-8")
    teach_joints()
    typefaces.keep_dates()
    return CSS(string=text, font_config=fonts, url_fetcher=PackagedAssets()), fonts


def _page(html: str, undrawn: frozenset[str], language: str, title: str, at: datetime) -> str:
    """The head is ours, whatever the body says: it decides language, title and dates."""
    _before, _tag, body = html.partition("<body")
    attributes, _end, inside = body.partition(">")
    note = _note(language) if glyphs.are_told(inside, undrawn=undrawn) else ""
    drawable = glyphs.drawable(inside, undrawn=undrawn)
    typeset = drawable if LANGUAGES[language].first_day.isdigit() else ordinals.raised(drawable)
    created = at.strftime("%Y-%m-%dT%H:%M:%SZ")
    return (
        f'<!doctype html><html lang="{escape(language)}"><head><meta charset="utf-8">'
        f"<title>{escape(glyphs.drawable(title, undrawn=undrawn))}</title>"
        f'<meta name="dcterms.created" content="{created}"><meta name="dcterms.modified" content="{created}"></head>'
        f"<body{attributes}>{note}{typeset}"
    )


def _note(language: str) -> str:
    """Stands in the margin of each page, so that it moves nothing."""
    with translation.override(language):
        said = _("In square brackets: characters that the typefaces of this document do not have, by name or number.")
    return f'<p class="undrawn">{escape(said)}</p>'


def _finish(noted: structure.Origins, document: Any, pdf: Any) -> None:
    """Look at what was drawn, then complete the file."""
    _check_fonts(document.fonts.values())
    structure.put_together(pdf, noted)
    _say_what_headers_head(pdf)
    archival.identify(pdf)


def _check_fonts(fonts: Collection[Any]) -> None:
    """A font of the machine, or a damaged one, would turn words to gibberish; a missing glyph is an empty box."""
    for font in fonts:
        if not typefaces.is_packaged(get_hb_object_data(font.hb_face)):
            raise DocumentUnreadable(f"{font.family} is not a packaged font.")
    if missing := frozenset(chr(code) for font in fonts for code in font.missing):
        raise _WithoutGlyphs(missing)


def _say_what_headers_head(pdf: Any) -> None:
    """WeasyPrint leaves the Scope out, and PDF/UA readers need it."""
    elements = {entry.reference: entry for entry in pdf.objects if structure_of(entry) and entry.free == "n"}
    for header in [entry for entry in elements.values() if structure_of(entry) == "/TH"]:
        row = elements[header["P"]]
        group = elements[row["P"]]
        header["A"]["Scope"] = "/Column" if structure_of(group) == "/THead" else "/Row"
