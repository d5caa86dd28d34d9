"""Invitations: mailed once, used once, by whom they are for."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.members import invitations
from accounts.members.changes import MembershipError
from accounts.models import AuditEntry, Invitation, Membership, Role, User, hash_token
from tests.factories import Cast, make_user

SignedIn = Callable[..., Client]
NEW = {"name": "Nora Newcomer", "password": "harbour lights at dusk", "repeated": "harbour lights at dusk"}


@pytest.fixture
def invite(cast: Cast) -> Callable[..., tuple[Invitation, str]]:
    def make(email: str = "nora@example.org", **fields: Any) -> tuple[Invitation, str]:
        values = {"role": "assessor", "department": cast.department, "language": "en", "now": timezone.now(), **fields}
        return invitations.invite(cast.admin.user, cast.organisation, email=email, **values)

    return make


def _url(token: str) -> str:
    return reverse("invitation_accept", args=[token])


def _token_in(body: str) -> str:
    return re.search(r"/invitation/([\w-]+)/", body)[1]  # type: ignore[index]


def _send(client: Client, **data: str) -> Any:
    return client.post(
        reverse("member_invite"), {"email": "nora@example.org", "role": "reader", "language": "fr", **data}
    )


def test_an_invitation_is_mailed_in_the_language_chosen(cast: Cast, signed_in: SignedIn, mailoutbox: list[Any]) -> None:
    response = _send(signed_in(cast.admin), language="fr")

    assert response.status_code == 302
    (mail,) = mailoutbox
    assert mail.to == ["nora@example.org"]
    assert f"{settings.BASE_URL}/invitation/" in mail.body
    html, kind = mail.alternatives[0]
    assert kind == "text/html"
    assert '<html lang="fr">' in html
    assert _token_in(html) == _token_in(mail.body)


def test_the_token_is_stored_only_as_its_hash(cast: Cast, signed_in: SignedIn, mailoutbox: list[Any]) -> None:
    _send(signed_in(cast.admin))

    token = _token_in(mailoutbox[0].body)
    stored = Invitation.objects.values_list().get()
    assert token not in map(str, stored)
    assert Invitation.objects.get().token_hash == hash_token(token)


def test_a_mail_that_cannot_be_sent_leaves_the_invitation_and_says_so(
    cast: Cast, signed_in: SignedIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise OSError("no route to the mail server")

    monkeypatch.setattr("accounts.mail.send", refuse)

    response = signed_in(cast.admin).post(
        reverse("member_invite"), {"email": "nora@example.org", "role": "reader", "language": "en"}, follow=True
    )

    assert Invitation.objects.count() == 1
    assert "could not be sent" in response.content.decode()


def test_an_organisation_with_a_line_break_in_its_name_makes_no_header(
    cast: Cast, signed_in: SignedIn, mailoutbox: list[Any]
) -> None:
    cast.organisation.name = "Harbour\r\nBcc: everybody@example.org"
    cast.organisation.save()

    _send(signed_in(cast.admin), language="en")

    assert "\n" not in mailoutbox[0].subject
    assert mailoutbox[0].recipients() == ["nora@example.org"]


def test_markup_in_a_name_is_text_in_the_mail(cast: Cast, signed_in: SignedIn, mailoutbox: list[Any]) -> None:
    cast.organisation.name = "<b>Harbour</b> & Sons"
    cast.organisation.save()

    _send(signed_in(cast.admin), language="en")

    assert "<b>Harbour</b> & Sons" in mailoutbox[0].subject
    assert "<b>Harbour</b>" in mailoutbox[0].body
    assert "&lt;b&gt;Harbour&lt;/b&gt;" in mailoutbox[0].alternatives[0][0]


def test_a_member_is_not_invited_again(cast: Cast, signed_in: SignedIn) -> None:
    response = _send(signed_in(cast.admin), email=cast.reader.user.email.upper())

    assert "is a member of this organisation already" in response.content.decode()
    assert not Invitation.objects.exists()


def test_an_open_invitation_is_sent_again_not_doubled(cast: Cast, signed_in: SignedIn) -> None:
    client = signed_in(cast.admin)
    _send(client)

    response = _send(client, email="NORA@example.org")

    assert "is invited already" in response.content.decode()
    assert Invitation.objects.count() == 1


def test_who_is_new_chooses_a_password_and_is_in(client: Client, invite: Callable[..., Any], cast: Cast) -> None:
    _, token = invite(language="nl")

    response = client.post(_url(token), NEW)

    assert response.status_code == 302
    member = Membership.objects.get(user__email="nora@example.org")
    assert (member.organisation, member.role, member.department) == (
        cast.organisation,
        Role.ASSESSOR,
        cast.department,
    )
    assert member.user.check_password(NEW["password"])
    assert (member.user.name, member.user.language) == ("Nora Newcomer", "nl")
    assert client.get(reverse("work")).status_code == 200
    assert client.cookies[settings.LANGUAGE_COOKIE_NAME].value == "nl"


def test_joining_is_in_the_audit_trail(client: Client, invite: Callable[..., Any], cast: Cast) -> None:
    _, token = invite()

    client.post(_url(token), NEW)

    entry = AuditEntry.objects.get(verb="member.joined")
    assert entry.organisation == cast.organisation
    assert entry.after == {"role": "assessor", "department": "Procurement"}


@pytest.mark.parametrize(
    ("password", "repeated"), [("short", "short"), ("harbour lights at dusk", "harbour lights at dawn")]
)
def test_a_weak_or_mistyped_password_makes_no_account(
    client: Client, invite: Callable[..., Any], password: str, repeated: str
) -> None:
    _, token = invite()

    response = client.post(_url(token), {"name": "Nora", "password": password, "repeated": repeated})

    assert response.status_code == 200
    assert not User.objects.filter(email="nora@example.org").exists()


def test_opening_the_link_changes_nothing(client: Client, invite: Callable[..., Any]) -> None:
    invitation, token = invite()

    assert client.get(_url(token)).status_code == 200

    invitation.refresh_from_db()
    assert invitation.accepted_at is None
    assert not User.objects.filter(email=invitation.email).exists()


def test_the_page_follows_the_language_of_the_invitation(client: Client, invite: Callable[..., Any]) -> None:
    _, token = invite(language="nl")

    assert '<html lang="nl"' in client.get(_url(token)).content.decode()


def test_who_has_an_account_signs_in_first(client: Client, invite: Callable[..., Any]) -> None:
    make_user("nora")
    _, token = invite()

    page = client.get(_url(token)).content.decode()
    client.post(_url(token), NEW)

    assert f"{reverse('account_login')}?next=" in page
    assert not Membership.objects.filter(user__email="nora@example.org").exists()


def test_who_is_signed_in_joins_by_one_click(client: Client, invite: Callable[..., Any], cast: Cast) -> None:
    nora = make_user("nora")
    _, token = invite()
    client.force_login(nora)

    response = client.post(_url(token))

    assert response.status_code == 302
    assert Membership.objects.get(user=nora).organisation == cast.organisation


def test_a_second_organisation_becomes_the_current_one(client: Client, cast: Cast, invite: Callable[..., Any]) -> None:
    _, token = invite(email=cast.stranger.user.email)
    client.force_login(cast.stranger.user)

    client.post(_url(token))

    assert client.get(reverse("work")).context["member"].organisation == cast.organisation


def test_somebody_else_cannot_use_it(client: Client, invite: Callable[..., Any], cast: Cast) -> None:
    _, token = invite()
    client.force_login(cast.nobody)

    page = client.get(_url(token))
    response = client.post(_url(token))

    assert "The invitation is for another address" in page.content.decode()
    assert response.status_code == 403
    assert not Membership.objects.filter(user=cast.nobody).exists()


def test_it_works_once(client: Client, invite: Callable[..., Any]) -> None:
    _, token = invite()
    client.post(_url(token), NEW)
    client.logout()

    response = client.post(_url(token), {**NEW, "name": "Again"})

    assert response.status_code == 410
    assert User.objects.get(email="nora@example.org").name == "Nora Newcomer"


def test_of_two_who_join_at_once_one_does(invite: Callable[..., Any]) -> None:
    """Both have read the invitation while it was open."""
    _invitation, token = invite()
    nora = make_user("nora")
    first, second = invitations.find(token), invitations.find(token)
    assert first is not None
    assert second is not None

    invitations.join(first, nora, now=timezone.now())

    with pytest.raises(MembershipError):
        invitations.join(second, nora, now=timezone.now())
    assert Membership.objects.filter(user=nora).count() == 1


def test_a_form_whose_account_was_made_a_moment_before_leads_to_what_now_stands(
    client: Client, invite: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two pages of one invitation, sent together: the second finds it open, then the account is there."""
    _invitation, token = invite()
    find = invitations.find

    def find_and_be_overtaken(token: str) -> Invitation | None:
        monkeypatch.setattr(invitations, "find", find)
        found = find(token)
        assert Client().post(_url(token), NEW).status_code == 302
        return found

    monkeypatch.setattr(invitations, "find", find_and_be_overtaken)
    response = client.post(_url(token), {**NEW, "name": "Again"})

    assert (response.status_code, response["Location"]) == (302, _url(token))
    assert client.get(response["Location"]).status_code == 410
    assert User.objects.get(email="nora@example.org").name == "Nora Newcomer"


