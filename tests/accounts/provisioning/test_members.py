"""What a directory says becomes members, roles, and closed doors; and nothing more than that."""

from __future__ import annotations

import pytest
from django.core import mail
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import ApiToken, AuditEntry, MailDomain, Membership, ProvisionedGroup, Role, User
from accounts.operations import Scope
from assessments import preferences
from tests.accounts.provisioning.conftest import GROUP, PATCH, USER, Call, add_group, add_user, caller
from tests.factories import PASSWORD, Cast, add_rater, make_assessment, make_member, make_token

pytestmark = pytest.mark.django_db


def patch(*operations: dict[str, object]) -> dict[str, object]:
    return {"schemas": [PATCH], "Operations": list(operations)}


def member(name: str) -> Membership:
    return Membership.objects.get(user__email=f"{name}@example.org")


def test_who_is_in_no_group_with_a_role_is_not_let_in(cast: Cast, domain: MailDomain, call: Call) -> None:
    add_group(call, "Canteen", "", add_user(call, "cora"))
    assert not User.objects.filter(email="cora@example.org").exists()


def test_the_strongest_of_several_groups_gives_the_role(cast: Cast, domain: MailDomain, call: Call) -> None:
    readers, approvers = add_group(call, "Readers", Role.READER), add_group(call, "Deciders", Role.APPROVER)
    cora = add_user(call, "cora")
    for group in (readers, approvers):
        call("PATCH", f"/Groups/{group}", patch({"op": "add", "path": "members", "value": [{"value": cora}]}))
    assert member("cora").role == Role.APPROVER
    call("PATCH", f"/Groups/{approvers}", patch({"op": "remove", "path": f'members[value eq "{cora}"]'}))
    assert member("cora").role == Role.READER
    entry = AuditEntry.objects.of_verb("member.changed").latest("pk")
    assert (entry.through, entry.before["role"], entry.after["role"]) == ("Directory", "approver", "reader")


def test_a_role_that_a_group_gets_later_reaches_its_people(
    cast: Cast, domain: MailDomain, call: Call, client: Client
) -> None:
    group = add_group(call, "Buyers", "", add_user(call, "cora"), add_user(call, "dora"))
    client.force_login(cast.admin.user)
    row = ProvisionedGroup.objects.get(uuid=group)
    client.post(reverse("directory_group", args=[row.pk]), {f"g{row.pk}-role": "assessor"})
    assert {member(name).role for name in ("cora", "dora")} == {Role.ASSESSOR}


@pytest.mark.parametrize(
    "change",
    [
        ("PATCH", patch({"op": "replace", "path": "active", "value": False})),
        ("PATCH", patch({"op": "Replace", "value": {"active": False}})),  # as Microsoft's says it
        ("PUT", {"schemas": [USER], "userName": "cora@example.org", "active": False}),
        ("DELETE", None),
    ],
    ids=["patch", "patch without path", "put", "delete"],
)
def test_who_is_deactivated_is_out_at_once(
    cast: Cast, domain: MailDomain, call: Call, change: tuple[str, object]
) -> None:
    cora = add_user(call, "cora")
    group = add_group(call, "Buyers", Role.ASSESSOR)
    call("PATCH", f"/Groups/{group}", patch({"op": "add", "path": "members", "value": [{"value": cora}]}))
    person, browser = member("cora"), Client()
    browser.force_login(person.user)
    token = make_token(person, Scope.BANK_READ)
    calendar = preferences.renew_calendar(person.user, now=timezone.now())
    assert browser.get(reverse("work")).status_code == 200

    method, body = change
    assert call(method, f"/Users/{cora}", body).status_code in (200, 204)

    assert browser.get(reverse("work")).status_code == 302
    assert Client().get("/api/v1/me", headers={"Authorization": f"Bearer {token}"}).status_code == 401
    assert not ApiToken.objects.filter(member=person, revoked_at=None).exists()
    assert preferences.owner_of_calendar(calendar) is None
    if method != "DELETE":  # back again: the doors of before stay closed, except the way in
        call("PATCH", f"/Users/{cora}", patch({"op": "replace", "path": "active", "value": True}))
        assert member("cora").is_active
        assert browser.get(reverse("work")).status_code == 302
        assert Client().get("/api/v1/me", headers={"Authorization": f"Bearer {token}"}).status_code == 401


def test_administrators_are_told_what_now_waits(
    cast: Cast, domain: MailDomain, call: Call, django_capture_on_commit_callbacks: object, client: Client
) -> None:
    cora = add_user(call, "cora")
    add_group(call, "Buyers", Role.ASSESSOR)
    group = ProvisionedGroup.objects.get()
    call("PATCH", f"/Groups/{group.uuid}", patch({"op": "add", "path": "members", "value": [{"value": cora}]}))
    assessment = make_assessment(cast.assessor, state="collecting")
    add_rater(assessment, member("cora"))
    with django_capture_on_commit_callbacks(execute=True):  # type: ignore[operator]
        make_service_of(cast)("DELETE", f"/Users/{cora}")
    assert [one.to for one in mail.outbox] == [[cast.admin.user.email]]
    assert assessment.reference in mail.outbox[0].body
    client.force_login(cast.admin.user)
    page = client.get(reverse("member_edit", args=[member("cora").pk])).content.decode()
    assert assessment.reference in page
    assert reverse("assessment_raters", args=[assessment.pk]) in page


