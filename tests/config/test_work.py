"""My work: what waits for each role, drafts among it, and the latest scorecards below."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.models import Membership, User
from assessments.lifecycle import transitions
from assessments.models import AssessmentState
from config.work import LATEST, MOST
from reports.models import Scorecard
from tests.factories import Cast, add_rater, make_assessment, make_contract, make_vendor
from vendors.models import ImportState, IncidentImport, Vendor

SignedIn = Callable[[Membership | User], Client]


def approved(cast: Cast, *, days_ago: int = 0, grade: int = 4, vendor: Vendor | None = None) -> Scorecard:
    """Through the lifecycle, so that it has its scorecard."""
    now = timezone.now() - timedelta(days=days_ago)
    assessment = make_assessment(cast.assessor, grade=grade, vendor=vendor)
    transitions.submit(cast.assessor, assessment, now=now)
    transitions.approve(cast.approver, assessment, now=now)
    return Scorecard.objects.get(assessment=assessment)


def work(client: Client) -> str:
    return client.get(reverse("work")).content.decode()


def test_a_draft_waits_for_its_owner_to_open_its_questionnaire(cast: Cast, signed_in: SignedIn) -> None:
    draft = make_assessment(cast.assessor, state=AssessmentState.DRAFT)
    shown = work(signed_in(cast.assessor))
    assert "Open the questionnaire" in shown
    assert f'href="{reverse("assessment_detail", args=[draft.pk])}"' in shown
    assert draft.reference not in work(signed_in(cast.colleague))
    assert draft.reference not in work(signed_in(cast.reader))
    assert draft.reference not in work(signed_in(cast.stranger))


def test_a_draft_that_is_opened_waits_for_answers(cast: Cast, signed_in: SignedIn) -> None:
    make_assessment(cast.assessor, state=AssessmentState.COLLECTING)
    shown = work(signed_in(cast.assessor))
    assert "Answer the questionnaire" in shown
    assert "Open the questionnaire" not in shown


@pytest.mark.parametrize("who", ["assessor", "approver", "reader", "admin"])
def test_every_role_lands_on_the_latest_scorecards(who: str, cast: Cast, signed_in: SignedIn) -> None:
    card = approved(cast)
    shown = work(signed_in(getattr(cast, who)))
    assert "Latest scorecards" in shown
    assert f'href="{reverse("scorecard_detail", args=[card.pk])}"' in shown
    assert str(card.assessment.vendor) in shown
    assert "1\u00a0January – 31\u00a0March 2026" in shown
    assert shown.count("7 of 7") == shown.count("Rule 7: Met") == 1
    assert "Nothing waits for you at the moment." in shown
    assert shown.count("btn-primary") == (1 if who == "assessor" else 0)


def test_scorecards_of_others_are_not_shown(cast: Cast, signed_in: SignedIn) -> None:
    card = approved(cast)
    shown = work(signed_in(cast.stranger))
    assert card.number not in shown
    assert "Latest scorecards" not in shown
    assert "Nothing waits for you</h2>" in shown


def test_the_newest_scorecard_comes_first_and_the_oldest_gives_way(cast: Cast, signed_in: SignedIn) -> None:
    cards = [approved(cast, days_ago=100 - number) for number in range(LATEST + 1)]
    shown = work(signed_in(cast.reader))
    places = [shown.find(f">{card.number}<") for card in reversed(cards)]
    assert places[:-1] == sorted(places[:-1])
    assert places[0] > 0
    assert places[-1] == -1


def test_all_of_the_last_sixty_days_are_shown_up_to_a_page(cast: Cast, signed_in: SignedIn) -> None:
    recent = [approved(cast, days_ago=59) for _ in range(LATEST + 1)]
    old = approved(cast, days_ago=61)
    shown = work(signed_in(cast.reader))
    assert all(f">{card.number}<" in shown for card in recent)
    assert f">{old.number}<" not in shown
    for _ in range(MOST - LATEST):
        approved(cast)
    assert f">{recent[0].number}<" not in work(signed_in(cast.reader))


@pytest.mark.parametrize("who", ["approver", "reader"])
def test_below_a_new_scorecard_stands_what_changed_since_the_one_before(
    who: str, cast: Cast, signed_in: SignedIn
) -> None:
    vendor = make_vendor(cast.organisation)
    approved(cast, days_ago=100, grade=1, vendor=vendor)
    approved(cast, grade=2, vendor=vendor)
    shown = " ".join(work(signed_in(getattr(cast, who))).split())
    assert "Rule 7: Broken → Partly met" in shown
    assert shown.count('<span class="tendency tendency-better">') == 7
    assert shown.count("First scorecard") == 1


def test_what_changed_is_not_told_to_whoever_still_rates(cast: Cast, signed_in: SignedIn) -> None:
    vendor = make_vendor(cast.organisation)
    approved(cast, days_ago=100, grade=1, vendor=vendor)
    approved(cast, grade=2, vendor=vendor)
    make_assessment(cast.assessor, vendor=vendor)
    assert "Broken → Partly met" not in work(signed_in(cast.assessor))
    assert "Broken → Partly met" in work(signed_in(cast.reader))


def test_it_costs_the_same_queries_for_one_scorecard_and_for_many(cast: Cast, signed_in: SignedIn) -> None:
    def queries() -> list[str]:
        with CaptureQueriesContext(connection) as caught:
            work(client)
        return [query["sql"] for query in caught]

    client = signed_in(cast.assessor)
    approved(cast)
    make_assessment(cast.assessor, state=AssessmentState.DRAFT)
    few = queries()
    for _ in range(4):
        approved(cast)
        make_assessment(cast.assessor, state=AssessmentState.DRAFT)
    many = queries()
    assert len(many) == len(few)
    assert not any('"snapshot"' in sql for sql in many)


@pytest.mark.parametrize(
    ("state", "age", "waits"),
    [
        (ImportState.MAPPING, timedelta(days=1), True),
        (ImportState.CHECKED, timedelta(days=1), True),
        (ImportState.CHECKING, timedelta(days=1), False),
        (ImportState.DONE, timedelta(days=1), False),
        (ImportState.FAILED, timedelta(days=1), True),
        (ImportState.FAILED, timedelta(days=8), False),
        (ImportState.MAPPING, timedelta(days=31), False),
    ],
)
def test_a_file_of_incidents_waits_for_whoever_brought_it(
    cast: Cast, signed_in: SignedIn, state: ImportState, age: timedelta, *, waits: bool
) -> None:
    day = timezone.now() - age
    upload = IncidentImport.objects.create(
        organisation=cast.organisation, created_by=cast.assessor.user, file_name="tickets.csv", state=state
    )
    IncidentImport.objects.update(created_at=day, finished_at=day)
    assert (f'href="{upload.get_absolute_url()}"' in work(signed_in(cast.assessor))) is waits
    assert "tickets.csv" not in work(signed_in(cast.colleague))


@pytest.mark.parametrize("who", ["assessor", "approver", "reader", "admin"])
def test_it_takes_the_same_queries_however_much_waits(cast: Cast, signed_in: SignedIn, who: str) -> None:
    client = signed_in(getattr(cast, who))

    def asked() -> int:
        with CaptureQueriesContext(connection) as caught:
            work(client)
        return len(caught)

    def more(days_ago: int) -> None:
        vendor = make_vendor(cast.organisation, f"Vendor {days_ago}")
        make_contract(vendor, f"C-{days_ago}", ends_on=timezone.localdate() + timedelta(days=30))
        for state in (AssessmentState.DRAFT, AssessmentState.COLLECTING):
            add_rater(make_assessment(cast.assessor, vendor=vendor, state=state), cast.colleague, grade=1)
        transitions.submit(cast.assessor, make_assessment(cast.assessor, vendor=vendor, grade=3), now=timezone.now())
        approved(cast, days_ago=days_ago, vendor=vendor)

    more(1)
    asked()  # the first time pays for what is kept
    few = asked()
    for days_ago in range(2, 5):
        more(days_ago)
    assert asked() == few <= 9
