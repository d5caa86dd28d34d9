"""What workers do: each task loads and calls once, and is safe to run twice."""

import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import structlog
from celery import current_app, shared_task
from celery.concurrency.prefork import TaskPool as Processes
from celery.signals import worker_process_init, worker_ready
from django.conf import settings
from django.utils import timezone

from reports import file_jobs, worker
from reports.archives import wishes as archives
from reports.batches import making
from reports.batches.job import BATCHES
from reports.benchmark import answers
from reports.documents.job import RENDERINGS
from reports.exports import worker as exports
from reports.exports.job import EXPORTS

logger = structlog.get_logger(__name__)

_renders_in_threads = threading.Event()


@shared_task(name=RENDERINGS.task)
def render_scorecard(rendering_id: int) -> None:
    with _hard_limit():
        worker.render(rendering_id)


@shared_task(name="reports.tasks.sweep_renderings")
def sweep_renderings() -> None:
    RENDERINGS.sweep(now=timezone.now())


@shared_task(name=BATCHES.task, soft_time_limit=settings.IMPORT_SOFT_LIMIT, time_limit=settings.IMPORT_SOFT_LIMIT + 60)
def make_batch(batch_id: int) -> None:
    making.make(batch_id, making.Makers(render=worker.render, bind=worker.bind))


@shared_task(name="reports.tasks.sweep_batches")
def sweep_batches() -> None:
    now = timezone.now()
    BATCHES.sweep(now=now)
    file_jobs.forget_files(BATCHES.rows(), now)


@shared_task(name=EXPORTS.task, soft_time_limit=settings.IMPORT_SOFT_LIMIT, time_limit=settings.IMPORT_SOFT_LIMIT + 60)
def write_export(export_id: int) -> None:
    """Each takes what is its own: an export, or the archive of a whole organisation."""
    exports.write(export_id)
    archives.write(export_id)


@shared_task(name="reports.tasks.sweep_exports")
def sweep_exports() -> None:
    now = timezone.now()
    for kind in (EXPORTS, archives.ARCHIVES):
        kind.sweep(now=now)
        file_jobs.forget_files(kind.rows(), now)


@shared_task(name="reports.tasks.publish_benchmark")
def publish_benchmark() -> None:
    """Asked often, so that none waits for a lost message; an answer comes every four weeks at most."""
    answers.publish(now=timezone.now())


@contextmanager
def _hard_limit() -> Iterator[None]:
    """Among threads Celery knows no time limit, and one that hangs would hold the renderer's lock for good.

    So the process ends, as a child does among processes; its supervisor starts it again, the lease brings the job back.
    """
    if not _renders_in_threads.is_set():
        yield
        return
    watchdog = threading.Timer(settings.CELERY_TASK_TIME_LIMIT, _give_up)
    watchdog.daemon = True
    watchdog.start()
    try:
        yield
    finally:
        watchdog.cancel()


def _give_up() -> None:
    logger.critical("rendering_hard_limit", seconds=settings.CELERY_TASK_TIME_LIMIT)
    os._exit(os.EX_TEMPFAIL)


@worker_process_init.connect
def _warm_up_process(**_: object) -> None:
    """A cold process needs a second more for its first document."""
    if _makes_documents():
        worker.warm_up()


def _makes_documents() -> bool:
    return "documents" in current_app.amqp.queues.consume_from


@worker_ready.connect
def _start_work(sender: Any, **_: object) -> None:
    """Look at once for what an earlier worker left behind; where threads render, warm them up beside that."""
    if not _makes_documents():
        return
    sweep_renderings.apply_async(expires=30)
    if not isinstance(sender.pool, Processes):
        _renders_in_threads.set()
        threading.Thread(target=worker.warm_up, daemon=True).start()
