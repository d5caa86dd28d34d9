"""The voice of the customer through the API."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import pytest
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accounts.models import AuditEntry, Role
from tests.factories import Cast, make_feedback, make_incident, make_member, make_vendor
from tests.vendors.api.asking import Caller, all_of, cost_of
from vendors.models import Feedback, FeedbackKind, PulseChoice, Service, Sla

pytestmark = pytest.mark.django_db
FEW = settings(max_examples=5, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
CHOICE = st.none() | st.sampled_from(PulseChoice.values)
NOT_WRITTEN = ("uuid", "is_of_pulse", "files", "created_at", "updated_at")


def test_a_vendor_and_a_feeling_are_enough(cast: Cast) -> None:
    vendor = make_vendor(cast.organisation)
    added = Caller(cast.assessor).post("/feedback", {"vendor": str(vendor.uuid), "feeling": 2})
    assert added.status_code == 201
    said = added.json()
    assert (said["name"], said["department"]) == (str(cast.assessor.user), str(cast.department.uuid))
    assert (said["said_on"], said["feeling"], said["sla"]) == (timezone.localdate().isoformat(), 2, "unknown")
    assert AuditEntry.objects.filter(verb="feedback.added").get().through == "Ticket tool"


SAID = st.fixed_dictionaries(
    {
        "feeling": st.integers(1, 5),
        "comment": st.text(alphabet=st.characters(codec="ascii", categories=("L", "N")), max_size=40),
        "sla": st.sampled_from(Sla.values),
        "kind": st.none() | st.sampled_from(FeedbackKind.values),
        "told_beforehand": CHOICE,
        "courteous": CHOICE,
        "name": st.just("Ada"),
        "said_on": st.just("2026-01-31"),
    }
)


@FEW
@given(said=SAID)
def test_what_was_read_and_is_sent_again_changes_nothing(cast: Cast, said: dict[str, object]) -> None:
    caller, vendor = Caller(cast.reader), make_vendor(cast.organisation, f"V {uuid4()}")
    sent = said | {"vendor": str(vendor.uuid)}
    added = caller.post("/feedback", sent).json()
    assert {name: added[name] for name in sent} == sent
    entries = AuditEntry.objects.count()
    known = {name: value for name, value in added.items() if name not in NOT_WRITTEN}
    assert caller.patch(f"/feedback/{added['uuid']}", known).json() == added
    assert AuditEntry.objects.count() == entries


def test_what_the_incident_knows_need_not_be_said_again(cast: Cast) -> None:
    caller, vendor = Caller(cast.reader), make_vendor(cast.organisation)
    service = Service.objects.create(vendor=vendor, name="Payroll")
    incident = make_incident(vendor, service=service, sla=Sla.MISSED)
    said = caller.post("/feedback", {"vendor": str(vendor.uuid), "feeling": 1, "incident": str(incident.uuid)}).json()
    assert (said["incident"], said["service"], said["sla"]) == (str(incident.uuid), str(service.uuid), "missed")
    path = f"/feedback/{said['uuid']}"
    assert caller.patch(path, {"incident": None}).json()["incident"] is None
    assert caller.patch(path, {"incident": str(incident.uuid)}).json()["incident"] == str(incident.uuid)
    assert AuditEntry.objects.filter(verb="feedback.changed").count() == 2


@pytest.mark.parametrize(
    ("body", "path"),
    [
        ({"feeling": 6}, "/feeling"),
        ({"feeling": 10**30}, "/feeling"),
        ({"feeling": "3"}, "/feeling"),
        ({"feeling": 3, "said_on": "9999-12-31"}, "/said_on"),
        ({"feeling": 3, "comment": "x" * 4001}, "/comment"),
        ({"feeling": 3, "service": str(uuid4())}, "/service"),
        ({"feeling": 3, "incident": str(uuid4())}, "/incident"),
        ({"feeling": 3, "department": str(uuid4())}, "/department"),
        ({"feeling": 3, "vendor": str(uuid4())}, "/vendor"),
        ({"feeling": 3, "name": "\u200b"}, "/name"),
    ],
)
def test_what_cannot_be_said_is_told_at_its_path(cast: Cast, body: dict[str, object], path: str) -> None:
    vendor = make_vendor(cast.organisation)
    refused = Caller(cast.reader).post("/feedback", {"vendor": str(vendor.uuid)} | body)
    assert refused.status_code == 422
    assert [error["path"] for error in refused.json()["errors"]] == [path]


def test_what_belongs_to_another_vendor_is_refused(cast: Cast) -> None:
    vendor, other = make_vendor(cast.organisation), make_vendor(cast.organisation, "Other")
    service, incident = Service.objects.create(vendor=other, name="Payroll"), make_incident(other)
    for name, row in (("service", service), ("incident", incident)):
        body = {"vendor": str(vendor.uuid), "feeling": 3, name: str(row.uuid)}
        refused = Caller(cast.reader).post("/feedback", body)
        assert [error["path"] for error in refused.json()["errors"]] == [f"/{name}"]


def test_only_who_wrote_it_and_who_edits_vendors_change_an_entry(cast: Cast) -> None:
    vendor = make_vendor(cast.organisation)
    path = f"/feedback/{make_feedback(vendor, created_by=cast.reader.user).uuid}"
    assert Caller(cast.approver).patch(path, {"feeling": 5}).status_code == 403
    assert Caller(cast.approver).delete(path).status_code == 403
    read = Caller(cast.reader).get(path)
    assert Caller(cast.reader).patch(path, {"feeling": 5}, If_Match=read["ETag"]).json()["feeling"] == 5
    assert Caller(cast.admin).delete(path, If_Match=read["ETag"]).status_code == 412
    assert Caller(cast.admin).delete(path).status_code == 204
    assert not Feedback.objects.exists()


def test_the_log_is_narrowed_and_read_by_pages(cast: Cast) -> None:
    caller, today = Caller(cast.reader), timezone.localdate()
    one, two = make_vendor(cast.organisation), make_vendor(cast.organisation, "Other")
    for number in range(4):
        make_feedback(one, feeling=number + 1, said_on=today - timedelta(days=number // 2), comment=f"Word {number}")
    make_feedback(two, sla=Sla.MISSED, said_on=today)
    days = [row["said_on"] for row in all_of(caller, "/feedback")]
    assert (len(days), days) == (5, sorted(days, reverse=True))
    assert len(all_of(caller, f"/feedback?vendor={one.uuid}")) == 4
    assert len(all_of(caller, f"/feedback?since={today}")) == 3
    assert len(all_of(caller, f"/feedback?until={today - timedelta(days=1)}")) == 2
    assert [row["feeling"] for row in all_of(caller, "/feedback?q=word%203")] == [4]
    assert len(all_of(caller, "/feedback?sla=missed&feeling=3")) == 1
    assert caller.get("/feedback?since=20260101").status_code == 422
    assert caller.get("/feedback?q=%00").status_code == 422


def test_strangers_and_outside_raters_read_no_word(cast: Cast) -> None:
    entry = make_feedback(make_vendor(cast.organisation))
    assert all_of(Caller(cast.stranger), "/feedback") == []
    assert Caller(cast.stranger).get(f"/feedback/{entry.uuid}").status_code == 404
    outside = Caller(make_member(cast.organisation, "outside", Role.RATER))
    assert outside.get("/feedback").status_code == outside.get(f"/feedback/{entry.uuid}").status_code == 403
    assert outside.post("/feedback", {"vendor": str(entry.vendor.uuid), "feeling": 1}).status_code == 403


def test_the_log_costs_the_same_however_long(cast: Cast) -> None:
    caller, vendor = Caller(cast.reader), make_vendor(cast.organisation)
    make_feedback(vendor, department=cast.department, incident=make_incident(vendor))
    one = cost_of(caller, "/feedback")
    for number in range(3):
        other = make_vendor(cast.organisation, f"V {number}")
        make_feedback(other, service=Service.objects.create(vendor=other, name="Payroll"))
    assert cost_of(caller, "/feedback") == one == 2
