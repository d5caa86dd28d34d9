"""The first steps of an organisation: done or open by what is there, for administrators, until they are put away."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import Department, Membership, Organisation, Role
from assessments.models import ApprovalLevel
from config.first_steps import first_steps_of
from tests.factories import Cast, make_assessment, make_member, make_vendor

SignedIn = Callable[..., Client]
NAMES = ["Departments", "Somebody who assesses", "Somebody who approves", "First vendors", "First assessment"]


@pytest.fixture
def admin(db: None) -> Membership:
    return make_member(Organisation.objects.create(name="New", slug="new"), "founder", Role.ADMIN)


def done(admin: Membership) -> list[str]:
    found = first_steps_of(Membership.objects.select_related("organisation").get(pk=admin.pk))
    assert found is not None
    assert [step.name for step in found.steps] == NAMES
    return [step.name for step in found.steps if step.is_done]


def test_of_a_new_organisation_all_is_open(admin: Membership) -> None:
    assert done(admin) == []


def test_each_step_is_done_by_what_is_there(admin: Membership) -> None:
    Department.objects.create(organisation=admin.organisation, name="Procurement")
    assert done(admin) == NAMES[:1]
    assessor = make_member(admin.organisation, "assessing", Role.ASSESSOR)
    assert done(admin) == NAMES[:2]
    make_member(admin.organisation, "approving", Role.APPROVER)
    assert done(admin) == NAMES[:3]
    vendor = make_vendor(admin.organisation)
    assert done(admin) == NAMES[:4]
    make_assessment(assessor, vendor=vendor)
    assert done(admin) == NAMES


def test_what_another_organisation_has_does_nothing(admin: Membership, cast: Cast) -> None:
    make_assessment(cast.assessor)
    assert done(admin) == []


@pytest.mark.parametrize("role", [Role.READER, Role.RATER, Role.ADMIN])
def test_other_roles_neither_assess_nor_approve(admin: Membership, role: Role) -> None:
    make_member(admin.organisation, "another", role)
    assert done(admin) == []


def test_who_is_shut_out_does_not_count(admin: Membership) -> None:
    member = make_member(admin.organisation, "assessing", Role.ASSESSOR, is_active=False)
    assert done(admin) == []
    Membership.objects.filter(pk=member.pk).update(is_active=True)
    member.user.is_active = False
    member.user.save()
    assert done(admin) == []


def test_self_approval_and_a_level_with_a_name_are_approvers_too(admin: Membership) -> None:
    make_member(admin.organisation, "assessing", Role.ASSESSOR)
    assert "Somebody who approves" not in done(admin)
    Organisation.objects.update(allow_self_approval=True)
    assert "Somebody who approves" in done(admin)
    Organisation.objects.update(allow_self_approval=False)
    person = make_member(admin.organisation, "head", Role.READER)
    ApprovalLevel.objects.create(organisation=admin.organisation, position=1, name="Head", person=person)
    assert "Somebody who approves" in done(admin)


def test_they_cost_one_query_whatever_there_is(admin: Membership, django_assert_num_queries: Any) -> None:
    with django_assert_num_queries(1):
        first_steps_of(admin)
    for number in range(5):
        make_vendor(admin.organisation, f"Vendor {number}")
    with django_assert_num_queries(1):
        first_steps_of(admin)


def test_only_administrators_have_them(cast: Cast) -> None:
    shown = {name: first_steps_of(getattr(cast, name)) for name in ("assessor", "approver", "reader", "admin")}
    assert [name for name, steps in shown.items() if steps is not None] == ["admin"]


def test_each_open_step_leads_to_a_page_that_its_reader_may_open(admin: Membership, signed_in: SignedIn) -> None:
    client, found = signed_in(admin), first_steps_of(admin)
    assert found is not None
    addresses = [way.url for step in found.steps for way in step.ways]
    assert len(addresses) == 6
    assert {client.get(address).status_code for address in addresses} == {200}


def test_my_work_shows_them_until_all_is_done(cast: Cast, signed_in: SignedIn) -> None:
    client = signed_in(cast.admin)
    shown = client.get(reverse("work")).content.decode()
    assert "Done: 3 of 5" in " ".join(shown.split())
    assert reverse("vendor_import") in shown
    make_assessment(cast.assessor)
    assert "First steps" not in client.get(reverse("work")).content.decode()
    assert "Done: 5 of 5" in " ".join(client.get(reverse("first_steps")).content.decode().split())


def test_they_can_be_put_away_and_found_again(admin: Membership, signed_in: SignedIn) -> None:
    client, work = signed_in(admin), reverse("work")
    assert 'id="first-steps"' in client.get(work).content.decode()

    told = client.post(reverse("first_steps_put_away"), {"away": "1"}, follow=True).content.decode()
    assert "You find them under Help." in told
    assert 'id="first-steps"' not in client.get(work).content.decode()

    assert "Done: 0 of 5" in " ".join(client.get(reverse("first_steps")).content.decode().split())
    client.post(reverse("first_steps_put_away"))
    assert 'id="first-steps"' in client.get(work).content.decode()
