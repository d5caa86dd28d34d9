"""What workers do for vendors: each task loads and calls once, and is safe to run twice."""

from celery import shared_task
from django.conf import settings
from django.utils import timezone

from vendors.contracts import renewals
from vendors.incident_import import files, job, worker
from vendors.proofs import asking
from vendors.voice import pulses_by_themselves


@shared_task(
    name=job.IMPORTS.task, soft_time_limit=settings.IMPORT_SOFT_LIMIT, time_limit=settings.IMPORT_SOFT_LIMIT + 60
)
def work_on_import(incident_import_id: int) -> None:
    worker.work_on(incident_import_id)


@shared_task(name="vendors.tasks.sweep_imports")
def sweep_imports() -> None:
    now = timezone.now()
    job.IMPORTS.sweep(now=now)
    files.forget_files(now)


@shared_task(name="vendors.tasks.ask_after_incidents")
def ask_after_incidents() -> None:
    now = timezone.now()
    pulses_by_themselves.ask_due(now)
    asking.ask_due(now)


@shared_task(name="vendors.tasks.renew_contracts")
def renew_contracts() -> None:
    renewals.move_on(timezone.localdate())
