"""Everything that is sealed, looked at again from the first seal to the last."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field

from accounts.chain.kinds import KINDS, Content
from accounts.chain.seals import HASHED, seal_hash
from accounts.models import Seal

AT_ONCE = 500  # seals in memory


class ChainBroken(Exception):  # noqa: N818
    """The first thing that does not fit, in words."""


@dataclass(frozen=True, kw_only=True)
class Verified:
    """A whole chain: how many seals of each kind, the hash of the last one, where the expected hash stands."""

    counts: Mapping[str, int]
    head: str  # empty: nothing is sealed
    expected_at: Seal | None


@dataclass(kw_only=True)
class _Walk:
    """Where the look at the chain has got to."""

    position: int = 0
    hash: str = ""
    keys: dict[str, str] = field(default_factory=dict)  # of the last seal of each kind
    counts: Counter[str] = field(default_factory=Counter)
    expected_at: Seal | None = None


def verify(*, expected: str = "") -> Verified:
    """Look at each seal, at what it seals and at what has none, in little memory however long the chain.

    `expected`: a hash noted earlier, which has to be in the chain. Raises ChainBroken at the first break.
    """
    walk = _Walk()
    for seal in Seal.objects.order_by("position").iterator(chunk_size=AT_ONCE):
        _check_link(seal, walk)
        _check_content(seal, walk)
        walk.position, walk.hash, walk.keys[seal.kind] = seal.position, seal.hash, seal.key
        walk.counts[seal.kind] += 1
        if seal.hash == expected:
            walk.expected_at = seal
    _check_nothing_is_unsealed()
    if expected and walk.expected_at is None:
        raise ChainBroken(
            f"No seal has the hash {expected}: it and those after it were removed, or the chain was made anew."
        )
    return Verified(counts=dict(walk.counts), head=walk.hash, expected_at=walk.expected_at)


def _check_link(seal: Seal, walk: _Walk) -> None:
    """It comes next, continues the one before, and is what it was."""
    if seal.position != walk.position + 1:
        raise ChainBroken(f"Seal {walk.position + 1} is missing: the next one is {seal.position}, {_named(seal)}.")
    if seal.previous != walk.hash:
        raise ChainBroken(
            f"Seal {seal.position}, {_named(seal)}, does not continue seal {walk.position}: the order was changed, "
            "or a seal was replaced."
        )
    if seal.hash != seal_hash({name: getattr(seal, name) for name in HASHED}):
        raise ChainBroken(f"Seal {seal.position}, {_named(seal)}, is not what it was when it was made.")


def _check_content(seal: Seal, walk: _Walk) -> None:
    """What it seals is there, and is what was sealed."""
    content = _content(seal, walk.keys.get(seal.kind, ""))
    if content is None:
        raise ChainBroken(f"The {_named(seal)} is gone (seal {seal.position}).")
    if content.size != seal.size:
        raise ChainBroken(
            f"The {_named(seal)} has {content.size} rows, and had {seal.size} when it was sealed (seal "
            f"{seal.position}): rows were added, removed or given another date."
        )
    if content.sha256 != seal.content:
        raise ChainBroken(f"The {_named(seal)} is not what was sealed (seal {seal.position}): it was changed.")


def _content(seal: Seal, before: str) -> Content | None:
    kind = KINDS.get(seal.kind)
    if kind is None:
        raise ChainBroken(f"Seal {seal.position} is over a kind that this version does not know: {seal.kind}.")
    try:
        return kind.content(seal.key, before, seal.form)
    except (ValueError, TypeError, ArithmeticError, LookupError) as error:
        raise ChainBroken(f"The {_named(seal)} cannot be read (seal {seal.position}): {error}.") from error


def _check_nothing_is_unsealed() -> None:
    for kind in KINDS.values():
        for label in kind.unsealed():
            raise ChainBroken(f"The {kind.one} {label} has no seal: it was added from below, or its seal was removed.")


def _named(seal: Seal) -> str:
    kind = KINDS.get(seal.kind)
    return f"{kind.one if kind else seal.kind} {seal.label}"
