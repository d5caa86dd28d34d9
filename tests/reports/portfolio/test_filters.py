"""What the portfolio can be narrowed by."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import pairwise

from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from accounts.models import Department
from reports.portfolio.filters import Period, offered_to, periods
from tests.factories import NOW, Cast, make_release, make_vendor


def test_quarters_are_offered_once_they_have_begun() -> None:
    found = periods(date(2026, 5, 3))
    assert list(found)[:4] == ["2026", "2026-2", "2026-1", "2025"]
    assert found["2025-4"] == Period(start=date(2025, 10, 1), end=date(2025, 12, 31))
    assert found["2026-1"] == Period(start=date(2026, 1, 1), end=date(2026, 3, 31))
    assert list(found)[-1] == "2023-1"


@given(st.dates(min_value=date(2020, 1, 1), max_value=date(2080, 12, 31)))
def test_the_quarters_of_a_year_follow_each_other_without_a_gap(today: date) -> None:
    found = periods(today)
    quarters = [found[f"{today.year - 1}-{number}"] for number in range(1, 5)]
    assert (quarters[0].start, quarters[3].end) == (found[str(today.year - 1)].start, found[str(today.year - 1)].end)
    for one, following in pairwise(quarters):
        assert following.start == one.end + timedelta(days=1)


def test_departments_countries_and_rules_are_those_of_the_organisation(cast: Cast) -> None:
    make_release()
    Department.objects.create(organisation=cast.other_organisation, name="Elsewhere")
    make_vendor(cast.organisation, "A", country="France")
    make_vendor(cast.organisation, "B", country="Belgium")
    make_vendor(cast.organisation, "C", country="Belgium")
    make_vendor(cast.organisation, "D", country="Spain", archived_at=NOW)
    make_vendor(cast.other_organisation, "E", country="Italy")
    found = offered_to(cast.reader)
    assert found.departments == ((str(cast.department.pk), "Procurement"),)
    assert found.countries == ("Belgium", "France")
    assert found.rules[5] == "Speed (en)"
    with translation.override("fr"):
        assert offered_to(cast.reader).rules[5] == "Speed (fr)"
    assert list(found.rules) != [] and set(found.rules) == set(range(1, 8))
