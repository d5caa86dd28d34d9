"""Where webhooks may go: to public addresses over TLS, and to those networks that the installation names.

An address is judged twice: as it is written down, for what can be seen without asking anybody, and as its name
resolves, at the moment of connecting (`sending`).
"""

from __future__ import annotations

import socket
from dataclasses import dataclass
from ipaddress import IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from urllib.parse import SplitResult, quote, urlsplit

from django.conf import settings

from groundwork.public_addresses import Address, is_public

SCHEMES = {"https": 443, "http": 80}
MOST = 500  # characters
IN_PATHS = "/%:@!$&'()*+,;=~-._?[]"
FIRST_FREE_PORT = 1024  # below it live mail, file and login services, which a web request must not reach


class RefusedAddressError(Exception):
    """`code`: of a Failure in `words`."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True, kw_only=True)
class Target:
    """An address that can be asked: `host` without brackets, `path` with its query."""

    scheme: str
    host: str
    port: int
    path: str

    @property
    def is_secure(self) -> bool:
        return self.scheme == "https"


def target_of(address: str) -> Target:
    """What an address names. Raises RefusedAddressError for one that is none, names a user or password, or shows
    already that it may not be asked."""
    parts, host, port = _parts(address)
    if parts.username is not None or parts.password is not None:
        raise RefusedAddressError("names_a_user")
    path = quote(parts.path or "/", safe=IN_PATHS) + (f"?{quote(parts.query, safe=IN_PATHS)}" if parts.query else "")
    target = Target(scheme=parts.scheme, host=host, port=port or SCHEMES[parts.scheme], path=path)
    literal = _literal(host)
    if literal is not None:
        judge(target, literal)
    elif host == "localhost" or host.endswith(".localhost"):
        judge(target, ip_address("127.0.0.1"))
    elif not target.is_secure and not _networks():
        raise RefusedAddressError("not_secure")
    return target


def _parts(address: str) -> tuple[SplitResult, str, int | None]:
    if len(address) > MOST or any(ord(sign) <= 32 or ord(sign) == 127 or sign == "\\" for sign in address):
        raise RefusedAddressError("no_address")
    try:
        parts = urlsplit(address)
        port = parts.port
        host = (parts.hostname or "").encode("idna").decode()
        address.encode()
    except ValueError as error:  # UnicodeError is one
        raise RefusedAddressError("no_address") from error
    if parts.scheme not in SCHEMES or not host or port == 0:
        raise RefusedAddressError("no_address")
    return parts, host, port


def _literal(host: str) -> Address | None:
    """The address that a host is without asking anybody, in whichever way it is written: 2130706433 is 127.0.0.1."""
    try:
        found = socket.getaddrinfo(host, None, type=socket.SOCK_STREAM, flags=socket.AI_NUMERICHOST)
    except (OSError, UnicodeError):
        return None
    return ip_address(found[0][4][0])


def judge(target: Target, address: Address) -> None:
    """Raises RefusedAddressError where the target must not be asked at this address."""
    if _is_allowed(address):
        return
    if not is_public(address):
        raise RefusedAddressError("private")
    if not target.is_secure:
        raise RefusedAddressError("not_secure")
    if target.port < FIRST_FREE_PORT and target.port != SCHEMES["https"]:
        raise RefusedAddressError("port")


def _is_allowed(address: Address) -> bool:
    mapped = address.ipv4_mapped if isinstance(address, IPv6Address) else None
    judged = mapped or address
    return any(judged in network for network in _networks() if network.version == judged.version)


def _networks() -> list[IPv4Network | IPv6Network]:
    return [ip_network(one, strict=False) for one in settings.WEBHOOK_PRIVATE_NETWORKS]
