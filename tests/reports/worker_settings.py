"""Settings of the processes that the tests start: the test's own database, whatever its name."""

import json
import os

from config.settings import *  # noqa: F403

DATABASES = {"default": json.loads(os.environ["WORKER_DATABASE"])}
EMAIL_BACKEND = "django.core.mail.backends.dummy.EmailBackend"
