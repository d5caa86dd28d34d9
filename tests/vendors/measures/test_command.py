"""`bin/manage measures VENDOR`: the measures without a browser."""

from __future__ import annotations

import io
import json
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from tests.factories import Cast, make_incident, make_vendor
from vendors.measures.catalogue import MEASURES
from vendors.measures.targets import set_target
from vendors.models import IncidentSource, Service, Vendor

UNTIL = "2025-12-31"


@pytest.fixture
def vendor(cast: Cast) -> Vendor:
    vendor = make_vendor(cast.organisation, reference="V-7")
    for month in range(1, 13):
        opened = datetime(2025, month, 1, 9, tzinfo=UTC)
        make_incident(vendor, f"{month}", opened=opened, hours=30 - 2 * month, problem="Clock")
    make_incident(vendor, "open", opened=datetime(2025, 12, 9, tzinfo=UTC), hours=None)
    make_incident(vendor, "small", opened=datetime(2025, 12, 9, tzinfo=UTC), mission_critical=False)
    return vendor


def said(*words: str) -> str:
    out = io.StringIO()
    call_command("measures", *words, stdout=out)
    return out.getvalue()


def told(*words: str) -> dict[str, Any]:
    return json.loads(said(*words, "--json"))


def refusal(*words: str) -> str:
    with pytest.raises(CommandError) as refused:
        said(*words)
    assert refused.value.returncode == 1
    return str(refused.value)


def test_json_holds_every_measure_with_periods_trend_and_what_was_left_out(cast: Cast, vendor: Vendor) -> None:
    set_target(cast.assessor, vendor, "duration_mean", Decimal(15))
    data = told(vendor.name, "--until", UNTIL)
    assert data["organisation"] == "harbour"
    assert data["vendor"] == {"row": vendor.pk, "name": "Example Systems", "reference": "V-7"}
    assert (data["service"], data["step"], data["cases"]) == (None, "month", 13)
    assert (data["since"], data["until"]) == ("2024-01-01", UNTIL)
    assert [series["measure"] for series in data["series"]] == [measure.key for measure in MEASURES]
    mean = next(series for series in data["series"] if series["measure"] == "duration_mean")
    assert mean["label"] == "Mean time to resolve"
    trend = mean["trend"]
    assert (trend["direction"], trend["slope"], trend["periods"]) == ("falling", "-2.0000", 12)
    assert trend["in_words"].startswith("falling by 2 hours a month, p = 0.0")
    assert trend["corrected_in_words"].endswith(" after correction")
    assert trend["silence_in_words"] == ""
    assert (mean["overall"], mean["recent"]) == ("19.38", "14.50")  # 252 hours over 13; what is open counts for 48
    assert (mean["target"], mean["is_within_target"]) == ("15.00", True)
    assert (mean["known"], mean["total"], mean["known_in_words"]) == (13, 13, "Known for all 13 incidents.")
    assert mean["taken_in_words"] == "Each is counted to at most 2 days."
    assert [point["value"] for point in mean["points"]][::11] == ["28.00", "27.00"]
    assert data["left_out"]["open_count"] == 1
    assert data["left_out"]["not_critical"] == 1


def test_json_says_what_the_measures_rest_on_in_values_and_in_words(vendor: Vendor) -> None:
    data = told(vendor.name, "--until", UNTIL)
    basis = data["basis"]
    assert (basis["horizon_hours"], basis["comes_back_within_days"], basis["capped"]) == (48, 90, 1)
    assert (basis["begins"], basis["is_old"]) == ("2025-01-01", False)
    assert basis["in_words"][0].startswith("Mean hours to resolve, each counted to at most 2 days")
    assert set(data["left_out"]["in_words"]) < set(basis["in_words"])
    early = data["left_out"]["in_words"][0]
    assert early.startswith(
        "For the problems that come back 3 more periods are left out, because not all of the 90 days"
    )
    repeats = next(series for series in data["series"] if series["measure"] == "repeat_count")
    assert repeats["known_in_words"] == "9 incidents came back, of 9 whose problem is known; of 1 it is not known."
    assert [point["why_in_words"] for point in repeats["points"]] == ["too early to see what comes back"] * 3 + [""] * 9


