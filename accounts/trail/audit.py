"""The audit trail: one call beside the change, in the change's own transaction."""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import asdict, dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db import models, transaction
from django.utils import timezone

from accounts import vocabulary
from accounts.models import AuditEntry, User

SYSTEM = "system"
_through: ContextVar[str] = ContextVar("through", default="")


@contextmanager
def through(name: str) -> Iterator[None]:
    """What is done within was done through something that is no page: a token of the API, the organisation's directory.
    Each entry written meanwhile names it."""
    before = _through.set(name[:120])
    try:
        yield
    finally:
        _through.reset(before)


@dataclass(frozen=True, kw_only=True)
class Outsider:
    """Somebody without an account, known by the link that they were sent."""

    label: str


Actor = User | Outsider | None  # None: the system


def record(
    actor: Actor,
    verb: str,
    target: models.Model,
    *,
    before: Mapping[str, Any] | None = None,
    after: Mapping[str, Any] | None = None,
    subject: models.Model | None = None,
    label: str = "",
) -> AuditEntry:
    """Write down that `actor` did `verb` to `target`; only fields that differ are kept.

    Whose trail it belongs to, the larger thing whose history it is part of (`subject`: an assessment for an answer),
    what the target is called and which vendor and question it is about follow from its kind, as its app registered it.
    Raises RuntimeError outside a transaction: a trail that can outlive a rolled-back change would lie.
    """
    made = entry(actor, verb, target, before=before, after=after, subject=subject, label=label)
    record_all([made])
    return made


def record_all(entries: Iterable[AuditEntry]) -> None:
    """Write down many at once: an import changes thousands of rows. As `record`, only within a transaction."""
    if not transaction.get_connection().in_atomic_block:
        raise RuntimeError("The audit trail is written in the transaction of the change that it records.")
    AuditEntry.objects.bulk_create(entries)


def entry(
    actor: Actor,
    verb: str,
    target: models.Model,
    *,
    before: Mapping[str, Any] | None = None,
    after: Mapping[str, Any] | None = None,
    subject: models.Model | None = None,
    label: str = "",
) -> AuditEntry:
    """What `record` writes, not yet written."""
    old, new = _plain(before or {}), _plain(after or {})
    changed = {key for key in old.keys() | new.keys() if old.get(key) != new.get(key)}
    kind = vocabulary.kind_of(target)
    larger = subject or vocabulary.larger_of(target)
    subject_type, subject_id = _type_and_number(larger)
    return AuditEntry(
        organisation_id=vocabulary.organisation_of(target),
        actor=actor if isinstance(actor, User) else None,
        actor_label=_label(actor),
        through=_through.get(),
        verb=verb,
        object_type=target._meta.label_lower,
        object_id=str(target.pk),
        object_label=label or kind.label(target) or str(target),
        subject_type=subject_type,
        subject_id=subject_id,
        before={key: old[key] for key in sorted(changed & old.keys())},
        after={key: new[key] for key in sorted(changed & new.keys())},
        at=timezone.now(),
        **asdict(vocabulary.signposts_of(target, larger)),
    )


def _type_and_number(row: models.Model | None) -> tuple[str, str]:
    return (row._meta.label_lower, str(row.pk)) if row else ("", "")


def _label(actor: Actor) -> str:
    if actor is None:
        return SYSTEM
    return actor.label if isinstance(actor, Outsider) else f"{actor} <{actor.email}>"


def snapshot(target: models.Model, fields: Iterable[str]) -> dict[str, Any]:
    """The named fields of a row as plain data, to hand to `record` as before or after."""
    return {name: getattr(target, getattr(target._meta.get_field(name), "attname", name)) for name in fields}


def _plain(values: Mapping[str, Any]) -> dict[str, Any]:
    return {key: _plain_value(value) for key, value in values.items()}


def _plain_value(value: Any) -> Any:
    if value is None or isinstance(value, bool | int | str | list | dict):
        return value
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, Decimal):
        return str(value)
    return str(value)
