"""A web process from its start to its first page, against loading Django alone, in the same run.

`python -m benchmarks.cold`, with DATA_DIR of an installation; by itself, for it starts servers.
"""

from __future__ import annotations

import os
import resource
import socket
import subprocess
import sys
from collections import Counter
from collections.abc import Callable
from http.client import HTTPConnection, HTTPException
from statistics import median
from time import perf_counter, sleep

PAGE = "/account/login/"
SHOWN = 10
ROUNDS = 3


def report(rounds: int = ROUNDS) -> str:
    _first_page()  # writes what Python keeps of the modules
    told: dict[str, list[tuple[float, float]]] = {"django": [], "page": []}
    for _ in range(rounds):
        told["django"].append(_measured(_django))
        told["page"].append(_measured(_first_page))
    middle = {name: tuple(map(median, zip(*pairs, strict=True))) for name, pairs in told.items()}
    floor = middle["django"]
    rows = [("import django (the floor)", floor), ("start of the server to its first page", middle["page"])]
    lines = [
        "| cold start, two processes | seconds of CPU | seconds | ratio of CPU to the floor |",
        "|---|--:|--:|--:|",
    ]
    lines += [f"| {name} | {cpu:.2f} | {wall:.2f} | {cpu / floor[0]:.1f} |" for name, (cpu, wall) in rows]
    lines += ["", "| loaded before the first page | ms, without what it loads itself |", "|---|--:|"]
    lines += [f"| {name} | {micros / 1000:,.0f} |" for name, micros in _loaded().most_common(SHOWN)]
    return "\n".join(["## Cold start", "", *lines, ""])


def _measured(act: Callable[[], None]) -> tuple[float, float]:
    """Of the children and theirs: seconds of CPU, and seconds."""
    before, begun = resource.getrusage(resource.RUSAGE_CHILDREN), perf_counter()
    act()
    wall, after = perf_counter() - begun, resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime, wall


def _django() -> None:
    subprocess.run([sys.executable, "-c", "import django"], check=True)


def _first_page() -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "gunicorn", "--config", "config/gunicorn.py", "--bind", f"127.0.0.1:{port}"]
    environment = {**os.environ, "ALLOWED_HOSTS": "localhost", "PYTHONPATH": os.getcwd()}
    server = subprocess.Popen([*command, "config.wsgi"], env=environment, stderr=subprocess.DEVNULL)
    try:
        while _status(port) == 0:
            sleep(0.05)
    finally:
        server.terminate()
        server.wait()


def _status(port: int) -> int:
    """0: it does not answer yet."""
    asked = HTTPConnection("127.0.0.1", port, timeout=120)
    try:
        asked.request("GET", PAGE, headers={"Host": "localhost"})
        return asked.getresponse().status
    except (OSError, HTTPException):
        return 0
    finally:
        asked.close()


def _loaded() -> Counter[str]:
    """Package → microseconds of its modules, by Python's own count."""
    code = "import config.wsgi, config.urls"
    told = subprocess.run([sys.executable, "-X", "importtime", "-c", code], check=True, capture_output=True, text=True)
    found: Counter[str] = Counter()
    for line in told.stderr.splitlines():
        micros, _bar, rest = line.removeprefix("import time:").partition("|")
        if micros.strip().isdigit():
            found[rest.rpartition("|")[2].strip().partition(".")[0]] += int(micros)
    return found


if __name__ == "__main__":
    print(report())
