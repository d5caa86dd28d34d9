"""The database decides whether a session holds, whichever process keeps what it says."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from time import monotonic

import pytest
from django.contrib.sessions.models import Session
from django.core.cache.backends.base import BaseCache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts import sessions
from accounts.middleware import SESSION_KEY
from accounts.models import Membership, Role, User
from config import cache as steady
from config.cache import LocalCache, SteadyCache
from tests.factories import Cast
from tests.reports.servers import RedisServer


@pytest.fixture
def process(monkeypatch: pytest.MonkeyPatch) -> Callable[[str | BaseCache], object]:
    """`with process("one"):` what is asked in it is asked of a process with a memory of its own."""

    @contextmanager
    def within(which: str | BaseCache) -> Iterator[None]:
        with monkeypatch.context() as patched:
            patched.setattr(sessions, "cache", LocalCache(which, {}) if isinstance(which, str) else which)
            yield

    return within


@pytest.fixture
def anna(client: Client, cast: Cast) -> Client:
    client.force_login(cast.assessor.user)
    return client


def _is_in(client: Client) -> bool:
    return client.get(reverse("profile")).status_code == 200


def _queries(client: Client) -> list[str]:
    with CaptureQueriesContext(connection) as captured:
        assert _is_in(client)
    return [query["sql"] for query in captured]


def _same_browser(client: Client) -> Client:
    other = Client()
    other.cookies = client.cookies.copy()
    return other


def test_session_person_and_memberships_are_one_query(anna: Client) -> None:
    assert _is_in(anna)
    first, *others = _queries(anna)
    assert all(f'"{table}"' in first for table in ("django_session", "accounts_user", "accounts_organisation"))
    assert not any("django_session" in query or "accounts_membership" in query for query in others)


def test_a_sign_out_in_one_process_ends_the_session_in_another(anna: Client, process: Callable[..., object]) -> None:
    elsewhere = _same_browser(anna)
    with process("one"):
        assert _is_in(anna)
    with process("two"):
        assert _is_in(elsewhere)
        assert _is_in(elsewhere)
    with process("one"):
        anna.post(reverse("account_logout"))
    with process("two"):
        assert not _is_in(elsewhere)


def test_a_session_deleted_from_the_database_ends_whatever_is_kept(anna: Client) -> None:
    assert _is_in(anna)
    Session.objects.all().delete()
    assert not _is_in(anna)


def test_a_session_that_has_run_out_ends_whatever_is_kept(anna: Client) -> None:
    assert _is_in(anna)
    row = Session.objects.get()
    row.expire_date = timezone.now() - timedelta(seconds=1)
    row.save()
    assert not _is_in(anna)


def test_nor_is_one_good_for_longer_that_the_cache_keeps_too_long(
    anna: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert _is_in(anna)
    after = Session.objects.get().expire_date + timedelta(seconds=1)
    monkeypatch.setattr(timezone, "now", lambda: after)
    assert not _is_in(anna)


def test_what_a_session_says_is_the_same_in_all_processes(
    anna: Client, cast: Cast, process: Callable[..., object]
) -> None:
    Membership.objects.create(user=cast.assessor.user, organisation=cast.other_organisation, role=Role.READER)
    elsewhere = _same_browser(anna)
    for name, browser in {"one": anna, "two": elsewhere}.items():
        with process(name):
            assert _is_in(browser)
    for organisation in (cast.other_organisation, cast.organisation):
        with process("one"):
            anna.post(reverse("organisation_switch"), {"organisation": organisation.pk})
        with process("two"):
            assert _is_in(elsewhere)
            assert elsewhere.session[SESSION_KEY] == organisation.pk
            page = elsewhere.get(reverse("profile")).context
            assert page["member"].organisation == organisation


def test_a_raised_round_ends_the_session_and_so_does_a_closed_account(anna: Client, cast: Cast) -> None:
    assert _is_in(anna)
    User.objects.filter(pk=cast.assessor.user_id).update(is_active=False)
    assert not _is_in(anna)
    User.objects.filter(pk=cast.assessor.user_id).update(is_active=True)
    assert _is_in(anna)
    User.objects.filter(pk=cast.assessor.user_id).update(session_round=1)
    assert not _is_in(anna)
    assert not Session.objects.exists()


def test_whoever_is_a_member_no_longer_has_no_organisation_from_the_next_page_on(anna: Client, cast: Cast) -> None:
    assert anna.get(reverse("vendor_list")).status_code == 200
    Membership.objects.filter(pk=cast.assessor.pk).update(is_active=False)
    assert anna.get(reverse("vendor_list")).status_code == 403


def test_an_emptied_cache_signs_nobody_out(anna: Client) -> None:
    assert _is_in(anna)
    sessions.cache.delete(sessions.place_of(str(anna.session.session_key)))
    assert _is_in(anna)


def test_what_somebody_else_wrote_into_the_cache_opens_nothing(anna: Client, cast: Cast) -> None:
    stranger = Client()
    stranger.force_login(cast.stranger.user)
    mine, theirs = (sessions.place_of(str(one.session.session_key)) for one in (anna, stranger))
    assert _is_in(anna)
    assert _is_in(stranger)
    for written in (sessions.cache.get(theirs), sessions.cache.get(mine) + "?", "nonsense"):
        sessions.cache.set(mine, written)
        assert anna.get(reverse("profile")).context["user"] == cast.assessor.user


def test_whoever_reads_the_cache_learns_no_key_of_a_session(anna: Client) -> None:
    assert _is_in(anna)
    key = str(anna.session.session_key)
    assert sessions.cache.get(sessions.place_of(key))
    assert key not in sessions.place_of(key) + sessions.cache.get(sessions.place_of(key))


def test_staff_who_are_no_members_come_in_as_ever(client: Client, db: None) -> None:
    client.force_login(User.objects.create_superuser("staff@example.org"))
    for _ in range(2):
        assert client.get(reverse("admin:index")).status_code == 200


@pytest.mark.redis
def test_a_sign_out_while_redis_is_away_holds_when_it_is_back(
    anna: Client, tmp_path: Path, process: Callable[..., object]
) -> None:
    server = RedisServer(tmp_path).start()
    elsewhere = _same_browser(anna)
    try:
        with process(SteadyCache(server.url, {})):
            assert _is_in(anna)
            assert len([query for query in _queries(elsewhere) if "django_session" in query]) == 1
            steady._away[server.url] = monotonic() + 60
            assert _is_in(anna)
            anna.post(reverse("account_logout"))
            del steady._away[server.url]
            assert sessions.cache.get(sessions.place_of(elsewhere.cookies["sessionid"].value))
            assert not _is_in(elsewhere)
            elsewhere.cookies.clear()
    finally:
        server.kill()


@pytest.mark.redis
def test_a_dead_redis_signs_nobody_out(anna: Client, tmp_path: Path, process: Callable[..., object]) -> None:
    server = RedisServer(tmp_path).start()
    with process(SteadyCache(server.url, {"OPTIONS": {"socket_timeout": 1, "socket_connect_timeout": 1}})):
        assert _is_in(anna)
        server.kill()
        assert _is_in(anna)
        assert _is_in(anna)
