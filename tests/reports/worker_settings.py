"""Settings of the processes that the tests start: the test's own database, whatever its name, and no renderer."""

import json
import os
import sys
from types import ModuleType

from config.settings import *  # noqa: F403

DATABASES = {"default": json.loads(os.environ["WORKER_DATABASE"])}
HEARTBEAT_EVERY = float(os.environ.get("HEARTBEAT_EVERY", "15"))
EMAIL_BACKEND = "django.core.mail.backends.dummy.EmailBackend"
if not REDIS_URL:  # noqa: F405
    folders = {"data_folder_in": "queue", "data_folder_out": "queue", "control_folder": "control"}
    at = {name: os.path.join(os.environ["BROKER"], part) for name, part in folders.items()}
    CELERY_BROKER_TRANSPORT_OPTIONS = {**CELERY_BROKER_TRANSPORT_OPTIONS, **at}  # noqa: F405
if "MAIL_PORT" in os.environ:  # of a mail server that does not answer
    EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    EMAIL_HOST, EMAIL_PORT, EMAIL_TIMEOUT = "127.0.0.1", int(os.environ["MAIL_PORT"]), 1

# The documents of these workers are stand-ins: to load what draws real ones would be a third of what a start costs.
renderer = ModuleType("reports.documents.pdf")
FAULTS = {name: type(name, (Exception,), {}) for name in ("RenderingRefused", "DocumentUnreadable")}
vars(renderer).update(FAULTS, to_pdf=None, to_bound_pdf=None, warm_up=None)
sys.modules[renderer.__name__] = renderer
