"""One seal more: appended to the end of the chain, in the transaction of what it seals."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import connection, transaction

from accounts.chain.kinds import Content, spelled_out
from accounts.models import Seal
from groundwork.canonical import hash_of

HASHED = ("position", "previous", "kind", "key", "label", "form", "size", "content", "at")  # in every seal, for good
END_OF_CHAIN = 5_341_001  # names the lock among the advisory ones of PostgreSQL; any number that nothing else uses


def append(kind: str, key: str, content: Content, *, now: datetime) -> Seal:
    """Seal what has this content. Whoever appends next waits until this transaction ends: call it last.

    Raises RuntimeError outside a transaction: a seal must not outlive a change that is rolled back.
    """
    hold_the_end()
    seal = Seal(**following(last(), kind=kind, key=key, content=content, now=now))
    seal.save(force_insert=True)
    return seal


def hold_the_end() -> None:
    """From here to the end of the transaction nobody else appends, so that the order is that of the commits.

    SQLite has one writer, which needs no lock. Raises RuntimeError outside a transaction.
    """
    if not transaction.get_connection().in_atomic_block:
        raise RuntimeError("A seal is made in the transaction of what it seals.")
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [END_OF_CHAIN])


def last(kind: str = "") -> Seal | None:
    """The end of the chain, or the last seal of a kind."""
    seals = Seal.objects.filter(kind=kind) if kind else Seal.objects.all()
    return seals.order_by("-position").first()


def following(end: Any, *, kind: str, key: str, content: Content, now: datetime) -> dict[str, Any]:
    """The fields of the seal after `end` (a row, also one of a migration’s models; None: the first)."""
    fields = {
        "position": 1 if end is None else end.position + 1,
        "previous": "" if end is None else end.hash,
        "kind": kind,
        "key": key,
        "label": content.label,
        "form": content.form,
        "size": content.size,
        "content": content.sha256,
        "at": now,
    }
    return {**fields, "hash": seal_hash(fields)}


def seal_hash(fields: Mapping[str, Any]) -> str:
    """The hash that a seal with these fields has."""
    return hash_of(spelled_out({name: fields[name] for name in HASHED}))
