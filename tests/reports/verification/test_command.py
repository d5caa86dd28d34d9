"""`bin/manage verify`: the same answer in a terminal, and an exit code."""

from __future__ import annotations

from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from tests.factories import Cast
from tests.reports import cards
from tests.reports.verification import papers


@pytest.mark.django_db
def test_a_document_that_the_product_makes_is_verified_by_it(cast: Cast, tmp_path: Path) -> None:
    """The one test that goes all the way: drawn as ever, written to a file, and read again."""
    card, out, path = cards.approved(cast), StringIO(), tmp_path / "card.pdf"
    call_command("scorecard", card.assessment.reference, output=path, stdout=StringIO())
    call_command("verify", str(path), stdout=out)
    assert f"{path}: Genuine and unchanged" in out.getvalue()
    assert "Rules that agree: 7 of 7." in out.getvalue()


@pytest.mark.django_db
def test_one_file_that_does_not_hold_ends_with_an_error_after_all_were_told(cast: Cast, tmp_path: Path) -> None:
    _card, content = papers.made(cast)
    (tmp_path / "good.pdf").write_bytes(content)
    (tmp_path / "bad.pdf").write_bytes(papers.edited(content, papers.other_page))
    out = StringIO()
    files = [str(tmp_path / name) for name in ("bad.pdf", "none.pdf", "good.pdf")]
    with pytest.raises(CommandError, match="Not genuine and unchanged: 2"):
        call_command("verify", *files, stdout=out)
    said = out.getvalue()
    assert "bad.pdf: The file was changed" in said
    assert "none.pdf: No such file" in said
    assert "good.pdf: Genuine and unchanged" in said


@pytest.mark.django_db
def test_a_language_that_there_is_not_is_named(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="en, fr, nl"):
        call_command("verify", str(tmp_path), language="xx")
