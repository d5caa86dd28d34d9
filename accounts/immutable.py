"""Rows that the database itself refuses to change: published releases, scorecards, the audit trail.

Triggers are put in place after every `migrate`, because SQLite drops them when a later migration remakes a table.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from django.apps import AppConfig
from django.db import DEFAULT_DB_ALIAS, connections
from django.db.models.signals import post_migrate

INSERT, UPDATE, DELETE = "INSERT", "UPDATE", "DELETE"


@dataclass(frozen=True, kw_only=True)
class Refusal:
    """Refuse `operation` on `table` where `condition` (SQL over OLD and NEW, both dialects) holds."""

    table: str
    operation: str
    message: str
    condition: str = "1=1"

    @property
    def name(self) -> str:
        return f"{self.table}_refuse_{self.operation.lower()}"


_refusals: dict[str, list[Refusal]] = {}


def refuse(app_label: str, refusals: Iterable[Refusal]) -> None:
    """Register an app's refusals; called from its `AppConfig.ready`."""
    _refusals[app_label] = list(refusals)


def never_changes(table: str, message: str) -> list[Refusal]:
    """Rows that can be added but neither changed nor deleted."""
    return [Refusal(table=table, operation=operation, message=message) for operation in (UPDATE, DELETE)]


def connect() -> None:
    post_migrate.connect(_install_after_migrate, dispatch_uid="immutable_rows")


def _install_after_migrate(sender: AppConfig, using: str = DEFAULT_DB_ALIAS, **_: object) -> None:
    install(sender.label, using=using)


def install(app_label: str, *, using: str = DEFAULT_DB_ALIAS) -> None:
    connection = connections[using]
    existing = set(connection.introspection.table_names())
    with connection.cursor() as cursor:
        for refusal in _refusals.get(app_label, ()):
            if refusal.table not in existing:
                continue
            for statement in _statements(refusal, connection.vendor):
                cursor.execute(statement)


def remove_all(*, using: str = DEFAULT_DB_ALIAS) -> None:
    """Take the triggers away (tests empty their tables with DELETE on SQLite); `install` brings them back."""
    connection = connections[using]
    with connection.cursor() as cursor:
        for refusals in _refusals.values():
            for refusal in refusals:
                cursor.execute(_drop(refusal, connection.vendor))


def _drop(refusal: Refusal, vendor: str) -> str:
    on = f" ON {refusal.table}" if vendor == "postgresql" else ""
    return f"DROP TRIGGER IF EXISTS {refusal.name}{on}"


def _statements(refusal: Refusal, vendor: str) -> list[str]:
    message = refusal.message.replace("'", "''")
    if vendor == "sqlite":
        return [
            _drop(refusal, vendor),
            f"CREATE TRIGGER {refusal.name} BEFORE {refusal.operation} ON {refusal.table} FOR EACH ROW "
            f"BEGIN SELECT RAISE(ABORT, '{message}') WHERE {refusal.condition}; END",
        ]
    if vendor == "postgresql":
        row = "OLD" if refusal.operation == DELETE else "NEW"
        return [
            f"CREATE OR REPLACE FUNCTION {refusal.name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
            f"IF {refusal.condition} THEN RAISE EXCEPTION '{message.replace('%', '%%')}' "
            f"USING ERRCODE = 'integrity_constraint_violation'; END IF; RETURN {row}; END $$",
            _drop(refusal, vendor),
            f"CREATE TRIGGER {refusal.name} BEFORE {refusal.operation} ON {refusal.table} "
            f"FOR EACH ROW EXECUTE FUNCTION {refusal.name}()",
        ]
    raise NotImplementedError(f"No immutable rows on {vendor}: use SQLite or PostgreSQL.")
