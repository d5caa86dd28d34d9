"""Measures, series and targets through the API: the figures of the pages, closed to whoever still judges."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.utils import timezone

from accounts.models import AuditEntry, Membership, Role, User
from tests.factories import Cast, make_assessment, make_feedback, make_incident, make_member, make_vendor
from tests.vendors.api.asking import Caller, cost_of
from vendors import withheld
from vendors.measures.catalogue import MEASURES
from vendors.measures.loading import measures_of
from vendors.measures.metrics import PeriodLength
from vendors.models import Incident, MeasureTarget, Service, Vendor

pytestmark = pytest.mark.django_db


def monthly(vendor: Vendor, months: int = 10, **fields: object) -> list[Incident]:
    """Two mission-critical incidents a month, resolved the quicker the older they are."""
    today = timezone.localdate()
    first = datetime(today.year, today.month, 1, 8, tzinfo=UTC)
    made = []
    for back in range(1, months + 1):
        year, month = divmod(first.year * 12 + first.month - 1 - back, 12)
        for day in (3, 17):
            opened = first.replace(year=year, month=month + 1, day=day)
            resolved = opened + timedelta(hours=months + 1 - back)
            named = {"reference": f"I-{vendor.pk}-{back}-{day}", "mission_critical": True, **fields}
            made.append(make_incident(vendor, opened_at=opened, resolved_at=resolved, **named))
    return made


def test_every_measure_is_told_as_the_pages_know_it(cast: Cast) -> None:
    vendor = make_vendor(cast.organisation)
    monthly(vendor)
    said = Caller(cast.reader).get(f"/vendors/{vendor.uuid}/measures").json()
    known = measures_of(vendor, now=timezone.now())
    assert [row["measure"] for row in said["measures"]] == [measure.key for measure in MEASURES]
    assert (said["incidents"], said["step"]) == (20, "month")
    mean = next(row for row in said["measures"] if row["measure"] == "duration_mean")
    series = known.of("duration_mean")
    assert mean["value"] == pytest.approx(series.overall, abs=0.005)
    assert (mean["known"], mean["total"]) == (series.known, series.total)
    assert (mean["unit"], mean["rule"], mean["is_deciding"]) == ("hours", "speed", True)
    assert mean["trend"]["direction"] == series.trend.direction == "rising"
    assert mean["newest"]["total"] == 2
    left_out = [point for point in series.points if point.is_left_out]
    assert sum(mean["periods_left_out"].values()) == len(left_out)
    assert datetime.fromisoformat(said["rests_on"]["known_until"]) <= timezone.now()
    assert said["rests_on"]["sentences"]


def test_a_vendor_without_facts_has_no_figure_and_no_zero(cast: Cast) -> None:
    vendor = make_vendor(cast.organisation)
    said = Caller(cast.reader).get(f"/vendors/{vendor.uuid}/measures").json()
    assert {row["value"] for row in said["measures"]} == {None}
    assert {row["newest"] for row in said["measures"]} == {None}
    assert {row["trend"]["direction"] for row in said["measures"]} == {"too_little_data"}


def test_a_series_names_what_each_period_rests_on(cast: Cast) -> None:
    vendor = make_vendor(cast.organisation)
    incidents = monthly(vendor, months=7)
    said = make_feedback(vendor, feeling=4, said_on=timezone.localdate() - timedelta(days=40))
    caller = Caller(cast.reader)
    volume = caller.get(f"/vendors/{vendor.uuid}/measures/volume").json()
    named = {uuid for point in volume["points"] for uuid in point["incidents"]}
    assert named == {str(incident.uuid) for incident in incidents}
    feeling = caller.get(f"/vendors/{vendor.uuid}/measures/feeling").json()
    assert [point["feedback"] for point in feeling["points"] if point["value"]] == [[str(said.uuid)]]


def test_quarters_are_taken_anew_and_not_from_months(cast: Cast) -> None:
    vendor = make_vendor(cast.organisation)
    monthly(vendor, months=12)
    caller = Caller(cast.reader)
    path = f"/vendors/{vendor.uuid}/measures/duration_median"
    quarters = caller.get(f"{path}?by=quarter").json()
    assert quarters["step"] == "quarter"
    assert {point["start"][5:] for point in quarters["points"]} <= {"01-01", "04-01", "07-01", "10-01"}
    assert {point["end"][5:] for point in quarters["points"]} <= {"03-31", "06-30", "09-30", "12-31"}
    known = measures_of(vendor, now=timezone.now(), step=PeriodLength.QUARTER).of("duration_median")
    assert [point["total"] for point in quarters["points"]] == [point.total for point in known.points]
    assert sum(point["total"] for point in quarters["points"]) == 24
    months = caller.get(path).json()
    assert (months["step"], sum(point["total"] for point in months["points"])) == ("month", 24)


def test_one_service_is_measured_alone(cast: Cast) -> None:
    vendor, other = make_vendor(cast.organisation), make_vendor(cast.organisation, "Other")
    service = Service.objects.create(vendor=vendor, name="Payroll")
    foreign = Service.objects.create(vendor=other, name="Payroll")
    monthly(vendor, months=2, service=service)
    make_incident(vendor, reference="alone", mission_critical=True)
    path, caller = f"/vendors/{vendor.uuid}/measures", Caller(cast.reader)
    assert caller.get(f"{path}?service={service.uuid}").json()["incidents"] == 4
    assert caller.get(path).json()["incidents"] == 5
    refused = caller.get(f"{path}?service={foreign.uuid}")
    assert [error["path"] for error in refused.json()["errors"]] == ["?service"]
    assert caller.get(f"{path}?months=13").status_code == 422


def test_whoever_still_judges_reads_no_figure(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    vendor, other = make_vendor(cast.organisation), make_vendor(cast.organisation, "Other")
    monkeypatch.setattr(withheld, "_rated", [lambda member: {vendor.pk} if member == cast.reader else set()])
    caller = Caller(cast.reader)
    for path in (f"/vendors/{vendor.uuid}/measures", f"/vendors/{vendor.uuid}/measures/volume?by=quarter"):
        refused = caller.get(path)
        assert (refused.status_code, refused.json()["code"]) == (403, "withheld")
        assert "until you have handed in your answers" in refused.json()["detail"]
        assert Caller(cast.approver).get(path).status_code == 200
    assert caller.get(f"/vendors/{other.uuid}/measures").status_code == 200
    assert "remis" in Caller(cast.reader, language="fr").get(f"/vendors/{vendor.uuid}/measures").json()["detail"]


def test_a_system_reads_no_more_than_who_connected_it(cast: Cast) -> None:
    vendor = make_vendor(cast.organisation)
    make_assessment(cast.assessor, vendor=vendor, grade=None)
    connected = {}
    for maker in (cast.assessor, cast.colleague):
        user = User.objects.create(email=f"system-{maker.pk}@example.org", name="Wall", made_by=maker.user)
        connected[maker] = Membership.everybody.create(
            organisation=cast.organisation, user=user, role=Role.READER, is_service=True
        )
    path = f"/vendors/{vendor.uuid}/measures"
    told_to = {who: Caller(who).get(path).status_code for who in (cast.assessor, connected[cast.assessor])}
    assert set(told_to.values()) == {403}
    assert {Caller(who).get(path).status_code for who in (cast.colleague, connected[cast.colleague])} == {200}


def test_a_target_is_agreed_replaced_and_removed(cast: Cast) -> None:
    vendor = make_vendor(cast.organisation)
    caller, path = Caller(cast.assessor, language="fr"), f"/vendors/{vendor.uuid}/targets/duration_mean"
    assert caller.get(path).status_code == 404
    sent = {"value": 8.25, "agreed_on": "2026-01-31", "note": "Minutes"}
    agreed = caller.put(path, sent)
    assert agreed.json() | sent == agreed.json()
    assert agreed.json()["unit"] == "hours"
    entries = AuditEntry.objects.count()
    assert caller.put(path, sent).json() == agreed.json()
    assert AuditEntry.objects.count() == entries
    assert caller.get(f"/vendors/{vendor.uuid}/targets").json()["items"] == [agreed.json()]
    measures = caller.get(f"/vendors/{vendor.uuid}/measures").json()["measures"]
    assert next(row for row in measures if row["measure"] == "duration_mean")["target"]["value"] == 8.25
    assert caller.put(path, {"value": 9.0}, If_Match=agreed["ETag"]).json()["note"] == ""
    assert caller.delete(path, If_Match=agreed["ETag"]).status_code == 412
    assert caller.delete(path).status_code == 204
    assert caller.delete(path).status_code == 404
    assert not MeasureTarget.objects.exists()


@pytest.mark.parametrize("value", [-1, "8", None, 10**400, 8.123, 101])
def test_a_target_that_nothing_reaches_is_refused(cast: Cast, value: object) -> None:
    vendor = make_vendor(cast.organisation)
    refused = Caller(cast.assessor).put(f"/vendors/{vendor.uuid}/targets/sla", {"value": value})
    assert refused.status_code == 422
    assert [error["path"] for error in refused.json()["errors"]] == ["/value"]


def test_strangers_and_outside_raters_find_nothing(cast: Cast) -> None:
    vendor = make_vendor(cast.organisation)
    paths = [f"/vendors/{vendor.uuid}/{rest}" for rest in ("measures", "measures/volume", "targets", "targets/sla")]
    outside = Caller(make_member(cast.organisation, "outside", Role.RATER))
    assert {Caller(cast.stranger).get(path).status_code for path in paths} == {404}
    assert {outside.get(path).status_code for path in paths} == {403}
    assert Caller(cast.reader).get(f"/vendors/{vendor.uuid}/measures/nothing").status_code == 404
    assert Caller(cast.reader).put(paths[3], {"value": 95}).status_code == 403


def test_measures_cost_the_same_however_many_incidents(cast: Cast) -> None:
    few, many = make_vendor(cast.organisation), make_vendor(cast.organisation, "Many")
    monthly(few, months=2)
    monthly(many, months=9)
    caller = Caller(cast.reader)
    for rest in ("measures", "measures/volume?by=quarter"):
        assert cost_of(caller, f"/vendors/{few.uuid}/{rest}") == cost_of(caller, f"/vendors/{many.uuid}/{rest}") <= 24
