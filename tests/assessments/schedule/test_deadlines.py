"""Contracts, papers and assessments to start in time, among what waits: for whom, from when, and how often told."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from icalendar import Calendar

from accounts.models import Membership, Role
from assessments.models import Preferences
from assessments.schedule.calendar import calendar_of
from assessments.schedule.digest import Window, told_to
from assessments.schedule.inbox import Item, ItemKind, waiting_for
from tests.factories import Cast, make_assessment, make_contract, make_member, make_vendor
from vendors.contracts import changes
from vendors.models import Contract, Paper, TermDecision

TODAY = date(2026, 5, 20)
KINDS = {ItemKind.CONTRACT, ItemKind.PAPER, ItemKind.START}


def items(member: Membership, today: date = TODAY) -> list[Item]:
    return [item for item in waiting_for(member, today) if item.kind in KINDS]


def kinds(member: Membership, today: date = TODAY) -> list[str]:
    return [item.kind for item in items(member, today)]


def contract(cast: Cast, days: int = 30, **fields: Any) -> Contract:
    """To be decided in so many days: it ends then and needs no notice."""
    vendor = fields.pop("vendor", None) or make_vendor(cast.organisation, f"Vendor {Contract.objects.count()}")
    given = {"ends_on": TODAY + timedelta(days=days), "notice": 0, "renews_months": 12, **fields}
    return make_contract(vendor, f"C-{Contract.objects.count() + 1}", today=TODAY, **given)


def paper(cast: Cast, days: int = 30, **fields: Any) -> Paper:
    vendor = make_vendor(cast.organisation, f"Paper {Paper.objects.count()}")
    expires = TODAY + timedelta(days=days)
    return Paper.objects.create(vendor=vendor, kind="certificate", name="ISO 27001", expires_on=expires, **fields)


def test_a_contract_waits_for_whoever_looks_after_it(cast: Cast) -> None:
    row = contract(cast, owner=cast.reader.user)
    (item,) = items(cast.reader)
    assert (item.kind, item.key, item.about) == (ItemKind.CONTRACT, f"contract-{row.pk}", "C-1")
    assert item.action == "Decide about the contract C-1"
    assert (item.due_on, item.is_late, item.url) == (row.decide_by, False, f"/contracts/{row.pk}/")
    assert ItemKind.CONTRACT not in kinds(cast.assessor) + kinds(cast.admin)


def test_without_an_owner_it_waits_for_whoever_keeps_the_register(cast: Cast) -> None:
    contract(cast)
    assert ItemKind.CONTRACT in kinds(cast.assessor)
    assert kinds(cast.admin) == [ItemKind.CONTRACT]
    assert kinds(cast.reader) == kinds(cast.approver) == kinds(cast.stranger) == []


def test_an_owner_who_left_is_nobody(cast: Cast) -> None:
    contract(cast, owner=cast.reader.user)
    Membership.objects.filter(pk=cast.reader.pk).update(is_active=False)
    assert kinds(cast.admin) == [ItemKind.CONTRACT]


@pytest.mark.parametrize(("days", "waits"), [(61, False), (60, True), (0, True), (-3, True)])
def test_it_waits_from_two_months_before_and_after_its_day(cast: Cast, days: int, waits: bool) -> None:
    row = contract(cast)
    Contract.objects.filter(pk=row.pk).update(decide_by=TODAY + timedelta(days=days))
    found = items(cast.admin)
    assert [item.is_late for item in found] == ([days < 0] if waits else [])


def test_what_is_decided_waits_no_more(cast: Cast) -> None:
    row = contract(cast)
    changes.decide(cast.assessor, row, decision=TermDecision.CONTINUE, reason="It works", today=TODAY)
    assert kinds(cast.admin) == kinds(cast.assessor) == []


def test_a_paper_that_expires_waits_until_a_newer_one_is_there(cast: Cast) -> None:
    row = paper(cast, owner=cast.reader.user)
    (item,) = items(cast.reader)
    assert (item.kind, item.about, item.detail) == (ItemKind.PAPER, "ISO 27001", "Certificate")
    assert item.action == "Ask the vendor to renew ISO 27001"
    newer = Paper.objects.create(vendor=row.vendor, kind="certificate", name="ISO 27001")
    Paper.objects.filter(pk=row.pk).update(replaced_by=newer)
    assert items(cast.reader) == []


def told(member: Membership, day: date) -> bool:
    wishes = Preferences(user=member.user)
    window = Window(since=day - timedelta(days=1), told_at=datetime(2020, 1, 1, tzinfo=UTC))
    return bool(told_to(member.user, wishes, window, day))


def test_the_summary_tells_of_it_sixty_thirty_seven_and_one_day_before_and_on_the_day(cast: Cast) -> None:
    contract(cast, 70)
    heard = [days for days in range(70, -16, -1) if told(cast.admin, TODAY + timedelta(days=70 - days))]
    assert heard == [60, 30, 7, 1, 0, -1, -7, -14]


def test_whoever_wants_no_reminders_gets_none(cast: Cast) -> None:
    contract(cast, 7)
    wishes = Preferences(user=cast.admin.user, before_due=False)
    window = Window(since=TODAY - timedelta(days=1), told_at=datetime(2020, 1, 1, tzinfo=UTC))
    assert told_to(cast.admin.user, wishes, window, TODAY) == ()


# Started in time --------------------------------------------------------------------------------------------------
def test_an_assessment_is_to_be_started_before_the_contract_must_be_decided(cast: Cast) -> None:
    row = contract(cast, 80)  # sixty days are taken, where nobody knows how long it takes here
    (item,) = [one for one in items(cast.assessor) if one.kind == ItemKind.START]
    assert (item.action, item.due_on) == ("Start the assessment", TODAY + timedelta(days=20))
    assert item.detail == "The contract C-1 must be decided by 8\xa0August 2026"
    assert item.url == f"/assessments/add/?vendor={row.vendor_id}"
    assert kinds(cast.admin) == kinds(cast.reader) == []


def test_it_is_to_be_started_no_earlier_than_a_month_before(cast: Cast) -> None:
    contract(cast, 91)
    assert kinds(cast.assessor) == []
    assert kinds(cast.assessor, TODAY + timedelta(days=1)) == [ItemKind.START]


def test_what_is_in_hand_is_started_already(cast: Cast) -> None:
    row = contract(cast, 80)
    make_assessment(cast.colleague, vendor=row.vendor)
    assert kinds(cast.assessor) == []


def test_the_owner_of_the_contract_starts_it_if_they_may(cast: Cast) -> None:
    contract(cast, 80, owner=cast.colleague.user)
    assert (kinds(cast.colleague), kinds(cast.assessor)) == ([ItemKind.START], [])
    Contract.objects.update(owner=cast.reader.user)
    assert (kinds(cast.colleague), kinds(cast.assessor)) == ([ItemKind.START], [ItemKind.START])


# Everywhere -------------------------------------------------------------------------------------------------------
def test_an_outside_rater_sees_none(cast: Cast) -> None:
    wendy = make_member(cast.organisation, "wendy", Role.RATER)
    contract(cast, owner=wendy.user)
    paper(cast, owner=wendy.user)
    assert items(wendy) == []


def test_it_costs_the_same_queries_however_many_there_are(cast: Cast) -> None:
    def queries(member: Membership) -> int:
        member = Membership.objects.select_related("organisation", "user").get(pk=member.pk)
        with CaptureQueriesContext(connection) as caught:
            assert all(str(item.vendor) for item in waiting_for(member, TODAY))
        return len(caught)

    def fill() -> None:
        contract(cast)
        paper(cast)
        contract(cast, 80)

    fill()
    few = queries(cast.assessor), queries(cast.admin)
    for _ in range(3):
        fill()
    assert (queries(cast.assessor), queries(cast.admin)) == few
    assert max(few) <= 20


def test_the_calendar_has_it_a_year_ahead_and_follows_its_day(cast: Cast) -> None:
    row = contract(cast, 300, owner=cast.reader.user)
    paper(cast, 300, owner=cast.reader.user)
    now = datetime(2026, 5, 20, 8, tzinfo=UTC)

    def events() -> list[tuple[str, date, int]]:
        found = Calendar.from_ical(calendar_of(cast.reader.user, now=now)).walk("VEVENT")
        return [(str(one["uid"]).split("@")[0], one.decoded("dtstart"), one.decoded("sequence")) for one in found]

    day = TODAY + timedelta(days=300)
    assert events() == [(f"contract-{row.pk}", day, 0), (f"paper-{Paper.objects.get().pk}", day, 0)]
    row.ends_on = day + timedelta(days=10)
    changes.change_contract(cast.assessor, row, changed={"ends_on"}, today=TODAY)
    assert (f"contract-{row.pk}", day + timedelta(days=10), 1) in events()


def test_one_contract_is_taken_into_a_calendar_as_the_feed_has_it(cast: Cast, signed_in: Any) -> None:
    row = contract(cast, 300, owner=cast.reader.user)
    response = signed_in(cast.reader).get(f"/contracts/{row.pk}/decide.ics")
    assert response["Content-Disposition"] == 'attachment; filename="C-1.ics"'
    (event,) = Calendar.from_ical(b"".join(response.streaming_content)).walk("VEVENT")
    feed = Calendar.from_ical(calendar_of(cast.reader.user, now=datetime(2026, 5, 20, 8, tzinfo=UTC)))
    assert event["uid"] == feed.walk("VEVENT")[0]["uid"]
    assert event.decoded("dtstart") == row.decide_by
    changes.decide(cast.assessor, row, decision=TermDecision.CONTINUE, reason="It works", today=TODAY)
    assert signed_in(cast.reader).get(f"/contracts/{row.pk}/decide.ics").status_code == 404
