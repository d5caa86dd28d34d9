"""`set_up`: one go, and a second one that changes nothing."""

from __future__ import annotations

import signal
import sys
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import OperationalError
from django.utils import timezone

from accounts.founding import tokens
from accounts.models import FirstToken
from config.demo import loading as demo
from config.management.commands import set_up
from manifesto.models import Release
from vendors.models import Vendor


@pytest.fixture
def installation(settings: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """A data folder of its own; names the slow steps that are taken instead of taking them."""
    settings.DATA_DIR, settings.STATIC_ROOT, settings.STATIC_MANIFEST = tmp_path, tmp_path / "static", True
    settings.STATIC_ROOT.mkdir()
    taken: list[str] = []
    really = call_command

    def instead(name: str, *args: Any, **options: Any) -> Any:
        if name in {"build_fonts", "collectstatic", "migrate"}:
            return taken.append(name)
        return really(name, *args, **options)

    monkeypatch.setattr(set_up, "call_command", instead)
    monkeypatch.setattr(set_up, "_begin_assets", InThisProcess)
    return taken


class InThisProcess:
    """What a process of its own does while the database is filled, done before."""

    def __init__(self) -> None:
        call_command("set_up", assets=True)

    def wait(self) -> int:
        return 0

    def terminate(self) -> None:
        pass


@pytest.fixture
def small_demo(monkeypatch: pytest.MonkeyPatch) -> None:
    """The smallest of its organisations: loading all of it, as its own tests do, takes ten seconds."""
    whole = demo.read_demo()
    monkeypatch.setattr(demo, "read_demo", lambda: whole | {"organisations": whole["organisations"][-1:]})


def test_set_up_brings_bank_and_demo_and_repeats_without_change(
    db: None, small_demo: None, installation: list[str]
) -> None:
    call_command("set_up")
    counts = Release.objects.count(), Vendor.objects.count()
    assert counts == (3, 1)
    assert installation == ["build_fonts", "collectstatic", "migrate"]
    call_command("set_up")
    assert (Release.objects.count(), Vendor.objects.count()) == counts
    assert installation[3:] == ["build_fonts", "migrate"]  # no static file has changed


def test_production_gets_no_demo_data(
    db: None, installation: list[str], settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.PRODUCTION = True
    monkeypatch.setattr(set_up, "refuse_to_serve", lambda: None)
    call_command("set_up")
    assert Release.objects.published().count() == 3
    assert str(Release.objects.current()) == "2026.3"
    assert not Vendor.objects.exists()
    assert tokens.is_waiting()


def test_without_demo_data_it_waits_for_the_first_token(db: None, installation: list[str]) -> None:
    call_command("set_up", empty=True)
    assert Release.objects.published().count() == 3
    assert not Vendor.objects.exists()
    assert tokens.is_waiting()
    made = FirstToken.objects.get().token_hash
    call_command("set_up")  # a later start without the option brings none
    assert not Vendor.objects.exists()
    assert FirstToken.objects.get().token_hash == made


def test_demo_begins_with_editions_that_are_older_than_what_is_assessed_by_them(
    db: None, small_demo: None, installation: list[str]
) -> None:
    call_command("set_up")
    ages = {release.edition: (timezone.now() - release.published_at).days for release in Release.objects.published()}
    assert ages["2026.1"] > 365 > ages["2026.2"] > 30
    assert ages["2026.2"] > ages["2026.3"] > 0


def test_with_demo_data_there_is_no_first_token(db: None, small_demo: None, installation: list[str]) -> None:
    call_command("set_up")
    call_command("set_up", empty=True)
    assert not tokens.was_made()


def test_production_with_wrong_settings_is_not_set_up(db: None, installation: list[str], settings: Any) -> None:
    settings.PRODUCTION = True
    with pytest.raises(CommandError, match="do not fit together"):
        call_command("set_up")
    assert installation == []


def test_what_an_interrupted_run_left_behind_is_made_anew(
    db: None, installation: list[str], settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Half a file looks newer than its source, and would stay half for good."""
    options: list[dict[str, Any]] = []

    def interrupted(name: str, **given: Any) -> None:
        options.append(given)
        raise KeyboardInterrupt

    set_up._collect_static()
    (settings.STATIC_ROOT / "collected").write_text("the version before")
    monkeypatch.setattr(set_up, "call_command", interrupted)
    for _run in range(2):
        with pytest.raises(KeyboardInterrupt):
            set_up._collect_static()
    assert [given["clear"] for given in options] == [False, True]
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler


def test_ctrl_c_ends_the_compression_at_once(installation: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    """By the signal itself: as an exception it would wait until every file is compressed."""
    seen: list[Any] = []
    monkeypatch.setattr(set_up, "call_command", lambda *_, **__: seen.append(signal.getsignal(signal.SIGINT)))
    set_up._collect_static()
    assert seen == [signal.SIG_DFL]


def test_assets_are_made_in_a_process_of_their_own(monkeypatch: pytest.MonkeyPatch) -> None:
    begun: list[list[str]] = []
    monkeypatch.setattr(set_up.subprocess, "Popen", lambda words, **_where: begun.append(words))
    set_up._begin_assets()
    assert begun == [[sys.executable, "-m", "django", "set_up", "--assets"]]


def test_assets_that_were_not_made_stop_the_set_up(
    db: None, small_demo: None, installation: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(InThisProcess, "wait", lambda self: 1)
    with pytest.raises(CommandError, match="were not made"):
        call_command("set_up")


def test_a_set_up_that_stops_ends_what_is_made_beside_it(
    db: None, installation: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    ended: list[str] = []
    monkeypatch.setattr(InThisProcess, "terminate", lambda self: ended.append("assets"))

    def interrupted() -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(set_up, "_database", interrupted)
    with pytest.raises(KeyboardInterrupt):
        call_command("set_up")
    assert ended == ["assets"]


def test_database_that_does_not_answer_is_said_in_one_line(
    db: None, installation: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def refused() -> None:
        raise OperationalError("connection refused")

    monkeypatch.setattr(set_up, "_database", refused)
    with pytest.raises(CommandError, match="does DATABASE_URL answer"):
        call_command("set_up")
