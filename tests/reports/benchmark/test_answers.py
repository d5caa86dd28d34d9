"""Answers are published when enough has changed, and taken back when an organisation leaves."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.db.models import F
from django.test import Client

from accounts.models import AuditEntry, Membership, Organisation, Role
from reports.benchmark import answers
from reports.benchmark.panel import panel_of
from reports.models import BenchmarkAnswer, VendorStanding
from tests.factories import NOW, Cast, make_member
from tests.reports.renderings import make_scorecard
from vendors.models import Tier

MONTH = answers.EVERY


def standing(member: Membership, percent: int, *, number: int = 1, at: datetime = NOW) -> VendorStanding:
    """A vendor whose seven rules have this percent."""
    card = make_scorecard(member, number=f"S-2026-{number:03}", vendor=f"Vendor {number}")
    status = "met" if percent >= 75 else "partly"
    return VendorStanding.objects.create(
        organisation=member.organisation,
        vendor=card.assessment.vendor,
        scorecard=card,
        approved_at=at,
        period_end=at.date(),
        verdict="not_met",
        confidence="low",
        met=7 if status == "met" else 0,
        partly=0 if status == "met" else 7,
        broken=0,
        not_rated=0,
        **{f"status_{rule}": status for rule in range(1, 8)},
        **{f"percent_{rule}": percent for rule in range(1, 8)},
    )


@pytest.fixture
def admins(cast: Cast) -> list[Membership]:
    """Of six organisations, each with a vendor of its own; the first is the cast's."""
    others = [Organisation.objects.create(name=f"Harbour {n}", slug=f"harbour-{n}") for n in range(5)]
    admins = [
        cast.admin,
        *(make_member(organisation, f"admin of {organisation.slug}", Role.ADMIN) for organisation in others),
    ]
    for place, admin in enumerate(admins):
        standing(admin, 40 + 10 * place)
    return admins


def said(rule: int = 1) -> BenchmarkAnswer | None:
    return BenchmarkAnswer.objects.latest_by_cell().get((rule, Tier.STANDARD.value))


def five_share(admins: list[Membership], now: datetime = NOW) -> None:
    for admin in admins[:5]:
        assert answers.join(admin, now=now)


def test_five_that_share_are_enough_and_four_are_not(admins: list[Membership]) -> None:
    for admin in admins[:4]:
        answers.join(admin, now=NOW)
    assert answers.publish(now=NOW) == 0
    answers.join(admins[4], now=NOW)
    assert answers.publish(now=NOW) == 7
    answer = said()
    assert answer is not None
    assert (answer.organisations, answer.vendors, answer.lower, answer.median, answer.upper) == (5, 5, 50, 60, 70)


def test_who_does_not_share_is_in_no_answer(admins: list[Membership]) -> None:
    five_share(admins)
    answers.publish(now=NOW)
    answer = said()
    assert answer is not None
    assert str(admins[5].organisation_id) not in answer.contributions


def test_no_second_answer_differs_by_one_organisation(admins: list[Membership]) -> None:
    five_share(admins)
    answers.publish(now=NOW)
    answers.join(admins[5], now=NOW)
    assert answers.publish(now=NOW + MONTH) == 0
    for admin in admins[:2]:
        VendorStanding.objects.filter(organisation=admin.organisation).update(
            **{f"percent_{rule}": 5 for rule in range(1, 8)}
        )
    assert answers.publish(now=NOW + MONTH) == 7
    assert BenchmarkAnswer.objects.count() == 14


def test_answers_come_every_four_weeks_at_most(admins: list[Membership]) -> None:
    five_share(admins)
    answers.publish(now=NOW)
    VendorStanding.objects.update(**{f"percent_{rule}": F(f"percent_{rule}") - 30 for rule in range(1, 8)})
    assert answers.publish(now=NOW + MONTH - timedelta(seconds=1)) == 0
    assert answers.publish(now=NOW + MONTH) == 7


