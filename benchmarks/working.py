"""My work in an organisation of many vendors and assessments against the same of few: seconds of CPU, queries."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from statistics import median
from time import process_time

from django.db import connection
from django.test import override_settings
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import Membership, Role
from benchmarks import portfolios
from benchmarks.pages import FEW, MANY, page_of

TICKS = 100  # of a second, in which the system counts what a process took


def report(repetitions: int) -> str:
    member = Membership.objects.filter(role=Role.ASSESSOR, organisation__slug="harbour")[0]
    organisations = {count: portfolios.at_work(member, vendors=count) for count in (FEW, MANY)}
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    with override_settings(ALLOWED_HOSTS=["testserver"]):
        pages = {count: page_of(member, reverse("work"), one) for count, one in organisations.items()}
        seconds = _medians(pages, repetitions)
        with CaptureQueriesContext(connection) as queries:
            pages[MANY]()
    lines = [
        f"| my work, {connection.vendor}: {MANY:,} vendors, {MANY * portfolios.EACH:,} assessments | CPU | "
        f"ratio to {FEW} vendors | queries |",
        "|---|--:|--:|--:|",
        f"| page, with what the database took | {seconds[MANY] * 1000:.0f} ms "
        f"| {seconds[MANY] / seconds[FEW]:.2f} | {len(queries)} |",
    ]
    return "\n".join([*lines, ""])


def _medians(pages: dict[int, Callable[[], object]], repetitions: int) -> dict[int, float]:
    """Each round opens every page five times: the system counts what a database server took in hundredths."""
    taken: dict[int, list[float]] = {name: [] for name in pages}
    for page in pages.values():
        page()
    for _ in range(repetitions):
        for name, page in pages.items():
            start = _cpu()
            for _again in range(5):
                page()
            taken[name].append((_cpu() - start) / 5)
    return {name: median(values) for name, values in taken.items()}


def _cpu() -> float:
    """Of this process, and of the server's process that serves its connection."""
    if connection.vendor != "postgresql":
        return process_time()
    return process_time() + _server()


def _server() -> float:
    connection.ensure_connection()
    stat = Path(f"/proc/{connection.connection.info.backend_pid}/stat").read_text()
    user, system = stat.rpartition(") ")[2].split()[11:13]
    return (int(user) + int(system)) / TICKS
