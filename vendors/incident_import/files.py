"""Files of incidents: kept while they are worked on, read where they lie, dropped after a while."""

from __future__ import annotations

import hashlib
from contextlib import AbstractContextManager
from dataclasses import replace
from datetime import datetime
from itertools import islice
from pathlib import Path, PurePath
from typing import IO
from uuid import uuid4

from django.core.files.base import File
from django.utils.translation import gettext as _

from accounts.models import Membership
from groundwork.tables.cells import ImportRefused
from groundwork.tables.limits import too_large
from groundwork.tables.reading import Table, open_table
from groundwork.tables.sources import kind_of
from vendors.incident_import import suggestion
from vendors.incident_import.columns import presets
from vendors.incident_import.columns.options import Options
from vendors.incident_import.limits import FILE, SAMPLE
from vendors.models import FILES_KEPT, IncidentImport


def keep(
    member: Membership, file: File[bytes] | IO[bytes], file_name: str, now: datetime, *, preset: str = ""
) -> IncidentImport:
    """Put the file by under a name of our own, to be mapped, with suggested options; ImportRefused, and nothing kept,
    where it cannot be read at all. `preset`: the key of the tool, where somebody has said it."""
    upload = IncidentImport(organisation=member.organisation, created_by=member.user)
    upload.file_name = PurePath(file_name.replace("\\", "/")).name[-200:] or "?"
    stored = file if isinstance(file, File) else File(file)
    upload.file.save(f"{uuid4()}.{kind_of(stored)}", stored, save=False)
    try:
        upload.size, upload.sha256 = _measured(path_of(upload))
        upload.options = suggested(upload, preset=preset).as_data()
        upload.source = upload.options["source"]
        upload.save()
        upload.created_at = now
        IncidentImport.objects.filter(pk=upload.pk).update(created_at=now)  # saving writes the clock's time
    except BaseException:
        upload.file.delete(save=False)
        raise
    return upload


def suggested(upload: IncidentImport, *, sheet: str = "", preset: str = "") -> Options:
    """Options to begin with. `preset`: the key of the tool, where somebody has said it. ImportRefused where the file or
    the sheet cannot be read, or holds no incident."""
    chosen = presets.preset(preset) if preset else None
    with open_incidents(path_of(upload), sheet=sheet, is_sample=True) as table:
        sample = [line.cells for line in islice(table.rows, SAMPLE)]
        if not sample:
            raise ImportRefused(_("The file has a line of headings but no incident below it."))
        return replace(suggestion.suggest(table.header, sample, preset=chosen), sheet=sheet)


def _measured(path: Path) -> tuple[int, str]:
    size = path.stat().st_size
    if size > FILE.text_bytes:
        raise too_large(FILE.text_bytes)
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while chunk := file.read(1024 * 1024):
            digest.update(chunk)
    return size, digest.hexdigest()


def path_of(upload: IncidentImport) -> Path:
    """ImportRefused where the file was dropped."""
    if not upload.file or not Path(upload.file.path).is_file():
        raise ImportRefused(_("The file is not kept any more. Choose it again."))
    return Path(upload.file.path)


def open_incidents(path: Path, *, sheet: str = "", is_sample: bool = False) -> AbstractContextManager[Table]:
    """The table in the file, row by row; ImportRefused when it is entered, or while its rows are read. `is_sample`: its
    first rows alone are wanted."""
    return open_table(path, FILE, presets.understood, sheet=sheet, is_sample=is_sample)


def headings_of(upload: IncidentImport, *, sheet: str = "") -> tuple[str, ...]:
    """The headings of the file, told apart. ImportRefused where the file is gone or cannot be read."""
    with open_incidents(path_of(upload), sheet=sheet, is_sample=True) as table:
        return table.header


def forget_files(now: datetime) -> int:
    """Drop files older than `FILES_KEPT` that nobody works on; how many."""
    old = IncidentImport.objects.filter(created_at__lt=now - FILES_KEPT).exclude(file="")
    count = 0
    for upload in old.exclude(pk__in=IncidentImport.objects.unfinished().values("pk"))[:100]:
        upload.file.delete(save=False)
        IncidentImport.objects.filter(pk=upload.pk).update(file="")
        count += 1
    return count


__all__ = ["forget_files", "headings_of", "keep", "open_incidents", "path_of", "suggested"]
