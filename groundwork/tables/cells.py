"""What stands in a cell: tidied when it is read, made harmless when it is written."""

from __future__ import annotations

import re

from groundwork.refusals import Refusal

UNSEEN = {code: None for code in range(32) if chr(code) not in "\t\n\r"}
_FORMULA = re.compile(r"^'*[=+\-@\t\r]")  # what a spreadsheet would run, and what we wrote in its place


class ImportRefused(Refusal):
    """The file cannot be read at all; the message says why and what helps."""


def tidy(value: str) -> str:
    """Without what cannot be seen, without spaces around, and without our own mark against formulas."""
    seen = value.replace("\r\n", "\n").replace("\r", "\n").translate(UNSEEN)
    return restore(seen.strip().replace("\u00a0", " ")).strip()


def neutralise(text: str) -> str:
    """The text so that no spreadsheet takes it for a formula; `restore` gives it back unchanged."""
    return f"'{text}" if _FORMULA.match(text) else text


def restore(text: str) -> str:
    return text[1:] if text.startswith("'") and _FORMULA.match(text[1:]) else text
