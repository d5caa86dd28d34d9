"""What was measured that speaks against the result, for the vendor that replies to it: facts and incidents, which it
knows itself. No answer and no name of anybody is among them."""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime

from django.utils import translation

from assessments.findings import panel
from assessments.findings.findings import measured_rules
from assessments.models import Assessment
from groundwork.languages import LANGUAGE_CODES


def measured_against(assessment: Assessment, *, now: datetime) -> dict[str, dict[str, list[str]]]:
    """Rule key → language → what is said of it, a finding a text; empty where nothing is measured."""
    found = measured_rules(assessment, now=now)
    said: dict[str, dict[str, list[str]]] = defaultdict(lambda: {code: [] for code in LANGUAGE_CODES})
    if found is None:
        return said
    for code in LANGUAGE_CODES:
        with translation.override(code):
            for notice in panel.in_words(found, assessment).notices:
                said[notice.rule][code].append(f"{notice.label}. {notice.text} {notice.named}".strip())
    return said
