"""An edition of the bank has one name in the interface, whatever the code calls it."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.conventions.test_house import ROOT

APPS = ("accounts", "assessments", "config", "groundwork", "manifesto", "reports", "vendors")
SAID_IN_TEMPLATES = re.compile(
    r"\{%-?\s*(?:blocktranslate|blocktrans)\b.*?%\}(?P<block>.*?)\{%-?\s*endblocktrans(?:late)?\s*-?%\}"
    r"|\{%-?\s*(?:translate|trans)\s+\"(?P<text>[^\"]*)\"|_\(\"(?P<call>[^\"]*)\"\)",
    re.DOTALL,
)
INSIDE = re.compile(r"\{%.*?%\}|\{\{.*?\}\}|%\(\w+\)s", re.DOTALL)
OTHER_WORD = re.compile(r"\breleases?\b", re.IGNORECASE)
GETTEXT = ("_", "gettext", "gettext_lazy", "pgettext", "pgettext_lazy", "ngettext", "ngettext_lazy")


def _of_template(source: str) -> Iterator[str]:
    for found in SAID_IN_TEMPLATES.finditer(source):
        yield next(part for part in found.groups() if part is not None)


def _of_module(source: str) -> Iterator[str]:
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in GETTEXT:
            yield from (
                part.value for part in node.args if isinstance(part, ast.Constant) and isinstance(part.value, str)
            )


def other_words(paths: list[Path]) -> list[str]:
    """Texts of the interface that say release."""
    found = []
    for path in paths:
        read = _of_module if path.suffix == ".py" else _of_template
        said = (INSIDE.sub("", text) for text in read(path.read_text(encoding="utf-8")))
        found += [f"{path.name}: {' '.join(text.split())}" for text in said if OTHER_WORD.search(text)]
    return found


@pytest.mark.parametrize(
    ("name", "source"),
    [
        ("a.html", '{% translate "New release" %}'),
        (
            "b.html",
            "{% blocktranslate trimmed with release=release %}\n Releases of {{ release }}\n{% endblocktranslate %}",
        ),
        ("c.html", '{% crumbs "x" _("The release") %}'),
        ("d.py", 'said = ngettext("%d release", "%d releases", 2)'),
    ],
)
def test_a_planted_release_is_found(name: str, source: str, tmp_path: Path) -> None:
    planted = tmp_path / name
    planted.write_text(source)
    assert len(other_words([planted])) == (2 if name == "d.py" else 1)


def test_a_name_of_the_code_is_no_word_of_the_interface(tmp_path: Path) -> None:
    planted = tmp_path / "a.html"
    planted.write_text("{% blocktranslate with edition=release.edition %}Edition {{ release }}{% endblocktranslate %}")
    assert other_words([planted]) == []


def test_the_interface_says_edition_and_never_release() -> None:
    templates = [*(ROOT / "templates").rglob("*.html"), *(ROOT / "templates").rglob("*.txt")]
    modules = [path for app in APPS for path in (ROOT / app).rglob("*.py") if "migrations" not in path.parts]
    assert len(templates) > 100
    assert other_words([*templates, *modules]) == []
