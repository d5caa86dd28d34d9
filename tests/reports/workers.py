"""Real workers in processes of their own, to be killed: on Redis or on the broker of files."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

from celery import current_app
from django.conf import settings
from django.core.management import call_command
from django.db import DEFAULT_DB_ALIAS, connection, connections
from django.db.backends.sqlite3.base import DatabaseWrapper
from kombu import pools

from tests.reports.servers import wait_until

ROOT = Path(__file__).resolve().parents[2]
PREFORK = ("--pool", "prefork", "--concurrency", "2")
THREADS = ("--pool", "threads", "--concurrency", "2")
BRIEF = {
    "RENDERING_LEASE_SECONDS": "4",
    "RENDERING_NUDGE_SECONDS": "0.5",
    "SWEEP_SECONDS": "0.4",
    "LOG_LEVEL": "INFO",
    "LOG_JSON": "0",
    "CELERY_SKIP_CHECKS": "1",  # they load every page, which no worker needs
}


@dataclass
class Workshop:
    """One test's folder, broker and database; whatever is started in it is ended by `close`. `data_dir`: a folder of
    the processes alone, as on another host, where it is set; the broker of files stays where it is."""

    folder: Path
    pool: tuple[str, ...]
    redis_url: str = ""
    app: str = "tests.reports.slow_worker"
    settings: dict[str, str] = field(default_factory=dict)
    data_dir: Path | None = None
    processes: list[Process] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.stand_ins = self.folder / "stand-ins"
        self.stand_ins.mkdir(parents=True)

    @property
    def environment(self) -> dict[str, str]:
        database = {key: value for key, value in connection.settings_dict.items() if key != "TEST"}
        kept = {key: os.environ[key] for key in ("PATH", "HOME", "LD_LIBRARY_PATH", "LANG") if key in os.environ}
        return {
            **kept,
            **BRIEF,
            **self.settings,
            "DJANGO_SETTINGS_MODULE": "tests.reports.worker_settings",
            "WORKER_DATABASE": json.dumps(database, default=str),
            "REDIS_URL": self.redis_url,
            "DATA_DIR": str(self.data_dir or self.folder),
            "BROKER": str(self.folder / "broker"),
            "STAND_INS": str(self.stand_ins),
            "SECRET_KEY": settings.SECRET_KEY,  # else the web server does not know the session
        }

    def start_workers(self, count: int = 1, *, queues: str = "") -> list[Process]:
        """Workers, each with its scheduler, as `bin/run` starts one; returns once they take work. `queues`: of these
        alone, as compose.yaml starts one."""
        workers = [self._start_worker(queues) for _ in range(count)]
        wait_until(lambda: all(worker.is_ready() for worker in workers), "the workers are ready", report=self.report)
        return workers

    def _start_worker(self, queues: str) -> Process:
        schedule = ("-B", "-s", str(self.folder / f"schedule-{len(self.processes)}"))
        name = ("-n", f"worker-{len(self.processes)}@%h")
        chosen = ("-Q", queues) if queues else ()
        return self.start("-m", "celery", "-A", self.app, "worker", *self.pool, *schedule, *name, *chosen)

    def start(self, *command: str) -> Process:
        process = Process(command, self.environment, self.folder / f"process-{len(self.processes)}.log")
        self.processes.append(process)
        return process

    def hold(self) -> None:
        """From now on, no document is finished."""
        (self.stand_ins / "hold").touch()

    def let_go(self) -> None:
        (self.stand_ins / "hold").unlink(missing_ok=True)

    def poison(self, number: str) -> None:
        """Whatever process makes this scorecard's document dies of it."""
        (self.stand_ins / f"{number}.poison").touch()

    def executions(self, number: str = "") -> list[str]:
        """A line for each time that a document was begun."""
        log = self.stand_ins / "executions"
        lines = log.read_text().splitlines() if log.exists() else []
        return [line for line in lines if line.startswith(number)]

    def report(self) -> str:
        return "\n".join(process.log() for process in self.processes)

    def close(self) -> None:
        for process in self.processes:
            process.kill_all()


class Process:
    """A Python process, leader of its own group, so that its children end with it."""

    def __init__(self, command: tuple[str, ...], environment: dict[str, str], log: Path) -> None:
        self._log = log
        with log.open("wb") as output:
            self._process = subprocess.Popen(
                [sys.executable, *command],
                cwd=ROOT,
                env=environment,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    @property
    def pid(self) -> int:
        return self._process.pid

    def log(self) -> str:
        return f"--- {self._log.name}\n{self._log.read_text(errors='replace')[-6000:]}"

    def says(self, text: str) -> bool:
        return text in self._log.read_text(errors="replace")

    def is_ready(self) -> bool:
        ready = self.says(" ready.")
        assert ready or self.is_alive(), self.log()
        return ready

    def is_alive(self) -> bool:
        return self._process.poll() is None

    def freeze(self) -> None:
        os.killpg(self.pid, signal.SIGSTOP)

    def thaw(self) -> None:
        os.killpg(self.pid, signal.SIGCONT)

    def kill(self) -> None:
        """kill -9 of the one process; its children are left to themselves."""
        self._process.kill()
        self._process.wait(10)

    def kill_all(self) -> None:
        """kill -9 of the process with its children, as when a machine goes down."""
        with suppress(ProcessLookupError):
            os.killpg(self.pid, signal.SIGKILL)
        self._process.wait(10)


@contextmanager
def database_in_a_file(path: Path) -> Iterator[None]:
    """The default database is this SQLite file, where other processes can reach it."""
    usual = connections[DEFAULT_DB_ALIAS]
    sqlite = DatabaseWrapper(
        {
            **usual.settings_dict,
            "ENGINE": "django.db.backends.sqlite3",
            "NAME": str(path),
            "OPTIONS": {"transaction_mode": "IMMEDIATE", "timeout": 20, "init_command": "PRAGMA journal_mode=WAL"},
        },
        DEFAULT_DB_ALIAS,
    )
    connections[DEFAULT_DB_ALIAS] = sqlite
    try:
        yield
    finally:
        sqlite.close()
        connections[DEFAULT_DB_ALIAS] = usual


def make_schema(path: Path) -> None:
    """The tables of this project in a new SQLite file."""
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("VACUUM INTO %s", [str(path)])  # the tests' own database, empty as it is
        return
    with database_in_a_file(path):
        call_command("migrate", run_syncdb=True, verbosity=0)


@contextmanager
def sending_to(workshop: Workshop) -> Iterator[None]:
    """Nudges of this process go to the workshop's broker."""
    conf = current_app.conf
    names = ("broker_url", "broker_transport", "broker_transport_options")
    before = {name: conf[name] for name in names}
    queue = str(workshop.folder / "broker" / "queue")
    control = str(workshop.folder / "broker" / "control")
    for folder in (queue, control):
        Path(folder).mkdir(parents=True, exist_ok=True)
    files = {"data_folder_in": queue, "data_folder_out": queue, "control_folder": control}
    conf.update(
        broker_url=workshop.redis_url or "filesystem://localhost",
        broker_transport=f"config.broker:{'RedisTransport' if workshop.redis_url else 'Transport'}",
        broker_transport_options={"socket_timeout": 2, "socket_connect_timeout": 2} if workshop.redis_url else files,
    )
    _forget_connections()
    try:
        yield
    finally:
        conf.update(before)
        _forget_connections()


def _forget_connections() -> None:
    pools.reset()
    current_app._pool = None
    current_app.amqp._producer_pool = None
