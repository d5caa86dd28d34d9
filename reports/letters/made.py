"""Letters that were made: rows that are never changed, each of one language."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from accounts.models import Membership
from assessments.models import Assessment
from reports.fact_sheets import keeping
from reports.models import FactSheet, FactSheetKind, LetterKind
from vendors.models import Contact, Vendor

SHOWN = 20


@dataclass(frozen=True, kw_only=True)
class MadeLetter:
    """A letter as lists show it. `is_shut`: it is kept from this reader, who still judges the vendor."""

    pk: int
    kind: LetterKind
    contact: str
    language: str
    day: date
    is_shut: bool


def letters_of(member: Membership, vendor: Vendor) -> list[FactSheet]:
    """The newest first. One query."""
    rows = FactSheet.objects.for_member(member).filter(kind=FactSheetKind.LETTER, vendor=vendor)
    return list(rows[:SHOWN])


def reply_until(assessment: Assessment) -> date | None:
    """Until when the last letter with this result let the vendor reply. One query."""
    for content in _contents(_about(assessment)):
        if content["letter"] == LetterKind.RESULT and content["about"] == "assessment":
            return date.fromisoformat(content["deadline"])
    return None


def last_address(contact: Contact, letters: Iterable[FactSheet]) -> str:
    """What stood on the last of these letters to the same person: nobody types an address twice."""
    for content in _contents(letters):
        if content["contact_key"] == contact.pk:
            return "\n".join(content["addressee"]["address"])
    return contact.vendor.country


def _about(assessment: Assessment) -> Iterable[FactSheet]:
    rows = FactSheet.objects.filter(
        organisation=assessment.organisation_id,
        kind=FactSheetKind.LETTER,
        about=assessment.pk,
        vendor=assessment.vendor_id,
    )
    return rows[:SHOWN]


def _contents(letters: Iterable[FactSheet]) -> Iterable[dict[str, Any]]:
    return (keeping.content_of(letter) for letter in letters)
