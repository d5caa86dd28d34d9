"""Incidents through the API: pushed as rows of an import are taken, read, and known up to a moment."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import AuditEntry
from accounts.operations import Scope
from tests.factories import NOW, Cast, make_incident, make_token, make_vendor
from vendors.incident_import import job, worker
from vendors.measures.sources import holdings_of
from vendors.models import ImportState, Incident, IncidentImport, IncidentSource, Service, Vendor

pytestmark = pytest.mark.django_db
SOURCE = "/incident-sources/servicenow"
ROW = {"vendor": "Example Systems", "opened_at": "2026-03-02T09:00:00+01:00"}


class Caller:
    """Somebody with a token."""

    def __init__(self, token: str) -> None:
        self.token, self.client = token, Client()

    def __call__(self, method: str, path: str, body: Any = None, **headers: str) -> Any:
        sent = {"Authorization": f"Bearer {self.token}", **headers}
        content = json.dumps(body) if body is not None else ""
        return self.client.generic(method, f"/api/v1{path}", content, "application/json", headers=sent)

    def batch(self, *rows: dict[str, Any], **more: Any) -> Any:
        return self("POST", f"{SOURCE}/incidents", {"incidents": rows, **more})


@pytest.fixture
def vendor(cast: Cast) -> Vendor:
    return make_vendor(cast.organisation)


@pytest.fixture
def call(cast: Cast, vendor: Vendor) -> Caller:
    IncidentSource.objects.create(organisation=cast.organisation, key="servicenow", name="ServiceNow")
    return Caller(make_token(cast.assessor, name="ITSM"))


def outcomes(response: Any) -> list[str]:
    assert response.status_code == 200, response.content
    return [one["outcome"] for one in response.json()["outcomes"]]


# One at a time ----------------------------------------------------------------------------------------------------
def test_a_pushed_incident_is_created_then_unchanged_then_changed(call: Caller, vendor: Vendor) -> None:
    path = f"{SOURCE}/incidents/INC/1"
    first = call("PUT", path, ROW)
    assert first.status_code == 200, first.content
    assert first.json()["outcome"] == "created"
    assert first.json()["incident"]["vendor"] == {"uuid": str(vendor.uuid), "name": "Example Systems"}
    assert first.json()["incident"]["opened_at"] == "2026-03-02T08:00:00Z"
    assert call("PUT", path, ROW).json()["outcome"] == "unchanged"
    changed = call("PUT", path, {**ROW, "resolved_at": "2026-03-02 12:30+01:00", "mission_critical": True})
    assert changed.json()["outcome"] == "changed"
    assert changed.json()["incident"]["state"] == "resolved"
    assert call("GET", path).json() == changed.json()["incident"]
    assert Incident.objects.get().reference == "INC/1"


def test_what_is_not_said_empties_nothing(call: Caller) -> None:
    path = f"{SOURCE}/incidents/7"
    call("PUT", path, {**ROW, "title": "Mail is down", "problem": "PRB1"})
    told = call("PUT", path, {**ROW, "title": None, "problem": ""}).json()
    assert (told["outcome"], told["incident"]["title"]) == ("unchanged", "Mail is down")


def test_if_match_refuses_what_changed_since(call: Caller) -> None:
    path = f"{SOURCE}/incidents/7"
    tag = call("PUT", path, ROW)["ETag"]
    assert call("PUT", path, {**ROW, "title": "One"}, **{"If-Match": tag}).status_code == 200
    assert call("PUT", path, {**ROW, "title": "Two"}, **{"If-Match": tag}).status_code == 412
    assert Incident.objects.get().title == "One"


def test_an_incident_that_names_another_vendor_moves(call: Caller, cast: Cast) -> None:
    other = make_vendor(cast.organisation, "Northwind", reference="V-2")
    call("PUT", f"{SOURCE}/incidents/7", ROW)
    before = Vendor.objects.get(name="Example Systems").facts_revision
    moved = call("PUT", f"{SOURCE}/incidents/7", {**ROW, "vendor": str(other.uuid)})
    assert moved.json()["outcome"] == "moved"
    assert Vendor.objects.get(name="Example Systems").facts_revision == before + 1
    entry = AuditEntry.objects.filter(verb="incidentimport.moved").first()
    assert entry is not None
    assert entry.through == "ITSM"


def test_states_priorities_and_lengths_mean_what_they_mean_in_a_file(call: Caller) -> None:
    told = call(
        "PUT",
        f"{SOURCE}/incidents/7",
        {
            **ROW,
            "state": "Gesloten",
            "priority": "1 - Critical",
            "waited_minutes": 90,
            "first_response_at": "25 min",
            "sla": "breached",
            "reopened": 2,
            "reading": {"critical": ["1 - critical"]},
        },
    ).json()["incident"]
    assert told["state"] == "closed_untold"
    assert told["mission_critical"] is True
    assert told["waited_minutes"] == 90
    assert told["first_response_at"] == "2026-03-02T08:25:00Z"
    assert told["sla"] == "missed"
    assert told["reopened"] == 2


def test_how_values_are_read_is_said_once(call: Caller) -> None:
    reading = {"critical": ["P1"], "time_zone": "America/New_York", "dates": "month_first"}
    call.batch({**ROW, "reference": "1", "title": "First"}, reading=reading)
    later = call("PUT", f"{SOURCE}/incidents/2", {**ROW, "opened_at": "03/04/2026 08:00", "priority": "p1"}).json()
    assert later["incident"]["opened_at"] == "2026-03-04T13:00:00Z"
    assert later["incident"]["mission_critical"] is True


# Names ------------------------------------------------------------------------------------------------------------
def test_an_unknown_vendor_is_a_fault_that_lists_candidates(call: Caller, vendor: Vendor) -> None:
    refused = call("PUT", f"{SOURCE}/incidents/7", {**ROW, "vendor": "Example System"})
    assert refused.status_code == 422
    assert refused.json()["errors"][0]["path"] == "/vendor"
    assert refused.json()["faults"][0]["candidates"] == [{"uuid": str(vendor.uuid), "name": "Example Systems"}]
    assert not Incident.objects.exists()
    assert not IncidentImport.objects.exists()


def test_a_service_is_found_by_name_or_uuid_or_refused(call: Caller, vendor: Vendor) -> None:
    mail = Service.objects.create(vendor=vendor, name="Mail")
    row = {**ROW, "reference": "1"}
    response = call.batch(
        {**row, "service": "mail"},
        {**row, "reference": "2", "service": str(mail.uuid)},
        {**row, "reference": "3", "service": "Mails"},
    )
    assert outcomes(response) == ["created", "created", "refused"]
    assert response.json()["outcomes"][2]["faults"][0]["candidates"][0]["name"] == "Mail"
    taken = call.batch({**row, "reference": "3", "service": "Mails"}, reading={"unknown_services": "leave_out"})
    assert outcomes(taken) == ["created"]
    assert taken.json()["outcomes"][0]["warnings"][0]["code"] == "service_left_out"
    added = call.batch({**row, "reference": "4", "service": "Print"}, reading={"unknown_services": "add"})
    assert outcomes(added) == ["created"]
    assert Incident.objects.get(reference="4").service == Service.objects.get(name="Print")


def test_a_source_that_nobody_declared_takes_nothing(call: Caller) -> None:
    path = "/incident-sources/servicenw"
    assert call("PUT", f"{path}/incidents/1", ROW).status_code == 404
    assert call("PUT", path, {"name": "The other one"}).status_code == 200
    assert call("PUT", f"{path}/incidents/1", ROW).json()["outcome"] == "created"
    assert call("PUT", path, {"name": "servicenow"}).json()["errors"][0]["path"] == "/name"


def test_what_people_wrote_down_is_no_source_to_push_into(call: Caller, vendor: Vendor) -> None:
    make_incident(vendor, "A-1")
    assert call("PUT", "/incident-sources/manual", {"name": "Ours"}).status_code == 422
    assert call("PUT", "/incident-sources/manual/incidents/A-1", ROW).status_code == 404


# Many at once -----------------------------------------------------------------------------------------------------
def test_each_row_of_a_batch_has_its_outcome(call: Caller) -> None:
    call.batch({**ROW, "reference": "old"})
    response = call.batch(
        {**ROW, "reference": "old"},
        {**ROW, "reference": "new"},
        {**ROW, "reference": "new"},
        {**ROW, "reference": "new", "title": "Other"},
        {"reference": 5, "vendor": "Example Systems"},
        {**ROW, "reference": "6", "resolved_at": "2026-01-01T00:00:00Z"},
        {**ROW, "reference": "7", "handovers": "many"},
        {**ROW, "reference": "8", "opened_at": "03/04/2026"},
    )
    assert outcomes(response) == [
        *("unchanged", "created", "repeated", "refused", "refused", "refused", "created", "refused")
    ]
    told = response.json()["outcomes"]
    assert [(one["faults"][0]["path"], one["faults"][0]["code"]) for one in told if one["faults"]] == [
        ("/reference", "pushed_twice"),
        ("/opened_at", "required"),
        ("/resolved_at", "resolved_before_opened"),
        ("/opened_at", "date_order_unsaid"),
    ]
    assert told[6]["warnings"][0]["path"] == "/handovers"
    assert response.json()["counts"]["refused"] == 4
    assert told[1]["uuid"] == told[2]["uuid"] == str(Incident.objects.get(reference="new").uuid)


def test_all_or_nothing_writes_nothing(call: Caller) -> None:
    refused = call.batch({**ROW, "reference": "1"}, {**ROW, "reference": "2", "vendor": "Who"}, all_or_nothing=True)
    assert refused.status_code == 422
    assert refused.json()["errors"][0]["path"] == "/incidents/1/vendor"
    assert not Incident.objects.exists()
    assert not IncidentImport.objects.exists()


def test_a_batch_has_at_most_a_thousand_rows(call: Caller) -> None:
    refused = call.batch(*({**ROW, "reference": number} for number in range(1_001)))
    assert refused.json()["errors"] == [{"path": "/incidents", "detail": "At most 1000 entries."}]


def test_fifty_rows_cost_the_queries_of_ten(call: Caller, cast: Cast) -> None:
    other = make_vendor(cast.organisation, "Northwind")
    Service.objects.create(vendor=other, name="Mail")

    def rows(count: int, title: str) -> list[dict[str, Any]]:
        names = ("Example Systems", "northwind", str(other.uuid), "Who")
        return [
            {**ROW, "reference": number, "title": title, "vendor": names[number % 4], "service": "Mail" * (number % 2)}
            for number in range(count)
        ]

    def queries(count: int, title: str) -> int:
        with CaptureQueriesContext(connection) as caught:
            assert call.batch(*rows(count, title), reading={"unknown_services": "leave_out"}).status_code == 200
        return len(caught)

    call.batch({**ROW, "reference": "first"})
    queries(50, "One")
    assert queries(10, "Two") == queries(50, "Three") <= 50


# Known until ------------------------------------------------------------------------------------------------------
def test_a_quiet_month_is_known_by_a_heartbeat(call: Caller, vendor: Vendor) -> None:
    now = timezone.now()
    call.batch({**ROW, "reference": "1"}, complete_from="2026-01-01", complete_until="2026-03-05T12:00:00Z")
    revision = Vendor.objects.get().facts_revision
    beat = call("POST", f"{SOURCE}/heartbeat", {"complete_until": "2026-05-01T06:00:00Z"})
    assert beat.json() == {"complete_from": "2026-01-01", "complete_until": "2026-05-01T06:00:00Z"}
    assert Vendor.objects.get().facts_revision > revision
    (holding,) = holdings_of(vendor, now=now, zone=timezone.get_current_timezone())
    assert (str(holding.held), holding.since.isoformat(), holding.to.isoformat()) == (
        *("opened", "2026-01-01", "2026-05-01"),
    )
    assert holding.is_told
    source = call("GET", SOURCE).json()
    assert source["known_until"] == "2026-05-01T06:00:00Z"
    assert source["last_pushed_at"] is not None
    earlier = call("POST", f"{SOURCE}/heartbeat", {"complete_until": "2026-04-01T06:00:00Z"})
    assert earlier.json() == beat.json()


def test_days_of_pushes_are_one_holding(call: Caller, vendor: Vendor, cast: Cast) -> None:
    call.batch({**ROW, "reference": "1"}, complete_from="2026-01-01", complete_until="2026-03-05T12:00:00Z")
    IncidentImport.objects.update(pushed_on="2026-03-05")
    call.batch({**ROW, "reference": "2"}, complete_until="2026-03-06T12:00:00Z")
    assert IncidentImport.objects.pushed().count() == 2
    (holding,) = holdings_of(vendor, now=timezone.now(), zone=timezone.get_current_timezone())
    assert (holding.since.isoformat(), holding.to.isoformat()) == ("2026-01-01", "2026-03-06")


def test_since_when_is_said_once_and_nothing_is_known_of_tomorrow(call: Caller) -> None:
    beat = f"{SOURCE}/heartbeat"
    unsaid = call("POST", beat, {"complete_until": "2026-03-05T12:00:00Z"})
    assert unsaid.json()["errors"][0]["path"] == "/complete_from"
    tomorrow = (timezone.now() + timedelta(days=1)).isoformat()
    ahead = call("POST", beat, {"complete_until": tomorrow, "complete_from": "2026-01-01"})
    assert ahead.json()["errors"][0]["path"] == "/complete_until"
    assert not IncidentImport.objects.exists()


# Taken back -------------------------------------------------------------------------------------------------------
def test_what_was_pushed_today_is_one_import_and_goes_as_one(call: Caller, cast: Cast, vendor: Vendor) -> None:
    there = make_incident(vendor, "old", source="servicenow", title="As it was", hours=None)
    call("PUT", f"{SOURCE}/incidents/old", {**ROW, "opened_at": there.opened_at.isoformat(), "title": "Pushed"})
    call.batch({**ROW, "reference": "new"}, complete_from="2026-01-01", complete_until="2026-03-05T12:00:00Z")
    (upload,) = IncidentImport.objects.all()
    assert (upload.state, upload.file_name, upload.counts["new"], upload.counts["changed"]) == ("done", "ITSM", 1, 1)
    worker.work_on(job.undo(cast.assessor, upload, tell_workers=False).pk)
    upload.refresh_from_db()
    assert upload.state == ImportState.UNDONE
    assert list(Incident.objects.values_list("reference", "title")) == [("old", "As it was")]
    assert call("GET", SOURCE).json()["known_until"] is None
    call("PUT", f"{SOURCE}/incidents/again", ROW)
    assert IncidentImport.objects.pushed().count() == 1


def test_pages_say_what_was_pushed(call: Caller, cast: Cast) -> None:
    call.batch({**ROW, "reference": "new"}, complete_from="2026-01-01", complete_until="2026-03-05T12:00:00Z")
    client = Client()
    client.force_login(cast.assessor.user)
    page = client.get(IncidentImport.objects.get().get_absolute_url()).content.decode()
    assert "through the API" in page
    assert "Keep this mapping" not in page
    assert "Choose a file" not in page
    assert "Through the API" in client.get("/incidents/imports/").content.decode()


# Read -------------------------------------------------------------------------------------------------------------
def test_a_list_is_narrowed_and_followed(call: Caller, vendor: Vendor, cast: Cast) -> None:
    other = make_vendor(cast.organisation, "Northwind")
    for number in range(3):
        make_incident(vendor, f"A-{number}", opened=NOW - timedelta(days=number))
    make_incident(other, "B-1", mission_critical=False, source="servicenow", opened=NOW - timedelta(days=9), hours=None)

    def found(**asked: str) -> list[str]:
        response = call.client.get("/api/v1/incidents", asked, headers={"Authorization": f"Bearer {call.token}"})
        assert response.status_code == 200, response.content
        return [row["reference"] for row in response.json()["items"]]

    assert found() == ["A-0", "A-1", "A-2", "B-1"]
    assert found(vendor=str(other.uuid)) == ["B-1"]
    assert found(critical="false") == ["B-1"]
    assert found(source="servicenow", state="open") == ["B-1"]
    assert found(opened_from=(NOW - timedelta(days=1)).isoformat()) == ["A-0", "A-1"]
    assert found(opened_to=(NOW - timedelta(days=1)).isoformat()) == ["A-2", "B-1"]
    assert found(order="changed") == ["A-0", "A-1", "A-2", "B-1"]
    assert found(changed_since="2099-01-01T00:00:00Z") == []
    first = call("GET", "/incidents?limit=3").json()
    assert [row["reference"] for row in call("GET", f"/incidents?limit=3&after={first['next']}").json()["items"]] == [
        "B-1"
    ]


def test_an_incident_goes_as_on_its_page(call: Caller, vendor: Vendor) -> None:
    row = make_incident(vendor, "A-1")
    path = f"/incidents/{row.uuid}"
    assert call("DELETE", path, **{"If-Match": '"other"'}).status_code == 412
    assert call("DELETE", path).status_code == 204
    assert call("GET", path).status_code == 404
    assert AuditEntry.objects.get(verb="incident.deleted").through == "ITSM"


def test_another_organisation_is_met_nowhere(call: Caller, cast: Cast, vendor: Vendor) -> None:
    row = make_incident(vendor, "A-1", source="servicenow")
    away = Caller(make_token(cast.stranger))
    for method, path, body in (
        ("GET", f"/incidents/{row.uuid}", None),
        ("DELETE", f"/incidents/{row.uuid}", None),
        ("GET", SOURCE, None),
        ("GET", f"{SOURCE}/incidents/A-1", None),
        ("PUT", f"{SOURCE}/incidents/A-1", ROW),
        ("POST", f"{SOURCE}/incidents", {"incidents": []}),
        ("POST", f"{SOURCE}/heartbeat", {"complete_until": "2026-03-05T12:00:00Z"}),
    ):
        assert away(method, path, body).status_code == 404, path
    assert away("GET", "/incidents").json()["items"] == []
    IncidentSource.objects.create(organisation=cast.stranger.organisation, key="servicenow", name="Theirs")
    named = away("PUT", f"{SOURCE}/incidents/A-1", {**ROW, "vendor": str(vendor.uuid)})
    assert named.status_code == 422
    assert named.json()["faults"][0]["candidates"] == []


@pytest.mark.parametrize("role", ["reader", "approver"])
def test_whoever_only_reads_pushes_nothing(call: Caller, cast: Cast, role: str) -> None:
    reads = Caller(make_token(getattr(cast, role)))
    assert reads("GET", "/incidents").status_code == 200
    assert reads("PUT", f"{SOURCE}/incidents/1", ROW).status_code == 403
    narrow = Caller(make_token(cast.assessor, Scope.INCIDENTS_READ))
    assert narrow.batch().status_code == 403


@pytest.mark.parametrize(
    ("path", "body"),
    [
        (f"{SOURCE}/incidents/%00", ROW),
        (f"{SOURCE}/incidents/{'9' * 200}", ROW),
        ("/incident-sources/%00/incidents/1", ROW),
        (f"{SOURCE}/incidents/1", {**ROW, "title": "\0"}),
        (f"{SOURCE}/incidents/1", {**ROW, "title": "\ud800"}),
        (f"{SOURCE}/incidents/1", {**ROW, "opened_at": "9999-12-31T23:59:59-14:00"}),
        (f"{SOURCE}/incidents/1", {**ROW, "opened_at": "0001-01-01T00:00:00+14:00"}),
        (f"{SOURCE}/incidents/1", {**ROW, "reopened": 10**30}),
        (f"{SOURCE}/incidents/1", {**ROW, "vendor": "\0"}),
        (f"{SOURCE}/incidents/1", {**ROW, "reading": {"time_zone": "../etc/passwd"}}),
        (f"{SOURCE}/incidents/1", {**ROW, "reading": {"preset": "own"}}),
        (SOURCE, {"name": "\0"}),
        ("/incident-sources/new", {"name": " "}),
    ],
)
def test_odd_values_are_refused_or_taken_and_break_nothing(call: Caller, path: str, body: Any) -> None:
    assert call("PUT", path, body).status_code in (200, 404, 422)


@pytest.mark.parametrize(
    "asked",
    ["changed_since=0001-01-01T00:00:00%2B14:00", "source=%00", "after=x", "opened_from=99999-01-01", "vendor=1"],
)
def test_odd_filters_break_nothing(call: Caller, asked: str) -> None:
    assert call("GET", f"/incidents?{asked}").status_code in (200, 422)
