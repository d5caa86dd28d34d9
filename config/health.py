"""Is this installation able to work? Each question is answered within the time-outs, never by an exception."""

import os
from datetime import datetime, timedelta

import structlog
from django.conf import settings
from django.db import Error, connection
from redis import Redis, RedisError
from redis.backoff import NoBackoff
from redis.retry import Retry

from config.heartbeat import CLOCK
from reports.models import WorkerHeartbeat

log = structlog.get_logger(__name__)
PATIENCE = 2  # seconds that the broker may take
SAY_AGAIN_AFTER = timedelta(minutes=1)


def readiness(now: datetime) -> dict[str, bool]:
    """Whether database and broker are there, and a worker for each queue, and the clock."""
    database = database_answers()
    heard = heard_lately(now) if database else set()
    living = {name: name in heard for name in (*settings.QUEUES, CLOCK)}
    return {"database": database, "broker": broker_answers(), **living}


class Diary:
    """What readiness was last told in the log: anew when it changes, and once a minute while something is missing."""

    def __init__(self) -> None:
        self._missing: list[str] = []
        self._said_at: datetime | None = None

    def note(self, state: dict[str, bool], now: datetime) -> None:
        missing = [name for name, answers in state.items() if not answers]
        if missing == self._missing and not (missing and self._is_long_ago(now)):
            return
        self._missing, self._said_at = missing, now
        if missing:
            log.error("not_ready", missing=missing)
        else:
            log.warning("ready_again")

    def _is_long_ago(self, now: datetime) -> bool:
        return self._said_at is None or now - self._said_at >= SAY_AGAIN_AFTER


DIARY = Diary()  # one a process


def database_answers() -> bool:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
            return bool(cursor.fetchone())
    except Error:
        return False


def broker_answers() -> bool:
    """Redis answers a ping, asked once; the embedded broker's folder takes messages."""
    if not settings.REDIS_URL:
        return os.access(settings.BROKER_FOLDER / "queue", os.W_OK)
    try:
        with _redis() as redis:
            return bool(redis.ping())
    except (RedisError, OSError):
        return False


def _redis() -> Redis:
    # Redis-py's own retries would turn the 2 s of a frozen server into 20.
    once = Retry(NoBackoff(), 0)
    return Redis.from_url(settings.REDIS_URL, socket_timeout=PATIENCE, socket_connect_timeout=PATIENCE, retry=once)


def queue_lengths() -> dict[str, int] | None:
    """Messages that no worker has taken, by queue; None where the broker does not answer. One question."""
    if not settings.REDIS_URL:
        names = [path.name.split(".")[-2] for path in (settings.BROKER_FOLDER / "queue").glob("*.msg")]
        return {name: names.count(name) for name in settings.QUEUES}
    try:
        with _redis() as redis, redis.pipeline(transaction=False) as questions:
            for name in settings.QUEUES:
                questions.llen(name)
            return dict(zip(settings.QUEUES, questions.execute(), strict=True))
    except (RedisError, OSError):
        return None


def heard_lately(now: datetime) -> set[str]:
    """The queues for which a worker lives, and "clock"."""
    try:
        rows = WorkerHeartbeat.objects.filter(seen_at__gt=now - settings.HEARTBEAT_MAX_AGE)
        return {name.partition(" ")[0] for name in rows.values_list("name", flat=True)}
    except Error:
        return set()
