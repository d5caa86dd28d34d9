"""A directory says what it likes of its own people: it takes over nobody’s account, and breaks nothing."""

from __future__ import annotations

from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from django.utils import timezone

from accounts.members import invitations
from accounts.models import MailDomain, Membership, Organisation, ProvisionedGroup, ProvisionedPerson, Role, User
from accounts.operations import Scope
from accounts.provisioning import keeping
from tests.accounts.provisioning.conftest import GROUP, PATCH, USER, Call, add_user
from tests.factories import Cast, make_member, make_token

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("domain")]


@pytest.fixture
def readers(cast: Cast) -> ProvisionedGroup:
    return ProvisionedGroup.objects.create(organisation=cast.organisation, name="Everybody", role=Role.READER)


def put_in(call: Call, group: ProvisionedGroup, *people: str) -> Any:
    members = [{"value": one} for one in people]
    body = {"schemas": [PATCH], "Operations": [{"op": "add", "path": "members", "value": members}]}
    return call("PATCH", f"/Groups/{group.uuid}", body)


@pytest.fixture
def boss(db: None) -> Membership:
    """Of another organisation, with an address in the domain of this one."""
    return make_member(Organisation.objects.create(name="Hill Clinic", slug="hill"), "boss", Role.ADMIN)


def test_an_account_of_another_organisation_is_neither_taken_nor_renamed(
    call: Call, cast: Cast, readers: ProvisionedGroup, boss: Membership
) -> None:
    person, name = add_user(call, "boss", displayName="Somebody Else"), boss.user.name
    refused = put_in(call, readers, person)
    assert refused.status_code == 400
    assert "invite the person first" in refused.said["detail"]
    assert [one.organisation_id for one in Membership.objects.filter(user=boss.user)] == [boss.organisation_id]

    invitation, _token = invited(cast, boss.user.email)
    assert put_in(call, readers, person).status_code == 200
    member = Membership.objects.get(user=boss.user, organisation=cast.organisation)
    assert member.role == Role.READER
    invitation.refresh_from_db()
    assert invitation.accepted_at is not None
    boss.user.refresh_from_db()
    assert boss.user.name == name


def invited(cast: Cast, email: str) -> Any:
    return invitations.invite(
        cast.admin.user,
        cast.organisation,
        email=email,
        role=Role.READER,
        department=None,
        language="en",
        now=timezone.now(),
    )


def test_who_runs_the_installation_is_not_taken_in_by_a_directory(call: Call, readers: ProvisionedGroup) -> None:
    operator = User.objects.create_user("root@example.org", None, name="Operator", is_staff=True)
    assert put_in(call, readers, add_user(call, "root", displayName="Changed")).status_code == 400
    operator.refresh_from_db()
    assert operator.name == "Operator"
    assert not operator.memberships.exists()


@pytest.mark.parametrize("said", ["\u212aate@example.org", "ka\u0131n@example.org", "kate@e\uff58ample.org"])
def test_an_address_that_only_looks_like_another_is_none(
    said: str, call: Call, cast: Cast, readers: ProvisionedGroup
) -> None:
    for name in ("kate", "kain"):
        make_member(cast.organisation, name, Role.ADMIN)
    before = set(Membership.objects.values_list("pk", "role"))
    person = call("POST", "/Users", {"schemas": [USER], "userName": said, "active": True}).said["id"]
    assert ProvisionedPerson.objects.get(uuid=person).email == ""
    assert put_in(call, readers, person).status_code == 400
    assert set(Membership.objects.values_list("pk", "role")) == before


def test_two_people_of_a_directory_cannot_have_one_account(call: Call, readers: ProvisionedGroup) -> None:
    first = add_user(call, "ann")
    second = add_user(call, "other", emails=[{"value": "ann@example.org"}])
    assert put_in(call, readers, first).status_code == 200
    refused = put_in(call, readers, second)
    assert refused.status_code == 400
    assert "Another one of the directory" in refused.said["detail"]


