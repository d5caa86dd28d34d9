"""The organisation's sign-in as the only way in, and the accounts for an emergency."""

from __future__ import annotations

import pytest
from django.core import mail as sent
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts import mail
from accounts.members import changes
from accounts.members.changes import MembershipError
from accounts.models import AuditEntry, IdentityProvider, Membership, Role, SignInProtocol, User
from accounts.single_sign_on import setting_up
from accounts.single_sign_on.setting_up import SetUpError
from tests.accounts.single_sign_on.conftest import make_domain, make_provider
from tests.factories import PASSWORD, Cast, make_member


@pytest.fixture(autouse=True)
def _at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mail, "beside_the_answer", lambda _template, send_it: send_it())


def give_password(member: Membership, *, is_break_glass: bool = False) -> None:
    member.user.set_password(PASSWORD)
    member.user.save()
    Membership.objects.filter(pk=member.pk).update(is_break_glass=is_break_glass)


def sign_in(client: Client, member: Membership) -> bool:
    client.post(reverse("account_login"), {"login": member.user.email, "password": PASSWORD})
    return client.session.get("_auth_user_id") == str(member.user_id)


@pytest.fixture
def forced(cast: Cast) -> IdentityProvider:
    """Also for example.org, where the cast has its addresses."""
    make_domain(cast, "example.org")
    provider = make_provider(
        cast, protocol=SignInProtocol.OIDC, issuer="https://login.invalid", forced_since=timezone.now()
    )
    give_password(cast.admin, is_break_glass=True)
    return provider


def test_a_password_no_longer_opens_the_organisation(client: Client, cast: Cast, forced: IdentityProvider) -> None:
    give_password(cast.reader)

    assert not sign_in(client, cast.reader)
    page = client.get(reverse("sign_in_at", args=[forced.uuid])).content.decode()
    assert "signs in through “Harbour login” only" in page


def test_a_session_that_began_otherwise_ends_with_its_next_page(
    client: Client, cast: Cast, forced: IdentityProvider
) -> None:
    client.force_login(cast.reader.user)

    page = client.get(reverse("vendor_list"))

    assert page["Location"] == f"{reverse('account_login')}?next=/vendors/"
    assert "_auth_user_id" not in client.session


def test_in_an_emergency_one_comes_in_and_all_administrators_hear(
    client: Client, cast: Cast, forced: IdentityProvider
) -> None:
    second = make_member(cast.organisation, "second-admin", Role.ADMIN)

    assert sign_in(client, cast.admin)

    assert client.get(reverse("member_list")).status_code == 200
    assert sorted(one.to[0] for one in sent.outbox) == sorted([cast.admin.user.email, second.user.email])
    assert AuditEntry.objects.get(verb="sign_in.emergency").actor_id == cast.admin.user_id


def test_a_sign_in_that_is_no_emergency_is_no_news(client: Client, cast: Cast, forced: IdentityProvider) -> None:
    IdentityProvider.objects.update(forced_since=None)

    assert sign_in(client, cast.admin)
    assert (sent.outbox, AuditEntry.objects.filter(verb="sign_in.emergency").exists()) == ([], False)


def test_no_mail_sets_a_new_password_and_it_says_where_to_go(
    client: Client, cast: Cast, forced: IdentityProvider
) -> None:
    for member in (cast.reader, cast.admin, cast.stranger):
        client.post(reverse("account_reset_password"), {"email": member.user.email})

    said = {one.to[0]: one.body for one in sent.outbox}
    assert f"/sign-in/{forced.uuid}/" in said[cast.reader.user.email]
    assert "/password/reset/key/" not in said[cast.reader.user.email]
    assert "/password/reset/key/" in said[cast.admin.user.email]
    assert "/password/reset/key/" in said[cast.stranger.user.email]


def test_a_member_elsewhere_keeps_what_the_other_organisation_gives_and_loses_this_one(
    client: Client, cast: Cast, forced: IdentityProvider
) -> None:
    Membership.objects.create(user=cast.reader.user, organisation=cast.other_organisation, role=Role.READER)
    give_password(cast.reader)

    assert sign_in(client, cast.reader)
    page = client.get(reverse("profile"))
    assert [one.organisation_id for one in page.wsgi_request.memberships] == [cast.other_organisation.pk]


def test_an_outside_rater_with_an_address_of_their_own_keeps_their_way_in(
    client: Client, cast: Cast, forced: IdentityProvider
) -> None:
    outsider = make_member(cast.organisation, "outsider", Role.RATER)
    User.objects.filter(pk=outsider.user_id).update(email="outsider@elsewhere.example")
    outsider.user.refresh_from_db()
    colleague = make_member(cast.organisation, "colleague-rater", Role.RATER)
    give_password(outsider)
    give_password(colleague)

    assert sign_in(client, outsider)
    assert client.get(reverse("work")).status_code == 200
    assert not sign_in(Client(), colleague)


def test_staff_come_in_for_the_administration_alone(client: Client, cast: Cast, forced: IdentityProvider) -> None:
    User.objects.filter(pk=cast.reader.user_id).update(is_staff=True)
    cast.reader.user.refresh_from_db()
    give_password(cast.reader)

    assert sign_in(client, cast.reader)
    assert client.get(reverse("admin:index")).status_code == 200
    assert client.get(reverse("vendor_list")).status_code == 403


def test_it_is_forced_only_where_somebody_could_still_come_in(cast: Cast) -> None:
    make_provider(cast, protocol=SignInProtocol.OIDC, issuer="https://login.invalid")
    with pytest.raises(SetUpError, match="Name at least one administrator"):
        setting_up.force(cast.admin, now=timezone.now())
    with pytest.raises(SetUpError, match="has no password"):
        cast.admin.user.set_unusable_password()
        cast.admin.user.save()
        setting_up.set_way_in(cast.admin, cast.admin, may=True)

    give_password(cast.admin)
    setting_up.set_way_in(cast.admin, cast.admin, may=True)
    setting_up.force(cast.admin, now=timezone.now())

    assert IdentityProvider.objects.get().forced_since
    with pytest.raises(SetUpError, match="the last account for an emergency"):
        setting_up.set_way_in(cast.admin, cast.admin, may=False)
    with pytest.raises(SetUpError, match="the only way in"):
        setting_up.put_out_of_use(cast.admin)


def test_the_last_account_for_an_emergency_stays_an_administrator(cast: Cast, forced: IdentityProvider) -> None:
    second = make_member(cast.organisation, "second-admin", Role.ADMIN)

    with pytest.raises(MembershipError, match="the way in if the sign-in"):
        changes.change(second, cast.admin, role=Role.READER, department=None, is_active=True)
    with pytest.raises(MembershipError, match="the way in if the sign-in"):
        changes.change(second, cast.admin, role=Role.ADMIN, department=None, is_active=False)


def test_a_new_person_is_led_from_the_invitation_to_the_sign_in(
    client: Client, cast: Cast, forced: IdentityProvider
) -> None:
    from accounts.members import invitations

    _row, token = invitations.invite(
        cast.admin.user,
        cast.organisation,
        email="new@example.org",
        role=Role.READER,
        department=None,
        language="en",
        now=timezone.now(),
    )
    address = reverse("invitation_accept", args=[token])

    page = client.get(address).content.decode()
    form = {"name": "New", "password": PASSWORD, "repeated": PASSWORD, "form_end": "end"}
    client.post(address, form)

    assert reverse("sign_in_at", args=[forced.uuid]) in page
    assert not User.objects.filter(email="new@example.org").exists()
