"""The project as an app: its checks and its start-up."""

from django.apps import AppConfig
from django.contrib.staticfiles.apps import StaticFilesConfig


class SiteConfig(AppConfig):
    name = "config"
    label = "site_config"

    def ready(self) -> None:
        from django.conf import settings

        from config import checks  # noqa: F401  registers the system checks
        from config.celery import make_broker_folders

        make_broker_folders(settings.CELERY_BROKER_TRANSPORT_OPTIONS)


class StaticFiles(StaticFilesConfig):
    """Of what the packages bring, only what a page of ours or of the admin asks for is collected and compressed."""

    ignore_patterns = [
        *StaticFilesConfig.ignore_patterns,
        "*.map",
        "js/bootstrap.js",
        "js/bootstrap.min.js",
        "js/bootstrap.esm*",
        "js/bootstrap.bundle.js",
        "css/bootstrap-*",
        "css/bootstrap.css",
        "css/bootstrap.rtl*",
        "django_htmx/htm*-4*",
        "django_htmx/htmx-2.js",
        "django_htmx/ext/*",
    ]
