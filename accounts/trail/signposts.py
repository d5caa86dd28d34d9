"""Which vendor, question or rule an entry is about: what its keys are called in the reader's language."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from accounts import vocabulary
from accounts.models import AuditEntry
from accounts.vocabulary import Key


@dataclass(frozen=True, kw_only=True)
class Place:
    """What an entry is about, in words; empty where it is about no vendor, and neither a question nor a rule."""

    vendor: str = ""
    question: str = ""  # or the rule


def places(entries: Sequence[AuditEntry]) -> list[Place]:
    """One for each entry; one query for each sort of key, however many entries there are."""
    names = {column: _names(column, entries) for column in vocabulary.NAMINGS}
    return [_place(entry, names) for entry in entries]


def told_label(entry: AuditEntry) -> str:
    """What the thing was called, without what its place says already."""
    kind = vocabulary.KINDS.get(entry.object_type)
    return kind.told(entry) if kind and kind.told else entry.object_label


def _names(column: str, entries: Iterable[AuditEntry]) -> Mapping[Key, str]:
    keys = {_key(column, entry) for entry in entries if getattr(entry, column)}
    return vocabulary.NAMINGS[column].names(keys) if keys else {}


def _key(column: str, entry: AuditEntry) -> Key:
    value: Any = getattr(entry, column)
    return (entry.release_ref, value)


def _place(entry: AuditEntry, names: Mapping[str, Mapping[Key, str]]) -> Place:
    about = {column: of_column.get(_key(column, entry), "") for column, of_column in names.items()}
    return Place(
        vendor=_vendor(about.get("vendor_ref", ""), entry.vendor_name),
        question=about.get("question_key") or about.get("rule_key") or entry.question_key or entry.rule_key,
    )


def _vendor(now: str, then: str) -> str:
    """As it is called now, with the name that it had at the time."""
    if now and then and now != then:
        return _("%(now)s (then: %(then)s)") % {"now": now, "then": then}
    return now or then
