"""The languages of a sheet for a page, with what became of the wish for each."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils import timezone

from accounts.models import Organisation
from reports.documents.job import LanguageDocument, documents_of
from reports.fact_sheets import keeping
from reports.fact_sheets.kinds import Facts
from reports.models import FactSheetKind


@dataclass(frozen=True, kw_only=True)
class SheetPanel:
    """What `reports/fact_sheets/_documents.html` shows: the kind, the id of the thing, and each language."""

    kind: str
    about: int
    documents: tuple[LanguageDocument, ...]


def panel_of(organisation: Organisation, kind: FactSheetKind, facts: Facts) -> SheetPanel:
    """Of the facts as they are now: one that changed since a document was made has none yet. Two queries at most."""
    sheet = keeping.kept(organisation, kind, facts)
    documents = documents_of(sheet, now=timezone.now())
    return SheetPanel(kind=kind.value, about=facts.about, documents=documents)
