"""Which rules of a scorecard its measures contradict, for lists: read out of each snapshot once, and kept."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import timedelta

from django.core.cache import cache

from assessments.findings.findings import Finding
from reports.models import Scorecard
from reports.scorecard import snapshots
from reports.scorecard.snapshots import SnapshotDamaged

SHAPE = 1  # of what is kept: raise it when that changes
KEPT = timedelta(days=30)  # a scorecard never changes; what nobody asks for goes
CHUNK = 20  # snapshots of some 100 kB in memory at once
Kept = tuple[bool, tuple[str, ...]]  # whether anything was measured; the rules


def contradicted_in(cards: Iterable[Scorecard]) -> dict[int, tuple[str, ...] | None]:
    """By the key of the scorecard: the rules; None where nothing was measured, or the snapshot is damaged. One query
    at most, for those that were not asked for yet."""
    keys = {card.pk: f"contradicted:{SHAPE}:{card.pk}:{card.sha256}" for card in cards}
    kept: Mapping[str, Kept] = cache.get_many(keys.values()) if keys else {}
    missing = [pk for pk, key in keys.items() if key not in kept]
    read = {keys[pk]: found for pk, found in _read(missing).items()}
    if read:
        cache.set_many(read, KEPT.total_seconds())
    told = {**kept, **read}
    return {pk: told[key][1] if told[key][0] else None for pk, key in keys.items()}


def _read(pks: list[int]) -> dict[int, Kept]:
    if not pks:
        return {}
    rows = Scorecard.objects.filter(pk__in=pks).only("pk", "number", "snapshot", "sha256")
    return {card.pk: _contradicted(card) for card in rows.iterator(chunk_size=CHUNK)}


def _contradicted(card: Scorecard) -> Kept:
    try:
        content = snapshots.load(card)
    except SnapshotDamaged:
        return (False, ())
    speaking = [one["rule"] for one in content["findings"] if one["rating"]["finding"] == Finding.CONTRADICTED]
    return (content["measures"] is not None, tuple(speaking))
