"""What workers do: each task loads and calls once, and is safe to run twice."""

import threading
from datetime import timedelta
from typing import Any

from celery import Task, shared_task
from celery.concurrency.prefork import TaskPool as Processes
from celery.signals import worker_process_init, worker_ready
from django.utils import timezone

from reports import press
from reports.models import WorkerHeartbeat
from reports.rendering import RENDER_TASK, sweep

FORGOTTEN_AFTER = timedelta(days=1)


@shared_task(name=RENDER_TASK)
def render_scorecard(rendering_id: int) -> None:
    press.render(rendering_id)


@shared_task(name="reports.tasks.sweep_renderings")
def sweep_renderings() -> None:
    sweep(now=timezone.now())


@shared_task(name="reports.tasks.worker_heartbeat", bind=True)
def worker_heartbeat(self: Task) -> None:
    """Says that the whole way works: scheduler, broker, worker, database."""
    now = timezone.now()
    WorkerHeartbeat.objects.update_or_create(name=self.request.hostname or "worker", defaults={"seen_at": now})
    WorkerHeartbeat.objects.filter(seen_at__lt=now - FORGOTTEN_AFTER).delete()


@worker_process_init.connect
def _warm_up_process(**_: object) -> None:
    """A cold process needs a second more for its first document."""
    press.warm_up()


@worker_ready.connect
def _start_work(sender: Any, **_: object) -> None:
    """Look at once for what an earlier worker left behind; where threads render, warm them up beside that."""
    worker_heartbeat.apply_async(expires=30)
    sweep_renderings.apply_async(expires=30)
    if not isinstance(sender.pool, Processes):
        threading.Thread(target=press.warm_up, daemon=True).start()
