"""Redis is really emptied, killed and frozen: pages answer within five seconds, and every wish is met in the end."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPResponse
from urllib.parse import urlencode

import pytest
from django.conf import settings
from django.test import Client

from accounts.models import Membership, Organisation, Role
from accounts.sending.mark import FIELD
from reports.documents.job import request_rendering
from reports.models import Rendering, RenderingState, Scorecard
from tests.factories import make_member
from tests.patience import patience
from tests.reports.renderings import make_scorecard
from tests.reports.servers import RedisServer, free_port, wait_until
from tests.reports.workers import Workshop

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.redis, pytest.mark.postgres]
PAGE = 5  # seconds, on a machine at rest, that a page may take, whatever happens behind it
CSRF = "a" * 32


@pytest.fixture
def assessor(production_shape: Workshop) -> Membership:
    home = Organisation.objects.create(name="Harbour Hospital", slug="harbour")
    return make_member(home, "assessor", Role.ASSESSOR)


@pytest.fixture
def scorecard(assessor: Membership) -> Scorecard:
    return make_scorecard(assessor)


@dataclass(frozen=True, kw_only=True)
class Site:
    """A real web server, spoken to as a signed-in member."""

    port: int
    session: str

    def get(self, path: str) -> HTTPResponse:
        return self._ask("GET", path)

    def post(self, path: str, **fields: str) -> HTTPResponse:
        return self._ask("POST", path, urlencode({**fields, "csrfmiddlewaretoken": CSRF, FIELD: "end"}))

    def _ask(self, method: str, path: str, body: str = "") -> HTTPResponse:
        connection = HTTPConnection("127.0.0.1", self.port, timeout=120)
        cookies = f"{settings.SESSION_COOKIE_NAME}={self.session}; {settings.CSRF_COOKIE_NAME}={CSRF}"
        headers = {"Cookie": cookies, "Content-Type": "application/x-www-form-urlencoded"}
        connection.request(method, path, body, headers)
        response = connection.getresponse()
        response.read()
        return response

    def is_up(self) -> bool:
        try:
            return self.get("/healthz").status == 200
        except OSError:
            return False


@pytest.fixture
def site(production_shape: Workshop, assessor: Membership) -> Iterator[Site]:
    client = Client()
    client.force_login(assessor.user)
    site = Site(port=free_port(), session=client.cookies[settings.SESSION_COOKIE_NAME].value)
    small = ("--workers", "1", "--threads", "2")
    served = ("-m", "gunicorn", "--config", "config/gunicorn.py", "config.wsgi", "--bind", f"127.0.0.1:{site.port}")
    production_shape.start(*served, *small)
    wait_until(site.is_up, "the web server answers", report=production_shape.report)
    yield site


def wait_until_ready(workshop: Workshop, *wishes: Rendering) -> None:
    pks = [wish.pk for wish in wishes]
    wait_until(
        lambda: Rendering.objects.ready().filter(pk__in=pks).count() == len(pks),
        "the documents are ready",
        report=workshop.report,
    )


def test_wishes_are_met_although_redis_was_emptied(
    production_shape: Workshop, redis_server: RedisServer, scorecard: Scorecard
) -> None:
    wishes = [request_rendering(scorecard, language=language, requested_by=None) for language in ("en", "fr", "nl")]
    assert redis_server.waiting_messages() == 3
    redis_server.lose_everything()
    production_shape.start_workers()
    wait_until_ready(production_shape, *wishes)
    assert len(production_shape.executions()) == 3


def test_a_worker_outlives_its_redis_and_meets_what_was_wished_meanwhile(
    production_shape: Workshop, redis_server: RedisServer, scorecard: Scorecard
) -> None:
    worker = production_shape.start_workers()[0]
    redis_server.kill()
    wish = request_rendering(scorecard, language="en", requested_by=None)
    wait_until(lambda: worker.says("Connection to broker lost"), "the worker notices", report=worker.log)
    assert Rendering.objects.get(pk=wish.pk).state == RenderingState.QUEUED
    redis_server.start()
    wait_until_ready(production_shape, wish)
    assert worker.is_alive()
    assert len(production_shape.executions()) == 1


def test_a_page_answers_while_redis_is_frozen_and_the_wish_is_met_later(
    production_shape: Workshop, redis_server: RedisServer, scorecard: Scorecard, site: Site
) -> None:
    redis_server.freeze()
    started = time.monotonic()
    response = site.post(f"/scorecards/{scorecard.pk}/renderings/", language="fr")
    assert time.monotonic() - started < patience(PAGE)
    assert (response.status, response.headers["Location"]) == (302, f"/scorecards/{scorecard.pk}/#documents")
    wish = Rendering.objects.get()
    assert (wish.state, wish.language) == (RenderingState.QUEUED, "fr")
    redis_server.thaw()
    production_shape.start_workers()
    wait_until_ready(production_shape, wish)
    assert len(production_shape.executions()) == 1


def test_sixteen_wishes_at_once_on_a_frozen_redis_hold_nobody_up(
    production_shape: Workshop, redis_server: RedisServer, scorecard: Scorecard, site: Site
) -> None:
    """One of them waits for the time-out, and is the last one for a while."""
    site.get("/my-work/")
    redis_server.freeze()

    def seconds_for_a_wish(number: int) -> float:
        started = time.monotonic()
        language = ("en", "fr", "nl")[number % 3]
        assert site.post(f"/scorecards/{scorecard.pk}/renderings/", language=language).status == 302
        return time.monotonic() - started

    with ThreadPoolExecutor(17) as people:
        page = people.submit(lambda: seconds_for_a_page(site))
        wishes = list(people.map(seconds_for_a_wish, range(16)))
        assert max(*wishes, page.result()) < patience(PAGE)
    assert Rendering.objects.count() == 3
    redis_server.thaw()
    production_shape.start_workers()
    wait_until_ready(production_shape, *Rendering.objects.all())


def seconds_for_a_page(site: Site) -> float:
    started = time.monotonic()
    assert site.get("/my-work/").status == 200
    return time.monotonic() - started


def test_readiness_tells_of_a_frozen_and_of_a_dead_redis_while_pages_still_answer(
    redis_server: RedisServer, site: Site
) -> None:
    assert [name for name, is_there in readiness(site).items() if is_there] == ["database", "broker"]
    redis_server.freeze()
    assert readiness(site)["broker"] is False
    started = time.monotonic()
    assert site.get("/my-work/").status == 200
    assert time.monotonic() - started < patience(PAGE)
    redis_server.kill()
    assert readiness(site)["broker"] is False
    redis_server.start()
    assert readiness(site)["broker"] is True


def readiness(site: Site) -> dict[str, bool]:
    """What /readyz says, within the time that a page may take."""
    connection = HTTPConnection("127.0.0.1", site.port, timeout=patience(PAGE))
    connection.request("GET", "/readyz")
    state: dict[str, bool] = json.loads(connection.getresponse().read())
    return state
