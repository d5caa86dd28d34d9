"""Telling a worker, once and briefly; and nobody, for a while, after the broker did not answer.

A frozen broker costs each message its time-out of two seconds: sixteen wishes at once held a page beside them up for
six. The rows stand in the database, and a sweep tells of them when the broker is back.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from time import monotonic

import structlog
from celery import current_app

logger = structlog.get_logger(__name__)

PAUSE = 10.0  # seconds without a try after one that failed
SLOW = 0.5  # seconds after which a message under way is a sign that the broker does not answer


class Line:
    """The way to the broker, for all threads of this process."""

    def __init__(self) -> None:
        self._silent_until = 0.0
        self._under_way: dict[int, float] = {}  # thread → since when it tries

    def is_open(self) -> bool:
        now = monotonic()
        return now >= self._silent_until and all(now - since < SLOW for since in list(self._under_way.values()))

    def tell(self, send: Callable[[], object]) -> bool:
        """Whether it was sent; one line is logged for each try that failed, and none for what was not tried."""
        if not self.is_open():
            return False
        self._under_way[threading.get_ident()] = monotonic()
        try:
            send()
        except Exception as error:
            self._silent_until = monotonic() + PAUSE
            logger.warning("nudge_not_sent", error=f"{type(error).__name__}: {error}", silent_for=PAUSE)
            return False
        finally:
            del self._under_way[threading.get_ident()]
        return True


line = Line()


def nudge(task: str, pk: int) -> bool:
    """Tell a worker of `task` that the row `pk` waits; whether that could be told."""
    return line.tell(lambda: current_app.send_task(task, args=[pk], retry=False))
