"""What the image and its compose file promise, read from the files; tests/config/image builds and starts it."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.files.base import ContentFile
from django.utils.module_loading import import_string

from tests.conventions.test_compose import PROCESSES, compose
from tests.conventions.test_house import ROOT

WORKERS = settings.QUEUES
SERVICES = ("proxy", *PROCESSES, "database", "broker")
RUNNING = [name for name in SERVICES if name != "migrate"]  # which ends


def steps_of(dockerfile: str) -> list[str]:
    """Each instruction on one line, without comments."""
    lines = "\n".join(line for line in dockerfile.splitlines() if not line.startswith("#"))
    return [step for step in lines.replace("\\\n", " ").splitlines() if step.strip()]


@pytest.fixture(scope="module")
def steps() -> list[str]:
    return steps_of((ROOT / "Dockerfile").read_text(encoding="utf-8"))


def seconds(duration: str) -> int:
    assert duration.endswith("s")
    return int(duration[:-1])


def queues_of(command: str) -> list[str]:
    found = re.search(r"--queues (\S+)", command)
    return found[1].split(",") if found else []


def position(steps: list[str], pattern: str) -> int:
    """Of the one step that matches."""
    (found,) = (number for number, step in enumerate(steps) if re.search(pattern, step))
    return found


def test_the_folder_of_uploads_is_its_users_before_it_is_a_volume(steps: list[str]) -> None:
    made = position(steps, r"mkdir -p /data/media .*chown manifesto /data /data/media")
    assert made < position(steps, r"^USER manifesto") < position(steps, r"^VOLUME /data/media")


def test_a_volume_before_its_owner_would_be_caught() -> None:
    planted = steps_of("VOLUME /data/media\nRUN mkdir -p /data/media \\\n && chown manifesto /data /data/media")
    assert position(planted, "^VOLUME") < position(planted, "^RUN")


def test_the_installer_and_its_downloads_stay_out(steps: list[str]) -> None:
    install = steps[position(steps, "need_packages run")]
    assert "UV_NO_CACHE=1 PIP_NO_CACHE_DIR=1" in install
    assert "rm -rf /opt/venv.tools" in install
    assert "rm -rf /var/lib/apt/lists/*" in steps[position(steps, "apt-get install")]


def test_static_files_that_one_user_collects_another_one_serves(tmp_path: Path) -> None:
    """Uploads are their owner's alone; static files of the image are root's, and its own user reads them."""
    told = settings.STORAGES["staticfiles"]
    storage = import_string(told["BACKEND"])(location=tmp_path, **told["OPTIONS"])
    storage.save("css/site.css", ContentFile(b"body {}"))
    assert (tmp_path / "css").stat().st_mode & 0o777 == 0o755
    assert (tmp_path / "css" / "site.css").stat().st_mode & 0o777 == 0o644


def test_nothing_of_a_developers_machine_goes_into_the_image() -> None:
    left_out = (ROOT / ".dockerignore").read_text(encoding="utf-8").split()
    assert {".env", ".git", ".venv", "var", "tests", "**/*.mo", "**/__pycache__"} <= set(left_out)


def test_no_key_stays_in_the_image(steps: list[str]) -> None:
    assert "rm -rf /data/secret_key /data/broker " in steps[position(steps, "collectstatic")]


@pytest.mark.parametrize("name", SERVICES)
def test_every_service_is_without_rights_and_restarts(name: str) -> None:
    service = compose()["services"][name]
    assert service["cap_drop"] == ["ALL"]
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert service["init"] is True
    assert service["restart"] == ("no" if name == "migrate" else "unless-stopped")


@pytest.mark.parametrize("name", [name for name in SERVICES if name != "proxy"])
def test_every_service_but_the_proxy_is_read_only(name: str) -> None:
    """The proxy keeps bodies of 100 MB on its disk, on a volume."""
    service = compose()["services"][name]
    assert service["read_only"] is True
    if name == "web":  # which keeps files on its way there, too
        assert "web-uploads:/tmp" in service["volumes"]
    elif name != "broker":  # which keeps nothing
        assert "/tmp" in service["tmpfs"]


@pytest.mark.parametrize("name", RUNNING)
def test_every_service_is_asked_whether_it_lives(name: str) -> None:
    check = compose()["services"][name]["healthcheck"]
    assert seconds(check["interval"]) <= 30
    assert seconds(check["timeout"]) <= 10
    if name in PROCESSES:
        assert check["test"] == ["CMD", "python3", "config/alive.py", "web" if name == "web" else "worker"]


@pytest.mark.parametrize("name", [name for name in PROCESSES if name != "migrate"])
def test_nobody_starts_before_the_migrations_are_done(name: str) -> None:
    service = compose()["services"][name]
    assert service["depends_on"]["migrate"] == {"condition": "service_completed_successfully"}
    assert "migrate" not in service.get("command", "")


@pytest.mark.parametrize("name", WORKERS)
def test_a_worker_may_finish_the_longest_rendering(name: str) -> None:
    assert seconds(compose()["services"][name]["stop_grace_period"]) > settings.CELERY_TASK_TIME_LIMIT


def test_each_queue_has_a_worker_of_its_own() -> None:
    services = compose()["services"]
    assert {name: queues_of(services[name]["command"]) for name in WORKERS} == {name: [name] for name in WORKERS}


def test_every_task_goes_to_a_queue_that_is_served() -> None:
    from config.celery import app

    app.loader.import_default_modules()
    ours = {name for name in app.tasks if not name.startswith("celery.")}
    assert settings.CELERY_TASK_ROUTES.keys() <= ours
    chosen = {name: app.amqp.router.route({}, name)["queue"].name for name in ours}
    assert set(chosen.values()) == set(settings.QUEUES)
    assert {queue.routing_key for queue in settings.CELERY_TASK_QUEUES} == set(settings.QUEUES)
    assert {name for name, queue in chosen.items() if queue == "housekeeping"} == {
        "accounts.tasks.housekeeping",
        "accounts.tasks.seal_trail",
        "accounts.tasks.sweep_webhooks",
        "assessments.tasks.forget_workbooks",
        "assessments.tasks.read_commitments",
        "assessments.tasks.tell_systems",
        "reports.tasks.sweep_batches",
        "reports.tasks.sweep_exports",
        "reports.tasks.publish_benchmark",
        "reports.tasks.sweep_renderings",
        "vendors.tasks.renew_contracts",
        "vendors.tasks.sweep_imports",
    }


def test_only_the_proxy_is_reached_from_outside_and_only_from_this_machine() -> None:
    reached = {name: service["ports"] for name, service in compose()["services"].items() if "ports" in service}
    assert reached == {"proxy": ["127.0.0.1:8000:8080"]}
    assert compose()["x-environment"]["TRUSTED_PROXY_COUNT"] == "1"


def test_the_password_of_the_database_stands_in_no_address() -> None:
    environment = compose()["x-environment"]
    assert environment["DATABASE_URL"] == "postgres://manifesto@database:5432/manifesto"
    assert environment["PGPASSWORD"].startswith("${POSTGRES_PASSWORD:?")


def test_a_password_of_any_signs_reaches_the_library_of_postgresql(monkeypatch: pytest.MonkeyPatch) -> None:
    from psycopg.pq import Conninfo

    monkeypatch.setenv("PGPASSWORD", "p@ss/w:rd%23#?&'$ ü")
    defaults = {option.keyword: option.val for option in Conninfo.get_defaults()}
    assert defaults[b"password"] == "p@ss/w:rd%23#?&'$ ü".encode()


def pinned(image: str) -> bool:
    """As closely as a tag can: with a minor version at least, and to be replaced by a digest without editing."""
    return re.search(r"\$\{[A-Z_]+:-[a-z]+:\d+\.\d+[^:}]*\}$", image) is not None


def test_every_image_has_an_exact_version_and_takes_a_digest() -> None:
    services: dict[str, dict[str, Any]] = compose()["services"]
    images = [services[name]["image"] for name in ("proxy", "database", "broker")]
    images.append(compose()["x-app"]["build"]["args"]["BASE_IMAGE"])
    assert [image for image in images if not pinned(image)] == []
    assert not pinned("postgres:17")
    assert not pinned("${POSTGRES_IMAGE:-postgres:17}")
    dockerfile = (ROOT / "Dockerfile").read_text(encoding="utf-8")
    assert f"ARG BASE_IMAGE={images[-1].removeprefix('${BASE_IMAGE:-').removesuffix('}')}" in dockerfile
