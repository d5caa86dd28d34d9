"""What is sent of a template: its words and its lines, without the blanks that only its writer needs."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from django.conf import settings
from django.template import engines
from django.template.loader import get_template

from groundwork.templates import ON_PAPER, Loader, without_indentation

TEMPLATES = Path(settings.BASE_DIR, "templates")
INCLUDED = re.compile(r'{% (?:include|extends) "([^"]+)"')


def test_lines_lose_their_indentation_and_stay_lines() -> None:
    assert without_indentation("<ul>\n  <li>\n\t\ta b\n\n  </li>\n</ul>") == "<ul>\n<li>\na b\n\n</li>\n</ul>"


def test_blanks_within_a_line_stay() -> None:
    assert without_indentation("<b>a</b>  <i>b</i> ") == "<b>a</b>  <i>b</i> "


def test_what_is_shown_with_every_blank_is_left_alone() -> None:
    for source in ("<div>\n  <pre>\n    a</pre>", "<p>\n  <textarea>\n  a</textarea>"):
        assert without_indentation(source) == source


def test_our_pages_are_loaded_so_and_our_mails_as_they_are_written() -> None:
    loader = Loader(engines["django"].engine, dirs=engines["django"].engine.dirs)
    names = ("base.html", "assessments/schedule/email/_item.txt")
    page, mail = (loader.get_contents(next(iter(loader.get_template_sources(name)))) for name in names)
    assert "\n " not in page and "\n " in mail
    assert get_template("base.html").template.source == page


def printed(name: str) -> Iterator[str]:
    """A template and what it takes in."""
    yield name
    for taken in INCLUDED.findall(TEMPLATES.joinpath(name).read_text()):
        yield from printed(taken)


def test_what_is_printed_is_loaded_as_it_is_written_so_that_documents_keep_their_bytes() -> None:
    documents = [str(path.relative_to(TEMPLATES)) for path in TEMPLATES.rglob("*_pdf.html")]
    assert len(documents) > 10
    assert [name for document in documents for name in printed(document) if not ON_PAPER.search(name)] == []
