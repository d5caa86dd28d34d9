"""`bin/manage set_up`: fonts, static files, database, bank, demo data or none; what is there already stays as it is."""

import hashlib
import signal
import subprocess
import sys
import threading
from argparse import ArgumentParser
from collections.abc import Iterator
from contextlib import contextmanager
from io import StringIO
from typing import Any

from django.conf import settings
from django.contrib.staticfiles.finders import get_finder, get_finders
from django.core.exceptions import ImproperlyConfigured
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError
from django.utils import timezone

from accounts.founding import tokens
from config.checks import refuse_to_serve
from config.demo import loading as demo


class Command(BaseCommand):
    help = "Prepares this installation in one go; repeating it changes nothing."
    requires_system_checks = ()  # `migrate` checks the database itself

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--empty", action="store_true", help="without demo data; its first page asks for a token")
        parser.add_argument("--assets", action="store_true", help="fonts and static files alone")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            refuse_to_serve()
        except ImproperlyConfigured as wrong:
            raise CommandError(str(wrong)) from wrong
        if options["assets"]:
            _step("The fonts and static files could not be written: may DATA_DIR be?", _assets, OSError)
            return
        with _assets_meanwhile():
            self._fill(options)

    def _fill(self, options: dict[str, Any]) -> None:
        _step("The database could not be prepared: does DATABASE_URL answer?", _database, DatabaseError)
        begins_empty = options["empty"] or settings.PRODUCTION
        shows_demo = not begins_empty and not tokens.was_made()  # whoever once began without it gets none later
        if shows_demo and demo.is_empty():
            demo.load_bank(timezone.localdate())
        call_command("load_bank", publish=True, stdout=StringIO())
        if begins_empty:
            begin_empty()
        elif shows_demo:
            call_command("load_demo", if_empty=True, verbosity=0)


def begin_empty() -> None:
    """From here on every page leads to the first one, until the organisation is there; bin/run shows the token."""
    if not tokens.was_made():
        tokens.make(timezone.now())


def _step(what_to_do: str, step: Any, fault: type[Exception]) -> None:
    try:
        step()
    except fault as error:
        raise CommandError(f"{what_to_do} ({error})") from error


@contextmanager
def _assets_meanwhile() -> Iterator[None]:
    """In a process of their own: they need no database, take half as long, and most machines have two cores."""
    beside = _begin_assets()
    try:
        yield
    except BaseException:
        beside.terminate()
        raise
    finally:
        failed = beside.wait()
    if failed:
        raise CommandError("The fonts and static files were not made: see the line above.")


def _begin_assets() -> subprocess.Popen[bytes]:
    return subprocess.Popen([sys.executable, "-m", "django", "set_up", "--assets"], cwd=settings.BASE_DIR)


def _assets() -> None:
    call_command("build_fonts", verbosity=0)
    if settings.STATIC_MANIFEST:
        built = settings.DATA_DIR / "built"
        if built not in settings.STATICFILES_DIRS:
            settings.STATICFILES_DIRS.append(built)  # it did not exist yet when the settings were read
            get_finder.cache_clear()  # type: ignore[attr-defined]
        _collect_static()


def _collect_static() -> None:
    """Compressing every file takes half a minute, so only where one of them has changed.

    What an interrupted run left behind may be half a file, which looks newer than its source: then all begins anew.
    """
    stamp = settings.STATIC_ROOT / "collected"
    state = _state_of_static_files()
    was_whole = stamp.is_file()
    if was_whole and stamp.read_text() == state:
        return
    stamp.unlink(missing_ok=True)
    with _ended_at_once_by_ctrl_c():
        call_command("collectstatic", interactive=False, verbosity=0, clear=not was_whole)
    stamp.write_text(state)


@contextmanager
def _ended_at_once_by_ctrl_c() -> Iterator[None]:
    """Else Python waits until every file is compressed, and then shows a traceback."""
    if threading.current_thread() is not threading.main_thread():
        yield  # only there signals are received
        return
    before = signal.signal(signal.SIGINT, signal.SIG_DFL)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


def _state_of_static_files() -> str:
    """A hash of the name, size and time of every static file there is."""
    digest = hashlib.sha256()
    for finder in get_finders():
        for name, storage in finder.list([]):
            digest.update(f"{name} {storage.size(name)} {storage.get_modified_time(name)}\n".encode())
    return digest.hexdigest()


def _database() -> None:
    call_command("migrate", interactive=False, verbosity=0, skip_checks=True)
