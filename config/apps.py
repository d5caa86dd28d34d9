"""The project as an app: its checks and its start-up."""

from django.apps import AppConfig


class SiteConfig(AppConfig):
    name = "config"
    label = "site_config"

    def ready(self) -> None:
        from django.conf import settings

        from config import checks  # noqa: F401  registers the system checks
        from config.celery import make_broker_folders

        make_broker_folders(settings.CELERY_BROKER_TRANSPORT_OPTIONS)
