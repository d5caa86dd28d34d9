"""Asking a provider leads to no private network, and holds nobody up."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator
from typing import Any

import pytest

from accounts.models import IdentityProvider
from accounts.single_sign_on import openid, reaching, said, spent
from accounts.single_sign_on.reasons import NotLetInError, Reason
from tests.factories import NOW, Cast

PRIVATE = ("127.0.0.1", "10.1.2.3", "169.254.169.254", "::1", "64:ff9b::7f00:1", "2002:a00:1::", "fec0::1")


@pytest.mark.parametrize("address", PRIVATE)
def test_a_name_that_leads_inside_is_not_even_greeted(
    address: str, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.SIGN_IN_PRIVATE_NETWORKS, asked = [], []
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_a, **_k: [(family, 1, 6, "", (address, 443))])
    monkeypatch.setattr(socket, "create_connection", lambda *place, **_more: asked.append(place))
    with pytest.raises(NotLetInError) as refused:
        reaching.fetch("https://login.example.org/keys")
    assert (refused.value.reason, asked) == (Reason.UNREACHABLE, [])


@pytest.fixture
def drip() -> Iterator[str]:
    """The address of a server that begins to answer, and then sends a byte now and again."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        threading.Thread(target=_drip, args=(server,), daemon=True).start()
        yield f"http://127.0.0.1:{server.getsockname()[1]}/keys"


def _drip(server: socket.socket) -> None:
    try:
        taken, _from = server.accept()
        with taken:
            taken.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n")
            for _turn in range(1_200):
                taken.sendall(b" ")
                time.sleep(0.05)
    except OSError:
        return


def test_a_provider_that_drips_is_cut_off(drip: str, settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.SIGN_IN_PRIVATE_NETWORKS = ["127.0.0.0/8"]
    monkeypatch.setattr(reaching, "LONGEST", 0.3)
    began = time.monotonic()
    with pytest.raises(NotLetInError) as refused:
        reaching.fetch(drip)
    assert refused.value.reason in (Reason.UNREACHABLE, Reason.UNREADABLE)
    assert time.monotonic() - began < 30  # of the minute that it drips


@pytest.mark.parametrize(
    ("claimed", "read"),
    [
        (" Kate@Example.ORG ", "kate@example.org"),
        ("\u212aate@example.org", ""),
        ("k\u0131m@example.org", ""),
        ("kate@example.org\u0000", "kate@example.org"),
    ],
)
def test_an_address_that_only_looks_like_another_is_none(claimed: str, read: str) -> None:
    provider = IdentityProvider(email_claim="email", name_claim="name", groups_claim="groups")
    assert said.read(provider, {"email": claimed}, subject="7", end={}).email == read


def test_what_a_provider_publishes_may_be_any_nonsense() -> None:
    with pytest.raises(NotLetInError) as refused:
        reaching._json("https://login.example.org/keys", b'{"a":' * 50_000)
    assert refused.value.reason == Reason.UNREADABLE
    head = {"alg": "RS256", "kid": "1"}
    for keys in (5, None, "x", {"kty": "RSA"}, [5, {}, {"kty": "RSA", "kid": "1", "n": 7, "e": []}, {"kid": "1"}]):
        assert openid._usable({"keys": keys}, head) == []


@pytest.mark.parametrize("until", [0.0, 1e20, float("inf"), 253_402_300_799.0])
def test_what_says_that_it_counts_for_ever_counts_once(until: float, cast: Cast) -> None:
    provider = IdentityProvider.objects.create(organisation=cast.organisation, protocol="oidc", name="A")
    spent.spend(provider, "7", until, NOW)
    with pytest.raises(NotLetInError) as refused:
        spent.spend(provider, "7", until, NOW)
    assert refused.value.reason == Reason.REPLAYED