def test_an_expired_one_is_closed(client: Client, invite: Callable[..., Any]) -> None:
    _, token = invite(now=timezone.now() - timedelta(days=settings.INVITATION_DAYS, minutes=1))

    response = client.post(_url(token), NEW)

    assert response.status_code == 410
    page = " ".join(response.content.decode().split())
    assert "The time of this invitation is over" in page
    assert 'to send it again: <a href="mailto:' in page
    assert not User.objects.filter(email="nora@example.org").exists()


def test_a_withdrawn_one_is_closed(client: Client, invite: Callable[..., Any], cast: Cast) -> None:
    invitation, token = invite()
    invitations.revoke(cast.admin, invitation, now=timezone.now())

    response = client.post(_url(token), NEW)

    assert response.status_code == 410
    assert not User.objects.filter(email="nora@example.org").exists()


def test_an_unknown_token_is_not_found(client: Client, db: None) -> None:
    assert client.get(_url("nonsense")).status_code == 404


def test_sending_again_kills_the_earlier_link(
    cast: Cast, signed_in: SignedIn, mailoutbox: list[Any], invite: Callable[..., Any]
) -> None:
    invitation, old = invite(now=timezone.now() - timedelta(days=settings.INVITATION_DAYS + 1))

    signed_in(cast.admin).post(reverse("invitation_resend", args=[invitation.pk]))

    new = _token_in(mailoutbox[0].body)
    visitor = Client()
    assert visitor.get(_url(old)).status_code == 404
    assert visitor.get(_url(new)).status_code == 200


