"""Scorecards as earlier versions of the snapshot stored them."""

from __future__ import annotations

from pathlib import Path

from groundwork.canonical import hash_of
from reports.models import Scorecard
from tests.factories import NOW
from tests.reports import cards

STORED = 4  # so many are kept to the last byte; what came since is today's without what was not there yet
SINCE_9 = ("expectations", "supplementary", "practice", "proven")
NOT_YET = {
    5: ("notes", "vendor_asked", "commitments", *SINCE_9),
    6: ("vendor_asked", "commitments", *SINCE_9),
    7: ("commitments", *SINCE_9),
    8: SINCE_9,
    9: ("proven",),
}
BEFORE = {"number": "S-2025-001", "met": 3, "of": 7}  # until schema 8, the scorecard before was named alone


def of_schema(schema: int) -> Scorecard:
    """1 to 9."""
    if schema <= STORED:
        text = (Path(__file__).parent / "scorecard" / f"schema_{schema}.json").read_text(encoding="utf-8")
        return Scorecard(
            number="S-2026-001", snapshot=text, sha256=hash_of(text), approved_at=NOW, engine_version=str(schema)
        )
    content = {name: part for name, part in cards.snapshot().items() if name not in NOT_YET[schema]}
    before = content["previous"] if schema >= 8 else BEFORE
    return cards.scorecard({**content, "schema": schema, "previous": before})
