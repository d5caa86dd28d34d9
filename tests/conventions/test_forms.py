"""Each form that is posted ends with its mark, and no browser remembers what is hidden in one."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from pathlib import Path

from django import forms

from tests.conventions.test_house import ROOT

TEMPLATES = ROOT / "templates"
TEMPLATE_TAG = re.compile(r"\{%.*?%\}|\{\{.*?\}\}|\{#.*?#\}", re.DOTALL)
FORM = re.compile(r"<form\b(?P<tag>[^>]*)>(?P<content>.*?)</form>", re.DOTALL)
HIDDEN = re.compile(r"<input\b[^>]*type=\"hidden\"[^>]*>", re.DOTALL)
POSTED = ('method="post"', 'method="{{ attrs.method }}"')


def _plain(text: str) -> tuple[str, str]:
    """The text, and the same with its template tags blotted out, letter by letter."""
    return text, TEMPLATE_TAG.sub(lambda found: "·" * len(found.group()), text)


def without_end(paths: Iterable[Path]) -> Iterator[str]:
    for path in paths:
        text, plain = _plain(path.read_text(encoding="utf-8"))
        for form in FORM.finditer(plain):
            tag = text[form.start("tag") : form.end("tag")]
            content = text[form.start("content") : form.end("content")]
            if any(said in tag for said in POSTED) and not content.rstrip().endswith("{% form_end %}"):
                yield f"{path.name}:{text.count(chr(10), 0, form.start()) + 1}"


def remembered(paths: Iterable[Path]) -> Iterator[str]:
    for path in paths:
        text, plain = _plain(path.read_text(encoding="utf-8"))
        for field in HIDDEN.finditer(plain):
            if 'autocomplete="off"' not in text[field.start() : field.end()]:
                yield f"{path.name}:{text.count(chr(10), 0, field.start()) + 1}"


def templates() -> list[Path]:
    return [path for path in TEMPLATES.rglob("*.html") if path.is_file()]


def test_a_planted_form_without_its_end_is_found(tmp_path: Path) -> None:
    planted = tmp_path / "planted.html"
    planted.write_text(
        '<form method="get"></form>\n<form {% if a > b %}id="x"{% endif %} method="post">\n{% form_end %}\n</form>\n'
        '<form method="post">{% form_end %}<button>Save</button></form>\n',
        encoding="utf-8",
    )
    assert list(without_end([planted])) == ["planted.html:5"]


def test_every_form_that_is_posted_ends_with_its_mark() -> None:
    assert sum("{% form_end %}" in path.read_text(encoding="utf-8") for path in templates()) > 50
    assert list(without_end(templates())) == []


def test_a_planted_hidden_field_that_is_remembered_is_found(tmp_path: Path) -> None:
    planted = tmp_path / "planted.html"
    planted.write_text('<input type="hidden" name="a" autocomplete="off">\n<input name="b"\n type="hidden">\n')
    assert list(remembered([planted])) == ["planted.html:2"]


def test_no_browser_remembers_what_is_hidden_in_a_form() -> None:
    assert list(remembered(templates())) == []


def test_nor_what_is_hidden_in_a_form_that_python_draws() -> None:
    drawn = forms.HiddenInput().render("one", 12_345) + forms.MultipleHiddenInput().render("many", ["a", "b"])
    fields = HIDDEN.findall(drawn)
    assert len(fields) == 3
    assert all('autocomplete="off"' in field for field in fields)
    assert 'value="12345"' in fields[0]
