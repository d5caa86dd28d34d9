"""What our own download of incidents calls its columns, so that it is known when it comes back."""

from __future__ import annotations

from collections.abc import Mapping
from typing import cast

from django.conf import settings
from django.db import models
from django.utils import translation
from django.utils.text import capfirst

from vendors.models import Incident

COLUMN_OF: Mapping[str, str] = {  # field → what tells it of an incident
    "vendor": "vendor",
    "service": "service",
    "reference": "reference",
    "title": "title",
    "opened": "opened_at",
    "resolved": "resolved_at",
    "restored": "restored_at",
    "priority": "priority",
    "mission_critical": "mission_critical",
    "sla": "sla",
    "reopened": "reopened",
    "handovers": "handovers",
    "problem": "problem",
    "root_cause_proven": "root_cause_proven",
    "department": "department",
    "handled_by": "handled_by",
    "origin": "source",
}
MARKS = ("reference", "origin", "restored", "reopened", "root_cause_proven")  # no other tool has these words together


def heading(column: str) -> str:
    """Of a column in a download, in the active language: the name of the field."""
    return capfirst(str(cast(models.Field, Incident._meta.get_field(column)).verbose_name))


def headings() -> dict[str, dict[str, str]]:
    """Language → field → heading."""
    found = {}
    for language, _name in settings.LANGUAGES:
        with translation.override(language):
            found[language] = {field: heading(column) for field, column in COLUMN_OF.items()}
    return found
