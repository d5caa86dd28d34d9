"""What files in a store and `/metrics` cost this process, beside what is nearest: CPU, medians, interleaved.

`python -m benchmarks.growing`: the store is a server from a package, in a process of its own.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import django
from django.conf import settings
from django.core.files.base import ContentFile
from django.core.files.storage import Storage
from django.db import connection
from django.test import Client, override_settings
from django.test.utils import CaptureQueriesContext

from benchmarks.timing import medians

KB = 1024


def report(repetitions: int) -> str:
    return "\n".join(["## Growing", "", *_files(repetitions), "", *_metrics(repetitions), ""])


def _files(repetitions: int) -> list[str]:
    from groundwork.object_storage import WholeObjects
    from groundwork.storage import WholeFiles
    from tests.object_store import Store, served

    lines = ["| a file kept, read and deleted | ms of CPU | ratio to the library alone |", "|---|--:|--:|"]
    with served() as endpoint, TemporaryDirectory() as folder:
        store = Store(endpoint=endpoint, bucket="benchmark", prefix="files")
        kept = WholeObjects(**store.options)
        client = kept.connection.meta.client
        client.create_bucket(Bucket=store.bucket, CreateBucketConfiguration={"LocationConstraint": "eu-west-1"})
        for size in (30 * KB, 5 * KB * KB):
            content = bytes(size)
            floor = f"the library alone, {size // KB:,} kB (the floor)"
            subjects: dict[str, Callable[[], object]] = {
                floor: partial(_plainly, client, store.bucket, content),
                f"in a store, {size // KB:,} kB": partial(_whole_way, kept, content),
                f"in a folder, {size // KB:,} kB": partial(_whole_way, WholeFiles(location=Path(folder)), content),
            }
            seconds = medians(subjects, repetitions, clock=time.process_time)
            lines += [f"| {name} | {said * 1000:.1f} | {said / seconds[floor]:.2f} |" for name, said in seconds.items()]
    return lines


def _plainly(client: Any, bucket: str, content: bytes) -> None:
    client.put_object(Bucket=bucket, Key="floor", Body=content)
    client.get_object(Bucket=bucket, Key="floor")["Body"].read()
    client.delete_object(Bucket=bucket, Key="floor")


def _whole_way(storage: Storage, content: bytes) -> None:
    name = storage.save("evidence/a.pdf", ContentFile(content))
    with storage.open(name) as file:
        file.read()
    storage.delete(name)


def _metrics(repetitions: int) -> list[str]:
    from tests.config.demo import page_costs

    token = "0" * 32
    with override_settings(METRICS_TOKEN=token, ROOT_URLCONF="benchmarks.urls"):
        client = page_costs.signed_in(page_costs.member_of(page_costs.ASSESSOR))
        asks = partial(Client().get, "/metrics", headers={"authorization": f"Bearer {token}"})
        asks()
        with CaptureQueriesContext(connection) as queries:
            asks()
        floor = "empty view, signed in (the floor)"
        seconds = medians(
            {floor: partial(client.get, "/empty/member/"), f"/metrics, {len(queries)} queries": asks},
            repetitions,
            clock=time.process_time,
        )
    lines = ["| page | ms of CPU | ratio to the floor |", "|---|--:|--:|"]
    return lines + [f"| {name} | {said * 1000:.1f} | {said / seconds[floor]:.2f} |" for name, said in seconds.items()]


if __name__ == "__main__":
    django.setup()
    settings.ALLOWED_HOSTS.append("testserver")
    print(report(15))
