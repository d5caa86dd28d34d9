"""What timelines of incidents say, as two measures of guidance."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.factories import NOW, Cast, make_incident, make_vendor
from vendors.measures.loading import measures_of
from vendors.models import EntryKind
from vendors.timeline import changes

pytestmark = pytest.mark.django_db
ALL = {"asked": "The log", "why": "The last error", "does": "They compare it", "next_step": "They call"}


def test_contacts_and_promises_of_all_incidents_of_a_month_count_together(cast: Cast) -> None:
    vendor = make_vendor(cast.organisation)
    opened = NOW.replace(month=1, day=5)
    told = {
        "INC-1": [(1, ALL, 20), (15, {}, None), (30, ALL, 40), (90, {}, None)],  # kept, then missed
        "INC-2": [(2, ALL, 30), (25, ALL, 600)],  # kept, then overtaken by the end
    }
    for reference, contacts in told.items():
        incident = make_incident(vendor, reference, opened=opened, hours=2)
        for minutes, said, due in contacts:
            at = opened + timedelta(minutes=minutes)
            next_at = None if due is None else opened + timedelta(minutes=due)
            written = {"kind": EntryKind.CONTACT, "at": at, "next_at": next_at, **said}
            changes.add(cast.assessor, incident, written, now=at)
    make_incident(vendor, "INC-3", opened=opened)  # without a timeline

    measured = measures_of(vendor, now=NOW)

    said_all, kept = measured.of("contacts_said_all"), measured.of("promises_kept_hour")
    assert said_all.points[0].value == pytest.approx(100 * 4 / 6)
    assert kept.points[0].value == pytest.approx(100 * 2 / 3)
    assert len(said_all.points[0].cases) == len(kept.points[0].cases) == 2
