"""Nothing that opens a door, and nobody's mail address, stands in a log, in whatever shape it comes."""

from __future__ import annotations

import io
import logging
import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

import pytest
import structlog
from django.conf import settings
from django.test import Client
from django.urls import reverse
from hypothesis import assume, given
from hypothesis import strategies as st

from accounts.logs import SECRETS, redacted, without_tokens
from accounts.middleware import RequestLog
from accounts.models import new_token
from tests.factories import Cast, make_token

TOKENS = st.text("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_", min_size=20, max_size=43)
FRAMES = (
    "{}",
    "GET {}",
    "Not Found: {}",
    "/account/login/?next={}",
    "/account/login/?next={}&theme=dark",
    "/account/login/?next={}#answers",
    "Referer checking failed - https://manifesto.example.org{} does not match any trusted origins.",
    "Error handling request '{}'",
    "<WSGIRequest: GET '{}?thanks=1'>",
)


@given(TOKENS, st.sampled_from(SECRETS), st.integers(0, 4), st.booleans(), st.sampled_from(FRAMES))
def test_a_token_is_left_out_however_often_its_address_was_encoded(
    token: str, start: str, times: int, whole: bool, frame: str
) -> None:
    path = f"{start}{token}/"
    for _ in range(times):
        path = quote(path, safe="")
    if whole and times:  # every character, as some mail programs do
        path = "".join(f"%{ord(one):02X}" for one in f"{start}{token}/")
        token = "".join(f"%{ord(one):02X}" for one in token)

    said = redacted(frame.format(path))

    assert token not in said
    assert "…" in said


@pytest.mark.parametrize("slashes", ["//", "%2F/", "%2f%2F", "\\", "%5C", "\\/"])
@pytest.mark.parametrize("start", SECRETS)
def test_a_token_is_left_out_behind_a_slash_too_many_or_of_the_other_kind(start: str, slashes: str) -> None:
    assert "token" not in redacted(f"GET {start.removesuffix('/')}{slashes}token/")


KEYS = st.builds("{}{}".format, st.sampled_from(("cm_", "whsec_", "whsk_")), TOKENS)
CARRIED = (
    "{}",
    "Authorization: Bearer {}",
    "authorization=bearer {}",
    "curl -H 'Authorization: Bearer {}' https://manifesto.example.org/api/v1/me",
    '{{"Authorization": "Bearer {}", "Accept": "*/*"}}',
    "{{'HTTP_AUTHORIZATION': 'Bearer {}'}}",
    "GET /api/v1/me?token={}&x=1",
    "GET /api/v1/me?q=Bearer%20{}",
    "('Authorization', 'Bearer {}')",
    "Traceback: no token {} in <WSGIRequest: GET '/api/v1/me'>",
)


@given(KEYS, st.integers(0, 2), st.sampled_from(CARRIED))
def test_a_key_to_the_api_is_left_out_wherever_it_stands(key: str, times: int, frame: str) -> None:
    line = frame.format(key)
    for _ in range(times):
        line = quote(line, safe="")
    assert key.partition("_")[2][7:] not in redacted(line)


@given(TOKENS, st.sampled_from([frame for frame in CARRIED if "uthorization" in frame or "AUTHORIZATION" in frame]))
def test_what_stands_behind_authorization_is_left_out_whatever_it_is(secret: str, frame: str) -> None:
    assert secret not in redacted(frame.format(secret))


@pytest.mark.parametrize("name", ["Authorization", "HTTP_AUTHORIZATION", "authorization", "Proxy-Authorization"])
def test_a_header_that_is_logged_by_its_name_is_hidden_whole(name: str) -> None:
    event = without_tokens(None, "info", {"event": "asked", name: "x1", "headers": {name: "Basic x1", "Accept": "*"}})
    assert "x1" not in repr(event)
    assert event["headers"]["Accept"] == "*"


def test_words_about_authorization_stay() -> None:
    for line in ("Authorization failed for vendor 7", "the bearer of bad news", "cm_12 is short"):
        assert redacted(line) == line


@given(TOKENS, st.sampled_from(FRAMES))
def test_what_is_no_secret_stays(word: str, frame: str) -> None:
    assume("cm_" not in word)
    line = frame.format(f"/vendors/{word}/")
    assert redacted(line) == line


def test_what_stands_behind_the_token_stays() -> None:
    assert redacted("/account/login/?next=/pulse/secret/%3Fthanks&x=1") == "/account/login/?next=/pulse/…/%3Fthanks&x=1"
    assert redacted("/login/?next=%252Finvitation%252Fsecret%252F&x=1") == "/login/?next=%252Finvitation%252F…%252F&x=1"


@pytest.mark.parametrize("address", ["anna.smith@mail.example.org", "anna.smith%40mail.example.org"])
def test_of_a_mail_address_only_the_domain_stays(address: str) -> None:
    said = redacted(f"{{'{address}': (550, b'no such user')}}")
    assert "anna" not in said and "smith" not in said
    assert "mail.example.org" in said and "550" in said


def test_a_long_line_is_read_in_no_time() -> None:
    """2 MB of one word: a pattern that went back over it would take minutes."""
    for line in ("a" * 2_000_000, "cm_" * 700_000, "authorization " * 150_000):
        assert len(redacted(line)) <= len(line)


