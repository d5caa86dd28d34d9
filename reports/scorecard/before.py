"""What a scorecard is compared with, frozen beside its own numbers: the vendor’s scorecard before it, rule by rule.

Frozen since schema 8, so that a document says what moved from one snapshot alone.
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from fractions import Fraction
from typing import Any

from reports.models import Scorecard

Stored = Mapping[str, Any]


def frozen(row: Stored, earlier: Stored | None, release: Stored) -> dict[str, Any]:
    """`row`: as `of_row` gives it; `earlier`: the snapshot of that scorecard, None where it cannot be read, so that no
    rule is compared; `release`: of the scorecard that is being made."""
    return {**row, "rules": [] if earlier is None else _rules(earlier, release)}


def of_row(card: Scorecard, *, approved_at: str) -> dict[str, Any]:
    """What the row alone tells; needs its rules and the release of its assessment."""
    return {
        "number": card.number,
        "met": card.rules_met,
        "of": len(card.rules.all()),
        "approved_at": approved_at,
        "edition": card.assessment.release.edition,
    }


def _rules(earlier: Stored, release: Stored) -> list[dict[str, Any]]:
    """Each rule then: its status, its exact percent as text, and whether the same is asked of it now."""
    now = asked_in(release)
    then = asked_in(earlier["release"])
    return [
        {
            "rule": rule["rule"],
            "status": rule["status"],
            "percent": rule["percent"],
            "comparable": now.get(rule["rule"]) == then[rule["rule"]],
        }
        for rule in earlier["score"]["rules"]
    ]


def asked_in(release: Stored) -> dict[str, Hashable]:
    """By rule what its status is made from beside the grades: questions, weights, knock-outs and thresholds; equal
    where the same was asked and judged alike."""
    thresholds = tuple(sorted(release["policy"].items()))
    return {
        rule["key"]: (thresholds, frozenset(_asked(question) for question in rule["questions"]))
        for rule in release["rules"]
    }


def _asked(question: Stored) -> Hashable:
    return (question["key"], question["revision"], Fraction(question["weight"]), question["knockout"])
