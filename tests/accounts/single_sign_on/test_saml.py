"""SAML 2.0, against a real identity provider in its own process."""

from __future__ import annotations

import base64
import shutil
from typing import Any
from urllib.parse import urlsplit

import pytest
import requests
from django.conf import settings
from django.test import Client
from django.urls import reverse

from accounts.models import IdentityProvider, Membership, Role, SignInProtocol, User
from accounts.single_sign_on import certificates
from tests.accounts.single_sign_on.conftest import make_provider
from tests.accounts.single_sign_on.test_openid import begin, failure, signed_in
from tests.factories import Cast

pytestmark = pytest.mark.skipif(
    not shutil.which("xmlsec1") and not getattr(settings, "TEST_STRICT", False), reason="needs the program xmlsec1"
)


@pytest.fixture
def provider(cast: Cast, saml_address: str) -> IdentityProvider:
    """As an administrator sets it: from the provider's metadata; and it was given ours."""
    found = certificates.described(requests.get(f"{saml_address}/metadata", timeout=60).text)
    row = make_provider(
        cast,
        protocol=SignInProtocol.SAML,
        entity_id=found.entity_id,
        sso_url=found.sso_url,
        slo_url=found.slo_url,
        certificates=found.certificates,
    )
    ours = Client().get(reverse("sign_in_metadata", args=[row.uuid]))
    assert ours["Content-Type"] == "application/samlmetadata+xml"
    requests.post(f"{saml_address}/trust", data=ours.content, timeout=60)
    return row


def answer_of(address: str, person: str = "anna", fault: str = "") -> dict[str, str]:
    """What the provider's page would post to us."""
    answer = requests.get(address, params={"person": person, "fault": fault}, timeout=60)
    assert answer.status_code == 200, answer.text
    found: dict[str, str] = answer.json()
    return found


def brought(client: Client, provider: IdentityProvider, answer: dict[str, str]) -> Any:
    """The post of another site, without our cookies, and the way back of the browser with them."""
    elsewhere = Client(enforce_csrf_checks=True)
    posted = elsewhere.post(reverse("sign_in_saml", args=[provider.uuid]), answer)
    assert posted.status_code == 302
    client.cookies["saml_brought"] = posted.cookies["saml_brought"].value
    return client.get(posted["Location"])


def come_in(client: Client, provider: IdentityProvider, person: str = "anna", fault: str = "") -> Any:
    return brought(client, provider, answer_of(begin(client, provider), person, fault))


def test_the_first_sign_in_makes_a_member_with_the_role_of_the_groups(
    client: Client, provider: IdentityProvider
) -> None:
    response = come_in(client, provider, "bart")

    assert (response.status_code, failure(provider)) == (302, ""), provider.last_failure
    member = Membership.objects.get(user__email="bart@harbour.example")
    assert signed_in(client) == str(member.user_id)
    assert (member.role, member.user.name) == (Role.ASSESSOR, "Bart Claes")


FAULTS = {
    "unsigned": "not_signed",
    "only-response-signed": "not_signed",
    "altered": "wrong_signature",
    "next-key": "wrong_signature",
    "audience": "wrong_audience",
    "no-audience": "wrong_audience",
    "issuer": "wrong_issuer",
    "destination": "wrong_address",
    "recipient": "wrong_time",
    "request": "wrong_request",
    "unsolicited": "wrong_request",
    "late": "wrong_time",
    "early": "wrong_time",
}


def test_what_does_not_count_lets_nobody_in(provider: IdentityProvider) -> None:
    found = {}
    for fault in FAULTS:
        browser = Client()
        assert come_in(browser, provider, fault=fault).status_code == 400, fault
        assert signed_in(browser) is None, fault
        found[fault] = failure(provider)

    assert found == FAULTS
    assert not User.objects.filter(email__endswith="@harbour.example").exists()


def test_a_clock_that_is_a_minute_and_a_half_ahead_is_forgiven(client: Client, provider: IdentityProvider) -> None:
    come_in(client, provider, fault="skewed")

    assert failure(provider) == "", provider.last_failure
    assert signed_in(client)


def test_the_next_certificate_counts_beside_the_one_in_use(
    client: Client, provider: IdentityProvider, saml_address: str
) -> None:
    answer = answer_of(begin(client, provider), "anna", "next-key")
    text = base64.b64decode(answer["SAMLResponse"]).decode()
    body = text.partition("X509Certificate>")[2].partition("<")[0]
    provider.certificates += "\n" + certificates.cleaned(body)
    provider.save()

    brought(client, provider, answer)

    assert failure(provider) == "", provider.last_failure
    other = Client()
    come_in(other, provider)
    assert signed_in(other)


