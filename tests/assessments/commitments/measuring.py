"""A vendor whose incidents are known by month, and a commitment about how long they take."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

from accounts.models import Membership
from assessments.models import Commitment, CommitmentState, CommitmentStep, KeptBy
from tests.factories import NOW, make_vendor
from vendors.models import Incident, Vendor

AGREED, DUE, KEPT_ON = date(2025, 7, 1), date(2025, 8, 31), date(2026, 2, 10)
BEFORE = {month: 18.0 + month % 3 for month in range(1, 7)}  # January to June 2025: 18, 19, 20 hours
GOOD = {month: 9.0 + month % 2 / 2 for month in range(7, 15)}  # from July 2025 to February 2026: 9 and 9.5


def incidents(vendor: Vendor, hours: Mapping[int, float], *, each: int = 3, source: str = "") -> None:
    """`each` a month, which takes so many hours; months count from January 2025."""
    rows = []
    for month, took in hours.items():
        for number in range(each):
            opened = datetime(2025 + (month - 1) // 12, (month - 1) % 12 + 1, 5 + 6 * number, 9, tzinfo=UTC)
            rows.append(
                Incident(
                    organisation=vendor.organisation,
                    vendor=vendor,
                    reference=f"INC-{vendor.pk}-{month:02}-{number}",
                    mission_critical=True,
                    opened_at=opened,
                    resolved_at=opened + timedelta(hours=took),
                    **({"source": source} if source else {}),
                )
            )
    Incident.objects.bulk_create(rows)
    Vendor.objects.filter(pk=vendor.pk).update(facts_revision=vendor.facts_revision + 1)
    vendor.refresh_from_db()


def promised(member: Membership, vendor: Vendor | None = None, **fields: Any) -> Commitment:
    """Agreed: at most twelve hours."""
    number = Commitment.objects.filter(organisation=member.organisation).count() + 1
    vendor = vendor or make_vendor(member.organisation, f"Example Systems {number}")
    return Commitment.objects.create(
        **{
            "organisation": member.organisation,
            "vendor": vendor,
            "number": f"C-2025-{number:03}",
            "rule": "speed",
            "source": "rule",
            "what": "Resolve incidents within twelve hours",
            "owner": member.user,
            "due_on": DUE,
            "measure": "duration_mean",
            "target": Decimal(12),
            "state": CommitmentState.AGREED,
            "agreed_on": AGREED,
            "agreed_by": "Vera Vendor",
            "created_by": member.user,
            "created_at": NOW,
            **fields,
        }
    )


def kept(member: Membership, vendor: Vendor | None = None, **fields: Any) -> Commitment:
    ended = {"state": CommitmentState.KEPT, "ended_on": KEPT_ON, "kept_by": KeptBy.MEASURE}
    return promised(member, vendor, **{**ended, **fields})


def told(row: Commitment | CommitmentStep) -> dict[str, Any]:
    """What the measure of a commitment said last, or at a step."""
    found: Any = row.reading if isinstance(row, Commitment) else row.figures
    assert found is not None
    return dict(found)
