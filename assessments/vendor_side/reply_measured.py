"""What was measured that speaks against the result, for the vendor that replies to it: facts, incidents, and what was
held of what it claims to rehearse and review, which it knows itself. No answer and no name of anybody is among them."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from datetime import datetime

from django.utils import translation

from assessments.findings import panel
from assessments.findings.findings import measured_rules
from assessments.findings.practice import By, practice
from assessments.models import Assessment
from groundwork.languages import LANGUAGE_CODES


def measured_against(assessment: Assessment, *, now: datetime) -> dict[str, dict[str, list[str]]]:
    """Rule key → language → what is said of it, a finding a text; empty where nothing speaks."""
    found = measured_rules(assessment, now=now)
    said: dict[str, dict[str, list[str]]] = defaultdict(lambda: {code: [] for code in LANGUAGE_CODES})
    found_of_practice = (one for one in practice(assessment, now=now) if one.is_speaking and one.by is not By.US)
    claimed = tuple(replace(one, by=By.VENDOR) for one in found_of_practice)  # what we noted is ours
    for code in LANGUAGE_CODES:
        with translation.override(code):
            for notice in panel.in_words(found, assessment).notices if found else ():
                said[notice.rule][code].append(f"{notice.label}. {notice.text} {notice.named}".strip())
            for one in panel.practice_in_words(claimed, assessment):
                said[one.rule][code].append(f"{one.label}. {one.text}")
    return said
