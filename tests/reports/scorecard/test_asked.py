"""What we ask of the vendor: frozen when the scorecard is made, said on page and paper, and nothing of earlier ones."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.models import Membership, User
from assessments.commitments import transitions
from assessments.models import Commitment
from reports.models import Scorecard
from reports.scorecard import asked, snapshots, view
from tests.factories import NOW, Cast, make_assessment, make_commitment, make_vendor
from tests.reports import cards
from vendors.models import Contact

SignedIn = Callable[[Membership | User], Client]
TODAY = NOW.date()


def ended(row: Commitment, on: date, **values: str) -> Commitment:
    Commitment.objects.filter(pk=row.pk).update(ended_on=on, **values)
    return row


def view_of(content: dict[str, Any], language: str = "en") -> Any:
    return view.view_of(cards.scorecard(content), language=language)


def test_a_scorecard_holds_what_is_open_and_what_ended_since_its_period_began(cast: Cast) -> None:
    vendor = make_vendor(cast.organisation)
    contact = Contact.objects.create(vendor=vendor, name="Ann Example")
    late = make_commitment(
        cast.assessor, vendor, agreed=True, now=NOW, contact=contact, rule="speed", question="speed-1",
        due_on=TODAY - timedelta(days=1), measure="duration_mean", target=8,
    )  # fmt: skip
    proposed = make_commitment(cast.assessor, vendor, now=NOW, due_on=TODAY + timedelta(days=5))
    kept = make_commitment(cast.assessor, vendor, agreed=True, now=NOW)
    ended(kept, date(2026, 1, 1), state="kept", kept_by="evidence")
    ended(make_commitment(cast.assessor, vendor, agreed=True, now=NOW), date(2025, 12, 31), state="missed")
    gone = make_commitment(cast.assessor, vendor, now=NOW)
    transitions.withdraw(cast.assessor, gone, text="No.", on=TODAY, now=NOW)

    stored = snapshots.load(cards.approved(cast, vendor=vendor))["commitments"]

    assert [one["number"] for one in stored] == [late.number, proposed.number, kept.number]
    assert stored[0] == {
        "number": late.number, "rule": "speed", "question": "speed-1", "what": late.what, "contact": "Ann Example",
        "owner": "Assessor", "due_on": "2026-03-01", "state": "agreed", "overdue": True, "agreed_on": "2026-03-02",
        "reopened_on": None, "ended_on": None, "measure": "duration_mean", "target": "8.00", "reading": None,
    }  # fmt: skip
    assert (stored[1]["state"], stored[1]["overdue"]) == ("proposed", False)


def test_what_had_ended_before_the_last_scorecard_is_not_said_again(cast: Cast) -> None:
    first = cards.approved(cast)
    vendor = first.assessment.vendor
    before, since = (make_commitment(cast.assessor, vendor, agreed=True, now=NOW) for _ in range(2))
    ended(before, timezone.localdate(first.approved_at) - timedelta(days=1), state="missed")
    ended(since, timezone.localdate(first.approved_at), state="missed")

    second = cards.approved(cast, vendor=vendor)

    assert [one["number"] for one in snapshots.load(second)["commitments"]] == [since.number]


def test_it_is_frozen_in_one_query_however_many_there_are(cast: Cast) -> None:
    assessment = make_assessment(cast.assessor)
    for _ in range(4):
        make_commitment(cast.assessor, assessment.vendor)
    with CaptureQueriesContext(connection) as queries:
        found = asked.frozen(assessment, None, now=NOW)
    assert (len(queries), len(found)) == (1, 4)


def test_a_snapshot_from_before_says_nothing_of_it(cast: Cast) -> None:
    content = {name: value for name, value in cards.snapshot().items() if name != "commitments"}
    loaded = snapshots.load(cards.scorecard({**content, "schema": 7}))
    assert loaded["commitments"] is None
    card = view.build(loaded, sha256="0" * 64, language="en")
    assert (card.asked, card.asked_brief, card.asked_counted) == ((), "", "")


def test_each_is_said_with_rule_owner_day_state_goal_and_reading() -> None:
    late, proposed, kept = view_of({**cards.snapshot(), "commitments": cards.commitments()}).asked
    assert (late.rule_number, late.rule_name, late.contact, late.owner) == (
        5, "Be fast", "Nils Northwind", "Ada Example",
    )  # fmt: skip
    assert (late.due.replace("\N{NO-BREAK SPACE}", " "), late.kind, late.state) == (
        "31 January 2026",
        "late",
        "Overdue",
    )
    assert late.goal.replace("\N{NO-BREAK SPACE}", " ") == "Mean time to resolve: at most 8 hours"
    assert late.reading.startswith("Did not move beyond chance")
    assert (proposed.kind, proposed.state, proposed.question) == ("proposed", "Proposed", proposed.question)
    assert proposed.question
    assert (kept.kind, kept.state.replace("\N{NO-BREAK SPACE}", " ")) == ("kept", "Kept on 1 February 2026")


def test_page_one_says_the_first_two_what_is_late_first_and_how_many_more() -> None:
    rows = [
        cards.commitment(1, "First thing.", rule="support", contact="Ann"),
        cards.commitment(2, "Late thing.", rule="speed", overdue=True),
        cards.commitment(3, "x" * 200, rule="proof"),
        cards.commitment(4, "Over.", rule="proof", state="missed", ended_on="2026-02-01"),
    ]
    card = view_of({**cards.snapshot(), "commitments": rows})
    late, first, more = card.asked_brief.split("; ")
    assert late.startswith("5 Late thing (Ada Example, by ")
    assert "Overdue" in late
    assert first.startswith("1 First thing (")
    assert more == "1 more"
    assert card.asked_counted == "3 commitments are open, 1 of them overdue"


def test_the_page_shows_it_and_asks_for_more_where_a_rule_is_not_met(cast: Cast, signed_in: SignedIn) -> None:
    vendor = make_vendor(cast.organisation)
    make_commitment(cast.assessor, vendor, agreed=True, now=NOW, what="Answer in an hour.", rule="speed")
    card = cards.approved(cast, vendor=vendor, grade=1)
    address = reverse("scorecard_detail", args=[card.pk])

    page = signed_in(cast.assessor).get(address).content.decode()

    assert "What we ask" in page
    assert page.count("Answer in an hour.") == 2  # in the table, and beside its rule
    ask = f"{reverse('commitment_add', args=[vendor.pk])}?assessment={card.assessment_id}&amp;rule="
    assert page.count(ask) == 7
    assert ask not in signed_in(cast.reader).get(address).content.decode()


def test_a_rule_that_is_met_is_no_reason_to_ask(cast: Cast, signed_in: SignedIn) -> None:
    card = cards.approved(cast, grade=4)
    page = signed_in(cast.assessor).get(reverse("scorecard_detail", args=[card.pk])).content.decode()
    assert "Ask for a commitment" not in page


def test_whoever_still_judges_the_vendor_reads_the_words_and_no_reading(cast: Cast, signed_in: SignedIn) -> None:
    vendor = make_vendor(cast.organisation)
    row = make_commitment(cast.assessor, vendor, agreed=True, now=NOW, what="Answer in an hour.", rule="speed")
    reading = cards.commitments()[0]["reading"]
    Commitment.objects.filter(pk=row.pk).update(measure="duration_mean", reading=reading)
    card: Scorecard = cards.approved(cast, vendor=vendor, grade=1)
    address = reverse("scorecard_detail", args=[card.pk])
    assert "Did not move beyond chance" in signed_in(cast.colleague).get(address).content.decode()

    make_assessment(cast.colleague, release=card.assessment.release, vendor=vendor)

    page = signed_in(cast.colleague).get(address).content.decode()
    assert "Answer in an hour." in page
    assert "Did not move beyond chance" not in page
