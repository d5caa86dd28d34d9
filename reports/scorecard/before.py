"""What a scorecard is compared with, frozen beside its own numbers: the vendor’s scorecard before it, rule by rule.

Frozen since schema 8, so that a document says what moved from one snapshot alone.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils import translation

from groundwork.languages import LANGUAGE_CODES
from reports.models import Scorecard
from reports.reasons import telling
from reports.reasons.compared import Compared
from reports.reasons.inputs import asked_in

Stored = Mapping[str, Any]


def frozen(row: Stored, earlier: Stored | None, now: Stored) -> dict[str, Any]:
    """`row`: as `of_row` gives it; `earlier`: the snapshot of that scorecard, None where it cannot be read, so that no
    rule is compared; `now`: the one that is being made."""
    return {**row, "rules": [] if earlier is None else _rules(earlier, now)}


def of_row(card: Scorecard, *, approved_at: str) -> dict[str, Any]:
    """What the row alone tells; needs its rules and the release of its assessment."""
    return {
        "number": card.number,
        "met": card.rules_met,
        "of": len(card.rules.all()),
        "approved_at": approved_at,
        "edition": card.assessment.release.edition,
    }


def _rules(earlier: Stored, now: Stored) -> list[dict[str, Any]]:
    """Each rule then: its status, its exact percent as text, whether the same is asked of it now, and in each language
    the largest reason why it moved, empty where it did not."""
    asked, then = asked_in(now["release"]), asked_in(earlier["release"])
    compared = Compared(then=earlier, now=now)  # once: each language tells the same parts
    why = {code: _largest(compared, code) for code in LANGUAGE_CODES}
    return [
        {
            "rule": rule["rule"],
            "status": rule["status"],
            "percent": rule["percent"],
            "comparable": asked.get(rule["rule"]) == then[rule["rule"]],
            "why": {code: lines.get(rule["rule"], "") for code, lines in why.items()},
        }
        for rule in earlier["score"]["rules"]
    ]


def _largest(compared: Compared, language: str) -> dict[str, str]:
    with translation.override(language):
        found = telling.largest_of(compared, language=language, most=1)
        return {rule: reasons[0].line for rule, reasons in found.items() if reasons}
