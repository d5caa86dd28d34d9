"""What our own download of incidents calls its columns, so that it is known when it comes back."""

from __future__ import annotations

from django.conf import settings
from django.utils import translation

from vendors.incident_fields import WRITTEN

MARKS = ("reference", "origin", "restored", "reopened", "root_cause_proven")  # no other tool has these words together


def headings() -> dict[str, dict[str, str]]:
    """Language → field → heading."""
    found = {}
    for language, _name in settings.LANGUAGES:
        with translation.override(language):
            found[language] = {field.key: field.heading for field in WRITTEN}
    return found
