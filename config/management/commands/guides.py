"""`bin/manage guides LANGUAGE`: which sections of the guides a translator has to write or look at again."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from config.knowhow import guides
from groundwork.languages import DEFAULT, LANGUAGE_CODES


class Command(BaseCommand):
    help = (
        "Lists the sections of docs/guide-*.md that are missing or stale in a language, with the mark to write there."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("language", choices=[code for code in LANGUAGE_CODES if code != DEFAULT])

    def handle(self, *args: Any, **options: Any) -> None:
        for key in guides.GUIDES:
            for line in guides.untranslated(key, options["language"]):
                self.stdout.write(f"guide-{key}.md: {line}")
