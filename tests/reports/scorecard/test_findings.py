"""What a scorecard freezes of the measures: with what they rest on, to be read when all that has changed."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from accounts.models import Organisation
from assessments.lifecycle import transitions
from assessments.models import Assessment
from reports.models import Scorecard
from reports.scorecard import snapshots, view
from tests.factories import NOW, Cast, make_assessment, make_file, make_incident, make_vendor
from vendors import facts_revision
from vendors.measures import plain_data
from vendors.models import Incident, IncidentImport, IncidentSource, Service, ServiceCalendar, Vendor


@pytest.fixture
def vendor(cast: Cast) -> Vendor:
    """Fourteen months by two incidents from a tool, ever slower, and one that ran on; one service with hours of its
    own. The files begin in February 2025 and lack July."""
    made = make_vendor(cast.organisation, "Slower Systems")
    service = Service.objects.create(vendor=made, name="Records")
    ServiceCalendar.objects.create(service=service, hours={str(day): ["08:00", "18:00"] for day in range(5)})
    make_file(cast.assessor, date(2025, 2, 1), date(2025, 6, 30), known_until=NOW - timedelta(days=200))
    make_file(cast.assessor, date(2025, 8, 1), date(2026, 2, 28), known_until=NOW)
    for month in range(14):
        year, index = divmod(2025 * 12 + month, 12)
        for number, day in enumerate((3, 13)):
            make_incident(
                made,
                f"INC-{month:02}-{number}",
                opened=datetime(year, index + 1, day, 8, tzinfo=UTC),
                hours=10 + 5 * month,
                problem="disk" if number else f"p{month}",
                service=service if number else None,
                source="tool",
            )
    make_incident(made, "LONG", opened=datetime(2025, 8, 20, 8, tzinfo=UTC), hours=900, source="tool")
    return made


@pytest.fixture
def assessment(cast: Cast, vendor: Vendor) -> Assessment:
    made = make_assessment(cast.assessor, grade=3, vendor=vendor)
    transitions.submit(cast.assessor, made, now=NOW)
    transitions.approve(cast.approver, made, now=NOW)
    return made


def measures(assessment: Assessment) -> dict[str, Any]:
    content = snapshots.load(Scorecard.objects.get(assessment=assessment))
    assert content["schema"] == snapshots.SCHEMA_VERSION == 10
    kept: dict[str, Any] = content["measures"]
    return kept


def points(kept: dict[str, Any], key: str) -> list[dict[str, Any]]:
    return next(one["points"] for one in kept["series"] if one["measure"] == key)


def test_what_the_files_hold_is_frozen(assessment: Assessment) -> None:
    basis = measures(assessment)["basis"]
    assert [(one["source"], one["held"], one["since"], one["to"], one["is_told"]) for one in basis["holdings"]] == [
        ("tool", "opened", "2025-02-01", "2025-06-30", True),
        ("tool", "opened", "2025-08-01", "2026-02-28", True),
    ]
    assert datetime.fromisoformat(basis["known_until"]) == NOW
    assert (basis["begins"], basis["only_ended"], basis["comes_back_within_days"]) == ("2025-02-01", False, 90)


def test_how_long_each_was_followed_and_what_counts_differently_is_frozen(assessment: Assessment) -> None:
    """Nine of ten end within 75 hours."""
    basis = measures(assessment)["basis"]
    assert basis["horizon_hours"] == 120
    assert {name: basis[name] for name in plain_data.COUNTED} == {
        "capped": 1,
        "closing": 0,
        "undated": 0,
        "to_day": 0,
        "beyond": 0,
    }


def test_the_hours_that_decided_are_frozen_with_the_name_of_their_service(assessment: Assessment) -> None:
    (used,) = measures(assessment)["basis"]["hours"]
    assert (used["service"], used["incidents"]) == ("Records", 11)
    assert used["hours"]["hours"] == [[480, 1080]] * 5 + [None, None]
    assert used["hours"]["calendar_decides"] is True
    assert measures(assessment)["basis"]["other_hours"] is not None


def test_why_each_period_was_left_out_is_frozen(assessment: Assessment) -> None:
    """Ninety days after 1 February is 2 May, after 1 August 30 October."""
    kept = measures(assessment)
    assert [point["why"] for point in points(kept, "duration_mean")] == [
        "before",
        *[None] * 5,
        "gap",
        *[None] * 6,
        "young",
        "young",
    ]
    assert [point["why"] for point in points(kept, "repeat_count")] == [
        "before",
        *["look_back"] * 4,
        None,
        "gap",
        *["look_back"] * 3,
        *[None] * 3,
        "young",
        "young",
    ]
    assert kept["left_out"]["before"] == ["2025-01-01"]
    assert kept["left_out"]["gaps"] == ["2025-07-01"]
    assert kept["left_out"]["young"] == ["2026-02-01", "2026-03-01"]


def test_of_how_many_each_figure_is_known_is_frozen(assessment: Assessment) -> None:
    kept = measures(assessment)
    duration = points(kept, "duration_mean")[1]
    assert (duration["known"], duration["total"], duration["count"], duration["cases"]) == (2, 2, 2, [])
    repeats = points(kept, "repeat_count")[5]
    assert (repeats["value"], repeats["known"], repeats["total"], repeats["count"]) == ("1.00", 2, 2, 1)
    of_all = {one["measure"]: (one["known"], one["total"]) for one in kept["series"]}
    assert (of_all["duration_mean"], of_all["repeat_count"], of_all["sla"]) == ((23, 23), (8, 8), (0, 23))


def test_the_correction_and_the_size_of_a_change_are_frozen_with_the_finding(assessment: Assessment) -> None:
    kept = measures(assessment)
    found = next(one["trend"] for one in kept["series"] if one["measure"] == "duration_mean")
    assert found["direction"] == "rising"
    assert float(found["adjusted_p"]) >= float(found["p"])
    assert float(found["change"]) > 0.1
    assert found["smallest"] is None
    content = snapshots.load(Scorecard.objects.get(assessment=assessment))
    speed = next(one for one in content["findings"] if one["rule"] == "speed")
    assert speed["rating"]["finding"] == "contradicted"


def test_what_is_frozen_is_read_back_to_the_digit(assessment: Assessment) -> None:
    kept = measures(assessment)
    assert json.loads(json.dumps(plain_data.as_data(plain_data.from_data(kept)))) == {
        **kept,
        "series": [
            {**one, "points": [{**point, "count": 0} for point in one["points"]]}  # it counts row numbers
            for one in kept["series"]
        ],
    }


def test_no_change_of_files_hours_or_settings_moves_a_scorecard(assessment: Assessment, vendor: Vendor) -> None:
    card = Scorecard.objects.get(assessment=assessment)
    before, text = view.view_of(card, language="en"), card.snapshot
    Organisation.objects.update(repeat_days=30)
    IncidentSource.objects.update(name="Another tool", ended_on=date(2025, 12, 31))
    IncidentImport.objects.update(selection="resolved", holds_from=date(2025, 5, 1))
    ServiceCalendar.objects.update(hours={"0": ["00:00", "24:00"]}, time_zone="Asia/Tokyo")
    Service.objects.update(name="Another service")
    Incident.objects.filter(vendor=vendor).delete()
    facts_revision.raise_revision(vendor.pk)
    card.refresh_from_db()
    assert card.snapshot == text
    assert view.view_of(card, language="en") == before
