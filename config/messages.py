"""The interface's texts: found in the source, kept in one catalogue a language. Needs no gettext on the machine.

Django turns a template into code that calls gettext; Babel reads such calls from code.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract
from babel.messages.pofile import read_po, write_po
from django.conf import settings
from django.utils.translation.template import templatize

APPS = ("config", "groundwork", "accounts", "manifesto", "vendors", "assessments", "reports")
LANGUAGES = tuple(code for code, _ in settings.LANGUAGES if code != settings.LANGUAGE_CODE)
KEYWORDS: dict[str, tuple[int | tuple[int, str], ...] | None] = {
    "_": None,
    "gettext": None,
    "gettext_lazy": None,
    "gettext_noop": None,
    "ngettext": (1, 2),
    "ngettext_lazy": (1, 2),
    "pgettext": ((1, "c"), 2),
    "pgettext_lazy": ((1, "c"), 2),
    "npgettext": ((1, "c"), 2, 3),
}


def source_files(root: Path) -> Iterator[Path]:
    for app in APPS:
        yield from (path for path in sorted((root / app).rglob("*.py")) if "migrations" not in path.parts)
    yield from sorted(path for path in (root / "templates").rglob("*") if path.suffix in {".html", ".txt"})


def found_in_source(root: Path) -> Catalog:
    """A fresh catalogue of every text that code and templates mark for translation."""
    catalog = Catalog(project="Customer Manifesto", charset="utf-8", fuzzy=False)
    for path in source_files(root):
        code = path.read_text(encoding="utf-8")
        if path.suffix != ".py":
            # What is not a text becomes filler; its indentation would be an error in code.
            code = re.sub(r"^[ \t]+", "", templatize(code, origin=str(path)), flags=re.MULTILINE)
        place = str(path.relative_to(root))
        for _line, message, _comments, context in extract("python", io.BytesIO(code.encode()), keywords=KEYWORDS):
            flags = ("python-format",) if "%(" in str(message) else ()
            catalog.add(message, locations=[(place, 0)], context=context, flags=flags)
    return catalog


def catalogue_path(root: Path, language: str) -> Path:
    return root / "locale" / language / "LC_MESSAGES" / "django.po"


def read_catalogue(root: Path, language: str) -> Catalog:
    path = catalogue_path(root, language)
    if not path.is_file():
        return Catalog(locale=language, project="Customer Manifesto", charset="utf-8", fuzzy=False)
    with path.open("rb") as file:
        return read_po(file, locale=language)


def update_catalogue(root: Path, language: str, found: Catalog) -> Catalog:
    """Add what is new, drop what is gone, keep what is translated; never guess."""
    catalog = read_catalogue(root, language)
    catalog.update(found, no_fuzzy_matching=True, update_header_comment=False)
    catalog.obsolete.clear()
    path = catalogue_path(root, language)
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("wb") as file:
        write_po(file, catalog, width=110, sort_output=True, no_location=True, omit_header=False)
    return catalog
