"""What a run costs: seconds of CPU, in programs and in the kernel, of its processes and of whatever they start."""

from __future__ import annotations

import os
import resource
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

TICKS = os.sysconf("SC_CLK_TCK")
UNSEEN: list[float] = []  # of processes that ended without telling
OF_WORKERS: list[float] = []


def _used(by: int) -> float:
    usage = resource.getrusage(by)
    return usage.ru_utime + usage.ru_stime


def spent() -> float:
    """By this process and by those that it started and that have ended."""
    return _used(resource.RUSAGE_SELF) + _used(resource.RUSAGE_CHILDREN) + sum(UNSEEN)


@contextmanager
def counted_to_the_end() -> Iterator[None]:
    """What is ended in here is counted although nobody waits for it, as nobody does for a browser."""
    living, before = of_the_living(), _used(resource.RUSAGE_CHILDREN)
    yield
    UNSEEN.append(max(0.0, living - (_used(resource.RUSAGE_CHILDREN) - before)))


def of_the_living(parent: int | str = "self") -> float:
    """By all processes below this one, with what those have waited for."""
    children = [pid for listing in Path(f"/proc/{parent}/task").glob("*/children") for pid in _words(listing)]
    return sum(
        sum(map(int, _words(Path(f"/proc/{pid}/stat"))[-39:-35])) / TICKS + of_the_living(pid) for pid in children
    )


def _words(path: Path) -> list[str]:
    try:
        return path.read_text().split()
    except OSError:  # the process has just ended
        return []


def pytest_sessionfinish(session: pytest.Session) -> None:
    if hasattr(session.config, "workeroutput"):  # one of several, who tells the one that prints
        session.config.workeroutput["spent"] = spent()


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: object) -> None:
    OF_WORKERS.append(getattr(node, "workeroutput", {}).get("spent", 0.0))


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    own = _used(resource.RUSAGE_SELF) if OF_WORKERS else spent()
    terminalreporter.write_line(f"CPU: {own + sum(OF_WORKERS):.0f} s, of the tests and whatever they started.")
