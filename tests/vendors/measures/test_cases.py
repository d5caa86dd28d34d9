"""What follows from single incidents: by sums that can be done by hand."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from fractions import Fraction
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.vendors.measures import by_hand
from vendors.measures.cases import (
    ANSWERED,
    TAKERS,
    Case,
    CaseFacts,
    Following,
    PulseAnswer,
    facts_of,
    in_order,
    is_open,
    known_of,
    opened_between,
    take,
)
from vendors.measures.catalogue import BY_KEY, DECIDING, MEASURES
from vendors.measures.owed import PROOF_TAKERS
from vendors.measures.said import SAID
from vendors.service_hours.hours import ROUND_THE_CLOCK, ServiceHours

BRUSSELS = ZoneInfo("Europe/Brussels")
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
MICROSECONDS = 3_600_000_000  # an hour
OPENED = datetime(2026, 5, 11, 8, tzinfo=UTC)  # a Monday, ten o’clock in Brussels
LATER = datetime(2026, 11, 1, tzinfo=UTC)
OFFICE = ServiceHours(hours=((8 * 60, 18 * 60),) * 5 + (None, None), time_zone="Europe/Brussels")


ALWAYS = (datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC))


def case(number: int = 1, *, opened: datetime = OPENED, took: float | None = 4, **given: Any) -> Case:
    resolved = None if took is None else opened + timedelta(hours=took)
    return Case(id=number, opened=opened, **{"resolved": resolved, **given})


def following(**given: Any) -> Following:
    """Ten days each, known long after."""
    usual = {
        "horizon": 10 * DAY,
        "known_at": LATER,
        "known_until": {},
        "comes_back_within": 90 * DAY,
        "only_ended": False,
        "answers_told": {"": ALWAYS},
        "zone": BRUSSELS,
    }
    return Following(**{**usual, **given})


def facts(cases: Sequence[Case], **given: Any) -> list[CaseFacts]:
    return facts_of(in_order(cases), following(**given))


def hours(one: Case, **given: Any) -> float | None:
    (fact,) = facts([one], **given)
    return None if fact.took is None else fact.took / MICROSECONDS


# Followed for the same time --------------------------------------------------------------------------------------
def test_what_ended_within_the_horizon_counts_for_what_it_took() -> None:
    assert hours(case(took=4.5)) == 4.5
    assert hours(case(took=240)) == 240
    assert [fact.has_ended for fact in facts([case(1, took=240), case(2, took=241)])] == [True, False]


def test_what_took_longer_counts_for_the_horizon() -> None:
    assert hours(case(took=241)) == 240
    assert hours(case(took=5000)) == 240


def test_what_is_open_counts_for_the_horizon_once_it_was_followed_for_so_long() -> None:
    assert hours(case(took=None), known_at=OPENED + 10 * DAY) == 240
    assert hours(case(took=None), known_at=OPENED + 10 * DAY - timedelta(microseconds=1)) is None


def test_what_was_resolved_after_the_source_was_known_is_still_open_then() -> None:
    one = case(took=100, source="tool")
    assert hours(one, known_until={"tool": OPENED + 100 * HOUR}) == 100
    before = OPENED + 99 * HOUR
    assert hours(one, known_until={"tool": before}) is None
    assert is_open(one, before)
    assert not is_open(one, OPENED + 100 * HOUR)
    assert hours(one, known_until={"other": before}) == 100  # another source is known until another moment


def test_closed_without_a_moment_is_unknown_and_not_open() -> None:
    closed = case(took=None, is_closed=True)
    assert hours(closed) is None
    assert not is_open(closed, LATER)
    assert is_open(case(took=None), LATER)


def test_what_its_source_calls_closed_counts_by_the_moment_of_its_resolution() -> None:
    assert hours(case(took=4, is_closed=True)) == 4
    late = case(took=300, is_closed=True, source="tool")
    assert hours(late) == 240
    # As it was known before it was resolved, it was open like any other.
    assert hours(late, known_until={"tool": OPENED + 250 * HOUR}) == 240
    assert is_open(late, OPENED + 250 * HOUR)


def test_only_what_ended_is_compared_where_a_source_may_not_have_the_rest() -> None:
    cases = [case(1), case(2, took=None), case(3, took=241), case(4, took=None, is_closed=True), case(5, took=240)]
    assert [fact.case.id for fact in facts(cases)] == [1, 2, 3, 4, 5]
    assert [fact.case.id for fact in facts(cases, only_ended=True)] == [1, 5]


@given(
    st.integers(0, 900),
    st.none() | st.integers(0, 900),
    st.booleans(),
    st.integers(1, 500),
    st.integers(0, 1500),
)
def test_what_counts_is_that_of_the_definition(
    since: int, took: int | None, is_closed: bool, horizon: int, known: int
) -> None:
    one = case(opened=OPENED + since * HOUR, took=took, is_closed=is_closed)
    known_at = OPENED + known * HOUR
    exact = by_hand.hours(one, horizon=horizon * HOUR, known=known_at)
    (fact,) = facts([one], horizon=horizon * HOUR, known_at=known_at)
    assert (None if fact.took is None else Fraction(fact.took, MICROSECONDS)) == exact
    assert exact is None or exact <= horizon


# To the day ------------------------------------------------------------------------------------------------------
def test_where_only_the_day_is_known_whole_days_count() -> None:
    """From any hour of Monday to Wednesday are two days; the same day is none."""
    for hour in (0, 9, 21):
        opened = datetime(2026, 5, 11, hour, tzinfo=BRUSSELS)
        end_of_wednesday = datetime(2026, 5, 13, 23, 59, tzinfo=BRUSSELS)
        assert hours(case(opened=opened, resolved=end_of_wednesday, is_to_day=True)) == 48
        assert hours(case(opened=opened, resolved=opened, is_to_day=True)) == 0
        assert hours(case(opened=opened, resolved=opened + timedelta(minutes=1), is_to_day=True)) == 0


def test_days_are_those_of_the_zone() -> None:
    opened = datetime(2026, 5, 11, 22, 30, tzinfo=UTC)  # Tuesday in Brussels
    resolved = datetime(2026, 5, 12, 12, tzinfo=UTC)
    assert hours(case(opened=opened, resolved=resolved, is_to_day=True)) == 0
    assert hours(case(opened=opened, resolved=resolved, is_to_day=True), zone=UTC) == 24


def test_whole_days_count_for_at_most_the_horizon_too() -> None:
    opened = datetime(2026, 5, 11, 23, tzinfo=BRUSSELS)
    assert hours(case(opened=opened, took=2, is_to_day=True), horizon=4 * HOUR) == 4
    assert hours(case(opened=opened, took=500, is_to_day=True)) == 240


def test_the_change_of_the_clocks_is_counted() -> None:
    """In the night of 29 March 2026 the clocks of Brussels skip an hour: from 1 to 5 o’clock is three hours."""
    opened, resolved = datetime(2026, 3, 29, 1, tzinfo=BRUSSELS), datetime(2026, 3, 29, 5, tzinfo=BRUSSELS)
    assert hours(case(opened=opened, resolved=resolved)) == 3


# Hours of service, and what the vendor waited --------------------------------------------------------------------
def test_without_a_calendar_both_times_are_those_of_the_clock() -> None:
    (fact,) = facts([case(took=30, waited=600)])
    assert (fact.took_by_clock, fact.took_by_calendar) == (30 * MICROSECONDS, 30 * MICROSECONDS)


def test_the_hours_of_the_service_decide_where_they_are_set_to() -> None:
    """From Monday, ten o’clock, to Tuesday, twelve: eight hours and four."""
    (fact,) = facts([case(took=26, hours=OFFICE)])
    assert fact.took == fact.took_by_calendar == 12 * MICROSECONDS
    assert fact.took_by_clock == 26 * MICROSECONDS
    shown = ServiceHours(hours=OFFICE.hours, time_zone=OFFICE.time_zone, calendar_decides=False)
    (fact,) = facts([case(took=26, hours=shown)])
    assert fact.took == fact.took_by_clock == 26 * MICROSECONDS
    assert fact.took_by_calendar == 12 * MICROSECONDS


def test_what_the_vendor_waited_does_not_count_where_it_is_set_so() -> None:
    assert hours(case(took=26, hours=OFFICE, waited=90)) == 10.5
    assert hours(case(took=26, hours=OFFICE, waited=13 * 60)) == 0  # never less than nothing
    with_waiting = ServiceHours(hours=OFFICE.hours, time_zone=OFFICE.time_zone, without_waiting=False)
    assert hours(case(took=26, hours=with_waiting, waited=90)) == 12
    assert hours(case(took=26, hours=ServiceHours(), waited=90)) == 24.5  # round the clock, without waiting


def test_of_what_was_waited_only_the_part_within_the_horizon_is_taken_off() -> None:
    """Resolved after 20 days, followed for 10: half of 40 hours. Nobody tells when it waited."""
    assert hours(case(took=480, hours=ServiceHours(), waited=40 * 60)) == 220
    assert hours(case(took=None, hours=ServiceHours(), waited=40 * 60), known_at=OPENED + 40 * DAY) == 230
    assert hours(case(took=0, hours=ServiceHours(), waited=60)) == 0


def test_where_only_the_day_is_known_the_hours_of_service_of_whole_days_count() -> None:
    resolved = datetime(2026, 5, 13, 23, 59, tzinfo=BRUSSELS)
    assert hours(case(resolved=resolved, is_to_day=True, hours=OFFICE)) == 20


# The first response ----------------------------------------------------------------------------------------------
def answered(one: Case, **given: Any) -> float | None:
    (fact,) = facts([one], **given)
    return None if fact.answered_in is None else fact.answered_in / MICROSECONDS


def test_the_first_response_counts_from_opened_to_answered_and_for_at_most_the_horizon() -> None:
    assert answered(case(answered=OPENED + HOUR)) == 1
    assert answered(case(took=None, answered=OPENED + 300 * HOUR)) == 240
    assert answered(case(took=30, answered=OPENED + 26 * HOUR, hours=OFFICE)) == 12
    after_export = case(took=None, answered=OPENED + 5 * HOUR)
    assert answered(after_export, known_at=OPENED + 4 * HOUR) is None


def test_what_nobody_answered_or_resolved_counts_for_the_horizon() -> None:
    assert answered(case(took=None)) == 240
    assert answered(case(took=241)) == 240
    assert answered(case(took=241, is_closed=True)) == 240  # closed since: it was not answered in time all the same
    assert answered(case(took=None), known_at=OPENED + 239 * HOUR) is None


def test_what_was_resolved_without_an_answer_says_nothing() -> None:
    assert answered(case(took=240)) is None
    assert answered(case(took=None, is_closed=True)) is None


def test_where_a_source_tells_no_answers_a_lack_of_one_says_nothing() -> None:
    assert answered(case(took=None), answers_told={"another": ALWAYS}) is None
    assert answered(case(took=None, source="another"), answers_told={"another": ALWAYS}) == 240


def test_before_the_first_and_after_the_last_that_was_answered_a_lack_of_an_answer_says_nothing() -> None:
    assert answered(case(took=None), answers_told={"": (OPENED, OPENED)}) == 240
    assert answered(case(took=None), answers_told={"": (OPENED + HOUR, LATER)}) is None
    assert answered(case(took=None), answers_told={"": (OPENED - 2 * HOUR, OPENED - HOUR)}) is None


# Restored --------------------------------------------------------------------------------------------------------
def test_restored_late_needs_both_moments() -> None:
    resolved = OPENED + 4 * HOUR
    found = facts(
        [
            case(1, restored=resolved + timedelta(minutes=1)),
            case(2, restored=resolved),
            case(3),
            case(4, took=None, restored=resolved),
            case(5, restored=LATER + DAY),  # nobody knows that yet
        ]
    )
    assert [fact.restored_late for fact in found] == [True, False, None, None, None]


# What comes back -------------------------------------------------------------------------------------------------
def repeats(cases: Sequence[Case], days: int, **given: Any) -> list[bool | None]:
    return [fact.is_repeat for fact in facts(cases, comes_back_within=timedelta(days=days), **given)]


@pytest.mark.parametrize("days", [30, 60, 90, 180])
def test_a_problem_comes_back_where_an_earlier_one_lies_so_many_days_before(days: int) -> None:
    first = case(1, problem="Disk full")
    exactly = case(2, opened=OPENED + days * DAY, problem="  disk  FULL ")  # written differently
    assert repeats([first, exactly], days) == [False, True]
    later = case(2, opened=OPENED + days * DAY + timedelta(seconds=1), problem="disk full")
    assert repeats([first, later], days) == [False, False]


def test_a_fault_on_the_first_of_each_month_counts_within_ninety_days() -> None:
    firsts = [case(month, opened=datetime(2026, month, 1, 8, tzinfo=UTC), problem="bill run") for month in range(1, 8)]
    assert repeats(firsts, 90) == [False] + [True] * 6
    assert repeats(firsts, 30).count(True) == 3  # of 31 days the next first lies too far away


def test_each_looks_back_to_the_one_before_it_and_not_to_the_first() -> None:
    chain = [case(n, opened=OPENED + 50 * n * DAY, problem="a") for n in range(4)]
    assert repeats(chain, 60) == [False, True, True, True]


def test_of_an_unknown_problem_nothing_is_known() -> None:
    assert repeats([case(1, problem=""), case(2, problem="  ", opened=OPENED + DAY)], 90) == [None, None]


def test_cases_of_one_moment_are_not_each_others_repeats() -> None:
    assert repeats([case(1, problem="a"), case(2, problem="a")], 90) == [False, False]
    earlier = case(3, opened=OPENED - HOUR, problem="a")
    assert repeats([case(1, problem="a"), case(2, problem="a"), earlier], 90) == [False, True, True]


def test_where_only_what_ended_is_compared_it_alone_comes_back() -> None:
    """The first ran on: a file of what was resolved in time would not have it."""
    cases = [case(1, took=None, problem="a"), case(2, opened=OPENED + DAY, problem="a")]
    assert repeats(cases, 90) == [False, True]
    assert repeats(cases, 90, only_ended=True) == [False]


@given(
    st.lists(st.tuples(st.integers(0, 300), st.sampled_from(["", "a", "B", " b "])), max_size=25), st.integers(1, 90)
)
def test_repeats_are_those_that_a_search_of_all_pairs_finds(drawn: list[tuple[int, str]], days: int) -> None:
    cases = [case(n, opened=OPENED + day * DAY, problem=name) for n, (day, name) in enumerate(drawn)]
    found = facts(cases, comes_back_within=timedelta(days=days), known_at=LATER + 400 * DAY)
    assert {fact.case.id for fact in found if fact.is_repeat} == by_hand.repeats(cases, timedelta(days=days))


# Order -----------------------------------------------------------------------------------------------------------
def test_cases_stand_in_the_order_of_their_opening_and_those_of_one_moment_by_number() -> None:
    """The second two o’clock of an autumn night comes after the first."""
    first = datetime(2026, 10, 25, 2, 30, tzinfo=BRUSSELS)
    cases = [case(3, opened=first.replace(fold=1)), case(2, opened=first), case(1, opened=first)]
    assert [one.id for _, one in in_order(cases)] == [1, 2, 3]


def test_days_between_which_cases_were_opened_are_those_of_the_zone_and_both_count() -> None:
    moments = ("2026-05-31T21:59", "2026-05-31T22:00", "2026-06-02T21:59", "2026-06-02T22:00")
    cases = [case(n, opened=datetime.fromisoformat(said).replace(tzinfo=UTC)) for n, said in enumerate(moments)]
    found = opened_between(in_order(cases), date(2026, 6, 1), date(2026, 6, 2), BRUSSELS)
    assert [one.id for _, one in found] == [1, 2]


# What a number of them says --------------------------------------------------------------------------------------
def taken(key: str, cases: Sequence[Case], answers: Sequence[PulseAnswer] = (), **given: Any) -> tuple[Any, list[int]]:
    value, rests_on = take(key, facts(cases, **given), answers)
    return value, list(rests_on)


def test_every_measure_has_one_way_to_take_it() -> None:
    assert set(TAKERS) | ANSWERED | set(PROOF_TAKERS) | SAID == set(BY_KEY)
    assert len(TAKERS) + len(ANSWERED) + len(PROOF_TAKERS) + len(SAID) == len(BY_KEY)
    assert {measure.key for measure in MEASURES if measure.is_said} == SAID
    assert set(DECIDING.values()) <= set(BY_KEY)


def test_of_nothing_only_the_counts_say_something() -> None:
    assert {key: taken(key, []) for key in BY_KEY if key not in SAID} == {
        key: (0.0 if key in ("volume", "repeat_count") else None, []) for key in BY_KEY if key not in SAID
    }


def test_mean_and_median_count_what_is_open_for_the_horizon() -> None:
    cases = [case(1, took=1), case(2, took=2), case(3, took=9), case(4, took=None), case(5, took=None, is_closed=True)]
    assert taken("duration_mean", cases) == (63, [1, 2, 3, 4])
    assert taken("duration_median", cases) == (5.5, [1, 2, 3, 4])
    assert taken("duration_median", cases[:3]) == (2, [1, 2, 3])
    assert taken("volume", cases) == (5, [1, 2, 3, 4, 5])


def test_first_responses_are_averaged() -> None:
    cases = [case(1, answered=OPENED + HOUR), case(2, answered=OPENED + 4 * HOUR), case(3)]
    assert taken("first_response", cases) == (2.5, [1, 2])


def test_the_number_of_repeats_rests_on_those_that_came_back() -> None:
    cases = [
        case(1, problem="a"),
        case(2, problem="a", opened=OPENED + DAY),
        case(3, problem="b", opened=OPENED + 2 * DAY),
        case(4, problem="a", opened=OPENED + 3 * DAY),
        case(5, opened=OPENED + 4 * DAY),
    ]
    assert taken("repeat_count", cases) == (2, [2, 4])
    assert taken("repeats", cases) == (50, [1, 2, 3, 4])
    assert known_of("repeat_count", facts(cases), [2, 4]) == 4
    assert known_of("repeats", facts(cases), [1, 2, 3, 4]) == 4


def test_where_no_problem_is_known_the_number_of_repeats_is_unknown_and_not_nothing() -> None:
    assert taken("repeat_count", [case(1), case(2, opened=OPENED + DAY)]) == (None, [])
    assert taken("repeat_count", [case(1, problem="a"), case(2)]) == (0, [])


def test_shares_count_only_what_is_known() -> None:
    cases = [
        case(1, reopened=0, sla_met=True, proven=True, handovers=0),
        case(2, reopened=2, sla_met=False, proven=None, handovers=3),
        case(3, reopened=1, sla_met=True, proven=False),
        case(4, sla_met=None),
    ]
    assert taken("reopened", cases) == (pytest.approx(200 / 3), [1, 2, 3])
    assert taken("sla", cases) == (pytest.approx(200 / 3), [1, 2, 3])
    assert taken("proven", cases) == (50, [1, 3])
    assert taken("handovers", cases) == (1.5, [1, 2])


def test_spread_lies_between_the_medians_of_those_who_handled_two() -> None:
    took = [("Ann", 1), ("ann ", 3), ("Bob", 10), ("Bob", 12), ("Bob", 50), ("Cid", 99), ("", 1), ("", 2)]
    cases = [case(number, took=hours, handled_by=who) for number, (who, hours) in enumerate(took)]
    assert taken("spread", cases) == (10, [0, 1, 2, 3, 4])  # 12 − 2
    assert taken("spread", cases[:3]) == (None, [])


def test_pulses_are_averaged_and_name_each_incident_once() -> None:
    answers = [
        PulseAnswer(case=1, opened=OPENED, told_why=1, fixes_thrown=0.5),
        PulseAnswer(case=1, opened=OPENED, told_why=0.5),
        PulseAnswer(case=2, opened=OPENED),
    ]
    assert taken("told_why", [case(1), case(2)], answers) == (75, [1])
    assert taken("fixes_thrown", [case(1), case(2)], answers) == (50, [1])
    assert taken("was_fast", [case(1), case(2)], answers) == (None, [])


def test_round_the_clock_is_what_cases_have_that_nobody_gave_a_calendar() -> None:
    assert case().hours is ROUND_THE_CLOCK
