"""Where nobody follows whoever leaves, in plain days."""

from __future__ import annotations

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from vendors.care.cover import AHEAD, Term, without_successor

TODAY = date(2026, 3, 2)
DAY = timedelta(days=1)
RECORDS, PAYROLL = 1, 2
DAYS = st.none() | st.integers(-400, 400).map(lambda ahead: TODAY + timedelta(days=ahead))


def term(key: int, *services: int, since: date | None = None, until: date | None = None) -> Term:
    return Term(key=key, services=frozenset(services), since=since, until=until)


def missing(*terms: Term) -> dict[int, frozenset[int]]:
    return without_successor(terms, [RECORDS, PAYROLL], TODAY)


def test_the_last_one_of_a_service_who_leaves_soon_is_named_with_it() -> None:
    soon = TODAY + timedelta(days=30)
    assert missing(term(7, RECORDS, until=soon), term(8, PAYROLL)) == {7: {RECORDS}}
    assert missing(term(7, until=soon)) == {7: {RECORDS, PAYROLL}}  # looked after both
    assert missing(term(7, RECORDS, until=TODAY + AHEAD + DAY)) == {}


def test_whoever_follows_on_the_day_after_or_looks_after_everything_is_enough() -> None:
    soon = TODAY + timedelta(days=30)
    assert missing(term(7, RECORDS, until=soon), term(8, RECORDS, since=soon + DAY)) == {}
    assert missing(term(7, RECORDS, until=soon), term(8, RECORDS, since=soon + 2 * DAY)) == {7: {RECORDS}}
    assert missing(term(7, RECORDS, until=soon), term(8)) == {}


def test_who_has_left_is_missed_until_somebody_follows_however_late() -> None:
    left = TODAY - timedelta(days=100)
    assert missing(term(7, RECORDS, until=left)) == {7: {RECORDS}}
    assert missing(term(7, RECORDS, until=left), term(8, RECORDS, since=TODAY - DAY)) == {}


def test_a_vendor_without_services_is_looked_after_as_a_whole() -> None:
    assert without_successor([term(7, until=TODAY)], [], TODAY) == {7: {0}}
    assert without_successor([], [], TODAY) == {}


@given(st.lists(st.tuples(DAYS, DAYS), max_size=6))
def test_nobody_is_missed_where_somebody_stays_and_only_who_leaves_is_named(spans: list[tuple[date, date]]) -> None:
    terms = [term(key, since=since, until=until) for key, (since, until) in enumerate(spans, start=1)]
    found = missing(*terms)
    assert set(found) <= {one.key for one in terms if one.until is not None}
    assert missing(*terms, term(99)) == {}
    assert found == missing(*terms[::-1])
