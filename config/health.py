"""Is this installation able to work? Each question is answered within the time-outs, never by an exception."""

import os
from datetime import datetime

from django.conf import settings
from django.db import Error, connection
from redis import Redis, RedisError
from redis.backoff import NoBackoff
from redis.retry import Retry

from config.heartbeat import CLOCK
from reports.models import WorkerHeartbeat

PATIENCE = 2  # seconds that the broker may take


def readiness(now: datetime) -> dict[str, bool]:
    """Whether database and broker are there, and a worker for each queue, and the clock."""
    database = database_answers()
    heard = heard_lately(now) if database else set()
    living = {name: name in heard for name in (*settings.QUEUES, CLOCK)}
    return {"database": database, "broker": broker_answers(), **living}


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
        # Redis-py's own retries would turn the 2 s of a frozen server into 20.
        once = Retry(NoBackoff(), 0)
        options = {"socket_timeout": PATIENCE, "socket_connect_timeout": PATIENCE, "retry": once}
        with Redis.from_url(settings.REDIS_URL, **options) as redis:
            return bool(redis.ping())
    except (RedisError, OSError):
        return False


def heard_lately(now: datetime) -> set[str]:
    """The queues for which a worker lives, and "clock"."""
    try:
        rows = WorkerHeartbeat.objects.filter(seen_at__gt=now - settings.HEARTBEAT_MAX_AGE)
        return {name.partition(" ")[0] for name in rows.values_list("name", flat=True)}
    except Error:
        return set()
