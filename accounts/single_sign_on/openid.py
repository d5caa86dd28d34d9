"""OpenID Connect: where to send somebody, and what the provider says of them when they come back.

Authorisation code with PKCE. An ID token counts when it is signed by a key of the issuer that is set, meant for us,
valid now and made for this very sign-in (`nonce`).
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import quote, urlencode

import jwt
from allauth.socialaccount.providers.oauth2.utils import generate_code_challenge
from django.conf import settings
from django.core.cache import cache
from django.urls import reverse
from django.utils.crypto import get_random_string
from urllib3.util import make_headers

from accounts import kept_secrets
from accounts.models import IdentityProvider
from accounts.single_sign_on import reaching, said, spent
from accounts.single_sign_on.reasons import NotLetInError, Reason

SKEW = timedelta(minutes=2)
KEPT_FOR = 3600  # seconds that a provider's settings and keys are not asked for again
# Never a secret that both know, and never “none”.
ALGORITHMS = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA")
GOOGLE = "https://accounts.google.com"
PROBLEMS: tuple[tuple[type[jwt.PyJWTError], Reason], ...] = (
    (jwt.ExpiredSignatureError, Reason.WRONG_TIME),
    (jwt.ImmatureSignatureError, Reason.WRONG_TIME),
    (jwt.InvalidIssuedAtError, Reason.WRONG_TIME),
    (jwt.InvalidIssuerError, Reason.WRONG_ISSUER),
    (jwt.InvalidAudienceError, Reason.WRONG_AUDIENCE),
    (jwt.InvalidSignatureError, Reason.WRONG_SIGNATURE),
    (jwt.InvalidAlgorithmError, Reason.NOT_SIGNED),
)


@dataclass(frozen=True, kw_only=True)
class Begun:
    """Where the browser goes, and what has to be known when it comes back."""

    address: str
    kept: dict[str, str]


def callback_address(provider: IdentityProvider) -> str:
    return settings.BASE_URL + reverse("sign_in_callback", args=[provider.uuid])


def begin(provider: IdentityProvider, state: str) -> Begun:
    """Raises NotLetInError where the provider cannot be asked."""
    about = discovered(provider)
    challenge = generate_code_challenge()
    nonce = get_random_string(32)
    asked = {
        "response_type": "code",
        "client_id": provider.client_id,
        "redirect_uri": callback_address(provider),
        "scope": "openid email profile",
        "state": state,
        "nonce": nonce,
        "code_challenge": challenge["code_challenge"],
        "code_challenge_method": challenge["code_challenge_method"],
    }
    address = _with(_endpoint(about, "authorization_endpoint"), asked)
    return Begun(address=address, kept={"nonce": nonce, "verifier": challenge["code_verifier"]})


def answered(provider: IdentityProvider, query: Mapping[str, str], kept: Mapping[str, str], now: datetime) -> said.Said:
    """What the provider says of whoever came back with this query. Raises NotLetInError."""
    if error := query.get("error"):
        reason = Reason.CANCELLED if error == "access_denied" else Reason.PROVIDER_REFUSED
        raise NotLetInError(reason, "".join(sign for sign in error if sign.isprintable())[:60])
    if not query.get("code"):
        raise NotLetInError(Reason.UNREADABLE, "The answer has no code.")
    about = discovered(provider)
    if "iss" in query and query["iss"] != about["issuer"]:  # RFC 9207: another provider answered
        raise NotLetInError(Reason.WRONG_ISSUER, query["iss"])
    tokens = _tokens(provider, about, query["code"], kept)
    token = tokens.get("id_token")
    if not isinstance(token, str):
        raise NotLetInError(Reason.UNREADABLE, "The provider sent no ID token.")
    claims = verified(provider, about, token, nonce=kept["nonce"])
    name = str(claims.get("jti") or hashlib.sha256(token.encode()).hexdigest())
    spent.spend(provider, name, float(min(int(claims["exp"]), 10**12)), now)  # some say for ever
    told = {**_user_info(provider, about, tokens.get("access_token"), claims), **claims}
    end = {"hint": kept_secrets.closed(token)} if len(token) < 4000 else {}
    return said.read(provider, told, subject=claims["sub"], end=end)


def verified(provider: IdentityProvider, about: Mapping[str, Any], token: str, *, nonce: str) -> dict[str, Any]:
    """The claims of an ID token that counts here. Raises NotLetInError."""
    try:
        claims: dict[str, Any] = jwt.decode(
            token,
            key=_key(about, token),
            algorithms=list(ALGORITHMS),
            audience=provider.client_id,
            issuer=about["issuer"],
            leeway=SKEW,
            options={"require": ["iss", "sub", "aud", "exp", "iat"]},
        )
    except jwt.PyJWTError as error:
        reason = next((reason for kind, reason in PROBLEMS if isinstance(error, kind)), Reason.UNREADABLE)
        raise NotLetInError(reason, type(error).__name__) from error
    if claims.get("nonce") != nonce:
        raise NotLetInError(Reason.WRONG_REQUEST, "nonce")
    several = isinstance(claims["aud"], list) and len(claims["aud"]) > 1
    if claims.get("azp", None if several else provider.client_id) != provider.client_id:
        raise NotLetInError(Reason.WRONG_AUDIENCE, "azp")
    return claims


def workspace_of(provider: IdentityProvider, claims: Mapping[str, Any]) -> str | None:
    """At Google, which everybody shares, the domain whose administrators look after the account (empty: nobody's); of
    any other provider None."""
    return str(claims.get("hd", "")).lower() if provider.issuer.rstrip("/") == GOOGLE else None


def _key(about: Mapping[str, Any], token: str) -> Any:
    """The key that the token says it was signed with; a new one is asked for once."""
    head = jwt.get_unverified_header(token)
    if head.get("alg") not in ALGORITHMS:
        raise NotLetInError(Reason.NOT_SIGNED, str(head.get("alg"))[:20])
    for is_fresh in (False, True):
        keys = _usable(_cached("keys", _endpoint(about, "jwks_uri"), is_fresh=is_fresh), head)
        if keys:
            return keys[0].key
    raise NotLetInError(Reason.WRONG_SIGNATURE, "The provider has no such key.")


def _usable(document: Mapping[str, Any], head: Mapping[str, Any]) -> list[jwt.PyJWK]:
    found = []
    keys = document.get("keys")
    for one in keys if isinstance(keys, list) else ():
        if not isinstance(one, dict) or one.get("use", "sig") != "sig" or one.get("kty") == "oct":
            continue
        if head.get("kid") in (None, one.get("kid")):
            try:
                found.append(jwt.PyJWK(one, algorithm=head["alg"]))
            except (jwt.PyJWTError, ValueError, TypeError):
                continue  # a key of another kind than the token was signed with, or none at all
    return found if head.get("kid") or len(found) == 1 else []


def discovered(provider: IdentityProvider) -> dict[str, Any]:
    """The provider's settings, as it publishes them. Raises NotLetInError."""
    about = _cached("about", provider.issuer.rstrip("/") + "/.well-known/openid-configuration")
    issuer = about.get("issuer")
    if not isinstance(issuer, str) or issuer.rstrip("/") != provider.issuer.rstrip("/"):
        raise NotLetInError(Reason.WRONG_ISSUER, str(issuer)[:200])
    return about


def _cached(kind: str, url: str, *, is_fresh: bool = False) -> dict[str, Any]:
    name = f"sign-in:{kind}:{hashlib.sha256(url.encode()).hexdigest()}"
    found: dict[str, Any] | None = None if is_fresh else cache.get(name)
    if found is None:
        found = reaching.fetch(url)
        cache.set(name, found, KEPT_FOR)
    return found


def _endpoint(about: Mapping[str, Any], name: str) -> str:
    address = about.get(name)
    if not isinstance(address, str) or not reaching.is_usable(address):
        raise NotLetInError(Reason.UNREADABLE, f"The provider names no {name}.")
    return address


def _tokens(
    provider: IdentityProvider, about: Mapping[str, Any], code: str, kept: Mapping[str, str]
) -> Mapping[str, Any]:
    form = {
        "grant_type": "authorization_code",
        "code": code,
        "redirect_uri": callback_address(provider),
        "code_verifier": kept["verifier"],
    }
    secret = kept_secrets.opened(provider.client_secret) if provider.client_secret else ""
    headers = {}
    methods = about.get("token_endpoint_auth_methods_supported") or ["client_secret_basic"]
    if secret and "client_secret_basic" in methods:
        named = f"{quote(provider.client_id, safe='')}:{quote(secret, safe='')}"
        headers = _basic(named)
    else:
        form |= {"client_id": provider.client_id} | ({"client_secret": secret} if secret else {})
    answer: dict[str, Any] = reaching.fetch(_endpoint(about, "token_endpoint"), form=form, headers=headers)
    return answer


def _basic(named: str) -> dict[str, str]:
    return {name.title(): value for name, value in make_headers(basic_auth=named).items()}


def _user_info(
    provider: IdentityProvider, about: Mapping[str, Any], access: object, claims: Mapping[str, Any]
) -> Mapping[str, Any]:
    """Some providers say address and groups there only. What the signed token says goes before it."""
    wanted = [name for name in (provider.email_claim, provider.name_claim, provider.groups_claim) if name]
    if not isinstance(access, str) or all(name in claims for name in wanted):
        return {}
    address = about.get("userinfo_endpoint")
    if not isinstance(address, str):
        return {}
    told: dict[str, Any] = reaching.fetch(address, headers={"Authorization": f"Bearer {access}"})
    return told if told.get("sub") == claims["sub"] else {}


def sign_out_address(provider: IdentityProvider, end: Mapping[str, str]) -> str:
    """Where the provider ends its own session; empty where it has no such place, or cannot be asked."""
    try:
        address = discovered(provider).get("end_session_endpoint")
    except NotLetInError:
        return ""
    if not isinstance(address, str) or not reaching.is_usable(address):
        return ""
    asked = {"client_id": provider.client_id, "post_logout_redirect_uri": after_sign_out()}
    with suppress(kept_secrets.CannotOpenError):
        asked |= {"id_token_hint": kept_secrets.opened(end["hint"])} if end.get("hint") else {}
    return _with(address, asked)


def after_sign_out() -> str:
    return settings.BASE_URL + reverse("account_login")


def _with(address: str, asked: Mapping[str, str]) -> str:
    return f"{address}{'&' if '?' in address else '?'}{urlencode(asked)}"
