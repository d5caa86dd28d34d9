"""Rows that the database itself refuses to change: published releases, scorecards, the audit trail.

Triggers are put in place after every `migrate`, because SQLite drops them when a later migration remakes a table.
"""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from django.apps import AppConfig
from django.db import DEFAULT_DB_ALIAS, connections
from django.db.models.signals import post_migrate, pre_migrate

INSERT, UPDATE, DELETE = "INSERT", "UPDATE", "DELETE"


@dataclass(frozen=True, kw_only=True)
class RefusedWrite:
    """Refuse `operation` on `table` where `condition` (SQL over OLD and NEW, both dialects) holds.

    `lock` (PostgreSQL: `table WHERE …`) names the rows that decide: they are held until the transaction ends, so
    that no other one changes them between this check and its commit. SQLite has one writer, which needs no lock.
    `about` tells two refusals of one operation apart.
    """

    table: str
    operation: str
    message: str
    condition: str = "1=1"
    lock: str = ""
    about: str = ""

    @property
    def name(self) -> str:
        return "_".join(filter(None, (self.table, "refuse", self.operation.lower(), self.about)))


_refusals: dict[str, list[RefusedWrite]] = {}


def refuse(app_label: str, refusals: Iterable[RefusedWrite]) -> None:
    """Register an app's refusals; called from its `AppConfig.ready`."""
    _refusals[app_label] = list(refusals)


def never_changes(table: str, message: str) -> list[RefusedWrite]:
    """Rows that can be added but neither changed nor deleted."""
    return [RefusedWrite(table=table, operation=operation, message=message) for operation in (UPDATE, DELETE)]


def same(columns: Iterable[str]) -> str:
    """SQL: OLD and NEW agree in all `columns`, empty ones included (IS NOT DISTINCT FROM needs SQLite 3.39)."""
    return " AND ".join(
        f"CASE WHEN OLD.{name} = NEW.{name} OR (OLD.{name} IS NULL AND NEW.{name} IS NULL) THEN 1 ELSE 0 END = 1"
        for name in columns
    )


def connect() -> None:
    pre_migrate.connect(_remove_before_migrate, dispatch_uid="immutable_rows_removed")
    post_migrate.connect(_install_after_migrate, dispatch_uid="immutable_rows")


def _remove_before_migrate(sender: AppConfig, using: str = DEFAULT_DB_ALIAS, **_: object) -> None:
    """SQLite cannot rename a remade table while a trigger elsewhere names it."""
    if connections[using].vendor == "sqlite":
        _remove(_refusals.get(sender.label, ()), using=using)


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
    for refusals in _refusals.values():
        _remove(refusals, using=using)


@contextmanager
def lifted(app_label: str, *, using: str = DEFAULT_DB_ALIAS) -> Iterator[None]:
    """For a migration that fills in a new column of rows that never change, within its transaction.

    On SQLite nothing refuses while `migrate` runs, and what refuses comes back at its end.
    """
    _remove(_refusals.get(app_label, ()), using=using)
    yield
    if connections[using].vendor == "postgresql":
        install(app_label, using=using)


def _remove(refusals: Iterable[RefusedWrite], *, using: str) -> None:
    connection = connections[using]
    with connection.cursor() as cursor:
        for refusal in refusals:
            cursor.execute(_drop(refusal, connection.vendor))


def _drop(refusal: RefusedWrite, vendor: str) -> str:
    on = f" ON {refusal.table}" if vendor == "postgresql" else ""
    return f"DROP TRIGGER IF EXISTS {refusal.name}{on}"


def _statements(refusal: RefusedWrite, vendor: str) -> list[str]:
    message = refusal.message.replace("'", "''")
    if vendor == "sqlite":
        return [
            _drop(refusal, vendor),
            f"CREATE TRIGGER {refusal.name} BEFORE {refusal.operation} ON {refusal.table} FOR EACH ROW "
            f"BEGIN SELECT RAISE(ABORT, '{message}') WHERE {refusal.condition}; END",
        ]
    if vendor == "postgresql":
        row = "OLD" if refusal.operation == DELETE else "NEW"
        lock = f"PERFORM 1 FROM {refusal.lock} FOR SHARE; " if refusal.lock else ""
        return [
            f"CREATE OR REPLACE FUNCTION {refusal.name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN {lock}"
            f"IF {refusal.condition} THEN RAISE EXCEPTION '{message.replace('%', '%%')}' "
            f"USING ERRCODE = 'integrity_constraint_violation'; END IF; RETURN {row}; END $$",
            _drop(refusal, vendor),
            f"CREATE TRIGGER {refusal.name} BEFORE {refusal.operation} ON {refusal.table} "
            f"FOR EACH ROW EXECUTE FUNCTION {refusal.name}()",
        ]
    raise NotImplementedError(f"No immutable rows on {vendor}: use SQLite or PostgreSQL.")
