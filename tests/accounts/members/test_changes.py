"""Members: roles, departments, and the ways that an organisation must not lock itself out."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.members import changes as members
from accounts.members import invitations
from accounts.models import AuditEntry, Department, Invitation, Membership, Role
from tests.factories import Cast, add_rater, make_assessment, make_member

SignedIn = Callable[..., Client]


def _post(client: Client, person: Membership, **data: object) -> object:
    return client.post(reverse("member_edit", args=[person.pk]), data)


def test_admin_changes_role_and_department(cast: Cast, signed_in: SignedIn) -> None:
    client = signed_in(cast.admin)

    response = _post(client, cast.reader, role="approver", department=cast.department.pk, is_active="on")

    assert response.status_code == 302  # type: ignore[attr-defined]
    cast.reader.refresh_from_db()
    assert (cast.reader.role, cast.reader.department) == (Role.APPROVER, cast.department)


def test_changed_role_is_in_the_audit_trail_with_before_and_after(cast: Cast) -> None:
    members.change(cast.admin, cast.reader, role="approver", department=cast.department, is_active=True)

    entry = AuditEntry.objects.get(verb="member.changed")
    assert entry.actor == cast.admin.user
    assert entry.before == {"role": "reader", "department": None}
    assert entry.after == {"role": "approver", "department": "Procurement"}


def test_saving_without_a_change_records_nothing(cast: Cast) -> None:
    members.change(cast.admin, cast.reader, role="reader", department=None, is_active=True)

    assert not AuditEntry.objects.exists()


def test_nobody_changes_their_own_role(cast: Cast) -> None:
    make_member(cast.organisation, "second", Role.ADMIN)

    with pytest.raises(members.MembershipError):
        members.change(cast.admin, cast.admin, role="assessor", department=None, is_active=True)


def test_a_tampered_form_does_not_change_ones_own_role(cast: Cast, signed_in: SignedIn) -> None:
    make_member(cast.organisation, "second", Role.ADMIN)

    _post(signed_in(cast.admin), cast.admin, role="assessor", department=cast.department.pk)

    cast.admin.refresh_from_db()
    assert (cast.admin.role, cast.admin.is_active, cast.admin.department) == (Role.ADMIN, True, cast.department)


@pytest.mark.parametrize(("role", "is_active"), [("reader", True), ("admin", False)])
def test_the_last_active_administrator_stays(cast: Cast, role: str, is_active: bool) -> None:
    """Another one exists, but cannot come in: their membership, or their account, is closed."""
    second = make_member(cast.organisation, "second", Role.ADMIN)
    members.change(cast.admin, second, role="admin", department=None, is_active=False)
    third = make_member(cast.organisation, "third", Role.ADMIN)
    third.user.is_active = False
    third.user.save()

    with pytest.raises(members.MembershipError):
        members.change(second, cast.admin, role=role, department=None, is_active=is_active)

    cast.admin.refresh_from_db()
    assert (cast.admin.role, cast.admin.is_active) == (Role.ADMIN, True)


def test_one_of_two_administrators_can_go(cast: Cast) -> None:
    second = make_member(cast.organisation, "second", Role.ADMIN)

    members.change(second, cast.admin, role="reader", department=None, is_active=True)

    cast.admin.refresh_from_db()
    assert cast.admin.role == Role.READER


def test_a_department_of_another_organisation_is_no_choice(cast: Cast, signed_in: SignedIn) -> None:
    elsewhere = Department.objects.create(organisation=cast.other_organisation, name="Elsewhere")

    response = _post(signed_in(cast.admin), cast.reader, role="reader", department=elsewhere.pk, is_active="on")

    assert response.status_code == 200  # type: ignore[attr-defined]
    cast.reader.refresh_from_db()
    assert cast.reader.department is None


def test_a_deactivated_member_is_out_at_the_next_click(cast: Cast, client: Client) -> None:
    client.force_login(cast.reader.user)
    assert client.get(reverse("work")).status_code == 200

    members.change(cast.admin, cast.reader, role="reader", department=None, is_active=False)

    response = client.get(reverse("work"))
    assert (response.status_code, response["Location"]) == (302, f"{reverse('account_login')}?next={reverse('work')}")


def test_a_deactivated_account_is_signed_out(cast: Cast, client: Client) -> None:
    client.force_login(cast.reader.user)
    cast.reader.user.is_active = False
    cast.reader.user.save()

    response = client.get(reverse("work"))

    assert response.status_code == 302
    assert response["Location"].startswith(reverse("account_login"))


def test_the_list_takes_the_same_queries_for_few_and_many(
    cast: Cast, signed_in: SignedIn, django_assert_num_queries: Callable[..., object]
) -> None:
    client = signed_in(cast.admin)
    url = reverse("member_list")
    client.get(url)
    with django_assert_num_queries(6):
        client.get(url)

    for number in range(15):
        department = Department.objects.create(organisation=cast.organisation, name=f"Department {number}")
        make_member(cast.organisation, f"member{number}", Role.READER, department=department)

    with django_assert_num_queries(6):
        response = client.get(url)
    assert "Member14" in response.content.decode()


def test_members_are_listed_by_pages_and_found_by_name_and_address(cast: Cast, signed_in: SignedIn) -> None:
    for number in range(60):
        make_member(cast.organisation, f"extra{number:02}", Role.READER)
    invitations.invite(
        cast.admin.user,
        cast.organisation,
        email="extra99@example.org",
        role=Role.READER,
        department=None,
        language="en",
        now=timezone.now(),
    )
    client, url = signed_in(cast.admin), reverse("member_list")
    first, second = (client.get(url, {"page": page}).content.decode() for page in (1, 2))
    assert ("Extra07" in first, "Extra59" in first) == (True, False)
    assert ("Extra07" in second, "Extra59" in second) == (False, True)
    found = client.get(url, {"q": "EXTRA59@"}).content.decode()
    assert ("Extra59" in found, "Extra58" in found, "extra99@" in found) == (True, False, False)
    assert "extra99@example.org" in client.get(url, {"q": "extra99"}).content.decode()
    assert "Stranger" not in client.get(url, {"q": cast.stranger.user.email}).content.decode()


def test_readers_who_came_by_being_asked_to_rate_are_told_apart_for_administrators(
    cast: Cast, signed_in: SignedIn
) -> None:
    """As earlier versions invited them; whoever an administrator invited and somebody asked to rate, is not meant."""
    for name, minutes in (("asked", 0), ("invited", 60)):
        person = make_member(cast.organisation, name, Role.READER)
        invitation, _token = invitations.invite(
            cast.assessor.user,
            cast.organisation,
            email=f"{name}-before@example.org",
            role=Role.READER,
            department=None,
            language="en",
            now=timezone.now(),
        )
        asked = add_rater(make_assessment(cast.assessor), person, invitation=invitation, invited_by=cast.assessor.user)
        invited_at = asked.created_at - timedelta(minutes=minutes)
        Invitation.objects.filter(pk=invitation.pk).update(
            email=person.user.email, accepted_at=timezone.now(), invited_at=invited_at
        )

    page = signed_in(cast.admin).get(reverse("member_list")).content.decode()

    assert page.count("came by being asked to rate, and reads everything") == 1
    row = page[page.index("asked@example.org") :]
    assert row.index("came by being asked to rate") < row.index("</tr>")
    assert "Rates what they are asked to rate" in page


def test_who_is_no_member_is_told_what_to_do(cast: Cast, signed_in: SignedIn) -> None:
    response = signed_in(cast.nobody).get(reverse("work"))

    assert response.status_code == 403
    assert "Ask the administrator of your organisation for an invitation." in response.content.decode()
    assert signed_in(cast.nobody).get(reverse("profile")).status_code == 200


def test_a_name_that_somebody_gives_themselves_is_on_the_trail_and_the_same_again_is_not(
    cast: Cast, signed_in: SignedIn
) -> None:
    client = signed_in(cast.reader)
    for _time in range(2):
        assert client.post(reverse("profile"), {"name": "R. Eader", "language": "en"}).status_code == 302

    entry = AuditEntry.objects.get(verb="user.changed")
    assert (entry.before, entry.after) == ({"name": "Reader"}, {"name": "R. Eader"})
    assert (entry.actor, entry.object_id, entry.organisation) == (cast.reader.user, str(cast.reader.user.pk), None)
