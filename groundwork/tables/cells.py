"""What stands in a cell: tidied when it is read, made harmless when it is written."""

from __future__ import annotations

import re

from groundwork.refusals import Refusal

UNSEEN = dict.fromkeys(code for code in [*range(32), *range(127, 160), 0xFFFE, 0xFFFF] if chr(code) not in "\t\n\r")
# Where a cell begins, or would begin for a spreadsheet that takes another sign for the end of one; what it would run
# there, full-width forms too; and what we wrote in its place.
_BEGINS, _RUN = r"(?:^|(?<=[,;|\t\r\n]))", "[=+\\-@\uff1d\uff0b\uff0d\uff20]"
_FORMULA = re.compile(rf"""{_BEGINS}(?P<marks>"*)(?='*{_RUN})|^(?='*[\t\r\n])""")
_NEUTRAL = re.compile(rf"""{_BEGINS}(?P<marks>"*)'(?='*{_RUN})|^'(?='*[\t\r\n])""")


class ImportRefused(Refusal):
    """The file cannot be read at all; the message says why and what helps."""


def tidy(value: str) -> str:
    """Without what cannot be seen, without spaces around, and without our own mark against formulas."""
    seen = value.replace("\r\n", "\n").replace("\r", "\n").translate(UNSEEN)
    return restore(seen.strip().replace("\u00a0", " ")).strip()


def neutralise(text: str) -> str:
    """The text so that no spreadsheet takes it for a formula; `restore` gives it back unchanged."""
    return _FORMULA.sub(lambda found: f"{found['marks'] or ''}'", text)


def restore(text: str) -> str:
    """What `neutralise` was given."""
    return _NEUTRAL.sub(lambda found: found["marks"] or "", text) if "'" in text else text
