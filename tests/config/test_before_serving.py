"""What keeps bin/run from serving is said in one line, which names the cause and what to do."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from config import before_serving
from config.before_serving import EVERYWHERE, RefusedError
from tests.conventions.test_tools import ROOT
from tests.reports.servers import free_port


def asked(*question: str, **env: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "config.before_serving", *question],
        cwd=ROOT,
        env={**os.environ, **env},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"INVITATION_DAYS": "many"}, "The setting INVITATION_DAYS is wrong: invalid literal for int()"),
        ({"TIME_ZONE": "Europa/Brussel"}, "Incorrect timezone setting: Europa/Brussel"),
        ({"DATABASE_URL": "nonsense"}, "DATABASE_URL names no database"),
        ({"ALLOWED_HOSTS": "other.example"}, "ALLOWED_HOSTS leaves out the host of BASE_URL, 'localhost'"),
    ],
)
def test_a_wrong_setting_is_named(wrong: dict[str, str], said: str, tmp_path: Path) -> None:
    done = asked("settings", DATA_DIR=str(tmp_path / "data"), **{"BASE_URL": "http://localhost:8000", **wrong})
    assert done.returncode == 1
    assert said in done.stderr.splitlines()[-1]
    assert "Traceback" not in done.stderr


def test_a_data_folder_that_cannot_be_written_is_named(settings: Any, tmp_path: Path) -> None:
    settings.ALLOWED_HOSTS = [settings.BASE_HOST]
    (tmp_path / "file").touch()
    settings.DATA_DIR = tmp_path / "file" / "data"
    with pytest.raises(RefusedError, match=r"/file/data cannot be written \(Not a directory\): set DATA_DIR"):
        before_serving.look_at_settings()


def test_what_is_there_from_before_is_closed_to_others(settings: Any, tmp_path: Path) -> None:
    settings.ALLOWED_HOSTS = [settings.BASE_HOST]
    settings.DATA_DIR = tmp_path
    (tmp_path / "db.sqlite3").touch(mode=0o644)
    (tmp_path / "mail").mkdir(mode=0o755)
    before_serving.look_at_settings()
    assert [(tmp_path / name).stat().st_mode & 0o777 for name in ("db.sqlite3", "mail")] == [0o600, 0o700]


@pytest.fixture
def taken() -> Iterator[int]:
    with socket.socket() as door:
        door.bind(("127.0.0.1", 0))
        door.listen()
        yield door.getsockname()[1]


@pytest.mark.parametrize("port", ["", "http", "0", "65536", "99999", "-1", "8000.5"])
def test_a_port_that_is_none_is_said(port: str) -> None:
    with pytest.raises(RefusedError, match="PORT must be a number from 1 to 65535"):
        before_serving.look_at_port("127.0.0.1", port)


def test_a_port_that_is_taken_is_said_with_another_one(taken: int) -> None:
    with pytest.raises(RefusedError, match=f"Port {taken} is taken: .*PORT="):
        before_serving.look_at_port("127.0.0.1", str(taken))


def test_a_port_that_is_kept_for_root_is_not_called_taken() -> None:
    assert before_serving.why_closed(PermissionError(13, "Permission denied"), "127.0.0.1", 80) == (
        "Port 80 is kept for root: choose one from 1024 on, such as PORT=8000 bin/run"
    )


@pytest.mark.parametrize("host", ["203.0.113.7", "no.such.host.invalid", "a" * 70, "2001:db8::7"])
def test_an_address_of_another_machine_is_not_called_taken(host: str) -> None:
    with pytest.raises(RefusedError, match="is no address of this machine"):
        before_serving.look_at_port(host, "8000")


@pytest.mark.parametrize("host", ["127.0.0.1", "127.0.0.2", "localhost", *EVERYWHERE])
def test_it_may_serve_at_any_address_of_this_machine(host: str) -> None:
    before_serving.look_at_port(host, str(free_port()))


def test_a_server_that_is_not_there_does_not_answer() -> None:
    assert not before_serving.answers("127.0.0.1", str(free_port()))


def test_a_server_is_asked_where_it_serves_and_by_its_name(live_server: Any, settings: Any) -> None:
    settings.BASE_HOST = "manifesto.example.org"
    settings.ALLOWED_HOSTS = ["manifesto.example.org"]
    everywhere, *_ = EVERYWHERE
    assert before_serving.answers(everywhere, str(live_server.thread.port))
