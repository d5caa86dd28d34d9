"""Rehearsals in My work: for whoever leads one, before its day and after it until it is written down."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.utils import timezone

from accounts.models import Membership
from assessments.schedule.calendar import calendar_of
from assessments.schedule.inbox import waiting_for
from assessments.schedule.items import Item, ItemKind
from tests.factories import NOW, Cast, make_rehearsal, make_vendor
from vendors.models import Rehearsal, RehearsalKind
from vendors.rehearsals import changes

pytestmark = pytest.mark.django_db
TODAY = timezone.localdate(NOW)


@pytest.fixture
def planned(cast: Cast) -> Rehearsal:
    """In ten days, led by the reader."""
    vendor = make_vendor(cast.organisation, "Harbour Systems")
    return make_rehearsal(cast.assessor, vendor, owner=cast.reader.user, now=NOW)


def items(member: Membership, today: date = TODAY) -> list[Item]:
    return [one for one in waiting_for(member, today) if one.kind in (ItemKind.REHEARSAL, ItemKind.DEBRIEF)]


def test_it_waits_for_whoever_leads_it_and_for_nobody_else(cast: Cast, planned: Rehearsal) -> None:
    [item] = items(cast.reader)
    assert (item.kind, item.action) == (ItemKind.REHEARSAL, "Prepare the rehearsal with the vendor")
    assert (item.due_on, item.is_late, item.url) == (
        TODAY + timedelta(days=10),
        False,
        planned.get_absolute_url(),
    )
    assert not any(items(member) for member in (cast.assessor, cast.admin, cast.approver, cast.stranger))


def test_it_is_there_two_weeks_before_and_no_sooner(cast: Cast, planned: Rehearsal) -> None:
    assert items(cast.reader, TODAY - timedelta(days=4))
    assert not items(cast.reader, TODAY - timedelta(days=5))


def test_the_day_after_it_asks_what_it_showed_until_that_is_written_down(cast: Cast, planned: Rehearsal) -> None:
    after = TODAY + timedelta(days=11)
    [item] = items(cast.reader, after)
    assert (item.kind, item.is_late) == (ItemKind.DEBRIEF, True)
    assert item.action == "The day of the rehearsal is over: write down what it showed, or move it"
    assert item.url == f"{planned.get_absolute_url()}hold/"
    changes.hold(cast.reader, planned, changes.Told(held_on=TODAY, went_well="All"), version=1)
    assert not items(cast.reader, after)


def test_what_is_called_off_waits_for_nobody(cast: Cast, planned: Rehearsal) -> None:
    changes.call_off(cast.reader, planned, reason="Ill", version=1)
    assert not items(cast.reader)


def test_where_whoever_leads_it_has_left_it_waits_for_those_who_keep_the_register(
    cast: Cast, planned: Rehearsal
) -> None:
    Membership.objects.filter(pk=cast.reader.pk).update(is_active=False)
    Rehearsal.objects.update(kind=RehearsalKind.REVIEW)
    assert [item.action for item in items(cast.admin)] == ["Prepare the review with the vendor"]
    assert items(cast.assessor) and not items(cast.approver)


def test_it_stands_in_the_calendar_of_whoever_leads_it(cast: Cast, planned: Rehearsal) -> None:
    feed = calendar_of(cast.reader.user, now=NOW).decode()
    assert f"UID:hold-{planned.pk}@" in feed
    assert f"DTSTART;VALUE=DATE:{TODAY + timedelta(days=10):%Y%m%d}" in feed
