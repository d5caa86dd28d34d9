"""An installation of version 0.1 with its demo data, and with work under way, becomes one of this version by itself."""

from __future__ import annotations

import json
import tarfile
from pathlib import Path
from typing import Any

import pytest

from tests.conventions.test_tools import manage, run, said

# Set up by that version, with a document that waited and one whose worker had died, a file of incidents that waited
# for a worker and one that was written, and a new link of each kind; their ends lie in the year 2200.
VERSION_0_1 = Path(__file__).parent / "version_0_1.tar.xz"


@pytest.fixture(scope="module")
def seen(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """What tests/upgrade/look.py saw after nothing but `migrate`, as set-up runs it."""
    folder = tmp_path_factory.mktemp("installation")
    with tarfile.open(VERSION_0_1) as kept:
        if hasattr(tarfile, "data_filter"):  # since 3.11.4; the archive is our own
            kept.extraction_filter = tarfile.data_filter
        kept.extractall(folder)  # noqa: S202
    where = {"DATA_DIR": str(folder), "DATABASE_URL": "", "REDIS_URL": "", "EMAIL_URL": "memorymail://"}
    migrated = manage("migrate", "--verbosity", "0", **where)
    assert migrated.returncode == 0, said(migrated)
    done = run("python", "-m", "tests.upgrade.look", env=where)
    assert done.returncode == 0, said(done)
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return found


def test_documents_that_waited_or_were_abandoned_get_ready(seen: dict[str, Any]) -> None:
    ready = ["ready", "%PDF-"]
    assert seen["documents"] == {"rendering": ready, "abandoned_rendering": ready}


def test_a_file_that_waited_is_written_and_an_earlier_one_can_be_taken_back(seen: dict[str, Any]) -> None:
    # Of the seven that it wrote, one was asked about since: what people speak of stays.
    assert seen["imports"] == {"states": ["done", "undone"], "written": 7, "gone": 6}


def test_every_scorecard_comes_to_its_numbers_again(seen: dict[str, Any]) -> None:
    assert len(seen["scores"]) == 3
    assert all(seen["scores"].values())


def test_every_scorecard_and_each_past_day_of_the_trail_is_sealed(seen: dict[str, Any]) -> None:
    assert seen["chain"]["scorecard"] == 3
    assert seen["chain"]["trail_day"] >= 1


def test_the_newer_edition_of_the_bank_waits_for_its_editors(seen: dict[str, Any]) -> None:
    assert seen["editions"] == {"2026.1": "published", "2026.2": "draft", "2026.3": "draft", "in force": "2026.1"}


def test_links_that_were_mailed_still_open(seen: dict[str, Any]) -> None:
    assert seen["links"] == {"invitation": 200, "pulse": 200, "vendor_link": 200}


def test_pages_are_served_in_three_languages(seen: dict[str, Any]) -> None:
    assert len(seen["pages"]) == 33
    assert {path: status for path, status in seen["pages"].items() if status != 200} == {}


def test_the_trail_says_in_words_what_that_version_wrote(seen: dict[str, Any]) -> None:
    assert seen["words"] == ["planted.verb"]  # the one that tests/upgrade/look.py writes, to be found
