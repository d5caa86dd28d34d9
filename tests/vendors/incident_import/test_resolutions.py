"""When an incident was resolved, as one file after another tells it: the better told stays."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from tests.factories import Cast, make_incident, make_vendor
from tests.vendors.incident_import.files import as_csv, counts, imported, options_for, told, undone
from vendors.incidents import changes
from vendors.models import Incident, Vendor

HEADER = ("Number", "Opened", "Resolved", "Closed", "State", "First response", "Waited (min)")
COLUMNS = {
    "reference": "Number",
    "opened": "Opened",
    "resolved": "Resolved",
    "closed": "Closed",
    "state": "State",
    "first_response": "First response",
    "waited": "Waited (min)",
}
OPENED = "2026-03-02 10:00"


@pytest.fixture
def vendor(cast: Cast) -> Vendor:
    return make_vendor(cast.organisation)


def bring(cast: Cast, vendor: Vendor, **cells: str) -> Any:
    row = {"Number": "INC-1", "Opened": OPENED, **{COLUMNS[name]: text for name, text in cells.items()}}
    options = options_for(vendor, columns=COLUMNS, time_zone="UTC")
    return imported(cast.assessor, as_csv([[row.get(text, "") for text in HEADER]], header=HEADER), options)


def basis() -> tuple[datetime | None, bool, bool, bool]:
    one = Incident.objects.get()
    return one.resolved_at, one.resolved_is_closing, one.resolved_to_day, one.is_closed


def march(day: int, hour: int = 0) -> datetime:
    return datetime(2026, 3, day, hour, tzinfo=UTC)


def test_a_resolution_replaces_the_closing_that_stood_in(cast: Cast, vendor: Vendor) -> None:
    bring(cast, vendor, closed="2026-03-09 10:00")
    assert basis() == (march(9, 10), True, False, True)
    assert counts(bring(cast, vendor, resolved="2026-03-03 10:00", closed="2026-03-09 10:00")) == {"changed": 1}
    assert basis() == (march(3, 10), False, False, True)


def test_a_closing_replaces_no_resolution_but_another_closing(cast: Cast, vendor: Vendor) -> None:
    bring(cast, vendor, resolved="2026-03-03 10:00")
    bring(cast, vendor, closed="2026-03-09 10:00")
    assert basis() == (march(3, 10), False, False, True)
    Incident.objects.all().delete()
    bring(cast, vendor, closed="2026-03-08 10:00")
    bring(cast, vendor, closed="2026-03-09 10:00")
    assert basis() == (march(9, 10), True, False, True)


def test_a_day_does_not_take_its_hour_away_but_another_day_counts(cast: Cast, vendor: Vendor) -> None:
    bring(cast, vendor, resolved="2026-03-03 10:00")
    assert counts(bring(cast, vendor, resolved="2026-03-03")) == {"unchanged": 1}
    assert basis() == (march(3, 10), False, False, False)
    bring(cast, vendor, resolved="2026-03-05")
    assert basis() == (march(5), False, True, False)
    bring(cast, vendor, resolved="2026-03-05 16:00")
    assert basis() == (march(5, 16), False, False, False)


def test_a_state_alone_closes_and_opens_again_and_an_empty_one_says_nothing(cast: Cast, vendor: Vendor) -> None:
    bring(cast, vendor, state="Closed")
    assert (basis(), Incident.objects.open().count()) == ((None, False, False, True), 0)
    assert Incident.objects.closed_untold().count() == 1
    bring(cast, vendor)
    assert basis() == (None, False, False, True)
    bring(cast, vendor, state="In Progress")
    assert (basis(), Incident.objects.open().count()) == ((None, False, False, False), 1)


def test_answers_and_waiting_are_written_and_changed_and_never_emptied(cast: Cast, vendor: Vendor) -> None:
    bring(cast, vendor, first_response="0:30", waited="90")
    bring(cast, vendor)
    one = Incident.objects.get()
    assert (one.first_response_at, one.waited_minutes) == (datetime(2026, 3, 2, 10, 30, tzinfo=UTC), 90)
    upload = bring(cast, vendor, first_response="2026-03-02 12:00", waited="100,5")
    one.refresh_from_db()
    assert (one.first_response_at, one.waited_minutes) == (march(2, 12), 101)
    undone(cast.assessor, upload)
    one.refresh_from_db()
    assert (one.first_response_at, one.waited_minutes) == (datetime(2026, 3, 2, 10, 30, tzinfo=UTC), 90)


def test_what_a_closing_replaced_comes_back_when_it_is_undone(cast: Cast, vendor: Vendor) -> None:
    bring(cast, vendor)
    upload = bring(cast, vendor, closed="2026-03-09")
    assert basis() == (march(9), True, True, True)
    undone(cast.assessor, upload)
    assert basis() == (None, False, False, False)


def test_an_answer_before_a_later_opening_is_a_problem_of_the_row(cast: Cast, vendor: Vendor) -> None:
    bring(cast, vendor, first_response="0:30")
    later = [["INC-1", "2026-03-02 11:00", "", "", "", "", ""]]
    options = options_for(vendor, columns=COLUMNS, time_zone="UTC")
    upload = imported(cast.assessor, as_csv(later, header=HEADER), options)
    assert [problem[-1] for problem in told(upload)] == ["first_response_before_opened"]


def test_an_odd_resolution_is_told_apart_and_a_row_that_is_refused_warns_of_nothing(cast: Cast, vendor: Vendor) -> None:
    rows = [["INC-1", OPENED, "Paused", "", "", "", "soon"], ["", OPENED, "Paused", "", "", "", ""]]
    options = options_for(vendor, columns=COLUMNS, time_zone="UTC")
    upload = imported(cast.assessor, as_csv(rows, header=HEADER), options)
    assert counts(upload) == {"new": 1, "error": 1, "problems": 3, "warning": 2, "resolved_left_out": 1}
    assert {problem[-1] for problem in told(upload)} == {"resolved_left_out", "cell_left_out", "required"}


@pytest.mark.parametrize(("resolved_at", "is_closed"), [(march(4), True), (None, False)])
def test_whoever_writes_a_resolution_down_by_hand_knows_it(
    cast: Cast, vendor: Vendor, resolved_at: datetime | None, is_closed: bool
) -> None:
    incident = make_incident(
        vendor, opened=march(2), resolved_is_closing=True, resolved_to_day=True, is_closed=True, source="other"
    )
    seen = changes.incident_fingerprint(incident)
    incident.resolved_at = resolved_at
    changes.change_incident(cast.assessor, incident, changed=["resolved_at"], seen=seen, now=march(10))
    assert basis() == (resolved_at, False, False, is_closed)
