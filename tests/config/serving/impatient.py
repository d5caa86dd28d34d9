"""Gunicorn's configuration for tests: ours, with a second's patience in place of ten."""

import runpy
from pathlib import Path

globals().update(runpy.run_path(str(Path(__file__).resolve().parents[3] / "config" / "gunicorn.py")))


def post_worker_init(worker: object) -> None:
    from config import web_worker

    web_worker.SILENCE = 1.0
