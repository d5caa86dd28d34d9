"""Gunicorn and nginx as an installation starts them, on ports of their own, ended by their process id."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from http.client import HTTPConnection, HTTPException
from pathlib import Path

import pytest

from tests.conventions.test_house import ROOT
from tests.reports.servers import free_port, wait_until


def status_of(port: int, path: str = "/healthz", *, patience: float = 2, **headers: str) -> int:
    """The status of the answer; 0: none within `patience` seconds."""
    connection = HTTPConnection("127.0.0.1", port, timeout=patience)
    try:
        connection.request("GET", path, headers=headers)
        return connection.getresponse().status
    except (OSError, HTTPException):
        return 0
    finally:
        connection.close()


def answers(port: int) -> bool:
    """Whether there is an answer at last; a minute is much less than what the tests let a silent sender have."""
    return status_of(port, patience=60) == 200


@contextmanager
def running(command: list[str], environment: dict[str, str], log: Path) -> Iterator[subprocess.Popen[bytes]]:
    with log.open("wb") as output:
        process = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=output, stderr=subprocess.STDOUT)
    try:
        yield process
    finally:
        process.terminate()
        try:
            process.wait(5)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait(5)


@contextmanager
def web_server(
    folder: Path, *, config: str = "config/gunicorn.py", ask_as: str = "localhost", **settings: str
) -> Iterator[int]:
    """Gunicorn by our own configuration, with settings by name; its port."""
    port = free_port()
    command = [sys.executable, "-m", "gunicorn", "--config", config, "--bind", f"127.0.0.1:{port}", "config.wsgi"]
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
    # The least that is served: no database is asked for what these tests ask.
    environment = {**kept, "DATA_DIR": str(folder), "PYTHONPATH": str(ROOT), "WEB_PROCESSES": "1", **settings}
    log = folder / "gunicorn.log"
    with running(command, environment, log):
        wait_until(lambda: status_of(port, Host=ask_as) == 200, "the web server answers", report=log.read_text)
        yield port


@contextmanager
def proxy_before(port: int, folder: Path) -> Iterator[int]:
    """Nginx by the file of compose.yaml, before the app on `port`; its own port. Its log: proxy.log in the folder."""
    nginx = shutil.which("nginx", path=f"{os.environ.get('PATH', '')}:/usr/sbin")
    if nginx is None:
        pytest.skip("No nginx: install the package nginx-light to prove the proxy of compose.yaml.")
    own_port, log = free_port(), folder / "proxy.log"
    written = (ROOT / "config" / "nginx.conf").read_text(encoding="utf-8")
    for here, there in (
        ("server web:8000", f"server 127.0.0.1:{port}"),
        ("listen 8080", f"listen 127.0.0.1:{own_port}"),
        ("listen 127.0.0.1:8081", f"listen 127.0.0.1:{free_port()}"),
        (" /tmp/", f" {folder}/proxy-"),
        ("/dev/stdout", str(log)),
        ("/dev/stderr", str(folder / "proxy-errors.log")),
    ):
        assert here in written, here
        written = written.replace(here, there)
    of_root = "user root;\n" if os.getuid() == 0 else ""  # its workers have to reach the folder of the test
    file = folder / "nginx.conf"
    file.write_text(f"{of_root}daemon off;\n{written}", encoding="utf-8")
    with running([nginx, "-c", str(file), "-p", str(folder)], dict(os.environ), folder / "nginx.log"):
        wait_until(lambda: status_of(own_port) != 0, "the proxy answers", report=(folder / "nginx.log").read_text)
        yield own_port


@contextmanager
def senders(port: int, count: int, text: bytes) -> Iterator[list[socket.socket]]:
    """So many connections that send this and then nothing."""
    with ExitStack() as stack:
        connections = []
        for _ in range(count):
            connection = stack.enter_context(socket.create_connection(("127.0.0.1", port), timeout=30))
            connection.sendall(text)
            connections.append(connection)
        time.sleep(0.3)  # until they are taken in
        yield connections


def is_held(connection: socket.socket) -> bool:
    """Whether the server still waits for what it has to say."""
    connection.setblocking(False)
    try:
        return connection.recv(1) != b""
    except BlockingIOError:
        return True
    except OSError:
        return False
