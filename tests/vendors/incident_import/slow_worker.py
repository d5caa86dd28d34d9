"""A real worker that imports a few rows at a time and can be held up in the middle of a batch.

The folder STAND_INS is how a test speaks with it: while `hold` is there, the third batch of a process stays open, its
rows written and not committed; `executions` gets a line for each batch.
"""

import os
import time
from pathlib import Path
from typing import Any

import django

from config.celery import app

django.setup()

from vendors.incident_import import batches, writing  # noqa: E402  the models must be ready

__all__ = ["app"]
FOLDER = Path(os.environ["STAND_INS"])
ROWS = 10
HELD_AT = 3

_write = writing.write
_batches: list[int] = []


def write(*arguments: Any, **named: Any) -> None:
    _write(*arguments, **named)
    _batches.append(1)
    with (FOLDER / "executions").open("a") as log:
        log.write(f"{len(_batches)} {os.getpid()}\n")
    while len(_batches) == HELD_AT and (FOLDER / "hold").exists():
        time.sleep(0.02)


batches.BATCH = ROWS
writing.write = write
