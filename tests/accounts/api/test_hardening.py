"""The door of the API, whatever stands before it: it answers problems, and nobody is let past it."""

from __future__ import annotations

import json
import threading
from datetime import timedelta
from typing import Any

import pytest
from django.conf import settings
from django.core.cache import cache
from django.db import IntegrityError, connection, connections
from django.http import HttpRequest, HttpResponse
from django.test import Client, RequestFactory
from django.utils import timezone

from accounts.api import idempotency
from accounts.api.middleware import ApiAnswers
from accounts.api.problems import Problem
from accounts.founding.first_run import FirstRun
from accounts.models import AnsweredRequest, ApiToken
from tests.factories import Cast, make_token

pytestmark = pytest.mark.django_db
PROBLEM = "application/problem+json"


def ask(token: str = "", path: str = "/api/v1/me", method: str = "GET", **more: Any) -> HttpResponse:
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    headers |= more.pop("headers", {})
    return Client(raise_request_exception=False).generic(method, path, headers=headers, **more)


def code_of(response: HttpResponse) -> tuple[int, str]:
    assert response["Content-Type"] == PROBLEM, response.content[:200]
    return response.status_code, json.loads(response.content)["code"]


@pytest.fixture(autouse=True)
def _empty_cache() -> None:
    cache.clear()


