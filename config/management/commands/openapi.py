"""Write the document that describes the API, as it is committed."""

from typing import Any

from django.core.management.base import BaseCommand

from config.reference.document import path_of_file, text


class Command(BaseCommand):
    help = "Writes docs/openapi.json, from which other programs are built: look at what changed in it."

    def handle(self, *args: Any, **options: Any) -> None:
        path = path_of_file()
        path.write_text(text(), encoding="utf-8")
        self.stdout.write(f"{path.name}: {path.stat().st_size} bytes")
