"""Contracts and papers through the API."""

from __future__ import annotations

from datetime import date, timedelta
from uuid import uuid4

import pytest
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accounts.models import AuditEntry
from tests.factories import Cast, make_contract, make_vendor
from tests.vendors.api.asking import Caller, all_of, cost_of
from vendors.models import Contract, Paper, Service

pytestmark = pytest.mark.django_db
FEW = settings(max_examples=5, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
WRITTEN = ("reference", "starts_on", "ends_on", "notice", "notice_unit", "renews_months", "owner", "services", "note")


def in_a_year() -> date:
    return timezone.localdate() + timedelta(days=365)


def test_a_contract_says_by_when_it_must_be_decided(cast: Cast) -> None:
    vendor = make_vendor(cast.organisation)
    service = Service.objects.create(vendor=vendor, name="Payroll")
    sent = {
        "reference": "C-2026-1",
        "starts_on": "2026-01-01",
        "ends_on": in_a_year().isoformat(),
        "notice": 30,
        "notice_unit": "days",
        "renews_months": 12,
        "owner": str(cast.colleague.uuid),
        "services": [str(service.uuid)],
        "note": "Signed twice.",
    }
    added = Caller(cast.assessor).post(f"/vendors/{vendor.uuid}/contracts", sent)
    assert added.status_code == 201
    assert added.json() | sent == added.json()
    assert added.json()["decide_by"] == (in_a_year() - timedelta(days=30)).isoformat()
    assert Contract.objects.get().owner == cast.colleague.user
    assert Caller(cast.reader).get(f"/contracts/{added.json()['uuid']}").json() == added.json()


@FEW
@given(
    days=st.integers(1, 3000),
    notice=st.none() | st.integers(0, 120),
    unit=st.sampled_from(["days", "months"]),
    renews=st.none() | st.integers(1, 120),
)
def test_what_was_read_and_is_sent_again_changes_nothing(
    cast: Cast, days: int, notice: int | None, unit: str, renews: int | None
) -> None:
    caller, vendor = Caller(cast.assessor), make_vendor(cast.organisation, f"V {uuid4()}")
    end = (timezone.localdate() + timedelta(days=days)).isoformat()
    sent = {"reference": "C", "ends_on": end, "notice": notice, "notice_unit": unit, "renews_months": renews}
    added = caller.post(f"/vendors/{vendor.uuid}/contracts", sent).json()
    assert {name: added[name] for name in sent} == sent
    entries = AuditEntry.objects.count()
    again = caller.patch(f"/contracts/{added['uuid']}", {name: added[name] for name in WRITTEN})
    assert again.json() == added
    assert AuditEntry.objects.count() == entries


@pytest.mark.parametrize(
    ("body", "paths"),
    [
        ({"reference": "C", "ends_on": "20260101"}, ["/ends_on"]),
        ({"reference": "C", "ends_on": 3}, ["/ends_on"]),
        ({"reference": "C", "ends_on": "0001-01-01"}, ["/ends_on"]),
        ({"reference": "C", "renews_months": 12}, ["/ends_on"]),
        ({"reference": "C", "notice": 121}, ["/notice"]),
        ({"reference": "C", "notice": 10**20}, ["/notice"]),
        ({"reference": "C", "services": [str(uuid4())]}, ["/services/0"]),
        ({"reference": "C", "owner": str(uuid4())}, ["/owner"]),
        ({"notice": 1}, ["/reference"]),
    ],
)
def test_what_a_contract_cannot_say_is_told_at_its_path(cast: Cast, body: dict[str, object], paths: list[str]) -> None:
    vendor = make_vendor(cast.organisation)
    refused = Caller(cast.assessor).post(f"/vendors/{vendor.uuid}/contracts", body)
    assert refused.status_code == 422
    assert [error["path"] for error in refused.json()["errors"]] == paths


def test_a_stranger_or_an_outsider_owns_nothing(cast: Cast) -> None:
    vendor = make_vendor(cast.organisation)
    body = {"reference": "C", "owner": str(cast.stranger.uuid)}
    refused = Caller(cast.assessor).post(f"/vendors/{vendor.uuid}/contracts", body)
    assert [error["path"] for error in refused.json()["errors"]] == ["/owner"]


def test_a_term_is_decided_about_and_opened_again(cast: Cast) -> None:
    caller, vendor = Caller(cast.assessor), make_vendor(cast.organisation)
    contract = make_contract(vendor, ends_on=in_a_year(), notice=1, renews_months=12)
    path = f"/contracts/{contract.uuid}"
    read = caller.get(path)
    refused = caller.put(f"{path}/decision", {"decision": "end"})
    assert [error["path"] for error in refused.json()["errors"]] == ["/reason"]
    decided = caller.put(f"{path}/decision", {"decision": "end", "reason": "Too slow."}, If_Match=read["ETag"])
    assert (decided.json()["decision"], decided.json()["decided_by"]) == ("end", str(cast.assessor.uuid))
    late = caller.put(f"{path}/decision", {"decision": "continue", "reason": "Fine."}, If_Match=read["ETag"])
    assert late.status_code == 412
    assert caller.get("/contracts?decide_until=2199-01-01").json()["items"] == []
    opened = caller.put(f"{path}/decision", {"decision": None})
    assert (opened.json()["decision"], opened.json()["decided_by"]) == (None, None)
    entries = AuditEntry.objects.count()
    assert caller.put(f"{path}/decision", {"decision": None}).status_code == 200
    assert AuditEntry.objects.count() == entries
    assert [row["uuid"] for row in caller.get("/contracts?decide_until=2199-01-01").json()["items"]] == [
        str(contract.uuid)
    ]


def test_a_contract_that_ended_stays_on_record(cast: Cast) -> None:
    caller, contract = Caller(cast.assessor), make_contract(make_vendor(cast.organisation), ends_on=in_a_year())
    path, today = f"/contracts/{contract.uuid}", timezone.localdate().isoformat()
    assert caller.put(f"{path}/end", {"ended_on": in_a_year().isoformat()}).status_code == 422
    assert caller.put(f"{path}/end", {"ended_on": today}).json()["ended_on"] == today
    refused = caller.put(f"{path}/decision", {"decision": "end", "reason": "Over."})
    assert (refused.status_code, refused.json()["code"]) == (409, "refused")
    assert caller.get("/contracts").json()["items"] == []
    assert len(caller.get("/contracts?state=ended").json()["items"]) == 1
    assert caller.put(f"{path}/end", {"ended_on": None}).json()["ended_on"] is None
    assert caller.delete(path).status_code == 204
    assert caller.get("/contracts?state=all").json()["items"] == []


def test_a_newer_paper_stands_in_the_place_of_the_old_one(cast: Cast) -> None:
    caller, vendor = Caller(cast.assessor), make_vendor(cast.organisation)
    sent = {"kind": "certificate", "name": "ISO 27001", "expires_on": "2026-12-31", "owner": str(cast.admin.uuid)}
    old = caller.post(f"/vendors/{vendor.uuid}/papers", sent).json()
    assert old | sent == old
    entries = AuditEntry.objects.count()
    assert caller.patch(f"/papers/{old['uuid']}", sent | {"issued_on": None, "note": ""}).json() == old
    assert AuditEntry.objects.count() == entries
    new = caller.post(f"/papers/{old['uuid']}/replacement", sent | {"expires_on": "2029-12-31"})
    assert new.status_code == 201
    assert caller.get(f"/papers/{old['uuid']}").json()["replaced_by"] == new.json()["uuid"]
    assert caller.get("/papers").json()["items"] == [new.json()]
    assert len(all_of(caller, "/papers?state=all")) == 2
    assert caller.post(f"/papers/{old['uuid']}/replacement", sent).status_code == 409
    assert caller.delete(f"/papers/{new.json()['uuid']}").status_code == 204
    assert caller.get("/papers").json()["items"] == [old]


def test_another_organisation_finds_no_contract_and_no_paper(cast: Cast) -> None:
    vendor = make_vendor(cast.organisation)
    contract, paper = make_contract(vendor), Paper.objects.create(vendor=vendor, kind="policy", name="Liability")
    stranger = Caller(cast.stranger)
    assert all_of(stranger, "/contracts?state=all") == all_of(stranger, "/papers?state=all") == []
    for path in (f"/contracts/{contract.uuid}", f"/papers/{paper.uuid}"):
        assert stranger.get(path).status_code == stranger.delete(path).status_code == 404
    assert Caller(cast.reader).delete(f"/contracts/{contract.uuid}").status_code == 403


def test_lists_cost_the_same_however_long(cast: Cast) -> None:
    caller = Caller(cast.reader)

    def add(number: int) -> None:
        vendor = make_vendor(cast.organisation, f"V {number}")
        contract = make_contract(vendor, owner=cast.admin.user)
        contract.services.add(Service.objects.create(vendor=vendor, name="Payroll"))
        Paper.objects.create(vendor=vendor, kind="policy", name="Liability", owner=cast.reader.user)

    add(0)
    one = [cost_of(caller, path) for path in ("/contracts", "/papers")]
    for number in range(1, 4):
        add(number)
    assert [cost_of(caller, path) for path in ("/contracts", "/papers")] == one == [4, 3]
