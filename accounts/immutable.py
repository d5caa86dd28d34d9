"""Rows that the database itself refuses to change: published releases, scorecards, the audit trail.

Triggers are put in place after every `migrate`, because SQLite drops them when a later migration remakes a table.
From each refused deletion follows what else would delete: on SQLite a row that replaces another (`INSERT OR REPLACE`,
`UPDATE OR REPLACE` delete without a trigger of deletion), on PostgreSQL `TRUNCATE`. Where every change is refused and
deletion is not, a row goes with what it belongs to, and no other takes its place.
"""

# ruff: noqa: S608 (the SQL is put together from models and from what apps register)

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from django.apps import AppConfig, apps
from django.db import DEFAULT_DB_ALIAS, connections, models
from django.db.models.signals import post_migrate, pre_migrate

INSERT, UPDATE, DELETE, TRUNCATE = "INSERT", "UPDATE", "DELETE", "TRUNCATE"
ALWAYS = "1=1"
EMPTIED = "A table with rows that never change is never emptied."


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
    condition: str = ALWAYS
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


def tables() -> dict[str, str]:
    """Every table that holds rows which may not be deleted, with the condition (SQL over OLD) that says which."""
    return {refusal.table: refusal.condition for refusals in _refusals.values() for refusal in _deletions(refusals)}


def unique_keys(model: type[models.Model]) -> list[tuple[str, ...]]:
    """The columns of each key that no two rows share, the primary key first: two rows meet where they agree in one.

    Keys that are checked only at the end of a transaction are left out: SQLite knows none. Raises NotImplementedError
    for one of expressions or under a condition, which `INSERT OR REPLACE` would use as well.
    """
    meta = model._meta
    columns = {field.name: field.column or "" for field in meta.concrete_fields}
    keys: list[tuple[str, ...]] = [(columns[field.name],) for field in meta.concrete_fields if field.unique]
    named = [*meta.unique_together, *_fields_of_constraints(model)]
    keys += [tuple(columns[name] for name in names) for names in named]
    return sorted(keys, key=lambda key: key != (meta.pk.column,))


def _fields_of_constraints(model: type[models.Model]) -> Iterator[tuple[str, ...]]:
    for constraint in model._meta.constraints:
        if not isinstance(constraint, models.UniqueConstraint) or constraint.deferrable:
            continue
        if constraint.expressions or constraint.condition is not None:
            table = model._meta.db_table
            raise NotImplementedError(f"{constraint.name}: say here when a row would replace one of {table}.")
        yield tuple(constraint.fields)


def _deletions(refusals: Iterable[RefusedWrite]) -> Iterator[RefusedWrite]:
    return (refusal for refusal in refusals if refusal.operation == DELETE)


def _only_unchanged(refusals: Iterable[RefusedWrite]) -> list[RefusedWrite]:
    """Of tables whose rows never change but go with what they belong to: to replace one is to change it."""
    kept = list(refusals)
    deleted = {refusal.table for refusal in _deletions(kept)}
    return [
        refusal
        for refusal in kept
        if refusal.operation == UPDATE and refusal.table not in deleted and refusal.condition == ALWAYS
    ]


def _all_of(app_label: str, vendor: str) -> list[RefusedWrite]:
    """What was registered, and what follows from it in this kind of database."""
    registered = _refusals.get(app_label, [])
    if vendor == "sqlite":
        replaced = (_replacing(refusal, by) for refusal in _deletions(registered) for by in (INSERT, UPDATE))
        rewritten = (_replacing(refusal, INSERT) for refusal in _only_unchanged(registered))
        return [*registered, *replaced, *rewritten]
    emptied = (
        RefusedWrite(table=table, operation=TRUNCATE, message=EMPTIED)
        for table in dict.fromkeys(refusal.table for refusal in _deletions(registered))
    )
    return [*registered, *emptied]


