"""Without its database the site says so: 503, in the browser's language, and one line in the log."""

from __future__ import annotations

import logging
from collections.abc import Iterator

import psycopg
import pytest
from django.conf import settings
from django.db import OperationalError, connection
from django.db.backends.base.base import BaseDatabaseWrapper
from django.test import Client

from config import views


@pytest.fixture
def away(monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture) -> Iterator[None]:
    """Whoever asks the database learns that it refuses connections."""

    def refuse(*_args: object, **_options: object) -> None:
        raise OperationalError("connection refused\nIs the server running?") from psycopg.OperationalError("refused")

    caplog.set_level(logging.INFO)
    with monkeypatch.context() as patched:
        patched.setattr(BaseDatabaseWrapper, "cursor", refuse)
        patched.setattr(type(connection), "chunked_cursor", refuse, raising=False)
        yield


@pytest.fixture
def visitor() -> Client:
    """With the cookie of a session, which only the database knows."""
    client = Client(raise_request_exception=False)
    client.cookies[settings.SESSION_COOKIE_NAME] = "a" * 32
    return client


@pytest.mark.parametrize("path", ["/my-work/", "/", "/vendors/", "/admin/"])
def test_every_page_is_a_503_that_says_what_to_do(db: None, away: None, visitor: Client, path: str) -> None:
    response = visitor.get(path)
    assert (response.status_code, response.headers["Retry-After"]) == (503, "30")
    shown = response.content.decode()
    assert "The database does not answer" in shown
    assert "Try again in a minute." in shown


def test_it_follows_the_language_of_the_browser(db: None, away: None, visitor: Client) -> None:
    assert '<html lang="fr"' in visitor.get("/my-work/", headers={"accept-language": "fr"}).content.decode()
    visitor.cookies[settings.LANGUAGE_COOKIE_NAME] = "nl"
    assert '<html lang="nl"' in visitor.get("/my-work/").content.decode()


def test_it_is_one_line_of_error_without_a_traceback(
    db: None, away: None, visitor: Client, caplog: pytest.LogCaptureFixture
) -> None:
    visitor.get("/my-work/")
    (record,) = (record for record in caplog.records if record.levelno >= logging.WARNING)
    assert "database_away" in record.getMessage()
    assert "GET /my-work/" in record.getMessage()
    assert "Is the server running" not in record.getMessage()
    assert not record.exc_info


def test_a_fault_of_ours_is_still_a_500_with_its_traceback(
    db: None, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(*_args: object) -> None:
        raise OperationalError("no such table") from psycopg.errors.UndefinedTable("no such table")

    monkeypatch.setattr(views, "favicon_svg", broken)
    response = Client(raise_request_exception=False).get("/favicon.svg")
    assert response.status_code == 500
    assert "Something broke on our side" in response.content.decode()
    assert any("Traceback" in record.getMessage() or record.exc_info for record in caplog.records)


def test_whoever_watches_still_learns_what_is_missing(db: None, away: None, client: Client) -> None:
    assert client.get("/healthz").status_code == 200
    response = client.get("/readyz")
    assert (response.status_code, response.json()["database"]) == (503, False)
