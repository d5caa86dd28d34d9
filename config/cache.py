"""The cache: Redis where there is one, else this process's own memory; the counts of sign-in attempts always shared.

A sign-in must neither fail with Redis, nor go uncounted without it, nor be counted by each process for itself. So the
counts stand in a table for as long as there is no Redis.
"""

import logging
from time import monotonic
from typing import Any

from django.core.cache.backends.base import DEFAULT_TIMEOUT, BaseCache
from django.core.cache.backends.db import DatabaseCache
from django.core.cache.backends.locmem import LocMemCache
from django.core.cache.backends.redis import RedisCache
from redis import RedisError

logger = logging.getLogger(__name__)

ASK_AGAIN_AFTER = 10.0  # seconds: a frozen Redis costs each question its time-out of 2 s
_away: dict[str, float] = {}  # address of a Redis → until when it is left alone; cache objects live a thread each
COUNTS = "allauth:rl:"  # how the sign-in library begins the keys of its limits
TABLE = "accounts_attemptcount"
# A stranger who makes up addresses must not push out the counts of others; expired ones go first.
MOST_COUNTS = 100_000


class LocalCache(BaseCache):
    """The memory of the process; counts of attempts in the table that all processes share."""

    def __init__(self, server: str, params: dict[str, Any]) -> None:
        super().__init__(params)
        self._memory = LocMemCache(server, {})
        self._counts = DatabaseCache(TABLE, {"max_entries": MOST_COUNTS})

    def add(self, key: str, value: Any, timeout: Any = DEFAULT_TIMEOUT, version: int | None = None) -> Any:
        return self._ask("add", key, value, timeout, version=version)

    def get(self, key: str, default: Any = None, version: int | None = None) -> Any:
        return self._ask("get", key, default, version=version)

    def set(self, key: str, value: Any, timeout: Any = DEFAULT_TIMEOUT, version: int | None = None) -> None:
        self._ask("set", key, value, timeout, version=version)

    def touch(self, key: str, timeout: Any = DEFAULT_TIMEOUT, version: int | None = None) -> Any:
        return self._ask("touch", key, timeout, version=version)

    def delete(self, key: str, version: int | None = None) -> Any:
        return self._ask("delete", key, version=version)

    def incr(self, key: str, delta: int = 1, version: int | None = None) -> Any:
        return self._ask("incr", key, delta, version=version)

    def clear(self) -> None:
        self._memory.clear()
        self._counts.clear()

    def _ask(self, question: str, key: str, *args: Any, **options: Any) -> Any:
        place = self._counts if key.startswith(COUNTS) else self._memory
        return getattr(place, question)(key, *args, **options)


class SteadyCache(LocalCache):
    """Asks Redis; where that fails, what an installation without it has."""

    def __init__(self, server: str, params: dict[str, Any]) -> None:
        super().__init__(server, params)
        self._server = server
        self._redis = RedisCache(server, params)

    def clear(self) -> None:
        super().clear()
        self._from_redis("clear")

    def _ask(self, question: str, key: str, *args: Any, **options: Any) -> Any:
        answered, answer = self._from_redis(question, key, *args, **options)
        return answer if answered else super()._ask(question, key, *args, **options)

    def _from_redis(self, question: str, *args: Any, **options: Any) -> tuple[bool, Any]:
        """Whether Redis answered, and what."""
        if monotonic() < _away.get(self._server, 0):
            return False, None
        try:
            return True, getattr(self._redis, question)(*args, **options)
        except RedisError as error:
            logger.warning("Redis is away, so it is left alone for %d s: %s", ASK_AGAIN_AFTER, error)
            _away[self._server] = monotonic() + ASK_AGAIN_AFTER
            return False, None