def test_leaving_takes_ones_figures_out_for_everybody(admins: list[Membership]) -> None:
    five_share(admins)
    answers.publish(now=NOW)
    assert answers.leave(admins[0], now=NOW)
    assert said() is None
    withdrawn = BenchmarkAnswer.objects.get(rule=1)
    assert (withdrawn.median, withdrawn.organisations, withdrawn.met) == (None, None, None)
    assert withdrawn.contributions[str(admins[0].organisation_id)] == ""
    assert not answers.leave(admins[0], now=NOW)


def test_what_was_remembered_of_a_withdrawn_answer_is_no_help_either(admins: list[Membership]) -> None:
    """The other four and a fifth: without the one who left, and with one more: two organisations differ."""
    five_share(admins)
    answers.publish(now=NOW)
    answers.leave(admins[0], now=NOW)
    answers.join(admins[5], now=NOW)
    assert answers.publish(now=NOW + MONTH) == 0
    VendorStanding.objects.filter(organisation=admins[1].organisation).update(
        **{f"percent_{rule}": 5 for rule in range(1, 8)}
    )
    assert answers.publish(now=NOW + MONTH) == 7


def test_old_scorecards_and_archived_vendors_do_not_count(admins: list[Membership]) -> None:
    five_share(admins)
    VendorStanding.objects.filter(organisation=admins[0].organisation).update(approved_at=NOW - answers.YOUNGER_THAN)
    assert answers.publish(now=NOW) == 0


def test_joining_and_leaving_are_in_the_trail(admins: list[Membership]) -> None:
    answers.join(admins[0], now=NOW)
    answers.leave(admins[0], now=NOW)
    verbs = AuditEntry.objects.filter(organisation=admins[0].organisation).values_list("verb", flat=True)
    assert {"benchmark.joined", "benchmark.left"} <= set(verbs)


def test_the_database_keeps_no_answer_of_four(db: None) -> None:
    with pytest.raises(IntegrityError, match="benchmark_of_five_or_withdrawn"), transaction.atomic():
        BenchmarkAnswer.objects.create(
            rule=1, tier="standard", published_at=NOW, contributions={}, organisations=4, vendors=9, lower=1, median=2
        )


def test_publishing_asks_as_much_of_few_vendors_as_of_many(
    admins: list[Membership], django_assert_num_queries: Any
) -> None:
    five_share(admins)
    for number in range(2, 6):
        for admin in admins[:5]:
            standing(admin, 30 + 10 * number, number=number)
    with django_assert_num_queries(6):  # a savepoint's two, the organisations, the vendors, the answers, the new ones
        answers.publish(now=NOW)


# Pages -----------------------------------------------------------------------------------------------------------


def test_a_scorecard_says_where_its_vendor_lies(admins: list[Membership]) -> None:
    five_share(admins)
    answers.publish(now=NOW)
    card = VendorStanding.objects.get(organisation=admins[0].organisation).scorecard
    card.rules.create(position=1, key="prevention", status="partly", percent=40, coverage=100)
    member = Membership.objects.get(pk=admins[0].pk)
    panel = panel_of(member, card, {"prevention": "Prevention"})
    assert panel is not None
    assert [(row.name, row.place) for row in panel.rows] == [("Prevention", "in the lowest quarter")]


def test_who_does_not_give_does_not_get(admins: list[Membership], client: Client) -> None:
    five_share(admins)
    answers.publish(now=NOW)
    card = VendorStanding.objects.get(organisation=admins[5].organisation).scorecard
    assert panel_of(admins[5], card, {}) is None
    client.force_login(admins[5].user)
    assert "60%" not in client.get("/benchmark/").content.decode()
    client.force_login(admins[0].user)
    assert "60%" in client.get("/benchmark/").content.decode()


def test_an_administrator_joins_and_leaves_on_the_page(cast: Cast, client: Client) -> None:
    client.force_login(cast.admin.user)
    assert "Share in the benchmark" in client.get("/benchmark/").content.decode()
    client.post("/benchmark/join/")
    cast.organisation.refresh_from_db()
    assert cast.organisation.benchmarks_since is not None
    assert "Every figure to which your organisation contributed" in client.get("/benchmark/leave/").content.decode()
    client.post("/benchmark/leave/")
    cast.organisation.refresh_from_db()
    assert cast.organisation.benchmarks_since is None
