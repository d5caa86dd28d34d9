"""Files in a store that speaks S3, so that hosts share no folder: whole or not at all, as on a disk.

Loaded only where a bucket is set: the library costs a second and 40 MB.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import datetime
from shutil import copyfileobj
from tempfile import SpooledTemporaryFile
from typing import IO, Any, NoReturn

import structlog
from boto3.exceptions import Boto3Error
from boto3.s3.transfer import TransferConfig
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError
from django.conf import settings
from django.core.files.base import File
from storages.backends.s3 import S3Storage
from storages.utils import clean_name

from groundwork.storage import HeldFile, NoRoom, StoreAway

MB = 1024 * 1024
CHUNK = MB
IN_MEMORY = MB  # of a file that is read; what is larger goes through a temporary one
AT_ONE_GO = 64 * MB  # what is larger is sent in parts, each of them again where it fails
FULL = {"QuotaExceeded", "InsufficientStorage", "XMinioStorageFull", "XMinioAdminBucketQuotaExceeded"}
GONE = {"NoSuchKey", "404"}  # not so a bucket that is not there: then nothing is known of the file
# Whoever waits is answered within half a minute, whatever the store does.
TIMES: dict[str, Any] = {
    "connect_timeout": 2,
    "read_timeout": 8,
    "retries": {"total_max_attempts": 3, "mode": "standard"},
}

logger = structlog.get_logger(__name__)


@contextmanager
def in_words() -> Iterator[None]:
    """NoRoom or StoreAway for what a store says, or does not say."""
    try:
        yield
    except ClientError as error:
        code = _code(error)
        if code in FULL or error.response.get("ResponseMetadata", {}).get("HTTPStatusCode") == 507:
            raise NoRoom from error
        logger.error("store_refuses", code=code, operation=error.operation_name)
        raise StoreAway from error
    except (BotoCoreError, Boto3Error) as error:
        logger.error("store_away", error=type(error).__name__)
        raise StoreAway from error


def _code(error: ClientError) -> str:
    return str(error.response.get("Error", {}).get("Code", ""))


def _manners(*, has_endpoint: bool) -> Config:
    """How a store is spoken to. No checksums beyond the signed hash of each body: many that speak S3 know no others."""
    return Config(
        signature_version="s3v4",
        s3={"addressing_style": "path" if has_endpoint else "auto", "payload_signing_enabled": True},
        request_checksum_calculation="when_required",
        response_checksum_validation="when_required",
        max_pool_connections=32,
        tcp_keepalive=True,
        **TIMES,
    )


class FetchedFile(File):
    """A file that was brought whole before anybody reads it; opened again, it is brought again."""

    def __init__(self, storage: WholeObjects, name: str) -> None:
        self.storage = storage
        super().__init__(self._brought(name), name)

    def open(self, mode: str | None = None, *_arguments: Any, **_more: Any) -> FetchedFile:
        if self.closed:
            self.file = self._brought(str(self.name))
        self.seek(0)
        return self

    def _brought(self, name: str) -> IO[bytes]:
        with ExitStack() as held:
            content = held.enter_context(SpooledTemporaryFile(max_size=IN_MEMORY, dir=settings.FILE_UPLOAD_TEMP_DIR))
            self.storage.fetch(name, content)
            self.size = content.tell()
            content.seek(0)
            held.pop_all()  # it is closed with this file
        return content


class WholeObjects(S3Storage):
    """Keeps a file whole or not at all; NoRoom, or StoreAway where the store refuses or does not answer. What a store
    has kept although its answer was lost is a stray, and goes with them."""

    def __init__(self, **options: Any) -> None:
        self._lock = threading.Lock()
        self._shared: tuple[int, Any] | None = None
        in_parts = TransferConfig(multipart_threshold=AT_ONE_GO, max_concurrency=1, use_threads=False)
        super().__init__(
            file_overwrite=False,
            default_acl=None,
            client_config=_manners(has_endpoint=bool(options.get("endpoint_url"))),
            transfer_config=in_parts,
            **options,
        )

    @property
    def connection(self) -> Any:
        """One for all threads of a process: one for each costs a fifth of a second and 12 MB. It holds nothing that
        changes, and its client is made to be shared."""
        with self._lock:
            if self._shared is None or self._shared[0] != os.getpid():
                made = self._create_session().resource(
                    "s3", region_name=self.region_name, endpoint_url=self.endpoint_url, config=self.client_config
                )
                self._shared = os.getpid(), made
            return self._shared[1]

    @property
    def bucket(self) -> Any:
        return self.connection.Bucket(self.bucket_name)

    def url(self, *_arguments: Any, **_more: Any) -> NoReturn:
        raise NotImplementedError("Files go through views that check rights, and have no address of their own.")

    # Reading and writing ---------------------------------------------------------------------------------------------
    def _open(self, name: str, mode: str = "rb") -> FetchedFile:
        if mode != "rb":
            raise NotImplementedError("What is kept is read, or replaced as a whole.")
        return FetchedFile(self, name)

    def fetch(self, name: str, target: IO[bytes]) -> None:
        """The whole file into another. FileNotFoundError, or StoreAway."""
        with in_words():
            try:
                found = self.connection.meta.client.get_object(Bucket=self.bucket_name, Key=self._key(name))
            except ClientError as error:
                if _code(error) in GONE:
                    raise FileNotFoundError(name) from error
                raise
            with found["Body"] as body:
                copyfileobj(body, target, CHUNK)  # which fails where less comes than was announced

    def _save(self, name: str, content: Any) -> str:
        with in_words():
            kept: str = super()._save(name, content)
            return kept

    def exists(self, name: str) -> bool:
        with in_words():
            return bool(super().exists(name))

    def size(self, name: str) -> int:
        with in_words():
            return int(super().size(name))

    def delete(self, name: str) -> None:
        """Where the store does not answer, what no row names any more is left to the sweep: no page fails over it."""
        try:
            with in_words():
                super().delete(name)
        except (StoreAway, NoRoom):
            logger.warning("deletion_left_to_sweep")

    # What lies there -------------------------------------------------------------------------------------------------
    def held(self, folder: str) -> Iterator[HeldFile]:
        """All files below a folder, in any order."""
        start = len(self._key(".")) + 1 if self.location else 0
        for page in self._pages("list_objects_v2", folder):
            for one in page.get("Contents", ()):
                yield HeldFile(name=one["Key"][start:], written_at=one["LastModified"])

    def forget_unfinished(self, folder: str, before: datetime) -> None:
        """Parts of files whose sender ended on the way: no list shows them, and they take room."""
        for page in self._pages("list_multipart_uploads", folder):
            for one in page.get("Uploads", ()):
                if one["Initiated"] < before:
                    with in_words():
                        self.connection.meta.client.abort_multipart_upload(
                            Bucket=self.bucket_name, Key=one["Key"], UploadId=one["UploadId"]
                        )

    def _pages(self, operation: str, folder: str) -> Iterator[Any]:
        with in_words():
            pages = self.connection.meta.client.get_paginator(operation)
            yield from pages.paginate(Bucket=self.bucket_name, Prefix=f"{self._key(folder)}/")

    def _key(self, name: str) -> str:
        key: str = self._normalize_name(clean_name(name))
        return key.rstrip("/")
