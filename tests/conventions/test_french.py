"""French on page and paper keeps its marks, units and days on one line, and says the first as 1er."""

from __future__ import annotations

import pytest

from reports.scorecard.view import scorecard_html
from tests.french import french_faults, shown_text
from tests.reports import cards


@pytest.mark.parametrize(
    "planted",
    [
        "<p>Cause : panne</p>",
        "<p>Cause <b>:</b> panne</p>",
        "<p>75 % des notes</p>",
        "<p>au plus 2 Mo</p>",
        "<p>5 000 lignes</p>",
        "<p>« mot »</p>",
        "<p>le 1 juillet 2026</p>",
        "<p>le 3 juillet 2026</p>",
        '<a aria-label="Cause : panne">x</a>',
    ],
)
def test_a_planted_fault_is_found(planted: str) -> None:
    assert french_faults(shown_text(planted))


def test_what_is_set_well_passes() -> None:
    page = (
        "<style>a : b</style><td>1</td><td>juillet 2026</td><td>3</td><td>150 75</td>"
        "<p>Cause\u00a0: le 1er\u00a0juillet 2026 à\u00a005:02\u202f; 75\u00a0%, «\u00a0mot\u00a0»</p>"
        "<p>5\u00a0000 lignes</p>"
    )
    assert french_faults(shown_text(page)) == []


def test_the_scorecard_on_paper_is_set_as_french() -> None:
    """The pages are looked at where a browser walks through them all (tests/browser/test_pages_everywhere.py)."""
    content = cards.with_measures(cards.full(), cards.cases(repeating=-0.4), targets={"duration_mean": 8})
    paper = shown_text(scorecard_html(cards.scorecard(content), language="fr"))
    assert "1er\u00a0" in paper and "\u202f;" in paper
    assert french_faults(paper) == []
