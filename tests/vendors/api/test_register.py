"""Vendors, services and contacts through the API: the same functions, rights and trail as the pages."""

from __future__ import annotations

from uuid import uuid4

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accounts.models import AuditEntry, Role
from accounts.operations import Scope
from tests.factories import Cast, make_member, make_vendor
from tests.vendors.api.asking import Caller, all_of, cost_of
from vendors.models import Contact, Service, Tier, Vendor

pytestmark = pytest.mark.django_db
FEW = settings(max_examples=5, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
LINE = st.text(alphabet=st.characters(codec="ascii", categories=("L", "N")), min_size=1, max_size=30)


def test_a_vendor_is_added_read_and_changed(cast: Cast) -> None:
    caller = Caller(cast.assessor)
    sent = {
        "name": "Example Systems",
        "reference": "K-12",
        "tier": "critical",
        "website": "https://example.org",
        "country": "Belgium",
        "months_to_replace": 9,
        "notes": "Two lines,\nboth kept.",
        "department": str(cast.department.uuid),
    }
    added = caller.post("/vendors", sent)
    assert added.status_code == 201
    read = caller.get(added["Location"].removeprefix("/api/v1"))
    assert read.json() | sent == read.json() == added.json()
    assert read["ETag"] == added["ETag"]
    changed = caller.patch(f"/vendors/{read.json()['uuid']}", {"tier": "standard"}, If_Match=read["ETag"])
    assert (changed.json()["tier"], changed.json()["notes"]) == ("standard", "Two lines,\nboth kept.")
    told = AuditEntry.objects.filter(verb__startswith="vendor.").order_by("pk").values_list("verb", "after__tier")
    assert list(told) == [("vendor.added", "critical"), ("vendor.changed", "standard")]


def test_an_older_tag_changes_nothing(cast: Cast) -> None:
    caller, vendor = Caller(cast.assessor), make_vendor(cast.organisation)
    read = caller.get(f"/vendors/{vendor.uuid}")
    assert caller.patch(f"/vendors/{vendor.uuid}", {"country": "France"}, If_Match=read["ETag"]).status_code == 200
    second = caller.patch(f"/vendors/{vendor.uuid}", {"country": "Italy"}, If_Match=read["ETag"])
    assert (second.status_code, second.json()["code"]) == (412, "changed")
    vendor.refresh_from_db()
    assert vendor.country == "France"


@FEW
@given(notes=LINE, country=LINE, months=st.none() | st.integers(0, 120), tier=st.sampled_from(Tier.values))
def test_what_was_read_and_is_sent_again_changes_nothing(
    cast: Cast, notes: str, country: str, months: int | None, tier: str
) -> None:
    caller = Caller(cast.assessor)
    sent = {"name": f"V {uuid4()}", "notes": notes, "country": country, "months_to_replace": months, "tier": tier}
    added = caller.post("/vendors", sent).json()
    assert {name: added[name] for name in sent} == sent
    path, entries = f"/vendors/{added['uuid']}", AuditEntry.objects.count()
    known = {name: added[name] for name in (*sent, "reference", "website", "department")}
    assert caller.patch(path, known).json() == added
    assert AuditEntry.objects.count() == entries


def test_a_name_that_is_in_use_is_said_beside_the_field(cast: Cast) -> None:
    make_vendor(cast.organisation, "Example Systems")
    refused = Caller(cast.assessor).post("/vendors", {"name": "example systems"})
    assert refused.status_code == 422
    assert refused.json()["errors"] == [
        {"path": "/name", "detail": "Your organisation has a vendor of this name already."}
    ]


@pytest.mark.parametrize(
    ("body", "path"),
    [
        ({"name": "A", "tier": "huge"}, "/tier"),
        ({"name": "A", "months_to_replace": 10**30}, "/months_to_replace"),
        ({"name": "A", "months_to_replace": "3"}, "/months_to_replace"),
        ({"name": "A\x00"}, "/name"),
        ({"name": "\ud800"}, "/name"),
        ({"name": "\u200b"}, "/name"),
        ({"name": None}, "/name"),
        ({"name": "A", "website": "no address"}, "/website"),
        ({"name": "A", "owner": "me"}, "/owner"),
        ({"name": "A", "department": str(uuid4())}, "/department"),
        ({"name": "A", "reference": "x" * 41}, "/reference"),
    ],
)
def test_what_no_column_takes_is_said_at_its_path(cast: Cast, body: dict[str, object], path: str) -> None:
    refused = Caller(cast.assessor).post("/vendors", body)
    assert refused.status_code == 422
    assert [error["path"] for error in refused.json()["errors"]] == [path]


def test_the_list_is_narrowed(cast: Cast) -> None:
    caller = Caller(cast.reader)
    first = make_vendor(cast.organisation, "First", reference="K-1", tier=Tier.CRITICAL, department=cast.department)
    second = make_vendor(cast.organisation, "Second")
    Service.objects.create(vendor=second, name="Payroll")
    make_vendor(cast.other_organisation, "First")
    caller_writes = Caller(cast.assessor)
    put_away = make_vendor(cast.organisation, "Third")
    assert caller_writes.post(f"/vendors/{put_away.uuid}/archive").json()["archived_at"] is not None

    def names(query: str) -> list[str]:
        return [row["name"] for row in caller.get(f"/vendors?{query}").json()["items"]]

    assert names("") == ["First", "Second"]
    assert names("state=archived") == ["Third"]
    assert names("name=first&reference=K-1&tier=critical") == ["First"]
    assert names(f"department={cast.department.uuid}") == ["First"]
    assert names("q=payr") == ["Second"]
    assert names("changed_since=2199-01-01T00:00:00Z") == []
    assert caller.get("/vendors?changed_since=0001-01-01T00:00:00%2B14:00").status_code == 422
    assert caller.get("/vendors?changed_since=2026-01-01T00:00:00").status_code == 422
    assert [row["name"] for row in all_of(caller, "/vendors?state=all")] == ["First", "Second", "Third"]
    assert caller_writes.post(f"/vendors/{put_away.uuid}/restore").json()["archived_at"] is None
    assert first.archived_at is None


def test_services_and_contacts_are_kept(cast: Cast) -> None:
    caller, vendor = Caller(cast.admin), make_vendor(cast.organisation)
    service = caller.post(f"/vendors/{vendor.uuid}/services", {"name": "Payroll", "mission_critical": True})
    contact = caller.post(f"/vendors/{vendor.uuid}/contacts", {"name": "Ada", "email": "ada@example.org"})
    assert (service.status_code, contact.status_code) == (201, 201)
    assert contact.json()["language"] == cast.organisation.language
    for path, row in (("/services", service.json()), ("/contacts", contact.json())):
        assert caller.get(f"{path}?vendor={vendor.uuid}").json()["items"] == [row]
        assert caller.get(f"{path}/{row['uuid']}").json() == row
        entries = AuditEntry.objects.count()
        same = {name: value for name, value in row.items() if name not in ("uuid", "vendor")}
        assert caller.patch(f"{path}/{row['uuid']}", same).json() == row
        assert AuditEntry.objects.count() == entries
        assert caller.patch(f"{path}/{row['uuid']}", {"name": "Other"}).json() == row | {"name": "Other"}
        assert caller.delete(f"{path}/{row['uuid']}", If_Match='"old"').status_code == 412
        assert caller.delete(f"{path}/{row['uuid']}").status_code == 204
        assert caller.get(f"{path}/{row['uuid']}").status_code == 404
    assert not Service.objects.exists()
    assert not Contact.objects.exists()


def test_whether_a_service_is_mission_critical_is_asked(cast: Cast) -> None:
    vendor = make_vendor(cast.organisation)
    refused = Caller(cast.assessor).post(f"/vendors/{vendor.uuid}/services", {"name": "Payroll"})
    assert [error["path"] for error in refused.json()["errors"]] == ["/mission_critical"]


def test_another_organisation_finds_nothing(cast: Cast) -> None:
    vendor = make_vendor(cast.organisation)
    service = Service.objects.create(vendor=vendor, name="Payroll")
    contact = Contact.objects.create(vendor=vendor, name="Ada")
    stranger = Caller(cast.stranger)
    assert (
        all_of(stranger, "/vendors?state=all") == all_of(stranger, "/services") == all_of(stranger, "/contacts") == []
    )
    for path in (f"/vendors/{vendor.uuid}", f"/services/{service.uuid}", f"/contacts/{contact.uuid}"):
        assert stranger.get(path).status_code == 404
        assert stranger.patch(path, {"name": "Mine"}).status_code == 404
    assert stranger.post(f"/vendors/{vendor.uuid}/archive").status_code == 404
    assert stranger.post(f"/vendors/{vendor.uuid}/contacts", {"name": "Me"}).status_code == 404


def test_role_and_scope_both_decide(cast: Cast) -> None:
    vendor = make_vendor(cast.organisation)
    outside = make_member(cast.organisation, "outside", Role.RATER)
    assert Caller(cast.reader).patch(f"/vendors/{vendor.uuid}", {"notes": "x"}).status_code == 403
    assert Caller(cast.assessor, Scope.VENDORS_READ).post("/vendors", {"name": "A"}).status_code == 403
    assert Caller(cast.assessor, Scope.VENDORS_WRITE).get("/vendors").status_code == 403
    for path in ("/vendors", "/services", "/contacts", "/members", "/departments", f"/vendors/{vendor.uuid}"):
        assert Caller(outside).get(path).status_code == 403


def test_lists_cost_the_same_however_long(cast: Cast) -> None:
    caller = Caller(cast.reader)

    paths = ("/vendors", "/services", "/contacts", "/members", "/departments")
    empty = [cost_of(caller, path) for path in paths]
    for number in range(3):
        vendor = make_vendor(cast.organisation, f"V {number}", department=cast.department)
        Service.objects.create(vendor=vendor, name="Payroll", department=cast.department)
        Contact.objects.create(vendor=vendor, name="Ada")
        make_member(cast.organisation, f"m{number}", Role.READER, department=cast.department)
    assert [cost_of(caller, path) for path in paths] == empty == [1, 1, 1, 1, 1]


def test_addresses_of_members_are_told_to_administrators(cast: Cast) -> None:
    gone = make_member(cast.organisation, "gone", Role.READER, is_active=False)
    make_member(cast.other_organisation, "away", Role.READER)
    seen = {row["name"]: row for row in all_of(Caller(cast.reader), "/members")}
    assert set(seen) == {"Assessor", "Colleague", "Approver", "Reader", "Admin"}
    assert str(gone.user) not in seen
    assert {row["email"] for row in seen.values()} == {None}
    assert seen["Assessor"]["department"] == str(cast.department.uuid)
    known = {row["email"] for row in all_of(Caller(cast.admin), "/members?role=admin")}
    assert known == {cast.admin.user.email}


def test_a_write_that_names_itself_is_done_once(cast: Cast) -> None:
    caller = Caller(cast.assessor)
    first, again = (caller.post("/vendors", {"name": "Once"}, Idempotency_Key="k-1") for _ in range(2))
    assert (first.json(), again["Idempotency-Replayed"]) == (again.json(), "true")
    assert Vendor.objects.filter(name="Once").count() == 1


def test_a_contact_is_erased_for_good(cast: Cast) -> None:
    contact = Contact.objects.create(vendor=make_vendor(cast.organisation), name="Ada Byron", email="ada@example.org")
    path = f"/contacts/{contact.uuid}/erase"
    assert Caller(cast.stranger).post(path).status_code == 404
    assert Caller(cast.reader).post(path).status_code == 403
    caller = Caller(cast.assessor)
    assert caller.post(path).status_code == 204
    left = caller.get(f"/contacts/{contact.uuid}").json()
    assert (left["name"].startswith("Former contact"), left["email"], left["phone"]) == (True, "", "")
