"""What the PDF of a sheet is made from: its row and a language alone."""

from __future__ import annotations

from datetime import UTC

from django.template.loader import render_to_string
from django.utils import translation
from django.utils.translation import gettext as _

from reports.documents.layout import Attached, Layout
from reports.fact_sheets import keeping, kinds
from reports.models import FactSheet


def layout(sheet: FactSheet, *, language: str) -> Layout:
    """Raises SnapshotDamaged."""
    kind = kinds.kind_of(sheet.kind)
    content = keeping.content_of(sheet)
    with translation.override(language):
        context = {
            "sheet": kind.view(content, language),
            "language": language,
            "as_of": sheet.as_of,
            "sha256": sheet.sha256,
        }
        html = render_to_string(kind.template, context)
        title = kind.title(content, language)
        attached = Attached(
            name=f"{kind.name(content)}.json",
            description=_("The facts that this document was made from"),
            content=sheet.content,
        )
    return Layout(
        html=html,
        title=title,
        created=sheet.as_of.astimezone(UTC).isoformat(),
        attached=attached if kind.is_attached else None,
    )
