"""A quarter's end: every scorecard at once, by one process and by two, on the path that workers go.

Each document is a wish of its own: a row of a scorecard of its own, claimed, drawn and published by the process that
gets it first. The scorecards are the demo's, written again in turn, and stay in the database of the benchmark.
"""

from __future__ import annotations

import multiprocessing
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import cycle, islice
from time import perf_counter
from typing import TypeVar
from uuid import uuid4

from django.db import connections
from django.utils import timezone

from accounts.models import Membership, Role
from assessments.models import Assessment
from benchmarks.renderer import Rendered, render_queue
from groundwork.public_ids import PublicRow
from reports.documents.job import RENDERINGS
from reports.models import Document, DocumentKind, Rendering, Scorecard

LOOKED_AT = (50, 500)  # documents of all processes after which, about, the memory of each is told; and at the end
Row = TypeVar("Row", bound=PublicRow)


@dataclass(frozen=True, kw_only=True)
class Done:
    """`seconds` on the clock, from the first claim to the last document."""

    seconds: float
    parts: Sequence[Rendered]

    @property
    def documents(self) -> int:
        return sum(part.documents for part in self.parts)

    @property
    def processor(self) -> float:
        """Seconds a document, of all processes."""
        return sum(part.processor for part in self.parts) / self.documents

    @property
    def memory(self) -> str:
        return "; ".join(
            ", ".join(f"{megabytes} after {documents}" for documents, megabytes in part.memory) for part in self.parts
        )


def report(documents: int) -> str:
    keys = scorecards(documents)
    alone, both = made(keys, processes=1), made(keys, processes=2)
    rows = [
        f"| {name} | {documents / done.seconds:.2f} | {alone.seconds / done.seconds:.2f}"
        f" | {done.processor:.2f} | {done.memory} |"
        for name, done in (("one", alone), ("two", both))
    ]
    title = f"## A quarter's end: {documents:,} scorecards, each claimed, drawn and published"
    head = "| processes | documents a second | ratio to one | CPU seconds a document | memory of each, MB |"
    return "\n".join([title, "", head, "|---|--:|--:|--:|---|", *rows, ""])


def made(cards: Sequence[int], *, processes: int) -> Done:
    """All of them, by so many warm processes, each from a place of its own; whoever claims one first makes it."""
    keys = _wishes(cards)
    connections.close_all()
    context = multiprocessing.get_context("spawn")
    ready, go, told = context.Barrier(processes + 1), context.Barrier(processes + 1), context.SimpleQueue()
    looked_at = [count // processes for count in LOOKED_AT]
    turns = [keys[first:] + keys[:first] for first in range(0, len(keys), -(-len(keys) // processes))]
    pool = [context.Process(target=render_queue, args=(turn, looked_at, ready, go, told)) for turn in turns]
    for process in pool:
        process.start()
    ready.wait(timeout=300)
    start = perf_counter()
    go.wait(timeout=300)
    parts = [told.get() for _ in pool]
    seconds = perf_counter() - start
    for process in pool:
        process.join()
    finished = Rendering.objects.ready().filter(pk__in=keys).count()
    if finished != len(keys) or any(process.exitcode for process in pool):
        raise RuntimeError(f"{finished} of {len(keys)} documents were made: see the lines above.")
    Document.objects.filter(rendering__in=keys).delete()
    Rendering.objects.filter(pk__in=keys).delete()
    return Done(seconds=seconds, parts=parts)


def scorecards(number: int) -> list[int]:
    """The keys of so many more, each of an assessment of its own, with the content of those of the demo data."""
    member = Membership.objects.filter(role=Role.READER, organisation__slug="harbour")[0]
    models = Scorecard.objects.for_member(member).select_related("assessment").order_by("pk")
    likes = list(enumerate(islice(cycle(list(models)), number), start=1))
    assessments = Assessment.objects.bulk_create(
        [_again(model.assessment, reference=f"B-{place}", previous_id=None) for place, model in likes], batch_size=100
    )
    cards = [
        _again(model, number=f"B-{place}", assessment_id=assessment.pk)
        for (place, model), assessment in zip(likes, assessments, strict=True)
    ]
    return [card.pk for card in Scorecard.objects.bulk_create(cards, batch_size=100)]


def _again(row: Row, **changed: object) -> Row:
    """A new row like this one."""
    values = {field.attname: getattr(row, field.attname) for field in row._meta.concrete_fields}
    return type(row)(**{**values, "id": None, "uuid": uuid4(), **changed})


def _wishes(cards: Sequence[int]) -> list[int]:
    now = timezone.now()
    fresh = {"kind": DocumentKind.SCORECARD, "language": "en", "requested_at": now, **RENDERINGS.afresh(now)}
    wishes = [Rendering(scorecard_id=key, **fresh) for key in cards]
    return [wish.pk for wish in Rendering.objects.bulk_create(wishes, batch_size=100)]
