"""The one next step on the hub, for each who has a say and each who has none."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import Membership, Role
from assessments.approval import levels
from assessments.hub.next_step import Action, NextStep, next_step
from assessments.lifecycle import transitions
from assessments.models import Assessment, Response
from assessments.questionnaire import delegation
from manifesto.models import Release, ReleaseState
from tests.assessments.hub.standings import ask_vendor, differ_on, settle, standing_of
from tests.factories import NOW, Cast, add_rater, make_assessment, make_member, make_release

SignedIn = Callable[[Membership], Client]


def step_of(assessment: Assessment, member: Membership) -> NextStep:
    return next_step(standing_of(assessment, member))


def main_of(step: NextStep) -> Action:
    assert step.main is not None
    return step.main


def others_of(step: NextStep) -> list[str]:
    return [action.label for action in step.others]


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

    assert main_of(step).url == reverse("questionnaire", args=[assessment.pk, "support"])
    assert main_of(step).label == "Start answering"
    assert not step.others


def test_only_the_rules_that_the_rater_is_asked_about_are_open(cast: Cast) -> None:
    assessment = make_assessment(cast.assessor)
    response = add_rater(assessment, cast.reader)
    response.answers.exclude(question__rule__key="speed").delete()

    step = step_of(assessment, cast.reader)

    assert main_of(step).url == reverse("questionnaire", args=[assessment.pk, "speed"])
    assert step.sentence.startswith("2 questions are still unanswered")

    response.answers.update(grade=3)
    assert main_of(step_of(assessment, cast.reader)).label == "Review and hand in"


def test_on_return_the_button_says_how_far_one_is(cast: Cast) -> None:
    assessment = make_assessment(cast.assessor)
    response = add_rater(assessment, cast.reader)
    response.answers.filter(question__rule__key="support").update(grade=3)

    assert main_of(step_of(assessment, cast.reader)).label == "Continue: 2 of 14"


def test_an_owner_who_is_alone_is_led_to_asking_others_and_may_start_at_once(cast: Cast) -> None:
    assessment = make_assessment(cast.assessor)

    step = step_of(assessment, cast.assessor)

    assert main_of(step).url == reverse("assessment_raters", args=[assessment.pk])
    assert others_of(step) == ["Start answering", "Ask the vendor"]

    response = assessment.responses.get()
    response.answers.filter(question__rule__key="support").update(grade=3)
    step = step_of(assessment, cast.assessor)

    assert main_of(step).label == "Continue: 2 of 14"
    assert others_of(step) == ["Ask raters", "Ask the vendor"]


def test_who_rates_alone_submits_and_of_several_each_hands_in(cast: Cast, shared: Assessment) -> None:
    assert main_of(step_of(shared, cast.assessor)).label == "Review and hand in"
    assert "Submit for approval" not in others_of(step_of(shared, cast.assessor))

    hand_in(shared, cast.reader)

    assert main_of(step_of(shared, cast.assessor)).label == "Review and hand in"
    assert "Submit for approval" in others_of(step_of(shared, cast.assessor))

    Response.objects.filter(rater=cast.reader.user).delete()

    assert main_of(step_of(shared, cast.assessor)).label == "Submit for approval"


def test_a_rater_who_has_handed_in_waits(cast: Cast, shared: Assessment) -> None:
    hand_in(shared, cast.reader)

    step = step_of(shared, cast.reader)

    assert step.sentence == "Your answers are in: thank you. Handed in: 1 of 2."
    assert step.main is None
    assert others_of(step) == ["Change my answers again"]


def test_an_assessor_whose_raters_are_late_is_led_to_them(cast: Cast, shared: Assessment) -> None:
    hand_in(shared, cast.assessor)
    Response.objects.filter(rater=cast.reader.user).update(due_on=timezone.localdate() - timedelta(days=1))

    step = step_of(shared, cast.assessor)

    assert step.sentence == "Handed in: 1 of 2. 1 rater is late."
    assert main_of(step).url == reverse("assessment_raters", args=[shared.pk])
    assert others_of(step) == ["Submit without them", "Ask the vendor", "Change my answers again"]


def test_an_assessor_whose_raters_agree_submits(cast: Cast, shared: Assessment) -> None:
    hand_in(shared, cast.assessor, cast.reader)

    step = step_of(shared, cast.assessor)

    assert step.sentence == "All raters are in, and they do not differ much: submit it for approval."
    assert main_of(step).url == reverse("assessment_submit", args=[shared.pk])
    assert step_of(shared, cast.reader).sentence.startswith("All raters are in: thank you.")


def test_an_assessor_whose_raters_differ_talks_until_everything_is_agreed(cast: Cast, shared: Assessment) -> None:
    differ_on(shared, cast.reader, "support-1", "speed-2")
    hand_in(shared, cast.assessor, cast.reader)

    step = step_of(shared, cast.assessor)
    assert step.sentence.startswith("The raters differ on 2 questions")
    assert main_of(step).url == reverse("assessment_consensus", args=[shared.pk])
    assert "Submit for approval" in others_of(step)

    settle(shared, cast.assessor, "support-1")
    assert step_of(shared, cast.assessor).sentence.startswith("The raters differ on 1 question:")

    settle(shared, cast.assessor, "speed-2")
    step = step_of(shared, cast.assessor)
    assert step.sentence == "What needed agreement is settled: submit it for approval."
    assert main_of(step).url == reverse("assessment_submit", args=[shared.pk])


def test_after_a_meeting_without_the_missing_raters_the_next_step_is_submitting(cast: Cast, shared: Assessment) -> None:
    add_rater(shared, cast.colleague)
    differ_on(shared, cast.reader, "support-1")
    hand_in(shared, cast.assessor, cast.reader)
    assert main_of(step_of(shared, cast.assessor)).label == "See the raters"

    settle(shared, cast.assessor, "support-1")

    step = step_of(shared, cast.assessor)
    assert main_of(step).label == "Submit for approval"
    assert step.sentence.endswith("submit without them, or wait.")


def test_an_assessor_without_raters_asks_some(cast: Cast) -> None:
    assessment = make_assessment(cast.assessor)
    Response.objects.update(withdrawn_at=NOW)

    step = step_of(assessment, cast.assessor)

    assert main_of(step).url == reverse("assessment_raters", args=[assessment.pk])
    assert step_of(assessment, cast.reader).main is None


def test_a_colleague_who_is_not_asked_has_nothing_to_do(cast: Cast, shared: Assessment) -> None:
    step = step_of(shared, cast.approver)

    assert step.sentence == "Handed in: 0 of 2. It comes to review when an assessor submits it."
    assert step.main is None
    assert not step.others


def test_who_was_handed_a_question_is_led_to_it(cast: Cast, shared: Assessment) -> None:
    answer = shared.responses.get(rater=cast.assessor.user).answers.first()
    assert answer is not None
    lent = delegation.delegate(cast.assessor, answer, cast.approver)

    assert main_of(step_of(shared, cast.approver)).url == reverse("delegation_detail", args=[lent.pk])

    delegation.hand_back(cast.approver, lent)
    assert step_of(shared, cast.approver).main is None


class TestInReview:
    def test_who_submitted_may_take_it_back_until_somebody_decides(self, cast: Cast, shared: Assessment) -> None:
        director = make_member(cast.organisation, "director", Role.READER)
        levels.add_level(cast.admin, tier="", name="Lead", role=Role.APPROVER)
        levels.add_level(cast.admin, tier="", name="Director", person=director)
        row = transitions.submit(cast.assessor, shared, without_outstanding=True)

        assert others_of(step_of(row, cast.assessor)) == ["Take the submission back"]
        assert not step_of(row, cast.colleague).others
        assert not step_of(row, cast.approver).others

        row = transitions.approve(cast.approver, row)

        assert not step_of(row, cast.assessor).others
        assert others_of(step_of(row, cast.approver)) == ["Take my approval back"]

    def test_where_nobody_can_approve_the_administrators_are_named_and_led_to_the_members(
        self, cast: Cast, shared: Assessment
    ) -> None:
        cast.approver.is_active = False
        cast.approver.save()
        row = transitions.submit(cast.assessor, shared, without_outstanding=True)

        said = step_of(row, cast.assessor).sentence
        assert said == "It waits, and nobody can approve it. Who can give somebody the role: Admin."
        assert main_of(step_of(row, cast.admin)).url == reverse("member_list")

        cast.approver.is_active = True
        cast.approver.save()
        assert step_of(row, cast.assessor).sentence.startswith("It waits for an approver.")
        assert step_of(row, cast.admin).main is None


def test_the_hub_shows_the_step_and_how_far_the_raters_are(cast: Cast, shared: Assessment, signed_in: SignedIn) -> None:
    hand_in(shared, cast.assessor)

    text = signed_in(cast.assessor).get(reverse("assessment_detail", args=[shared.pk])).content.decode()

    assert "Handed in: 1 of 2." in text
    assert f'btn-primary" href="{reverse("assessment_raters", args=[shared.pk])}">See the raters' in text


def test_an_assessor_who_rates_too_may_submit_without_the_late(cast: Cast, shared: Assessment) -> None:
    assert "Submit without them" not in others_of(step_of(shared, cast.assessor))
    Response.objects.filter(rater=cast.reader.user).update(due_on=timezone.localdate() - timedelta(days=1))
    assert "Submit without them" in others_of(step_of(shared, cast.assessor))
    assert "Submit without them" not in others_of(step_of(shared, cast.reader))


def test_the_page_of_the_raters_offers_submitting_once_some_are_late(
    cast: Cast, shared: Assessment, signed_in: SignedIn
) -> None:
    url, submit = (reverse(name, args=[shared.pk]) for name in ("assessment_raters", "assessment_submit"))
    client = signed_in(cast.assessor)
    assert submit not in client.get(url).content.decode()
    Response.objects.filter(rater=cast.reader.user).update(due_on=timezone.localdate() - timedelta(days=1))
    assert submit in client.get(url).content.decode()


def test_once_submitted_nobody_is_sent_to_a_meeting(cast: Cast, shared: Assessment, signed_in: SignedIn) -> None:
    differ_on(shared, cast.reader, "support-1")
    hand_in(shared, cast.assessor, cast.reader)
    client, url = signed_in(cast.assessor), reverse("assessment_detail", args=[shared.pk])
    before = client.get(url).content.decode()
    assert "To the consensus meeting" in before and "still open" in before

    transitions.submit(cast.assessor, shared)
    after = client.get(url).content.decode()
    assert "To the consensus meeting" not in after and "still open" not in after
    assert "See where the raters differ" in after


def test_a_failed_knock_out_stands_in_the_row_of_its_rule(cast: Cast, signed_in: SignedIn) -> None:
    release = make_release(state=ReleaseState.DRAFT)
    question = release.questions.select_related("rule").get(key="speed-2")
    type(question).objects.filter(release=release).update(knockout=False)
    type(question).objects.filter(pk=question.pk).update(knockout=True)
    Release.objects.filter(pk=release.pk).update(state=ReleaseState.PUBLISHED, published_at=NOW)
    assessment = make_assessment(cast.assessor, release=Release.objects.get(), grade=4)
    url = reverse("assessment_detail", args=[assessment.pk])
    client = signed_in(cast.assessor)
    assert "knock-out question failed" not in client.get(url).content.decode()

    Response.objects.get(assessment=assessment).answers.filter(question=question).update(grade=1)
    said = f"A knock-out question failed: {question.rule.position}.{question.position}."
    assert said in client.get(url).content.decode()


def test_the_approver_reads_first_what_is_contested(cast: Cast, shared: Assessment, signed_in: SignedIn) -> None:
    differ_on(shared, cast.reader, "support-1", "speed-1")
    hand_in(shared, cast.assessor, cast.reader)
    client, url = signed_in(cast.approver), reverse("assessment_review", args=[shared.pk])
    assert "Contested and not agreed: 2" not in re.sub(r"\s+", " ", client.get(url).content.decode())

    transitions.submit(cast.assessor, shared)
    page = re.sub(r"\s+", " ", client.get(url).content.decode())
    assert "Contested and not agreed: 2</a> · Weak agreement (" in page
    assert page.index("Contested and not agreed") < page.index('class="headline-number"')


@pytest.mark.parametrize("is_asked", [True, False])
def test_beside_the_notes_it_is_said_that_the_vendor_has_not_answered(
    cast: Cast, shared: Assessment, signed_in: SignedIn, is_asked: bool
) -> None:
    if is_asked:
        ask_vendor(shared, cast.assessor)
    page = signed_in(cast.assessor).get(reverse("questionnaire", args=[shared.pk, "support"])).content.decode()
    assert ("The vendor is asked and has not answered yet" in page) is is_asked


def test_who_looks_from_outside_is_called_so_where_no_department_stands(
    cast: Cast, shared: Assessment, signed_in: SignedIn
) -> None:
    wendy = make_member(cast.organisation, "wendy", Role.RATER)
    add_rater(shared, wendy, grade=0, submitted_at=NOW)
    hand_in(shared, cast.assessor, cast.reader)
    client = signed_in(cast.assessor)
    for route, places in (("assessment_raters", 1), ("assessment_consensus", 1 + 14)):
        page = client.get(reverse(route, args=[shared.pk])).content.decode()
        assert len(re.findall(r">outside<", page)) == places, route
