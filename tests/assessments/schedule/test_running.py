"""Incidents without an end wait for whoever wrote into their hour."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.models import Membership
from assessments.schedule.inbox import waiting_for
from assessments.schedule.items import Item, ItemKind
from tests.factories import NOW, Cast, make_incident, make_vendor
from vendors.models import EntryKind, Incident
from vendors.timeline import changes

pytestmark = pytest.mark.django_db
TODAY = timezone.localdate(NOW)


def write(member: Membership, incident: Incident, kind: EntryKind, at: datetime) -> None:
    changes.add(member, incident, {"kind": kind, "at": at}, now=at)


def items(member: Membership, days: int = 0) -> list[Item]:
    found = waiting_for(member, TODAY + timedelta(days=days))
    return [item for item in found if item.kind == ItemKind.HOUR]


@pytest.fixture
def incident(cast: Cast) -> Incident:
    incident = make_incident(make_vendor(cast.organisation), "H-2026-001", opened=NOW, hours=1)
    write(cast.assessor, incident, EntryKind.CONTACT, NOW)
    return incident


def test_it_waits_for_whoever_wrote_until_somebody_says_that_the_business_runs(cast: Cast, incident: Incident) -> None:
    (item,) = items(cast.assessor)
    assert (item.about, item.due_on, item.is_late) == ("H-2026-001", TODAY, False)
    assert item.url == reverse("incident_hour", args=[incident.pk])
    assert items(cast.assessor, 1)[0].is_late
    assert items(cast.colleague) == items(cast.reader) == items(cast.stranger) == []
    write(cast.colleague, incident, EntryKind.RESTORED, NOW + timedelta(hours=2))
    assert items(cast.assessor) == []


def test_after_a_month_nobody_is_asked_any_more(cast: Cast, incident: Incident) -> None:
    assert items(cast.assessor, 29) != []
    assert items(cast.assessor, 31) == []
