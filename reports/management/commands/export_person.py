"""`bin/manage export_person EMAIL FILE.zip`: what is stored about a person or an address, for whoever asks."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from accounts.models import User
from accounts.trail import audit
from reports.people import gathering


class Command(BaseCommand):
    help = (
        "Writes what is stored under an e-mail address into a file: an account, or a contact of a vendor. Make sure "
        "first that whoever asks is who they say."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("email")
        parser.add_argument("file", type=Path, metavar="FILE.zip", help="a new file")

    def handle(self, *args: Any, **options: Any) -> None:
        found = gathering.stored_about(options["email"])
        if gathering.is_nothing(found):
            raise CommandError(f"Nothing is stored under “{options['email']}”. Look for another address of the person.")
        try:
            with options["file"].open("xb") as file:
                file.write(gathering.as_file(found))
            options["file"].chmod(0o600)
        except OSError as error:
            raise CommandError(f"{options['file']} was not written: {error.strerror}") from error
        user = User.objects.filter(email__iexact=options["email"].strip()).first()
        if user:
            with transaction.atomic():
                audit.record(None, "user.taken_out", user)
        rows = sum(len(table["rows"]) for table in found["tables"])
        self.stdout.write(f"{rows} rows about {found['address']} are in {options['file']}.")
