"""What a vendor promised, where it is judged: at its question, to read and no more, from outside too."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.models import Membership, Role, User
from assessments.commitments import transitions
from assessments.commitments.promises import promised_about, promised_in
from assessments.models import Answer, Assessment, Commitment
from tests.factories import Cast, add_rater, make_assessment, make_commitment, make_member, make_vendor

SignedIn = Callable[[Membership | User], Client]
TODAY = timezone.localdate()


@pytest.fixture
def assessment(cast: Cast) -> Assessment:
    return make_assessment(cast.assessor, vendor=make_vendor(cast.organisation))


def promise(cast: Cast, assessment: Assessment, what: str, **fields: Any) -> Commitment:
    fields = {"rule": "speed", "question": "speed-1", "agreed": True, **fields}
    return make_commitment(cast.assessor, assessment.vendor, what=what, **fields)


def ended(row: Commitment, on: date, **values: str) -> Commitment:
    Commitment.objects.filter(pk=row.pk).update(ended_on=on, **values)
    return row


def test_what_is_agreed_stands_at_its_question_and_at_its_rule(cast: Cast, assessment: Assessment) -> None:
    promise(cast, assessment, "Answer in an hour.")
    promise(cast, assessment, "Hire two people.", question="")
    promise(cast, assessment, "Something else.", rule="proof", question="proof-1")
    promise(cast, assessment, "Only asked for.", agreed=False)
    withdrawn = promise(cast, assessment, "Not wanted.")
    transitions.withdraw(cast.assessor, withdrawn, text="No.", on=TODAY, now=timezone.now())

    found = promised_in(assessment, "speed", TODAY, with_pages=True)

    assert {key: [one.what for one in those] for key, those in found.items()} == {
        "speed-1": ["Answer in an hour."],
        "": ["Hire two people."],
    }


def test_it_says_due_and_state_in_words(cast: Cast, assessment: Assessment) -> None:
    start = assessment.period_start
    promise(cast, assessment, "Open.", due_on=TODAY + timedelta(days=1))
    promise(cast, assessment, "Late.", due_on=TODAY - timedelta(days=1))
    ended(promise(cast, assessment, "Kept.", due_on=TODAY - timedelta(days=9)), start, state="kept", kept_by="evidence")
    ended(promise(cast, assessment, "Missed."), start, state="missed")
    ended(promise(cast, assessment, "Long ago."), start - timedelta(days=1), state="missed")

    those = promised_in(assessment, "speed", TODAY, with_pages=False)["speed-1"]

    assert [(one.what, one.standing.label) for one in those] == [
        ("Kept.", "Kept"), ("Late.", "Overdue"), ("Open.", "Agreed"), ("Missed.", "Missed"),
    ]  # fmt: skip
    assert [one.when.split()[0] for one in those] == ["due"] * 4
    assert ", kept on " in those[0].when
    assert ", missed on " in those[3].when
    assert [one.url for one in those] == [""] * 4


def test_of_several_answers_each_has_its_vendors_promises_in_one_query(cast: Cast, assessment: Assessment) -> None:
    other = make_assessment(cast.assessor, release=assessment.release, vendor=make_vendor(cast.organisation, "Other"))
    promise(cast, assessment, "Ours.")
    promise(cast, other, "Theirs.")
    rows = Answer.objects.filter(question__key="speed-1").select_related("response__assessment", "question")
    answers = list(rows.order_by("pk"))

    with CaptureQueriesContext(connection) as queries:
        found = promised_about(answers, TODAY, with_pages=True)

    assert len(queries) == 1
    assert {pk: [one.what for one in those] for pk, those in found.items()} == {
        answers[0].pk: ["Ours."],
        answers[1].pk: ["Theirs."],
    }


def test_a_rater_reads_it_beside_the_question(cast: Cast, assessment: Assessment, signed_in: SignedIn) -> None:
    row = promise(cast, assessment, "Answer in an hour.", due_on=TODAY - timedelta(days=1))
    page = signed_in(cast.assessor).get(reverse("questionnaire", args=[assessment.pk, "speed"])).content.decode()
    question = page[page.index('id="question-speed-1"') : page.index('id="question-speed-2"')]
    assert "Answer in an hour." in question
    assert "Overdue" in question
    assert row.get_absolute_url() in question
    assert "Answer in an hour." not in page[page.index('id="question-speed-2"') :]


def test_from_outside_what_due_and_state_are_read_and_nothing_else(
    cast: Cast, assessment: Assessment, signed_in: SignedIn
) -> None:
    outsider = make_member(cast.organisation, "rita", Role.RATER)
    add_rater(assessment, outsider)
    cast.colleague.user.name = "Harbour Colleague"
    cast.colleague.user.save()
    row = promise(cast, assessment, "Answer in an hour.", why="Harbour outage", owner=cast.colleague.user)

    client = signed_in(outsider)
    page = client.get(reverse("questionnaire", args=[assessment.pk, "speed"])).content.decode()

    assert "Answer in an hour." in page
    assert "Harbour" not in page.replace("Harbour Hospital", "")
    assert row.get_absolute_url() not in page
    assert client.get(row.get_absolute_url()).status_code in {403, 404}


def test_the_queries_of_a_questionnaire_do_not_grow_with_promises(
    cast: Cast, assessment: Assessment, signed_in: SignedIn
) -> None:
    client, address = signed_in(cast.assessor), reverse("questionnaire", args=[assessment.pk, "speed"])
    client.get(address)
    with CaptureQueriesContext(connection) as few:
        client.get(address)
    for number in range(5):
        promise(cast, assessment, f"Promise {number}", question=f"speed-{1 + number % 2}")
    with CaptureQueriesContext(connection) as many:
        client.get(address)
    assert len(many) == len(few)
