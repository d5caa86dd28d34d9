"""How often a token may ask, and how many wrong ones an address may send: counted in windows of a minute, in Redis,
which all processes share. An installation without it counts in each process: the table of its sign-in attempts would
cost ten queries a request."""

from __future__ import annotations

import ipaddress
from datetime import datetime

from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from accounts import visitor
from accounts.api.problems import Problem
from accounts.models import ApiToken

WINDOW = 60  # seconds
KEY = "api-requests"
WRONG_TOKENS = 20  # a minute, of one address
ONE_HOME = 64  # bits: so much of an IPv6 address is one connection's


def consume(token: ApiToken, now: datetime) -> dict[str, str]:
    """Count this request; the headers that say what is left. Raises Problem 429, which says when to come again."""
    limit, left_seconds = settings.API_REQUESTS_PER_MINUTE, _left(now)
    asked = _counted(str(token.pk), now)
    headers = {
        "RateLimit-Limit": str(limit),
        "RateLimit-Remaining": str(max(0, limit - asked)),
        "RateLimit-Reset": str(left_seconds),
    }
    if asked > limit:
        detail = ngettext("Come again in one second.", "Come again in %(count)s seconds.", left_seconds)
        retry = {**headers, "Retry-After": str(left_seconds)}
        raise Problem(429, "too_many", detail % {"count": left_seconds}, headers=retry)
    return headers


def count_wrong(request: HttpRequest, now: datetime) -> None:
    """Raises Problem 429 for an address that sent many wrong tokens. A good one opens from there all the same: behind
    one address stand all the programs of an organisation."""
    if _counted(f"wrong:{_home_of(request)}", now) > WRONG_TOKENS:
        headers = {"Retry-After": str(_left(now))}
        raise Problem(429, "too_many", _("Too many wrong tokens came from your address."), headers=headers)


def _left(now: datetime) -> int:
    return WINDOW - int(now.timestamp()) % WINDOW


def _counted(whose: str, now: datetime) -> int:
    key = f"{KEY}:{whose}:{int(now.timestamp()) // WINDOW}"
    return 1 if cache.add(key, 1, WINDOW * 2) else _raised(key)


def _raised(key: str) -> int:
    try:
        return int(cache.incr(key))
    except ValueError:  # the window ended in between
        cache.set(key, 1, WINDOW * 2)
        return 1


def _home_of(request: HttpRequest) -> str:
    said = visitor.address_of(request) or ""
    try:
        address = ipaddress.ip_address(said)
    except ValueError:
        return "unknown"
    if address.version == 4:
        return said
    return str(ipaddress.ip_network(f"{address}/{ONE_HOME}", strict=False).network_address)
