"""The way through an assessment: exactly one step is now, and words tell what is done, left out and still to come."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import Membership
from assessments.hub.way import Stage, StageState, way_of
from assessments.lifecycle import transitions
from assessments.models import Assessment, AssessmentState, Response
from tests.assessments.hub.standings import ask_vendor, differ_on, settle, standing_of
from tests.factories import NOW, Cast, add_rater, make_assessment

SignedIn = Callable[[Membership], Client]


def told(assessment: Assessment, member: Membership) -> str:
    """Each step by the first letter of its state: done, now, later, x for left out."""
    letters = {StageState.LEFT_OUT: "x"}
    steps = way_of(standing_of(assessment, member))
    assert [step.stage for step in steps] == list(Stage)
    return "".join(letters.get(step.state, step.state[0]) for step in steps)


@pytest.fixture
def shared(cast: Cast) -> Assessment:
    assessment = make_assessment(cast.assessor, grade=3)
    add_rater(assessment, cast.reader, grade=2)
    return assessment


def hand_in(assessment: Assessment) -> None:
    Response.objects.filter(assessment=assessment).update(submitted_at=NOW)


def test_begins_with_asking_raters(cast: Cast) -> None:
    draft = make_assessment(cast.assessor, state=AssessmentState.DRAFT)
    draft.responses.all().delete()

    assert told(draft, cast.assessor) == "nllllll"
    assert told(make_assessment(cast.assessor, release=draft.release), cast.assessor) == "nllllll"


def test_one_who_begins_alone_has_left_out_the_others(cast: Cast) -> None:
    assessment = make_assessment(cast.assessor)
    response = assessment.responses.get()
    response.answers.filter(question__rule__key="support").update(grade=3)
    assert told(assessment, cast.assessor) == "xnlllll"

    response.answers.update(grade=3)
    assert told(assessment, cast.assessor) == "xdxdnll"


def test_goes_on_from_answers_to_agreeing_to_submitting(cast: Cast, shared: Assessment) -> None:
    differ_on(shared, cast.reader, "support-1")
    assert told(shared, cast.assessor) == "dnlllll"

    hand_in(shared)
    assert told(shared, cast.assessor) == "ddxnlll"

    settle(shared, cast.assessor, "support-1")
    assert told(shared, cast.assessor) == "ddxdnll"


def test_ends_with_the_scorecard(cast: Cast, shared: Assessment) -> None:
    hand_in(shared)
    assert told(shared, cast.assessor) == "ddxdnll"

    row = transitions.submit(cast.assessor, shared)
    assert told(row, cast.reader) == "ddxddnl"

    row = transitions.approve(cast.approver, row)
    assert told(row, cast.reader) == "ddxdddd"


def test_what_stays_contested_is_left_out_and_counted(cast: Cast, shared: Assessment) -> None:
    differ_on(shared, cast.reader, "support-1", "speed-1")
    hand_in(shared)
    row = transitions.submit(cast.assessor, shared)

    agree = next(step for step in way_of(standing_of(row, cast.approver)) if step.stage == Stage.AGREE)

    assert (agree.state, agree.note) == (StageState.LEFT_OUT, "2 not agreed")


def test_of_a_cancelled_assessment_is_none(cast: Cast) -> None:
    cancelled = make_assessment(cast.assessor, state=AssessmentState.CANCELLED, closed_at=NOW)

    assert way_of(standing_of(cancelled, cast.assessor)) == ()


def test_the_page_tells_every_step_in_words(cast: Cast, shared: Assessment, signed_in: SignedIn) -> None:
    text = signed_in(cast.assessor).get(reverse("assessment_detail", args=[shared.pk])).content.decode()
    way = " ".join(text.partition('<ol class="steps"')[2].partition("</ol>")[0].split())

    assert way.count('aria-current="step"') == 1
    assert 'Ask raters <span class="steps-note">done, 2 asked</span>' in way
    assert 'Answer <span class="steps-note">now, in: 0 of 2</span>' in way
    assert 'Scorecard <span class="steps-note">later</span>' in way


def test_a_vendor_that_is_asked_is_neither_later_nor_left_out(cast: Cast, shared: Assessment) -> None:
    response = ask_vendor(shared, cast.assessor, answered=6)
    hand_in(shared)
    Response.objects.filter(pk=response.pk).update(submitted_at=None)

    def step(row: Assessment) -> tuple[str, str]:
        vendor = next(one for one in way_of(standing_of(row, cast.assessor)) if one.stage == Stage.VENDOR)
        return vendor.state_label, vendor.note

    assert step(shared) == ("asked", "6 of 14, not handed in")
    submitted = transitions.submit(cast.assessor, shared)
    assert step(submitted) == ("asked", "6 of 14, not handed in")
    Response.objects.filter(pk=response.pk).update(submitted_at=NOW)
    assert step(submitted) == ("done", "6 of 14")
