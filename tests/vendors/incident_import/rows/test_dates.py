"""Moments as tools write them; what cannot be one is a problem, never a guess."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from babel.dates import format_date
from hypothesis import given
from hypothesis import strategies as st

from groundwork.folding import without_accents
from vendors.incident_import.columns.options import Dates, Options
from vendors.incident_import.rows import dates
from vendors.incident_import.rows.dates import moment_reader
from vendors.incident_import.rows.problems import RowProblem

BRUSSELS = ZoneInfo("Europe/Brussels")
LEAP = datetime(2016, 2, 29, 0, 16, tzinfo=UTC)  # 01:16 in Brussels
FUTURE = datetime(2200, 1, 1, tzinfo=UTC)


def read(text: str, order: Dates = "day_first", zone: ZoneInfo = BRUSSELS) -> datetime | str | None:
    """The moment, or the code of the problem; read twice, because what was read once is remembered."""
    reader = moment_reader(Options(time_zone=str(zone), dates=order), FUTURE)
    first, second = reader(text), reader(text)
    assert first == second
    return first.code if isinstance(first, RowProblem) else first


@pytest.mark.parametrize(
    "text",
    [
        "29/2/2016 01:16",
        "29/02/2016 01:16:00",
        "29-02-2016 1:16",
        "29.02.2016 01:16",
        "2016-02-29 01:16",
        "2016-02-29 01:16:00",
        "2016-02-29T01:16",
        "2016/02/29 01:16",
        "2016-02-29T00:16:00Z",
        "2016-02-29T01:16:00+01:00",
        "2016-02-28 19:16:00 -0500",
        "29/2/2016 02:16 CEST",
        "29/2/2016 00:16 UTC",
        "29/2/2016 1:16 AM",
        "Feb 29, 2016 1:16 AM",
        "February 29, 2016, 1:16 a.m.",
        "29 February 2016 01:16",
        "Monday, 29 February 2016 01:16",
        "29 févr. 2016 01:16",
        "29 februari 2016 01:16",
        "29/Feb/16 1:16 AM",
        "29-Feb-2016 01:16:00",
        "42429.052777778",
    ],
)
def test_each_way_of_writing_gives_the_same_moment(text: str) -> None:
    assert read(text) == LEAP


@pytest.mark.parametrize("text", ["", "?", " - ", "n/a", "NULL", "(empty)", "onbekend"])
def test_what_says_nothing_is_unknown(text: str) -> None:
    assert read(text) is None


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("30/2/2016 01:16", "date_does_not_exist"),
        ("29/2/2016 25:00", "date_does_not_exist"),
        ("29/2/2016 13:16 PM", "date_does_not_exist"),
        ("29/2/16 01:16", "date_short_year"),
        ("2/29/2016 01:16", "date_order"),
        ("yesterday", "date_unreadable"),
        ("29/2", "date_unreadable"),
        ("01:16", "date_unreadable"),
        ("29/2/2016 01:16 XYZ", "date_unreadable"),
        ("29 Brumaire 2016", "date_unreadable"),
        ("1900-01-01 00:00", "date_out_of_range"),
        ("27/3/2016 02:30", "date_in_gap"),
    ],
)
def test_what_is_no_moment_is_told(text: str, code: str) -> None:
    assert read(text) == code


def test_the_order_decides_what_either_could_be() -> None:
    assert read("3/4/2026 12:00", "day_first") == datetime(2026, 4, 3, 10, tzinfo=UTC)
    assert read("3/4/2026 12:00", "month_first") == datetime(2026, 3, 4, 11, tzinfo=UTC)
    assert read("13/4/2026 12:00", "month_first") == "date_order"


def test_an_offset_in_the_cell_wins_over_the_zone_of_the_file() -> None:
    tokyo = ZoneInfo("Asia/Tokyo")
    assert read("2016-02-29T01:16:00+01:00", zone=tokyo) == LEAP
    assert read("2016-02-29 09:16", zone=tokyo) == LEAP


def test_an_hour_that_occurred_twice_is_the_first_of_the_two() -> None:
    assert read("30/10/2016 02:30") == datetime(2016, 10, 30, 0, 30, tzinfo=UTC)


def test_a_moment_of_tomorrow_is_a_problem() -> None:
    reader = moment_reader(Options(time_zone=str(BRUSSELS), dates="day_first"), LEAP)
    assert reader("29/2/2016 01:16") == LEAP
    assert reader("29/2/2016 01:17").code == "date_in_future"  # type: ignore[union-attr]
    assert reader("29/2/2016 01:17").code == "date_in_future"  # type: ignore[union-attr]


def test_the_file_tells_its_order_where_a_day_is_above_twelve() -> None:
    assert dates.order_of(*dates.votes(["3/4/2026", "13/4/2026 10:00"])) == "day_first"
    assert dates.order_of(*dates.votes(["3/4/2026", "4/13/2026 10:00"])) == "month_first"
    assert dates.order_of(*dates.votes(["3/4/2026", "4/4/2026"])) is None
    assert dates.order_of(*dates.votes(["2026-04-03", "", "4 Apr 2026"])) == "iso"


moments = st.datetimes(min_value=datetime(1991, 1, 1), max_value=datetime(2099, 1, 1)).map(
    lambda moment: moment.replace(microsecond=0)
)


@given(moment=moments, zone=st.sampled_from(["Europe/Brussels", "America/New_York", "Asia/Kathmandu", "UTC"]))
def test_a_local_moment_is_read_as_the_zone_has_it_or_lies_in_a_gap(moment: datetime, zone: str) -> None:
    known = moment.replace(tzinfo=ZoneInfo(zone))
    exists = known.astimezone(UTC).astimezone(ZoneInfo(zone)).replace(tzinfo=None) == moment
    expected = known.astimezone(UTC) if exists else "date_in_gap"
    for text in (f"{moment:%d/%m/%Y %H:%M:%S}", moment.isoformat(), f"{moment:%d %b %Y %I:%M:%S %p}"):
        assert read(text, zone=ZoneInfo(zone)) == expected


@given(moment=moments, hours=st.integers(-12, 14))
def test_what_is_written_with_an_offset_is_read_as_the_same_moment(moment: datetime, hours: int) -> None:
    known = moment.replace(tzinfo=UTC)
    sign = "-" if hours < 0 else "+"
    local = moment + timedelta(hours=hours)
    assert read(f"{local:%d/%m/%Y %H:%M:%S} {sign}{abs(hours):02}:00") == known


# Names of months -------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("language", ["en", "fr", "nl", "de", "es", "it", "pt"])
@pytest.mark.parametrize("width", ["MMM", "LLL", "MMMM", "LLLL"])
def test_months_are_read_in_each_language_short_and_whole_with_accents_and_without(language: str, width: str) -> None:
    for number in range(1, 13):
        name = format_date(date(2026, number, 1), width, locale=language)
        for word in (name, name.upper(), without_accents(name), name.rstrip(".")):
            assert read(f"12 {word} 2026 08:00", zone=ZoneInfo("UTC")) == datetime(2026, number, 12, 8, tzinfo=UTC), (
                word
            )


@pytest.mark.parametrize("word", ["Mär", "Mrz", "Dez", "fév", "Mai", "Okt"])
def test_months_are_read_as_jira_writes_them(word: str) -> None:
    assert isinstance(read(f"12/{word}/25 9:14 AM"), datetime)


# Workbooks -------------------------------------------------------------------------------------------------------
def test_bare_days_are_counted_from_where_the_workbook_begins() -> None:
    reader = moment_reader(Options(time_zone="UTC"), FUTURE, is_1904=True)
    assert reader("44621.5") == datetime(2026, 3, 2, 12, tzinfo=UTC)
    assert moment_reader(Options(time_zone="UTC"), FUTURE)("46083,5") == datetime(2026, 3, 2, 12, tzinfo=UTC)


@given(st.dates(date(2020, 1, 1), date(2029, 12, 31)))
def test_what_a_spreadsheet_turned_around_is_turned_back(day: date) -> None:
    turned = f"{day.year}-{day.day:02}-{day.month:02}" if day.day <= 12 else f"{day:%d/%m/%Y}"
    for text in (f"{turned} 08:00", turned):
        assert read(text, "day_first_turned", ZoneInfo("UTC")) == datetime(
            day.year, day.month, day.day, 8 if ":" in text else 0, tzinfo=UTC
        )


@pytest.mark.parametrize("text", ["2026-03-01", "1/3/2026", "1 March 2026", "Mar 1, 2026", "46082", "1-3-2026"])
def test_a_day_without_an_hour_is_known_as_one(text: str) -> None:
    assert dates.is_day(text)


@pytest.mark.parametrize(
    "text", ["2026-03-01 00:00", "1/3/2026 14h30", "1 March 2026 9.15", "46082.5", "01/Mar/26 9:14 AM"]
)
def test_a_moment_is_no_day(text: str) -> None:
    assert not dates.is_day(text)
