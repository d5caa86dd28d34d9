"""The hours of a service in words."""

from __future__ import annotations

import pytest
from django.utils import translation

from vendors.service_hours.hours import ROUND_THE_CLOCK, WHOLE_DAY, ServiceHours
from vendors.service_hours.words import country_words, deciding_words, hours_words, place_words, span_words

OFFICE = (480, 1080)


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ({"hours": (OFFICE,) * 5 + (None, None)}, "Mon–Fri 08:00–18:00, UTC"),
        (
            {"hours": (OFFICE,) * 5 + (None, None), "time_zone": "Europe/Brussels", "country": "BE"},
            "Mon–Fri 08:00–18:00, Europe/Brussels, without the public holidays of Belgium",
        ),
        (
            {
                "hours": (OFFICE, None, OFFICE, OFFICE, (480, 965), (0, 1440), (0, 1440)),
                "time_zone": "America/New_York",
            },
            "Mon 08:00–18:00, Wed–Thu 08:00–18:00, Fri 08:00–16:05, Sat–Sun 00:00–24:00, America/New York",
        ),
        (
            {"hours": (WHOLE_DAY,) * 7, "country": "DE", "region": "BY"},
            "Mon–Sun 00:00–24:00, UTC, without the public holidays of Germany (Bayern)",
        ),
        ({}, "round the clock"),
    ],
)
def test_hours_are_one_short_line(said: dict[str, object], words: str) -> None:
    assert hours_words(ServiceHours(**said)) == words  # type: ignore[arg-type]


@pytest.mark.parametrize(("language", "words"), [("fr", "lun.–ven. 08:00–18:00"), ("nl", "ma–vr 08:00–18:00")])
def test_days_are_named_in_the_language_of_the_page(language: str, words: str) -> None:
    with translation.override(language):
        assert hours_words(ServiceHours(hours=(OFFICE,) * 5 + (None, None))) == f"{words}, UTC"


def test_countries_are_named_in_the_language_of_the_page() -> None:
    with translation.override("fr"):
        assert place_words("BE", "") == "Belgique"
        assert country_words()["DE"] == "Allemagne"
    assert place_words("QQ", "AB") == "QQ (AB)"


def test_what_decides_is_one_sentence_each() -> None:
    office = (OFFICE,) * 5 + (None, None)
    said = {
        deciding_words(ServiceHours(hours=office, calendar_decides=decides, without_waiting=waiting))
        for decides in (True, False)
        for waiting in (True, False)
    }
    assert len(said) == 4
    assert deciding_words(ServiceHours(hours=office)) == (
        "In the measures these hours count, without the time that the vendor waited for you."
    )
    assert deciding_words(ROUND_THE_CLOCK) == "In the measures every hour counts."


def test_a_free_day_has_no_words() -> None:
    assert span_words(None) == ""
    assert span_words((0, 1440)) == "00:00–24:00"
