"""Is the database away, or is a fault one of ours?"""

import sqlite3

from django.db import InterfaceError, OperationalError

# SQLSTATE of PostgreSQL: no connection, shutting down or starting up, too many connections.
AWAY = ("08", "57P", "53300")
AWAY_FOR_SQLITE = ("SQLITE_CANTOPEN", "SQLITE_BUSY", "SQLITE_IOERR")


def is_away(error: BaseException | None) -> bool:
    """Whether the database did not answer, so that the same may succeed in a minute. Deadlocks, full disks and the like
    are not meant."""
    if not isinstance(error, OperationalError | InterfaceError):
        return False
    cause = error.__cause__
    if isinstance(cause, sqlite3.Error):
        return getattr(cause, "sqlite_errorname", "").startswith(AWAY_FOR_SQLITE)
    state = getattr(cause, "sqlstate", None)
    return state is None or state.startswith(AWAY)
