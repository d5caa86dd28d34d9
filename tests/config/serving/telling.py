"""Gunicorn's configuration for tests: ours, and each process writes down what it has loaded before it serves."""

import os
import runpy
import sys
from pathlib import Path

globals().update(runpy.run_path(str(Path(__file__).resolve().parents[3] / "config" / "gunicorn.py")))


def post_worker_init(worker: object) -> None:
    (Path(os.environ["DATA_DIR"]) / "loaded").write_text("\n".join(sys.modules), encoding="utf-8")
