"""What stands in a cell: tidied when it is read, made harmless when it is written."""

from __future__ import annotations

import re
import unicodedata

_ENTITY_MARKS = tuple(
    mark.encode(encoding) for mark in ("<!DOCTYPE", "<!ENTITY") for encoding in ("ascii", "utf-16-le", "utf-16-be")
)


_FORMULA = re.compile(r"^'*[=+\-@\t\r]")  # what a spreadsheet would run, and what we wrote in its place


def neutralise(text: str) -> str:
    """The text so that no spreadsheet takes it for a formula; `restore` gives it back unchanged."""
    return f"'{text}" if _FORMULA.match(text) else text


def restore(text: str) -> str:
    return text[1:] if text.startswith("'") and _FORMULA.match(text[1:]) else text


def defines_entities(content: bytes) -> bool:
    """A few lines of XML with entities can unfold to gigabytes: no workbook needs them."""
    return any(mark in content for mark in _ENTITY_MARKS)


def plain(text: str) -> str:
    """Without capitals, accents, spaces and punctuation: how words of a file are compared."""
    return "".join(sign for sign in unicodedata.normalize("NFKD", text).casefold() if sign.isalnum())


UNSEEN = {code: None for code in range(32) if chr(code) not in "\t\n\r"}


class ImportRefused(Exception):  # noqa: N818 - said as what happened
    """The file cannot be read at all; the message says why and what helps."""


def tidy(value: str) -> str:
    """Without what cannot be seen, without spaces around, and without our own mark against formulas."""
    seen = value.replace("\r\n", "\n").replace("\r", "\n").translate(UNSEEN)
    return restore(seen.strip().replace("\u00a0", " ")).strip()
