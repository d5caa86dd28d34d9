"""What other systems are told of facts: that an import ended, and how."""

from __future__ import annotations

from datetime import datetime

from accounts.webhooks.kinds import Kind
from accounts.webhooks.telling import tell
from vendors.models import ImportState, IncidentImport


def import_ended(row: IncidentImport, state: ImportState, *, now: datetime) -> None:
    """It was imported, failed, was cancelled or taken back; a check that writes nothing is no end."""
    tell(
        Kind.IMPORT_ENDED,
        row.organisation_id,
        about=f"import:{row.uuid}",
        data=lambda: {"import": str(row.uuid), "state": state.value},
        now=now,
    )