def test_text_is_a_table_of_measures_and_one_of_periods(vendor: Vendor) -> None:
    lines = said(vendor.name, "--until", UNTIL, "--months", "12").splitlines()
    assert lines[0] == "Example Systems: 13 mission-critical incidents, 2025-01-01 to 2025-12-31"
    text = "\n".join(lines)
    assert "falling by 2 hours a month, p = 0.0" in text
    assert any(line.split()[:1] == ["2025-12"] and "27.00" in line for line in lines)
    assert any(line.split()[:1] == ["2025-03"] and "1.00*" in line for line in lines), (
        "too early to see what comes back"
    )
    assert (
        "Mean hours to resolve, each counted to at most 2 days: every incident is followed for the same time." in lines
    )
    assert "Left out: 1 incident is still open. It counts for 2 days once it was followed for so long." in lines
    assert max(map(len, lines)) <= 132


def test_text_tells_first_that_data_are_old(cast: Cast, vendor: Vendor) -> None:
    vendor.incidents.exclude(mission_critical=False).update(source="desk")
    IncidentSource.objects.create(organisation=cast.organisation, key="desk", name="Example Desk")
    text = said(vendor.name, "--until", UNTIL, "--months", "12")
    age, source = (
        text.index("Data end on 9\u00a0December 2025, "),
        text.index("Example Desk: nobody said what this file"),
    )
    assert age < source
    assert "What happened since is unknown, not zero." in " ".join(text.split())


def test_running_month_is_marked(cast: Cast) -> None:
    vendor = make_vendor(cast.organisation)
    make_incident(vendor, opened=timezone.now() - timedelta(hours=1), hours=None)
    text = said(vendor.name)
    row = next(line.split() for line in text.splitlines() if line.startswith(f"{timezone.localdate():%Y-%m}"))
    assert set(row[1:]) <= {"-*", "-"}  # of what people say no month has begun
    assert "-*" in row[1:]
    assert "* shown, but in no trend" in text


@pytest.mark.parametrize("name", ["Example Systems", "example systems", "V-7", "v-7", " V-7 "])
def test_vendor_is_found_by_name_and_reference(vendor: Vendor, name: str) -> None:
    assert told(name)["vendor"]["row"] == vendor.pk


def test_vendor_is_found_by_its_row_number(vendor: Vendor) -> None:
    assert told(str(vendor.pk))["vendor"]["row"] == vendor.pk


def test_organisation_tells_apart_vendors_of_one_name(cast: Cast, vendor: Vendor) -> None:
    other = make_vendor(cast.other_organisation, vendor.name)
    refused = refusal(vendor.name)
    assert "harbour/Example Systems" in refused
    assert f"meadow/Example Systems (row {other.pk})" in refused
    assert told(vendor.name, "--organisation", "meadow")["vendor"]["row"] == other.pk


def test_service_narrows_the_incidents(vendor: Vendor) -> None:
    service = Service.objects.create(vendor=vendor, name="Records")
    make_incident(vendor, "s", opened=datetime(2025, 5, 5, tzinfo=UTC), service=service)
    data = told(vendor.name, "--service", "records", "--until", UNTIL)
    assert (data["service"], data["cases"]) == ("Records", 1)
    assert said(vendor.name, "--service", "Records").startswith("Example Systems, Records: ")


def test_vendor_without_incidents_says_so(cast: Cast) -> None:
    vendor = make_vendor(cast.organisation)
    assert "Nothing can be measured" in said(vendor.name)
    assert told(vendor.name)["cases"] == 0


@pytest.mark.parametrize(
    ("words", "reason"),
    [
        ((), "Name a vendor"),
        (("Nobody",), "No vendor is called “Nobody”"),
        (("Example Systems", "--organisation", "meadow"), "No vendor in the organisation meadow"),
        (("Example Systems", "--service", "Payroll"), "Its services: Records."),
        (("Example Systems", "--months", "0"), "--months takes a whole number from 1 to 120, not “0”"),
        (("Example Systems", "--months", "many"), "not “many”"),
        (("Example Systems", "--until", "31/12/2025"), "--until takes a date such as"),
        (("Example Systems", "--until", "2999-01-01"), "lies in the future"),
    ],
)
def test_mistakes_are_told_with_exit_code_1(vendor: Vendor, words: tuple[str, ...], reason: str) -> None:
    Service.objects.create(vendor=vendor, name="Records")
    assert reason in refusal(*words)


def test_until_today_is_no_future(vendor: Vendor) -> None:
    today: date = timezone.localdate()
    assert told(vendor.name, "--until", today.isoformat())["until"] == today.isoformat()
