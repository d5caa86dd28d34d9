"""Fills an installation as it was before incidents were known within the organisation, and brings it forward; a process
of its own: `python -m tests.vendors.before_identity` on an empty database.
"""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import django

django.setup()

from django.db import connection  # noqa: E402  the settings must be ready
from django.db.migrations.loader import MigrationLoader  # noqa: E402

from tests.conventions import history  # noqa: E402

OPENED = datetime(2026, 1, 5, 9, tzinfo=UTC)
BEFORE = ("vendors", "0007_made_by_imports")
with history.step_by_step():
    APPS = MigrationLoader(connection).project_state([BEFORE]).apps


def model(name: str, app: str = "vendors") -> Any:
    return APPS.get_model(app, name)


def incident(vendor: Any, reference: str, *, day: int = 0, source: str = "servicenow", **fields: Any) -> Any:
    row = model("Incident").objects.create(
        vendor=vendor, reference=reference, source=source, opened_at=OPENED, **fields
    )
    model("Incident").objects.filter(pk=row.pk).update(updated_at=OPENED + timedelta(days=day))
    return row


def plant() -> dict[str, int]:
    """The names of what is asked about afterwards → keys."""
    organisations = [
        model("Organisation", "accounts").objects.create(name=name, slug=slug)
        for name, slug in (("Harbour", "harbour"), ("Meadow", "meadow"))
    ]
    vendors = {
        name: model("Vendor").objects.create(organisation=organisations[0], name=name)
        for name in ("Example A", "Example B", "Soci&eacute;t&eacute; Exemple", "Twin&nbsp;One", "Twin One")
    }
    a, b = vendors["Example A"], vendors["Example B"]
    elsewhere = model("Vendor").objects.create(organisation=organisations[1], name="Example A")
    model("Service").objects.create(vendor=a, name="Paie &amp; RH")
    user = model("User", "accounts").objects.create(email="a@example.org", name="A")
    older = incident(a, "INC-1", day=1, title="Older")
    newer = incident(b, "INC-1", day=2, title="Newer")
    incident(elsewhere, "INC-1", title="Elsewhere")
    incident(a, "INC-1", source="glpi", title="Another source")
    incident(a, "INC-1", source="manual", title="By hand")
    unseen = incident(a, "INC-2\u200b", day=5, problem="R&eacute;seau <br>VPN", handled_by="Durand<br>Lise")
    seen = incident(a, "INC-2", day=3)
    upload = model("IncidentImport").objects.create(organisation=organisations[0], created_by=user, file_name="x.csv")
    model("IncidentChange").objects.create(incident_import=upload, incident=older, before={})
    said = model("Feedback").objects.create(vendor=a, incident=older, name="A", said_on=OPENED.date(), feeling=3)
    pulse = model("Pulse").objects.create(
        incident=seen, token_hash="x", asked_by=user, expires_at=OPENED, asked_at=OPENED
    )
    model("ImportMapping").objects.create(
        organisation=organisations[0], name="Months", source="our-desk", created_by=user
    )
    return {
        **{"older": older.pk, "newer": newer.pk, "unseen": unseen.pk, "seen": seen.pk},
        **{"said": said.pk, "pulse": pulse.pk, "a": a.pk, "b": b.pk},
    }


if __name__ == "__main__":
    history.go_to(*BEFORE)
    keys = plant()
    history.go_to()
    print(json.dumps(keys))
