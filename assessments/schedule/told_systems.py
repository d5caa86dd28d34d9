"""What other systems are told although nobody did it: a day has come, a finding came or went."""

from __future__ import annotations

from datetime import datetime

from assessments.schedule import due_commitments, finding_changes


def tell(now: datetime) -> None:
    due_commitments.tell_due(now)
    finding_changes.tell_changes(now)
