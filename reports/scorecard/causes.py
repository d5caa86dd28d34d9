"""What became of the causes that the vendor proved, when a scorecard was made: frozen in every language, and read from
it alone. Those that came back speak against the rule of proof; those that stayed away for twelve months, for it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.utils import translation

from assessments.findings.proven import CAME_BACK, STAYED_AWAY, cause_words, settled
from assessments.models import Assessment
from groundwork.languages import LANGUAGE_CODES
from reports.scorecard.shapes import CauseView
from reports.scorecard.words import Words
from vendors.proofs.outcomes import SettledCause


def frozen(assessment: Assessment, *, now: datetime) -> list[dict[str, Any]]:
    """Those that came back first. Five queries at most."""
    return [
        {
            "number": one.proof.number,
            "came_back": one.came_back,
            "text": {code: _in(code, one) for code in LANGUAGE_CODES},
        }
        for one in settled(assessment, now=now)
    ]


def _in(language: str, one: SettledCause) -> str:
    with translation.override(language):
        return cause_words(one)


def of(snapshot: Mapping[str, Any], words: Words) -> tuple[CauseView, ...]:
    """In the active language; none of a scorecard from before there were any."""
    return tuple(
        CauseView(
            number=stored["number"],
            label=str(CAME_BACK if stored["came_back"] else STAYED_AWAY),
            chip="not_borne_out" if stored["came_back"] else "borne_out",
            text=stored["text"][words.language],
            came_back=stored["came_back"],
        )
        for stored in snapshot["causes"]
    )