def test_an_answer_counts_once_and_only_in_the_browser_that_asked(client: Client, provider: IdentityProvider) -> None:
    answer = answer_of(begin(client, provider))

    assert brought(Client(), provider, answer).status_code == 400
    assert brought(client, provider, answer).status_code == 302
    assert brought(client, provider, answer).status_code == 400


def test_an_assertion_counts_once_even_where_its_request_would_still_be_open(
    client: Client, provider: IdentityProvider
) -> None:
    answer = answer_of(begin(client, provider))
    states = client.session["socialaccount_states"]
    brought(client, provider, answer)

    other = Client()
    other.get(reverse("account_login"))
    begin(other, provider)
    session = other.session
    session["socialaccount_states"] = states
    session.save()
    brought(other, provider, answer)

    assert failure(provider) == "replayed"
    assert signed_in(other) is None


def test_a_second_assertion_beside_the_signed_one_is_refused(client: Client, provider: IdentityProvider) -> None:
    """Signature wrapping: the signed assertion is there, and another one that says something else goes before it."""
    answer = answer_of(begin(client, provider))
    text = base64.b64decode(answer["SAMLResponse"]).decode()
    start, end = text.index("<ns1:Assertion"), text.index("</ns1:Assertion>") + len("</ns1:Assertion>")
    signed = text[start:end]
    forged = signed.replace("anna", "boss").replace(' ID="', ' ID="forged-')
    wrapped = {
        "before": text[:start] + forged + signed + text[end:],
        "inside": text[:start] + forged.replace("</ns1:Assertion>", signed + "</ns1:Assertion>") + text[end:],
    }
    for name, said in wrapped.items():
        other = Client()
        fresh = answer_of(begin(other, provider))
        brought(other, provider, {**fresh, "SAMLResponse": base64.b64encode(said.encode()).decode()})

        assert signed_in(other) is None, name
        assert failure(provider) != "", name
    assert not User.objects.filter(email__startswith="boss").exists()


BOMB = """<?xml version="1.0"?><!DOCTYPE r [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;">]>
<samlp:Response xmlns:samlp="urn:oasis:names:tc:SAML:2.0:protocol" ID="x" Version="2.0">&b;</samlp:Response>"""


# A part that the library takes for granted is not there.
STATUSLESS = (
    '<p:Response xmlns:p="urn:oasis:names:tc:SAML:2.0:protocol" ID="r" Version="2.0">'
    "<p:Status><p:StatusCode/></p:Status></p:Response>"
)


def test_what_is_no_answer_is_refused_with_a_page(client: Client, provider: IdentityProvider) -> None:
    for sent in ("", "no base64 at all !", encoded("<a><b></a>"), encoded(BOMB), encoded(STATUSLESS), "A" * 300_000):
        begin(client, provider)
        state = list(client.session["socialaccount_states"])[-1]
        answer = {"SAMLResponse": sent, "RelayState": state}
        page = Client().post(reverse("sign_in_saml", args=[provider.uuid]), answer)
        if page.status_code == 302:
            page = brought(client, provider, answer)
            assert failure(provider) == "unreadable", sent[:20]

        assert page.status_code == 400, sent[:20]
        assert "You are not signed in" in page.content.decode()


def encoded(text: str) -> str:
    return base64.b64encode(text.encode()).decode()


def test_a_sign_out_here_asks_the_provider_to_end_its_session(client: Client, provider: IdentityProvider) -> None:
    come_in(client, provider)

    out = client.post(reverse("account_logout"), follow=True)

    assert signed_in(client) is None
    assert out["Refresh"].startswith(f"0;url={provider.slo_url}?SAMLRequest=")


def test_a_sign_out_that_nobody_signed_ends_nothing(client: Client, provider: IdentityProvider) -> None:
    come_in(client, provider)
    out = urlsplit(client.post(reverse("account_logout"), follow=True)["Refresh"])
    come_in(client, provider)

    response = client.get(f"{reverse('sign_in_sign_out', args=[provider.uuid])}?{out.query}")

    assert response.status_code == 400
    assert signed_in(client)


def test_metadata_with_a_document_type_are_refused() -> None:
    with pytest.raises(certificates.UnreadableError):
        certificates.described(BOMB)
