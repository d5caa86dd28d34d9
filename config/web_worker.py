"""Gunicorn's worker of threads, for which nobody's silence is reason to wait for long.

A thread of gunicorn's own reads a request for as long as its sender likes: eight connections that fell silent in
mid-body, or ten that sent their headers a byte a minute, were all threads there were, and the site stood still. Here a
connection waits in the poller, not in a thread, until its first byte has come; from then on it has seconds, and more of
them the more it sends. Whoever takes no answer, or keeps the connection when all is said, is waited for no longer. A
proxy that buffers (config/nginx.conf) keeps all of this from the app; this is for whoever runs without one.
"""

from __future__ import annotations

import errno
import selectors
import socket
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from time import monotonic
from typing import Any, TypeVar

from gunicorn.workers.gthread import TConn, ThreadWorker

SILENCE = 10.0  # seconds that a request may pause, and that it has at first
SLOWEST = 4_000  # bytes a second: what comes in buys its sender more time at this rate, as what goes out its reader
HURRY, LOOK = 2.0, 0.5  # seconds of silence while others wait for a thread, and between two looks whether they do
LINGER = 2.0  # seconds for the other end to close: it may still be reading the last of its answer

Got = TypeVar("Got")


class PatientSocket(socket.socket):
    """Its `recv` raises ConnectionResetError when the sender is silent, or slower than `SLOWEST`; what sends, when the
    reader is."""

    _until = 0.0
    is_crowded: Callable[[], bool] = staticmethod(lambda: False)

    def begin(self) -> None:
        """A new request is awaited."""
        self._until = monotonic() + SILENCE

    def recv(self, size: int, flags: int = 0, /) -> bytes:
        received = self._wait(self._until, partial(super().recv, size, flags))
        self._until += len(received) / SLOWEST
        return received

    def sendall(self, data: Any, flags: int = 0, /) -> None:
        rest, until = memoryview(data), monotonic() + SILENCE
        while rest:
            sent = self._wait(until, partial(self.send, rest, flags))
            rest, until = rest[sent:], until + sent / SLOWEST

    def sendfile(self, file: Any, offset: int = 0, count: int | None = None) -> int:
        self.settimeout(SILENCE)  # for each piece of it
        try:
            return super().sendfile(file, offset, count)
        except TimeoutError as error:
            raise _too_slow() from error
        finally:
            self.settimeout(None)

    def _wait(self, until: float, act: Callable[[], Got]) -> Got:
        before, begun = self.gettimeout(), monotonic()
        until = min(until, begun + (SILENCE if before is None else min(before, SILENCE)))
        try:
            while (left := (min(until, begun + HURRY) if self.is_crowded() else until) - monotonic()) > 0:
                self.settimeout(min(left, LOOK))
                with suppress(TimeoutError):
                    return act()
        finally:
            self.settimeout(before)
        raise _too_slow()


def _too_slow() -> ConnectionResetError:
    """Gunicorn and Django know it: the one closes the connection without a word, to the other the body is cut short."""
    return ConnectionResetError(errno.ECONNRESET, "The other end fell silent, or is too slow.")


class PatientWorker(ThreadWorker):
    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.leaving: deque[TConn] = deque()

    def enqueue_req(self, conn: TConn) -> None:
        if conn.initialized or conn.data_ready:
            super().enqueue_req(conn)
            return
        # In place of gunicorn's own five seconds in a thread. This runs on the main thread, as `finish_request` does.
        conn.sock = PatientSocket(fileno=conn.sock.detach())
        conn.sock.setblocking(False)
        conn.timeout = monotonic() + SILENCE
        self.pending_conns.append(conn)
        self.poller.register(conn.sock, selectors.EVENT_READ, partial(self.on_pending_socket_readable, conn))

    def handle(self, conn: TConn) -> Any:
        conn.sock.is_crowded = self.is_crowded
        conn.sock.begin()
        return super().handle(conn)

    def is_crowded(self) -> bool:
        """Whether requests wait for a thread."""
        return not self.tpool._work_queue.empty()

    def finish_request(self, conn: TConn, fs: Any) -> None:
        """What is over closes in the poller. Gunicorn waits for the other end on the main thread, two seconds each, and
        nobody else is served meanwhile."""
        if not self.alive or fs.cancelled() or fs.exception() is not None or fs.result():
            super().finish_request(conn, fs)
            return
        try:
            conn.sock.shutdown(socket.SHUT_WR)
            conn.sock.setblocking(False)
            self.poller.register(conn.sock, selectors.EVENT_READ, partial(self._let_go, conn))
        except (OSError, ValueError):  # it is gone already
            self._close(conn)
            return
        conn.timeout = monotonic() + LINGER
        self.leaving.append(conn)

    def _let_go(self, conn: TConn, _sock: Any) -> None:
        """Read what it had still to say, until it says no more: closed before that, it may not get its answer."""
        with suppress(OSError):
            if socket.socket.recv(conn.sock, 65_536):
                return
        self.leaving.remove(conn)
        self.poller.unregister(conn.sock)
        self._close(conn)

    def murder_pending(self) -> None:
        super().murder_pending()
        while self.leaving and self.leaving[0].timeout <= monotonic():
            conn = self.leaving.popleft()
            self.poller.unregister(conn.sock)
            self._close(conn)

    def _close(self, conn: TConn) -> None:
        self.nr_conns -= 1
        conn.close()
