"""The checkers run with the suite: style, types, templates, import contracts, migrations, deployment."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
BIN = Path(sys.executable).parent
APPS = ("config", "groundwork", "accounts", "manifesto", "vendors", "assessments", "reports")
IN_PRODUCTION = {
    "PRODUCTION": "True",
    "SECRET_KEY": "".join(chr(33 + number * 7 % 90) for number in range(64)),
    "BASE_URL": "https://manifesto.example.org",
    "ALLOWED_HOSTS": "manifesto.example.org",
    "DATABASE_URL": "postgres://manifesto@127.0.0.1/manifesto",
    "REDIS_URL": "redis://127.0.0.1:6379/0",
    "EMAIL_URL": "smtp+tls://user:secret@mail.example.org:587",
}


def run(*command: str, cwd: Path = ROOT, env: Mapping[str, str] | None = None) -> subprocess.CompletedProcess[str]:
    """The finished command with its whole output; never raises."""
    inherited = {name: value for name, value in os.environ.items() if name != "DJANGO_ALLOW_ASYNC_UNSAFE"}
    return subprocess.run(
        [str(BIN / command[0]), *command[1:]],
        cwd=cwd,
        env={**inherited, **(env or {})},  # less what the browser tests need
        capture_output=True,
        text=True,
        check=False,
        timeout=1200,
    )


def said(done: subprocess.CompletedProcess[str]) -> str:
    return done.stdout + done.stderr


def test_ruff_finds_nothing() -> None:
    done = run("ruff", "check", "--no-cache", ".")
    assert done.returncode == 0, said(done)


def test_the_code_is_formatted() -> None:
    done = run("ruff", "format", "--no-cache", "--check", ".")
    assert done.returncode == 0, said(done)


def test_ruff_catches_a_planted_fault(tmp_path: Path) -> None:
    (tmp_path / "planted.py").write_text("import os\n")
    done = run("ruff", "check", "--no-cache", "--config", str(ROOT / "pyproject.toml"), str(tmp_path))
    assert done.returncode == 1
    assert "F401" in said(done)


def test_types_hold() -> None:
    """Takes its time: the checker reads all packages anew, so that no run lives on what another found."""
    done = run("mypy", "--cache-dir", os.devnull, *APPS)
    assert done.returncode == 0, said(done)


def test_the_type_checker_catches_a_planted_fault(tmp_path: Path) -> None:
    (tmp_path / "planted.py").write_text("def grade() -> int:\n    return 'four'\n")
    done = run("mypy", "--cache-dir", os.devnull, "--config-file", os.devnull, str(tmp_path / "planted.py"))
    assert done.returncode == 1
    assert "Incompatible return value" in said(done)


def test_templates_are_well_formed() -> None:
    done = run("djlint", "templates", "--lint", "--quiet")
    assert done.returncode == 0, said(done)


def test_the_template_checker_catches_a_planted_fault(tmp_path: Path) -> None:
    (tmp_path / "planted.html").write_text("<div><img src='/a.png'></div>\n<p>{{name}}</p>\n")
    done = run("djlint", str(tmp_path), "--lint", "--configuration", str(ROOT / "pyproject.toml"))
    assert done.returncode == 1
    assert "H013" in said(done)  # an image without alt


def test_imports_flow_one_way() -> None:
    done = run("lint-imports", "--no-cache")
    assert done.returncode == 0, said(done)


def test_the_import_contract_catches_a_planted_fault(tmp_path: Path) -> None:
    (tmp_path / "lower").mkdir()
    (tmp_path / "upper").mkdir()
    (tmp_path / "upper" / "__init__.py").touch()
    (tmp_path / "lower" / "__init__.py").write_text("import upper\n")
    (tmp_path / "contract.ini").write_text(
        "[importlinter]\nroot_packages=\n  upper\n  lower\n"
        "[importlinter:contract:1]\nname=layers\ntype=layers\nlayers=\n  upper\n  lower\n"
    )
    done = run(
        "lint-imports", "--no-cache", "--config", "contract.ini", cwd=tmp_path, env={"PYTHONPATH": str(tmp_path)}
    )
    assert done.returncode == 1, said(done)
    assert "lower is not allowed to import upper" in said(done)


MOST_PATHS = 12  # through one function


def too_many_paths(*places: str, cwd: Path = ROOT) -> list[str]:
    """“assessments/score/arithmetic.py: score 17”: functions that have more paths than a reader can hold."""
    done = run("radon", "cc", "--json", *places, cwd=cwd)
    assert done.returncode == 0, said(done)
    blocks = {path: rows for path, rows in json.loads(done.stdout).items() if isinstance(rows, list)}
    assert blocks
    return [
        f"{path}: {row['name']} {row['complexity']}"
        for path, rows in blocks.items()
        for row in rows
        if row["type"] != "class" and row["complexity"] > MOST_PATHS
    ]


def test_no_function_has_more_than_twelve_paths() -> None:
    assert too_many_paths(*APPS) == []


def test_a_function_of_thirteen_paths_is_caught(tmp_path: Path) -> None:
    branches = "".join(f"    if grade == {number}:\n        return {number}\n" for number in range(12))
    (tmp_path / "planted.py").write_text(f"def pick(grade):\n{branches}    return None\n")
    assert too_many_paths("planted.py", cwd=tmp_path) == ["planted.py: pick 13"]


def manage(*arguments: str, **env: str) -> subprocess.CompletedProcess[str]:
    return run("python", "manage.py", *arguments, env=env)


def test_every_model_change_has_its_migration() -> None:
    done = manage("makemigrations", "--check", "--dry-run")
    assert done.returncode == 0, said(done)


# Each start pays for what it imports, the web's, the workers' and every command's: these cost 0.1 to 1 s.
FOR_FEW = {"openpyxl", "python_calamine", "numpy", "scipy", "pymannkendall", "krippendorff", "icalendar", "weasyprint"}
FOR_FEW |= {"boto3", "botocore", "prometheus_client"}


def test_production_settings_pass_the_deployment_check_and_load_nothing_that_few_need() -> None:
    done = manage("check", "--deploy", "--fail-level", "WARNING", **IN_PRODUCTION, PYTHONPROFILEIMPORTTIME="1")
    lines = done.stderr.splitlines()
    assert done.returncode == 0, "\n".join(line for line in lines if not line.startswith("import time:"))
    loaded = {line.rpartition("|")[2].strip() for line in lines if line.startswith("import time:")}
    readers = {"groundwork.tables.reading", "manifesto.workbook"}
    assert {"config.help_views", "assessments.schedule.calendar", *readers} <= loaded
    assert loaded & FOR_FEW == set()


def test_a_wrong_mixture_of_settings_fails_the_deployment_check(tmp_path: Path) -> None:
    """Which mixtures there are, tests/config/test_checks.py knows."""
    wrong = {**IN_PRODUCTION, "DATA_DIR": str(tmp_path), "TRUSTED_PROXY_COUNT": "0"}
    done = manage("check", "--deploy", "--tag", "security", **wrong)
    assert done.returncode == 1
    assert "config.E013" in said(done)
