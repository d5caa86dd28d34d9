"""What several parts of one page ask, asked once: for a page that only reads, while it is made."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, TypeVar

Told = TypeVar("Told")
_told: ContextVar[dict[Hashable, Any] | None] = ContextVar("told", default=None)


@contextmanager
def asking_once() -> Iterator[None]:
    """Nothing may be changed within: what was told is told again. Nothing of it outlives the block."""
    token = _told.set({})
    try:
        yield
    finally:
        _told.reset(token)


def once(key: Hashable, ask: Callable[[], Told]) -> Told:
    """What `ask` tells, from the first time within the block; outside of one it is asked each time. `key` names the
    question with all that its answer hangs on, such as who asks."""
    told = _told.get()
    if told is None:
        return ask()
    if key not in told:
        told[key] = ask()
    answer: Told = told[key]
    return answer
