"""What all hosts share: PostgreSQL, Redis and a store that speaks S3, each a process that can be crashed."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import psycopg
import redis

QUIET = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
STORE = """
import sys
from moto.server import ThreadedMotoServer
server = ThreadedMotoServer("127.0.0.1", int(sys.argv[1]), verbose=False)
server.start()
sys.stdin.read()
"""


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wait_for(answers: Callable[[], bool], what: str, seconds: float = 120) -> None:
    end = time.monotonic() + seconds
    while not answers():
        if time.monotonic() > end:
            raise RuntimeError(f"{what} does not answer.")
        time.sleep(0.1)


class Postgres:
    """Of its own in a folder; everything is written to disk, for it is to survive a crash."""

    def __init__(self, folder: Path) -> None:
        found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
        initdb = str(found[-1]) if found else shutil.which("initdb")
        if initdb is None:
            raise RuntimeError("No PostgreSQL server found: install postgresql.")
        self.programs, self.folder, self.port = Path(initdb).parent, folder, free_port()
        self.url = f"postgres://drill@127.0.0.1:{self.port}/drill"
        folder.mkdir()
        if os.getuid() == 0:
            shutil.chown(folder, "postgres")
        self._run("initdb", "-D", str(folder), "-U", "drill", "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8")
        self.start()
        self._run("createdb", "-h", "127.0.0.1", "-p", str(self.port), "-U", "drill", "drill")

    def start(self) -> None:
        options = f'-p {self.port} -k "" -c listen_addresses=127.0.0.1 -c max_connections=200'
        self._run("pg_ctl", "-D", str(self.folder), "-w", "-l", str(self.folder / "log"), "-o", options, "start")

    def crash(self) -> None:
        """No goodbye: it comes back by what its log of writes holds."""
        self._run("pg_ctl", "-D", str(self.folder), "-m", "immediate", "-w", "stop")

    def answers(self) -> bool:
        with suppress(psycopg.OperationalError):
            psycopg.connect(self.url, connect_timeout=2).close()
            return True
        return False

    def _run(self, program: str, *arguments: str) -> None:
        as_postgres = ["runuser", "-u", "postgres", "--"] if os.getuid() == 0 else []
        command = [*as_postgres, str(self.programs / program), *arguments]
        subprocess.run(command, check=True, cwd="/", **QUIET)  # type: ignore[call-overload]


class Redis:
    def __init__(self, folder: Path) -> None:
        self.folder, self.port = folder, free_port()
        self.url = f"redis://127.0.0.1:{self.port}/0"
        folder.mkdir()
        self.start()

    def start(self) -> None:
        options = ["--bind", "127.0.0.1", "--save", "", "--appendonly", "no", "--dir", str(self.folder)]
        self.process = subprocess.Popen(["redis-server", "--port", str(self.port), *options], **QUIET)  # type: ignore[call-overload]
        wait_for(self.answers, "Redis")

    def restart(self) -> None:
        """With nothing of what it held."""
        self.crash()
        time.sleep(1)
        self.start()

    def crash(self) -> None:
        self.process.kill()
        self.process.wait()

    def answers(self) -> bool:
        with suppress(redis.RedisError):
            return bool(redis.Redis(port=self.port, socket_timeout=2).ping())
        return False


class Store:
    def __init__(self) -> None:
        self.port = free_port()
        self.process = subprocess.Popen(  # type: ignore[call-overload]
            [sys.executable, "-c", STORE, str(self.port)], stdin=subprocess.PIPE, **QUIET
        )
        wait_for(self.answers, "The store of files")

    @property
    def settings(self) -> dict[str, str]:
        endpoint = f"http://127.0.0.1:{self.port}"
        keys = {"S3_ACCESS_KEY": "drill", "S3_SECRET_KEY": "drill-drill"}
        return {"S3_BUCKET": "drill-files", "S3_ENDPOINT": endpoint, "S3_REGION": "eu-west-1", **keys}

    def answers(self) -> bool:
        with suppress(OSError), socket.create_connection(("127.0.0.1", self.port), 1):
            return True
        return False

    def crash(self) -> None:
        self.process.kill()
        self.process.wait()
