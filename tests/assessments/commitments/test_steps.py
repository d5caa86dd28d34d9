"""Each step on its small page: what is at stake, what must be said, and nothing that was typed is lost."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import Membership, User
from assessments.commitments import transitions
from assessments.commitments.steps import next_steps
from assessments.models import Commitment, CommitmentState, CommitmentStep, StepKind
from tests.factories import Cast, make_commitment, make_release, make_vendor
from vendors.models import Vendor

SignedIn = Callable[[Membership | User], Client]


@pytest.fixture
def vendor(cast: Cast) -> Vendor:
    make_release()
    return make_vendor(cast.organisation)


def send(client: Client, step: str, row: Commitment, **said: Any) -> Any:
    return client.post(reverse(f"commitment_{step}", args=[row.pk]), {"version": row.version, **said})


def reported(cast: Cast, vendor: Vendor) -> Commitment:
    row = make_commitment(cast.assessor, vendor, agreed=True)
    return transitions.report_done(cast.assessor.user, row, text="Done.", now=timezone.now())


def last_of(row: Commitment) -> CommitmentStep:
    last = row.steps.last()
    assert last is not None
    return last


def test_who_agreed_and_when_is_recorded(cast: Cast, vendor: Vendor, signed_in: SignedIn) -> None:
    row = make_commitment(cast.assessor, vendor)
    yesterday = timezone.localdate() - timedelta(days=1)
    send(signed_in(cast.assessor), "agree", row, agreed_by="Ann Example", on=yesterday, text="By mail.")
    row.refresh_from_db()
    assert (row.state, row.agreed_by, row.agreed_on) == (CommitmentState.AGREED, "Ann Example", yesterday)
    assert last_of(row).text == "By mail."


def test_nobody_agrees_tomorrow(cast: Cast, vendor: Vendor, signed_in: SignedIn) -> None:
    row = make_commitment(cast.assessor, vendor)
    tomorrow = timezone.localdate() + timedelta(days=1)
    response = send(signed_in(cast.assessor), "agree", row, agreed_by="Ann", on=tomorrow)
    assert response.context["form"].errors["on"] == ["Choose today or an earlier day."]


def test_nobody_agreed_in_the_year_one(cast: Cast, vendor: Vendor, signed_in: SignedIn) -> None:
    row = make_commitment(cast.assessor, vendor, measure="duration_mean")
    response = send(signed_in(cast.assessor), "agree", row, agreed_by="Ann", on=date(1, 1, 1))
    assert response.context["form"].errors["on"] == ["Check the year: it is more than 5 years away."]


@pytest.mark.parametrize(
    ("step", "leads_to"),
    [
        ("progress", (CommitmentState.AGREED, StepKind.PROGRESS)),
        ("report", (CommitmentState.REPORTED, StepKind.REPORTED)),
        ("keep", (CommitmentState.KEPT, StepKind.KEPT)),
        ("miss", (CommitmentState.MISSED, StepKind.MISSED)),
        ("withdraw", (CommitmentState.WITHDRAWN, StepKind.WITHDRAWN)),
    ],
)
def test_each_step_needs_a_word_and_leads_to_its_state(
    cast: Cast, vendor: Vendor, signed_in: SignedIn, step: str, leads_to: tuple[str, str]
) -> None:
    row, client = make_commitment(cast.assessor, vendor, agreed=True), signed_in(cast.assessor)
    assert send(client, step, row, text=" ").context["form"].errors.keys() == {"text"}
    assert send(client, step, row, text="Because.")["Location"] == row.get_absolute_url()
    row.refresh_from_db()
    last = last_of(row)
    assert ((row.state, last.kind), last.text, last.user) == (leads_to, "Because.", cast.assessor.user)
    assert (row.ended_on is None) is row.is_open


def test_what_was_reported_is_returned_with_a_reason(cast: Cast, vendor: Vendor, signed_in: SignedIn) -> None:
    row = reported(cast, vendor)
    send(signed_in(cast.assessor), "return", row, text="No log attached.")
    row.refresh_from_db()
    assert (row.state, last_of(row).text) == (CommitmentState.AGREED, "No log attached.")


def test_each_page_says_what_is_at_stake(cast: Cast, vendor: Vendor, signed_in: SignedIn) -> None:
    row, client = make_commitment(cast.assessor, vendor, agreed=True), signed_in(cast.assessor)
    page = client.get(reverse("commitment_miss", args=[row.pk])).content.decode()
    assert "counts as missed in the share that the vendor kept" in page
    assert row.what in page
    assert "btn-danger" in page


def test_words_that_changed_since_are_not_decided_on_and_what_was_typed_stays(
    cast: Cast, vendor: Vendor, signed_in: SignedIn
) -> None:
    row, client = make_commitment(cast.assessor, vendor), signed_in(cast.assessor)
    transitions.change(cast.colleague, row, {"what": "Another thing."}, version=row.version, now=timezone.now())

    response = send(client, "agree", row, agreed_by="Ann", on=timezone.localdate(), text="By mail.")

    page = response.content.decode()
    assert "Somebody changed this commitment since you opened the page" in page
    assert "Another thing." in page
    assert response.context["form"]["text"].value() == "By mail."
    row.refresh_from_db()
    assert row.state == CommitmentState.PROPOSED
    assert response.context["form"]["version"].value() == str(row.version)


def test_a_page_that_is_closed_says_why(cast: Cast, vendor: Vendor, signed_in: SignedIn) -> None:
    row = make_commitment(cast.assessor, vendor)
    response = signed_in(cast.assessor).get(reverse("commitment_keep", args=[row.pk]), follow=True)
    assert "This commitment is proposed and not agreed yet." in response.content.decode()


@pytest.mark.parametrize("days", [1, 0])
def test_until_its_day_is_over_progress_is_what_comes_next(cast: Cast, vendor: Vendor, days: int) -> None:
    today = timezone.localdate()
    row = make_commitment(cast.assessor, vendor, agreed=True, due_on=today + timedelta(days=days))
    primary = next_steps(cast.assessor, row, today).primary
    assert primary is not None
    assert primary.label == "Note progress"


def test_once_its_day_is_over_neither_kept_nor_missed_is_proposed(cast: Cast, vendor: Vendor) -> None:
    today = timezone.localdate()
    row = make_commitment(cast.assessor, vendor, agreed=True, due_on=today - timedelta(days=1))
    found = next_steps(cast.assessor, row, today)
    assert found.primary is None
    assert [step.label for step in found.others][:2] == ["Accept as kept", "Record as missed"]


def test_what_was_reported_done_is_offered_to_be_accepted_also_after_its_day(cast: Cast, vendor: Vendor) -> None:
    later = timezone.localdate() + timedelta(days=400)
    primary = next_steps(cast.assessor, reported(cast, vendor), later).primary
    assert primary is not None
    assert primary.label == "Accept as kept"


def test_after_one_was_missed_the_same_is_asked_for_anew(cast: Cast, vendor: Vendor) -> None:
    row = make_commitment(cast.assessor, vendor, agreed=True, rule="speed", question="speed-1")
    missed = transitions.miss(cast.assessor, row, text="No.", on=timezone.localdate(), now=timezone.now())
    primary = next_steps(cast.assessor, missed, timezone.localdate()).primary
    assert primary is not None
    assert primary.url == f"/vendors/{vendor.pk}/commitments/add/?question=speed-1"
