"""The languages of pages, papers and bank, one row each. Another one is a row here, a catalogue and a file of the bank.

Without Babel and without settings, which read it.
"""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

NO_BREAK, NARROW_NO_BREAK = "\N{NO-BREAK SPACE}", "\N{NARROW NO-BREAK SPACE}"


@dataclass(frozen=True, kw_only=True)
class Language:
    """What a language sets in its own way, beyond what Babel knows of its `locale`."""

    code: str
    name: Promise
    locale: str
    column_end: str  # what a spreadsheet takes for the end of a column in a CSV file
    quotes: tuple[str, str] = ("“", "”")
    colon: str = ":"
    semicolon: str = ";"
    first_day: str = "1"  # of a month
    at: str = ", "  # between a day and its hour
    byte: str = "B"
    compounds: bool = False  # written in one word, however long: broken at their joints


LANGUAGES = {
    one.code: one
    for one in (
        Language(code="en", name=_("English"), locale="en_GB", column_end=","),  # day before month, 24 hours
        Language(
            code="fr",
            name=_("French"),
            locale="fr",
            column_end=";",
            quotes=(f"«{NO_BREAK}", f"{NO_BREAK}»"),
            colon=f"{NO_BREAK}:",
            semicolon=f"{NARROW_NO_BREAK};",
            first_day="1er",
            at=f" à{NO_BREAK}",
            byte="o",
        ),
        Language(code="nl", name=_("Dutch"), locale="nl", column_end=";", at=f" om{NO_BREAK}", compounds=True),
    )
}
LANGUAGE_CODES = tuple(LANGUAGES)
DEFAULT = LANGUAGE_CODES[0]


def active_language() -> str:
    """The code of the language that is active, without its region; the default where none of ours is."""
    code = (get_language() or DEFAULT).partition("-")[0]
    return code if code in LANGUAGES else DEFAULT
