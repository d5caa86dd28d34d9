"""`bin/manage standings`: hold how each vendor stands against its scorecards, and write it anew where it differs."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from reports import standing_rows
from reports.scorecard.snapshots import facts_of


class Command(BaseCommand):
    help = "Holds the rows that the portfolio is read from against the scorecards, and mends what differs."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--check", action="store_true", help="mend nothing; end with an error if anything differs")

    def handle(self, *args: Any, **options: Any) -> None:
        is_check = options["check"]
        seen, found = standing_rows.rebuild(facts_of, write=not is_check)
        for difference in found:
            what = ", ".join(difference.columns) or "the whole row"
            self.stdout.write(f"{difference.vendor}: {what}")
        if not found:
            self.stdout.write(f"Vendors with a scorecard: {seen}. Every row says what its scorecard says.")
            return
        said = f"Vendors with a scorecard: {seen}. Rows that differed: {len(found)}."
        if is_check:
            raise CommandError(f"{said} Run bin/manage standings to write them anew.")
        self.stdout.write(f"{said} They are written anew.")
