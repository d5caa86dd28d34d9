"""Two groups of processes, each with a data folder of its own: one web process and two workers a group."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

import requests

from benchmarks.drill.servers import free_port, wait_for

# As compose.yaml divides them: what takes long beside what somebody waits for.
QUEUES = ("documents,batches", "documents,imports,mails,webhooks,celery")
BRIEF = {"RENDERING_LEASE_SECONDS": "20", "RENDERING_NUDGE_SECONDS": "5", "SWEEP_SECONDS": "2"}


@dataclass
class Hosts:
    settings: dict[str, str]
    folder: Path
    chance: Random
    webs: list[str] = field(default_factory=list)
    kills: int = 0
    _processes: list[subprocess.Popen[bytes]] = field(default_factory=list)
    _workers: dict[tuple[int, str], subprocess.Popen[bytes]] = field(default_factory=dict)

    def start_webs(self) -> None:
        for group in (0, 1):
            port = free_port()
            command = ["gunicorn", "--config", "config/gunicorn.py", "--bind", f"127.0.0.1:{port}", "config.wsgi"]
            self._processes.append(self._start(group, ["-m", *command], WEB_PROCESSES="1"))
            self.webs.append(f"http://127.0.0.1:{port}")
        for web in self.webs:
            wait_for(lambda web=web: _is_there(web), web)  # type: ignore[misc]

    def start_workers(self) -> None:
        for group in (0, 1):
            for queues in QUEUES:
                self._start_worker(group, queues)

    def kill_a_worker(self) -> None:
        """At once, with its children; another one begins in its place."""
        key = self.chance.choice(sorted(self._workers))
        _kill(self._workers[key])
        self.kills += 1
        self._start_worker(*key)

    def end(self) -> None:
        for process in (*self._workers.values(), *self._processes):
            _kill(process)

    def _start_worker(self, group: int, queues: str) -> None:
        # A page that somebody waits for comes before a document, as `Nice=` in docs/operations.md has it.
        quiet = ["--loglevel", "CRITICAL", "--without-gossip", "--without-mingle"]
        beat = ["-B", "-s", str(self.folder / f"schedule-{group}")] if queues == QUEUES[1] else []
        name = ["-n", f"{group}-{QUEUES.index(queues)}-{self.kills}@drill"]
        worker = ["-m", "celery", "-A", "config", "worker", "-Q", queues, "--pool", "prefork", "--concurrency", "1"]
        self._workers[group, queues] = self._start(group, [*worker, *beat, *name, *quiet], nice=10)

    def _start(self, group: int, words: list[str], *, nice: int = 0, **settings: str) -> subprocess.Popen[bytes]:
        data = self.folder / f"host-{group}"
        data.mkdir(exist_ok=True)
        environment = {**os.environ, **self.settings, **BRIEF, "DATA_DIR": str(data), **settings}
        with (self.folder / "processes.log").open("ab") as log:
            return subprocess.Popen(
                ["nice", "-n", str(nice), sys.executable, *words],
                env=environment,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )


def _is_there(web: str) -> bool:
    with suppress(requests.RequestException):
        return requests.get(f"{web}/healthz", timeout=5).status_code == 200
    return False


def _kill(process: subprocess.Popen[bytes]) -> None:
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()
