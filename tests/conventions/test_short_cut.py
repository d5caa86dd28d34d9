"""An empty database is made by one migration an app, which stands for all that came before it."""

from __future__ import annotations

import re
from importlib import import_module
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection, transaction

from accounts import immutable
from tests.conventions.schemas import Schema, here_on_sqlite, on_postgres, scratch_database, synced_on_sqlite
from tests.conventions.test_tools import manage, said
from tests.reports.workers import database_in_a_file

APPS = ("accounts", "manifesto", "vendors", "assessments", "reports")


def test_it_stands_for_every_step_but_later_ones() -> None:
    """What is added later runs after it, until it is made anew."""
    for app in APPS:
        names = sorted(path.stem for path in Path(settings.BASE_DIR, app, "migrations").glob("0*.py"))
        every = {name: import_module(f"{app}.migrations.{name}").Migration for name in names}
        (short,) = (one for one in every.values() if getattr(one, "replaces", []))
        replaced = {name for _app, name in short.replaces}
        steps = {name for name, one in every.items() if one is not short}
        assert replaced <= steps
        assert all(name > max(replaced) for name in steps - replaced)


@pytest.mark.parametrize("server", ["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def test_it_makes_what_the_tests_run_on(server: str, tmp_path: Path, db: None) -> None:
    """Takes its time: all apps are migrated from nothing, on each database."""
    if server == "sqlite":
        path = tmp_path / "short.sqlite3"
        migrated(f"sqlite:///{path}")
        with database_in_a_file(path):
            made = here_on_sqlite()
        assert made ^ synced_on_sqlite(tmp_path / "synced.sqlite3") == set()
        return
    if connection.vendor != "postgresql":
        pytest.skip("This run has no PostgreSQL.")
    with scratch_database() as url:
        migrated(url)
        made = on_scratch(url)
    with transaction.atomic(), connection.cursor() as cursor:
        immutable.install_all()  # the tests do without a part of them
        assert made ^ on_postgres(cursor) == set()
        transaction.set_rollback(True)


def migrated(url: str) -> None:
    done = manage("migrate", "--verbosity", "1", DATABASE_URL=url)
    assert done.returncode == 0, said(done)
    applied = re.findall(r"Applying (\w+)\.(\w+)\.\.\. OK", said(done))
    assert {app for app, name in applied if app in APPS and "squashed" in name} == set(APPS)
    assert set(applied) & {step for app in APPS for step in replaced_in(app)} == set()


def replaced_in(app: str) -> list[tuple[str, str]]:
    """App and name of each step that the one migration of this app stands for."""
    (path,) = Path(settings.BASE_DIR, app, "migrations").glob("0001_squashed_*.py")
    return list(import_module(f"{app}.migrations.{path.stem}").Migration.replaces)


def on_scratch(url: str) -> Schema:
    import psycopg

    with psycopg.connect(url) as there, there.cursor() as cursor:
        return on_postgres(cursor)
