"""Gunicorn's worker of threads, for which nobody's silence is reason to wait for long.

A thread of gunicorn's own reads a request for as long as its sender likes: eight connections that fell silent in
mid-body, or ten that sent their headers a byte a minute, were all threads there were, and the site stood still. Here a
connection waits in the poller, not in a thread, until its first byte has come; from then on it has seconds, and more of
them the more it sends. A proxy that buffers (config/nginx.conf) keeps all of this from the app; this is for whoever
runs without one.
"""

from __future__ import annotations

import errno
import selectors
import socket
from functools import partial
from time import monotonic
from typing import Any

from gunicorn.workers.gthread import TConn, ThreadWorker

SILENCE = 10.0  # seconds that a request may pause, and that it has at first
SLOWEST = 4_000  # bytes a second: what comes in buys its sender more time at this rate


class PatientSocket(socket.socket):
    """A socket whose `recv` raises ConnectionResetError when its sender is silent, or slower than `SLOWEST`."""

    _until = 0.0

    def begin(self) -> None:
        """A new request is awaited."""
        self._until = monotonic() + SILENCE

    def recv(self, size: int, flags: int = 0, /) -> bytes:
        before = self.gettimeout()
        left = self._until - monotonic()
        if left <= 0:
            raise _too_slow()
        self.settimeout(min(wait for wait in (left, SILENCE, before) if wait is not None))
        try:
            received = super().recv(size, flags)
        except TimeoutError as error:
            raise _too_slow() from error
        finally:
            self.settimeout(before)
        self._until += len(received) / SLOWEST
        return received


def _too_slow() -> ConnectionResetError:
    """Gunicorn and Django know it: the one closes the connection without a word, to the other the body is cut short."""
    return ConnectionResetError(errno.ECONNRESET, "The sender fell silent, or sends too slowly.")


class PatientWorker(ThreadWorker):
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
        conn.sock.begin()
        return super().handle(conn)