def test_an_empty_installation_answers_a_problem_and_leads_no_program_to_a_page(
    db: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(FirstRun, "is_over", False)
    assert code_of(ask()) == (401, "no_token")
    assert ask(path="/api/v1/openapi.json").status_code == 200


def test_more_than_one_request_may_bring_is_refused_before_it_is_read(cast: Cast) -> None:
    much = b"x" * (settings.DATA_UPLOAD_MAX_MEMORY_SIZE + 1)
    assert code_of(ask(make_token(cast.reader), method="POST", data=much)) == (413, "too_large")


@pytest.mark.parametrize("body", [b"\xff\xfe{}", b'{"name": "\xc3\x28"}'])
@pytest.mark.parametrize("kind", ["application/json", "application/json; charset=latin-1", "text/plain; charset=x"])
def test_what_is_no_utf_8_is_refused_whatever_a_header_says(cast: Cast, body: bytes, kind: str) -> None:
    answer = ask(make_token(cast.reader), method="POST", data=body, content_type=kind)
    assert code_of(answer) == (400, "bad_request")


@pytest.mark.parametrize(("method", "status"), [("HEAD", 405), ("OPTIONS", 405), ("TRACE", 405), ("DELETE", 405)])
def test_other_methods_are_refused_as_problems(cast: Cast, method: str, status: int) -> None:
    answer = ask(make_token(cast.reader), method=method)
    assert answer.status_code == status
    assert answer["Content-Type"] == PROBLEM
    assert "GET" in answer["Allow"]


@pytest.mark.parametrize("path", ["/api/v1/me/", "/api/v1/", "/api/", "/api/v2/me", "/api/v1/../me", "/api/v1//me"])
def test_an_address_that_is_none_is_not_found_and_leads_nowhere(cast: Cast, path: str) -> None:
    assert code_of(ask(make_token(cast.reader), path)) == (404, "not_found")


@pytest.mark.parametrize("method", ["GET", "OPTIONS", "POST"])
@pytest.mark.parametrize("path", ["/api/v1/me", "/api/v1/openapi.json", "/api/v1/nothing"])
def test_no_page_of_another_site_is_ever_let_in(cast: Cast, method: str, path: str) -> None:
    headers = {"Origin": "https://elsewhere.example", "Access-Control-Request-Method": "GET"}
    for token in ("", make_token(cast.reader)):
        answer = ask(token, path, method, headers=headers)
        assert [name for name in answer.headers if name.lower().startswith("access-control")] == []


def test_a_form_is_no_body(cast: Cast) -> None:
    for kind in ("multipart/form-data; boundary=x", "multipart/form-data", "application/x-www-form-urlencoded"):
        form = {"data": b"--x\r\nbroken", "content_type": kind}
        assert code_of(ask(make_token(cast.reader), method="POST", **form)) == (400, "bad_request")


def test_the_door_knows_when_a_token_was_last_used_to_the_minute(cast: Cast) -> None:
    secret = make_token(cast.reader)
    ask(secret)
    first = ApiToken.objects.get().last_used_at
    assert first is not None
    ask(secret)
    assert ApiToken.objects.get().last_used_at == first
    ApiToken.objects.update(last_used_at=first - timedelta(minutes=2))
    ask(secret)
    assert ApiToken.objects.get().last_used_at >= first


# How often ------------------------------------------------------------------------------------------------------------
@pytest.fixture
def stopped(monkeypatch: pytest.MonkeyPatch) -> None:
    """The clock stands: however slow the machine, no minute ends in between."""
    now = timezone.now()
    monkeypatch.setattr(timezone, "now", lambda: now)


@pytest.mark.usefixtures("stopped")
def test_a_token_may_ask_so_often_and_is_told_what_is_left(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settings, "API_REQUESTS_PER_MINUTE", 2)
    secret, other = make_token(cast.reader), make_token(cast.reader)
    assert [ask(secret)["RateLimit-Remaining"] for _turn in range(2)] == ["1", "0"]
    refused = ask(secret)
    assert code_of(refused) == (429, "too_many")
    assert 1 <= int(refused["Retry-After"]) <= 60
    assert ask(other).status_code == 200


@pytest.mark.usefixtures("stopped")
def test_many_wrong_tokens_from_one_address_are_held_up_and_a_good_one_is_not(cast: Cast) -> None:
    codes = [code_of(ask(f"cm_{number}")) for number in range(22)]
    assert codes == [(401, "no_token")] * 20 + [(429, "too_many")] * 2
    assert ask(make_token(cast.reader)).status_code == 200


# Once -----------------------------------------------------------------------------------------------------------------
def request_of(token: ApiToken, key: str, body: bytes = b"{}") -> Any:
    headers = {"Idempotency-Key": key}
    request = RequestFactory().post("/api/v1/things", body, content_type="application/json", headers=headers)
    request.token = token  # type: ignore[attr-defined]
    return request


def test_a_write_that_is_sent_twice_is_done_once(cast: Cast) -> None:
    make_token(cast.reader)
    token, done = ApiToken.objects.get(), []

    def do() -> HttpResponse:
        done.append(1)
        return HttpResponse(b'{"n": 1}', status=201, content_type="application/json")

    answers = [idempotency.once(request_of(token, "a"), timezone.now(), do) for _turn in range(2)]
    assert len(done) == 1
    assert [(one.status_code, one.content) for one in answers] == [(201, b'{"n": 1}')] * 2
    assert answers[1]["Idempotency-Replayed"] == "true"
    with pytest.raises(Problem) as other:
        idempotency.once(request_of(token, "a", b'{"x": 1}'), timezone.now(), do)
    assert other.value.code == "key_reused"


def test_what_broke_may_be_tried_again(cast: Cast) -> None:
    make_token(cast.reader)
    token = ApiToken.objects.get()
    idempotency.once(request_of(token, "a"), timezone.now(), lambda: HttpResponse(status=503))
    assert not AnsweredRequest.objects.exists()


@pytest.mark.parametrize("rival", ["answered", "under way", "gone"])
def test_whoever_comes_second_by_a_moment_does_nothing(cast: Cast, monkeypatch: pytest.MonkeyPatch, rival: str) -> None:
    """`gone`: the other one broke between the writing and the look."""
    make_token(cast.reader)
    token = ApiToken.objects.get()
    idempotency.once(request_of(token, "a"), timezone.now(), lambda: HttpResponse(b"{}", status=201))
    if rival == "under way":
        AnsweredRequest.objects.update(status=None)
    if rival == "gone":
        monkeypatch.setattr(AnsweredRequest, "save", _beaten)
        AnsweredRequest.objects.all().delete()

    def never() -> HttpResponse:
        raise AssertionError

    try:
        said: object = idempotency.once(request_of(token, "a"), timezone.now(), never).status_code
    except Problem as problem:
        said = problem.code
    assert said == (201 if rival == "answered" else "under_way")


def _beaten(row: AnsweredRequest, **_options: Any) -> None:
    raise IntegrityError


@pytest.mark.skipif(connection.vendor != "postgresql", reason="needs connections that do not share one lock")
@pytest.mark.django_db(transaction=True)
def test_of_many_that_come_at_once_one_is_done(cast: Cast) -> None:
    """Each by a connection of its own."""
    at = {"made_at": timezone.now(), "expires_at": timezone.now()}
    of = {"organisation": cast.organisation, "member": cast.reader, "made_by": cast.reader.user}
    token, done, said = ApiToken.objects.create(name="Twice", token_hash="x", **at, **of), [], []
    start = threading.Barrier(4)

    def do() -> HttpResponse:
        done.append(1)
        return HttpResponse(b"{}", status=201)

    def send() -> None:
        try:
            start.wait(5)
            said.append(idempotency.once(request_of(token, "a"), timezone.now(), do).status_code)
        except Problem as problem:
            said.append(problem.code)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=send) for _number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    assert len(done) == 1
    assert set(said) <= {201, "under_way"}
    assert len(said) == 4


def test_a_size_that_is_no_number_is_refused() -> None:
    request = HttpRequest()
    request.path_info, request.META = "/api/v1/me", {"CONTENT_LENGTH": "-1"}
    assert code_of(ApiAnswers(lambda _request: HttpResponse())(request)) == (400, "bad_request")
