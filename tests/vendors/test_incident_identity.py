"""What was stored under a vendor becomes known within the organisation: the same incidents are joined, and told.

The whole history of migrations is gone through for it, once on each database: so what it builds is held here, too,
against what the tests run on.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from django.db import connection, transaction

from accounts import immutable
from tests.conventions.schemas import (
    Schema,
    assert_whole,
    here_on_sqlite,
    on_postgres,
    scratch_database,
    synced_on_sqlite,
)
from tests.conventions.test_tools import run, said
from tests.reports.servers import unavailable
from tests.reports.workers import database_in_a_file

Ask = Callable[[str], list[tuple[Any, ...]]]


def brought_forward(url: str) -> tuple[dict[str, int], str]:
    """The keys of what was there, and what was logged on the way."""
    done = run("python", "-m", "tests.vendors.before_identity", env={"DATABASE_URL": url})
    assert done.returncode == 0, said(done)
    return json.loads(done.stdout.splitlines()[-1]), said(done)


@dataclass(frozen=True, kw_only=True)
class Forward:
    """After the migration: the keys of what was there, the log, a way to ask, and the tables of here and there."""

    keys: dict[str, int]
    log: str
    ask: Ask
    from_migrations: Schema
    from_models: Schema


@pytest.fixture(scope="module", params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def forward(
    request: pytest.FixtureRequest,
    tmp_path_factory: pytest.TempPathFactory,
    django_db_setup: None,
    django_db_blocker: Any,
) -> Iterator[Forward]:
    """Takes its time, on each database: the whole history is gone through, table by table."""
    if request.param == "sqlite":
        folder: Path = tmp_path_factory.mktemp("identity")
        path = folder / "before.sqlite3"
        keys, log = brought_forward(f"sqlite:///{path}")
        with django_db_blocker.unblock():
            with database_in_a_file(path):
                migrated = here_on_sqlite()
            synced = synced_on_sqlite(folder / "synced.sqlite3")
        with closing(sqlite3.connect(path)) as there:
            yield Forward(
                keys=keys,
                log=log,
                ask=lambda sql: there.execute(sql).fetchall(),
                from_migrations=migrated,
                from_models=synced,
            )
        return
    if connection.vendor != "postgresql":
        unavailable("No PostgreSQL: set DATABASE_URL=postgres://…")
    import psycopg

    with django_db_blocker.unblock(), scratch_database() as url:
        with transaction.atomic(), connection.cursor() as cursor:
            immutable.install_all()  # the tests do without a part of them
            synced = on_postgres(cursor)
            transaction.set_rollback(True)
        keys, log = brought_forward(url)
        with psycopg.connect(url) as there:
            yield Forward(
                keys=keys,
                log=log,
                ask=lambda sql: there.execute(sql).fetchall(),
                from_migrations=on_postgres(there.cursor()),
                from_models=synced,
            )


def test_migrations_build_what_the_tests_run_on(db: None, forward: Forward) -> None:
    assert forward.from_migrations ^ forward.from_models == set()
    assert_whole(forward.from_models)


def test_the_one_that_was_updated_last_stays_at_its_vendor(forward: Forward) -> None:
    keys, ask = forward.keys, forward.ask
    rows = ask(
        "SELECT o.slug, i.source, i.reference, i.title, v.name FROM vendors_incident i"
        " JOIN vendors_vendor v ON v.id = i.vendor_id JOIN accounts_organisation o ON o.id = i.organisation_id"
        " ORDER BY 1, 2, 3"
    )
    assert rows == [
        ("harbour", "glpi", "INC-1", "Another source", "Example A"),
        ("harbour", "manual", "INC-1", "By hand", "Example A"),
        ("harbour", "servicenow", "INC-1", "Newer", "Example B"),
        ("harbour", "servicenow", "INC-2", "", "Example A"),
        ("meadow", "servicenow", "INC-1", "Elsewhere", "Example A"),
    ]
    assert {keys["newer"], keys["unseen"]} <= {pk for (pk,) in ask("SELECT id FROM vendors_incident")}


def test_texts_are_as_an_import_reads_them_now(forward: Forward) -> None:
    keys, log, ask = forward.keys, forward.log, forward.ask
    rows = ask("SELECT id, problem, handled_by FROM vendors_incident WHERE problem <> ''")
    assert rows == [(keys["unseen"], "Réseau VPN", "Durand Lise")]
    names = {name for (name,) in ask("SELECT name FROM vendors_vendor")}
    assert names == {"Example A", "Example B", "Société Exemple", "Twin&nbsp;One", "Twin One"}
    assert "name_left_as_it_is" in log
    assert ask("SELECT name FROM vendors_service") == [("Paie & RH",)]


def test_what_was_said_of_either_is_said_of_the_one(forward: Forward) -> None:
    keys, ask = forward.keys, forward.ask
    assert ask("SELECT incident_id FROM vendors_feedback") == [(keys["newer"],)]
    assert ask("SELECT incident_id FROM vendors_pulse") == [(keys["unseen"],)]
    assert ask("SELECT count(*) FROM vendors_incidentchange") == [(0,)]


def test_each_that_went_stands_in_the_trail_and_in_the_log(forward: Forward) -> None:
    keys, log, ask = forward.keys, forward.log, forward.ask
    rows = ask("SELECT object_id, object_label, subject_id, before, after FROM accounts_auditentry ORDER BY 2")
    told = [(pk, label, subject, loaded(before)["vendor"], loaded(after)) for pk, label, subject, before, after in rows]
    a = str(keys["a"])
    assert told == [
        (str(keys["older"]), "INC-1", a, "Example A", {"joined_with": keys["newer"], "vendor": "Example B"}),
        (str(keys["seen"]), "INC-2", a, "Example A", {"joined_with": keys["unseen"], "vendor": "Example A"}),
    ]
    assert log.count("incident_joined") == 2
    assert log.count("incidents_joined") == 1


def loaded(value: Any) -> Any:
    return json.loads(value) if isinstance(value, str) else value


def test_sources_have_names(forward: Forward) -> None:
    rows = forward.ask(
        "SELECT o.slug, s.key, s.name FROM vendors_incidentsource s"
        " JOIN accounts_organisation o ON o.id = s.organisation_id ORDER BY 1, 2"
    )
    assert rows == [
        ("harbour", "glpi", "GLPI"),
        ("harbour", "our-desk", "our-desk"),
        ("harbour", "servicenow", "ServiceNow"),
        ("meadow", "servicenow", "ServiceNow"),
    ]


def test_figures_are_computed_anew(forward: Forward) -> None:
    assert forward.ask("SELECT DISTINCT facts_revision FROM vendors_vendor") == [(1,)]
