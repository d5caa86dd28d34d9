"""What is sealed: each kind says how its rows are spelled out, so that they can be hashed again years later."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from groundwork.canonical import canonical

KINDS: dict[str, Kind] = {}


@dataclass(frozen=True, kw_only=True)
class Content:
    """What a seal is over: the hash of `size` rows, spelled out in the way that `form` numbers; `label` for people."""

    label: str
    form: int
    size: int
    sha256: str


@dataclass(frozen=True, kw_only=True)
class Kind:
    """A kind of things in the chain.

    `content(key, before, form)`: what is there today under `key`, spelled out as in `form`; None where nothing is.
    `before` is the key of the seal of this kind before, empty for the first. `unsealed()`: the labels of what stands in
    the database without the seal that it was made with. `one` and `many` name it in a sentence.
    """

    one: str
    many: str
    content: Callable[[str, str, int], Content | None]
    unsealed: Callable[[], Iterable[str]]


def register(name: str, kind: Kind) -> None:
    """Called from `AppConfig.ready`; the name stands in every seal and stays."""
    KINDS[name] = kind


def spelled_out(values: Mapping[str, Any]) -> str:
    """A row as one text: moments in UTC with their microseconds, decimals digit by digit."""
    return canonical({name: _plain(value) for name, value in values.items()})


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat(timespec="microseconds")
    return str(value) if isinstance(value, Decimal | UUID) else value
