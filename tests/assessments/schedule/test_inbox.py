"""One inbox: what waits for a member, whatever their role, and nothing that does not."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import Membership, Role
from assessments.approval import levels
from assessments.lifecycle import transitions
from assessments.models import (
    Answer,
    Assessment,
    AssessmentState,
    Consensus,
    Delegation,
    Meeting,
    ReplyRequest,
    Response,
    ResponseKind,
)
from assessments.schedule.inbox import Item, ItemKind, waiting_for
from tests.factories import NOW, Cast, add_rater, make_assessment

TODAY = date(2026, 5, 20)


def kinds(member: Membership) -> list[str]:
    return [item.kind for item in waiting_for(member, TODAY)]


def only(member: Membership) -> Item:
    (item,) = waiting_for(member, TODAY)
    return item


def hand(answer: Answer, cast: Cast, to: Membership, **fields: Any) -> Delegation:
    return Delegation.objects.create(
        answer=answer, delegate=to.user, delegated_by=cast.assessor.user, delegated_at=NOW, **fields
    )


@pytest.mark.parametrize("who", ["assessor", "approver", "reader", "admin"])
def test_a_questionnaire_waits_for_its_rater_whatever_their_role(cast: Cast, who: str) -> None:
    assessment = make_assessment(cast.colleague, due_on=TODAY)
    response = add_rater(assessment, getattr(cast, who), grades={"support-1": 3})
    item = only(getattr(cast, who))
    assert (item.kind, item.key, item.assessment) == (ItemKind.ANSWER, f"response-{response.pk}", assessment)
    assert item.url == f"/assessments/{assessment.pk}/questionnaire/support/"
    assert (item.action, item.detail) == ("Continue answering", "Answered: 1 of 14")
    assert (item.due_on, item.is_late) == (TODAY, False)


def test_the_rater_s_own_due_date_comes_before_that_of_the_assessment(cast: Cast) -> None:
    add_rater(make_assessment(cast.assessor, due_on=TODAY), cast.reader, due_on=TODAY - timedelta(days=1))
    assert (only(cast.reader).due_on, only(cast.reader).is_late) == (TODAY - timedelta(days=1), True)


def test_who_answered_everything_is_asked_to_hand_in(cast: Cast) -> None:
    assessment = make_assessment(cast.assessor)
    add_rater(assessment, cast.reader, grade=3)
    assert only(cast.reader).action == "Hand in your answers"
    assert only(cast.reader).url == f"/assessments/{assessment.pk}/"


def test_what_is_handed_in_or_withdrawn_waits_no_more(cast: Cast) -> None:
    add_rater(make_assessment(cast.assessor), cast.reader, submitted_at=NOW)
    add_rater(make_assessment(cast.assessor), cast.reader, withdrawn_at=NOW)
    assert kinds(cast.reader) == []


def test_an_answer_waits_only_while_answers_are_collected(cast: Cast) -> None:
    for state in AssessmentState:
        add_rater(make_assessment(cast.assessor, state=state), cast.reader)
    assert kinds(cast.reader) == [ItemKind.ANSWER]


def test_questions_handed_over_are_one_item_an_assessment(cast: Cast) -> None:
    response = make_assessment(cast.assessor).responses.get()
    first = hand(response.answers.all()[0], cast, cast.reader)
    hand(response.answers.all()[1], cast, cast.reader)
    hand(response.answers.all()[2], cast, cast.reader, done_at=NOW)
    item = only(cast.reader)
    assert (item.kind, item.action) == (ItemKind.DELEGATED, "Answer 2 questions handed to you")
    assert item.url == f"/delegations/{first.pk}/"


def test_another_organisation_s_questions_stay_there(cast: Cast) -> None:
    Membership.objects.create(user=cast.reader.user, organisation=cast.other_organisation, role="reader")
    assessment = make_assessment(cast.stranger)
    add_rater(assessment, cast.reader)
    hand(assessment.responses.get(rater=cast.stranger.user).answers.first(), cast, cast.reader)  # type: ignore[arg-type]
    assert kinds(cast.reader) == []


def test_a_draft_waits_for_its_owner_alone(cast: Cast) -> None:
    make_assessment(cast.assessor, state=AssessmentState.DRAFT)
    assert kinds(cast.assessor) == [ItemKind.OPEN]
    assert kinds(cast.colleague) == []


def test_what_nobody_looks_after_any_more_waits_for_every_assessor(cast: Cast) -> None:
    make_assessment(cast.assessor, state=AssessmentState.DRAFT)
    Membership.objects.filter(pk=cast.assessor.pk).update(is_active=False)
    assert kinds(cast.colleague) == [ItemKind.OPEN]
    assert kinds(cast.approver) == []
    assert kinds(cast.stranger) == []


def test_an_assessment_without_raters_waits_for_them_to_be_invited(cast: Cast) -> None:
    make_assessment(cast.assessor).responses.all().delete()
    assert kinds(cast.assessor) == [ItemKind.INVITE]


def test_when_all_are_in_it_waits_to_be_submitted(cast: Cast) -> None:
    assessment = make_assessment(cast.assessor, grade=3)
    transitions.hand_in(cast.assessor, assessment)
    item = only(cast.assessor)
    assert (item.kind, item.url) == (ItemKind.SUBMIT, f"/assessments/{assessment.pk}/review/")


def test_while_others_are_in_time_the_owner_waits(cast: Cast) -> None:
    assessment = make_assessment(cast.assessor, grade=3, due_on=TODAY)
    add_rater(assessment, cast.reader)
    transitions.hand_in(cast.assessor, assessment)
    assert kinds(cast.assessor) == []


def test_raters_who_are_late_wait_for_the_owner_to_ask_them(cast: Cast) -> None:
    assessment = make_assessment(cast.assessor, grade=3, due_on=TODAY)
    transitions.hand_in(cast.assessor, assessment)
    add_rater(assessment, cast.reader, due_on=TODAY - timedelta(days=2))
    item = only(cast.assessor)
    assert (item.kind, item.detail, item.is_late) == (ItemKind.CHASE, "1 rater is late", True)
    assert item.due_on == TODAY - timedelta(days=2)


def apart(cast: Cast) -> Assessment:
    assessment = make_assessment(cast.assessor, grade=1)
    add_rater(assessment, cast.reader, grade=1, grades={"support-1": 3, "speed-1": 2}, submitted_at=NOW)
    transitions.hand_in(cast.assessor, assessment)
    return assessment


def test_grades_two_levels_apart_wait_to_be_talked_about(cast: Cast) -> None:
    apart(cast)
    item = only(cast.assessor)
    assert (item.kind, item.detail) == (ItemKind.TALK, "1 question to agree on")


def test_talk_begins_at_the_form_until_the_meeting_of_the_day_has_begun(cast: Cast) -> None:
    assessment = apart(cast)
    assert only(cast.assessor).url.endswith("?apart=1#begin")
    Meeting.objects.create(assessment=assessment, held_on=timezone.localdate(), created_by=cast.assessor.user)
    assert only(cast.assessor).url.endswith("?apart=1#talk")


def test_what_was_agreed_on_waits_no_more(cast: Cast) -> None:
    assessment = apart(cast)
    meeting = Meeting.objects.create(assessment=assessment, held_on=TODAY, created_by=cast.assessor.user)
    Consensus.objects.create(
        assessment=assessment,
        question=assessment.release.questions.get(key="support-1"),
        meeting=meeting,
        grade=2,
        reason="Agreed",
        decided_by=cast.assessor.user,
        decided_at=NOW,
    )
    assert kinds(cast.assessor) == [ItemKind.SUBMIT]


def test_a_decision_waits_for_approvers_but_not_for_who_submitted(cast: Cast) -> None:
    assessment = make_assessment(cast.assessor, grade=3)
    transitions.submit(cast.assessor, assessment)
    item = only(cast.approver)
    assert (item.kind, item.url) == (ItemKind.DECIDE, f"/assessments/{assessment.pk}/review/")
    assert kinds(cast.assessor) == kinds(cast.reader) == kinds(cast.stranger) == []


def test_what_nobody_can_approve_waits_for_administrators_until_somebody_can(cast: Cast) -> None:
    assessment = make_assessment(cast.assessor, grade=3)
    Membership.objects.filter(pk=cast.approver.pk).update(is_active=False)
    transitions.submit(cast.assessor, assessment)
    item = only(cast.admin)
    assert (item.kind, item.url) == (ItemKind.NOBODY_DECIDES, f"/assessments/{assessment.pk}/")
    assert (item.told_at_once, item.asked_at) == (True, Assessment.objects.get().submitted_at)
    assert kinds(cast.assessor) == kinds(cast.reader) == kinds(cast.stranger) == []
    Membership.objects.filter(pk=cast.reader.pk).update(role=Role.APPROVER)
    assert kinds(cast.admin) == []


def test_a_level_whose_only_decider_approved_the_one_before_waits_for_administrators(cast: Cast) -> None:
    for name in ("Lead", "Board"):
        levels.add_level(cast.admin, tier="", name=name, role=Role.APPROVER)
    assessment = make_assessment(cast.assessor, grade=3)
    transitions.submit(cast.assessor, assessment)
    assert kinds(cast.admin) == []
    transitions.approve(cast.approver, assessment)
    assert kinds(cast.admin) == [ItemKind.NOBODY_DECIDES]


def test_the_vendor_s_answers_wait_to_be_read_while_answers_are_collected(cast: Cast) -> None:
    assessment = make_assessment(cast.assessor, grade=3)
    Response.objects.create(assessment=assessment, kind=ResponseKind.VENDOR, submitted_at=NOW)
    assert sorted(kinds(cast.assessor)) == [ItemKind.ANSWER, ItemKind.VENDOR_ANSWERED]
    transitions.submit(cast.assessor, assessment)
    assert kinds(cast.assessor) == []


def test_the_vendor_s_reply_waits_to_be_read_until_it_is_decided(cast: Cast) -> None:
    assessment = make_assessment(cast.assessor, grade=3)
    transitions.submit(cast.assessor, assessment)
    request = ReplyRequest.objects.create(
        assessment=assessment, shown={}, due_on=TODAY, opened_by=cast.assessor.user, opened_at=NOW
    )
    assert kinds(cast.assessor) == []
    request.submitted_at = NOW
    request.save()
    assert kinds(cast.assessor) == [ItemKind.VENDOR_REPLIED]


def test_late_things_come_first_then_by_due_date_then_what_has_none(cast: Cast) -> None:
    for due_on in (None, TODAY + timedelta(days=3), TODAY - timedelta(days=3), TODAY):
        add_rater(make_assessment(cast.assessor, due_on=due_on), cast.reader)
    found = [item.due_on for item in waiting_for(cast.reader, TODAY)]
    assert found == [TODAY - timedelta(days=3), TODAY, TODAY + timedelta(days=3), None]


def test_what_was_sent_back_is_asked_for_anew(cast: Cast) -> None:
    assessment = make_assessment(cast.assessor, grade=3)
    transitions.submit(cast.assessor, assessment)
    transitions.send_back(cast.approver, assessment, reason="Look again")
    decision = assessment.approvals.get()
    Response.objects.filter(assessment=assessment).update(created_at=decision.decided_at - timedelta(days=1))
    item = only(cast.assessor)
    assert (item.asked_at, item.told_at_once) == (decision.decided_at, False)


def test_it_costs_the_same_queries_however_much_waits(cast: Cast) -> None:
    def fill() -> None:
        make_assessment(cast.assessor, state=AssessmentState.DRAFT, due_on=TODAY)
        apart(cast)
        late = make_assessment(cast.assessor, due_on=TODAY - timedelta(days=1))
        add_rater(late, cast.reader)
        hand(late.responses.get(rater=cast.reader.user).answers.first(), cast, cast.assessor)  # type: ignore[arg-type]
        Response.objects.create(assessment=late, kind=ResponseKind.VENDOR, submitted_at=NOW)
        other = make_assessment(cast.colleague, grade=3)
        transitions.submit(cast.colleague, other)

    def queries(member: Membership) -> int:
        member = Membership.objects.select_related("organisation", "user").get(pk=member.pk)
        with CaptureQueriesContext(
            connection,
        ) as caught:
            found = waiting_for(member, TODAY)
            assert all(str(item.vendor) for item in found)
        return len(caught)

    fill()
    Membership.objects.filter(pk=cast.approver.pk).update(is_active=False)  # so that nobody can decide
    few = queries(cast.assessor), queries(cast.approver), queries(cast.admin)
    for _ in range(3):
        fill()
    assert (queries(cast.assessor), queries(cast.approver), queries(cast.admin)) == few
    assert max(few[:2]) <= 18
    assert few[2] <= 18
