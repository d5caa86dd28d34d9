"""One warm process that renders: the apps are loaded before anything of theirs is imported."""

from __future__ import annotations

from multiprocessing.synchronize import Barrier

import django

django.setup()

from reports import worker  # noqa: E402
from reports.models import Scorecard  # noqa: E402


def render_many(documents: int, ready: Barrier, go: Barrier) -> None:
    card = Scorecard.objects.order_by("pk")[0]
    worker.produce(card, language="en")
    ready.wait()
    go.wait()
    for _ in range(documents):
        worker.produce(card, language="en")
