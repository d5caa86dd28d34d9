"""What a bound PDF is made of: a cover with the contents, and the documents of the scorecards behind it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime

from django.template.loader import render_to_string
from django.utils import translation

from reports.batches.archive import Told
from reports.documents.layout import Layout
from reports.models import DocumentKind, Scorecard
from reports.scorecard import view
from reports.scorecard.snapshots import SnapshotDamaged


@dataclass(frozen=True, kw_only=True)
class Volume:
    """`cards` in their order, with their assessments and their snapshots. `damaged` is called for one that is not
    printed, and says how it is told."""

    title: str
    organisation: str
    kind: DocumentKind
    language: str
    cards: Sequence[Scorecard]
    left_out: Sequence[Told]
    damaged: Callable[[Scorecard], Told]


class BoundRefusedError(Exception):
    """One of them cannot be drawn, and so none of it: the ZIP says which one."""


class BoundTooLargeError(Exception):
    """No mail and no browser would be glad of it."""


@dataclass(frozen=True, kw_only=True)
class Content:
    """A line of the contents."""

    vendor: str
    number: str
    page: int


@dataclass(frozen=True, kw_only=True)
class Bound:
    """The parts, and what makes the cover once it is known on which page each begins."""

    parts: tuple[Layout, ...]
    cover: Callable[[Sequence[int]], Layout]


def bound(volume: Volume) -> Bound | None:
    """None where nothing is left to bind. The same snapshots give the same parts and the same cover."""
    parts, cards, left_out = [], [], list(volume.left_out)
    for card in volume.cards:
        try:
            parts.append(view.layout(card, kind=volume.kind, language=volume.language))
        except SnapshotDamaged:
            left_out.append(volume.damaged(card))
        else:
            cards.append(card)
    if not parts:
        return None
    return Bound(parts=tuple(parts), cover=_cover_of(volume, cards, left_out))


def _cover_of(
    volume: Volume, cards: Sequence[Scorecard], left_out: Sequence[Told]
) -> Callable[[Sequence[int]], Layout]:
    newest = max(card.approved_at for card in cards)

    def cover(pages: Sequence[int]) -> Layout:
        contents = [
            Content(vendor=card.assessment.vendor.name, number=card.number, page=page)
            for card, page in zip(cards, pages, strict=True)
        ]
        context = {
            "language": volume.language,
            "title": volume.title,
            "organisation": volume.organisation,
            "kind": volume.kind,
            "contents": contents,
            "left_out": left_out,
            "newest": _day(newest),
        }
        with translation.override(volume.language):
            html = render_to_string("reports/batches/cover_pdf.html", context)
        return Layout(html=html, title=volume.title, created=newest.astimezone(UTC).isoformat())

    return cover


def _day(moment: datetime) -> date:
    return moment.astimezone(UTC).date()
