"""Files of incidents: kept while they are worked on, dropped after a while."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from datetime import datetime
from typing import IO
from uuid import uuid4

from django.core.files.base import File
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import Membership
from groundwork.tables.cells import ImportRefused
from groundwork.tables.limits import Haste, TookTooLong, too_large
from groundwork.tables.sources import kind_of
from vendors.attachments import clean_name
from vendors.incident_import import job, looks, suggestion
from vendors.incident_import.columns import presets
from vendors.incident_import.columns.options import Options
from vendors.incident_import.job import HeldImport
from vendors.incident_import.limits import FILE, SAMPLE
from vendors.incident_import.looks import IN_TURN, Look
from vendors.models import FILES_KEPT, ImportState, IncidentImport


def keep(
    member: Membership,
    file: File[bytes] | IO[bytes],
    file_name: str,
    now: datetime,
    *,
    preset: str = "",
    haste: Haste | None = None,
) -> IncidentImport:
    """Put the file by under a name of our own, to be mapped, with suggested options; ImportRefused, and nothing kept,
    where it cannot be read at all. `preset`: the key of the tool, where somebody has said it. What cannot be looked at
    in time (`haste`; None: that of somebody who waits) is for a worker to read."""
    upload = IncidentImport(organisation=member.organisation, created_by=member.user)
    upload.file_name = clean_name(file_name)
    stored = file if isinstance(file, File) else File(file)
    upload.size, upload.sha256 = _measured(stored)
    upload.file.save(f"{uuid4()}.{kind_of(stored)}", stored, save=False)
    try:
        with transaction.atomic():
            _keep_row(upload, now, preset=preset, haste=haste)
    except BaseException:
        upload.file.delete(save=False)
        raise
    return upload


def _keep_row(upload: IncidentImport, now: datetime, *, preset: str, haste: Haste | None) -> None:
    look = None
    try:
        look = looks.look_at(upload, haste=haste)
        upload.options = suggested(look, preset=preset).as_data()
        upload.source = upload.options["source"]
    except TookTooLong:
        upload.state = ImportState.READING
        for name, value in job.queued(now).items():
            setattr(upload, name, value)
    upload.save()
    upload.created_at = now
    IncidentImport.objects.filter(pk=upload.pk).update(created_at=now)  # saving writes the clock's time
    if look is None:
        job.IMPORTS.nudge_on_commit(upload.pk)
    else:
        looks.keep(upload, look)


def read_in_turn(held: HeldImport) -> None:
    """The first look, by a worker that holds the import; ImportRefused where it cannot be read."""
    upload = held.row
    sheet = upload.options.get("sheet", "")
    look = looks.look_at(upload, sheet=sheet, haste=IN_TURN)
    options = suggested(look, sheet=sheet, preset=upload.options.get("preset", ""))
    held.end(ImportState.MAPPING, options=options.as_data(), source=options.source)


def suggested(look: Look, *, sheet: str = "", preset: str = "") -> Options:
    """Options to begin with. `preset`: the key of the tool, where somebody has said it. ImportRefused where the sheet
    holds no incident."""
    chosen = presets.preset(preset) if preset else None
    sample = [line.cells for line in look.rows[:SAMPLE]]
    if not sample:
        raise ImportRefused(_("The file has a line of headings but no incident below it."))
    return replace(suggestion.suggest(look.header, sample, preset=chosen), sheet=sheet)


def _measured(file: File[bytes]) -> tuple[int, str]:
    digest = hashlib.sha256()
    file.seek(0)
    size = 0
    while chunk := file.read(1024 * 1024):
        size += len(chunk)
        if size > FILE.text_bytes:
            raise too_large(FILE.text_bytes)
        digest.update(chunk)
    return size, digest.hexdigest()


def forget_files(now: datetime) -> int:
    """Drop files older than `FILES_KEPT` that nobody works on, and what was seen of them; how many."""
    old = IncidentImport.objects.filter(created_at__lt=now - FILES_KEPT).exclude(file="")
    count = 0
    for upload in old.exclude(pk__in=IncidentImport.objects.unfinished().values("pk"))[:100]:
        upload.file.delete(save=False)
        upload.looks.all().delete()
        IncidentImport.objects.filter(pk=upload.pk).update(file="")
        count += 1
    return count
