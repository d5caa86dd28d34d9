"""Files on a disk that may be full, or in a store that may be away (`object_storage`): nothing half-written stays, and
whoever sent the file is told what helps."""

from __future__ import annotations

import errno
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path, PurePosixPath
from tempfile import NamedTemporaryFile
from typing import IO, Any, Protocol, cast

import structlog
from django.apps import apps
from django.conf import settings
from django.core.files.storage import FileSystemStorage
from django.db.models import FileField
from django.db.models.fields.files import FieldFile
from django.utils.translation import gettext as _

from groundwork.refusals import Refusal

FULL = {errno.ENOSPC, errno.EDQUOT}
PG_FULL = "53100"  # disk_full, as PostgreSQL calls it
SQLITE_FULL = "database or disk is full"
OLD_ENOUGH = timedelta(days=1)  # a file is written before its row
FEW = 20

logger = structlog.get_logger(__name__)


class NotKept(Refusal):
    """Nothing of the file was kept."""


class NoRoom(NotKept):
    """The disk of the server is full."""

    def __init__(self) -> None:
        super().__init__(_("There is no room on the server: the file was not kept. Tell your administrator."))


class StoreAway(NotKept):
    """The store of files refuses, or does not answer: the same may succeed in a minute."""

    def __init__(self) -> None:
        super().__init__(_("The store of files does not answer. Try again in a minute."))


@dataclass(frozen=True, kw_only=True)
class HeldFile:
    """`name`: as a row names it."""

    name: str
    written_at: datetime


class FileStore(Protocol):
    """What we ask of wherever files lie, beside what Django does."""

    def held(self, folder: str) -> Iterator[HeldFile]: ...
    def forget_unfinished(self, folder: str, before: datetime) -> None: ...
    def delete(self, name: str) -> None: ...


class FarStore(FileStore, Protocol):
    """One whose files have no path."""

    def fetch(self, name: str, target: IO[bytes]) -> None: ...


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

    def held(self, folder: str) -> Iterator[HeldFile]:
        """All files below a folder, in any order."""
        for path in Path(self.path(folder)).rglob("*"):
            if path.is_file():
                written_at = datetime.fromtimestamp(path.stat().st_mtime, tz=UTC)
                yield HeldFile(name=path.relative_to(self.location).as_posix(), written_at=written_at)

    def forget_unfinished(self, folder: str, before: datetime) -> None:
        """None: what breaks off goes at once, and what a killed process leaves is a stray."""


@contextmanager
def on_disk(file: FieldFile) -> Iterator[Path]:
    """The file for who needs it by its path: where it lies, or a copy that goes again at the end of the block.
    FileNotFoundError where it is gone, StoreAway where nobody can say."""
    if not file:
        raise FileNotFoundError
    if isinstance(file.storage, FileSystemStorage):
        path = Path(file.path)
        if not path.is_file():
            raise FileNotFoundError(path)
        yield path
        return
    suffix = PurePosixPath(str(file.name)).suffix
    with NamedTemporaryFile(suffix=suffix, dir=settings.FILE_UPLOAD_TEMP_DIR) as copy:
        cast(FarStore, file.storage).fetch(str(file.name), cast(IO[bytes], copy))
        copy.flush()
        yield Path(copy.name)


def forget_strays(now: datetime) -> int:
    """Delete the files of a day ago and older that no row names any more, or ever did; how many. Where a process ended
    between the file and its row, nobody else does. None of a kind of which most would go: then the database is not the
    one that the files belong to, for it was emptied, or is about to be restored."""
    count, before = 0, now - OLD_ENOUGH
    for field in file_fields():
        folder = str(field.upload_to).partition("%")[0]
        store = cast(FileStore, field.storage)
        files = list(store.held(folder))
        kept = set(field.model._base_manager.values_list(field.name, flat=True))
        strays = [file for file in files if file.name not in kept]
        if len(strays) > max(FEW, len(files) // 2):
            logger.warning("strays_not_deleted", folder=folder, strays=len(strays), files=len(files))
            continue
        for stray in strays:
            if stray.written_at < before:
                store.delete(stray.name)
                count += 1
        store.forget_unfinished(folder, before)
    return count


def file_fields() -> Iterator[FileField]:
    """Every column that names a file of ours."""
    for model in apps.get_models():
        for field in model._meta.get_fields():
            if isinstance(field, FileField):
                yield field
