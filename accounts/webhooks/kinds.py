"""Of what other systems are told."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class Kind(models.TextChoices):
    """By the name that receivers know it by; a name never changes its meaning."""

    ASSESSMENT_SUBMITTED = "assessment.submitted", _("An assessment was submitted")
    ASSESSMENT_SENT_BACK = "assessment.sent_back", _("An assessment was sent back")
    ASSESSMENT_APPROVED = "assessment.approved", _("An assessment was approved")
    SCORECARD_MADE = "scorecard.made", _("A scorecard was made")
    DOCUMENT_READY = "document.ready", _("A document is ready")
    VENDOR_ANSWERED = "vendor.answered", _("A vendor answered")
    FINDING_APPEARED = "finding.appeared", _("A finding appeared")
    FINDING_GONE = "finding.gone", _("A finding is gone")
    COMMITMENT_DUE = "commitment.due", _("A commitment is due")
    COMMITMENT_KEPT = "commitment.kept", _("A commitment was kept")
    COMMITMENT_REOPENED = "commitment.reopened", _("A commitment was opened again")
    IMPORT_ENDED = "import.ended", _("An import of incidents ended")
    TEST = "webhook.test", _("A test")


# What somebody may choose; a test goes to whoever asked for it.
CHOICES = [(kind.value, kind.label) for kind in Kind if kind is not Kind.TEST]


def called(kind: str) -> str:
    """In the active language; the name itself of one that nobody knows any more."""
    return str(Kind(kind).label) if kind in Kind.values else kind
