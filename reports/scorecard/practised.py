"""What was held of what is claimed of rehearsals and reviews when a scorecard was made: frozen, and read from it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from assessments.findings import practice, practice_words
from assessments.findings.practice_words import Called, PracticeView
from assessments.models import Assessment
from reports.scorecard.words import Words


def frozen(assessment: Assessment, *, now: datetime) -> list[dict[str, Any]]:
    """Empty where nothing is claimed, or no record is kept."""
    return practice.as_data(practice.practice(assessment, now=now))


def of(snapshot: Mapping[str, Any], words: Words) -> tuple[PracticeView, ...]:
    """In the active language; none of a scorecard from before there were any."""
    numbers = {
        question["key"]: (f"{rule['position']}.{position}", words.questions[question["key"]])
        for rule in snapshot["release"]["rules"]
        for position, question in enumerate(rule["questions"], start=1)
    }
    return practice_words.views(practice.from_data(snapshot["practice"] or ()), Called(questions=numbers))
