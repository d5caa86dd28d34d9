"""Taking back a submission or an approval: who may, until when, what it opens again, and who hears of it."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any

import pytest
from django.core import mail
from django.core.exceptions import PermissionDenied

from accounts.models import AuditEntry, Membership, Role
from assessments.approval import chain, levels
from assessments.lifecycle import taking_back, transitions
from assessments.lifecycle.transitions import IllegalTransition
from assessments.models import Approval, Assessment, AssessmentState
from tests.factories import Cast, add_rater, make_assessment, make_member

Committed = Callable[..., AbstractContextManager[Any]]
COLLECTING, IN_REVIEW, APPROVED = AssessmentState.COLLECTING, AssessmentState.IN_REVIEW, AssessmentState.APPROVED


def submitted(cast: Cast, **fields: Any) -> Assessment:
    return transitions.submit(cast.assessor, make_assessment(cast.assessor, grade=3, **fields))


def two_levels(cast: Cast) -> Membership:
    """Decided by an approver, then by a named director, who is returned."""
    director = make_member(cast.organisation, "director", Role.READER)
    levels.add_level(cast.admin, tier="", name="Lead", role=Role.APPROVER)
    levels.add_level(cast.admin, tier="", name="Director", person=director)
    return director


class TestSubmission:
    def test_is_taken_back_by_who_submitted_it_and_by_its_owner(self, cast: Cast) -> None:
        for who in (cast.assessor, cast.colleague):
            assessment = make_assessment(cast.assessor, grade=3)
            transitions.hand_in(cast.assessor, assessment)
            assessment = transitions.submit(cast.colleague, assessment)

            assert taking_back.may_take_back(assessment, who)
            assert taking_back.take_back(who, assessment).state == COLLECTING

    def test_opens_again_what_went_in_with_it_and_nothing_else(self, cast: Cast) -> None:
        assessment = make_assessment(cast.assessor, grade=3)
        other = add_rater(assessment, cast.reader, grade=2)
        transitions.hand_in(cast.reader, assessment)
        row = transitions.submit(cast.assessor, assessment)

        row = taking_back.take_back(cast.assessor, row)

        assert (row.submitted_by, row.submitted_at) == (None, None)
        assert row.responses.get(rater=cast.assessor.user).submitted_at is None
        other.refresh_from_db()
        assert other.submitted_at is not None
        assert transitions.submit(cast.assessor, row).state == IN_REVIEW

    def test_leaves_what_the_submitter_had_handed_in_before(self, cast: Cast) -> None:
        assessment = make_assessment(cast.assessor, grade=3)
        transitions.hand_in(cast.assessor, assessment)

        taking_back.take_back(cast.assessor, transitions.submit(cast.assessor, assessment))

        assert assessment.responses.get().submitted_at is not None

    @pytest.mark.parametrize("who", ["colleague", "approver", "reader", "admin"])
    def test_is_not_taken_back_by_anybody_else(self, who: str, cast: Cast) -> None:
        assessment = submitted(cast)
        member = getattr(cast, who)

        assert not taking_back.may_take_back(assessment, member)
        with pytest.raises(PermissionDenied):
            taking_back.take_back(member, assessment)

    def test_stays_once_a_level_has_decided(self, cast: Cast) -> None:
        two_levels(cast)
        assessment = transitions.approve(cast.approver, submitted(cast))

        assert not taking_back.may_take_back(assessment, cast.assessor)
        with pytest.raises(IllegalTransition, match="Somebody has decided"):
            taking_back.take_back(cast.assessor, assessment)
        assert Assessment.objects.get().state == IN_REVIEW

    @pytest.mark.parametrize("state", ["draft", "collecting", "approved", "cancelled"])
    def test_is_only_taken_back_while_in_review(self, state: str, cast: Cast) -> None:
        assessment = make_assessment(cast.assessor, state=state)

        assert not taking_back.may_take_back(assessment, cast.assessor)
        with pytest.raises(IllegalTransition):
            taking_back.take_back(cast.assessor, assessment)

    def test_after_a_sending_back_and_a_new_submission_is_taken_back(self, cast: Cast) -> None:
        assessment = submitted(cast)
        transitions.send_back(cast.approver, assessment, reason="Rule 6 lacks evidence.")

        again = transitions.submit(cast.assessor, assessment)

        assert taking_back.may_take_back(again, cast.assessor)
        assert taking_back.take_back(cast.assessor, again).state == COLLECTING

    def test_is_in_the_trail(self, cast: Cast) -> None:
        taking_back.take_back(cast.assessor, submitted(cast))

        entry = AuditEntry.objects.get(verb="assessment.taken_back")
        assert (entry.actor, entry.before, entry.after) == (
            cast.assessor.user,
            {"state": IN_REVIEW},
            {"state": COLLECTING},
        )

    def test_tells_those_who_were_asked_to_decide(
        self, cast: Cast, django_capture_on_commit_callbacks: Committed
    ) -> None:
        assessment = submitted(cast)

        with django_capture_on_commit_callbacks(execute=True):
            taking_back.take_back(cast.assessor, assessment)

        (told,) = mail.outbox
        assert told.to == [cast.approver.user.email]
        assert "You have nothing to do." in told.body


class TestApproval:
    def test_of_a_level_is_taken_back_until_the_next_one_decides(self, cast: Cast) -> None:
        two_levels(cast)
        assessment = transitions.approve(cast.approver, submitted(cast))
        assert assessment.waiting_level == 2

        row = taking_back.take_approval_back(cast.approver, assessment)

        assert (row.state, row.waiting_level) == (IN_REVIEW, 1)
        assert not Approval.objects.exists()
        assert chain.may_decide_on(row, cast.approver)
        assert taking_back.may_take_back(row, cast.assessor)

    def test_of_somebody_else_stays(self, cast: Cast) -> None:
        director = two_levels(cast)
        second = make_member(cast.organisation, "second", Role.APPROVER)
        assessment = transitions.approve(cast.approver, submitted(cast))

        for member in (second, director, cast.assessor):
            assert taking_back.approval_to_take_back(assessment, member) is None
            with pytest.raises(PermissionDenied):
                taking_back.take_approval_back(member, assessment)
        assert Approval.objects.count() == 1

    def test_that_is_final_stays(self, cast: Cast) -> None:
        assessment = transitions.approve(cast.approver, submitted(cast))

        assert taking_back.approval_to_take_back(assessment, cast.approver) is None
        with pytest.raises(IllegalTransition, match="already approved"):
            taking_back.take_approval_back(cast.approver, assessment)

    def test_of_other_answers_than_those_of_now_stays(self, cast: Cast) -> None:
        two_levels(cast)
        assessment = transitions.approve(cast.approver, submitted(cast))
        Assessment.objects.update(fingerprint="other")
        assessment.refresh_from_db()

        assert taking_back.approval_to_take_back(assessment, cast.approver) is None
        with pytest.raises(IllegalTransition, match="no approval of yours"):
            taking_back.take_approval_back(cast.approver, assessment)

    def test_taken_back_is_in_the_trail_and_told_to_the_next_level(
        self, cast: Cast, django_capture_on_commit_callbacks: Committed
    ) -> None:
        director = two_levels(cast)
        assessment = transitions.approve(cast.approver, submitted(cast))

        with django_capture_on_commit_callbacks(execute=True):
            taking_back.take_approval_back(cast.approver, assessment)

        entry = AuditEntry.objects.get(verb="approval.taken_back")
        assert (entry.before, entry.after) == ({"level": 1}, {"level": None})
        assert entry.subject_id == str(assessment.pk)
        (told,) = mail.outbox
        assert told.to == [director.user.email]
        assert "when that level has approved it" in told.body
