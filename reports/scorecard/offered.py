"""The three documents that a scorecard offers, each with what it is for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from reports.documents.job import LanguageDocument, documents_of_scorecard
from reports.models import DocumentKind, Scorecard

PURPOSES: Mapping[DocumentKind, Promise] = {
    DocumentKind.BRIEF: _("For a board or a director: the result, how far to rely on it, and what you ask."),
    DocumentKind.SCORECARD: _(
        "For the talk with the vendor: the brief, the facts, each rule that is not met, and what it all rests on, with "
        "lines to sign."
    ),
    DocumentKind.RECORD: _("To prove and to keep: every answer, and the arithmetic to recompute by hand."),
}
LENGTHS: Mapping[DocumentKind, Promise] = {
    DocumentKind.BRIEF: _("1 page"),
    DocumentKind.SCORECARD: _("4 pages"),
    DocumentKind.RECORD: _("as long as it needs"),
}


@dataclass(frozen=True, kw_only=True)
class Offered:
    """One of them, in every language."""

    kind: DocumentKind
    label: str
    length: str
    purpose: str
    languages: tuple[LanguageDocument, ...]


def offered(scorecard: Scorecard, *, now: datetime) -> tuple[Offered, ...]:
    """One query."""
    return tuple(
        Offered(
            kind=kind,
            label=str(kind.label),
            length=str(LENGTHS[kind]),
            purpose=str(PURPOSES[kind]),
            languages=languages,
        )
        for kind, languages in documents_of_scorecard(scorecard, now=now).items()
    )


def one_of(documents: tuple[Offered, ...], kind: DocumentKind, language: str) -> LanguageDocument:
    """The document of that kind and language."""
    found = next(one for one in documents if one.kind == kind)
    return next(one for one in found.languages if one.language == language)
