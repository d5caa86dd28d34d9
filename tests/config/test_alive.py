"""The checks of the containers, in which nothing is imported but the standard library."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from config.alive import SILENCE, was_heard
from tests.config.serving.servers import web_server
from tests.conventions.test_house import ROOT


def asked(process: str, **environment: str) -> int:
    command = [sys.executable, "-S", "config/alive.py", process]  # -S: no package is at hand
    return subprocess.run(command, cwd=ROOT, env=environment, check=False).returncode


def test_the_web_server_is_asked_by_the_name_that_it_allows(tmp_path: Path) -> None:
    names = {"ALLOWED_HOSTS": "manifesto.example.org", "BASE_URL": "https://manifesto.example.org"}
    with web_server(tmp_path, **names, ask_as="manifesto.example.org") as port:
        assert asked("web", PORT=str(port), BASE_URL=names["BASE_URL"]) == 0
        assert asked("web", PORT=str(port), BASE_URL="https://other.example.org") == 1
    assert asked("web", PORT=str(port), BASE_URL=names["BASE_URL"]) == 1


def test_a_worker_is_alive_while_its_file_is_young(tmp_path: Path) -> None:
    file = tmp_path / "alive"
    assert asked("worker", HEARTBEAT_FILE=str(file)) == 1
    file.touch()
    assert asked("worker", HEARTBEAT_FILE=str(file)) == 0


@pytest.mark.parametrize(("age", "alive"), [(0, True), (SILENCE - 1, True), (SILENCE, False), (SILENCE + 1, False)])
def test_it_is_missed_after_a_minute_and_a_half_of_silence(tmp_path: Path, age: float, *, alive: bool) -> None:
    file = tmp_path / "alive"
    file.touch()
    os.utime(file, (1_000_000, 1_000_000))
    assert was_heard(file, 1_000_000 + age) is alive
