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
        later = steps - replaced
        assert all(name > max(replaced) for name in later)
        # An installation that goes every step knows no short cut: what comes later follows the last of the steps.
        assert [one for name in later for _app, one in every[name].dependencies if "squashed" in one] == []


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


def replaced() -> set[tuple[str, str]]:
    """The steps that are stood for, by app and name."""
    paths = (path for app in APPS for path in Path(settings.BASE_DIR, app, "migrations").glob("*_squashed_*.py"))
    short = (import_module(f"{path.parent.parent.name}.migrations.{path.stem}").Migration for path in paths)
    return {step for one in short for step in one.replaces}


def migrated(url: str) -> None:
    done = manage("migrate", "--verbosity", "1", DATABASE_URL=url)
    assert done.returncode == 0, said(done)
    applied = re.findall(r"Applying (\w+)\.(\w+)\.\.\. OK", said(done))
    assert applied
    assert {step for step in applied if step[0] in APPS} & replaced() == set()


def on_scratch(url: str) -> Schema:
    import psycopg

    with psycopg.connect(url) as there, there.cursor() as cursor:
        return on_postgres(cursor)
