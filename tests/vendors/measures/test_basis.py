"""What the measures rest on, as people read it."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from vendors.measures.basis import BasisView, age_words, basis_of, taken_words, why_words
from vendors.measures.catalogue import BY_KEY, MEASURES
from vendors.measures.holdings import Held, Holding
from vendors.measures.metrics import Basis, HoursUsed, LeftOut, Measures, PeriodLength, Point, Series
from vendors.measures.trend import Direction, Trend
from vendors.measures.window import WhyLeftOut
from vendors.service_hours.hours import ServiceHours

KNOWN = datetime(2026, 10, 3, 16, tzinfo=UTC)
BASIS = Basis(
    known_until=KNOWN,
    horizon=timedelta(days=10),
    only_ended=False,
    holdings=(),
    comes_back_within=timedelta(days=90),
    begins=date(2025, 1, 8),
)
NOTHING = LeftOut(open_cases=(), young=(), not_critical=0)
JANUARY, FEBRUARY, MARCH, MAY = (date(2026, month, 1) for month in (1, 2, 3, 5))
OFFICE = ServiceHours(hours=((480, 1080),) * 5 + (None, None), time_zone="Europe/Brussels", country="BE")


def series(key: str, *, early: tuple[date, ...] = (), value: float | None = 1.0) -> Series:
    points = tuple(
        Point(start=start, end=start, value=value, cases=(), why=WhyLeftOut.LOOK_BACK if start in early else None)
        for start in (JANUARY, FEBRUARY, MARCH)
    )
    trend = Trend(direction=Direction.FLAT, slope=0.0, p=1.0, periods=3)
    return Series(measure=BY_KEY[key], points=points, trend=trend, overall=12.3, known=53, total=53)


def told(
    *, left_out: LeftOut = NOTHING, early: tuple[date, ...] = (), value: float | None = 1.0, **basis: Any
) -> BasisView:
    """As measured on 3 October 2026, a Saturday; `basis`: what differs from BASIS."""
    shown = basis_of(
        Measures(
            step=basis.pop("step", PeriodLength.MONTH),
            since=date(2024, 10, 1),
            until=basis.pop("until", KNOWN.date()),
            known_at=basis.pop("known_at", KNOWN),
            cases=53,
            series=tuple(series(one.key, early=early, value=value) for one in MEASURES),
            left_out=left_out,
            basis=replace(BASIS, **basis),
        ),
        zone=UTC,
    )
    assert shown is not None
    return shown


def plain(*sentences: str) -> list[str]:
    return [sentence.replace("\u00a0", " ") for sentence in sentences]


def held(
    held: Held = Held.OPENED, since: date = date(2025, 1, 1), to: date = date(2026, 9, 30), **more: Any
) -> Holding:
    return Holding(
        **{
            "source": "servicenow",
            "name": "ServiceNow",
            "held": held,
            "since": since,
            "to": to,
            "known_until": KNOWN,
            **more,
        }
    )


# How long, and until when ----------------------------------------------------------------------------------------
def test_the_horizon_is_named_with_what_the_mean_counts() -> None:
    assert told().followed == (
        "Mean hours to resolve, each counted to at most 10 days: every incident is followed for the same time."
    )
    assert told(horizon=timedelta(hours=12), only_ended=True).followed == (
        "Mean hours to resolve, each counted to at most 12 hours. Only incidents that were resolved within that time "
        "are compared, because the files do not hold all of the others."
    )


@pytest.mark.parametrize(
    ("since", "until", "said"),
    [
        (date(2026, 6, 12), date(2026, 11, 29), "5 months"),
        (date(2026, 6, 12), date(2026, 12, 12), "6 months"),
        (date(2025, 11, 30), date(2026, 1, 29), "60 days"),
        (date(2025, 11, 30), date(2026, 1, 30), "2 months"),
        (date(2026, 11, 28), date(2026, 11, 29), "1 day"),
    ],
)
def test_an_age_is_told_in_whole_months_or_days(since: date, until: date, said: str) -> None:
    assert age_words(since, until) == said


@pytest.mark.parametrize(("days", "is_old"), [(0, False), (1, False), (45, False), (46, True)])
def test_data_that_end_more_than_forty_five_days_ago_are_old(days: int, is_old: bool) -> None:
    shown = told(known_at=KNOWN + timedelta(days=days))
    assert shown.is_old is is_old
    assert ("ago. What happened since is unknown, not zero." in shown.age) is (days > 0)


def test_data_that_reach_beyond_what_was_asked_for_are_not_old() -> None:
    shown = told(known_at=KNOWN + timedelta(days=90), until=date(2026, 3, 31))
    assert (plain(shown.age), shown.is_old) == (["Data end on 3 October 2026."], False)


def test_what_was_kept_before_there_was_a_basis_has_none() -> None:
    empty = Measures(
        step=PeriodLength.MONTH, since=MARCH, until=MAY, known_at=KNOWN, cases=0, series=(), left_out=NOTHING
    )
    assert basis_of(empty) is None


# What the files hold ---------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("given", "said"),
    [
        ((), ["The incidents were written down here, as they happened."]),
        (
            (held(),),
            ["ServiceNow: incidents opened from 1 January 2025 to 30 September 2026, exported on 3 October 2026."],
        ),
        (
            (held(Held.OPENED_ENDED),),
            [
                "ServiceNow: incidents opened from 1 January 2025 to 30 September 2026, without those still open, "
                "exported on 3 October 2026."
            ],
        ),
        (
            (held(Held.RESOLVED),),
            ["ServiceNow: incidents resolved from 1 January 2025 to 30 September 2026, exported on 3 October 2026."],
        ),
        (
            (held(Held.CHANGED),),
            [
                "ServiceNow: incidents last changed from 1 January 2025 to 30 September 2026, exported on 3 October "
                "2026."
            ],
        ),
        ((held(Held.OPEN),), ["ServiceNow: only incidents that were still open, exported on 3 October 2026."]),
        (
            (held(is_told=False, held=Held.RESOLVED),),
            [
                "ServiceNow: nobody said what this file holds. Taken carefully as the incidents resolved from 1 "
                "January 2025 to 30 September 2026."
            ],
        ),
        (
            (held(ended_on=date(2026, 6, 30), name=""),),
            [
                "servicenow: incidents opened from 1 January 2025 to 30 September 2026, exported on 3 October 2026.",
                "servicenow is not used after 30 June 2026: nothing more is expected of it.",
            ],
        ),
    ],
)
def test_each_source_says_what_it_holds(given: tuple[Holding, ...], said: list[str]) -> None:
    assert plain(*(line.text for line in told(holdings=given).holdings)) == said


@pytest.mark.parametrize("kind", [Held.OPENED, Held.OPENED_ENDED, Held.RESOLVED, Held.CHANGED, Held.OPEN])
def test_files_that_follow_on_each_other_are_one_line_and_a_gap_makes_two(kind: Held) -> None:
    monthly = [held(kind, date(2026, month, 1), date(2026, month, 28 if month == 2 else 31)) for month in (1, 3)]
    (one,) = told(holdings=(monthly[0], held(kind, FEBRUARY, date(2026, 2, 28)), monthly[1])).holdings
    assert plain(one.text)[0].endswith("in 3 files, the last exported on 3 October 2026.")
    if kind != Held.OPEN:
        assert "from 1 January 2026 to 31 March 2026" in plain(one.text)[0]
    assert len(told(holdings=tuple(monthly)).holdings) == 2


def test_only_where_nobody_said_it_a_person_is_led_to_the_import() -> None:
    lines = told(holdings=(held(row=7), held(row=8, is_told=False, source="z", name="Z"))).holdings
    assert [line.import_row for line in lines] == [0, 8]


# What is left out ------------------------------------------------------------------------------------------------
REASONS: list[tuple[dict[str, Any], list[str]]] = [
    (
        {"young": (MARCH,)},
        [
            "Shown, but in no trend, because it is not complete or its incidents could not be followed for 10 days "
            "yet: March 2026."
        ],
    ),
    (
        {"young": (JANUARY, FEBRUARY, MARCH, MAY)},
        [
            "Shown, but in no trend, because they are not complete or their incidents could not be followed for 10 "
            "days yet: January 2026 to March 2026, May 2026."
        ],
    ),
    (
        {"before": (JANUARY, FEBRUARY)},
        [
            "Shown, but in no trend, because they begin before 8 January 2025, from when on every incident is on "
            "record: January 2026, February 2026."
        ],
    ),
    (
        {"gaps": (MAY,)},
        [
            "Shown, but in no trend, because the files do not hold it whole, though they do the time before and "
            "after: May 2026."
        ],
    ),
    ({"open_cases": (1,)}, ["1 incident is still open. It counts for 10 days once it was followed for so long."]),
    ({"open_cases": (1, 2)}, ["2 incidents are still open. Each counts for 10 days once it was followed for so long."]),
    ({"not_critical": 1200}, ["1,200 incidents are not mission-critical, so they are in no measure."]),
]


@pytest.mark.parametrize(("left_out", "said"), REASONS)
def test_each_thing_left_out_has_its_reason(left_out: dict[str, Any], said: list[str]) -> None:
    assert plain(*told(left_out=replace(NOTHING, **left_out)).left_out) == said


def test_weeks_are_named_by_their_first_day() -> None:
    weeks = tuple(date(2026, 3, day) for day in (2, 9, 16))
    (said,) = told(left_out=replace(NOTHING, young=weeks), step=PeriodLength.WEEK).left_out
    assert plain(said)[0].endswith(": week of 2 March 2026 to week of 16 March 2026.")


def test_what_comes_back_is_left_out_for_longer_where_any_problem_is_known() -> None:
    assert plain(*told(early=(JANUARY, FEBRUARY)).left_out) == [
        "For the problems that come back 2 more periods are left out, because not all of the 90 days before them are "
        "in the data: January 2026, February 2026."
    ]
    assert told(early=(JANUARY, FEBRUARY), value=None).left_out == ()


def test_where_only_what_ended_is_compared_the_rest_is_counted_once() -> None:
    shown = told(only_ended=True, beyond=31, left_out=replace(NOTHING, open_cases=(1, 2)))
    assert shown.left_out == ("31 incidents took longer than 10 days or are still open, and are not compared.",)


def test_nothing_left_out_says_nothing() -> None:
    assert (told().left_out, told().counted) == ((), ())


# How some are counted, and in which hours ------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("capped", "3 incidents took longer than 10 days, or are still open, and count for 10 days."),
        (
            "closing",
            "For 3 incidents nobody noted when they were resolved: the moment when they were closed stands in.",
        ),
        (
            "to_day",
            "Of 3 incidents the day of the resolution is known, not the hour: their time is counted in whole days.",
        ),
        ("undated", "3 incidents are closed, but nobody noted when: they have no time to resolve."),
    ],
)
def test_what_stands_in_for_what_is_not_known_is_counted(name: str, said: str) -> None:
    assert told(**{name: 3}).counted == (said,)
    (one,) = told(**{name: 1}).counted
    assert "1 incident" in one and "incidents" not in one


def test_without_a_calendar_hours_run_round_the_clock() -> None:
    assert told().hours == ("Hours run round the clock.",)


@pytest.mark.parametrize(
    ("decides", "said"),
    [
        ((True,), "The mean is 12.3 hours in the hours of the service, which decide, and 31.2 hours by the clock."),
        ((False,), "The mean is 12.3 hours by the clock, which decides, and 31.2 hours in the hours of the service."),
        (
            (True, False),
            "The mean is 12.3 hours in the hours that decide for each service, and 31.2 hours in the others.",
        ),
    ],
)
def test_a_calendar_is_told_with_both_figures_and_which_decides(decides: tuple[bool, ...], said: str) -> None:
    used = tuple(
        HoursUsed(hours=replace(OFFICE, calendar_decides=one), incidents=20, service=f"Records {place}")
        for place, one in enumerate(decides, start=1)
    )
    lines = told(hours=used, other_hours=31.2).hours
    assert lines[0] == (
        "Records 1 (20 incidents): Mon–Fri 08:00–18:00, Europe/Brussels, without the public holidays of Belgium."
    )
    assert lines[-2:] == (f"For {53 - 20 * len(decides)} other incidents hours run round the clock.", said)


def test_a_calendar_that_changes_nothing_has_one_figure() -> None:
    assert told(hours=(HoursUsed(hours=OFFICE, incidents=53, service="Records"),)).hours == (
        "Records (53 incidents): Mon–Fri 08:00–18:00, Europe/Brussels, without the public holidays of Belgium.",
        "In the measures these hours count, without the time that the vendor waited for you.",
    )


# Single words ----------------------------------------------------------------------------------------------------
def test_every_reason_has_a_word_for_the_table() -> None:
    assert all(why_words(why) for why in WhyLeftOut)
    assert not why_words(None)


def test_measures_of_hours_and_of_what_comes_back_say_how_they_are_taken() -> None:
    said = {one.key: taken_words(series(one.key), BASIS) for one in MEASURES}
    assert said["duration_median"] == "Each is counted to at most 10 days."
    assert said["repeats"] == "A problem counts as back where another incident had it at most 90 days before."
    assert {key for key, words in said.items() if words} == {
        *("first_response", "duration_mean", "duration_median", "spread"),
        *("repeat_count", "repeats"),
    }
    assert not taken_words(series("duration_mean"), None)
