"""A provider is set, tried, and put in use; mail domains count once they are confirmed."""

from __future__ import annotations

import pytest
from django.core.management import call_command
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts import kept_secrets
from accounts.models import IdentityProvider, MailDomain
from accounts.single_sign_on import domains, reaching, setting_up
from accounts.single_sign_on.domains import DomainError
from accounts.single_sign_on.setting_up import SetUpError
from config.demo.sign_in import DemoSignIn
from tests.factories import Cast

SENT = {
    "form_end": "end",
    "version": "",
    "provider-name": "Work account",
    "provider-issuer": "https://login.harbour.example/.well-known/openid-configuration",
    "provider-client_id": "manifesto",
    "provider-secret": "s3cret",
    "provider-email_claim": "email",
    "provider-name_claim": "name",
    "provider-groups_claim": "groups",
    "provider-groups_admin": "IT Admins\nOwners",
    "provider-groups_reader": "Board",
}


def test_a_provider_is_set_on_its_page_and_its_secret_is_kept_encrypted(client: Client, cast: Cast) -> None:
    client.force_login(cast.admin.user)

    response = client.post(reverse("own_sign_in_edit"), SENT)

    assert response.status_code == 302, response.content.decode()
    row = IdentityProvider.objects.get()
    assert row.issuer == "https://login.harbour.example"
    assert row.roles == {"IT Admins": "admin", "Owners": "admin", "Board": "reader"}
    assert "s3cret" not in row.client_secret
    assert kept_secrets.opened(row.client_secret) == "s3cret"
    page = client.get(reverse("own_sign_in")).content.decode()
    assert f"http://localhost:8000/sign-in/{row.uuid}/callback/" in page
    assert "s3cret" not in page
    assert client.post(reverse("own_sign_in_edit"), SENT).status_code == 200  # somebody else was first: version


@pytest.mark.parametrize("other", [{"issuer": "https://evil.example"}, {"client_id": "else"}])
def test_a_secret_that_is_kept_is_never_sent_to_another_provider(other: dict[str, str], cast: Cast) -> None:
    known = {"protocol": "oidc", "name": "A", "issuer": "https://a.example", "client_id": "manifesto"}
    row = setting_up.save(cast.admin, known, secret="s3cret", version=None)
    row = setting_up.save(cast.admin, {**known, "name": "B"}, version=row.version)
    assert kept_secrets.opened(row.client_secret) == "s3cret"

    row = setting_up.save(cast.admin, {**known, **other}, version=row.version)

    assert row.client_secret == ""
    row = setting_up.save(cast.admin, known, secret="n3w", version=row.version)
    assert kept_secrets.opened(row.client_secret) == "n3w"


def test_it_is_put_in_use_after_a_trial_that_worked_and_leads_nowhere_else_then(cast: Cast) -> None:
    row = setting_up.save(cast.admin, {"protocol": "oidc", "name": "A", "issuer": "https://a.example"}, version=None)
    domains.add(cast.admin, "harbour.example", now=timezone.now())
    domains.confirm(MailDomain.objects.get(), by=None)
    with pytest.raises(SetUpError, match="Try it first"):
        setting_up.put_in_use(cast.admin)

    setting_up.tried(row, setting_up.WOULD_ENTER, {}, "admin", timezone.now())
    setting_up.put_in_use(cast.admin)

    row.refresh_from_db()
    assert row.is_active
    with pytest.raises(SetUpError, match="in use"):
        setting_up.save(cast.admin, {"issuer": "https://b.example"}, version=row.version)


def test_a_domain_waits_where_another_organisation_could_claim_it(cast: Cast) -> None:
    domains.add(cast.admin, "@Harbour.Example", now=timezone.now())
    assert MailDomain.objects.get().confirmed_at is None

    call_command("confirm_domain", "harbour.example", cast.organisation.slug)

    assert MailDomain.objects.get().confirmed_at is not None
    other = MailDomain.objects.create(
        organisation=cast.other_organisation, domain="HARBOUR.example", added_by=cast.stranger.user
    )
    with pytest.raises(DomainError, match="another organisation"):
        domains.confirm(other, by=None)


@pytest.mark.parametrize("domain", ["gmail.com", "nothing", "a b.example", "-x.example", "x..example", "ex\x00.org"])
def test_what_is_no_domain_of_an_organisation_is_refused(domain: str) -> None:
    with pytest.raises(DomainError):
        domains.cleaned(domain)


@pytest.mark.parametrize(
    ("address", "may"),
    [
        ("10.0.0.1", False),
        ("169.254.169.254", False),
        ("::ffff:10.0.0.1", False),
        ("fe80::1", False),
        ("8.8.8.8", True),
    ],
)
def test_a_provider_on_a_private_network_is_not_asked(address: str, may: bool) -> None:
    assert reaching.may_be_asked(address) is may


def test_without_anything_to_end_the_way_out_leads_home(client: Client, cast: Cast) -> None:
    assert client.get(reverse("signed_out"))["Location"] == "/"


def test_the_demo_shows_one_that_was_tried(cast: Cast) -> None:
    claims = {"sub": "a", "email": "a@demo.example"}
    data = {"domain": "demo.example", "name": "Demo", "issuer": "https://login.demo.example", "roles": {"it": "admin"}}
    demo = DemoSignIn(
        administrator=cast.admin, data={**data, "outcome": "no_role", "claims": claims}, today=timezone.localdate()
    )
    for _day, event in demo.events():
        event()

    assert IdentityProvider.objects.get().last_trial["claims"] == claims
