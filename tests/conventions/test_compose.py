"""What an operator writes into .env reaches the containers."""

from __future__ import annotations

import re
from typing import Any

import pytest
import yaml
from django.conf import settings

from tests.conventions.test_house import ROOT

PROCESSES = ("migrate", "web", *settings.QUEUES, "beat")
# By compose.yaml itself
FIXED = {"PRODUCTION", "DEBUG", "DATABASE_URL", "REDIS_URL", "TRUSTED_PROXY_COUNT", "HEARTBEAT_FILE"}
OF_THE_IMAGE = {"DATA_DIR", "STATIC_MANIFEST"}
ELSEWHERE = {"HOST", "PORT", "ZEAL"}  # bin/run, and the tests


def compose() -> dict[str, Any]:
    content: dict[str, Any] = yaml.safe_load((ROOT / "compose.yaml").read_text(encoding="utf-8"))
    return content


def listed() -> set[str]:
    return set(re.findall(r"^([A-Z][A-Z0-9_]*)=", (ROOT / ".env.example").read_text(encoding="utf-8"), re.MULTILINE))


def not_reaching(service: dict[str, Any], names: set[str]) -> set[str]:
    """A name reaches the service when it stands there without a value, or its value is made from it."""
    environment = service["environment"]
    return {
        name
        for name in names
        if name not in environment or (environment[name] is not None and f"${{{name}" not in environment[name])
    }


@pytest.mark.parametrize("process", PROCESSES)
def test_every_setting_of_the_example_reaches_each_process(process: str) -> None:
    wanted = listed() - FIXED - OF_THE_IMAGE - ELSEWHERE
    assert {"TIME_ZONE", "LOG_LEVEL", "EMAIL_URL"} < wanted
    assert not_reaching(compose()["services"][process], wanted) == set()


@pytest.mark.parametrize("process", PROCESSES)
def test_no_process_gets_what_the_image_decides(process: str) -> None:
    environment = compose()["services"][process]["environment"]
    assert environment.keys() & (OF_THE_IMAGE | ELSEWHERE) == set()
    assert environment.keys() >= FIXED
    assert not_reaching({"environment": environment}, FIXED) == FIXED


def test_every_name_in_compose_is_a_setting() -> None:
    assert compose()["x-environment"].keys() - listed() == {"PGPASSWORD"}  # which PostgreSQL's own library reads


def test_a_planted_omission_is_caught() -> None:
    web = compose()["services"]["web"]
    without = {name: value for name, value in web["environment"].items() if name != "TIME_ZONE"}
    assert not_reaching({"environment": without}, {"TIME_ZONE", "BASE_URL"}) == {"TIME_ZONE"}
    assert not_reaching({"environment": {"TIME_ZONE": "UTC"}}, {"TIME_ZONE"}) == {"TIME_ZONE"}
