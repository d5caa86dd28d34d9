"""What changed in each of several scorecards since the one before: by status, in constant queries, not to raters."""

from __future__ import annotations

from typing import Any

from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import Membership
from manifesto.models import Question, ReleaseState
from reports.models import Scorecard
from reports.trends.changes import ChangeLine, changes_of
from tests.factories import NOW, Cast, make_assessment, make_release, make_vendor
from tests.reports.trends.rows import card


def with_key_before(*cards: Scorecard) -> list[Any]:
    """In this order, as lists read them."""
    found = Scorecard.objects.select_related("assessment").with_key_before().in_bulk([one.pk for one in cards])
    return [found[one.pk] for one in cards]


def told(member: Membership, *cards: Scorecard) -> list[tuple[tuple[ChangeLine, ...], str]]:
    return [(one.lines, one.note) for one in changes_of(member, with_key_before(*cards))]


def test_each_rule_whose_status_changed_is_a_line(cast: Cast) -> None:
    vendor = make_vendor(cast.organisation)
    card(cast, make_vendor(cast.organisation, "Another"), day=50, prevention=4)
    first = card(cast, vendor, prevention=1, support=4, speed=3)
    second = card(cast, vendor, day=90, prevention=2, support=1, speed=4, proof=None)
    assert told(cast.reader, second, first) == [
        (
            (
                ChangeLine(said="Rule 1: Met → Broken", way="worse"),
                ChangeLine(said="Rule 6: Met → Not rated", way=""),
                ChangeLine(said="Rule 7: Broken → Partly met", way="better"),
            ),
            "",
        ),
        ((), "First scorecard"),
    ]


def test_each_scorecard_is_held_against_the_one_right_before_it(cast: Cast) -> None:
    vendor = make_vendor(cast.organisation)
    first = card(cast, vendor, speed=1)
    second = card(cast, vendor, speed=2)  # of the same moment: the later row is the later one
    third = card(cast, vendor, day=90, speed=2)
    found = changes_of(cast.reader, with_key_before(third, second, first))
    assert [one.before and one.before.pk for one in found] == [second.pk, first.pk, None]
    assert [one.note for one in found] == ["No rule changed its status", "", "First scorecard"]


def test_where_every_rule_was_asked_otherwise_it_is_said_once_without_their_numbers(cast: Cast) -> None:
    vendor = make_vendor(cast.organisation)
    card(cast, vendor)
    second = card(cast, vendor, day=90, release=make_release("2", questions_per_rule=3))
    line = ChangeLine(said="No rule can be compared: its questions or thresholds are others since", way="")
    assert told(cast.reader, second) == [((line,), "")]


def test_what_was_asked_otherwise_is_named_together(cast: Cast) -> None:
    vendor = make_vendor(cast.organisation)
    card(cast, vendor)
    edition = make_release("2", state=ReleaseState.DRAFT)
    Question.objects.filter(release=edition, rule__key__in=["support", "proof"]).update(revision=2)
    edition.state, edition.published_at = ReleaseState.PUBLISHED, NOW
    edition.save()
    second = card(cast, vendor, day=90, release=edition)
    line = ChangeLine(said="Rules 1 and 6: not comparable", way="")
    assert told(cast.reader, second) == [((line,), "")]


def test_whoever_still_rates_the_vendor_is_told_nothing(cast: Cast) -> None:
    vendor = make_vendor(cast.organisation)
    card(cast, vendor, speed=1)
    second = card(cast, vendor, day=90, speed=3)
    make_assessment(cast.assessor, vendor=vendor)
    said = "What changed is told once you have handed in your own answers."
    assert told(cast.assessor, second) == [((), said)]
    assert told(cast.reader, second) != [((), said)]


def test_many_take_the_queries_of_one(cast: Cast) -> None:
    def asked(cards: list[Any]) -> int:
        fresh = with_key_before(*cards)
        with CaptureQueriesContext(connection) as caught:
            changes_of(cast.reader, fresh)
        assert not any('"snapshot"' in query["sql"] for query in caught)
        return len(caught)

    cards = []
    for number in range(4):
        vendor = make_vendor(cast.organisation, f"Vendor {number}")
        cards += [card(cast, vendor, day=day) for day in (0, 90)]
    assert asked(cards) == asked(cards[1:2]) == 1
