"""A request that breaks off, over a raw socket against the server that the installation runs."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from collections.abc import Iterator

import pytest

from tests.conventions.test_house import ROOT
from tests.reports.servers import free_port, wait_until

TOKEN = "a" * 32
BODY = f"csrfmiddlewaretoken={TOKEN}&next=%2F&language=fr&form_end=end".encode()


@pytest.fixture(scope="module")
def port(tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    """Without a database: choosing a language needs none."""
    port, folder = free_port(), tmp_path_factory.mktemp("server")
    command = ["-m", "gunicorn", "config.wsgi", "--bind", f"127.0.0.1:{port}", "--worker-class", "gthread"]
    surroundings = {"PATH": os.environ["PATH"], "DATA_DIR": str(folder), "LOG_LEVEL": "CRITICAL"}
    server = subprocess.Popen(
        [sys.executable, *command, "--threads", "2", "--log-level", "critical", "--no-control-socket"],
        cwd=ROOT,
        env=surroundings,
    )
    try:
        wait_until(lambda: answers(port), "gunicorn answers")
        yield port
    finally:
        server.terminate()
        server.wait(timeout=30)


def answers(port: int) -> bool:
    try:
        return status(port, b"GET /healthz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n") == 200
    except OSError:
        return False


def status(port: int, sent: bytes) -> int:
    """Send this and no more; the status of the answer."""
    with socket.create_connection(("127.0.0.1", port), timeout=60) as connection:
        connection.sendall(sent)
        connection.shutdown(socket.SHUT_WR)
        return int(connection.makefile("rb").readline().split()[1])


def posted(body: bytes, *, how: str) -> bytes:
    head = (
        "POST /language/ HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n"
        f"Cookie: csrftoken={TOKEN}\r\nX-CSRFToken: {TOKEN}\r\n"
        f"Content-Type: application/x-www-form-urlencoded\r\n{how}\r\n\r\n"
    )
    return head.encode() + body


def test_what_arrives_whole_is_taken_and_whatever_breaks_off_is_not(port: int) -> None:
    announced = f"Content-Length: {len(BODY)}"
    assert status(port, posted(BODY, how=announced)) == 302
    for left in (0, 1, BODY.index(b"language") + 10, len(BODY) - 1):
        assert status(port, posted(BODY[:left], how=announced)) == 400


def test_pieces_without_a_length_are_not_taken_for_a_whole(port: int) -> None:
    chunk = f"{len(BODY):x}\r\n".encode() + BODY + b"\r\n"
    for body in (chunk + b"0\r\n\r\n", chunk, chunk[:30]):
        assert status(port, posted(body, how="Transfer-Encoding: chunked")) == 400
