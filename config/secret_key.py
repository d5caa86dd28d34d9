"""The key of an installation that names none: made once, kept in its data folder, never one that the source holds."""

import os
import secrets
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
    """Whole or not at all, and the first of two processes decides."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    unfinished = path.with_name(f"{path.name}.{os.getpid()}")
    try:
        with os.fdopen(os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
            file.write(secrets.token_urlsafe(64))
        if path.exists() and not path.stat().st_size:
            path.unlink()
        try:
            os.link(unfinished, path)
        except FileExistsError:
            return
        except OSError:  # a file system without links
            unfinished.replace(path)
    finally:
        unfinished.unlink(missing_ok=True)
