"""Whoever is at the door: the address that a request comes from, and whether this browser was let in before.

The limit on failed sign-ins counts for each account, so a stranger who fails on purpose would keep its owner out. A
browser that signed in to an account before carries a signed cookie, and its failures are counted by themselves.
"""

from typing import Any

from allauth.core.internal.httpkit import get_client_ip
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.core.signing import BadSignature
from django.http import HttpRequest, HttpResponse
from django.utils.crypto import get_random_string

from accounts.access import OurRequest
from accounts.models import User

COOKIE = "known_browser"
SALT = "accounts.visitor"
A_YEAR = 365 * 24 * 3600


def address_of(request: HttpRequest) -> str | None:
    """Behind proxies what the header of the outermost of them says, counted by TRUSTED_PROXY_COUNT; else the peer."""
    try:
        return get_client_ip(request)
    except ImproperlyConfigured:  # fewer entries than proxies: it came past one of them
        return request.META.get("REMOTE_ADDR")


def at_sign_in(sender: Any, request: OurRequest | None, user: User, **_: Any) -> None:
    """Note who signed in; `accounts.middleware.AfterSignIn` sets the cookie."""
    if request is not None:
        request.signed_in_as = user


def remember(response: HttpResponse, user: User, *, secure: bool) -> None:
    """From now on this browser is known for the account."""
    response.set_signed_cookie(
        COOKIE,
        f"{get_random_string(22)} {user.email.lower()}",
        salt=SALT,
        max_age=A_YEAR,
        samesite="Lax",
        secure=secure or settings.SESSION_COOKIE_SECURE,
        httponly=True,
    )


def known_browser(request: HttpRequest, email: str) -> str:
    """What tells this browser from others, where it signed in to the account before; empty for all that never did."""
    try:
        cookie = request.get_signed_cookie(COOKIE, salt=SALT, max_age=A_YEAR) or ""
    except (KeyError, BadSignature):
        return ""
    name, _, known_for = cookie.partition(" ")
    return name if known_for == email.lower() else ""
