"""The Celery application; its guarantees rest on the rows in `reports`, never on the broker."""

import os
import threading
import time
from pathlib import Path

from celery import Celery
from celery.signals import beat_embedded_init, beat_init, celeryd_init, setup_logging
from django.core.exceptions import ImproperlyConfigured
from django_structlog.celery.steps import DjangoStructLogInitStep

from config.heartbeat import WorkerPulse

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

app = Celery("manifesto")
app.set_default()  # the current app is one per thread: without this, a web thread would send to Celery's own default
app.config_from_object("django.conf:settings", namespace="CELERY")
app.steps["worker"].add(DjangoStructLogInitStep)
app.steps["consumer"].add(WorkerPulse)
app.autodiscover_tasks()


@setup_logging.connect
def _keep_our_logging(**_: object) -> None:
    """Celery would otherwise replace the structured log by its own format."""


@celeryd_init.connect
@beat_init.connect
def _refuse_wrong_settings(**_: object) -> None:
    from config.checks import refuse_to_serve  # needs the settings, which name this module's folder themselves

    try:
        refuse_to_serve()
    except ImproperlyConfigured as wrong:
        raise SystemExit(str(wrong)) from wrong  # any other exception is only told by Celery, which then goes on


@beat_embedded_init.connect
def _end_with_the_worker(**_: object) -> None:
    """A scheduler inside a worker that was killed would go on alone, filling the queue for nobody."""
    threading.Thread(target=_exit_when_orphaned, args=[os.getppid()], daemon=True).start()


def _exit_when_orphaned(parent: int, every: float = 1.0) -> None:
    while os.getppid() == parent:
        time.sleep(every)
    os._exit(0)


def make_broker_folders(options: dict[str, object]) -> None:
    """The filesystem transport expects its folders to exist."""
    for name in ("data_folder_in", "data_folder_out", "control_folder"):
        if folder := options.get(name):
            Path(str(folder)).mkdir(parents=True, exist_ok=True)
