"""`bin/manage export_organisation SLUG FILE.zip`: a whole organisation as one archive."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from accounts.models import Organisation
from reports.archives import leaving
from reports.archives.faults import ArchiveRefused


class Command(BaseCommand):
    help = (
        "Writes a whole organisation into one archive: tables, files, documents, the audit trail, and the editions of "
        "the questions that it used. No password, link or other secret leaves. docs/archive.md describes it."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("slug", help="the short name of the organisation")
        parser.add_argument("file", type=Path, metavar="FILE.zip", help="a new file")

    def handle(self, *args: Any, **options: Any) -> None:
        organisation = Organisation.objects.filter(slug=options["slug"]).first()
        if organisation is None:
            known = ", ".join(Organisation.objects.order_by("slug").values_list("slug", flat=True)) or "none"
            raise CommandError(f"There is no organisation “{options['slug']}”. There is: {known}.")
        try:
            told = leaving.write_file(organisation, options["file"], by=None)
        except (OSError, ArchiveRefused) as error:
            raise CommandError(f"{options['file']} was not written: {error}") from error
        for line in told:
            self.stdout.write(line)
