"""Finding an assessment by what people call it: A-2026-001, harbour/A-2026-001, S-2026-001, or its row number."""

from __future__ import annotations

from django.db.models import Q

from assessments.models import Assessment

LISTING = "`scorecard --list` names the assessments that can be printed."


class UnknownReferenceError(Exception):
    """No assessment, or more than one, is called so; the message says what to do."""


def find_assessment(name: str) -> Assessment:
    """Raises UnknownReferenceError."""
    slug, _, reference = name.strip().rpartition("/")
    by_name = Q(reference__iexact=reference) | Q(scorecard__number__iexact=reference)
    if reference.isascii() and reference.isdigit() and len(reference) < 16:
        by_name |= Q(pk=int(reference))
    found = Assessment.objects.filter(by_name).select_related("organisation", "vendor", "release")
    if slug:
        found = found.filter(organisation__slug=slug)
    candidates = list(found.order_by("organisation__slug", "pk"))
    if not candidates:
        raise UnknownReferenceError(f"No assessment is called {name}. {LISTING}")
    if len(candidates) > 1:
        names = ", ".join(full_reference(assessment) for assessment in candidates)
        raise UnknownReferenceError(f"Several organisations have a {reference}. Name one of: {names}.")
    return candidates[0]


def full_reference(assessment: Assessment) -> str:
    """Unambiguous on this installation: the organisation's short name and the reference."""
    return f"{assessment.organisation.slug}/{assessment.reference}"
