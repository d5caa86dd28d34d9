"""All files from one place into another, as a folder into a store: copied, read again, compared.

Begun anew, it goes on, and nothing is deleted. What no row names stays behind.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterator
from enum import StrEnum

from django.core.files.storage import Storage

from groundwork.storage import file_fields

CHUNK = 1024 * 1024


class Fate(StrEnum):
    COPIED = "copied"
    THERE = "there already"
    LOST = "lost"  # a row names it, and it is not there
    DAMAGED = "damaged"  # what came back is another file


def move(source: Storage, target: Storage) -> Iterator[tuple[str, Fate]]:
    """The name of each file that a row names, and what became of it."""
    for name in named():
        yield name, _moved(name, source, target)


def named() -> Iterator[str]:
    for field in file_fields():
        rows = field.model._base_manager.exclude(**{field.name: ""}).order_by("pk")
        yield from rows.values_list(field.name, flat=True).iterator()


def _moved(name: str, source: Storage, target: Storage) -> Fate:
    wanted = _hash_of(name, source)
    there = _hash_of(name, target)
    if wanted is None:
        return Fate.LOST if there is None else Fate.THERE
    if there == wanted:
        return Fate.THERE
    if there is not None:
        target.delete(name)  # what a process left that was ended on the way
    with source.open(name) as file:
        kept = target.save(name, file)
    return Fate.COPIED if kept == name and _hash_of(name, target) == wanted else Fate.DAMAGED


def _hash_of(name: str, storage: Storage) -> str | None:
    """None where it is not there."""
    digest = hashlib.sha256()
    try:
        with storage.open(name) as file:
            for chunk in file.chunks(CHUNK):
                digest.update(chunk)
    except FileNotFoundError:
        return None
    return digest.hexdigest()


def counted(fates: Iterator[tuple[str, Fate]]) -> tuple[Counter[Fate], list[tuple[str, Fate]]]:
    """How many of each, and which need somebody to look."""
    counts: Counter[Fate] = Counter()
    bad: list[tuple[str, Fate]] = []
    for name, fate in fates:
        counts[fate] += 1
        if fate in {Fate.LOST, Fate.DAMAGED}:
            bad.append((name, fate))
    return counts, bad
