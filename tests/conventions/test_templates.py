"""No line of a template is longer than one of code: what cannot be read at once is not read."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
TEMPLATES = ROOT / "templates"
LONGEST = 120  # as for code, and as djlint reformats; its linter does not look


def long_lines(paths: Iterable[Path]) -> Iterator[str]:
    for path in paths:
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
            if len(line) > LONGEST:
                yield f"{path.name}:{number} has {len(line)} characters"


def test_a_planted_long_line_is_found(tmp_path: Path) -> None:
    planted = tmp_path / "planted.html"
    planted.write_text(f"<p>fits</p>\n<p>{'ä' * 113}</p>\n<p>{'ä' * 114}</p>\n", encoding="utf-8")

    assert list(long_lines([planted])) == ["planted.html:3 has 121 characters"]


def test_every_line_of_a_template_fits() -> None:
    templates = [path for path in TEMPLATES.rglob("*") if path.is_file()]

    assert len(templates) > 200
    assert list(long_lines(templates)) == []


def test_no_moment_for_machines_has_microseconds() -> None:
    """HTML allows three digits at most; the filter `c` of Django writes six."""
    pattern = re.compile(r"""datetime=["']{{[^}]*(?:date:(?!"Y-m-d")|isoformat)""")
    assert pattern.search('<time datetime="{{ entry.at|date:"c" }}">')
    assert not pattern.search('<time datetime="{{ said.said_on|date:"Y-m-d" }}">')
    assert [str(path) for path in TEMPLATES.rglob("*") if path.is_file() and pattern.search(path.read_text())] == []


def test_every_page_says_the_language_that_it_is_asked_in() -> None:
    """Pages inherit what writes the first element; documents and mails have a language of their own."""
    opening = re.compile(r"<html\b[^>]*")
    told = re.compile(r'<html lang="{{ (?:LANGUAGE_CODE|card\.language|copy\.language|language)(?:\|default:"en")? }}"')
    assert not told.match('<html lang="en">')
    assert not told.match('<html data-theme="auto">')
    found = [match.group() for path in TEMPLATES.rglob("*.html") for match in opening.finditer(path.read_text())]

    assert len(found) >= 4
    assert [one for one in found if not told.match(one)] == []
