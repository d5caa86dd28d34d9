"""Gunicorn's configuration for tests: ours, with as many seconds' patience as TEST_SILENCE says in place of ten."""

import os
import runpy
from pathlib import Path

globals().update(runpy.run_path(str(Path(__file__).resolve().parents[3] / "config" / "gunicorn.py")))


def post_worker_init(worker: object) -> None:
    from config import web_worker

    web_worker.SILENCE = float(os.environ["TEST_SILENCE"])
