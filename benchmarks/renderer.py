"""One warm process that renders: the apps are loaded before anything of theirs is imported."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from multiprocessing.queues import SimpleQueue
from multiprocessing.synchronize import Barrier
from pathlib import Path
from resource import getpagesize
from time import process_time

import django

django.setup()

from reports import worker  # noqa: E402
from reports.documents.job import RENDERINGS  # noqa: E402
from reports.models import Rendering, Scorecard  # noqa: E402


def render_many(documents: int, ready: Barrier, go: Barrier) -> None:
    card = Scorecard.objects.order_by("pk")[0]
    worker.warm_up()
    worker.produce(card, language="en")
    ready.wait()
    go.wait()
    for _ in range(documents):
        worker.produce(card, language="en")


@dataclass(frozen=True, kw_only=True)
class Rendered:
    """What one process made: `processor` in seconds, `memory` as pairs of documents made and MB it had then."""

    documents: int
    processor: float
    memory: list[tuple[int, int]]


def render_queue(
    keys: Iterable[int], looked_at: Collection[int], ready: Barrier, go: Barrier, told: SimpleQueue[Rendered]
) -> None:
    """Of these wishes, in this order, each that no other process has claimed, as a worker makes it."""
    worker.warm_up()
    documents, memory = 0, [(0, _megabytes())]
    ready.wait()
    go.wait()
    start = process_time()
    for key in keys:
        if not Rendering.objects.filter(pk=key, state=RENDERINGS.queued["state"]).exists():
            continue
        worker.render(key)
        documents += 1
        if documents in looked_at:
            memory.append((documents, _megabytes()))
    memory.append((documents, _megabytes()))
    told.put(Rendered(documents=documents, processor=process_time() - start, memory=memory))


def _megabytes() -> int:
    """Resident: the second number of statm, in pages."""
    return int(Path("/proc/self/statm").read_text().split()[1]) * getpagesize() // 1_000_000
