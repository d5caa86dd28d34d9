"""What each role may do, in words: of the rights, so that neither can be said without being so."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.core import mail
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.access import RIGHTS, Right, rights_of
from accounts.members import changes, invitations, roles
from accounts.models import Membership, Role
from tests.factories import PASSWORD, Cast, make_member

SignedIn = Callable[..., Client]


def test_each_right_has_its_words() -> None:
    assert set(roles.WORDS) == set(Right)
    assert len({str(words) for words in roles.WORDS.values()}) == len(Right)


@pytest.mark.parametrize("role", Role)
def test_a_role_is_told_by_its_rights_and_nothing_else(role: Role) -> None:
    said = roles.said_of(RIGHTS[role])
    for right, words in roles.WORDS.items():
        assert (str(words) in said) == (right in RIGHTS[role])


def test_whoever_cannot_read_everything_is_told_so() -> None:
    told = {role: str(roles.NOTHING_ELSE) in roles.said_of(RIGHTS[role]) for role in Role}
    assert [role for role, is_told in told.items() if is_told] == [Role.RATER]


def test_readers_are_told_that_they_rate_and_may_decide() -> None:
    said = "; ".join(roles.said_of(RIGHTS[Role.READER]))
    assert "rates what they are asked to rate" in said
    assert "decides where a level of approval asks for them" in said


def test_a_new_right_of_a_role_is_said_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(RIGHTS, Role.READER, RIGHTS[Role.READER] | {Right.APPROVE})
    words = dict(roles.choices())[Role.READER]
    assert "approves assessments or sends them back" in words


def test_the_setting_of_the_organisation_counts(cast: Cast) -> None:
    approving = str(roles.WORDS[Right.APPROVE])
    assert approving not in roles.duties(Role.ASSESSOR, cast.organisation)
    cast.organisation.allow_self_approval = True
    assert approving in roles.duties(Role.ASSESSOR, cast.organisation)
    assert len(roles.duties(Role.ASSESSOR, cast.organisation)) == len(rights_of(cast.assessor)) == 6


def test_who_gives_a_role_reads_what_each_does(cast: Cast, signed_in: SignedIn) -> None:
    client = signed_in(cast.admin)
    for page in (reverse("member_invite"), reverse("member_edit", args=[cast.reader.pk])):
        shown = client.get(page).content.decode()
        assert shown.count('type="radio" name="role"') + len(re.findall(r'type="radio" [^>]*name="role"', shown)) >= 5
        assert "Approver: approves assessments or sends them back" in shown
        assert "Reader: reads and downloads everything" in shown


@pytest.fixture
def invited(cast: Cast) -> tuple[Any, str]:
    invitation, token = invitations.invite(
        cast.admin.user,
        cast.organisation,
        email="nora@example.org",
        role=Role.APPROVER,
        department=None,
        language="en",
        now=timezone.now(),
    )
    invitations.send(invitation, token)
    return invitation, token


def test_the_mail_and_the_page_of_an_invitation_say_each_duty(invited: tuple[Any, str], client: Client) -> None:
    body = str(mail.outbox[0].body)
    page = client.get(reverse("invitation_accept", args=[invited[1]])).content.decode()
    for duty in roles.said_of(RIGHTS[Role.APPROVER]):
        assert f"– {duty}" in body
        assert f"{duty[0].upper()}{duty[1:]}." in page


def test_who_joins_is_told_their_role_until_they_put_it_away(invited: tuple[Any, str], client: Client) -> None:
    given = {"name": "Nora", "password": PASSWORD, "repeated": PASSWORD}
    client.post(reverse("invitation_accept", args=[invited[1]]), given)

    shown = client.get(reverse("work")).content.decode()
    assert "Your role here: Approver" in shown
    assert "Approves assessments or sends them back." in shown

    assert client.post(reverse("role_put_away"))["Location"] == reverse("work")
    assert "Your role here" not in client.get(reverse("work")).content.decode()


def test_who_was_there_before_is_not_told(cast: Cast, signed_in: SignedIn) -> None:
    assert "Your role here" not in signed_in(cast.reader).get(reverse("work")).content.decode()


def test_another_role_is_told_again_and_another_department_is_not(cast: Cast) -> None:
    def changed(role: Role, department: Any) -> bool:
        changes.change(cast.admin, cast.reader, role=role, department=department, is_active=True)
        return Membership.objects.get(pk=cast.reader.pk).role_is_new

    assert not changed(Role.READER, cast.department)
    assert changed(Role.APPROVER, cast.department)
    changes.put_role_away(cast.reader)
    assert not changed(Role.APPROVER, None)


def test_the_profile_says_what_each_of_ones_roles_does(cast: Cast, signed_in: SignedIn) -> None:
    make_member(cast.other_organisation, "elsewhere", Role.ADMIN)
    Membership.objects.create(organisation=cast.other_organisation, user=cast.reader.user, role=Role.ASSESSOR)
    shown = signed_in(cast.reader).get(reverse("profile")).content.decode()
    assert "Creates assessments, asks raters and vendors" in shown
    assert "Reads and downloads everything" in shown