def test_of_two_changes_at_once_the_second_does_not_undo_the_first(
    call: Call, cast: Cast, readers: ProvisionedGroup
) -> None:
    """What the second one read has changed by the time when it writes: whoever was just shut out stays that."""
    person, colleague = add_user(call, "ann"), add_user(call, "ben")
    put_in(call, readers, person)
    row, group = ProvisionedPerson.objects.get(uuid=person), ProvisionedGroup.objects.get()  # read before
    change = {"schemas": [PATCH], "Operations": [{"op": "replace", "path": "active", "value": False}]}
    assert call("PATCH", f"/Users/{person}", change).status_code == 200
    put_in(call, readers, colleague)

    keeping.change_person(cast.admin, row, lambda stands: renamed(stands, "display_name"), match="")
    keeping.change_group(cast.admin, group, lambda stands: renamed(stands, "display_name"), match="")

    assert not Membership.objects.get(user__email="ann@example.org").is_active
    assert {one.user_name for one in readers.people.all()} == {"ann@example.org", "ben@example.org"}


def renamed(stands: Any, name: str) -> Any:
    setattr(stands, name, "Else")
    return stands


@pytest.mark.parametrize("depth", [350, 450, 500, 50_000])
def test_a_body_that_is_nested_deep_breaks_nothing(depth: int, cast: Cast) -> None:
    body = f'{{"schemas": ["{USER}"], "userName": "deep@example.org", "x": {"[" * depth}{"]" * depth}}}'
    assert raw(cast, "/Users", body.encode()).status_code in (201, 400)


def test_a_place_beyond_every_list_is_an_empty_page(call: Call) -> None:
    for path in ("/Users", "/Groups"):
        found = call("GET", f"{path}?startIndex={10**23}")
        assert (found.status_code, found.said["itemsPerPage"]) == (200, 0)


def test_of_a_person_no_more_is_kept_than_a_person_has(call: Call) -> None:
    for more in ({"emails": [{"value": f"{n}@example.org"} for n in range(2_000)]}, {"displayName": "x" * 20_000}):
        refused = call("POST", "/Users", {"schemas": [USER], "userName": "much@example.org", **more})
        assert (refused.status_code, refused.said["scimType"]) == (400, "invalidValue")
    assert not ProvisionedPerson.objects.exists()


def test_what_the_frame_refuses_is_no_page_for_people(cast: Cast) -> None:
    much = raw(cast, "/Users", b" " * (settings.DATA_UPLOAD_MAX_MEMORY_SIZE + 1))
    form = raw(cast, "/Groups", b"schemas=x", kind="application/x-www-form-urlencoded")
    assert [(one.status_code, one["Content-Type"]) for one in (much, form)] == [
        (413, "application/problem+json"),
        (400, "application/problem+json"),
    ]


def test_a_cookie_opens_no_directory(cast: Cast) -> None:
    client = Client()
    client.force_login(cast.admin.user)
    body = {"schemas": [GROUP], "displayName": "Mine"}
    for path in ("/scim/v2/Groups", "/api/v1/me"):
        assert client.post(path, body, content_type="application/json").status_code in (401, 405)
    assert not ProvisionedGroup.objects.exists()


def raw(cast: Cast, path: str, body: bytes, *, kind: str = "application/scim+json") -> Any:
    token = make_token(cast.admin, Scope.DIRECTORY, name="Directory")
    client = Client(raise_request_exception=False)
    return client.generic(
        "POST", f"/scim/v2{path}", body, content_type=kind, headers={"Authorization": f"Bearer {token}"}
    )


def test_a_domain_that_ends_the_same_is_another(cast: Cast, call: Call, readers: ProvisionedGroup) -> None:
    assert MailDomain.objects.get().domain == "example.org"
    for name in ("a@example.org.evil.example", "b@evilexample.org", "c@sub.example.org", "d@evil.example@example.orgg"):
        person = call("POST", "/Users", {"schemas": [USER], "userName": name, "active": True}).said["id"]
        assert put_in(call, readers, person).status_code == 400, name
