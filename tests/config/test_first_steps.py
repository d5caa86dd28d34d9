"""The first steps of an organisation: done or open by what is there, for administrators, until they are put away."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.members import invitations
from accounts.models import Department, Invitation, Membership, Organisation, Role
from assessments.lifecycle import transitions
from assessments.models import ApprovalLevel
from config.first_steps import Step, first_steps_of
from tests.factories import Cast, make_assessment, make_expectations, make_member, make_vendor
from tests.reports.renderings import make_scorecard

SignedIn = Callable[..., Client]
NAMES = [
    "Departments",
    "Somebody who assesses",
    "Somebody who approves",
    "First vendors",
    "What you expect",
    "First assessment",
    "First answers",
    "Submitted",
    "Approved: the first scorecard",
]


@pytest.fixture
def admin(db: None) -> Membership:
    return make_member(Organisation.objects.create(name="New", slug="new"), "founder", Role.ADMIN)


def done(admin: Membership) -> list[str]:
    found = first_steps_of(Membership.objects.select_related("organisation").get(pk=admin.pk))
    assert found is not None
    assert [step.name for step in found.steps] == NAMES
    return [step.name for step in found.steps if step.is_done]


def step_of(admin: Membership, name: str) -> Step:
    found = first_steps_of(Membership.objects.select_related("organisation").get(pk=admin.pk))
    assert found is not None
    return next(step for step in found.steps if step.name == name)


def invited(admin: Membership, email: str, role: Role) -> Invitation:
    asked = {"email": email, "role": role, "department": None, "language": "en"}
    invitation, _token = invitations.invite(admin.user, admin.organisation, now=timezone.now(), **asked)
    return invitation


def test_of_a_new_organisation_all_is_open(admin: Membership) -> None:
    assert done(admin) == []


def test_each_step_is_done_by_what_is_there(admin: Membership) -> None:
    Department.objects.create(organisation=admin.organisation, name="Procurement")
    assert done(admin) == NAMES[:1]
    assessor = make_member(admin.organisation, "assessing", Role.ASSESSOR)
    assert done(admin) == NAMES[:2]
    approver = make_member(admin.organisation, "approving", Role.APPROVER)
    assert done(admin) == NAMES[:3]
    vendor = make_vendor(admin.organisation)
    assert done(admin) == NAMES[:4]
    make_expectations(assessor)
    assert done(admin) == NAMES[:5]
    assessment = make_assessment(assessor, vendor=vendor, grade=3)
    assert done(admin) == NAMES[:6]
    transitions.hand_in(assessor, assessment)
    assert done(admin) == NAMES[:7]
    transitions.submit(assessor, assessment)
    assert done(admin) == NAMES[:8]
    transitions.approve(approver, assessment)
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


def test_they_cost_the_same_queries_whatever_there_is(admin: Membership, django_assert_num_queries: Any) -> None:
    with django_assert_num_queries(1):
        first_steps_of(admin)
    for number in range(5):
        make_vendor(admin.organisation, f"Vendor {number}")
        make_member(admin.organisation, f"assessing{number}", Role.ASSESSOR)
        invited(admin, f"someone{number}@example.org", Role.APPROVER)
    with django_assert_num_queries(1):
        first_steps_of(admin)


def test_only_administrators_have_them(cast: Cast) -> None:
    shown = {name: first_steps_of(getattr(cast, name)) for name in ("assessor", "approver", "reader", "admin")}
    assert [name for name, steps in shown.items() if steps is not None] == ["admin"]


def test_each_open_step_leads_to_a_page_that_its_reader_may_open(admin: Membership, signed_in: SignedIn) -> None:
    client, found = signed_in(admin), first_steps_of(admin)
    assert found is not None
    addresses = [way.url for step in found.steps for way in step.ways]
    assert len(addresses) == 7
    assert f"{reverse('member_invite')}?role=assessor" in addresses
    assert {client.get(address).status_code for address in addresses} == {200}


def test_my_work_shows_them_until_the_first_scorecard_and_then_a_closing_word(cast: Cast, signed_in: SignedIn) -> None:
    client = signed_in(cast.admin)
    shown = client.get(reverse("work")).content.decode()
    assert "Done: 3 of 9" in " ".join(shown.split())
    assert reverse("vendor_import") in shown
    scorecard = make_scorecard(cast.assessor)
    shown = client.get(reverse("work")).content.decode()
    assert "The first scorecard is there: all first steps are taken." in shown
    assert shown.count(reverse("scorecard_detail", args=[scorecard.pk])) == 2  # there, and among the latest
    make_scorecard(cast.assessor, number="S-2026-002", vendor="Second")
    assert 'id="first-steps"' not in client.get(reverse("work")).content.decode()
    page = client.get(reverse("first_steps")).content.decode()
    assert "all first steps are taken" in page
    assert reverse("scorecard_detail", args=[scorecard.pk]) in page


def test_an_invited_person_is_named_so_that_nobody_invites_twice(admin: Membership) -> None:
    invited(admin, "lien@example.org", Role.ASSESSOR)
    gone = invited(admin, "gone@example.org", Role.ASSESSOR)
    invitations.revoke(admin, gone, now=timezone.now())
    step = step_of(admin, "Somebody who assesses")
    assert (step.is_done, step.waiting) == (False, "Invited, not accepted yet: lien@example.org.")
    assert [way.url for way in step.ways] == [reverse("member_list"), f"{reverse('member_invite')}?role=assessor"]
    assert [way.url for way in step_of(admin, "First assessment").ways] == [reverse("member_list")]
    assert step_of(admin, "Somebody who approves").waiting == ""


def test_who_may_not_start_the_first_assessment_asks_whoever_may(admin: Membership) -> None:
    ways = step_of(admin, "First assessment").ways
    assert [(way.label, way.url) for way in ways] == [
        ("Invite an assessor", f"{reverse('member_invite')}?role=assessor")
    ]
    lien = make_member(admin.organisation, "lien", Role.ASSESSOR)
    ways = step_of(admin, "First assessment").ways
    assert [(way.label, way.url) for way in ways] == [(f"Ask {lien.user} to start it", f"mailto:{lien.user.email}")]


def test_a_list_of_vendors_can_still_be_imported_beside_the_first(admin: Membership) -> None:
    make_vendor(admin.organisation)
    step = step_of(admin, "First vendors")
    assert (step.is_done, [way.url for way in step.more]) == (True, [reverse("vendor_import")])


@pytest.mark.parametrize("role", ["assessor", "approver"])
def test_a_step_opens_the_invitation_with_its_role(admin: Membership, signed_in: SignedIn, role: str) -> None:
    client = signed_in(admin)
    page = client.get(reverse("member_invite"), {"role": role})
    assert page.context["form"]["role"].value() == role
    assert client.get(reverse("member_invite"), {"role": "king"}).context["form"]["role"].value() == "reader"


def test_the_help_of_my_work_leads_to_them_while_they_are_open(admin: Membership, signed_in: SignedIn) -> None:
    client, link = signed_in(admin), f'topbar-help" href="{reverse("first_steps")}"'
    assert link in client.get(reverse("work")).content.decode()
    client.post(reverse("first_steps_put_away"), {"away": "1"})
    assert link not in client.get(reverse("work")).content.decode()


def test_lists_name_whoever_starts_the_first_assessment(admin: Membership, signed_in: SignedIn) -> None:
    make_vendor(admin.organisation)
    client, pages = signed_in(admin), [reverse("vendor_list"), reverse("assessment_list")]
    for page in pages:
        shown = client.get(page).content.decode()
        assert f"{reverse('member_invite')}?role=assessor" in shown
        assert "Open the vendor and start an assessment." not in shown
    lien = make_member(admin.organisation, "lien", Role.ASSESSOR)
    for page in pages:
        shown = client.get(page).content.decode()
        assert f'<a href="mailto:{lien.user.email}"><bdi>{lien.user}</bdi></a>' in shown
    mine = signed_in(lien).get(reverse("vendor_list")).content.decode()
    assert "Open the vendor and start an assessment." in mine


def test_they_can_be_put_away_and_found_again(admin: Membership, signed_in: SignedIn) -> None:
    client, work = signed_in(admin), reverse("work")
    assert 'id="first-steps"' in client.get(work).content.decode()

    told = client.post(reverse("first_steps_put_away"), {"away": "1"}, follow=True).content.decode()
    assert "You find them under Help." in told
    assert 'id="first-steps"' not in client.get(work).content.decode()

    assert "Done: 0 of 9" in " ".join(client.get(reverse("first_steps")).content.decode().split())
    client.post(reverse("first_steps_put_away"))
    assert 'id="first-steps"' in client.get(work).content.decode()
