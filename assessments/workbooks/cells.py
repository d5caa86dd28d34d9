"""What a cell means for its field: a grade however it is typed, a number, a stretch of time, a text."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from functools import cache

from django import forms
from django.utils import translation
from django.utils.translation import gettext as _

from assessments.models import Blank, FrequencyUnit
from assessments.questionnaire.forms import CHOICES, GRADES, FactField
from assessments.workbooks.book import Field, plain_number
from groundwork.fields import LONGEST_TEXT
from groundwork.languages import LANGUAGE_CODES
from groundwork.words import number

# “3”, “3.0”, “3,0”; behind it words that name no second number: “3 – good”, “3: dependable”, “3 (Dependable)”.
_GRADE = re.compile(r"([0-4])(?:[.,]0+)?(?:\s*[–—:(.)\-]\s*|\s+|$)([^\d]*)")
_DAY = re.compile(r"\d{4}-\d\d-\d\d(T[\d:.]+)?")


class CannotBe(Exception):  # noqa: N818 - said as what happened
    """The message says what stands wrong in the cell, and what to do."""


def value_in(field: Field, text: str, entries: Mapping[str, str]) -> str:
    """The value that `text` means. `entries`: what the list of grades offered, as it was written → value. Raises
    CannotBe."""
    readers: dict[Field, Callable[[str], str]] = {
        Field.CHOICE: lambda said: _choice(said, entries),
        Field.FACT: _number,
        Field.UNIT: _unit,
    }
    return readers.get(field, _text)(text) if text else ""


def _choice(text: str, entries: Mapping[str, str]) -> str:
    said = _plain(text)
    found = entries.get(said, words_of_choices().get(said))
    if found is not None:
        return found
    grade = _GRADE.fullmatch(said)
    if grade:
        return grade[1]
    if _DAY.fullmatch(text):
        raise CannotBe(_("The program made a date of what was typed. Choose the grade from the list."))
    raise CannotBe(
        _("“%(text)s” is no grade. Choose from the list, or type 0 to 4, “not applicable” or “don’t know”.")
        % {"text": _short(text)}
    )


def _number(text: str) -> str:
    if _DAY.fullmatch(text):
        raise CannotBe(_("The program made a date of what was typed. Format the cell as text and type the number."))
    try:
        value = FactField(required=False).clean(text)
    except forms.ValidationError as error:
        raise CannotBe(" ".join(error.messages)) from None
    return "" if value is None else plain_number(f"{value:f}")


def _unit(text: str) -> str:
    found = _words_of_units().get(_plain(text))
    if found is None:
        raise CannotBe(_("Choose the stretch of time from the list: a week, a month, a quarter or a year."))
    return found


def _text(text: str) -> str:
    if len(text) > LONGEST_TEXT:
        raise CannotBe(_("At most %(count)s characters: shorten it.") % {"count": number(LONGEST_TEXT)})
    return text


def _plain(text: str) -> str:
    """As it is compared: whatever its letters, spaces and apostrophes."""
    return " ".join(text.replace("’", "'").casefold().split())


def as_compared(entry: str) -> str:
    """An entry of a list, as `value_in` looks for it."""
    return _plain(entry)


@cache
def words_of_choices() -> Mapping[str, str]:
    """What a grade or a blank is called in any of our languages → its value."""
    found = {_plain(grade): grade for grade in GRADES} | {"n/a": Blank.NOT_APPLICABLE.value}
    for language in LANGUAGE_CODES:
        with translation.override(language):
            found |= {_plain(str(name)): str(value) for value, name in CHOICES}
    return found


@cache
def _words_of_units() -> Mapping[str, str]:
    found = {unit: unit for unit in FrequencyUnit.values}
    for language in LANGUAGE_CODES:
        with translation.override(language):
            found |= {_plain(str(label)): str(value) for value, label in FrequencyUnit.choices}
    return found


def _short(text: str) -> str:
    return text if len(text) <= 40 else f"{text[:39]}…"
