"""What `/metrics` tells, for Prometheus: counted in the database and the broker when it is asked, so that any process
of any host tells the same, and nothing is kept beside what is there.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db.models import Count, Min, Value
from django.http import HttpResponse
from django.utils import timezone
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric

from accounts.webhooks.job import DELIVERIES
from assessments.schedule.digest import DIGESTS
from config import conflicts
from config.health import heard_lately, queue_lengths
from config.heartbeat import CLOCK
from groundwork.jobs.lease import JobKind
from reports.archives.wishes import ARCHIVES
from reports.batches.job import BATCHES
from reports.documents.job import RENDERINGS
from reports.exports.job import EXPORTS
from vendors.incident_import.job import IMPORTS

# By kind: the job, and since when one that nobody holds waits. A summary mail waits from its day on.
KINDS: dict[str, tuple[JobKind[Any], str]] = {
    "document": (RENDERINGS, "requested_at"),
    "batch": (BATCHES, "requested_at"),
    "export": (EXPORTS, "requested_at"),
    "archive": (ARCHIVES, "requested_at"),
    "import": (IMPORTS, "started_at"),
    "mail": (DIGESTS, "day"),
    "webhook": (DELIVERIES, "due_at"),
}


Labels = tuple[str, ...]


class Figures:
    """Four queries, and one question to the broker."""

    def __init__(self, now: datetime) -> None:
        self.now = now

    def collect(self) -> Iterator[Metric]:
        yield _by("jobs", "Jobs by kind and state", ("kind", "state"), _jobs())
        yield _by("oldest_waiting_seconds", "Age of the oldest job that waits", ("kind",), self._oldest())
        heard = heard_lately(self.now)
        seen: dict[Labels, float] = {(name,): name in heard for name in (*settings.QUEUES, CLOCK)}
        yield _by("worker_seen", "Whether a worker of this queue, and the clock, was heard lately", ("queue",), seen)
        lengths = queue_lengths()
        yield _by("broker_up", "Whether the broker answers", (), {(): lengths is not None})
        messages: dict[Labels, float] = {(name,): length for name, length in (lengths or {}).items()}
        yield _by("queue_messages", "Messages that no worker has taken", ("queue",), messages)
        if settings.REDIS_URL:
            told = "Saves that were refused because somebody else was first"
            yield CounterMetricFamily("manifesto_conflicts", told, value=conflicts.counted())

    def _oldest(self) -> dict[Labels, float]:
        found = _united(
            kind.rows().free(self.now).order_by().annotate(of=Value(name)).values_list("of").annotate(since=Min(since))
            for name, (kind, since) in KINDS.items()
            if kind is not DIGESTS
        )
        told: dict[Labels, float] = {(name,): 0.0 for name in KINDS}
        told |= {(name,): max(0.0, (self.now - since).total_seconds()) for name, since in found if since}
        day = DIGESTS.rows().free(self.now).aggregate(since=Min("day"))["since"]
        if day is not None:
            midnight = timezone.localtime(self.now).replace(hour=0, minute=0, second=0, microsecond=0)
            told["mail",] = (self.now - midnight + (midnight.date() - day)).total_seconds()
        return told


def _jobs() -> dict[Labels, float]:
    """Also of the states in which there is none: a line that comes and goes cannot be watched."""
    told: dict[Labels, float] = {
        (name, state): 0.0
        for name, (kind, _since) in KINDS.items()
        for state, _label in kind.rows().model._meta.get_field("state").choices
    }
    counts = _united(
        kind.rows().order_by().annotate(of=Value(name)).values_list("of", "state").annotate(jobs=Count("*"))
        for name, (kind, _since) in KINDS.items()
    )
    return told | {(name, state): jobs for name, state, jobs in counts}


def _united(rows: Iterator[Any]) -> Any:
    first, *others = rows
    return first.union(*others, all=True)


def _by(name: str, told: str, labels: Labels, values: Mapping[Labels, float]) -> Metric:
    family = GaugeMetricFamily(f"manifesto_{name}", told, labels=labels)
    for key, value in sorted(values.items()):
        family.add_metric(key, float(value))
    return family


def page(now: datetime) -> HttpResponse:
    registry = CollectorRegistry()
    registry.register(Figures(now))
    return HttpResponse(generate_latest(registry), content_type=CONTENT_TYPE_LATEST)
