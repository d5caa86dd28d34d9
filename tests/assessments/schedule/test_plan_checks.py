"""Pages for when something breaks that wait for whoever keeps them true."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import Membership
from assessments.schedule.inbox import waiting_for
from assessments.schedule.items import Item, ItemKind
from tests.factories import Cast, make_assessment, make_vendor
from vendors.emergencies import writing
from vendors.emergencies.writing import NEW, Wanted
from vendors.models import EmergencyPlan, Service

pytestmark = pytest.mark.django_db
TODAY = date(2026, 3, 2)


@pytest.fixture
def plan(cast: Cast) -> EmergencyPlan:
    """Kept true by the reader; checked half a year before a fortnight from today."""
    service = Service.objects.create(vendor=make_vendor(cast.organisation), name="Patient record")
    wanted = Wanted(owner=cast.reader.user_id)
    plan = writing.write(cast.assessor, service, wanted, version=NEW, now=timezone.now())
    EmergencyPlan.objects.filter(pk=plan.pk).update(checked_on=date(2025, 9, 16))
    return plan


def items(member: Membership, today: date = TODAY, ahead: timedelta | None = None) -> list[Item]:
    return [item for item in waiting_for(member, today, ahead=ahead) if item.kind == ItemKind.PLAN_CHECK]


def test_it_waits_for_its_owner_from_a_fortnight_before_half_a_year_is_over(cast: Cast, plan: EmergencyPlan) -> None:
    (item,) = items(cast.reader)
    assert (item.due_on, item.is_late, item.about) == (date(2026, 3, 16), False, "Patient record")
    assert item.days_before == (14, 7, 1, 0)
    assert items(cast.reader, TODAY - timedelta(days=1)) == []
    assert items(cast.reader, date(2026, 3, 17))[0].is_late
    assert items(cast.assessor) == []


def test_a_calendar_has_it_long_before(cast: Cast, plan: EmergencyPlan) -> None:
    (item,) = items(cast.reader, date(2025, 10, 1), timedelta(days=366))
    assert item.due_on == date(2026, 3, 16)


def test_where_nobody_keeps_it_true_it_waits_for_all_who_keep_the_register(cast: Cast, plan: EmergencyPlan) -> None:
    cast.reader.is_active = False
    cast.reader.save()
    assert len(items(cast.assessor)) == len(items(cast.admin)) == 1
    assert items(cast.approver) == []
    assert items(cast.stranger) == []


def test_one_that_nobody_went_through_is_due_a_fortnight_after_it_was_written(cast: Cast, plan: EmergencyPlan) -> None:
    EmergencyPlan.objects.update(checked_on=None)
    written = timezone.localdate()
    (item,) = items(cast.reader, written)
    assert item.due_on == written + timedelta(days=14)
    assert item.detail == "Nobody has called these numbers yet"


def test_it_waits_until_its_owner_has_judged_the_vendor(cast: Cast, plan: EmergencyPlan) -> None:
    assessment = make_assessment(cast.reader, vendor=plan.service.vendor)
    assert items(cast.reader) == []
    assessment.responses.update(submitted_at=timezone.now())
    assert len(items(cast.reader)) == 1


def test_a_vendor_that_is_archived_breaks_nothing(cast: Cast, plan: EmergencyPlan) -> None:
    vendor = plan.service.vendor
    vendor.archived_at = timezone.now()
    vendor.save()
    assert items(cast.reader) == []


def test_many_plans_cost_no_query_more(cast: Cast, plan: EmergencyPlan, django_assert_num_queries: Any) -> None:
    for number in range(4):
        service = Service.objects.create(vendor=plan.service.vendor, name=f"Service {number}")
        writing.write(cast.assessor, service, Wanted(owner=cast.reader.user_id), version=NEW, now=timezone.now())
    with django_assert_num_queries(1):
        found = items(cast.reader, TODAY + timedelta(days=400))
    assert len(found) == 5


def test_the_day_of_the_next_check_is_a_file_for_ones_own_calendar(cast: Cast, plan: EmergencyPlan) -> None:
    client = Client()
    client.force_login(cast.reader.user)
    response: Any = client.get(reverse("emergency_calendar", args=[plan.service_id]))
    content = b"".join(response).decode()
    assert "DTSTART;VALUE=DATE:20260316" in content
    assert "Go through the page" in content
