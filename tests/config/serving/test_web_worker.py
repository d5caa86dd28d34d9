"""Whoever falls silent, or sends a byte a minute, does not hold up the others."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from config import web_worker
from config.web_worker import PatientSocket
from tests.config.serving.servers import answers, is_held, senders, status_of, web_server

BROKEN_OFF = b"POST /theme/ HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1000\r\n\r\ntheme=da"
HALF_A_HEADER = b"GET /healthz HTTP/1.1\r\nHost: loc"
PATIENT = {"config": "tests/config/serving/silence.py", "TEST_SILENCE": "200"}


@pytest.fixture
def pair(monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[PatientSocket, socket.socket]]:
    """The server's end, with a second's patience, and the sender's."""
    monkeypatch.setattr(web_worker, "SILENCE", 1.0)
    ours, theirs = socket.socketpair()
    with theirs, PatientSocket(fileno=ours.detach()) as server:
        server.begin()
        yield server, theirs


def test_what_comes_is_received_and_the_socket_waits_as_before(pair: tuple[PatientSocket, socket.socket]) -> None:
    server, sender = pair
    sender.sendall(b"theme=dark")
    assert (server.recv(100), server.gettimeout()) == (b"theme=dark", None)
    sender.close()
    assert server.recv(100) == b""


def test_silence_is_a_broken_connection(pair: tuple[PatientSocket, socket.socket]) -> None:
    server, _sender = pair
    with pytest.raises(ConnectionResetError, match="fell silent"):
        server.recv(100)


def test_who_sends_a_byte_now_and_then_is_cut_off_and_who_sends_much_is_not(
    pair: tuple[PatientSocket, socket.socket], monkeypatch: pytest.MonkeyPatch
) -> None:
    def trickle(sender: socket.socket, piece: bytes) -> None:
        for _ in range(10):
            try:
                sender.sendall(piece)
            except OSError:
                return
            time.sleep(0.15)

    def received(server: PatientSocket, sender: socket.socket, piece: bytes) -> int:
        threading.Thread(target=trickle, args=[sender, piece], daemon=True).start()
        server.begin()
        return sum(len(server.recv(10_000)) for _ in range(10))

    with pytest.raises(ConnectionResetError):
        received(*pair, b"x")
    monkeypatch.setattr(web_worker, "SLOWEST", 1_000)
    ours, theirs = socket.socketpair()
    with theirs, PatientSocket(fileno=ours.detach()) as server:
        assert received(server, theirs, b"x" * 200) == 2000  # a second and a half, which 200 bytes a piece have bought


def test_each_request_on_one_connection_has_its_own_time(pair: tuple[PatientSocket, socket.socket]) -> None:
    server, sender = pair
    time.sleep(1.1)
    server.begin()
    sender.sendall(b"GET")
    assert server.recv(100) == b"GET"


def test_who_takes_no_answer_is_cut_off_and_who_takes_it_slowly_is_not(
    pair: tuple[PatientSocket, socket.socket], tmp_path: Path
) -> None:
    server, reader = pair
    answer = b"x" * 3_000_000
    (tmp_path / "answer").write_bytes(answer)
    got: list[int] = []

    def read() -> None:
        while piece := reader.recv(300_000):
            got.append(len(piece))
            time.sleep(0.03)

    slow = threading.Thread(target=read, daemon=True)
    slow.start()
    server.sendall(answer)
    with (tmp_path / "answer").open("rb") as file:
        server.sendfile(file)
    server.shutdown(socket.SHUT_WR)
    slow.join(10)
    assert (sum(got), server.gettimeout()) == (6_000_000, None)

    for send in ("sendall", "sendfile"):
        ours, theirs = socket.socketpair()
        with (
            theirs,
            PatientSocket(fileno=ours.detach()) as silent,
            (tmp_path / "answer").open("rb") as file,
            pytest.raises(ConnectionResetError, match="fell silent"),
        ):
            getattr(silent, send)(answer if send == "sendall" else file)


def test_who_keeps_the_connection_when_all_is_said_holds_up_nobody(tmp_path: Path) -> None:
    """Gunicorn waits for each of them on the main thread, two seconds: 50 would be a hundred."""
    with web_server(tmp_path) as port:
        said = b"GET /healthz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"
        with senders(port, 50, said):
            assert answers(port)


def test_twelve_silent_senders_are_no_matter_to_one_process(tmp_path: Path) -> None:
    with web_server(tmp_path, **PATIENT) as port:
        for text in (BROKEN_OFF, HALF_A_HEADER):
            with senders(port, 12, text):
                assert answers(port)


def test_who_is_silent_while_others_wait_for_a_thread_has_less_time(tmp_path: Path) -> None:
    """Two threads, four senders, two hundred seconds' patience: two rounds would be four hundred."""
    with web_server(tmp_path, WEB_THREADS="2", **PATIENT) as port:
        for text in (BROKEN_OFF, HALF_A_HEADER):
            with senders(port, 4, text):
                assert answers(port)


def test_connections_without_a_word_hold_no_thread_at_all(tmp_path: Path) -> None:
    with web_server(tmp_path, WEB_THREADS="1", **PATIENT) as port, senders(port, 8, b"") as silent:
        assert answers(port)
        assert all(map(is_held, silent))


def test_more_silent_senders_than_threads_hold_the_site_up_for_a_moment_only(tmp_path: Path) -> None:
    """Two threads, five senders, a second's patience: three rounds at most. Gunicorn's own worker waits for ever."""
    with web_server(tmp_path, config="tests/config/serving/silence.py", TEST_SILENCE="1", WEB_THREADS="2") as port:
        for text in (BROKEN_OFF, HALF_A_HEADER):
            with senders(port, 5, text):
                assert answers(port)
        assert answers(port)  # as before
        log = (tmp_path / "gunicorn.log").read_text()
        assert "Traceback" not in log, log


def test_with_gunicorns_own_worker_the_same_senders_stop_the_site(tmp_path: Path) -> None:
    """The fault that the tests above would catch."""
    own = {"GUNICORN_CMD_ARGS": "--worker-class gthread", "WEB_THREADS": "2"}
    with web_server(tmp_path, **own) as port, senders(port, 5, BROKEN_OFF):
        assert status_of(port, patience=2) == 0
