"""Files of incidents: kept while they are worked on, read where they lie, dropped after a while."""

from __future__ import annotations

from datetime import datetime
from typing import IO

from django.core.files.base import File

from accounts.models import Membership
from vendors.models import IncidentImport


def keep(member: Membership, file: File[bytes] | IO[bytes], file_name: str, now: datetime) -> IncidentImport:
    """Put the file by under a name of our own, to be mapped, with suggested options; ImportRefused, and nothing kept,
    where it cannot be read at all."""
    raise NotImplementedError


def headings_of(upload: IncidentImport) -> tuple[str, ...]:
    """The headings of the file, told apart. ImportRefused where the file is gone or cannot be read."""
    raise NotImplementedError


def forget_files(now: datetime) -> int:
    """Drop files older than `FILES_KEPT` that nobody works on; how many."""
    raise NotImplementedError
