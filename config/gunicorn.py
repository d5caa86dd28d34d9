"""How gunicorn serves: `gunicorn --config config/gunicorn.py config.wsgi`, in the image and by `bin/run`."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))  # the script `gunicorn` does not look where it stands

from config import settings

worker_class = "config.web_worker.PatientWorker"
workers = settings.WEB_PROCESSES
threads = settings.WEB_THREADS
preload_app = True  # loaded once for all processes, which share the memory; so a new version needs a new start
graceful_timeout = 30
loglevel = "warning"
control_socket_disable = True
# Beats of gunicorn's own between master and workers: on disk, a full or slow one would end a worker that works.
worker_tmp_dir = "/dev/shm" if Path("/dev/shm").is_dir() else None  # noqa: S108
