"""`bin/manage messages`: bring the catalogues up to date with the source, and say what waits for a translator."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from config.messages import LANGUAGES, found_in_source, update_catalogue


class Command(BaseCommand):
    help = "Adds new texts to locale/*/django.po, drops the ones that are gone, counts what is not translated."

    def handle(self, *args: Any, **options: Any) -> None:
        found = found_in_source(settings.BASE_DIR)
        for language in LANGUAGES:
            catalog = update_catalogue(settings.BASE_DIR, language, found)
            waiting = sum(
                1
                for message in catalog
                if message.id
                and not (all(message.string) if isinstance(message.string, tuple | list) else bool(message.string))
            )
            self.stdout.write(f"{language}: {len(catalog)} texts, {waiting} not translated")
