"""Levels of approval: who decides when, what still stands after a change, and for whom an assessment waits."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from threading import Barrier, Thread
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import AuditEntry, Membership, Role
from assessments.approval import chain, levels
from assessments.approval.chain import DecisionRefusal
from assessments.lifecycle import transitions
from assessments.lifecycle.transitions import IllegalTransition
from assessments.models import (
    Answer,
    Approval,
    ApprovalLevel,
    ApprovalStep,
    Assessment,
    AssessmentState,
    Consensus,
    Meeting,
    ReplyRequest,
)
from tests.factories import NOW, Cast, make_assessment, make_cast, make_member, make_release, make_vendor

APPROVED, COLLECTING, IN_REVIEW = AssessmentState.APPROVED, AssessmentState.COLLECTING, AssessmentState.IN_REVIEW


def levels_of(cast: Cast, *said: str | Membership, tier: str = "") -> list[ApprovalLevel]:
    """A level for each role or person, called “Level 1” and on."""
    return [
        levels.add_level(
            cast.admin,
            tier=tier,
            name=f"Level {number}",
            **({"person": one} if isinstance(one, Membership) else {"role": one}),  # type: ignore[arg-type]
        )
        for number, one in enumerate(said, start=1)
    ]


def submitted(cast: Cast, *, grade: int = 3, **fields: Any) -> Assessment:
    return transitions.submit(cast.assessor, make_assessment(cast.assessor, grade=grade, **fields))


def fresh(assessment: Assessment) -> Assessment:
    return Assessment.objects.select_related("organisation", "vendor").get(pk=assessment.pk)


def sent_back(assessment: Assessment, by: Membership) -> Assessment:
    return transitions.send_back(by, assessment, reason="Rule 6 lacks evidence.")


def change_a_grade(assessment: Assessment) -> None:
    first = Answer.objects.filter(response__assessment=assessment).first()
    assert first is not None
    Answer.objects.filter(pk=first.pk).update(grade=0)


def agree(assessment: Assessment, cast: Cast, *, grade: int = 1) -> None:
    meeting, _ = Meeting.objects.get_or_create(
        assessment=assessment, held_on=date(2026, 3, 2), defaults={"created_by": cast.assessor.user}
    )
    values = {"meeting": meeting, "grade": grade, "reason": "We saw it.", "decided_by": cast.assessor.user}
    Consensus.objects.update_or_create(
        assessment=assessment,
        question=assessment.release.questions.all()[0],
        defaults={**values, "decided_at": NOW},
    )


def verbs(assessment: Assessment) -> list[str]:
    entries = AuditEntry.objects.filter(subject_id=str(assessment.pk), verb__contains="approv")
    return list(entries.order_by("at", "pk").values_list("verb", flat=True))


@pytest.fixture
def director(cast: Cast) -> Membership:
    return make_member(cast.organisation, "director", Role.READER)


@pytest.fixture
def second(cast: Cast) -> Membership:
    return make_member(cast.organisation, "second", Role.APPROVER)


class TestChainOfAVendor:
    def test_without_levels_is_one_approver(self, cast: Cast) -> None:
        assessment = submitted(cast)
        assert not assessment.steps.exists() or assessment.steps.get().name == ""
        step = chain.current_step(assessment)
        assert (step.position, step.name, step.role, step.person) == (1, "", Role.APPROVER, None)
        assert chain.may_decide_on(assessment, cast.approver)

    def test_of_its_tier_goes_before_the_one_for_all(self, cast: Cast, director: Membership) -> None:
        levels_of(cast, Role.APPROVER)
        levels_of(cast, director, Role.APPROVER, tier="critical")
        plain = make_vendor(cast.organisation, "Example Paper", tier="standard")
        critical = make_vendor(cast.organisation, "Example Power", tier="critical")
        assert [level.role for level in chain.levels_in(plain).now()] == ["approver"]
        assert [level.person for level in chain.levels_in(critical).now()] == [director, None]

    def test_is_not_that_of_another_organisation(self, cast: Cast) -> None:
        ApprovalLevel.objects.create(
            organisation=cast.other_organisation, position=1, name="Elsewhere", role=Role.READER
        )
        assert chain.levels_in(make_vendor(cast.organisation)).now() == []

    def test_is_frozen_at_the_submission(self, cast: Cast, director: Membership) -> None:
        one, two = levels_of(cast, Role.APPROVER, director)
        assessment = submitted(cast)
        levels.change_level(cast.admin, one, name="Board", role=Role.ADMIN)
        levels.delete_level(cast.admin, two)
        assert [step.name for step in chain.steps_of(assessment)] == ["Level 1", "Level 2"]
        transitions.approve(cast.approver, assessment)
        assert transitions.approve(director, assessment).state == APPROVED

    def test_is_taken_anew_at_the_next_submission(self, cast: Cast, director: Membership) -> None:
        levels_of(cast, Role.APPROVER)
        assessment = sent_back(submitted(cast), cast.approver)
        levels_of(cast, director, tier=assessment.vendor.tier)
        transitions.submit(cast.assessor, assessment)
        assert list(ApprovalStep.objects.filter(assessment=assessment).values_list("person", flat=True)) == [
            director.pk
        ]


class TestDeciding:
    def test_goes_from_level_to_level_and_makes_the_scorecard_after_the_last(
        self, cast: Cast, director: Membership
    ) -> None:
        levels_of(cast, Role.APPROVER, director)
        assessment = submitted(cast)
        assert fresh(assessment).waiting_level == 1
        assert transitions.approve(cast.approver, assessment).state == IN_REVIEW
        assert fresh(assessment).waiting_level == 2
        assert transitions.approve(director, assessment).state == APPROVED
        rows = Approval.objects.order_by("level").values_list("level", "level_name", "decided_by", "decision")
        assert list(rows) == [
            (1, "Level 1", cast.approver.user_id, "approved"),
            (2, "Level 2", director.user_id, "approved"),
        ]
        assert set(Approval.objects.values_list("fingerprint", flat=True)) == {fresh(assessment).fingerprint}
        assert verbs(assessment) == ["approval.given", "assessment.approved"]

    def test_sends_the_signal_only_after_the_last_level(self, cast: Cast, director: Membership) -> None:
        heard: list[int] = []

        def listen(approval: Approval, **_: Any) -> None:
            heard.append(approval.level)

        levels_of(cast, Role.APPROVER, director)
        assessment = submitted(cast)
        transitions.approved.connect(listen)
        try:
            transitions.approve(cast.approver, assessment)
            assert heard == []
            transitions.approve(director, assessment)
        finally:
            transitions.approved.disconnect(listen)
        assert heard == [2]

    @pytest.mark.parametrize("who", ["assessor", "colleague", "reader", "admin"])
    def test_is_refused_to_whom_the_level_does_not_name(self, who: str, cast: Cast) -> None:
        levels_of(cast, Role.APPROVER, Role.APPROVER)
        assessment = submitted(cast)
        for decide in (transitions.approve, lambda member, row: sent_back(row, member)):
            with pytest.raises(PermissionDenied):
                decide(getattr(cast, who), assessment)
        assert not Approval.objects.exists()

    def test_is_refused_to_an_approver_while_a_named_person_is_asked(self, cast: Cast, director: Membership) -> None:
        levels_of(cast, director)
        assessment = submitted(cast)
        with pytest.raises(PermissionDenied):
            transitions.approve(cast.approver, assessment)
        assert transitions.approve(director, assessment).state == APPROVED

    def test_is_not_there_for_another_organisation(self, cast: Cast) -> None:
        elsewhere = make_member(cast.other_organisation, "elsewhere", Role.APPROVER)
        assessment = submitted(cast)
        assert not chain.may_decide_on(assessment, elsewhere)
        with pytest.raises(Assessment.DoesNotExist):
            transitions.approve(elsewhere, assessment)

    def test_by_any_role_that_the_level_names(self, cast: Cast) -> None:
        levels_of(cast, Role.READER, Role.ADMIN)
        assessment = submitted(cast)
        transitions.approve(cast.reader, assessment)
        assert transitions.approve(cast.admin, assessment).state == APPROVED

    def test_of_two_levels_by_role_takes_two_people(self, cast: Cast, second: Membership) -> None:
        levels_of(cast, Role.APPROVER, Role.APPROVER)
        assessment = submitted(cast)
        transitions.approve(cast.approver, assessment)
        assert chain.refusal(fresh(assessment), cast.approver) == DecisionRefusal.TWICE
        with pytest.raises(IllegalTransition, match="earlier level"):
            transitions.approve(cast.approver, assessment)
        assert transitions.approve(second, assessment).state == APPROVED

    def test_of_two_levels_may_be_one_person_who_is_named_twice(self, cast: Cast, director: Membership) -> None:
        levels_of(cast, director, director)
        assessment = submitted(cast)
        transitions.approve(director, assessment)
        assert transitions.approve(director, assessment).state == APPROVED

    def test_is_never_for_whoever_submitted(self, cast: Cast) -> None:
        levels_of(cast, Role.ASSESSOR)
        assessment = submitted(cast)
        assert chain.refusal(fresh(assessment), cast.assessor) == DecisionRefusal.OWN
        assert transitions.approve(cast.colleague, assessment).state == APPROVED

    def test_is_for_whoever_submitted_where_the_organisation_allows_it(self, cast: Cast) -> None:
        cast.organisation.allow_self_approval = True
        cast.organisation.save()
        levels_of(cast, cast.assessor)
        assessment = submitted(cast)
        assert transitions.approve(cast.assessor, assessment).state == APPROVED

    def test_falls_to_an_approver_where_the_named_person_submitted_it(self, cast: Cast) -> None:
        levels_of(cast, cast.assessor)
        assessment = submitted(cast)
        with pytest.raises(IllegalTransition, match="yourself"):
            transitions.approve(cast.assessor, assessment)
        assert transitions.approve(cast.approver, assessment).state == APPROVED

    @pytest.mark.parametrize("closed", ["membership", "user"])
    def test_falls_to_an_approver_where_the_named_person_left(
        self, closed: str, cast: Cast, director: Membership
    ) -> None:
        levels_of(cast, director)
        assessment = submitted(cast)
        row = director if closed == "membership" else director.user
        row.is_active = False
        row.save()
        assert chain.may_decide_on(fresh(assessment), cast.approver)
        assert not chain.may_decide_on(fresh(assessment), cast.reader)
        assert not chain.may_decide_on(fresh(assessment), Membership.objects.get(pk=director.pk)) or closed == "user"
        assert transitions.approve(cast.approver, assessment).state == APPROVED

    def test_as_another_level_than_was_read_is_refused(self, cast: Cast, second: Membership) -> None:
        levels_of(cast, Role.APPROVER, Role.APPROVER)
        assessment = submitted(cast)
        transitions.approve(cast.approver, assessment, level=1)
        with pytest.raises(IllegalTransition, match="has been decided"):
            transitions.approve(second, assessment, level=1)
        assert Approval.objects.count() == 1

    def test_of_other_content_than_was_read_is_refused(self, cast: Cast) -> None:
        assessment = submitted(cast)
        read = fresh(assessment).fingerprint
        agree(assessment, cast)
        chain.after_change(cast.assessor, assessment)
        with pytest.raises(IllegalTransition, match="Answers changed"):
            transitions.approve(cast.approver, assessment, fingerprint=read)
        assert not Approval.objects.exists()

    def test_last_waits_for_the_reply_of_the_vendor(self, cast: Cast, director: Membership) -> None:
        levels_of(cast, Role.APPROVER, director)
        assessment = submitted(cast)
        request = ReplyRequest.objects.create(
            assessment=assessment, shown={}, due_on=NOW.date(), opened_by=cast.assessor.user, opened_at=NOW
        )
        transitions.approve(cast.approver, assessment, now=NOW)
        with pytest.raises(IllegalTransition, match="withdraw the right of reply"):
            transitions.approve(director, assessment, now=NOW)
        assert Approval.objects.count() == 1
        request.withdrawn_at = NOW
        request.save()
        assert transitions.approve(director, assessment, now=NOW).state == APPROVED

    def test_goes_on_after_the_term_of_the_reply(self, cast: Cast) -> None:
        assessment = submitted(cast)
        ReplyRequest.objects.create(
            assessment=assessment, shown={}, due_on=NOW.date(), opened_by=cast.assessor.user, opened_at=NOW
        )
        assert transitions.approve(cast.approver, assessment, now=NOW + timedelta(days=1)).state == APPROVED

    def test_each_level_may_send_back_with_a_reason(self, cast: Cast, director: Membership) -> None:
        levels_of(cast, Role.APPROVER, director)
        assessment = submitted(cast)
        transitions.approve(cast.approver, assessment)
        with pytest.raises(PermissionDenied):
            sent_back(assessment, cast.approver)
        assert sent_back(assessment, director).state == COLLECTING
        row = Approval.objects.get(decision="sent_back")
        assert (row.level, row.level_name, row.decided_by) == (2, "Level 2", director.user)


class TestAfterAChange:
    @pytest.fixture
    def assessment(self, cast: Cast, director: Membership) -> Assessment:
        """Level 1 approved, and level 2 has it in hand."""
        levels_of(cast, Role.APPROVER, director)
        made = submitted(cast)
        transitions.approve(cast.approver, made)
        return fresh(made)

    def test_nothing_changed_keeps_the_first_approval(
        self, cast: Cast, assessment: Assessment, director: Membership
    ) -> None:
        sent_back(assessment, director)
        transitions.submit(cast.assessor, assessment)
        assert fresh(assessment).waiting_level == 2
        assert "approval.lapsed" not in verbs(assessment)
        assert transitions.approve(director, assessment).state == APPROVED

    def test_changed_answer_starts_the_chain_again_and_says_so(
        self, cast: Cast, assessment: Assessment, director: Membership
    ) -> None:
        sent_back(assessment, director)
        change_a_grade(assessment)
        transitions.submit(cast.assessor, assessment)
        row = fresh(assessment)
        assert row.waiting_level == 1
        entry = AuditEntry.objects.get(verb="approval.lapsed")
        assert (entry.object_label, entry.actor, entry.before) == ("Level 1", cast.assessor.user, {"level": 1})
        assert not chain.may_decide_on(row, director)
        transitions.approve(cast.approver, assessment)
        assert transitions.approve(director, assessment).state == APPROVED

    def test_changed_back_lets_the_first_approval_stand_again(
        self, cast: Cast, assessment: Assessment, director: Membership
    ) -> None:
        first = Answer.objects.filter(response__assessment=assessment).first()
        assert first is not None
        sent_back(assessment, director)
        Answer.objects.filter(pk=first.pk).update(grade=0)
        transitions.submit(cast.assessor, assessment)
        sent_back(assessment, cast.approver)
        Answer.objects.filter(pk=first.pk).update(grade=3)
        transitions.submit(cast.assessor, assessment)
        assert fresh(assessment).waiting_level == 2

    def test_consensus_in_review_starts_the_chain_again(
        self, cast: Cast, assessment: Assessment, director: Membership
    ) -> None:
        agree(assessment, cast)
        assert chain.after_change(cast.assessor, assessment)
        row = fresh(assessment)
        assert (row.state, row.waiting_level) == (IN_REVIEW, 1)
        assert row.fingerprint != assessment.fingerprint
        assert "approval.lapsed" in verbs(assessment)
        assert not chain.after_change(cast.assessor, assessment)
        assert verbs(assessment).count("approval.lapsed") == 1

    def test_change_that_nobody_told_of_is_noticed_at_the_decision(
        self, cast: Cast, assessment: Assessment, director: Membership
    ) -> None:
        agree(assessment, cast)
        with pytest.raises(IllegalTransition, match="Answers changed"):
            transitions.approve(director, assessment)
        row = fresh(assessment)
        assert (row.state, row.waiting_level) == (IN_REVIEW, 1)
        assert AuditEntry.objects.get(verb="approval.lapsed").actor is None
        transitions.approve(cast.approver, assessment)
        assert transitions.approve(director, assessment).state == APPROVED

    def test_out_of_review_changes_nothing(self, cast: Cast, assessment: Assessment, director: Membership) -> None:
        sent_back(assessment, director)
        agree(assessment, cast)
        assert not chain.after_change(cast.assessor, assessment)
        assert fresh(assessment).fingerprint == assessment.fingerprint

    def test_renamed_level_decides_again(self, cast: Cast, assessment: Assessment, director: Membership) -> None:
        sent_back(assessment, director)
        level = ApprovalLevel.objects.get(position=1)
        levels.change_level(cast.admin, level, name="Procurement lead", role=Role.APPROVER)
        transitions.submit(cast.assessor, assessment)
        assert fresh(assessment).waiting_level == 1
        assert chain.may_decide_on(fresh(assessment), cast.approver)

    def test_last_level_always_decides_even_where_the_chain_got_shorter(
        self, cast: Cast, assessment: Assessment, director: Membership
    ) -> None:
        sent_back(assessment, director)
        levels.delete_level(cast.admin, ApprovalLevel.objects.get(position=2))
        transitions.submit(cast.assessor, assessment)
        assert fresh(assessment).waiting_level == 1
        assert transitions.approve(cast.approver, assessment).state == APPROVED

    def test_approval_of_whoever_submits_now_does_not_stand(self, cast: Cast, director: Membership) -> None:
        levels_of(cast, cast.colleague, director, tier="standard")
        made = submitted(cast)
        transitions.approve(cast.colleague, made)
        sent_back(made, director)
        transitions.hand_in(cast.assessor, made)
        transitions.submit(cast.colleague, made)
        assert fresh(made).waiting_level == 1
        assert chain.may_decide_on(fresh(made), cast.approver)

    def test_earlier_decisions_are_never_rewritten(
        self, cast: Cast, assessment: Assessment, director: Membership
    ) -> None:
        before = list(Approval.objects.values())
        sent_back(assessment, director)
        change_a_grade(assessment)
        transitions.submit(cast.assessor, assessment)
        assert list(Approval.objects.order_by("pk").values())[: len(before)] == before


def test_what_was_in_review_before_there_were_levels_is_decided_by_one_approver(cast: Cast) -> None:
    assessment = make_assessment(cast.assessor, grade=3, state=IN_REVIEW, submitted_by=cast.assessor.user)
    assessment.responses.update(submitted_at=NOW)
    levels_of(cast, Role.READER, Role.ADMIN)
    assert list(chain.waiting_for(cast.approver)) == [assessment]
    assert not chain.waiting_for(cast.reader).exists()
    agree(assessment, cast)
    chain.after_change(cast.assessor, assessment)
    assert transitions.approve(cast.approver, assessment).state == APPROVED
    assert Approval.objects.get().fingerprint == fresh(assessment).fingerprint != ""


class TestWaitingFor:
    def test_names_exactly_those_who_may_decide(self, cast: Cast, director: Membership, second: Membership) -> None:
        """Every situation × everybody: the one query says what `may_decide_on` says of each."""
        gone = make_member(cast.organisation, "gone", Role.APPROVER)
        stranger = make_member(cast.other_organisation, "elsewhere", Role.APPROVER)
        people = [*(getattr(cast, one) for one in ("assessor", "colleague", "approver", "reader", "admin"))]
        people += [director, second, stranger]
        chains: list[tuple[str | Membership, ...]] = [
            (),
            (Role.APPROVER,),
            (director,),
            (gone,),
            (cast.assessor,),
            (Role.APPROVER, Role.APPROVER),
            (Role.APPROVER, cast.approver),
            (cast.approver, Role.APPROVER),
            (Role.READER, gone),
            (Role.ASSESSOR, Role.ADMIN),
        ]
        release = make_release()
        for said in chains:
            ApprovalLevel.objects.all().delete()
            levels_of(cast, *said)
            submitted(cast, release=release)
            further = submitted(cast, release=release)
            if len(said) == 2:
                first = next(one for one in people if chain.may_decide_on(fresh(further), one))
                transitions.approve(first, further)
        Membership.objects.filter(pk=gone.pk).update(is_active=False)
        for allow in (False, True):
            type(cast.organisation).objects.filter(pk=cast.organisation.pk).update(allow_self_approval=allow)
            for person in people:
                member = Membership.objects.select_related("organisation", "user").get(pk=person.pk)
                rows = Assessment.objects.for_member(member).in_review().select_related("organisation")
                expected = {row.pk for row in rows if chain.may_decide_on(row, member)}
                assert set(chain.waiting_for(member).values_list("pk", flat=True)) == expected, (allow, member)

    def test_is_one_query(self, cast: Cast) -> None:
        submitted(cast)
        submitted(cast)
        with CaptureQueriesContext(connection) as queries:
            assert len(list(chain.waiting_for(cast.approver))) == 2
        assert len(queries) == 1

    def test_ends_with_the_decision(self, cast: Cast, director: Membership) -> None:
        levels_of(cast, Role.APPROVER, director)
        assessment = submitted(cast)
        assert not chain.waiting_for(director).exists()
        transitions.approve(cast.approver, assessment)
        assert not chain.waiting_for(cast.approver).exists()
        assert chain.waiting_for(director).get() == assessment
        transitions.approve(director, assessment)
        assert not chain.waiting_for(director).exists()


def test_deciders_are_those_who_may_decide(cast: Cast, second: Membership) -> None:
    levels_of(cast, Role.APPROVER, Role.APPROVER)
    assessment = submitted(cast)
    make_member(cast.organisation, "gone", Role.APPROVER, is_active=False)
    make_member(cast.other_organisation, "elsewhere", Role.APPROVER)
    assert chain.deciders(fresh(assessment), chain.current_step(assessment)) == [cast.approver, second]
    transitions.approve(second, assessment)
    row = fresh(assessment)
    assert chain.deciders(row, chain.current_step(row)) == [cast.approver]


@pytest.mark.postgres
@pytest.mark.skipif(connection.vendor != "postgresql", reason="needs rows that can be locked")
@pytest.mark.django_db(transaction=True)
class TestTwoAtOnce:
    def test_two_approvers_at_the_same_second_decide_one_level(self) -> None:
        cast = make_cast()
        second = make_member(cast.organisation, "second", Role.APPROVER)
        levels_of(cast, Role.APPROVER, Role.APPROVER)
        assessment = submitted(cast)
        outcomes = at_once(
            lambda: transitions.approve(cast.approver, assessment, level=1),
            lambda: transitions.approve(second, assessment, level=1),
        )
        told = [str(one) for one in outcomes if isinstance(one, IllegalTransition)]
        assert told == ["This level has been decided since you opened the page."]
        assert list(Approval.objects.values_list("level", flat=True)) == [1]
        assert fresh(assessment).waiting_level == 2

    def test_a_changed_consensus_and_an_approval_do_not_both_pass_unseen(self) -> None:
        cast = make_cast()
        assessment = submitted(cast)
        read = fresh(assessment).fingerprint
        agree(assessment, cast)
        outcomes = at_once(
            lambda: chain.after_change(cast.assessor, assessment),
            lambda: transitions.approve(cast.approver, assessment, fingerprint=read),
        )
        assert any(isinstance(one, IllegalTransition) for one in outcomes)
        assert not Approval.objects.exists()


def at_once(*actions: Callable[[], Any]) -> list[Any]:
    """Run all actions at the same moment, each in a thread; what each returned or raised."""
    outcomes: list[Any] = [None] * len(actions)
    barrier = Barrier(len(actions))

    def run(number: int) -> None:
        try:
            barrier.wait(timeout=120)
            outcomes[number] = actions[number]()
        except Exception as error:
            outcomes[number] = error
        finally:
            connection.close()

    threads = [Thread(target=run, args=(number,)) for number in range(len(actions))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=120)
    return outcomes
