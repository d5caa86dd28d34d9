"""Accounts in a browser: an invitation accepted, a passkey added and used under the policy."""

from __future__ import annotations

import pytest
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import expect

from accounts.members import invitations
from accounts.models import Membership
from tests.browser.conftest import Visit
from tests.factories import PASSWORD, Cast

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
TOUCH = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}


def invite(cast: Cast, email: str = "nora@example.org", language: str = "en") -> str:
    _invitation, token = invitations.invite(
        cast.admin.user,
        cast.organisation,
        email=email,
        role="reader",
        department=cast.department,
        language=language,
        now=timezone.now(),
    )
    return reverse("invitation_accept", args=[token])


def test_an_invitation_leads_a_newcomer_to_their_work(visit: Visit, cast: Cast) -> None:
    page = visit(invite(cast, language="nl"))
    expect(page.locator("html")).to_have_attribute("lang", "nl")

    page.fill("[name=name]", "Nora Newcomer")
    page.fill("[name=password]", PASSWORD)
    page.fill("[name=repeated]", PASSWORD)
    page.locator("main form button").click()

    page.wait_for_url("**/my-work/")
    expect(page.locator("html")).to_have_attribute("lang", "nl")
    assert Membership.objects.get(user__email="nora@example.org").department == cast.department


def test_a_passkey_is_added_and_signs_in_without_a_password(visit: Visit, cast: Cast) -> None:
    cast.reader.user.set_password(PASSWORD)
    cast.reader.user.save()
    page = visit(reverse("mfa_add_webauthn"), cast.reader)
    remote = page.context.new_cdp_session(page)
    remote.send("WebAuthn.enable")
    remote.send("WebAuthn.addVirtualAuthenticator", {"options": TOUCH})

    page.fill("[name=password]", PASSWORD)  # before a second factor changes, the password is asked once more
    page.locator("main form button").first.click()
    page.wait_for_url("**/webauthn/add/")
    page.check("[name=passwordless]")
    page.click("#mfa_webauthn_add")
    page.wait_for_url("**/recovery-codes/")

    page.context.clear_cookies()
    page.goto(reverse("account_login"))
    page.click("#passkey_login")

    page.wait_for_url("**/portfolio/")
    expect(page.locator(".menu-account")).to_contain_text("Harbour Hospital")
