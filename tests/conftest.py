"""The standing cast and the house rules of the tests."""

from __future__ import annotations

import gc
import os
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from types import SimpleNamespace
from typing import Any

import pytest
from django.apps import apps
from django.conf import settings as django_settings
from django.contrib.auth.models import Permission
from django.contrib.contenttypes.models import ContentType
from django.core.cache import caches
from django.core.management.commands import flush
from django.db import OperationalError, connection
from django.test import Client, RequestFactory, override_settings
from django.test.client import MULTIPART_CONTENT
from django.utils import translation
from hypothesis import HealthCheck, settings
from whitenoise.middleware import WhiteNoiseMiddleware

import manifesto.apps
from accounts import immutable, mail
from accounts.founding.first_run import FirstRun
from accounts.models import Membership, User
from accounts.sending import mark
from groundwork.jobs import nudging
from manifesto import printed
from tests.factories import Cast, make_cast

pytest_plugins = ["tests.costs", "tests.object_store"]

# A busy machine is no fault of the code under test. Laws of the arithmetic are tried on few examples each time, since
# every run draws others; HYPOTHESIS_EXAMPLES=1000 is the thorough run (a test on the database takes its share of it).
settings.register_profile(
    "house",
    max_examples=int(os.environ.get("HYPOTHESIS_EXAMPLES") or 40),
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.load_profile("house")


# Looking for cycles among all that is collected is a third of what collecting costs, and none of it ever goes. In the
# tests they are looked for, as what a thread leaves open may be closed by nothing else; but not at every 700th thing,
# in the midst of a page or a document: that was a seventh of what a PDF costs.
IN_TESTS = (10_000, 10, 10)
gc.set_threshold(100_000, 20, 100)


def pytest_collection_finish() -> None:
    gc.freeze()
    gc.set_threshold(*IN_TESTS)


# On a busy machine no file is left to a worker that no test has.
django_settings.IMPORT_LOOK_SECONDS = 30.0

# What takes longest comes first, so that no process works alone at the end.
FIRST = (
    "tests/browser/test_pages_everywhere",
    "tests/reports/documents/test_survives",  # they wait more than they work
    "tests/browser/",
    "tests/conventions/",
    "tests/reports/documents/",
    "tests/config/test_access",
)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    items.sort(key=lambda item: next((rank for rank, path in enumerate(FIRST) if item.nodeid.startswith(path)), 99))


@pytest.fixture(autouse=True)
def _line_to_the_broker() -> None:
    """A test without a broker silences nobody after it."""
    nudging.line = nudging.Line()


@pytest.fixture(autouse=True)
def _editions_are_read_anew() -> None:
    """What a test writes into a published edition, with the refusals taken away, no other test reads."""
    printed.forget()


@pytest.fixture(autouse=True, scope="session")
def _static_files_are_listed_once() -> Iterator[None]:
    """Each test client has a middleware of its own that looks at all of them: a seventh of what tests of views cost."""
    look, seen = WhiteNoiseMiddleware.add_files_from_finders, {}

    def look_once(self: WhiteNoiseMiddleware) -> None:
        if not seen:
            others, self.files = self.files, {}
            look(self)
            seen.update(self.files)
            self.files = others
        self.files.update(seen)

    WhiteNoiseMiddleware.add_files_from_finders = look_once
    yield
    WhiteNoiseMiddleware.add_files_from_finders = look


@pytest.fixture(autouse=True, scope="session")
def _the_first_day_is_over() -> None:
    """As in a process that has seen somebody: only the tests of the first page begin before that."""
    FirstRun.is_over = True


@pytest.fixture(autouse=True, scope="session")
def _a_cache_of_its_own() -> None:
    """Each of the processes side by side: else one that empties its cache would empty those of the others."""
    cache = django_settings.CACHES["default"]
    if number := os.environ.get("PYTEST_XDIST_WORKER", "").removeprefix("gw"):
        server = cache.get("LOCATION", "").rpartition("/")[0]
        cache["LOCATION"] = f"{server}/{1 + int(number)}" if server else ""
        with suppress(AttributeError):
            del caches["default"]  # made while the apps were loaded


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: Any) -> None:
    """PostgreSQL empties tables with TRUNCATE, which the immutable ones refuse; a test
    of that installs it anew in its own transaction."""
    if connection.vendor == "postgresql":
        with django_db_blocker.unblock():
            immutable.let_tables_be_emptied()


