"""The first of a month in French has its “er” raised, in running text alone."""

import pytest

from reports.documents.ordinals import raised


@pytest.mark.parametrize(
    ("html", "shown"),
    [
        ("<p>le 1er mars 2026</p>", "<p>le 1<sup>er</sup> mars 2026</p>"),
        (
            "<td>1er\u00a0août</td><td>1er\u00a0sept. 2026</td>",
            "<td>1<sup>er</sup>\u00a0août</td><td>1<sup>er</sup>\u00a0sept. 2026</td>",
        ),
        ("1er janvier", "1<sup>er</sup> janvier"),
    ],
)
def test_the_letters_after_the_first_are_raised(html: str, shown: str) -> None:
    assert raised(html) == shown


@pytest.mark.parametrize(
    "html",
    [
        '<p title="1er mars">2 mars</p>',
        '<svg><title>1er mars</title><desc>du 1er mai</desc><text x="1">1er mai</text></svg>',
        "<p>11er mars, 1er étage, 1ers mars, a1er mars</p>",
    ],
)
def test_what_is_no_date_in_running_text_stays_as_it_is(html: str) -> None:
    assert raised(html) == html
