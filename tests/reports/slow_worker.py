"""A real worker whose documents are stand-ins that can be held up, or can kill the process that makes them.

The folder STAND_INS is how a test speaks with it: `hold` holds every document up while it is there,
`<number>.poison` kills the process that makes that scorecard, and `executions` gets a line for each start.
"""

import os
import signal
import time
from pathlib import Path

import django

from config.celery import app

django.setup()

from reports import worker  # noqa: E402  the models must be ready
from reports.models import Scorecard  # noqa: E402

__all__ = ["app"]
FOLDER = Path(os.environ["STAND_INS"])


def produce(scorecard: Scorecard, *, kind: str, language: str, report_progress: worker.Progress) -> bytes:
    """In place of the renderer; each execution gives bytes of its own, so that a second one would show."""
    _note(f"{scorecard.number} {language} {os.getpid()}\n")
    report_progress(30)
    if (FOLDER / f"{scorecard.number}.poison").exists():
        os.kill(os.getpid(), signal.SIGKILL)
    while (FOLDER / "hold").exists():
        time.sleep(0.02)
    report_progress(80)
    return f"%PDF {scorecard.number} {language} {time.monotonic_ns()}".encode()


def _note(line: str) -> None:
    log = os.open(FOLDER / "executions", os.O_WRONLY | os.O_APPEND | os.O_CREAT)
    os.write(log, line.encode())  # one write: lines of several processes do not mix
    os.close(log)


worker.produce = produce
worker.warm_up = lambda: None
