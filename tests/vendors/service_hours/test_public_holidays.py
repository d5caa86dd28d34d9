"""Public holidays: of countries and regions, named in a language."""

from __future__ import annotations

import subprocess
import sys
from datetime import date

import pytest

from vendors.service_hours.public_holidays import countries, free_days, named_days, regions


def test_belgium_has_ten_holidays_and_three_sundays_of_feasts() -> None:
    assert sorted(free_days("BE", "", 2026)) == [
        date(2026, 1, 1),
        date(2026, 4, 5),
        date(2026, 4, 6),
        date(2026, 5, 1),
        date(2026, 5, 14),
        date(2026, 5, 24),
        date(2026, 5, 25),
        date(2026, 7, 21),
        date(2026, 8, 15),
        date(2026, 11, 1),
        date(2026, 11, 11),
        date(2026, 12, 25),
    ]


@pytest.mark.parametrize(
    ("language", "name"), [("en", "National Day"), ("fr", "Fête nationale"), ("nl", "Nationale feestdag")]
)
def test_a_holiday_is_named_in_the_language_of_the_page(language: str, name: str) -> None:
    assert named_days("BE", "", 2026, language)[date(2026, 7, 21)] == name


def test_a_holiday_is_named_in_english_where_the_language_is_not_known() -> None:
    assert named_days("GB", "", 2026, "nl", "en")[date(2026, 12, 25)] == "Christmas Day"


def test_regions_are_named_and_differ() -> None:
    assert regions("DE")["BY"] == "Bayern"
    assert regions("BE") == {"Flemish": "Flemish", "French": "French", "German": "German"}
    assert date(2026, 6, 4) in free_days("DE", "BY", 2026)
    assert date(2026, 6, 4) not in free_days("DE", "BE", 2026)
    assert free_days("BE", "Flemish", 2026) == free_days("BE", "", 2026)  # in Belgium they do not


def test_a_place_that_is_not_known_has_no_holidays_and_no_list() -> None:
    assert free_days("", "", 2026) == free_days("ZZ", "", 2026) == free_days("BE", "BY", 2026) == frozenset()
    assert regions("ZZ") == {}
    for place in (("ZZ", ""), ("BE", "BY")):
        with pytest.raises(KeyError):
            named_days(*place, 2026, "en")


@pytest.mark.parametrize("country", ["FJ", "GB", "US", "JP", "BE"])
def test_every_holiday_lies_in_the_year_that_was_asked_for(country: str) -> None:
    for year in (2011, 2022, 2023, 2026):
        assert {day.year for day in free_days(country, "", year)} <= {year}


def test_nobody_waits_for_the_library_who_does_not_ask_for_holidays() -> None:
    code = "import sys, vendors.service_hours.hours; sys.exit('holidays' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_every_country_can_be_asked() -> None:
    assert len(countries()) > 200
    assert all(isinstance(free_days(code, "", 2026), frozenset) for code in sorted(countries())[::25])
