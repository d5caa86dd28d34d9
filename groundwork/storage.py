"""Files on a disk that may be full: nothing half-written stays, and whoever sent the file is told what helps."""

from __future__ import annotations

import errno
from collections.abc import Iterator
from contextlib import suppress
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import structlog
from django.apps import apps
from django.core.files.storage import FileSystemStorage
from django.db.models import FileField
from django.utils.translation import gettext as _

from groundwork.refusals import Refusal

FULL = {errno.ENOSPC, errno.EDQUOT}
PG_FULL = "53100"  # disk_full, as PostgreSQL calls it
SQLITE_FULL = "database or disk is full"
OLD_ENOUGH = timedelta(days=1)  # a file is written before its row
FEW = 20

logger = structlog.get_logger(__name__)


class NoRoom(Refusal):
    """The disk of the server is full."""

    def __init__(self) -> None:
        super().__init__(_("There is no room on the server: the file was not kept. Tell your administrator."))


def is_full(error: BaseException | None) -> bool:
    """Whether a full disk is behind an error: that of files, or that of the database."""
    seen: set[int] = set()
    while error is not None and id(error) not in seen:
        seen.add(id(error))
        is_of_files = isinstance(error, NoRoom) or (isinstance(error, OSError) and error.errno in FULL)
        if is_of_files or getattr(error, "sqlstate", "") == PG_FULL or SQLITE_FULL in str(error):
            return True
        error = error.__cause__ or error.__context__
    return False


class WholeFiles(FileSystemStorage):
    """Keeps a file whole or not at all; NoRoom where the disk is full."""

    def _save(self, name: str, content: Any) -> str:
        try:
            return super()._save(name, content)  # type: ignore[misc]  # the stubs leave out what Django says to override
        except FileExistsError:
            raise
        except BaseException as error:
            with suppress(OSError):
                Path(self.path(name)).unlink(missing_ok=True)
            if is_full(error):
                raise NoRoom from error
            raise


def forget_strays(now: datetime) -> int:
    """Delete the files of a day ago and older that no row names any more, or ever did; how many. Where a process ended
    between the file and its row, nobody else does. None of a kind of which most would go: then the database is not the
    one that the files belong to, for it was emptied, or is about to be restored."""
    count = 0
    for field, storage in _fields():
        folder = Path(storage.path(str(field.upload_to).partition("%")[0]))
        files = [path for path in folder.rglob("*") if path.is_file()] if folder.is_dir() else []
        kept = set(field.model._base_manager.values_list(field.name, flat=True))
        strays = [path for path in files if path.relative_to(storage.location).as_posix() not in kept]
        if len(strays) > max(FEW, len(files) // 2):
            logger.warning("strays_not_deleted", folder=str(folder), strays=len(strays), files=len(files))
            continue
        for path in strays:
            if path.stat().st_mtime < (now - OLD_ENOUGH).timestamp():
                path.unlink(missing_ok=True)
                count += 1
    return count


def _fields() -> Iterator[tuple[FileField, FileSystemStorage]]:
    for model in apps.get_models():
        for field in model._meta.get_fields():
            if isinstance(field, FileField) and isinstance(field.storage, FileSystemStorage):
                yield field, field.storage
