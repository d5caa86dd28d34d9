"""The commands of docs/operations.md for backing up and restoring are run, and bring everything back."""

from __future__ import annotations

import configparser
import os
import re
import shutil
import sqlite3
import subprocess
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection

from accounts.models import Organisation, Role
from config.celery import app
from tests.conventions.test_house import ROOT
from tests.factories import make_member
from tests.reports.renderings import make_ready, make_scorecard
from tests.reports.servers import unavailable
from tests.reports.workers import database_in_a_file, make_schema

OPERATIONS = (ROOT / "docs" / "operations.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"^```sh\n(.*?)^```$", OPERATIONS.partition("## Keep")[2], re.MULTILINE | re.DOTALL)
FILES = {"evidence/contract.pdf": b"%PDF evidence", "feedback/photo.png": b"PNG feedback"}


def block_with(words: str) -> str:
    (found,) = (block for block in BLOCKS if words in block)
    return found


def run(block: str, **environment: str) -> None:
    kept = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    done = subprocess.run(
        ["sh", "-eu", "-c", block], env={**kept, **environment}, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr


@pytest.fixture
def uploads(tmp_path: Path) -> Path:
    """A data folder with files, which a restored one must equal."""
    folder = tmp_path / "var"
    for name, content in FILES.items():
        (folder / "media" / name).parent.mkdir(parents=True)
        (folder / "media" / name).write_bytes(content)
    (folder / "secret_key").write_text("the key")
    return folder


def kept(folder: Path) -> dict[str, bytes]:
    media = folder / "media"
    return {str(file.relative_to(media)): file.read_bytes() for file in media.rglob("*") if file.is_file()}


def fill() -> None:
    """Some of each kind: people, the bank, an approved scorecard with its document."""
    home = Organisation.objects.create(name="Harbour Hospital", slug="harbour")
    make_ready(make_scorecard(make_member(home, "assessor", Role.ASSESSOR)))


def content_of(database: Path) -> list[str]:
    """Tables, triggers and rows, as SQL."""
    with sqlite3.connect(database) as opened:
        return list(opened.iterdump())


@pytest.mark.django_db(transaction=True)
def test_a_trial_is_backed_up_while_it_runs_and_restored_as_it_was(uploads: Path, tmp_path: Path) -> None:
    database = uploads / "db.sqlite3"
    make_schema(database)
    with database_in_a_file(database):
        fill()
        before = content_of(database)  # with the log beside the file, not yet written into it
        assert sum(line.startswith("INSERT") for line in before) > 50
        assert any("CREATE TRIGGER" in line for line in before)
        environment = {"DATA_DIR": str(uploads), "BACKUP": str(tmp_path / "backup")}
        run(block_with("VACUUM INTO"), **environment)
        Organisation.objects.create(name="Entered since", slug="since")
    shutil.rmtree(uploads / "media")
    (uploads / "secret_key").unlink()
    run(block_with("db.sqlite3-wal"), **environment)
    assert content_of(database) == before
    assert kept(uploads) == FILES
    assert (uploads / "secret_key").read_text() == "the key"


def dumped(url: str) -> list[str]:
    """Rows, sequences, tables, indexes and triggers. Constraints are told in other words after a restoring, though the
    same: that they are there is what their names say."""
    done = subprocess.run(["pg_dump", "--no-owner", url], capture_output=True, text=True, check=True)
    lines = [line for line in done.stdout.splitlines() if "restrict " not in line]  # which holds a word of chance
    return [re.split(r" CHECK | WHERE ", line)[0] if line.startswith(("    CON", "CREATE")) else line for line in lines]


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_production_is_backed_up_and_restored_as_it_was(uploads: Path, tmp_path: Path) -> None:
    if connection.vendor != "postgresql":
        unavailable("No PostgreSQL: set DATABASE_URL=postgres://…")
    if shutil.which("pg_dump") is None:
        unavailable("No pg_dump on PATH: install the package postgresql-client.")
    fill()
    parts = connection.settings_dict
    server = f"postgres://{parts['USER']}:{parts['PASSWORD']}@{parts['HOST']}:{parts['PORT']}"
    source, copy = f"{server}/{parts['NAME']}", f"{server}/{parts['NAME']}_restored"
    before = dumped(source)
    assert any("CREATE TRIGGER" in line for line in before)
    environment = {"DATA_DIR": str(uploads), "BACKUP": str(tmp_path / "backup")}
    run(block_with("pg_dump"), DATABASE_URL=source, **environment)
    shutil.rmtree(uploads / "media")
    with connection.cursor() as cursor:
        cursor.execute(f'CREATE DATABASE "{parts["NAME"]}_restored"')
    try:
        run(block_with("pg_restore"), DATABASE_URL=copy, **environment)
        assert dumped(copy) == before
        run(block_with("pg_restore"), DATABASE_URL=copy, **environment)  # over one that is full, too
        assert dumped(copy) == before
    finally:
        with connection.cursor() as cursor:
            cursor.execute(f'DROP DATABASE "{parts["NAME"]}_restored" WITH (FORCE)')
    assert kept(uploads) == FILES


# By hand ------------------------------------------------------------------------------------------------------------
UNITS = dict(
    re.findall(
        r"^`/etc/systemd/system/([\w@-]+\.service)`[^\n]*\n\n```ini\n(.*?)^```$", OPERATIONS, re.MULTILINE | re.DOTALL
    )
)


def test_there_is_a_unit_for_each_process() -> None:
    assert set(UNITS) == {"manifesto-web.service", "manifesto-worker@.service", "manifesto-beat.service"}
    for queue in settings.QUEUES:
        assert f"@{queue}`" in OPERATIONS


@pytest.mark.parametrize("name", UNITS)
def test_a_unit_starts_again_and_may_write_its_data_alone(name: str) -> None:
    unit = configparser.ConfigParser(interpolation=None, strict=False)
    unit.optionxform = str  # type: ignore[assignment, method-assign]
    unit.read_string(UNITS[name])
    service = unit["Service"]
    assert (service["User"], service["Restart"], service["ProtectSystem"]) == ("manifesto", "always", "strict")
    assert service["NoNewPrivileges"] == "yes"
    assert service["ExecStart"].startswith("/srv/manifesto/.venv/bin/")
    if "worker" in name:
        assert int(service["TimeoutStopSec"]) > settings.CELERY_TASK_TIME_LIMIT


@pytest.mark.parametrize("name", UNITS)
def test_what_a_unit_starts_is_what_compose_starts(name: str) -> None:
    """By hand and in the image, the same command serves; only names of queues and machines differ."""
    words = UNITS[name].partition("ExecStart=")[2].splitlines()[0].split()[1:]
    if "web" in name:
        dockerfile = (ROOT / "Dockerfile").read_text(encoding="utf-8")
        told = re.search(r"^CMD \[(.*)\]$", dockerfile, re.MULTILINE)
        assert told is not None
        command = re.findall(r'"([^"]+)"', told[1])[1:]
        assert [word for word in words if word not in ("--bind", "127.0.0.1:8000")] == [
            word for word in command if word not in ("--bind", "0.0.0.0:8000")
        ]
    else:
        assert words[:3] == ["-A", "config", "worker" if "worker" in name else "beat"]
        options = {option for param in app_command(words[2]) for option in (*param.opts, *param.secondary_opts)}
        assert {word for word in words[3:] if word.startswith("--")} <= options


def app_command(name: str) -> list[object]:
    from celery.bin.celery import celery

    assert app.main == "manifesto"
    return list(celery.commands[name].params)
