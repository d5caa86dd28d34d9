"""The two shapes in which the product runs, each with workers to kill."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.db import connection

from tests.reports.servers import RedisServer, unavailable
from tests.reports.workers import PREFORK, THREADS, Workshop, database_in_a_file, make_schema, sending_to


@pytest.fixture
def redis_server(tmp_path: Path) -> Iterator[RedisServer]:
    server = RedisServer(tmp_path).start()
    yield server
    server.kill()


@pytest.fixture
def production_shape(tmp_path: Path, redis_server: RedisServer, transactional_db: None) -> Iterator[Workshop]:
    """Redis, PostgreSQL, and workers that render in processes of their own."""
    if connection.vendor != "postgresql":
        unavailable("No PostgreSQL: set DATABASE_URL=postgres://…")
    yield from _open(Workshop(folder=tmp_path / "workshop", pool=PREFORK, redis_url=redis_server.url))


@pytest.fixture
def embedded_shape(tmp_path: Path, empty_tables: Path, transactional_db: None) -> Iterator[Workshop]:
    """The default: a broker of files, a SQLite file, and a worker that renders in threads."""
    database = tmp_path / "db.sqlite3"
    shutil.copy(empty_tables, database)
    with database_in_a_file(database):
        yield from _open(Workshop(folder=tmp_path / "workshop", pool=THREADS))


@pytest.fixture(
    params=[
        pytest.param("production_shape", marks=[pytest.mark.redis, pytest.mark.postgres]),
        "embedded_shape",
    ]
)
def workshop(request: pytest.FixtureRequest, transactional_db: None) -> Workshop:
    """Each of the two shapes in turn."""
    shape: Workshop = request.getfixturevalue(request.param)
    return shape


@pytest.fixture(scope="session")
def _empty_tables_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("tables")


@pytest.fixture
def empty_tables(_empty_tables_folder: Path, transactional_db: None) -> Path:
    """A SQLite file with every table and no rows, made once."""
    path = _empty_tables_folder / "empty.sqlite3"
    if not path.exists():
        make_schema(path)
    return path


def _open(workshop: Workshop) -> Iterator[Workshop]:
    try:
        with sending_to(workshop):
            yield workshop
    finally:
        workshop.close()
