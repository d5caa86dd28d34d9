"""Question 2.2: what the vendor was sent of the expectations, and what it said, stands beside it for whoever judges."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.models import Membership, Role, User
from assessments.models import Answer, Assessment
from assessments.questionnaire.known_standards import QUESTION, told_beside
from groundwork.words import day
from manifesto.models import Question, Release
from tests.factories import Cast, add_rater, make_assessment, make_expectations, make_member, make_release, make_vendor
from vendors.models import Acknowledgement, DeskLink, Stance, Vendor

pytestmark = pytest.mark.django_db
SignedIn = Callable[[Membership | User], Client]


@pytest.fixture
def release(db: None) -> Release:
    draft = make_release("2.2", questions_per_rule=2, state="draft")
    Question.objects.filter(release=draft, key="consistency-2").update(key=QUESTION)
    draft.state, draft.published_at = "published", timezone.now()
    draft.save()
    return draft


@pytest.fixture
def assessment(cast: Cast, release: Release) -> Assessment:
    return make_assessment(cast.assessor, vendor=make_vendor(cast.organisation, "Northwind"), release=release)


def send(vendor: Vendor, **fields: Any) -> DeskLink:
    now = timezone.now()
    fields = {"name": "Nils", "sent_at": now, "created_at": now, "expires_at": now + timedelta(days=90), **fields}
    return DeskLink.objects.create(vendor=vendor, token_hash=f"hash-{vendor.pk}", **fields)


def acknowledge(cast: Cast, vendor: Vendor, edition: Any, **replies: tuple[str, str]) -> Acknowledgement:
    said = {rule: {"stance": stance, "comment": comment} for rule, (stance, comment) in replies.items()}
    return Acknowledgement.objects.create(
        edition=edition,
        vendor=vendor,
        on=timezone.localdate(),
        by="Nils Northwind",
        replies=said,
        recorded_by=cast.assessor.user,
        at=timezone.now(),
    )


def page_of(client: Client, assessment: Assessment, rule: str = "consistency") -> str:
    response = client.get(reverse("questionnaire", args=[assessment.pk, rule]))
    assert response.status_code == 200
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.content.decode()).replace("\u00a0", " "))


def today_said() -> str:
    return day(timezone.localdate()).replace("\u00a0", " ")


def test_the_question_shows_what_was_sent_what_was_said_and_what_is_to_be_talked_about(
    cast: Cast, signed_in: SignedIn, assessment: Assessment
) -> None:
    edition = make_expectations(cast.assessor)
    send(assessment.vendor)
    acknowledge(cast, assessment.vendor, edition, speed=(Stance.DISCUSSES, "Not at night."), proof=(Stance.ACCEPTS, ""))
    page = page_of(signed_in(cast.assessor), assessment)
    assert f"What you expect: edition 1, in force since {today_said()}" in page
    assert f"Sent to this vendor on {today_said()}" in page
    assert f"Acknowledged on {today_said()} by Nils Northwind" in page
    assert "It wants to talk about rule 5, Speed (en): Not at night." in page
    assert "rule 6" not in page
    assert "What you expect: edition" not in page_of(signed_in(cast.assessor), assessment, "speed")


def test_what_was_not_sent_or_is_said_of_an_earlier_edition_is_told(
    cast: Cast, signed_in: SignedIn, assessment: Assessment
) -> None:
    first = make_expectations(cast.assessor)
    assert "Not acknowledged" in page_of(signed_in(cast.assessor), assessment)
    acknowledge(cast, assessment.vendor, first)
    send(assessment.vendor)
    make_expectations(cast.assessor)
    DeskLink.objects.update(sent_at=timezone.now() - timedelta(days=1))
    page = page_of(signed_in(cast.assessor), assessment)
    assert "Nothing shows that it was sent to this vendor" in page
    assert f"Not acknowledged yet; edition 1 was, on {today_said()}" in page


def test_without_an_edition_in_force_nothing_stands_there(
    cast: Cast, signed_in: SignedIn, assessment: Assessment
) -> None:
    make_expectations(cast.stranger)
    assert "What you expect" not in page_of(signed_in(cast.assessor), assessment)


def test_an_outside_rater_reads_nothing_of_it(cast: Cast, signed_in: SignedIn, assessment: Assessment) -> None:
    make_expectations(cast.assessor)
    outsider = make_member(cast.organisation, "rita", Role.RATER)
    add_rater(assessment, outsider)
    assert "What you expect" not in page_of(signed_in(outsider), assessment)
    assert signed_in(outsider).get(reverse("expectations")).status_code == 403


def test_the_grid_shows_it_beside_each_vendor_in_as_many_queries_as_for_one(
    cast: Cast, release: Release, django_assert_num_queries: Any
) -> None:
    edition = make_expectations(cast.assessor)
    made = [
        make_assessment(cast.assessor, vendor=make_vendor(cast.organisation, name), release=release)
        for name in ("One", "Two", "Three")
    ]
    for one in made:
        send(one.vendor)
        acknowledge(cast, one.vendor, edition, speed=(Stance.DISCUSSES, "?"))
    rows = Answer.objects.filter(question__key=QUESTION).select_related("question", "response__assessment")
    answers, today = list(rows.order_by("pk")), timezone.localdate()
    with CaptureQueriesContext(connection) as few:
        told_beside(answers[:1], today, is_outside=False)
    with django_assert_num_queries(len(few)):
        found = told_beside(answers, today, is_outside=False)
    assert len(few) == 2
    assert [found[answer.pk].is_said for answer in answers] == [True, True, True]


def test_no_query_is_made_for_other_questions(
    cast: Cast, assessment: Assessment, django_assert_num_queries: Any
) -> None:
    others = list(Answer.objects.exclude(question__key=QUESTION).select_related("question"))
    with django_assert_num_queries(0):
        assert told_beside(others, timezone.localdate(), is_outside=False) == {}
