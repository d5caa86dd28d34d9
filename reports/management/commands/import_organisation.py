"""`bin/manage import_organisation FILE.zip [--dry-run]`: an organisation that another installation wrote down."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from reports.archives import arriving
from reports.archives.faults import ArchiveRefused


class Command(BaseCommand):
    help = (
        "Brings in an organisation that export_organisation wrote down. Everything is checked first, and written whole "
        "or not at all. Users who are here stay as they are; others set a password by mail; links are sent again."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path, metavar="FILE.zip")
        parser.add_argument("--dry-run", action="store_true", help="try everything, keep nothing")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            with options["file"].open("rb") as file:
                told = arriving.bring_in(file, is_trial=options["dry_run"])
        except OSError as error:
            raise CommandError(f"{options['file']}: {error.strerror or error}") from error
        except ArchiveRefused as error:
            raise CommandError(f"{error} Nothing was written.") from error
        what = "would come" if options["dry_run"] else "has come"
        self.stdout.write(f"{told.organisation} {what}: {told.rows} rows, {told.files} files.")
        self.stdout.write(f"Users: {told.users} new, {told.known_users} who were here. Editions: {told.editions} new.")
        self.stdout.write("New members set a password by the mail that resets it; links to vendors are sent again.")
