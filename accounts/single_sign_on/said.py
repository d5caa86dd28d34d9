"""What a provider said about a person, whichever protocol it speaks, after it was proven to have said it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from accounts import own_sign_in
from accounts.models import IdentityProvider

MOST_VALUES, LONGEST = 60, 300  # of a claim, as administrators see it
NOT_SHOWN = frozenset({"nonce", "at_hash", "c_hash", "s_hash", "jti", "sid", "uti", "rh", "aio"})


@dataclass(frozen=True, kw_only=True)
class Said:
    """`subject`: who it is at the provider, which outlasts a change of address; empty where it only has a name for the
    day. `email` in lower case. `claims`: all of it, shortened, to be shown to administrators. `end`: what signing out
    there takes."""

    subject: str
    email: str
    is_verified: bool = True
    name: str = ""
    groups: tuple[str, ...] = ()
    claims: Mapping[str, Any] = field(default_factory=dict)
    end: Mapping[str, str] = field(default_factory=dict)


def read(
    provider: IdentityProvider, claims: Mapping[str, Any], *, subject: str, fallback: str = "", end: Mapping[str, str]
) -> Said:
    """`fallback`: the address where the claim is empty, such as a name identifier that is one."""
    return Said(
        subject=subject[:190],
        email=own_sign_in.plain_address(_first(claims.get(provider.email_claim)) or fallback),
        is_verified=_first(claims.get("email_verified")).lower() not in ("false", "0", "no"),
        name=" ".join(_first(claims.get(provider.name_claim)).split())[:120],
        groups=tuple(_texts(claims.get(provider.groups_claim))) if provider.groups_claim else (),
        claims=shown(claims),
        end=end,
    )


def shown(claims: Mapping[str, Any]) -> dict[str, Any]:
    """As they may be kept: no marks by which something could be claimed, no endless lists."""
    return {str(name)[:LONGEST]: _shown(value) for name, value in list(claims.items())[:MOST_VALUES] if _is_shown(name)}


def _is_shown(name: str) -> bool:
    return name not in NOT_SHOWN and "token" not in name.lower()


def _shown(value: Any) -> Any:
    texts = [text[:LONGEST] for text in _texts(value)][:MOST_VALUES]
    return texts if isinstance(value, list | tuple) and len(texts) != 1 else "".join(texts[:1])


def _first(value: Any) -> str:
    return next(iter(_texts(value)), "")


def _texts(value: Any) -> list[str]:
    """Each a line without control characters, which a database may not take."""
    if value is None:
        return []
    several = value if isinstance(value, list | tuple) else [value]
    return ["".join(sign for sign in str(one) if sign.isprintable()) for one in several]
