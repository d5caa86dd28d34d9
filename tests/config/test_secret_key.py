"""The key that an installation makes for itself: whole, its own, and read by nobody else."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier

import pytest
from django.core.exceptions import ImproperlyConfigured

from config import secret_key
from config.secret_key import local_secret_key


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "data" / "secret_key"


def test_a_key_is_made_once_and_is_its_owners_alone(path: Path) -> None:
    key = local_secret_key(path)
    assert len(key) >= 50
    assert local_secret_key(path) == key == path.read_text()
    assert (path.stat().st_mode & 0o777, path.parent.stat().st_mode & 0o777) == (0o600, 0o700)
    assert [one.name for one in path.parent.iterdir()] == ["secret_key"]


@pytest.mark.parametrize("left", [None, b""], ids=["no file", "an empty one"])
def test_all_who_start_together_have_one_key(path: Path, monkeypatch: pytest.MonkeyPatch, left: bytes | None) -> None:
    """Threads share a process's number, as containers do that share the folder; all have seen that no key is there."""
    if left is not None:
        path.parent.mkdir()
        path.write_bytes(left)
    together = Barrier(8)
    made = secret_key._make

    def make_at_once(where: Path) -> None:
        together.wait(timeout=120)
        made(where)

    monkeypatch.setattr(secret_key, "_make", make_at_once)
    with ThreadPoolExecutor(8) as threads:
        keys = set(threads.map(lambda _: local_secret_key(path), range(8)))
    assert keys == {path.read_text()}
    assert [one.name for one in path.parent.iterdir()] == ["secret_key"]


def test_an_empty_file_gets_its_key(path: Path) -> None:
    """It was left by a full disk or a kill: nothing can have been signed with it."""
    path.parent.mkdir()
    path.touch()
    assert len(local_secret_key(path)) >= 50


@pytest.mark.parametrize("content", [b"short", b" \n", b"\xff" * 64, b"a" * 49 + b"\n"])
def test_a_damaged_key_is_refused_with_what_to_do(path: Path, content: bytes) -> None:
    path.parent.mkdir()
    path.write_bytes(content)
    with pytest.raises(ImproperlyConfigured, match=r"is damaged.* delete it"):
        local_secret_key(path)
    assert path.read_bytes() == content


def test_a_key_with_a_line_end_is_a_key(path: Path) -> None:
    path.parent.mkdir()
    path.write_text("k" * 60 + "\n")
    assert local_secret_key(path) == "k" * 60


def test_a_key_that_cannot_be_read_or_made_is_said(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(ImproperlyConfigured, match=r"neither be read nor made .File exists"):
        local_secret_key(tmp_path / "file" / "secret_key")
