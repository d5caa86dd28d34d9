"""What a PDF carries: read by a process of its own, because the file may be anything."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from base64 import b64decode
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from threading import BoundedSemaphore
from typing import Any

PROGRAM = Path(__file__).with_name("reading_process.py")
KEPT = ("LD_LIBRARY_PATH", "PATH")  # of the environment, which holds secrets
LARGEST = 25_000_000  # bytes: what no document of ours exceeds
ORDERS = {"attachments": 20, "octets": 20_000_000, "seconds": 10, "memory": 512_000_000}
SECONDS = 20.0  # by the clock, on a busy machine
START = b"%PDF-"
# Each may take half a gigabyte: those who wait in this process of ours have two among them.
_at_once = BoundedSemaphore(2)


class Unread(StrEnum):
    """Why nothing is told of what a file carries."""

    NO_PDF = "no_pdf"
    TOO_LARGE = "too_large"
    ENCRYPTED = "encrypted"
    BROKEN = "broken"
    TOO_MUCH = "too_much"  # memory, time or attachments
    BUSY = "busy"


class UnreadableError(Exception):
    def __init__(self, why: Unread) -> None:
        super().__init__(why.value)
        self.why = why


@dataclass(frozen=True, kw_only=True)
class Carried:
    name: str
    content: bytes


def attachments_of(content: bytes) -> tuple[Carried, ...]:
    """The files inside. Raises UnreadableError."""
    if len(content) > LARGEST:
        raise UnreadableError(Unread.TOO_LARGE)
    if not content.startswith(START):
        raise UnreadableError(Unread.NO_PDF)
    told = _told(content)
    if "refused" in told:
        raise UnreadableError(Unread(told["refused"]))
    return tuple(Carried(name=one["name"], content=b64decode(one["content"])) for one in told["attachments"])


def _told(content: bytes) -> dict[str, Any]:
    if not _at_once.acquire(timeout=SECONDS):
        raise UnreadableError(Unread.BUSY)
    try:
        run = subprocess.run(  # noqa: S603 - our own program
            [sys.executable, "-I", str(PROGRAM), json.dumps(ORDERS)],
            input=content,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            timeout=SECONDS,
            check=False,
            env={name: os.environ[name] for name in KEPT if name in os.environ},
        )
    except subprocess.TimeoutExpired as late:
        raise UnreadableError(Unread.TOO_MUCH) from late
    finally:
        _at_once.release()
    if run.returncode != 0:  # denied memory or time, in one of several ways
        raise UnreadableError(Unread.TOO_MUCH)
    told: dict[str, Any] = json.loads(run.stdout)
    return told
