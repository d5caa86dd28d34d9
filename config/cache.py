"""The shared cache: Redis, and this process's own memory for as long as Redis is away.

It holds the counts of sign-in attempts. A sign-in must neither fail with Redis, nor go uncounted without it.
"""

import logging
from time import monotonic
from typing import Any

from django.core.cache.backends.base import DEFAULT_TIMEOUT, BaseCache
from django.core.cache.backends.locmem import LocMemCache
from django.core.cache.backends.redis import RedisCache
from redis import RedisError

logger = logging.getLogger(__name__)

ASK_AGAIN_AFTER = 10.0  # seconds: a frozen Redis costs each question its time-out of 2 s
_away: dict[str, float] = {}  # address of a Redis → until when it is left alone; cache objects live a thread each


class SteadyCache(BaseCache):
    """Asks Redis; where that fails, the memory of the process."""

    def __init__(self, server: str, params: dict[str, Any]) -> None:
        super().__init__(params)
        self._server = server
        self._redis = RedisCache(server, params)
        self._memory = LocMemCache(server, {})

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
        self._ask("clear")

    def _ask(self, question: str, *args: Any, **options: Any) -> Any:
        if monotonic() >= _away.get(self._server, 0):
            try:
                return getattr(self._redis, question)(*args, **options)
            except RedisError:
                logger.warning("Redis is away; this process counts by itself for a while.", exc_info=True)
                _away[self._server] = monotonic() + ASK_AGAIN_AFTER
        return getattr(self._memory, question)(*args, **options)
