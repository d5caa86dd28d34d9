"""A sign-in is neither refused nor left uncounted, with Redis, without, and while it is away."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from config import cache as steady
from config.cache import COUNTS, LocalCache, SteadyCache
from tests.patience import patience
from tests.reports.servers import RedisServer

needs_redis = pytest.mark.redis


def test_without_redis_all_processes_share_the_counts_of_attempts_and_nothing_else(db: None) -> None:
    one, other = LocalCache("one", {}), LocalCache("other", {})
    assert one.add(f"{COUNTS}anna", [1.0])
    assert not other.add(f"{COUNTS}anna", [2.0])
    assert other.get(f"{COUNTS}anna") == [1.0]
    other.set("measures", "computed")
    assert (other.get("measures"), one.get("measures")) == ("computed", None)
    one.clear()
    assert other.get(f"{COUNTS}anna") is None


def test_a_count_ends_with_its_term(db: None) -> None:
    cache = LocalCache("one", {})
    cache.set(f"{COUNTS}anna", [1.0], timeout=-1)
    assert cache.get(f"{COUNTS}anna") is None
    assert cache.add(f"{COUNTS}anna", [2.0])


@pytest.fixture
def redis_server(tmp_path: Path) -> Iterator[RedisServer]:
    server = RedisServer(tmp_path).start()
    yield server
    server.kill()


@pytest.fixture
def cache(redis_server: RedisServer) -> SteadyCache:
    return SteadyCache(redis_server.url, {"OPTIONS": {"socket_timeout": 1, "socket_connect_timeout": 1}})


@needs_redis
def test_two_processes_share_their_counts(redis_server: RedisServer, cache: SteadyCache) -> None:
    cache.set("attempts", 3)
    assert SteadyCache(redis_server.url, {}).get("attempts") == 3
    assert cache.incr("attempts") == 4
    assert cache.delete("attempts")
    assert cache.get("attempts", "none") == "none"


@needs_redis
def test_while_redis_is_away_everything_else_stays_in_the_process(
    redis_server: RedisServer, cache: SteadyCache
) -> None:
    redis_server.kill()
    assert cache.add("attempts", 1)
    assert cache.incr("attempts") == 2
    assert cache.get("attempts") == 2


@needs_redis
def test_while_redis_is_away_attempts_are_counted_in_the_table(
    db: None, redis_server: RedisServer, cache: SteadyCache
) -> None:
    redis_server.kill()
    cache.set(f"{COUNTS}anna", [1.0])
    assert LocalCache("another process", {}).get(f"{COUNTS}anna") == [1.0]


@needs_redis
def test_a_frozen_redis_costs_its_time_out_once(redis_server: RedisServer, cache: SteadyCache) -> None:
    redis_server.freeze()
    started = time.monotonic()
    for _question in range(100):
        assert cache.get("attempts") is None
    assert time.monotonic() - started < patience(5)  # each alone would wait for a second and more


@needs_redis
def test_redis_is_asked_again_after_a_while(
    redis_server: RedisServer, cache: SteadyCache, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(steady, "ASK_AGAIN_AFTER", 0)
    redis_server.kill()
    cache.set("attempts", 1)
    redis_server.start()
    cache.set("attempts", 2)
    assert SteadyCache(redis_server.url, {}).get("attempts") == 2
