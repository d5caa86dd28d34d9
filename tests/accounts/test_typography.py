"""French sets a colon and a semicolon off by a space that does not break."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from django.template import Context, Template
from django.utils import translation

from accounts.templatetags import typography

SOURCE = "{{ name }}{% colon %} 3{% semicolon %} 4{% percent_sign %}"


@pytest.mark.parametrize(
    ("language", "shown"),
    [
        ("en", "Sum: 3; 4%"),
        ("nl", "Sum: 3; 4%"),
        ("fr", "Sum\N{NO-BREAK SPACE}: 3\N{NARROW NO-BREAK SPACE}; 4\N{NO-BREAK SPACE}%"),
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


def test_a_moment_for_machines_ends_at_the_second() -> None:
    at = datetime(2026, 3, 1, 9, 30, 15, 123456, tzinfo=UTC)
    assert typography.machine_moment(at) == "2026-03-01T10:30:15+01:00"
    assert typography.machine_moment(None) == ""


def test_a_day_for_machines_is_the_day_of_the_current_time_zone_and_nothing_where_there_is_none() -> None:
    assert typography.machine_day(date(2026, 3, 1)) == "2026-03-01"
    assert typography.machine_day(datetime(2026, 2, 28, 23, 30, tzinfo=UTC)) == "2026-03-01"
    assert typography.machine_day("1 March") == typography.machine_day(None) == ""


def test_the_day_of_the_week_is_short() -> None:
    with translation.override("fr"):
        assert Template("{{ day|weekday }}").render(Context({"day": date(2026, 3, 2)})) == "lun."
