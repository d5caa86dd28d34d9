"""What the PDF of a comparison is made from: the snapshots of its scorecards and a language alone."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC

from django.template.loader import render_to_string
from django.utils import translation
from django.utils.translation import gettext as _

from reports.comparison import keeping
from reports.comparison.view import view_of
from reports.documents.layout import Attached, Layout
from reports.models import Comparison, Scorecard


def layout(comparison: Comparison, *, language: str) -> Layout:
    """Raises SnapshotDamaged."""
    return layout_of(keeping.scorecards_of(comparison), language=language)


def layout_of(scorecards: Sequence[Scorecard], *, language: str) -> Layout:
    """Of these scorecards in this order: neither who asked nor when is in it, so the same bytes come of it each time.
    Raises SnapshotDamaged."""
    shown = view_of(scorecards, language=language)
    context = {"comparison": shown, "language": language, "sha256": keeping.checksum(scorecards)}
    with translation.override(language):
        html = render_to_string("reports/comparison/comparison_pdf.html", context)
        attached = Attached(
            name="comparison.json",
            description=_("Which scorecards this document compares, with their checksums"),
            content=keeping.text_of(scorecards),
        )
    created = max(card.approved_at for card in scorecards).astimezone(UTC).isoformat()
    return Layout(html=html, title=" · ".join(shown.vendors), created=created, attached=attached)
