"""The shared cache outlives its Redis: a sign-in is neither refused nor left uncounted."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from config import cache as steady
from config.cache import SteadyCache
from tests.reports.servers import RedisServer

pytestmark = pytest.mark.redis


@pytest.fixture
def redis_server(tmp_path: Path) -> Iterator[RedisServer]:
    server = RedisServer(tmp_path).start()
    yield server
    server.kill()


@pytest.fixture
def cache(redis_server: RedisServer) -> SteadyCache:
    return SteadyCache(redis_server.url, {"OPTIONS": {"socket_timeout": 1, "socket_connect_timeout": 1}})


def test_two_processes_share_their_counts(redis_server: RedisServer, cache: SteadyCache) -> None:
    cache.set("attempts", 3)
    assert SteadyCache(redis_server.url, {}).get("attempts") == 3
    assert cache.incr("attempts") == 4
    assert cache.delete("attempts")
    assert cache.get("attempts", "none") == "none"


def test_without_redis_a_process_counts_by_itself(redis_server: RedisServer, cache: SteadyCache) -> None:
    redis_server.kill()
    assert cache.add("attempts", 1)
    assert cache.incr("attempts") == 2
    assert cache.get("attempts") == 2


def test_a_frozen_redis_costs_its_time_out_once(redis_server: RedisServer, cache: SteadyCache) -> None:
    redis_server.freeze()
    started = time.monotonic()
    for _question in range(5):
        assert cache.get("attempts") is None
    assert time.monotonic() - started < 3


def test_redis_is_asked_again_after_a_while(
    redis_server: RedisServer, cache: SteadyCache, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(steady, "ASK_AGAIN_AFTER", 0)
    redis_server.kill()
    cache.set("attempts", 1)
    redis_server.start()
    cache.set("attempts", 2)
    assert SteadyCache(redis_server.url, {}).get("attempts") == 2
