"""Signs of life: each worker says for which queues it works, and the clock that it ticks. `/readyz` reads them.

They come from the process itself, not from a task: one that waits behind 200 documents says nothing of whoever makes
them. The loop of a worker, or the clock, gives the beat; a thread of its own writes it down, so that a database that
does not answer holds up neither.
"""

from __future__ import annotations

import threading
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path
from socket import gethostname
from time import monotonic
from typing import Any

import structlog
from celery import bootsteps
from celery.beat import PersistentScheduler
from django.conf import settings
from django.db import Error, connections
from django.utils import timezone

logger = structlog.get_logger(__name__)

FORGOTTEN_AFTER = timedelta(days=1)
CLOCK = "clock"


class Heart:
    """`beat` returns at once; a moment later the rows `names` tell when it was. A name: what works, a space, where."""

    def __init__(self, names: Sequence[str]) -> None:
        self._names = names
        self._last = float("-inf")
        self._beaten = threading.Event()
        threading.Thread(target=self._keep_writing, daemon=True, name="heartbeat").start()

    def beat(self) -> None:
        if monotonic() - self._last < settings.HEARTBEAT_EVERY / 2:
            return
        self._last = monotonic()
        if settings.HEARTBEAT_FILE:
            Path(settings.HEARTBEAT_FILE).touch()
        self._beaten.set()

    def _keep_writing(self) -> None:
        while self._beaten.wait():
            self._beaten.clear()
            try:
                note(self._names)
            except Error as error:
                logger.warning("heartbeat_not_written", error=str(error))
            finally:
                connections.close_all()  # a process that is forked meanwhile inherits none


def note(names: Sequence[str]) -> None:
    """Write down that these were heard now, and forget whoever was silent for a day. Raises django.db.Error."""
    from reports.models import WorkerHeartbeat  # the models are not ready when Celery's application is made

    now = timezone.now()
    rows = [WorkerHeartbeat(name=name[:120], seen_at=now) for name in names]
    WorkerHeartbeat.objects.bulk_create(rows, update_conflicts=True, unique_fields=["name"], update_fields=["seen_at"])
    WorkerHeartbeat.objects.filter(seen_at__lt=now - FORGOTTEN_AFTER).delete()


class WorkerPulse(bootsteps.StartStopStep):
    """In the loop of a worker, from when it takes messages until its broker is gone."""

    requires = ("celery.worker.consumer.tasks:Tasks",)

    def __init__(self, parent: Any, **options: Any) -> None:
        super().__init__(parent, **options)
        self._heart: Heart | None = None
        self._timer: Any = None

    def start(self, parent: Any) -> None:
        if self._heart is None:
            self._heart = Heart([f"{queue} {parent.hostname}" for queue in parent.app.amqp.queues.consume_from])
        self._heart.beat()
        self._timer = parent.timer.call_repeatedly(settings.HEARTBEAT_EVERY, self._heart.beat)

    def stop(self, parent: Any) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None


class Clock(PersistentScheduler):
    """Celery's scheduler, heard as long as it ticks."""

    _heart: Heart | None = None

    def tick(self, *args: Any, **options: Any) -> float:
        wait: float = super().tick(*args, **options)
        if self._heart is None:  # not in the constructor: the scheduler is made in one process and runs in another
            self._heart = Heart([f"{CLOCK} {gethostname()}"])
        self._heart.beat()
        return wait
