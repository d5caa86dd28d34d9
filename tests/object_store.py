"""A store that speaks S3, in a process of its own: from a package, and over a real connection."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

import pytest
from django.core.files.storage import default_storage

SERVER = """
import sys
from moto.server import ThreadedMotoServer
server = ThreadedMotoServer("127.0.0.1", 0, verbose=False)
server.start()
print(server.get_host_and_port()[1], flush=True)
sys.stdin.read()
"""
ACCESS_KEY, SECRET_KEY = "AKIATESTSTESTSTESTST", "the-secret-of-the-tests/+0123456789abcdef"


@dataclass(frozen=True, kw_only=True)
class Store:
    endpoint: str
    bucket: str
    prefix: str

    @property
    def environment(self) -> dict[str, str]:
        """For a process of ours that is to keep its files there."""
        return {
            "S3_BUCKET": self.bucket,
            "S3_PREFIX": self.prefix,
            "S3_ENDPOINT": self.endpoint,
            "S3_REGION": "eu-west-1",
            "S3_ACCESS_KEY": ACCESS_KEY,
            "S3_SECRET_KEY": SECRET_KEY,
        }

    @property
    def options(self) -> dict[str, Any]:
        return {
            "bucket_name": self.bucket,
            "location": self.prefix,
            "endpoint_url": self.endpoint,
            "region_name": "eu-west-1",
            "access_key": ACCESS_KEY,
            "secret_key": SECRET_KEY,
            "security_token": None,
        }

    @property
    def client(self) -> Any:
        """What asks the server itself, beside our code."""
        return default_storage.connection.meta.client  # type: ignore[attr-defined]

    def names(self) -> list[str]:
        return sorted(one["Key"] for one in self.client.list_objects_v2(Bucket=self.bucket).get("Contents", ()))


@contextmanager
def served() -> Iterator[str]:
    """Its address, while the block lasts."""
    with subprocess.Popen(
        [sys.executable, "-c", SERVER], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
    ) as process:
        assert process.stdout
        try:
            yield f"http://127.0.0.1:{int(process.stdout.readline())}"
        finally:
            process.kill()


@pytest.fixture(scope="session")
def store_server() -> Iterator[str]:
    with served() as address:
        yield address


@pytest.fixture
def store(store_server: str, settings: Any) -> Store:
    """All files of the test go into a bucket of its own."""
    made = Store(endpoint=store_server, bucket=f"files-{uuid4()}", prefix="customer/manifesto")
    keep_in(made, settings)
    made.client.create_bucket(Bucket=made.bucket, CreateBucketConfiguration={"LocationConstraint": "eu-west-1"})
    return made


def keep_in(store: Store, settings: Any, **options: Any) -> None:
    backend = {"BACKEND": "groundwork.object_storage.WholeObjects", "OPTIONS": {**store.options, **options}}
    settings.STORAGES = {**settings.STORAGES, "default": backend}