def _replacing(refusal: RefusedWrite, operation: str) -> RefusedWrite:
    """No new or changed row takes the place of one that may not be deleted."""
    model = next(model for model in apps.get_models() if model._meta.db_table == refusal.table)
    itself = f" AND replaced.{model._meta.pk.column} <> OLD.{model._meta.pk.column}" if operation == UPDATE else ""
    kept = refusal.condition.replace("OLD.", "replaced.")
    met = (" AND ".join(f"replaced.{column} = NEW.{column}" for column in key) for key in unique_keys(model))
    return RefusedWrite(
        table=refusal.table,
        operation=operation,
        about="_".join(filter(None, (refusal.about, "replacing"))),
        message=refusal.message,
        condition=" OR ".join(
            f"EXISTS (SELECT 1 FROM {refusal.table} replaced WHERE {key}{itself} AND ({kept}))" for key in met
        ),
    )


def _remove_before_migrate(sender: AppConfig, using: str = DEFAULT_DB_ALIAS, **_: object) -> None:
    """SQLite cannot rename a remade table while a trigger elsewhere names it."""
    if connections[using].vendor == "sqlite":
        _remove(sender.label, using=using)


def _install_after_migrate(sender: AppConfig, using: str = DEFAULT_DB_ALIAS, **_: object) -> None:
    install(sender.label, using=using)


def install(app_label: str, *, using: str = DEFAULT_DB_ALIAS) -> None:
    connection = connections[using]
    existing = set(connection.introspection.table_names())
    with connection.cursor() as cursor:
        for refusal in _all_of(app_label, connection.vendor):
            if refusal.table not in existing:
                continue
            for statement in _statements(refusal, connection.vendor):
                cursor.execute(statement)


def install_all(*, using: str = DEFAULT_DB_ALIAS) -> None:
    for app_label in _refusals:
        install(app_label, using=using)


def remove_all(*, using: str = DEFAULT_DB_ALIAS) -> None:
    """Take the triggers away (tests empty their tables with DELETE on SQLite); `install` brings them back."""
    for app_label in _refusals:
        _remove(app_label, using=using)


def let_tables_be_emptied(*, using: str = DEFAULT_DB_ALIAS) -> None:
    """Take away what refuses TRUNCATE alone (tests empty their tables so on PostgreSQL)."""
    for app_label in _refusals:
        _remove(app_label, using=using, operations={TRUNCATE})


@contextmanager
def lifted(app_label: str, *, using: str = DEFAULT_DB_ALIAS) -> Iterator[None]:
    """For a migration that fills in a new column of rows that never change, within its transaction.

    On SQLite nothing refuses while `migrate` runs, and what refuses comes back at its end.
    """
    _remove(app_label, using=using)
    yield
    if connections[using].vendor == "postgresql":
        install(app_label, using=using)


def _remove(app_label: str, *, using: str, operations: Iterable[str] = (INSERT, UPDATE, DELETE, TRUNCATE)) -> None:
    connection = connections[using]
    with connection.cursor() as cursor:
        for refusal in _all_of(app_label, connection.vendor):
            if refusal.operation in operations:
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
        row = {DELETE: "OLD", TRUNCATE: "NULL"}.get(refusal.operation, "NEW")
        each = "STATEMENT" if refusal.operation == TRUNCATE else "ROW"
        lock = f"PERFORM 1 FROM {refusal.lock} FOR SHARE; " if refusal.lock else ""
        return [
            f"CREATE OR REPLACE FUNCTION {refusal.name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN {lock}"
            f"IF {refusal.condition} THEN RAISE EXCEPTION '{message.replace('%', '%%')}' "
            f"USING ERRCODE = 'integrity_constraint_violation'; END IF; RETURN {row}; END $$",
            _drop(refusal, vendor),
            f"CREATE TRIGGER {refusal.name} BEFORE {refusal.operation} ON {refusal.table} "
            f"FOR EACH {each} EXECUTE FUNCTION {refusal.name}()",
        ]
    raise NotImplementedError(f"No immutable rows on {vendor}: use SQLite or PostgreSQL.")