def make_service_of(cast: Cast) -> Call:
    """A service of the organisation, as a directory has one."""
    user = User.objects.create(email="directory@service.invalid", name="Directory", made_by=cast.admin.user)
    service = Membership.everybody.create(user=user, organisation=cast.organisation, role=Role.ADMIN, is_service=True)
    return caller(make_token(service, Scope.DIRECTORY, name="Directory"))


def test_the_last_administrator_stays(cast: Cast, domain: MailDomain, call: Call) -> None:
    admin = add_user(call, "admin")
    group = add_group(call, "Admins", Role.ADMIN)
    call("PATCH", f"/Groups/{group}", patch({"op": "add", "path": "members", "value": [{"value": admin}]}))
    assert member("admin") == cast.admin
    response = call("PATCH", f"/Users/{admin}", patch({"op": "replace", "path": "active", "value": False}))
    assert response.status_code == 409
    assert "last active administrator" in response.said["detail"]
    assert member("admin").is_active


def test_an_address_of_a_foreign_domain_is_refused(cast: Cast, domain: MailDomain, call: Call) -> None:
    cora = add_user(call, "cora", emails=[{"value": "cora@example.com", "primary": True}])
    group = add_group(call, "Buyers", Role.ASSESSOR)
    response = call("PATCH", f"/Groups/{group}", patch({"op": "add", "path": "members", "value": [{"value": cora}]}))
    assert response.status_code == 400
    assert "example.com" in response.said["detail"]
    assert not User.objects.filter(email="cora@example.com").exists()


def test_without_a_confirmed_domain_nobody_is_let_in(cast: Cast, domain: MailDomain, call: Call) -> None:
    MailDomain.objects.update(confirmed_at=None)
    cora = add_user(call, "cora")
    group = add_group(call, "Buyers", Role.ASSESSOR)
    add = patch({"op": "add", "path": "members", "value": [{"value": cora}]})
    assert call("PATCH", f"/Groups/{group}", add).status_code == 400


def test_a_directory_reaches_nobody_elsewhere(cast: Cast, domain: MailDomain, call: Call) -> None:
    elsewhere = make_member(cast.other_organisation, "olga", Role.ADMIN)
    theirs = caller(make_token(elsewhere, Scope.DIRECTORY))
    foreign = add_user(theirs, "oscar")
    assert call("GET", f"/Users/{foreign}").status_code == 404
    assert call("DELETE", f"/Users/{foreign}").status_code == 404
    assert call("GET", "/Users").said["totalResults"] == 0
    assert call("GET", '/Users?filter=userName eq "oscar@example.org"').said["totalResults"] == 0
    group = {"schemas": [GROUP], "displayName": "Theirs", "members": [{"value": foreign}]}
    assert call("POST", "/Groups", group).status_code == 400


def test_a_person_of_another_organisation_keeps_their_sign_in(cast: Cast, domain: MailDomain, call: Call) -> None:
    """Whoever works for two is a member here by the directory, and stays one there whatever it says."""
    stranger = cast.stranger
    stranger.user.set_password(PASSWORD)
    stranger.user.save()
    here = add_user(call, "stranger")
    group = add_group(call, "Buyers", Role.ASSESSOR)
    call("PATCH", f"/Groups/{group}", patch({"op": "add", "path": "members", "value": [{"value": here}]}))
    call("DELETE", f"/Users/{here}")
    stranger.refresh_from_db()
    stranger.user.refresh_from_db()
    assert stranger.is_active
    assert stranger.user.check_password(PASSWORD)


def test_a_version_that_was_changed_meanwhile_is_refused(cast: Cast, call: Call) -> None:
    cora = add_user(call, "cora")
    seen = call("GET", f"/Users/{cora}")["ETag"]
    rename = patch({"op": "replace", "path": "displayName", "value": "Cora Other"})
    assert call("PATCH", f"/Users/{cora}", rename, **{"If-Match": seen}).status_code == 200
    assert call("PATCH", f"/Users/{cora}", rename, **{"If-Match": seen}).status_code == 412


def test_a_name_is_there_once(cast: Cast, call: Call) -> None:
    add_user(call, "cora")
    response = call("POST", "/Users", {"schemas": [USER], "userName": "CORA@example.org"})
    assert (response.status_code, response.said["scimType"]) == (409, "uniqueness")


def test_a_token_without_the_scope_is_refused_as_scim_says_it(cast: Cast) -> None:
    response = caller(make_token(cast.admin, Scope.VENDORS_READ))("GET", "/Users")
    assert response.status_code == 403
    assert response.said["schemas"] == ["urn:ietf:params:scim:api:messages:2.0:Error"]
    assert caller(make_token(cast.assessor, Scope.DIRECTORY))("GET", "/Users").status_code == 403


def test_what_is_not_kept_is_dropped(cast: Cast, call: Call) -> None:
    cora = add_user(call, "cora", password="secret", phoneNumbers=[{"value": "+32 2 555 01 01"}], nickName="C")
    said = call("GET", f"/Users/{cora}").said
    assert not {"password", "phoneNumbers", "nickName"} & said.keys()


def test_a_list_costs_the_same_however_many_there_are(
    cast: Cast, call: Call, django_assert_num_queries: object
) -> None:
    group = add_group(call, "Buyers", "", *(add_user(call, f"p{number}") for number in range(3)))
    assert group
    call("GET", "/Users")
    for more in (0, 5):
        for number in range(more):
            add_user(call, f"q{number}")
        with django_assert_num_queries(4):  # type: ignore[operator]
            call("GET", "/Users")
