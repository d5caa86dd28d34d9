"""What brief and scorecard say, page by page."""

from __future__ import annotations

from django.utils import translation

from reports.scorecard.paper import page_one
from reports.scorecard.paper.shapes import PageOne
from reports.scorecard.shapes import ScorecardView
from reports.scorecard.snapshots import Snapshot
from reports.scorecard.words import words_of


def brief(snapshot: Snapshot, card: ScorecardView) -> PageOne:
    """The brief: page one alone, in the language of `card`."""
    with translation.override(card.language):
        return page_one.of(snapshot, card, words_of(snapshot, card.language))
