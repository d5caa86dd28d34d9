"""OpenID Connect, against a real provider in its own process."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import requests
from django.test import Client
from django.urls import reverse

from accounts import own_sign_in
from accounts.models import AuditEntry, IdentityProvider, Membership, Role, User
from tests.factories import PASSWORD, Cast, make_member


def begin(client: Client, provider: IdentityProvider, **sent: str) -> str:
    """The address at the provider to which the page sends the browser."""
    response = client.post(reverse("sign_in_at", args=[provider.uuid]), {"form_end": "end", **sent})
    assert response.status_code == 200, response.content
    return str(response["Refresh"]).removeprefix("0;url=")


def back_from(address: str, person: str, fault: str = "") -> str:
    """The path of ours to which the provider redirects once somebody has signed in there."""
    answer = requests.get(address, headers={"X-Person": person, "X-Fault": fault}, allow_redirects=False, timeout=60)
    assert answer.status_code == 302, answer.text
    return answer.headers["Location"].removeprefix("http://localhost:8000")


def come_in(client: Client, provider: IdentityProvider, person: str, fault: str = "") -> Any:
    return client.get(back_from(begin(client, provider), person, fault))


def signed_in(client: Client) -> str | None:
    found: str | None = client.session.get("_auth_user_id")
    return found


def failure(provider: IdentityProvider) -> str:
    provider.refresh_from_db()
    return str(provider.last_failure["outcome"]) if provider.last_failure else ""


def test_the_first_sign_in_makes_a_member_with_the_role_of_the_groups(
    client: Client, openid_provider: IdentityProvider
) -> None:
    response = come_in(client, openid_provider, "anna")

    assert (response.status_code, failure(openid_provider)) == (302, "")
    member = Membership.objects.get(user__email="anna@harbour.example")
    assert signed_in(client) == str(member.user_id)
    assert (member.role, member.organisation_id) == (Role.ADMIN, openid_provider.organisation_id)
    assert (member.user.name, member.user.has_usable_password()) == ("Anna Peeters", False)
    entry = AuditEntry.objects.get(verb="member.added")
    assert (entry.through, entry.actor_label) == ("the organisation’s sign-in", "system")


def test_a_later_sign_in_gives_the_role_that_the_groups_give_now(
    client: Client, openid_provider: IdentityProvider, cast: Cast
) -> None:
    member = make_member(cast.organisation, "bart", Role.READER)
    User.objects.filter(pk=member.user_id).update(email="bart@harbour.example")

    come_in(client, openid_provider, "bart")

    member.refresh_from_db()
    assert signed_in(client) == str(member.user_id)
    assert member.role == Role.ASSESSOR
    changed = AuditEntry.objects.get(verb="member.changed")
    assert (changed.before, changed.after) == ({"role": "reader"}, {"role": "assessor"})


def test_the_last_administrator_stays_one_whatever_the_groups_say(
    client: Client, openid_provider: IdentityProvider, cast: Cast
) -> None:
    User.objects.filter(pk=cast.admin.user_id).update(email="bart@harbour.example")

    come_in(client, openid_provider, "bart")

    cast.admin.refresh_from_db()
    assert signed_in(client) == str(cast.admin.user_id)
    assert cast.admin.role == Role.ADMIN


FAULTS = {
    ("anna", "audience"): "wrong_audience",
    ("anna", "issuer"): "wrong_issuer",
    ("anna", "nonce"): "wrong_request",
    ("anna", "late"): "wrong_time",
    ("anna", "skewed-too-far"): "wrong_time",
    ("anna", "early"): "wrong_time",
    ("anna", "unverified"): "not_verified",
    ("nogroup", ""): "no_role",
    ("outside", ""): "outside",
}


def test_what_does_not_count_lets_nobody_in(openid_provider: IdentityProvider) -> None:
    people = User.objects.count()
    found = {}
    for person, fault in FAULTS:
        browser = Client()
        assert come_in(browser, openid_provider, person, fault).status_code == 400, fault
        assert signed_in(browser) is None, fault
        found[person, fault] = failure(openid_provider)

    assert found == FAULTS
    assert User.objects.count() == people


def test_a_clock_that_is_a_minute_off_is_forgiven(client: Client, openid_provider: IdentityProvider) -> None:
    come_in(client, openid_provider, "anna", "skewed")

    assert failure(openid_provider) == ""
    assert signed_in(client)


def test_an_answer_counts_once_and_only_in_the_browser_that_asked(
    client: Client, openid_provider: IdentityProvider
) -> None:
    back = back_from(begin(client, openid_provider), "anna")

    assert Client().get(back).status_code == 400  # somebody else's browser
    assert client.get(back).status_code == 302
    assert Client().get(back).status_code == 400
    assert client.get(back).status_code == 400


def test_where_it_was_asked_for_is_where_it_leads_and_never_elsewhere(
    client: Client, openid_provider: IdentityProvider
) -> None:
    wanted = client.get(back_from(begin(client, openid_provider, next="/vendors/"), "anna"))
    other = Client()
    elsewhere = other.get(back_from(begin(other, openid_provider, next="//evil.example/"), "bart"))

    assert wanted["Location"] == "/vendors/"
    assert elsewhere["Location"] == "/"


def test_the_address_leads_to_the_provider_by_its_domain_and_tells_nobody_who_exists(
    client: Client, openid_provider: IdentityProvider
) -> None:
    page = reverse("sign_in_organisation")

    known = client.post(page, {"email": "anyone@HARBOUR.example", "form_end": "end"})
    unknown = client.post(page, {"email": "admin@example.org", "form_end": "end"})

    assert known["Refresh"].startswith(f"0;url={openid_provider.issuer}/authorize/?")
    asked = parse_qs(urlsplit(known["Refresh"]).query)
    assert asked["code_challenge_method"] == ["S256"]
    assert asked.keys() >= {"state", "nonce", "code_challenge"}
    assert "Refresh" not in unknown


def test_a_sign_out_here_goes_on_to_the_provider(client: Client, openid_provider: IdentityProvider) -> None:
    come_in(client, openid_provider, "anna")

    out = client.post(reverse("account_logout"), follow=True)

    assert signed_in(client) is None
    address = out["Refresh"].removeprefix("0;url=")
    assert address.startswith(f"{openid_provider.issuer}/logout/?")
    answer = requests.get(address, headers={"X-Person": "anna"}, allow_redirects=False, timeout=60)
    assert (answer.status_code, answer.headers["Location"]) == (302, "http://localhost:8000/account/login/")


def test_a_session_through_a_provider_opens_its_own_organisation_alone(
    client: Client, openid_provider: IdentityProvider, cast: Cast
) -> None:
    """The provider of one organisation never opens another one, the administration, or keys that would."""
    member = make_member(cast.organisation, "anna", Role.READER)
    User.objects.filter(pk=member.user_id).update(email="anna@harbour.example", is_staff=True, is_superuser=True)
    Membership.objects.create(user=member.user, organisation=cast.other_organisation, role=Role.ADMIN)

    come_in(client, openid_provider, "anna")

    page = client.get(reverse("profile"), {"organisation": cast.other_organisation.slug})
    assert [one.organisation_id for one in page.wsgi_request.memberships] == [cast.organisation.pk]
    switch = {"organisation": str(cast.other_organisation.pk), "form_end": "end"}
    assert client.post(reverse("organisation_switch"), switch).status_code == 404
    for route in ("admin:index", "mfa_index", "account_change_password", "person_download", "preferences_calendar"):
        assert client.get(reverse(route)).status_code == 403, route
    assert client.post(reverse("account_logout")).status_code == 302


def test_an_account_that_opens_another_organisation_is_not_taken_over(
    client: Client, openid_provider: IdentityProvider, cast: Cast
) -> None:
    User.objects.filter(pk=cast.stranger.user_id).update(email="anna@harbour.example")

    response = come_in(client, openid_provider, "anna")

    assert (response.status_code, failure(openid_provider)) == (400, "not_a_member")
    assert not Membership.objects.filter(user=cast.stranger.user, organisation=cast.organisation).exists()


def test_without_a_confirmed_domain_nobody_comes_in(
    client: Client, openid_provider: IdentityProvider, cast: Cast
) -> None:
    cast.organisation.mail_domains.update(confirmed_at=None)

    come_in(client, openid_provider, "anna")

    assert failure(openid_provider) == "outside"
    assert "anna@harbour.example" in str(openid_provider.last_failure)


def test_an_address_that_somebody_new_has_does_not_open_the_account_of_whoever_had_it(
    client: Client, openid_provider: IdentityProvider
) -> None:
    come_in(client, openid_provider, "anna")
    anna = User.objects.get(email="anna@harbour.example")
    anna.socialaccount_set.update(uid="the one before")

    other = Client()
    come_in(other, openid_provider, "anna")

    assert failure(openid_provider) == "other_person"
    assert signed_in(other) is None


def test_a_closed_membership_stays_closed(client: Client, openid_provider: IdentityProvider, cast: Cast) -> None:
    come_in(client, openid_provider, "bart")
    Membership.objects.filter(user__email="bart@harbour.example").update(is_active=False)

    again = Client()
    come_in(again, openid_provider, "bart")

    assert failure(openid_provider) == "closed"
    assert client.get(reverse("work")).status_code == 302  # and the session that was open has ended
    assert signed_in(client) is None


def test_a_trial_shows_what_was_sent_and_signs_nobody_in(
    client: Client, openid_provider: IdentityProvider, cast: Cast
) -> None:
    IdentityProvider.objects.update(is_active=False)
    client.force_login(cast.admin.user)
    people = User.objects.count()

    address = client.post(reverse("own_sign_in_try"), {"form_end": "end"})["Refresh"].removeprefix("0;url=")
    page = client.get(back_from(address, "bart"), follow=True).content.decode()

    openid_provider.refresh_from_db()
    assert openid_provider.last_trial["outcome"] == "would_enter"
    assert openid_provider.last_trial["role"] == "assessor"
    assert openid_provider.last_trial["claims"]["groups"] == ["Buyers", "Everybody"]
    assert "nonce" not in openid_provider.last_trial["claims"]
    assert "bart@harbour.example" in page
    assert "would come in as “Assessor”" in page
    assert (signed_in(client), User.objects.count()) == (str(cast.admin.user_id), people)


def test_a_trial_is_for_the_administrator_who_began_it(
    client: Client, openid_provider: IdentityProvider, cast: Cast
) -> None:
    client.force_login(cast.admin.user)
    address = client.post(reverse("own_sign_in_try"), {"form_end": "end"})["Refresh"].removeprefix("0;url=")
    Membership.objects.filter(pk=cast.admin.pk).update(role=Role.READER)

    assert client.get(back_from(address, "anna")).status_code == 400
    openid_provider.refresh_from_db()
    assert openid_provider.last_trial is None


def test_neither_code_nor_state_stand_in_the_log(
    client: Client, openid_provider: IdentityProvider, caplog: pytest.LogCaptureFixture
) -> None:
    back = back_from(begin(client, openid_provider), "outside")

    client.get(back)

    code = parse_qs(urlsplit(back).query)["code"][0]
    assert "callback" in caplog.text
    assert code not in caplog.text
    assert PASSWORD not in caplog.text
    assert own_sign_in.KEY not in client.session
