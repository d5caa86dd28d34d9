"""What our own download of incidents calls its columns, so that it is known when it comes back."""

from __future__ import annotations

from typing import cast

from django.conf import settings
from django.db import models
from django.utils import translation
from django.utils.text import capfirst

from vendors.incident_import.columns.fields import COLUMN_OF
from vendors.models import Incident

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
