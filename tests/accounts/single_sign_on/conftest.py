"""A real provider of each protocol, once for all tests here, and an organisation that signs in there."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.cache import cache
from django.utils import timezone

from accounts import kept_secrets
from accounts.models import IdentityProvider, MailDomain, SignInProtocol
from tests.accounts.single_sign_on.providers import openid_server
from tests.factories import Cast, make_cast

HERE = Path(__file__).parent / "providers"
UUID = "0b6f4d0e-8a1a-4a53-9a0b-0a1b2c3d4e5f"
ROLES = {"IT Admins": "admin", "Buyers": "assessor"}


def started(script: str, *arguments: str) -> Iterator[str]:
    """The address of a provider, in a process of its own that ends with the tests."""
    environment = {name: value for name, value in os.environ.items() if name != "DJANGO_SETTINGS_MODULE"}
    process = subprocess.Popen(
        [sys.executable, str(HERE / script), *arguments], stdout=subprocess.PIPE, text=True, env=environment
    )
    try:
        assert process.stdout is not None
        address = process.stdout.readline().strip()
        assert address.startswith("http://127.0.0.1:"), "The provider did not start."
        yield address
    finally:
        process.terminate()
        process.wait(10)


@pytest.fixture(scope="session")
def openid_address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    callback = f"{settings.BASE_URL}/sign-in/{UUID}/callback/"
    after = f"{settings.BASE_URL}/account/login/"
    yield from started("openid_server.py", str(tmp_path_factory.mktemp("openid")), callback, after)


@pytest.fixture(scope="session")
def saml_address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    yield from started("saml_server.py", str(tmp_path_factory.mktemp("saml")))


@pytest.fixture
def cast(db: None) -> Cast:
    cache.clear()
    return make_cast()


def make_provider(cast: Cast, **values: Any) -> IdentityProvider:
    """In use, for the confirmed domain harbour.example."""
    make_domain(cast)
    given = {"name": "Harbour login", "is_active": True, "roles": ROLES, "uuid": UUID, **values}
    return IdentityProvider.objects.create(organisation=cast.organisation, **given)


def make_domain(cast: Cast, domain: str = "harbour.example", *, is_confirmed: bool = True) -> MailDomain:
    at = timezone.now() if is_confirmed else None
    return MailDomain.objects.create(
        organisation=cast.organisation, domain=domain, added_by=cast.admin.user, confirmed_at=at
    )


@pytest.fixture
def openid_provider(cast: Cast, openid_address: str) -> IdentityProvider:
    return make_provider(
        cast,
        protocol=SignInProtocol.OIDC,
        issuer=openid_address,
        client_id=openid_server.CLIENT,
        client_secret=kept_secrets.closed(openid_server.SECRET),
    )
