"""HTML to PDF/UA-1: the same HTML gives the same bytes, and nothing is fetched but what the package brings along.

WeasyPrint draws the document; its fetcher knows our stylesheet and our fonts by name, and `data:`. All else ends the
rendering, because a document that asks for something else was tampered with.
"""

from __future__ import annotations

import threading
from datetime import UTC, datetime
from functools import cache, partial
from html import escape
from pathlib import Path
from typing import Any

import font_source_sans_pro
import font_source_serif_pro
from django.contrib.staticfiles import finders
from weasyprint import CSS, HTML
from weasyprint.text.fonts import FontConfiguration
from weasyprint.urls import FatalURLFetchingError, URLFetcher, URLFetcherResponse

from groundwork.languages import DEFAULT
from reports.documents import glyphs, structure
from reports.documents.hyphens import teach_joints
from reports.documents.structure import structure_of

VARIANT = "pdf/ua-1"
STYLESHEET = "pdf/scorecard.css"
SCHEME = "asset:"
FONTS = {
    "SourceSansPro-Regular.ttf": font_source_sans_pro,
    "SourceSansPro-It.ttf": font_source_sans_pro,
    "SourceSansPro-Semibold.ttf": font_source_sans_pro,
    "SourceSerifPro-Semibold.ttf": font_source_serif_pro,
    "SourceSerifPro-Regular.ttf": font_source_serif_pro,
}
# One FontConfiguration for the whole process (a new one a document leaks 0.3 MiB each), and a lock round each use:
# shared by threads it corrupts memory.
_lock = threading.Lock()


class RenderingRefused(Exception):  # noqa: N818
    """The document asked for something that is not packaged."""


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
        if not url.startswith(SCHEME) or name not in FONTS:
            self.refused.append(url[:200])
            raise FatalURLFetchingError(f"Not packaged: {url[:200]}")
        return URLFetcherResponse(url, font_path(name).read_bytes(), {"Content-Type": "font/ttf"})


def to_pdf(html: str, *, language: str, title: str, created: str) -> bytes:
    """The document as PDF/UA-1. `created` (ISO 8601) stands for the clock. Raises RenderingRefused."""
    page = _with_metadata(glyphs.drawable(html), language=language, title=title, created=created)
    fetcher = PackagedAssets()
    with _lock:
        css, fonts = _resources()
        try:
            document = HTML(string=page, url_fetcher=fetcher)
            with structure.origins() as noted:
                content: bytes = document.write_pdf(
                    stylesheets=[css], font_config=fonts, pdf_variant=VARIANT, finisher=partial(_finish, noted)
                )
        except FatalURLFetchingError as error:
            raise RenderingRefused(str(error)) from error
    if fetcher.refused:
        raise RenderingRefused(f"Not packaged: {', '.join(fetcher.refused)}")
    return content


def warm_up() -> None:
    """Pay for imports, fonts and the stylesheet once, before the first document: about a second."""
    to_pdf("<html><body><p>Warm</p></body></html>", language=DEFAULT, title="Warm", created="2000-01-01T00:00:00Z")


def font_path(name: str) -> Path:
    return Path(FONTS[name].font_directory) / name


@cache
def _resources() -> tuple[CSS, FontConfiguration]:
    fonts = FontConfiguration()
    path = finders.find(STYLESHEET)
    if not isinstance(path, str):
        raise FileNotFoundError(f"The stylesheet {STYLESHEET} is not packaged.")
    text = Path(path).read_text(encoding="utf-8")
    teach_joints()
    return CSS(string=text, font_config=fonts, url_fetcher=PackagedAssets()), fonts


def _with_metadata(html: str, *, language: str, title: str, created: str) -> str:
    """The head is ours, whatever the body says: it decides language, title and dates."""
    _, _, body = html.partition("<body")
    created = datetime.fromisoformat(created).astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    return (
        f'<!doctype html><html lang="{escape(language)}"><head><meta charset="utf-8">'
        f"<title>{escape(glyphs.drawable(title))}</title>"
        f'<meta name="dcterms.created" content="{escape(created)}">'
        f'<meta name="dcterms.modified" content="{escape(created)}"></head><body{body}'
    )


def _finish(noted: structure.Origins, document: Any, pdf: Any) -> None:
    """Say of each table header what it heads: WeasyPrint leaves the Scope out, and PDF/UA readers need it."""
    structure.put_together(pdf, noted)
    elements = {entry.reference: entry for entry in pdf.objects if structure_of(entry) and entry.free == "n"}
    for header in [entry for entry in elements.values() if structure_of(entry) == "/TH"]:
        row = elements[header["P"]]
        group = elements[row["P"]]
        header["A"]["Scope"] = "/Column" if structure_of(group) == "/THead" else "/Row"
