"""A real browser, signed in by a cookie; any error that it meets on its way fails the test."""

from __future__ import annotations

import os
import shutil
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import Any

import pytest
from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from django.contrib.staticfiles.handlers import StaticFilesHandler
from django.core.handlers.base import BaseHandler
from django.db import connection
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from playwright.sync_api import Browser, Page, sync_playwright

from accounts.models import Membership
from tests.browser.axe import bring_axe
from tests.browser.premises import Premises
from tests.costs import counted_to_the_end
from tests.factories import Cast

# Playwright's synchronous calls run inside an event loop of its own, which Django would take for ours.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"

FLAGS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--js-flags=--no-opt --no-maglev",  # no page lives long enough to earn back what compiling it twice costs
)
# The shell is the same browser without what a desktop needs: a window of it costs a third.
BROWSERS = ("chromium-headless-shell", "chromium", "chromium-browser")
PATIENCE = 20_000  # ms: the machine may be busy
Visit = Callable[..., Page]
WindowOf = Callable[..., Page]


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    path = os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, BROWSERS)), None)
    if not path:
        pytest.skip("needs Chromium on PATH, or its path in CHROMIUM")
    with ExitStack() as ending:
        playwright = ending.enter_context(sync_playwright())
        running = playwright.chromium.launch(executable_path=path, args=list(FLAGS))
        ending.callback(running.close)
        yield running
        with counted_to_the_end():
            ending.close()


@pytest.fixture(autouse=True)
def _one_request_at_a_time(monkeypatch: pytest.MonkeyPatch) -> None:
    """All threads of the live server share one connection to SQLite in memory: two requests at once would lock its
    tables against each other, as no file or server does."""
    if connection.vendor != "sqlite":
        return
    turn, get_response = threading.Lock(), BaseHandler.get_response

    def in_turn(self: BaseHandler, request: HttpRequest) -> HttpResponseBase:
        with turn:
            return get_response(self, request)

    monkeypatch.setattr(BaseHandler, "get_response", in_turn)


@pytest.fixture(autouse=True, scope="session")
def _static_files_are_kept() -> Iterator[None]:
    """By the browser, as behind the real server: else each page of a walk would fetch its dozen files anew."""
    serve = StaticFilesHandler.serve

    def kept(self: StaticFilesHandler, request: HttpRequest) -> HttpResponseBase:
        response = serve(self, request)
        response["Cache-Control"] = "max-age=3600"
        return response

    StaticFilesHandler.serve = kept  # type: ignore[method-assign]
    yield
    StaticFilesHandler.serve = serve  # type: ignore[method-assign]


@pytest.fixture
def visit(browser: Browser, live_server: Any) -> Iterator[Visit]:
    """`visit("/my-work/", cast.assessor, width=390)`: a page of its own, in the language and theme asked for."""
    contexts = []
    troubles: list[str] = []

    def open_page(
        path: str, member: Membership | None = None, *, width: int = 1280, theme: str = "light", **options: Any
    ) -> Page:
        options = {
            "viewport": {"width": width, "height": 900},
            "locale": "en",
            "timezone_id": "Europe/Brussels",
        } | options
        context = browser.new_context(base_url=live_server.url, **options)
        contexts.append(context)
        context.set_default_timeout(PATIENCE)
        cookies = {"theme": theme} | ({settings.SESSION_COOKIE_NAME: session_of(member)} if member else {})
        context.add_cookies([{"name": key, "value": value, "url": live_server.url} for key, value in cookies.items()])
        page = context.new_page()
        listen(page, troubles)
        page.goto(path)
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert troubles == []


def listen(page: Page, troubles: list[str]) -> None:
    """Errors of scripts, and whatever the policy for contents blocks, a style inside a tag among it."""
    page.on("pageerror", lambda error: troubles.append(str(error)))
    page.on("console", lambda line: troubles.append(line.text) if "Content Security Policy" in line.text else None)


@pytest.fixture
def premises(live_server: Any, cast: Cast) -> Premises:
    """A place with every thing that a page can be about."""
    return Premises(cast)


@pytest.fixture
def window_of(browser: Browser, live_server: Any, premises: Premises) -> Iterator[WindowOf]:
    """`window_of("reader", language="fr")`: that person's window in it, kept open for the whole walk."""
    pages: dict[tuple[str, str], Page] = {}

    def window(who: str, *, language: str = "en", **options: Any) -> Page:
        if (who, language) not in pages:
            context = browser.new_context(base_url=live_server.url, reduced_motion="reduce", **options)
            context.set_default_timeout(PATIENCE)
            bring_axe(context)
            cookies = premises.cookies(who) | {settings.LANGUAGE_COOKIE_NAME: language}
            context.add_cookies(
                [{"name": key, "value": value, "url": live_server.url} for key, value in cookies.items()]
            )
            pages[who, language] = context.new_page()
        return pages[who, language]

    yield window
    for page in pages.values():
        page.context.close()


def session_of(member: Membership) -> str:
    """The key of a fresh session of this person: typing a password into every test would prove nothing more."""
    session = SessionStore()
    session[SESSION_KEY] = str(member.user.pk)
    session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
    session[HASH_SESSION_KEY] = member.user.get_session_auth_hash()
    session.save()
    return str(session.session_key)
