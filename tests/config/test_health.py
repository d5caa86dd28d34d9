"""/healthz says that the process answers; /readyz says whether it can work."""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
from celery import current_app
from django.db import DatabaseError
from django.test import Client
from django.utils import timezone
from structlog.testing import capture_logs

from config import health, views
from config.celery import app
from config.heartbeat import CLOCK, note
from reports.models import WorkerHeartbeat
from tests.patience import patience
from tests.reports.servers import RedisServer, free_port


@pytest.fixture(autouse=True)
def embedded(settings: Any, tmp_path: Path) -> None:
    """No Redis, and a broker folder of the test's own."""
    settings.REDIS_URL = ""
    settings.BROKER_FOLDER = tmp_path
    (tmp_path / "queue").mkdir()


@pytest.fixture
def redis_server(tmp_path: Path) -> Iterator[RedisServer]:
    server = RedisServer(tmp_path).start()
    yield server
    server.kill()


def test_healthz_answers_anybody(client: Client) -> None:
    response = client.get("/healthz")
    assert (response.status_code, response.content) == (200, b"ok")


def everybody(settings: Any) -> list[str]:
    return [f"{name} somewhere" for name in (*settings.QUEUES, CLOCK)]


def test_readyz_is_content_once_a_worker_of_each_queue_and_the_clock_were_heard(
    client: Client, db: None, settings: Any
) -> None:
    note(everybody(settings))
    response = client.get("/readyz")
    names = {"database", "broker", "documents", "batches", "imports", "mails", "webhooks", "housekeeping", "clock"}
    assert (response.status_code, response.json()) == (200, dict.fromkeys(names, True))


def test_a_second_beat_moves_the_first_one_on(db: None, settings: Any) -> None:
    WorkerHeartbeat.objects.create(name="documents somewhere", seen_at=timezone.now() - timedelta(hours=2))
    WorkerHeartbeat.objects.create(name="documents gone", seen_at=timezone.now() - timedelta(days=2))
    note(everybody(settings))
    assert health.heard_lately(timezone.now()) == {*settings.QUEUES, CLOCK}
    assert not WorkerHeartbeat.objects.filter(name="documents gone").exists()
    assert WorkerHeartbeat.objects.count() == 7


@pytest.mark.parametrize("silent", ["documents", "batches", "imports", "mails", "webhooks", "housekeeping", "clock"])
def test_readyz_names_whoever_was_not_heard_lately(client: Client, db: None, settings: Any, silent: str) -> None:
    note(everybody(settings))
    long_ago = timezone.now() - settings.HEARTBEAT_MAX_AGE - timedelta(seconds=1)
    WorkerHeartbeat.objects.filter(name__startswith=silent).update(seen_at=long_ago)
    response = client.get("/readyz")
    assert response.status_code == 503
    assert [name for name, lives in response.json().items() if not lives] == [silent]


def test_readyz_misses_the_folder_of_the_embedded_broker(
    client: Client, db: None, tmp_path: Path, settings: Any
) -> None:
    note(everybody(settings))
    (tmp_path / "queue").rmdir()
    response = client.get("/readyz")
    assert (response.status_code, response.json()["broker"]) == (503, False)


def test_readyz_misses_the_database_without_an_exception(
    client: Client, db: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Away:
        def cursor(self) -> None:
            raise DatabaseError("the database is away")

    monkeypatch.setattr(health, "connection", Away())
    response = client.get("/readyz")
    assert response.status_code == 503
    assert [name for name, is_there in response.json().items() if is_there] == ["broker"]


def said_by(diary: health.Diary, told: list[tuple[int, bool]]) -> list[tuple[str, object]]:
    """The lines for each (second, whether the worker is there)."""
    start = timezone.now()
    with capture_logs() as lines:
        for second, worker in told:
            diary.note({"database": True, "worker": worker}, start + timedelta(seconds=second))
    return [(line["event"], line.get("missing")) for line in lines]


def test_an_installation_that_is_well_says_nothing() -> None:
    assert said_by(health.Diary(), [(0, True), (10, True), (90, True)]) == []


def test_what_is_missing_is_said_once_a_minute_and_that_it_is_back_once() -> None:
    told = [(second, False) for second in range(0, 90, 10)] + [(90, True), (100, True)]
    missing = ("not_ready", ["worker"])
    assert said_by(health.Diary(), told) == [missing, missing, ("ready_again", None)]


def test_what_changes_is_said_at_once() -> None:
    assert len(said_by(health.Diary(), [(0, False), (1, True), (2, False)])) == 3


def test_a_question_whether_it_is_ready_is_no_line_of_its_own(
    client: Client, db: None, caplog: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(views, "DIARY", health.Diary())
    with caplog.at_level("INFO"):
        assert [client.get("/readyz").status_code for _ in range(3)] == [503] * 3
        client.get("/healthz")
    assert [record.getMessage() for record in caplog.records if "not_ready" not in record.getMessage()] == []
    assert len(caplog.records) == 1


def test_a_refused_connection_to_redis_is_no_broker(settings: Any) -> None:
    settings.REDIS_URL = f"redis://127.0.0.1:{free_port()}/0"
    assert not health.broker_answers()


@pytest.mark.redis
def test_a_frozen_redis_is_told_within_five_seconds(settings: Any, redis_server: RedisServer) -> None:
    settings.REDIS_URL = redis_server.url
    assert health.broker_answers()
    redis_server.freeze()
    started = time.monotonic()
    assert not health.broker_answers()
    assert time.monotonic() - started < patience(5)


def test_every_thread_sends_to_our_broker() -> None:
    seen = []
    thread = Thread(target=lambda: seen.append(current_app._get_current_object()))
    thread.start()
    thread.join()
    assert seen == [app]
