"""One row of a file: its cells as clean values, and what is wrong with those that are not."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import URLValidator
from django.db import models
from django.utils.translation import gettext as _

from accounts.models import Department
from groundwork.clean_text import cleaned
from groundwork.languages import LANGUAGES
from vendors.models import Contact, Service, Tier, Vendor
from vendors.vendor_import import headings
from vendors.vendor_import.contract_cells import DayReader, contract_of, months
from vendors.vendor_import.headings import Heading
from vendors.vendor_import.table import RegisterRow

BETWEEN_SERVICES = re.compile(r"[;|\n]")
is_web_address = URLValidator(schemes=["http", "https"])


@dataclass(frozen=True, kw_only=True)
class CellProblem:
    """What is wrong with one cell: the column as we call it, what stands there, and why it cannot be taken."""

    column: str
    value: str
    reason: str


@dataclass(frozen=True, kw_only=True)
class Cells:
    """What a row says. An empty cell says nothing: it never empties what is known."""

    fields: dict[str, Any]
    services: tuple[str, ...]
    contact: dict[str, str]
    contract: dict[str, Any]
    problems: tuple[CellProblem, ...]


def read_cells(row: RegisterRow, columns: Sequence[Heading], read_day: DayReader) -> Cells:
    values: dict[str, str] = {}
    problems: list[CellProblem] = []
    for heading in columns:
        text = row.cells[heading.position] if heading.position < len(row.cells) else ""
        if not heading.column or not text:
            continue
        if heading.position in row.faulty:
            problems.append(_faulty(heading, text))
            continue
        values[heading.column] = text
    if any(row.cells[len(columns) :]):
        reason = _("The row has more cells than there are headings. Is a quotation mark missing?")
        problems.append(CellProblem(column="", value=next(filter(None, row.cells[len(columns) :])), reason=reason))
    fields = _taken(_CLEAN, values, problems)
    told = _taken(_CLEAN_CONTACT, values, problems)
    contact = {name: told[column] for column, name in _OF_CONTACT.items() if column in told}
    if contact.keys() <= {"language"}:
        contact = {}  # a language is nobody
    if contact:
        contact.setdefault("name", contact.get("email", "")[:120])
    services = _services(values.get("services", ""), problems)

    def refuse(column: str, why: ValidationError) -> None:
        problems.append(_problem(column, values[column], why))

    contract = contract_of(values, read_day, refuse)
    return Cells(fields=fields, services=services, contact=contact, contract=contract, problems=tuple(problems))


def _faulty(heading: Heading, text: str) -> CellProblem:
    reason = _("The cell holds an error, not a value.")
    if text.startswith("="):
        reason = _("A formula is not accepted: write the value.")
    return CellProblem(column=heading.label, value=text, reason=reason)


def _taken(
    cleaners: Mapping[str, Callable[[str], Any]], values: Mapping[str, str], problems: list[CellProblem]
) -> dict[str, Any]:
    """The clean values of the columns in `cleaners`; what cannot be taken goes to `problems`."""
    taken: dict[str, Any] = {}
    for column, clean in cleaners.items():
        if column not in values:
            continue
        try:
            taken[column] = clean(values[column])
        except ValidationError as error:
            problems.append(_problem(column, values[column], error))
    return taken


def _problem(column: str, value: str, why: ValidationError) -> CellProblem:
    return CellProblem(column=headings.label(column), value=value, reason=" ".join(why.messages))


def _field(model: type[models.Model], name: str, *, lines: bool = False) -> Callable[[str], str]:
    """Check by the field of the model. A text for one line is cleaned."""
    of_model: Any = model._meta.get_field(name)

    def clean(text: str) -> str:
        value: str = of_model.clean(text if lines else cleaned(text), None)
        return value

    return clean


def _tier(text: str) -> str:
    tier = headings.tier_of(text)
    if tier is None:
        words = ", ".join(str(label) for label in Tier.labels)
        raise ValidationError(_("This tier is not known. Use one of these: %(words)s.") % {"words": words})
    return tier


def _language(text: str) -> str:
    code = headings.language_of(text)
    if code is None:
        words = ", ".join(str(one.name) for one in LANGUAGES.values())
        raise ValidationError(_("This language is not known. Use one of these: %(words)s.") % {"words": words})
    return code


def _website(text: str) -> str:
    address = text if "://" in text else f"https://{text}"
    is_web_address(address)
    return _field(Vendor, "website")(address)


_CLEAN: dict[str, Callable[[str], Any]] = {
    "name": _field(Vendor, "name"),
    "reference": _field(Vendor, "reference"),
    "tier": _tier,
    "department": _field(Department, "name"),
    "website": _website,
    "country": _field(Vendor, "country"),
    "months_to_replace": months,
    "notes": _field(Vendor, "notes", lines=True),
}
_OF_CONTACT = {"contact_name": "name", "contact_email": "email", "contact_language": "language"}
_CLEAN_CONTACT: dict[str, Callable[[str], str]] = {
    "contact_name": _field(Contact, "name"),
    "contact_email": _field(Contact, "email"),
    "contact_language": _language,
}


def _services(text: str, problems: list[CellProblem]) -> tuple[str, ...]:
    """Each once, whether in capitals or not."""
    names: dict[str, str] = {}
    clean = _field(Service, "name")
    for part in BETWEEN_SERVICES.split(text):
        name = cleaned(part)
        if not name:
            continue
        try:
            names.setdefault(name.lower(), clean(name))
        except ValidationError as error:
            problems.append(_problem("services", name, error))
    return tuple(names.values())
