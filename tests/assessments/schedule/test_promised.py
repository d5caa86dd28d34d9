"""Commitments among what waits: for whom, with which words, and with figures only for who may see them."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from icalendar import Calendar

from accounts.models import Membership, Role
from assessments.commitments import transitions
from assessments.models import Commitment, CommitmentState, CommitmentStep, StepKind
from assessments.schedule.calendar import calendar_of
from assessments.schedule.inbox import Item, ItemKind, waiting_for
from assessments.schedule.readings import read_due
from tests.assessments.commitments.measuring import BEFORE, DUE, GOOD, incidents, kept, promised
from tests.factories import Cast, add_rater, make_assessment, make_member

LATE = datetime(2026, 3, 2, 8, tzinfo=UTC)
TODAY = LATE.date()
BAD = {month: 17.0 + month % 2 for month in range(15, 22)}


def items(member: Membership, today: date = TODAY) -> list[Item]:
    return [item for item in waiting_for(member, today) if item.kind.startswith("promise")]


def only(member: Membership, today: date = TODAY) -> Item:
    (item,) = items(member, today)
    return item


def step(commitment: Commitment, kind: StepKind) -> None:
    CommitmentStep.objects.create(commitment=commitment, kind=kind, at=LATE)


@pytest.mark.parametrize(("days", "waits"), [(15, False), (14, True), (0, True), (-1, True)])
def test_what_is_due_waits_for_its_owner_from_two_weeks_before(cast: Cast, days: int, waits: bool) -> None:
    promised(cast.assessor, owner=cast.reader.user, measure="", target=None)
    today = DUE - timedelta(days=days)
    assert [item.kind for item in items(cast.reader, today)] == ([ItemKind.PROMISE_DUE] if waits else [])
    assert items(cast.assessor, today) == []


def test_it_says_what_and_until_when_and_leads_there(cast: Cast) -> None:
    commitment = promised(cast.assessor, measure="", target=None)
    item = only(cast.assessor, DUE)
    assert item.action == "Ask the vendor how far the commitment is"
    assert (item.vendor, item.about, item.due_on, item.is_late) == (commitment.vendor, commitment.number, DUE, False)
    assert item.url == f"/commitments/{commitment.pk}/"
    assert item.detail == "Resolve incidents within twelve hours"
    assert only(cast.assessor, DUE + timedelta(days=1)).action == "It was due: say whether it was kept or missed"


@pytest.mark.parametrize(
    ("hours", "action", "said"),
    [
        (GOOD, "It was due, and the measure moved: say that it was kept", "Moved from 19 hours to 9.3 hours"),
        (
            {month: 18.0 + month % 3 for month in range(7, 15)},
            "It was due, and the measure did not move: kept by other evidence, or missed?",
            "Did not move beyond chance: 19 hours before",
        ),
        (
            {},
            "It was due, and the measure cannot tell yet: wait for it, or say what you know",
            "Cannot tell yet: the period of the due date is not over",
        ),
    ],
)
def test_what_was_due_says_what_the_measure_says(cast: Cast, hours: dict[int, float], action: str, said: str) -> None:
    incidents(promised(cast.assessor).vendor, BEFORE | hours)
    read_due(LATE)
    item = only(cast.assessor)
    assert item.action == action
    assert said in item.detail
    assert not item.detail.endswith(".")
    assert item.asked_at == LATE  # it is told in the next summary


def test_whoever_still_judges_the_vendor_sees_no_figure(cast: Cast) -> None:
    commitment = promised(cast.assessor)
    incidents(commitment.vendor, BEFORE | GOOD)
    read_due(LATE)
    add_rater(make_assessment(cast.colleague, vendor=commitment.vendor), cast.assessor)
    item = only(cast.assessor)
    assert item.action == "It was due: say whether it was kept or missed"
    assert item.detail == "Resolve incidents within twelve hours"


def test_what_the_vendor_said_waits_for_an_answer(cast: Cast) -> None:
    declined = promised(cast.assessor, state=CommitmentState.PROPOSED, agreed_on=None, agreed_by="")
    step(declined, StepKind.DECLINED)
    assert only(cast.assessor, DUE).action == "The vendor does not agree: change the commitment, or withdraw it"
    step(promised(cast.colleague, declined.vendor, state=CommitmentState.REPORTED), StepKind.REPORTED)
    item = only(cast.colleague, DUE - timedelta(days=60))
    assert (item.kind, item.asked_at) == (ItemKind.PROMISE_REPORTED, LATE)
    assert item.action == "The vendor reports it done: accept it, or say what is missing"


def test_what_is_changed_after_a_no_waits_for_the_vendor_again(cast: Cast) -> None:
    commitment = promised(cast.assessor, state=CommitmentState.PROPOSED, agreed_on=None, agreed_by="")
    step(commitment, StepKind.DECLINED)
    step(commitment, StepKind.CHANGED)
    assert items(cast.assessor, DUE - timedelta(days=60)) == []
    assert only(cast.assessor, DUE).kind == ItemKind.PROMISE_UNANSWERED


def test_what_fell_back_waits_with_its_reason(cast: Cast) -> None:
    commitment = kept(cast.assessor)
    incidents(commitment.vendor, BEFORE | GOOD | BAD)
    today = datetime(2026, 10, 10, 8, tzinfo=UTC)
    read_due(today)
    item = only(cast.assessor, today.date())
    assert (item.kind, item.told_at_once) == (ItemKind.PROMISE_REOPENED, True)
    assert item.action == "The measure fell back: agree on what happens now"
    assert "Fell back from 9.3 hours to 17.6 hours" in item.detail


SLIPPED = datetime(2026, 8, 20, 8, tzinfo=UTC)


def slipping(cast: Cast, **fields: Any) -> Commitment:
    commitment = kept(cast.assessor, **fields)
    incidents(commitment.vendor, BEFORE | GOOD | {15: 9.0, 16: 9.0, 17: 17.0, 18: 18.0, 19: 17.0})
    read_due(SLIPPED)
    return commitment


def test_what_may_be_falling_back_waits_before_it_does(cast: Cast) -> None:
    slipping(cast)
    item = only(cast.assessor, SLIPPED.date())
    assert (item.kind, item.due_on, item.is_late) == (ItemKind.PROMISE_SLIPPING, None, False)
    assert item.action == "The measure may be falling back: ask the vendor before it does"
    assert "from 9.3 hours to 17.3 hours" in item.detail
    assert item.asked_at == SLIPPED  # it is told in the next summary


def test_what_may_be_falling_back_is_unknown_to_whoever_still_judges_the_vendor(cast: Cast) -> None:
    commitment = slipping(cast)
    add_rater(make_assessment(cast.colleague, vendor=commitment.vendor), cast.assessor)
    assert items(cast.assessor, SLIPPED.date()) == []


def test_after_twelve_months_what_was_slipping_waits_no_more(cast: Cast) -> None:
    commitment = slipping(cast)
    assert commitment.ended_on is not None
    assert items(cast.assessor, commitment.ended_on + timedelta(days=364)) != []
    assert items(cast.assessor, commitment.ended_on + timedelta(days=365)) == []


def test_what_ended_waits_for_nobody(cast: Cast) -> None:
    kept(cast.assessor)
    promised(cast.assessor, state=CommitmentState.WITHDRAWN, ended_on=DUE)
    assert items(cast.assessor) == []


def test_what_nobody_follows_up_any_more_waits_for_all_who_assess(cast: Cast) -> None:
    promised(cast.assessor, owner=cast.reader.user, measure="", target=None)
    Membership.objects.filter(pk=cast.reader.pk).update(is_active=False)
    assert len(items(cast.colleague)) == 1
    assert items(cast.approver) == items(cast.admin) == []
    assert items(cast.stranger) == []


def test_an_outside_rater_sees_none(cast: Cast) -> None:
    wendy = make_member(cast.organisation, "wendy", Role.RATER)
    promised(cast.assessor, owner=wendy.user, measure="", target=None)
    assert items(wendy) == []


def test_it_costs_the_same_queries_however_many_there_are(cast: Cast) -> None:
    def queries() -> int:
        member = Membership.objects.select_related("organisation", "user").get(pk=cast.assessor.pk)
        with CaptureQueriesContext(connection) as caught:
            assert all(str(item.vendor) for item in waiting_for(member, LATE.date()))
        return len(caught)

    promised(cast.assessor)
    few = queries()
    for _ in range(4):
        promised(cast.assessor)
        step(promised(cast.assessor, state=CommitmentState.REPORTED), StepKind.REPORTED)
    assert queries() == few <= 16


def test_the_calendar_has_it_a_year_ahead_and_follows_its_day(cast: Cast) -> None:
    commitment = promised(cast.assessor, state=CommitmentState.PROPOSED, agreed_on=None, agreed_by="")
    now = datetime(2025, 3, 1, 8, tzinfo=UTC)

    def event() -> dict[str, str]:
        (found,) = Calendar.from_ical(calendar_of(cast.assessor.user, now=now)).walk("VEVENT")
        return {name: str(found.decoded(name, "")) for name in ("uid", "dtstart", "sequence")} | {
            "summary": str(found["summary"])
        }

    before = event()
    assert (before["dtstart"], before["sequence"]) == (str(DUE), "0")
    changed = {"due_on": DUE + timedelta(days=30)}
    transitions.change(cast.assessor, commitment, changed, version=commitment.version, now=now)
    after = event()
    assert after["uid"] == before["uid"]
    assert (after["dtstart"], after["sequence"]) == (str(DUE + timedelta(days=30)), "1")


def test_one_is_taken_into_a_calendar_as_the_feed_has_it(cast: Cast, signed_in: Any) -> None:
    commitment = promised(cast.assessor, due_on=date(2027, 9, 1), measure="", target=None)
    client = signed_in(cast.reader)
    response = client.get(f"/commitments/{commitment.pk}/due.ics")
    (event,) = Calendar.from_ical(b"".join(response.streaming_content)).walk("VEVENT")
    assert event["uid"] == f"commitment-{commitment.pk}@localhost"
    assert event.decoded("dtstart") == date(2027, 9, 1)
    ended = {"state": CommitmentState.WITHDRAWN, "ended_on": DUE}
    Commitment.objects.filter(pk=commitment.pk).update(**ended)
    assert client.get(f"/commitments/{commitment.pk}/due.ics").status_code == 404
