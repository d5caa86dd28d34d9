"""`bin/manage move_files`: the files of a folder into the store, or back."""

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.files.storage import default_storage
from django.core.management.base import BaseCommand, CommandError, CommandParser

from groundwork.file_moves import Fate, counted, move
from groundwork.storage import StoreAway, WholeFiles


class Command(BaseCommand):
    help = (
        "Copies every file that a row names from a folder into the store that S3_BUCKET names, and reads each again. "
        "Nothing is deleted; begun anew, it copies what is missing."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--folder", type=Path, default=Path(settings.MEDIA_ROOT), help="where media is, or shall be"
        )
        parser.add_argument("--back", action="store_true", help="from the store into the folder")

    def handle(self, *, folder: Path, back: bool, **_options: Any) -> None:
        if not settings.S3_BUCKET:
            raise CommandError("There is no store: set S3_BUCKET.")
        kept_here = WholeFiles(location=folder)
        ways = (default_storage, kept_here) if back else (kept_here, default_storage)
        try:
            counts, bad = counted(move(*ways))
        except StoreAway as away:
            raise CommandError(f"{away} What was copied stays; begin anew.") from away
        for name, fate in bad:
            self.stderr.write(f"{fate}: {name}")
        self.stdout.write(", ".join(f"{counts[fate]} {fate}" for fate in Fate))
        if bad:
            raise CommandError(f"{len(bad)} need somebody to look.")
