"""What became of causes that were accepted as proven, when a scorecard was made: frozen, and read from it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from assessments.findings import proven
from assessments.models import Assessment
from reports.scorecard.words import Words


@dataclass(frozen=True, kw_only=True)
class ProvenCause:
    """One accepted cause; `text`: of which incident, and what happened since."""

    number: str
    text: str
    came_back: bool


def frozen(assessment: Assessment, *, now: datetime) -> list[dict[str, Any]]:
    """Empty where no cause was accepted, or none is settled yet."""
    return proven.as_data(assessment, now=now)


def of(snapshot: Mapping[str, Any], words: Words) -> tuple[ProvenCause, ...]:
    """In the active language; none of a scorecard from before there were any."""
    return tuple(_cause(stored, words) for stored in snapshot["proven"] or ())


def _cause(stored: Mapping[str, Any], words: Words) -> ProvenCause:
    accepted = stored["accepted_at"]
    on = datetime.fromisoformat(accepted).astimezone(ZoneInfo(words.time_zone)).date() if accepted else None
    return ProvenCause(
        number=stored["number"],
        text=f"{proven.accepted_words(stored['incident'], on)} {stored['since'][words.language]}",
        came_back=stored["came_back"],
    )
