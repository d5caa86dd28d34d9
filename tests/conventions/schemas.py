"""Tests build their tables from the models, which takes seconds less. How both are read, to be held against each other
where the whole history is gone through: in `tests/vendors/test_incident_identity.py`."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from django.apps import apps
from django.core.management import call_command
from django.db import connection

from tests.reports.workers import database_in_a_file

ON_POSTGRES = """
SELECT table_name, 'column ' || column_name, data_type || ' ' || is_nullable || ' ' || is_identity || ' '
    || coalesce(character_maximum_length::text, '') || ' ' || coalesce(column_default, '')
FROM information_schema.columns WHERE table_schema = 'public'
UNION ALL SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid)
FROM pg_constraint WHERE connamespace = 'public'::regnamespace AND conrelid <> 0
UNION ALL SELECT tablename, indexname, indexdef FROM pg_indexes WHERE schemaname = 'public'
UNION ALL SELECT tgrelid::regclass::text, tgname, pg_get_triggerdef(oid) FROM pg_trigger WHERE NOT tgisinternal
UNION ALL SELECT 'function', proname, prosrc FROM pg_proc WHERE pronamespace = 'public'::regnamespace
"""
# Its own tables alone are held: those of Django differ by a column of one, and are not ours.
THEIRS = re.compile(r"django_|auth_")
# What is unique from the start is called otherwise than what becomes so later; nothing of ours goes by that name.
LATER_UNIQUE = re.compile(r"_[0-9a-f]{8}_uniq\b")
Schema = set[tuple[str, ...]]


def on_postgres(cursor: Any) -> Schema:
    cursor.execute(ON_POSTGRES)
    return {
        tuple(LATER_UNIQUE.sub("_key", part) for part in row) for row in cursor.fetchall() if not THEIRS.match(row[0])
    }


def on_sqlite(cursor: Any) -> Schema:
    """Columns, names of constraints, indexes, triggers: a table that a migration made anew is written otherwise."""
    cursor.execute("SELECT tbl_name, type, name, sql FROM sqlite_master WHERE sql <> '' AND name NOT LIKE 'sqlite_%'")
    found: Schema = set()
    for table, kind, name, sql in cursor.fetchall():
        if THEIRS.match(table):
            continue
        if kind != "table":
            found.add((table, kind, name, sql))
            continue
        found |= {(table, "constraint", constraint) for constraint in re.findall(r'CONSTRAINT "(\w+)"', sql)}
        cursor.execute(f"PRAGMA table_info({table})")
        found |= {(table, *map(str, column[1:])) for column in cursor.fetchall()}
    return found


@contextmanager
def scratch_database() -> Iterator[str]:
    """The address of an empty database on the server of the tests."""
    name = f"{connection.settings_dict['NAME']}_migrated"
    with connection._nodb_cursor() as server:
        server.execute(f'DROP DATABASE IF EXISTS "{name}"')
        server.execute(f'CREATE DATABASE "{name}"')
        try:
            yield urlsplit(os.environ["DATABASE_URL"])._replace(path=f"/{name}").geturl()
        finally:
            server.execute(f'DROP DATABASE "{name}"')


def synced_on_sqlite(path: Path) -> Schema:
    """What the tests run on: made from the models."""
    with database_in_a_file(path):
        call_command("migrate", run_syncdb=True, verbosity=0)
        return here_on_sqlite()


def here_on_sqlite() -> Schema:
    with connection.cursor() as cursor:
        return on_sqlite(cursor)


def assert_whole(schema: Schema) -> None:
    """It has every table of ours, and triggers beside them: the comparison was not one of nothing with nothing."""
    assert {model._meta.db_table for model in apps.get_models() if not THEIRS.match(model._meta.db_table)} <= {
        row[0] for row in schema
    }
    assert any("_refuse_" in part for row in schema for part in row)
