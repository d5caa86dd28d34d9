"""Names for rows that other systems keep: a number that counts would tell how many there are, and be guessed.

A table gets its column by three operations of a migration: nullable, filled (`fill`), unique. The default of a column
would give all rows that stand there one and the same.
"""

from __future__ import annotations

from typing import Any
from uuid import uuid4

from django.db import models

# Random, version 4, as the database writes it: one statement for a table, however many rows it has.
IN_SQL = {
    "postgresql": "gen_random_uuid()",
    "sqlite": (
        "lower(hex(randomblob(6)) || '4' || substr(hex(randomblob(2)), 2) || substr('89ab', 1 + (random() & 3), 1)"
        " || substr(hex(randomblob(2)), 2) || hex(randomblob(6)))"
    ),
}


class PublicRow(models.Model):
    """A row that is named outwards by its `uuid`, never by its key."""

    uuid = models.UUIDField(default=uuid4, unique=True, editable=False)

    class Meta:
        abstract = True


def fill(schema_editor: Any, table: str) -> None:
    """Give each row of `table` a name of its own; called from a migration."""
    quoted = schema_editor.quote_name(table)
    schema_editor.execute(f"UPDATE {quoted} SET uuid = {IN_SQL[schema_editor.connection.vendor]}")  # noqa: S608
