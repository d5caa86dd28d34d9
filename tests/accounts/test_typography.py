"""French sets a colon and a semicolon off by a space that does not break."""

from __future__ import annotations

import pytest
from django.template import Context, Template
from django.utils import translation

SOURCE = "{{ name }}{% colon %} 3{% semicolon %} 4"


@pytest.mark.parametrize(
    ("language", "shown"),
    [
        ("en", "Sum: 3; 4"),
        ("nl", "Sum: 3; 4"),
        ("fr", "Sum\N{NO-BREAK SPACE}: 3\N{NARROW NO-BREAK SPACE}; 4"),
    ],
)
def test_colon_and_semicolon_keep_the_spaces_of_the_language(language: str, shown: str) -> None:
    with translation.override(language):
        assert Template(SOURCE).render(Context({"name": "Sum"})) == shown


@pytest.mark.parametrize(
    ("language", "shown"),
    [("en", "“a &lt;b&gt;”"), ("nl", "“a &lt;b&gt;”"), ("fr", "«\N{NO-BREAK SPACE}a &lt;b&gt;\N{NO-BREAK SPACE}»")],
)
def test_quotation_marks_are_those_of_the_language(language: str, shown: str) -> None:
    with translation.override(language):
        assert Template("{{ words|quoted }}").render(Context({"words": "a <b>"})) == shown
