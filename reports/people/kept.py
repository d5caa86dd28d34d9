"""What keeps a name or an address after an erasure, and why: named here, in docs/privacy.md, and held by a test."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.apps import apps
from django.db import models
from django.utils.translation import gettext_lazy as _

FROZEN: dict[str, Any] = {
    "accounts.AuditEntry": _("the trail: who did what, sealed day by day"),
    "accounts.Seal": _("the seals over scorecards and trail"),
    "reports.Scorecard": _("approved scorecards: who rated and who approved"),
    "reports.VendorCopy": _("copies of what a vendor handed in"),
    "reports.FactSheet": _("letters and sheets that were made"),
    "reports.Document": _("documents that were made"),
    "vendors.Acknowledgement": _("acknowledgements: who gave the vendor's word"),
    "vendors.ProofStep": _("proofs of cause, as they were handed in"),
    "vendors.TimelineEntry": _("the hour of an incident, as it was written then"),
    "vendors.PlanCheck": _("that a plan for an emergency was gone through"),
    "assessments.CommitmentStep": _("the history of commitments"),
    "vendors.ExpectationEdition": _("published editions of what is expected"),
    "manifesto.Release": _("published editions of the questions"),
    "vendors.IncidentImport": _("imported files, as your own tools wrote them"),
    "vendors.VendorImport": _("imported files of vendors, deleted after thirty days"),
}


def text_columns() -> Iterator[tuple[type[models.Model], str]]:
    """Every column of text of every table that is not frozen; codes and keys are none."""
    for model in apps.get_models():
        if model._meta.label in FROZEN:
            continue
        for field in model._meta.local_concrete_fields:
            is_text = isinstance(field, models.CharField | models.TextField)
            if is_text and not field.primary_key and not field.choices:
                yield model, field.name
