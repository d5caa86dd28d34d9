"""Marks, lists and dates are set by the language (groundwork/words.py), never typed between two values.

French sets a colon, a semicolon and a percent sign off by a space that does not break, and writes the first as “1er”.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

import pytest

from tests.conventions.test_house import ROOT, modules
from tests.conventions.test_templates import TEMPLATES

MARKS = ";:!?%»"
TYPED = re.compile(rf"\s?[{MARKS}] |\s[{MARKS}]|[%»]$")
# For whoever runs the installation, in English; and what no page shows.
NOT_READ = {
    "config/before_serving.py",
    "groundwork/jobs/nudging.py",
    "groundwork/languages.py",
    "accounts/chain/verification.py",
    "accounts/immutable.py",
    "accounts/vocabulary.py",
    "reports/charts/marks.py",  # the text of an error in our own code
    "vendors/trail_words.py",  # kept in the trail for good, in no language of a reader
    "vendors/incident_import/forms.py",  # what stands in a field is typed, and read again
}

COMMENT = re.compile(r"{% *comment\b.*?{% *endcomment *%}|{#.*?#}", re.DOTALL)
SENTENCE = re.compile(r"{% *blocktrans(?:late)?\b.*?{% *endblocktrans(?:late)? *%}", re.DOTALL)
TAG = re.compile(r"{%.*?%}|{{.*?}}", re.DOTALL)
ELEMENT = re.compile(r"<[^>]*>")
BETWEEN = re.compile(rf"(?:^|[\0\s])\s?[{MARKS}](?=[\s\0]|$)")
IN_ATTRIBUTE = re.compile(rf"<[^>]*\0\s?[{MARKS}] [^>]*>")
BARE_DATE = re.compile(r"\|\s*(?:date|time|timesince|timeuntil|naturalday|naturaltime|localize)\b")


def typed_in_code(code: str) -> Iterator[str]:
    """Joins by a mark, and a value with a mark behind it."""
    for node in ast.walk(ast.parse(code)):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "join":
            by = node.func.value
            if isinstance(by, ast.Constant) and re.search(rf"[{MARKS}] ", str(by.value)):
                yield ast.unparse(node)
        if isinstance(node, ast.JoinedStr):
            pairs = zip(node.values, node.values[1:], strict=False)
            if any(_is_mark_behind(before, after) for before, after in pairs):
                yield ast.unparse(node)


def _is_mark_behind(before: ast.expr, after: ast.expr) -> bool:
    return (
        isinstance(before, ast.FormattedValue)
        and isinstance(after, ast.Constant)
        and bool(TYPED.match(str(after.value)))
    )


def typed_in_template(source: str) -> Iterator[str]:
    """Lines in which a mark stands alone between what is filled in; within a sentence its translator sets it."""
    text = COMMENT.sub("", source)
    for pattern in (SENTENCE, TAG):
        text = pattern.sub("\0", text)
    yield from (found.replace("\0", "…") for found in IN_ATTRIBUTE.findall(text))
    shown = re.sub(r">\s*\?\s*<", "><", text)  # the sign on a button for help
    shown = ELEMENT.sub("\0", shown)
    yield from (line.replace("\0", "…").strip() for line in shown.splitlines() if BETWEEN.search(line))


@pytest.mark.parametrize(
    "planted",
    ['"; ".join(words)', '" : ".join(words)', 'f"{name}: {status}"', 'f"{value} %"', 'f"{a}; {b}"', 'f"{a} ; {b}"'],
)
def test_a_planted_mark_in_code_is_found(planted: str) -> None:
    assert list(typed_in_code(planted))


def test_what_is_no_mark_of_a_sentence_passes() -> None:
    code = 'f"{prefix}:{key}"\nf"{path}?{query}"\n", ".join(names)\nf"{hours:02}:{minutes:02}"\nlabelled(name, status)'
    assert list(typed_in_code(code)) == []


def test_no_mark_is_typed_between_two_values_in_code() -> None:
    found = {
        str(path.relative_to(ROOT)): faults
        for path in modules()
        if "commands" not in path.parts and (faults := list(typed_in_code(path.read_text("utf-8"))))
    }
    assert {path: faults for path, faults in found.items() if path not in NOT_READ} == {}
    assert set(found) >= NOT_READ, "these need no exception any more"


@pytest.mark.parametrize(
    "planted",
    [
        "<b>{{ name }}</b>: {{ status }}",
        "{{ a }}; {{ b }}",
        '{% translate "Cause" %}: {{ cause }}',
        "{% if more %}; {% endif %}",
        "{{ share }} %",
        "<span>%</span>",
        "<b>{{ name }}</b>:",
        '<a aria-label="{{ action }}: {{ name }}">x</a>',
    ],
)
def test_a_planted_mark_in_a_template_is_found(planted: str) -> None:
    assert list(typed_in_template(planted))


def test_a_template_that_leaves_its_marks_to_the_language_passes() -> None:
    source = (
        "{# a: b #}{% comment %}c : d{% endcomment %}{{ a }}{% colon %} {{ b }}{% semicolon %}\n"
        '{% blocktranslate %}{{ a }}: {{ b }}{% endblocktranslate %}<a href="{% url "x" %}?y={{ z }}">'
        '<button value="{{ a }}:{{ b }}">{% translate "Keep" %}</button>'
    )
    assert list(typed_in_template(source)) == []


def test_no_mark_is_typed_between_two_values_in_a_template() -> None:
    found = {
        str(path.relative_to(TEMPLATES)): faults
        for path in TEMPLATES.rglob("*")
        if path.is_file() and (faults := list(typed_in_template(path.read_text("utf-8"))))
    }
    assert found == {}


@pytest.mark.parametrize(
    "planted", ['{{ at|date:"j F Y" }}', "{{ at|date }}", "{{ at|timesince }}", "{{ n|localize }}"]
)
def test_a_planted_date_of_the_framework_is_found(planted: str) -> None:
    assert BARE_DATE.search(planted)
    assert not BARE_DATE.search("{{ at|day }} {{ at|short_moment }} {{ at|machine_day }} {{ value|unlocalize }}")


def test_every_date_of_a_template_goes_through_our_own_filters() -> None:
    """The framework's write “1 juillet”, and their own order of day and month."""
    paths = (path for path in TEMPLATES.rglob("*") if path.is_file())
    assert [str(path) for path in paths if BARE_DATE.search(path.read_text("utf-8"))] == []
