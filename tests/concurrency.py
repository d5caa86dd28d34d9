"""Several people at once: threads with connections of their own, to PostgreSQL or to a real SQLite file."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Barrier, Thread
from typing import Any

from django.db import connection, connections

from accounts import immutable


@contextmanager
def shared_database(folder: Path) -> Iterator[None]:
    """A database that threads can share. In tests SQLite lives in memory, where writers meet other locks than in a
    file: new connections then go to a copy in a file, and whoever looks afterwards does so `elsewhere` too."""
    if connection.vendor != "sqlite":
        yield
        return
    connection.ensure_connection()
    with sqlite3.connect(folder / "shared.sqlite3") as copy:
        connection.connection.backup(copy)
    copy.close()
    settings = connections.settings["default"]
    name, settings["NAME"] = settings["NAME"], str(folder / "shared.sqlite3")
    try:
        yield
    finally:
        settings["NAME"] = name
        immutable.remove_all()  # or the rows could not be flushed; the flush brings the triggers back


def at_once(*actions: Callable[[], Any]) -> list[Any]:
    """What each action returned, or the exception that it raised; all begin together."""
    barrier = Barrier(len(actions))
    outcomes: list[Any] = [None] * len(actions)

    def run(number: int) -> None:
        try:
            barrier.wait(timeout=120)
            outcomes[number] = actions[number]()
        except Exception as error:
            outcomes[number] = error
        finally:
            connections.close_all()

    threads = [Thread(target=run, args=(number,)) for number in range(len(actions))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return outcomes


def elsewhere(action: Callable[[], Any]) -> Any:
    """The same on a connection of its own; raises what the action raised."""
    (outcome,) = at_once(action)
    if isinstance(outcome, Exception):
        raise outcome
    return outcome
