"""Reference numbers of assessments: A-2026-001, counted by year and organisation."""

from accounts.numbering import next_number
from assessments.models import Assessment


def next_reference(organisation_id: int, year: int) -> str:
    """The next free reference of an assessment."""
    return next_number(
        Assessment.objects.filter(organisation=organisation_id), "reference", f"A-{year}-", organisation_id
    )
