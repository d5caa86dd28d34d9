"""Planned changes in My work, in the summary and in the calendar: for each department, until one of it has read it."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import Membership
from assessments.models import Preferences
from assessments.schedule.calendar import calendar_of
from assessments.schedule.digest import Window, told_to
from assessments.schedule.inbox import waiting_for
from assessments.schedule.items import Item, ItemKind
from tests.factories import NOW, Cast, make_assessment, make_notice, make_vendor
from vendors.models import ChangeNotice
from vendors.notices import changes

pytestmark = pytest.mark.django_db
TODAY = timezone.localdate(NOW)  # a Monday; ten days later it is Thursday
STARTS = TODAY + timedelta(days=10)
REMINDED = STARTS - timedelta(days=2)


@pytest.fixture
def notice(cast: Cast) -> ChangeNotice:
    """In ten days, for the assessor's department."""
    vendor = make_vendor(cast.organisation, "Harbour Systems")
    return make_notice(cast.admin, vendor, besides=[cast.department], now=NOW)


def items(member: Membership, today: date = TODAY) -> list[Item]:
    wanted = (ItemKind.NOTICE_READ, ItemKind.NOTICE_UNREAD)
    return [one for one in waiting_for(member, today) if one.kind in wanted]


def test_it_waits_for_everybody_of_the_department_until_one_has_read_it(cast: Cast, notice: ChangeNotice) -> None:
    Membership.objects.filter(pk=cast.reader.pk).update(department=cast.department)
    reader = Membership.objects.get(pk=cast.reader.pk)
    for member in (cast.assessor, reader):
        [item] = items(member)
        assert (item.kind, item.about) == (ItemKind.NOTICE_READ, "New version of the records")
        assert (item.due_on, item.is_late, item.url) == (STARTS, False, notice.get_absolute_url())
    changes.confirm(reader, notice, cast.department.pk, version=1, now=NOW)
    assert not items(cast.assessor)


def test_two_working_days_before_whoever_keeps_the_register_learns_who_has_not(
    cast: Cast, notice: ChangeNotice
) -> None:
    assert not items(cast.admin, REMINDED - timedelta(days=1))
    [item] = items(cast.admin, REMINDED)
    assert (item.kind, item.detail) == (ItemKind.NOTICE_UNREAD, "1 department has not confirmed")
    assert not any(items(member, REMINDED) for member in (cast.reader, cast.approver, cast.stranger))


def test_the_summary_reminds_two_working_days_before_and_on_the_day(cast: Cast, notice: ChangeNotice) -> None:
    def told(day: date) -> bool:
        window = Window(since=day - timedelta(days=1), told_at=NOW)
        return bool(told_to(cast.assessor.user, Preferences(user=cast.assessor.user), window, day))

    reminded = [day for day in (TODAY + timedelta(days=ahead) for ahead in range(1, 11)) if told(day)]
    assert reminded == [REMINDED, STARTS]


def test_what_is_withdrawn_or_over_waits_for_nobody(cast: Cast, notice: ChangeNotice) -> None:
    assert items(cast.assessor, STARTS)
    assert not items(cast.assessor, STARTS + timedelta(days=1))
    changes.withdraw(cast.admin, notice, version=1, now=NOW)
    assert not items(cast.assessor)


def test_whoever_still_judges_the_vendor_is_asked_nothing(cast: Cast, notice: ChangeNotice) -> None:
    make_assessment(cast.assessor, vendor=notice.vendor)
    assert not items(cast.assessor)


def test_it_stands_in_the_calendar_and_a_later_day_takes_its_place(cast: Cast, notice: ChangeNotice) -> None:
    told = calendar_of(cast.assessor.user, now=NOW).decode()
    assert f"UID:notice_read-{notice.pk}@" in told
    assert f"DTSTART;VALUE=DATE:{STARTS:%Y%m%d}" in told
    assert "SEQUENCE:1\r\n" in told
    day = timedelta(days=1)
    moved = {"starts": notice.starts + day, "until": notice.until + day}
    wanted = {name: getattr(notice, name) for name in changes.FIELDS} | moved
    changes.change(cast.admin, notice, wanted, services=[], version=1, now=NOW)
    told = calendar_of(cast.assessor.user, now=NOW).decode()
    assert f"DTSTART;VALUE=DATE:{STARTS + day:%Y%m%d}" in told
    assert "SEQUENCE:2\r\n" in told


def test_queries_do_not_grow_with_the_notices(cast: Cast, notice: ChangeNotice) -> None:
    with CaptureQueriesContext(connection) as before:
        items(cast.assessor)
    for days in (3, 5):
        make_notice(cast.admin, notice.vendor, besides=[cast.department], starts=NOW + timedelta(days=days), now=NOW)
    with CaptureQueriesContext(connection) as after:
        assert len(items(cast.assessor)) == 3
    assert len(after) == len(before)
