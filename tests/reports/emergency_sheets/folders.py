"""A folder for when it breaks, as it is frozen, and its PDF: without a database."""

from __future__ import annotations

from typing import Any

from groundwork.canonical import canonical, hash_of
from reports import worker
from reports.models import FactSheet, FactSheetKind
from tests.factories import NOW

LONG = "Uninterruptible inter-hospital laboratory and pharmacy results exchange platform, production environment"


def content(names: list[str], *, calls: int = 3, words: str = "Short.", folder: bool = True) -> dict[str, Any]:
    """As it is frozen."""
    pages = [
        {
            "id": number,
            "name": name,
            "vendor": {"id": number, "name": "Harbour Uninterruptible Infrastructure Services International"},
            "calls": [
                {
                    "who": f"Duty officer {n} of the service desk",
                    "job": "Head of support",
                    "number": "+32 2 555 12 34 ext. 120",
                    "when": "day and night, also on public holidays",
                }
                for n in range(calls)
            ],
            "standstills": [
                {
                    "department": f"Ward {n} of the women’s hospital",
                    "what_stops": "Medication is read from paper",
                    "told_by": "Bed manager on duty",
                    "number": "555 0102",
                }
                for n in range(5)
            ],
            "at_hand": words,
            "starts_by_itself": words,
            "senior_engineers": words,
            "expected": [
                {
                    "en": "A critical report is answered within 15 minutes.",
                    "fr": "Réponse en 15 minutes.",
                    "nl": "Antwoord binnen 15 minuten.",
                }
                for _n in range(3)
            ],
            "checked_on": "2026-01-05",
            "checked_by": "Reader",
            "check_by": "2026-07-05",
        }
        for number, name in enumerate(names, start=1)
    ]
    without = [{"id": 99, "name": "Telephony", "vendor": {"id": 9, "name": "Quay Line"}}] if folder else []
    return {"is_folder": folder, "organisation": "Harbour Hospital", "pages": pages, "without": without}


def printed(given: dict[str, Any], language: str = "en") -> bytes:
    facts = {"schema": 1, "kind": "emergency", "about": 0, "facts": given}
    text = canonical(facts)
    sheet = FactSheet(kind=FactSheetKind.EMERGENCY, content=text, sha256=hash_of(text), as_of=NOW, made_at=NOW)
    return worker.produce(sheet, language=language)