@pytest.fixture(autouse=True)
def _rows_can_be_flushed_on_sqlite(request: pytest.FixtureRequest) -> Iterator[None]:
    """SQLite empties tables with DELETE, which the immutable rows refuse; the flush brings the triggers back."""
    yield
    names = set(request.fixturenames)
    if names & {"transactional_db", "live_server"} and connection.vendor == "sqlite":
        immutable.remove_all()


@pytest.fixture(autouse=True, scope="session")
def _what_migrate_makes_outlives_a_flush() -> Iterator[None]:
    """After each test without a transaction of its own, the flush would have each model's types and permissions and
    every trigger made anew: more than most of these tests cost. PostgreSQL keeps triggers; the rest is kept here."""
    if connection.vendor != "postgresql":
        yield
        return
    kept = {ContentType._meta.db_table, Permission._meta.db_table}

    def all_others(style: Any, connection: Any, **options: Any) -> list[str]:
        tables = connection.introspection.django_table_names(only_existing=True, include_views=False)
        sql: list[str] = connection.ops.sql_flush(style, sorted({*tables} - kept), **options)
        return sql

    def only_the_group(verbosity: int, interactive: bool, db: str, **_: Any) -> None:
        manifesto.apps._make_group_of_editors(apps.get_app_config("manifesto"), using=db)

    emptied = connection.ops.execute_sql_flush

    def when_nobody_holds_a_table(statements: list[str]) -> None:
        """A request that the browser left behind may still be at a table: of two that wait for each other one is
        refused, and it is this one that comes again."""
        for _ in range(4):
            with suppress(OperationalError):
                return emptied(statements)
            time.sleep(0.5)
        return emptied(statements)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(connection.ops, "execute_sql_flush", when_nobody_holds_a_table)
        patch.setattr(flush, "sql_flush", all_others)
        patch.setattr(flush, "emit_post_migrate_signal", only_the_group)
        yield


@pytest.fixture(autouse=True)
def _own_data_folder(settings: Any, tmp_path: Any) -> None:
    """Nothing that a test writes lands in the installation's own folder."""
    settings.MEDIA_ROOT = tmp_path / "media"


@pytest.fixture(autouse=True, scope="session")
def _forms_are_sent_whole() -> Iterator[None]:
    """As browsers send them: with the field that each form ends with."""
    encode = RequestFactory._encode_data

    def with_its_end(self: RequestFactory, data: Any, content_type: str) -> bytes:
        if content_type == MULTIPART_CONTENT and mark.FIELD not in data:
            data = {**data, mark.FIELD: "end"}
        return encode(self, data, content_type)

    RequestFactory._encode_data = with_its_end
    yield
    RequestFactory._encode_data = encode


@pytest.fixture(autouse=True, scope="session")
def _mails_of_the_sign_in_are_sent_at_once() -> Iterator[None]:
    """Not by a thread beside the answer: that would have another connection to the database."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(mail, "_beside", SimpleNamespace(submit=lambda work, *arguments: work(*arguments)))
        patch.setattr(mail, "close_connections", lambda: None)
        patch.setattr(mail, "PAUSE", 0)
        yield


@pytest.fixture(autouse=True, scope="session")
def _passwords_are_hashed_quickly() -> Iterator[None]:
    """A safe hash costs 0.3 s each time."""
    with override_settings(PASSWORD_HASHERS=["django.contrib.auth.hashers.MD5PasswordHasher"]):
        yield


@pytest.fixture(autouse=True)
def _in_english() -> Iterator[None]:
    """A request leaves its language active in this thread: the next test would speak it too."""
    translation.activate("en")
    yield
    translation.deactivate()


@pytest.fixture
def cast(db: None) -> Cast:
    return make_cast()


@pytest.fixture
def signed_in(client: Client) -> Callable[[Membership | User], Client]:
    """`signed_in(cast.reader).get(…)`: the test client as that person, without hashing a password."""

    def as_person(person: Membership | User) -> Client:
        client.force_login(person.user if isinstance(person, Membership) else person)
        return client

    return as_person