@pytest.mark.parametrize(
    "value",
    [
        ValueError("/pulse/secret-token/"),
        {"request": ["/pulse/secret-token/"]},
        ("GET", b"/pulse/secret-token/"),
        {"/pulse/secret-token/": 1},
    ],
)
def test_no_value_of_a_line_is_too_deep(value: Any) -> None:
    event = without_tokens(None, "info", {"event": "failed", "value": value, "code": 500, "missing": None})
    assert "secret-token" not in repr(event)
    assert (event["code"], event["missing"]) == (500, None)


@pytest.mark.parametrize(
    "path",
    [
        "/invitation/secret-token/",
        "/account/password/reset/key/1-secret-token/",
        "/pulse/secret-token/?thanks=1",
        "/account/login/?next=%2Finvitation%2Fsecret-token%2F",
    ],
)
def test_tokens_of_mailed_links_are_not_in_the_line_of_a_request(rf: Any, path: str) -> None:
    assert "secret-token" not in RequestLog.format_request(rf.get(path))


# The whole way ---------------------------------------------------------------------------------------------------
@pytest.fixture
def lines() -> Iterator[io.StringIO]:
    """What every logger writes through our own formatter, Django's and gunicorn's, too."""
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    shape = dict(settings.LOGGING["formatters"]["lines"])
    handler.setFormatter(shape.pop("()")(**shape))
    loggers = [logging.getLogger(name) for name in ("", "gunicorn.error")]
    level = loggers[0].level
    loggers[0].setLevel(logging.INFO)
    for logger in loggers:
        logger.addHandler(handler)
    yield stream
    for logger in loggers:
        logger.removeHandler(handler)
    loggers[0].setLevel(level)


def test_the_token_of_an_invitation_that_asks_for_a_sign_in_is_in_no_line(
    cast: Cast, client: Client, lines: io.StringIO
) -> None:
    """Somebody invited who has an account is sent to sign in first, and comes back by `next=`."""
    token, _hash = new_token()
    client.get(reverse("account_login"), {"next": reverse("invitation_accept", args=[token])})
    client.get(reverse("invitation_accept", args=[token]), headers={"referer": f"https://x.example/invitation/{token}"})
    assert "request_finished" in lines.getvalue()
    assert token not in lines.getvalue()


def test_the_token_of_a_call_to_the_api_is_in_no_line(cast: Cast, lines: io.StringIO) -> None:
    secret = make_token(cast.reader)
    for path in ("/api/v1/me", f"/api/v1/{secret}", f"/api/v1/editions?after={secret}"):
        Client().get(path, headers={"Authorization": f"Bearer {secret}"})
    assert "request_finished" in lines.getvalue()
    assert secret not in lines.getvalue()


def test_gunicorn_and_tracebacks_are_redacted_too(lines: io.StringIO) -> None:
    try:
        raise ValueError("no vendor at /vendor-link/secret-token/")
    except ValueError:
        logging.getLogger("gunicorn.error").exception("Error handling request %s", "/vendor-link/secret-token/")
        structlog.get_logger("ours").exception("request_failed", request="GET /vendor-link/secret-token/")
    assert lines.getvalue().count("Traceback") == 2
    assert "secret-token" not in lines.getvalue()


def test_a_page_that_somebody_may_not_see_is_one_line_without_a_traceback(
    cast: Cast, signed_in: Any, lines: io.StringIO
) -> None:
    assert signed_in(cast.reader).get(reverse("member_list")).status_code == 403
    said = [line for line in lines.getvalue().splitlines() if re.search(r"code\W+403\b|Forbidden", line)]
    assert len(said) == 1 and "request_finished" in said[0]
    assert "Traceback" not in lines.getvalue()


def test_an_error_has_one_traceback(cast: Cast, signed_in: Any, lines: io.StringIO, monkeypatch: Any) -> None:
    from config import views

    def broken(*_: object) -> None:
        raise RuntimeError("broken")

    monkeypatch.setattr(views, "work_of", broken)
    client = signed_in(cast.reader)
    client.raise_request_exception = False
    assert client.get(reverse("work")).status_code == 500
    assert lines.getvalue().count("Traceback (most recent call last)") == 1


@pytest.mark.parametrize(
    ("proxies", "forwarded", "logged"),
    [
        (0, "203.0.113.9", "127.0.0.1"),  # nobody stands in front: whoever sends the header has made it up
        (1, "198.51.100.1, 203.0.113.9", "203.0.113.9"),
        (2, "198.51.100.1, 203.0.113.9", "198.51.100.1"),
        (2, "203.0.113.9", "127.0.0.1"),  # past one of the two
    ],
)
def test_the_address_of_the_visitor_is_the_one_that_our_proxies_tell(
    rf: Any, settings: Any, proxies: int, forwarded: str, logged: str
) -> None:
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = proxies
    RequestLog.bind_ip(rf.get("/", headers={"x-forwarded-for": forwarded}))
    try:
        assert structlog.contextvars.get_contextvars()["ip"] == logged
    finally:
        structlog.contextvars.clear_contextvars()
