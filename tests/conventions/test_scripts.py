"""What the scripts find out before they do anything; each function of bin/_setup.sh tried by itself."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings

from tests.conventions.test_tools import BIN, ROOT

READ_ONLY = "may_write() { false; }; "  # root may write everywhere, so the question itself is answered
TEXT = """msgid ""
msgstr "Content-Type: text/plain; charset=utf-8\\n"

msgid "Vendor"
msgstr "{}"
"""


def tried(commands: str, root: Path = ROOT, **env: str) -> subprocess.CompletedProcess[str]:
    """The commands after bin/_setup.sh, as if it stood in `root`."""
    kept = {name: value for name, value in os.environ.items() if name not in {"DATA_DIR", "PYTHON", "VENV_DIR"}}
    return subprocess.run(
        ["sh", "-c", f". {ROOT}/bin/_setup.sh; {commands}"],
        env={**kept, "ROOT": str(root), "VENV_DIR": str(BIN.parent), **env},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.fixture
def old_python(tmp_path: Path) -> str:
    """Says that it is 3.9, whatever it is asked."""
    path = tmp_path / "python3.9"
    path.write_text("#!/bin/sh\ncase $2 in *version_info\\ *) exit 1;; *print*) echo 3.9;; *) exit 1;; esac\n")
    path.chmod(0o755)
    return str(path)


def test_a_python_that_is_named_and_missing_is_said() -> None:
    done = tried("need_usable_python", PYTHON="/nowhere/python3")
    assert (done.returncode, done.stderr) == (
        1,
        "PYTHON=/nowhere/python3 is no program here: name the path of a Python of 3.11 or newer, or unset PYTHON.\n",
    )


def test_a_program_that_is_no_python_is_said() -> None:
    assert "does not run as a Python" in tried("need_usable_python", PYTHON="/bin/ls").stderr


def test_a_python_that_is_too_old_is_said_with_its_version(old_python: str) -> None:
    done = tried("need_usable_python", PYTHON=old_python)
    assert done.returncode == 1
    assert f"PYTHON={old_python} is Python 3.9, and 3.11 or newer is needed" in done.stderr


def test_the_python_of_the_environment_is_taken_and_another_version_is_said(tmp_path: Path) -> None:
    assert tried("need_usable_python", PYTHON=sys.executable).returncode == 0
    other = tmp_path / "python"
    other.write_text("#!/bin/sh\ncase $2 in *print*) echo 3.99;; esac\n")
    other.chmod(0o755)
    done = tried("need_usable_python", PYTHON=str(other))
    assert "is Python 3.99, and the environment" in done.stderr


@pytest.mark.parametrize(
    ("line", "value"),
    [
        ("PORT=8001", "8001"),
        ("export PORT=8001", "8001"),
        ('PORT="8001"', "8001"),
        ("PORT = '8001'", "8001"),
        ("PORT=8001\nPORT=8002", "8002"),
        ("# PORT=8001", "8000"),
        ("PORT=", "8000"),
    ],
)
def test_the_scripts_read_an_env_file_as_the_app_does(tmp_path: Path, line: str, value: str) -> None:
    (tmp_path / ".env").write_text(f"{line}\n")
    assert tried("from_env_file PORT 8000", tmp_path).stdout == value


def test_a_data_folder_counts_from_the_project(tmp_path: Path) -> None:
    assert tried("data_folder", tmp_path).stdout == f"{tmp_path}/var"
    assert tried("data_folder", tmp_path, DATA_DIR="/srv/data").stdout == "/srv/data"


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """With one catalogue, and a data folder beside it."""
    folder = tmp_path / "project" / "locale" / "fr" / "LC_MESSAGES"
    folder.mkdir(parents=True)
    (folder / "django.po").write_text(TEXT.format("Fournisseur"))
    return tmp_path / "project"


def compiled(folder: Path) -> list[bytes]:
    return [path.read_bytes() for path in folder.rglob("django.mo")]


def test_texts_are_compiled_beside_their_source(project: Path, tmp_path: Path) -> None:
    done = tried("need_messages", project, DATA_DIR=str(tmp_path / "data"))
    assert (done.returncode, done.stderr) == (0, "")
    assert b"Fournisseur" in compiled(project)[0]
    assert not (tmp_path / "data").exists()


def test_where_the_project_is_read_only_they_are_compiled_in_the_data_folder(project: Path, tmp_path: Path) -> None:
    data = tmp_path / "data"
    done = tried(f"{READ_ONLY}need_messages", project, DATA_DIR=str(data))
    assert (done.returncode, done.stderr) == (0, "")
    assert compiled(project) == []
    assert data.stat().st_mode & 0o777 == 0o700
    (made,) = data.rglob("*.mo")
    assert made == data / "locale" / "fr" / "LC_MESSAGES" / "django.mo"
    assert b"Fournisseur" in made.read_bytes()


def test_a_newer_text_is_compiled_again_and_no_old_one_stays_in_its_way(project: Path, tmp_path: Path) -> None:
    data = tmp_path / "data"
    tried(f"{READ_ONLY}need_messages", project, DATA_DIR=str(data))
    (made,) = data.rglob("*.mo")
    os.utime(made, (1, 1))
    (source,) = project.rglob("*.po")
    source.write_text(TEXT.format("Prestataire"))
    tried(f"{READ_ONLY}need_messages", project, DATA_DIR=str(data))
    assert b"Prestataire" in made.read_bytes()
    tried("need_messages", project, DATA_DIR=str(data))  # from here on it may be written
    assert not made.exists()
    assert b"Prestataire" in compiled(project)[0]


def test_the_app_looks_into_the_data_folder_first() -> None:
    assert list(settings.LOCALE_PATHS) == [settings.DATA_DIR / "locale", settings.BASE_DIR / "locale"]
