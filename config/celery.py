"""The Celery application; its guarantees rest on the rows in `reports`, never on the broker."""

import os
from pathlib import Path

from celery import Celery
from celery.signals import setup_logging
from django_structlog.celery.steps import DjangoStructLogInitStep

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

app = Celery("manifesto")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.steps["worker"].add(DjangoStructLogInitStep)
app.autodiscover_tasks()


@setup_logging.connect
def _keep_our_logging(**_: object) -> None:
    """Celery would otherwise replace the structured log by its own format."""


def make_broker_folders(options: dict[str, object]) -> None:
    """The filesystem transport expects its folders to exist."""
    for name in ("data_folder_in", "data_folder_out", "control_folder"):
        if folder := options.get(name):
            Path(str(folder)).mkdir(parents=True, exist_ok=True)
