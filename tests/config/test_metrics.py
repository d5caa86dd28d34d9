"""/metrics: what is counted, for whom, and what it costs."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.cache import cache
from django.db import connection
from django.http import HttpResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from prometheus_client.parser import text_string_to_metric_families

from assessments.models import Digest
from config import conflicts
from config.broker import Channel
from config.metrics import KINDS
from reports.documents.job import request_rendering
from reports.models import Rendering
from tests.factories import Cast
from tests.reports.renderings import make_ready, make_scorecard
from tests.reports.servers import free_port

TOKEN = "0123456789abcdef0123456789abcdef"
Figures = dict[tuple[str, ...], float]


@pytest.fixture(autouse=True)
def watched(settings: Any, tmp_path: Path) -> None:
    settings.METRICS_TOKEN = TOKEN
    settings.BROKER_FOLDER = tmp_path
    settings.REDIS_URL = ""
    (tmp_path / "queue").mkdir()


def figures(client: Client) -> Figures:
    """By name and labels."""
    response = client.get("/metrics", headers={"authorization": f"Bearer {TOKEN}"})
    assert response.status_code == 200
    families = text_string_to_metric_families(response.content.decode())
    return {
        (sample.name.removeprefix("manifesto_"), *sample.labels.values()): sample.value
        for family in families
        for sample in family.samples
    }


@pytest.mark.django_db
@pytest.mark.parametrize("said", ["", "Bearer ", "Bearer another", f"Basic {TOKEN}", TOKEN, f"Bearer {TOKEN}é"])
def test_without_its_token_nothing_is_there(client: Client, said: str, settings: Any) -> None:
    assert client.get("/metrics", headers={"authorization": said}).status_code == 404
    settings.METRICS_TOKEN = ""
    assert client.get("/metrics", headers={"authorization": "Bearer "}).status_code == 404


def test_who_is_signed_in_reads_no_more_than_anybody(signed_in: Any, cast: Cast) -> None:
    assert signed_in(cast.admin).get("/metrics").status_code == 404


def test_jobs_are_told_by_kind_and_state_also_where_there_is_none(client: Client, cast: Cast) -> None:
    card = make_scorecard(cast.assessor)
    make_ready(card)
    request_rendering(card, language="fr", requested_by=None)
    told = figures(client)
    assert (told["jobs", "document", "ready"], told["jobs", "document", "queued"]) == (1, 1)
    for name, (kind, _since) in KINDS.items():
        for state, _label in kind.rows().model._meta.get_field("state").choices:
            assert ("jobs", name, state) in told
    assert told["jobs", "webhook", "dead"] == 0


def test_the_oldest_that_waits_is_told_and_what_a_worker_holds_does_not_wait(client: Client, cast: Cast) -> None:
    wish = request_rendering(make_scorecard(cast.assessor), language="fr", requested_by=None)
    now = timezone.now()
    rows = Rendering.objects.filter(pk=wish.pk)
    rows.update(requested_at=now - timedelta(minutes=5))
    assert 300 <= figures(client)["oldest_waiting_seconds", "document"] < 400
    rows.update(token="0" * 32, lease_until=now + timedelta(minutes=1), state="rendering")
    assert figures(client)["oldest_waiting_seconds", "document"] == 0


def test_a_summary_mail_waits_from_its_day_on(client: Client, cast: Cast) -> None:
    Digest.objects.create(user=cast.reader.user, day=timezone.localdate() - timedelta(days=1))
    assert 86_400 <= figures(client)["oldest_waiting_seconds", "mail"] < 2 * 86_400


@pytest.mark.django_db
def test_messages_are_counted_by_queue_and_a_broker_that_is_away_is_told(
    client: Client, settings: Any, tmp_path: Path
) -> None:
    for queue in ("documents", "documents", "mails"):
        Channel._put(_Folder(tmp_path / "queue"), queue, {})  # type: ignore[arg-type]
    told = figures(client)
    assert [told["queue_messages", name] for name in ("documents", "mails", "imports")] == [2, 1, 0]
    assert told["broker_up",] == 1
    settings.REDIS_URL = f"redis://127.0.0.1:{free_port()}/0"
    told = figures(client)
    assert told["broker_up",] == 0
    assert not [key for key in told if key[0] == "queue_messages"]


class _Folder:
    def __init__(self, path: Path) -> None:
        self.data_folder_out = str(path)


@pytest.mark.django_db
def test_it_costs_four_queries_however_many_jobs_there_are(client: Client, cast: Cast) -> None:
    figures(client)
    with CaptureQueriesContext(connection) as asked:
        figures(client)
    assert len(asked) == 4


def test_a_save_that_somebody_else_was_first_with_is_counted_over_all_processes(rf: Any) -> None:
    cache.delete(conflicts.KEY)
    for status in (200, 409, 412, 423):
        conflicts.CountConflicts(lambda _request, status=status: HttpResponse(status=status))(rf.get("/"))  # type: ignore[misc]
    assert conflicts.counted() == 2
