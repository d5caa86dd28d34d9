"""Asking a provider: small answers, soon, over TLS, and never on a network that is nobody's business.

An administrator of one organisation names the address, and the server asks it: so a private network is closed unless
whoever runs the installation opened it. A name is resolved once, here, and the connection goes to the very address
that was judged: nothing is sent to any other, not even a greeting, by which somebody could find out what runs there.
"""

from __future__ import annotations

import json
import socket
import threading
from collections.abc import Mapping
from contextlib import suppress
from ipaddress import IPv6Address, ip_address, ip_network
from typing import Any
from urllib.parse import urlencode, urlsplit

import urllib3
from django.conf import settings
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.exceptions import HTTPError

from accounts.single_sign_on.reasons import NotLetInError, Reason
from groundwork.public_addresses import is_public

LARGEST = 512 * 1024  # bytes of an answer: keys and settings have some thousands
CONNECT, LONGEST = 4.0, 15.0  # seconds
TIMEOUT = urllib3.Timeout(connect=CONNECT, read=8)


class _Judged:
    """A connection to the first address of its name that may be asked and answers; cut off when its time is over, since
    whoever sends a byte every few seconds would hold it for days."""

    def _new_conn(self: Any) -> socket.socket:
        cut = threading.Timer(LONGEST, _cut, [self])
        cut.daemon = True
        cut.start()
        fault = OSError("This address lies on a private network.")
        for *_kind, place in socket.getaddrinfo(self.host, self.port, type=socket.SOCK_STREAM):
            if not may_be_asked(str(place[0])):
                continue
            try:
                return socket.create_connection((str(place[0]), int(place[1])), CONNECT)
            except OSError as error:
                fault = error
        raise fault


def _cut(connection: Any) -> None:
    with suppress(OSError, AttributeError):  # it has ended already
        connection.sock.shutdown(socket.SHUT_RDWR)


class _Plain(_Judged, HTTPConnection):
    pass


class _Secure(_Judged, HTTPSConnection):
    pass


class _PlainPool(urllib3.HTTPConnectionPool):
    ConnectionCls = _Plain


class _SecurePool(urllib3.HTTPSConnectionPool):
    ConnectionCls = _Secure


def may_be_asked(host: str) -> bool:
    address = ip_address(host.partition("%")[0])
    if isinstance(address, IPv6Address) and address.ipv4_mapped:
        address = address.ipv4_mapped
    if is_public(address):
        return True
    return any(address in ip_network(network, strict=False) for network in settings.SIGN_IN_PRIVATE_NETWORKS)


def is_usable(url: str) -> bool:
    """Whether it can be asked at all: TLS, except on an installation that is no production."""
    parts = urlsplit(url)
    return bool(parts.hostname) and parts.scheme in (("https",) if settings.PRODUCTION else ("https", "http"))


def fetch(url: str, *, form: Mapping[str, str] | None = None, headers: Mapping[str, str] | None = None) -> Any:
    """The JSON at an address; posted a form, what it answers. Raises NotLetInError."""
    if not is_usable(url):
        raise NotLetInError(Reason.UNREACHABLE, f"{_place(url)} is no address with https://")
    asked = {"Accept": "application/json", **(headers or {})}
    body = None
    if form is not None:
        body = urlencode(form)
        asked["Content-Type"] = "application/x-www-form-urlencoded"
    try:
        with _pools() as pools:
            response = pools.request(
                "GET" if body is None else "POST",
                url,
                body=body,
                headers=asked,
                redirect=False,
                retries=False,
                preload_content=False,
            )
            content = response.read(LARGEST + 1, decode_content=True)
            response.release_conn()
    except (HTTPError, OSError, ValueError) as error:
        raise NotLetInError(Reason.UNREACHABLE, f"{type(error).__name__} ({_place(url)})") from error
    if response.status >= 400 and form is not None:
        raise NotLetInError(Reason.PROVIDER_REFUSED, f"{_place(url)} answered {response.status}{_error_in(content)}")
    if response.status != 200 or len(content) > LARGEST:
        raise NotLetInError(Reason.UNREACHABLE, f"{_place(url)} answered {response.status}")
    return _json(url, content)


def _json(url: str, content: bytes) -> Any:
    try:
        found = json.loads(content)
    except (ValueError, RecursionError) as error:
        raise NotLetInError(Reason.UNREADABLE, f"{_place(url)} answered no JSON") from error
    if not isinstance(found, dict):
        raise NotLetInError(Reason.UNREADABLE, f"{_place(url)} answered no object")
    return found


def _error_in(content: bytes) -> str:
    """The code of an OAuth error: `invalid_client`. Nothing else of an answer is repeated, it could hold a token."""
    try:
        code = json.loads(content).get("error")
    except (ValueError, AttributeError, RecursionError):
        return ""
    return f" ({code[:60]})" if isinstance(code, str) and code.replace("_", "").isalnum() else ""


def _place(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.hostname or ''}{parts.path}"


def _pools() -> urllib3.PoolManager:
    pools = urllib3.PoolManager(num_pools=1, timeout=TIMEOUT)
    pools.pool_classes_by_scheme = {"http": _PlainPool, "https": _SecurePool}
    return pools
