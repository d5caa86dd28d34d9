"""Which faults of the database are its absence."""

from __future__ import annotations

import sqlite3

import psycopg
import pytest
from django.db import DatabaseError, IntegrityError, InterfaceError, OperationalError

from groundwork.database import is_away


def caused(error: Exception, cause: Exception) -> Exception:
    error.__cause__ = cause
    return error


@pytest.mark.parametrize(
    ("error", "away"),
    [
        (caused(OperationalError("refused"), psycopg.OperationalError("refused")), True),
        (caused(OperationalError("shutdown"), psycopg.errors.AdminShutdown("terminating connection")), True),
        (caused(OperationalError("starting"), psycopg.errors.CannotConnectNow("starting up")), True),
        (caused(OperationalError("full"), psycopg.errors.TooManyConnections("too many")), True),
        (caused(InterfaceError("closed"), psycopg.InterfaceError("the connection is closed")), True),
        (caused(OperationalError("deadlock"), psycopg.errors.DeadlockDetected("deadlock")), False),
        (caused(OperationalError("disk"), psycopg.errors.DiskFull("no space left")), False),
        (DatabaseError("a fault of ours"), False),
        (IntegrityError("a rule"), False),
        (ConnectionError("something else"), False),
        (None, False),
    ],
    ids=str,
)
def test_only_a_database_that_does_not_answer_is_away(error: Exception | None, *, away: bool) -> None:
    assert is_away(error) is away


def test_a_sqlite_file_that_cannot_be_opened_is_away_and_a_missing_table_is_not() -> None:
    with pytest.raises(sqlite3.OperationalError) as unopened:
        sqlite3.connect("/nowhere/at/all.sqlite3")
    with pytest.raises(sqlite3.OperationalError) as missing:
        sqlite3.connect(":memory:").execute("SELECT * FROM nothing")
    assert is_away(caused(OperationalError(), unopened.value))
    assert not is_away(caused(OperationalError(), missing.value))
