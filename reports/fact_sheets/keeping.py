"""The row of a sheet: made when somebody first asks for a document of these facts, and the same one ever after."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

from accounts.models import Organisation
from groundwork.canonical import canonical, hash_of
from reports.fact_sheets.kinds import Facts
from reports.models import FactSheet, FactSheetKind
from reports.scorecard.snapshots import SnapshotDamaged

SCHEMA_VERSION = 1


def text_of(kind: FactSheetKind, facts: Facts) -> str:
    """Canonical JSON."""
    return canonical({"schema": SCHEMA_VERSION, "kind": kind.value, "about": facts.about, "facts": facts.content})


def keep(organisation: Organisation, kind: FactSheetKind, facts: Facts, *, now: datetime) -> FactSheet:
    """The one row of these facts."""
    text = text_of(kind, facts)
    sheet, _is_new = FactSheet.objects.get_or_create(
        organisation=organisation,
        kind=kind,
        sha256=hash_of(text),
        defaults={
            "about": facts.about,
            "vendor": facts.vendor,
            "content": text,
            "as_of": facts.as_of,
            "made_at": now,
        },
    )
    return sheet


def kept(organisation: Organisation, kind: FactSheetKind, facts: Facts) -> FactSheet | None:
    """The row that `keep` made of these, if anybody asked for it. One query."""
    sheets = FactSheet.objects.of_content(hash_of(text_of(kind, facts)))
    return sheets.filter(organisation=organisation, kind=kind).first()


def content_of(sheet: FactSheet) -> dict[str, Any]:
    """What the sheet says. Raises SnapshotDamaged where it is not what was kept."""
    if hash_of(sheet.content) != sheet.sha256:
        raise SnapshotDamaged(f"Sheet {sheet.pk} does not have its SHA-256.")
    content: dict[str, Any] = json.loads(sheet.content)["facts"]
    return content
