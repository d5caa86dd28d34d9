"""What a letter is filled in with to be looked at: plainly nobody's."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

from groundwork import words
from reports.letters.wording import Section, said
from reports.models import LetterKind

MADE_AT = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
DAY, DEADLINE = date(2026, 3, 2), date(2026, 3, 16)
STATUSES = ("met", "met", "partly", "met", "broken", "met", "not_rated")


def content(kind: LetterKind, language: str) -> dict[str, Any]:
    """As `writing` freezes one."""
    day, deadline = words.day(DAY, language), words.day(DEADLINE, language)
    period = words.days(date(2026, 1, 1), date(2026, 3, 31), language)
    values = {
        "vendor": "Example Systems Ltd",
        "period": period,
        "reference": "A-2026-001",
        "deadline": deadline,
        "approved": day,
        "questions": 22,
        "incident": "INC-2026-0042",
        "opened": day,
        "service": "",
        "due": deadline,
    }
    section = Section(kind, language, values)
    has_result = kind in (LetterKind.RESULT, LetterKind.CLOSING)
    rules = [
        {"number": number, "name": f"{said(language, 'column_rule')} {number}", "status": status, "label": status}
        for number, status in enumerate(STATUSES, start=1)
    ]
    asked = section.several("requests") or ("Example request <1> & “2” (C-2026-001)", "Example request (C-2026-002)")
    return {
        "letter": kind.value,
        "language": language,
        "organisation": "Example Organisation",
        "letterhead": {
            "address": ["1 Example Street", "1000 Exampletown"],
            "place": "Exampletown",
            "foot": "www.example.org · +00 000 000",
            "logo": "",
        },
        "addressee": {
            "vendor": "Example Systems Ltd",
            "name": "Robin Example",
            "job": "Account manager",
            "address": ["2 Sample Road", "2000 Sampleville"],
        },
        "day": DAY.isoformat(),
        "place_and_day": said(language, "place_and_day", place="Exampletown", day=day),
        "reference": "A-2026-001",
        "subject": section.one("subject"),
        "salutation": said(language, "salutation_to", contact="Robin Example"),
        "paragraphs": list(section.several("paragraphs")),
        "result": said(language, "result", headline="4 / 7") if has_result else "",
        "rules": rules if has_result else [],
        "requests": [{"what": what, "due": deadline} for what in asked],
        "own": "A paragraph of your own,\nas you wrote it.",
        "reply": section.one("reply"),
        "deadline": DEADLINE.isoformat(),
        "deadline_said": deadline,
        "period": period,
        "incident": "INC-2026-0042" if kind == LetterKind.PROOF else "",
        "closing": said(language, "closing"),
        "sender": "Sam Example",
    }
