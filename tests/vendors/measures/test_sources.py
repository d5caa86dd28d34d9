"""What the sources of a vendor’s incidents hold: as people said, and the careful way where nobody did."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.factories import NOW, Cast, make_file, make_incident, make_vendor
from vendors.measures.holdings import Held, Holding
from vendors.measures.sources import HELD, holdings_of
from vendors.models import ImportState, IncidentImport, Selection, Vendor

BRUSSELS = ZoneInfo("Europe/Brussels")
JANUARY, FEBRUARY = date(2026, 1, 1), date(2026, 2, 1)
END_OF_JANUARY, END_OF_FEBRUARY = date(2026, 1, 31), date(2026, 2, 28)
OPENED = datetime(2026, 1, 12, 9, tzinfo=UTC)


@pytest.fixture
def vendor(cast: Cast) -> Vendor:
    """With one incident that came from a tool."""
    made = make_vendor(cast.organisation)
    make_incident(made, "T-1", opened=OPENED, source="tool")
    return made


def held(vendor: Vendor, **given: Any) -> list[Holding]:
    return holdings_of(vendor, **{"now": NOW, "zone": BRUSSELS, **given})


def test_every_way_of_selecting_is_known_to_the_measures() -> None:
    assert {selection.value: found.value for selection, found in HELD.items()} == {
        value: value for value in Selection.values
    }
    assert set(HELD.values()) == set(Held)


@pytest.mark.parametrize("selection", Selection)
def test_what_somebody_said_at_the_import_is_what_the_file_holds(
    cast: Cast, vendor: Vendor, selection: Selection
) -> None:
    known = datetime(2026, 2, 3, 8, tzinfo=UTC)
    make_file(cast.assessor, JANUARY, END_OF_JANUARY, holds=selection, known_until=known)
    (found,) = held(vendor)
    assert (found.source, found.held, found.since, found.to) == ("tool", HELD[selection], JANUARY, END_OF_JANUARY)
    assert (found.known_until, found.is_told, found.ended_on) == (known, True, None)


def test_each_file_of_a_source_tells_for_itself_in_the_order_of_the_imports(cast: Cast, vendor: Vendor) -> None:
    make_file(cast.assessor, FEBRUARY, END_OF_FEBRUARY)
    make_file(cast.colleague, JANUARY, END_OF_JANUARY)
    assert [found.since for found in held(vendor)] == [FEBRUARY, JANUARY]


@pytest.mark.parametrize("state", [state for state in ImportState if state != ImportState.DONE])
def test_an_import_that_is_not_done_or_was_undone_does_not_count(
    cast: Cast, vendor: Vendor, state: ImportState
) -> None:
    make_file(cast.assessor, JANUARY, END_OF_JANUARY, state=state)
    assert [found.is_told for found in held(vendor)] == [False]


def test_a_file_of_which_only_a_part_was_said_tells_nothing(cast: Cast, vendor: Vendor) -> None:
    make_file(cast.assessor, JANUARY, END_OF_JANUARY)
    for missing in ("holds_from", "holds_to", "known_until"):
        IncidentImport.objects.update(holds_from=JANUARY, holds_to=END_OF_JANUARY, known_until=NOW)
        IncidentImport.objects.update(**{missing: None})
        assert [found.is_told for found in held(vendor)] == [False]


def test_a_tool_that_is_used_no_more_says_so_of_each_of_its_files(cast: Cast, vendor: Vendor) -> None:
    make_file(cast.assessor, JANUARY, END_OF_JANUARY)
    make_file(cast.assessor, FEBRUARY, END_OF_FEBRUARY, ended_on=END_OF_FEBRUARY)
    assert [found.ended_on for found in held(vendor)] == [END_OF_FEBRUARY] * 2


def test_a_file_says_something_of_vendors_of_whom_it_has_nothing(cast: Cast, vendor: Vendor) -> None:
    """The file of February has no incident of this vendor: that is known, and not a lack of data."""
    make_file(cast.assessor, JANUARY, END_OF_JANUARY)
    other = make_vendor(cast.organisation, "Other Systems")
    make_file(cast.assessor, FEBRUARY, END_OF_FEBRUARY)
    make_incident(other, "T-2", opened=OPENED + timedelta(days=30), source="tool")
    assert len(held(vendor)) == 2


def test_a_file_of_one_vendor_says_nothing_of_another(cast: Cast, vendor: Vendor) -> None:
    other = make_vendor(cast.organisation, "Other Systems")
    make_file(cast.assessor, JANUARY, END_OF_JANUARY, options={"vendor": vendor.pk})
    make_file(cast.assessor, FEBRUARY, END_OF_FEBRUARY, options={"vendor": other.pk})
    assert [(found.since, found.to) for found in held(vendor)] == [(JANUARY, END_OF_JANUARY)]


def test_a_file_of_what_is_open_says_so_without_days(cast: Cast, vendor: Vendor) -> None:
    known_until = OPENED + timedelta(days=10)
    make_file(cast.assessor, holds=Selection.OPEN, selection=Selection.OPEN, known_until=known_until)
    assert [(found.held, found.known_until) for found in held(vendor)] == [(Held.OPEN, known_until)]


def test_files_of_other_sources_and_other_organisations_say_nothing(cast: Cast, vendor: Vendor) -> None:
    make_file(cast.assessor, JANUARY, END_OF_JANUARY, source="desk")
    make_file(cast.stranger, JANUARY, END_OF_JANUARY)
    assert [(found.source, found.is_told) for found in held(vendor)] == [("tool", False)]


def test_what_people_wrote_down_here_needs_no_file(cast: Cast) -> None:
    vendor = make_vendor(cast.organisation)
    make_incident(vendor)
    assert held(vendor) == []
    make_incident(vendor, "D-1", source="desk", opened=OPENED)
    assert [found.source for found in held(vendor)] == ["desk"]


# Where nobody said anything --------------------------------------------------------------------------------------
def test_untold_it_is_taken_as_selected_by_resolution_from_the_first_to_the_last(cast: Cast, vendor: Vendor) -> None:
    make_file(cast.assessor)  # imported before anybody was asked
    make_incident(vendor, "T-0", opened=datetime(2025, 6, 1, tzinfo=UTC), hours=None, source="tool")
    make_incident(vendor, "T-2", opened=datetime(2026, 2, 9, 9, tzinfo=UTC), hours=15, source="tool")
    (found,) = held(vendor)
    assert (found.held, found.is_told) == (Held.RESOLVED, False)
    assert (found.since, found.to) == (date(2026, 1, 12), date(2026, 2, 10))
    assert found.known_until == datetime(2026, 2, 10, tzinfo=UTC)  # an hour into the day of Brussels


def test_untold_it_is_known_until_the_latest_moment_that_any_incident_tells(cast: Cast, vendor: Vendor) -> None:
    latest = datetime(2026, 2, 20, 7, tzinfo=UTC)
    other = make_vendor(cast.organisation, "Other Systems")
    make_incident(other, "T-2", opened=latest, hours=None, source="tool", mission_critical=False)
    assert [(found.known_until, found.to) for found in held(vendor)] == [(latest, latest.date())]
    restored = latest + timedelta(days=3)
    make_incident(other, "T-3", opened=OPENED, restored_at=restored, source="tool")
    assert [found.known_until for found in held(vendor)] == [restored]


def test_untold_it_is_never_known_later_than_now(cast: Cast, vendor: Vendor) -> None:
    now = datetime(2026, 1, 12, 10, tzinfo=UTC)
    assert [(found.known_until, found.to) for found in held(vendor, now=now)] == [(now, now.date())]


def test_untold_and_without_anything_resolved_it_holds_nothing_of_use(cast: Cast) -> None:
    vendor = make_vendor(cast.organisation)
    make_incident(vendor, "T-1", opened=OPENED, hours=None, source="tool")
    (found,) = held(vendor)
    assert (found.since, found.to, found.known_until) == (OPENED.date(), OPENED.date(), OPENED)


def test_the_first_that_is_told_ends_the_careful_way(cast: Cast, vendor: Vendor) -> None:
    make_file(cast.assessor)
    assert [found.is_told for found in held(vendor)] == [False]
    make_file(cast.assessor, JANUARY, END_OF_JANUARY)
    assert [found.is_told for found in held(vendor)] == [True]


# Queries ---------------------------------------------------------------------------------------------------------
def test_it_takes_the_same_few_queries_for_one_file_and_for_many(cast: Cast, vendor: Vendor) -> None:
    make_incident(vendor, "D-1", source="desk", opened=OPENED)
    make_file(cast.assessor, JANUARY, END_OF_JANUARY)
    with CaptureQueriesContext(connection) as few:
        held(vendor)
    for _ in range(5):
        make_file(cast.assessor, FEBRUARY, END_OF_FEBRUARY)
        make_incident(vendor, source="desk", opened=OPENED)
    with CaptureQueriesContext(connection) as many:
        assert len(held(vendor)) == 7
    assert len(many) == len(few) == 4
    make_file(cast.assessor, JANUARY, END_OF_JANUARY, source="desk")
    with CaptureQueriesContext(connection) as told:
        held(vendor)
    assert len(told) == 3


def test_the_sources_of_many_incidents_are_read_and_not_the_incidents(vendor: Vendor) -> None:
    with CaptureQueriesContext(connection) as queries:
        held(vendor)
    assert "DISTINCT" in queries[0]["sql"]
