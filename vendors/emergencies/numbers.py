"""Telephone numbers as people write them, and as a telephone dials them.

Plain Python: no Django, no clock, no database.
"""

from __future__ import annotations

import re

EXTENSION = re.compile(
    r"\s*(?:\bext(?:ension)?\b\.?|\bx|\bposte\b|\btoestel\b|\btst\b\.?|#)\s*(\d{1,6})\s*$", re.IGNORECASE
)
TRUNK_ZERO = re.compile(r"\(\s*0\s*\)")  # +32 (0)2 …: dialled inside the country only
NOT_DIALLED = re.compile(r"[^\d*]")


def dialled(number: str) -> str:
    """The address of a link that calls it (RFC 3966), `tel:+3225551234;ext=12`; empty where nothing can be dialled."""
    said = number.strip()
    found = EXTENSION.search(said)
    extension = f";ext={found.group(1)}" if found else ""
    said = said[: found.start()] if found else said
    is_abroad = said.startswith(("+", "00"))
    if is_abroad:
        said = TRUNK_ZERO.sub("", said)
    keys = NOT_DIALLED.sub("", said)
    if not keys:
        return ""
    if said.startswith("00"):
        keys = keys[2:]
    return f"tel:{'+' if is_abroad else ''}{keys}{extension}"
