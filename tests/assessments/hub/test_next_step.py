"""The one next step on the hub, for each who has a say and each who has none."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import Membership
from assessments.hub.next_step import NextStep, next_step
from assessments.models import Assessment, Response
from assessments.questionnaire import delegation
from assessments.score.overview import sheet_for
from tests.factories import NOW, Cast, add_rater, make_assessment

SignedIn = Callable[[Membership], Client]


def step_of(assessment: Assessment, member: Membership) -> NextStep:
    return next_step(assessment, member, [rule.progress for rule in sheet_for(assessment, member).rules])


def hand_in(assessment: Assessment, *members: Membership) -> None:
    Response.objects.filter(assessment=assessment, rater__in=[one.user for one in members]).update(submitted_at=NOW)


@pytest.fixture
def shared(cast: Cast) -> Assessment:
    """The assessor and a reader rate; all questions are answered."""
    assessment = make_assessment(cast.assessor, grade=3)
    add_rater(assessment, cast.reader, grade=2)
    return assessment


def test_a_reader_who_is_asked_is_led_to_the_questions(cast: Cast) -> None:
    assessment = make_assessment(cast.assessor)
    add_rater(assessment, cast.reader)

    step = step_of(assessment, cast.reader)

    assert step.url == reverse("questionnaire", args=[assessment.pk, "support"])
    assert step.label == "Start answering"


def test_only_the_rules_that_the_rater_is_asked_about_are_open(cast: Cast) -> None:
    assessment = make_assessment(cast.assessor)
    response = add_rater(assessment, cast.reader)
    response.answers.exclude(question__rule__key="speed").delete()

    step = step_of(assessment, cast.reader)

    assert step.url == reverse("questionnaire", args=[assessment.pk, "speed"])
    assert step.sentence.startswith("2 questions are still unanswered")

    response.answers.update(grade=3)
    assert step_of(assessment, cast.reader).label == "Review and hand in"


def test_the_last_of_several_may_submit_at_once_and_the_first_hands_in(cast: Cast, shared: Assessment) -> None:
    assert step_of(shared, cast.assessor).label == "Review and hand in"

    hand_in(shared, cast.reader)

    assert step_of(shared, cast.assessor).label == "Review and submit"


def test_a_rater_who_has_handed_in_waits(cast: Cast, shared: Assessment) -> None:
    hand_in(shared, cast.reader)

    step = step_of(shared, cast.reader)

    assert step.sentence == "Your answers are in: thank you. Handed in: 1 of 2."
    assert not step.url


def test_an_assessor_whose_raters_are_late_is_led_to_them(cast: Cast, shared: Assessment) -> None:
    hand_in(shared, cast.assessor)
    Response.objects.filter(rater=cast.reader.user).update(due_on=timezone.localdate() - timedelta(days=1))

    step = step_of(shared, cast.assessor)

    assert step.sentence == "Handed in: 1 of 2. 1 rater is late."
    assert step.url == reverse("assessment_raters", args=[shared.pk])


def test_an_assessor_whose_raters_are_all_in_talks_or_submits(cast: Cast, shared: Assessment) -> None:
    hand_in(shared, cast.assessor, cast.reader)

    step = step_of(shared, cast.assessor)

    assert step.sentence == "All raters are in: talk about the differences, or submit."
    assert step.url == reverse("assessment_review", args=[shared.pk])
    assert step_of(shared, cast.reader).sentence.startswith("All raters are in: thank you.")


def test_an_assessor_without_raters_asks_some(cast: Cast) -> None:
    assessment = make_assessment(cast.assessor)
    Response.objects.update(withdrawn_at=NOW)

    step = step_of(assessment, cast.assessor)

    assert step.url == reverse("assessment_raters", args=[assessment.pk])
    assert not step_of(assessment, cast.reader).url


def test_a_colleague_who_is_not_asked_has_nothing_to_do(cast: Cast, shared: Assessment) -> None:
    step = step_of(shared, cast.approver)

    assert step.sentence == "Handed in: 0 of 2. It comes to review when an assessor submits it."
    assert not step.url


def test_who_was_handed_a_question_is_led_to_it(cast: Cast, shared: Assessment) -> None:
    answer = shared.responses.get(rater=cast.assessor.user).answers.first()
    assert answer is not None
    lent = delegation.delegate(cast.assessor, answer, cast.approver)

    assert step_of(shared, cast.approver).url == reverse("delegation_detail", args=[lent.pk])

    delegation.hand_back(cast.approver, lent)
    assert not step_of(shared, cast.approver).url


def test_the_hub_shows_the_step_and_how_far_the_raters_are(cast: Cast, shared: Assessment, signed_in: SignedIn) -> None:
    hand_in(shared, cast.assessor)

    text = signed_in(cast.assessor).get(reverse("assessment_detail", args=[shared.pk])).content.decode()

    assert "Handed in: 1 of 2." in text
    assert f'btn-primary" href="{reverse("assessment_raters", args=[shared.pk])}">See the raters' in text