def test_a_used_one_is_not_sent_again(
    cast: Cast, client: Client, mailoutbox: list[Any], invite: Callable[..., Any]
) -> None:
    invitation, token = invite()
    client.post(_url(token), NEW)
    client.force_login(cast.admin.user)

    client.post(reverse("invitation_resend", args=[invitation.pk]))
    client.post(reverse("invitation_revoke", args=[invitation.pk]))

    assert mailoutbox == []
    invitation.refresh_from_db()
    assert (invitation.token_hash, invitation.revoked_at) == (hash_token(token), None)


def test_an_open_invitation_does_not_reopen_a_closed_membership(cast: Cast, invite: Callable[..., Any]) -> None:
    nora = make_user("nora")
    invitation, _token = invite()
    Membership.objects.create(user=nora, organisation=cast.organisation, role=Role.READER, is_active=False)

    with pytest.raises(MembershipError):
        invitations.join(invitation, nora, now=timezone.now())

    assert not Membership.objects.get(user=nora).is_active


def test_every_step_is_in_the_audit_trail(cast: Cast, invite: Callable[..., Any]) -> None:
    invitation, _ = invite()
    invitation, _ = invitations.renew(cast.admin, invitation, now=timezone.now())
    invitations.revoke(cast.admin, invitation, now=timezone.now())

    verbs = AuditEntry.objects.order_by("pk").values_list("verb", flat=True)
    assert list(verbs) == ["invitation.sent", "invitation.resent", "invitation.revoked"]
    assert not AuditEntry.objects.filter(after__has_key="token_hash").exists()


def test_looking_up_a_token_takes_one_query(
    invite: Callable[..., Any], django_assert_num_queries: Callable[..., Any]
) -> None:
    _, token = invite()
    for known in (token, "unknown"):
        with django_assert_num_queries(1):
            invitation = invitations.find(known)
            _ = invitation and (invitation.organisation.name, invitation.department, invitation.invited_by)
