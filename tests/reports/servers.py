"""Servers of a test's own: started from PATH on a private port, ended by their process id whatever happens."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Callable
from pathlib import Path
from typing import NoReturn

import pytest
import redis


def unavailable(what: str) -> NoReturn:
    """By hand a missing server skips a test; where everything must be there (TEST_STRICT=1), it fails it."""
    if os.environ.get("TEST_STRICT") == "1":
        pytest.fail(f"{what} This run must not leave it out.", pytrace=False)
    pytest.skip(what)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wait_until(
    condition: Callable[[], bool], what: str, *, seconds: float = 180, report: Callable[[], str] = str
) -> None:
    """Returns as soon as the condition holds. Fails with `what` was awaited and what `report` has to say."""
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            pytest.fail(f"Not within {seconds:g} s: {what}\n{report()}", pytrace=True)
        time.sleep(0.05)


class RedisServer:
    """A Redis that keeps nothing on disk and can be emptied, frozen and killed."""

    def __init__(self, folder: Path) -> None:
        if shutil.which("redis-server") is None:
            unavailable("No redis-server on PATH: install the package redis-server.")
        self.folder = folder
        self.port = free_port()
        self.url = f"redis://127.0.0.1:{self.port}/0"
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> RedisServer:
        options = ["--bind", "127.0.0.1", "--save", "", "--appendonly", "no", "--dir", str(self.folder)]
        self._process = subprocess.Popen(
            ["redis-server", "--port", str(self.port), *options], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        wait_until(self.answers, "Redis answers", seconds=60)
        return self

    def answers(self) -> bool:
        try:
            return bool(self._client().ping())
        except redis.RedisError:
            return False

    def waiting_messages(self) -> int:
        """Of documents."""
        return int(self._client().llen("documents"))  # type: ignore[arg-type]

    def lose_everything(self) -> None:
        self._client().flushall()

    def freeze(self) -> None:
        self._signal(signal.SIGSTOP)

    def thaw(self) -> None:
        self._signal(signal.SIGCONT)

    def kill(self) -> None:
        if self._process is not None:
            self._process.kill()  # works on a frozen one too
            self._process.wait(10)
            self._process = None

    def _client(self) -> redis.Redis:
        return redis.Redis(port=self.port, socket_timeout=2, socket_connect_timeout=2)

    def _signal(self, number: signal.Signals) -> None:
        assert self._process is not None
        self._process.send_signal(number)
