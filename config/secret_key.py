"""The key of an installation that names none: made once, kept in its data folder, never one that the source holds."""

import fcntl
import os
import secrets
import tempfile
from pathlib import Path

from django.core.exceptions import ImproperlyConfigured

SHORTEST = 50  # characters, as Django asks for


def local_secret_key(path: Path) -> str:
    """What is in the file, which is made where it is missing or empty (somebody's disk was full when it was written).

    Raises ImproperlyConfigured, with what to do, where it cannot be read or made, or holds no key.
    """
    try:
        if not path.is_file() or not path.stat().st_size:
            _make(path)
        key = path.read_text(encoding="ascii").strip()
    except OSError as error:
        raise ImproperlyConfigured(
            f"The key {path} can neither be read nor made ({error.strerror}): let whoever runs this read it, or set"
            " DATA_DIR to a folder of your own."
        ) from error
    except UnicodeDecodeError:
        key = ""
    if len(key) < SHORTEST:
        raise ImproperlyConfigured(
            f"The key {path} is damaged: it has fewer than {SHORTEST} characters. Bring the file back from a copy, or"
            " delete it: a new one is made, and everybody has to sign in again."
        )
    return key


def _make(path: Path) -> None:
    """Whole or not at all, and the first decides: of threads, processes, or containers that share the folder.

    The folder itself is locked meanwhile, and what is unfinished has a name that nobody else has: a process's number
    is no such name, since every container's first process is 1.
    """
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        fcntl.flock(folder, fcntl.LOCK_EX)
        if path.is_file() and path.stat().st_size:
            return
        with tempfile.TemporaryDirectory(dir=path.parent, prefix=f"{path.name}.") as apart:
            unfinished = Path(apart, path.name)
            unfinished.touch(mode=0o600)
            unfinished.write_text(secrets.token_urlsafe(64))
            unfinished.replace(path)
    finally:
        os.close(folder)
