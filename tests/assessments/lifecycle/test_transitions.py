"""Every transition, legal and illegal: what changes, who may, what is recorded."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime
from threading import Barrier, Thread
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection, transaction

from accounts.models import AuditEntry, Membership, Role
from assessments.lifecycle import transitions
from assessments.lifecycle.periods import Period
from assessments.lifecycle.transitions import IllegalTransition
from assessments.models import (
    Answer,
    Approval,
    Assessment,
    AssessmentState,
    Blank,
    Delegation,
    Response,
    ResponseKind,
)
from manifesto.models import Release, ReleaseState
from tests.factories import (
    NOW,
    Cast,
    add_rater,
    make_assessment,
    make_cast,
    make_member,
    make_release,
    make_vendor,
)

FIRST_QUARTER = Period(start=date(2026, 1, 1), end=date(2026, 3, 31))
SECOND_QUARTER = Period(start=date(2026, 4, 1), end=date(2026, 6, 30))

Transition = Callable[[Cast, Assessment], Assessment]
TRANSITIONS: dict[str, Transition] = {
    "open": lambda cast, row: transitions.open_assessment(cast.assessor, row),
    "reschedule": lambda cast, row: transitions.reschedule(cast.assessor, row, period=SECOND_QUARTER, due_on=None),
    "submit": lambda cast, row: transitions.submit(cast.assessor, row),
    "send_back": lambda cast, row: transitions.send_back(cast.approver, row, reason="Rule 3 lacks evidence."),
    "approve": lambda cast, row: transitions.approve(cast.approver, row),
    "cancel": lambda cast, row: transitions.cancel(cast.assessor, row, reason="The contract ended."),
}
DRAFT, COLLECTING, IN_REVIEW, APPROVED, CANCELLED = AssessmentState
# The whole table: transition → the states from which it is legal, each with where it leads.
LEGAL: dict[str, dict[AssessmentState, AssessmentState]] = {
    "open": {DRAFT: COLLECTING},
    "reschedule": {DRAFT: DRAFT, COLLECTING: COLLECTING, IN_REVIEW: IN_REVIEW},
    "submit": {COLLECTING: IN_REVIEW},
    "send_back": {IN_REVIEW: COLLECTING},
    "approve": {IN_REVIEW: APPROVED},
    "cancel": {DRAFT: CANCELLED, COLLECTING: CANCELLED, IN_REVIEW: CANCELLED},
}
CASES = [(name, state) for name in TRANSITIONS for state in AssessmentState]


def assessment_in(state: AssessmentState, cast: Cast) -> Assessment:
    """Graded throughout and handed in; a draft has no response yet, and the colleague submitted what is in review."""
    assessment = make_assessment(cast.assessor, state=state, grade=3)
    if state == DRAFT:
        assessment.responses.all().delete()
    assessment.responses.update(submitted_at=NOW)
    if state in (IN_REVIEW, APPROVED):
        Assessment.objects.filter(pk=assessment.pk).update(submitted_by=cast.colleague.user, submitted_at=NOW)
    assessment.refresh_from_db()
    return assessment


@pytest.mark.parametrize(("name", "state"), [case for case in CASES if case[1] in LEGAL[case[0]]])
def test_legal_transition_leads_where_the_table_says(name: str, state: AssessmentState, cast: Cast) -> None:
    assessment = assessment_in(state, cast)
    returned = TRANSITIONS[name](cast, assessment)
    assessment.refresh_from_db()
    assert assessment.state == returned.state == LEGAL[name][state]


@pytest.mark.parametrize(("name", "state"), [case for case in CASES if case[1] not in LEGAL[case[0]]])
def test_illegal_transition_raises_says_why_and_changes_nothing(name: str, state: AssessmentState, cast: Cast) -> None:
    assessment = assessment_in(state, cast)
    before = Assessment.objects.values().get(pk=assessment.pk)
    with pytest.raises(IllegalTransition) as refused:
        TRANSITIONS[name](cast, assessment)
    assert str(refused.value) == str(transitions.NOT_NOW[state])
    assert Assessment.objects.values().get(pk=assessment.pk) == before
    assert not AuditEntry.objects.exists()
    assert not Approval.objects.exists()


@pytest.mark.parametrize("name", TRANSITIONS)
def test_transition_reads_the_stored_state_not_the_stale_one(name: str, cast: Cast) -> None:
    legal_state = next(iter(LEGAL[name]))
    assessment = assessment_in(legal_state, cast)
    Assessment.objects.filter(pk=assessment.pk).update(state=CANCELLED)
    with pytest.raises(IllegalTransition, match="cancelled"):
        TRANSITIONS[name](cast, assessment)


RIGHTFUL = {
    "open": {Role.ASSESSOR},
    "reschedule": {Role.ASSESSOR},
    "submit": {Role.ASSESSOR},
    "send_back": {Role.APPROVER},
    "approve": {Role.APPROVER},
    "cancel": {Role.ASSESSOR},
}


@pytest.mark.parametrize("role", Role)
@pytest.mark.parametrize("name", TRANSITIONS)
def test_only_the_rightful_role_may(name: str, role: Role, cast: Cast) -> None:
    somebody = make_member(cast.organisation, f"some {role}".replace(" ", "-"), role)
    acting: Any = Cast(**{**vars(cast), "assessor": somebody, "approver": somebody})
    assessment = assessment_in(next(iter(LEGAL[name])), cast)
    if role in RIGHTFUL[name]:
        assert TRANSITIONS[name](acting, assessment).state in LEGAL[name].values()
    else:
        with pytest.raises((PermissionDenied, Assessment.DoesNotExist)):  # whoever is outside does not even see it
            TRANSITIONS[name](acting, assessment)


@pytest.mark.parametrize("name", TRANSITIONS)
def test_another_organisations_assessment_is_not_there(name: str, cast: Cast) -> None:
    assessment = assessment_in(next(iter(LEGAL[name])), cast)
    role = next(iter(RIGHTFUL[name]))
    elsewhere = make_member(cast.other_organisation, "elsewhere", role)
    acting: Any = Cast(**{**vars(cast), "assessor": elsewhere, "approver": elsewhere})
    with pytest.raises(Assessment.DoesNotExist):
        TRANSITIONS[name](acting, assessment)


class TestCreating:
    def test_makes_a_draft_of_the_given_release_with_its_audit_entry(self, cast: Cast) -> None:
        release, vendor = make_release(), make_vendor(cast.organisation)
        now = datetime(2026, 4, 7, 8, 0, tzinfo=UTC)
        assessment = transitions.create_assessment(
            cast.assessor, vendor=vendor, release=release, period=FIRST_QUARTER, due_on=date(2026, 5, 1), now=now
        )
        assert assessment.state == DRAFT
        assert (assessment.reference, assessment.created_at) == ("A-2026-001", now)
        assert (assessment.period_start, assessment.period_end) == (FIRST_QUARTER.start, FIRST_QUARTER.end)
        assert (assessment.owner, assessment.release, assessment.due_on) == (
            cast.assessor.user,
            release,
            date(2026, 5, 1),
        )
        entry = AuditEntry.objects.get()
        assert (entry.verb, entry.actor, entry.subject_id) == (
            "assessment.created",
            cast.assessor.user,
            str(assessment.pk),
        )
        assert entry.after["period_end"] == "2026-03-31"

    def test_keeps_its_release_when_a_newer_one_is_published(self, cast: Cast) -> None:
        old = make_release("1")
        assessment = create(cast.assessor, old)
        newer = make_release("2")
        transitions.open_assessment(cast.assessor, assessment)
        assessment.refresh_from_db()
        assert assessment.release == old
        assert Release.objects.current() == newer
        assert not Answer.objects.exclude(question__release=old).exists()

    @pytest.mark.parametrize("state", [None, ReleaseState.DRAFT])
    def test_is_refused_without_a_published_release(self, state: ReleaseState | None, cast: Cast) -> None:
        release = make_release(state=state) if state else None
        with pytest.raises(IllegalTransition, match="No edition of the question bank"):
            create(cast.assessor, release)
        assert not Assessment.objects.exists()

    def test_is_refused_for_an_archived_vendor(self, cast: Cast) -> None:
        vendor = make_vendor(cast.organisation, archived_at=NOW)
        with pytest.raises(IllegalTransition, match="archived"):
            create(cast.assessor, make_release(), vendor=vendor)

    def test_is_refused_for_another_organisations_vendor(self, cast: Cast) -> None:
        with pytest.raises(PermissionDenied):
            create(cast.assessor, make_release(), vendor=make_vendor(cast.other_organisation))

    @pytest.mark.parametrize("who", ["approver", "reader", "admin"])
    def test_is_for_assessors(self, who: str, cast: Cast) -> None:
        with pytest.raises(PermissionDenied):
            create(getattr(cast, who), make_release())


class TestNumbering:
    def test_counts_by_organisation_and_year(self, cast: Cast) -> None:
        release = make_release()
        spring, winter = datetime(2026, 4, 1, tzinfo=UTC), datetime(2027, 2, 1, tzinfo=UTC)
        references = [
            create(member, release, now=now).reference
            for member, now in (
                (cast.assessor, spring),
                (cast.colleague, spring),
                (cast.stranger, spring),
                (cast.assessor, winter),
            )
        ]
        assert references == ["A-2026-001", "A-2026-002", "A-2026-001", "A-2027-001"]

    def test_goes_on_after_the_thousandth(self, cast: Cast) -> None:
        release = make_release()
        for number in ("A-2026-999", "A-2026-1000"):
            row = create(cast.assessor, release)
            Assessment.objects.filter(pk=row.pk).update(reference=number)
        assert create(cast.assessor, release).reference == "A-2026-1001"

    def test_takes_the_year_of_the_organisations_calendar(self, cast: Cast, settings: Any) -> None:
        new_year_in_brussels = datetime(2026, 12, 31, 23, 30, tzinfo=UTC)
        assert create(cast.assessor, make_release(), now=new_year_in_brussels).reference == "A-2027-001"


class TestOpening:
    def test_makes_the_owners_response_with_an_empty_answer_a_question(self, cast: Cast) -> None:
        assessment = create(cast.assessor, make_release(questions_per_rule=3))
        transitions.open_assessment(cast.colleague, assessment)
        response = Response.objects.get(assessment=assessment)
        assert (response.rater, response.kind) == (cast.assessor.user, ResponseKind.CUSTOMER)
        assert response.department == cast.department
        answers = list(response.answers.all())
        assert {answer.question_id for answer in answers} == set(
            assessment.release.questions.values_list("pk", flat=True)
        )
        assert len(answers) == 21
        assert not any(answer.is_answered or answer.version for answer in answers)

    def test_takes_as_many_queries_for_many_questions_as_for_few(
        self, cast: Cast, django_assert_num_queries: Any
    ) -> None:
        few = create(cast.assessor, make_release("1", questions_per_rule=1))
        many = create(cast.assessor, make_release("2", questions_per_rule=4))
        with django_assert_num_queries(count_of(lambda: transitions.open_assessment(cast.assessor, few))):
            transitions.open_assessment(cast.assessor, many)

    def test_is_refused_when_the_vendor_was_archived_meanwhile(self, cast: Cast) -> None:
        assessment = create(cast.assessor, make_release())
        assessment.vendor.archived_at = NOW
        assessment.vendor.save()
        with pytest.raises(IllegalTransition, match="archived"):
            transitions.open_assessment(cast.assessor, assessment)
        assert not Response.objects.exists()


class TestSubmitting:
    def test_closes_the_responses_and_keeps_who_and_when(self, cast: Cast) -> None:
        assessment = make_assessment(cast.assessor, grade=2)
        transitions.submit(cast.assessor, assessment, now=NOW)
        assessment.refresh_from_db()
        assert (assessment.submitted_by, assessment.submitted_at) == (cast.assessor.user, NOW)
        assert set(assessment.responses.values_list("submitted_at", flat=True)) == {NOW}
        assert entry_of(assessment).after == {"state": "in_review"}

    def test_passes_with_a_single_grade_because_blanks_are_honest(self, cast: Cast) -> None:
        assessment = make_assessment(cast.assessor)
        first = Answer.objects.order_by("pk").first()
        assert first is not None
        Answer.objects.filter(pk=first.pk).update(grade=0)
        assert transitions.submit(cast.assessor, assessment).state == IN_REVIEW

    @pytest.mark.parametrize("blank", ["", Blank.DONT_KNOW, Blank.NOT_APPLICABLE])
    def test_is_refused_without_any_grade(self, blank: str, cast: Cast) -> None:
        assessment = make_assessment(cast.assessor)
        Answer.objects.update(blank=blank, reason="We do not use it.")
        with pytest.raises(IllegalTransition, match="Nothing is graded"):
            transitions.submit(cast.assessor, assessment)
        assert Response.objects.filter(submitted_at=None).count() == 1

    def test_leaves_the_vendors_own_response_alone(self, cast: Cast) -> None:
        assessment = make_assessment(cast.assessor, grade=2)
        own = Response.objects.create(assessment=assessment, kind=ResponseKind.VENDOR)
        transitions.submit(cast.assessor, assessment)
        own.refresh_from_db()
        assert own.submitted_at is None

    def test_does_not_count_the_vendors_grades_as_graded(self, cast: Cast) -> None:
        assessment = make_assessment(cast.assessor)
        own = Response.objects.create(assessment=assessment, kind=ResponseKind.VENDOR)
        Answer.objects.create(response=own, question=assessment.release.questions.all()[0], grade=4)
        with pytest.raises(IllegalTransition, match="Nothing is graded"):
            transitions.submit(cast.assessor, assessment)

    def test_of_a_member_who_does_not_rate_takes_what_was_handed_in(self, cast: Cast) -> None:
        assessment = make_assessment(cast.assessor, grade=2)
        with pytest.raises(IllegalTransition, match="Nothing is graded"):
            transitions.submit(cast.colleague, assessment)
        transitions.hand_in(cast.assessor, assessment)
        assert transitions.submit(cast.colleague, assessment).state == IN_REVIEW

    def test_names_who_is_outstanding_and_passes_only_where_the_member_says_so(self, cast: Cast) -> None:
        assessment = make_assessment(cast.assessor, grade=2)
        add_rater(assessment, cast.reader, grade=4)
        with pytest.raises(IllegalTransition, match="Reader"):
            transitions.submit(cast.assessor, assessment)
        assert not Response.objects.handed_in().exists(), "a refused submission hands nothing in"
        transitions.submit(cast.assessor, assessment, without_outstanding=True)
        assert [row.rater for row in Response.objects.handed_in()] == [cast.assessor.user]


class TestHandingIn:
    def test_keeps_when_and_is_recorded(self, cast: Cast) -> None:
        assessment = make_assessment(cast.assessor)
        add_rater(assessment, cast.reader, grade=2)
        response = transitions.hand_in(cast.reader, assessment, now=NOW)
        assert (response.rater, response.submitted_at) == (cast.reader.user, NOW)
        entry = AuditEntry.objects.get(verb="response.handed_in")
        assert (entry.actor, entry.subject_id) == (cast.reader.user, str(assessment.pk))
        assert assessment.responses.get(rater=cast.assessor.user).submitted_at is None

    def test_is_for_those_who_were_asked(self, cast: Cast) -> None:
        with pytest.raises(PermissionDenied):
            transitions.hand_in(cast.colleague, make_assessment(cast.assessor, grade=2))

    def test_is_not_for_one_who_is_no_longer_asked(self, cast: Cast) -> None:
        assessment = make_assessment(cast.assessor, grade=2)
        assessment.responses.update(withdrawn_at=NOW)
        with pytest.raises(PermissionDenied):
            transitions.hand_in(cast.assessor, assessment)

    def test_is_refused_without_any_answer(self, cast: Cast) -> None:
        with pytest.raises(IllegalTransition, match="Nothing is answered"):
            transitions.hand_in(cast.assessor, make_assessment(cast.assessor))

    def test_passes_with_a_blank_that_is_honest(self, cast: Cast) -> None:
        assessment = make_assessment(cast.assessor)
        Answer.objects.update(blank=Blank.DONT_KNOW)
        assert transitions.hand_in(cast.assessor, assessment).submitted_at

    def test_is_refused_twice(self, cast: Cast) -> None:
        assessment = make_assessment(cast.assessor, grade=2)
        transitions.hand_in(cast.assessor, assessment)
        with pytest.raises(IllegalTransition, match="already"):
            transitions.hand_in(cast.assessor, assessment)

    def test_takes_questions_back_that_were_handed_to_colleagues(self, cast: Cast) -> None:
        assessment = make_assessment(cast.assessor, grade=2)
        lent = Delegation.objects.create(
            answer=Answer.objects.all()[0],
            delegate=cast.reader.user,
            delegated_by=cast.assessor.user,
            delegated_at=NOW,
        )
        transitions.hand_in(cast.assessor, assessment, now=NOW)
        lent.refresh_from_db()
        assert lent.taken_back_at == NOW

    def test_answers_are_open_again_once_they_are_taken_up(self, cast: Cast) -> None:
        assessment = make_assessment(cast.assessor, grade=2)
        transitions.hand_in(cast.assessor, assessment)
        assert transitions.take_up_again(cast.assessor, assessment).submitted_at is None
        with pytest.raises(IllegalTransition, match="open already"):
            transitions.take_up_again(cast.assessor, assessment)

    def test_nobody_takes_up_what_they_were_never_asked_for(self, cast: Cast) -> None:
        assessment = make_assessment(cast.assessor, grade=2)
        with pytest.raises(PermissionDenied):
            transitions.take_up_again(cast.colleague, assessment)

    def test_nobody_takes_up_what_is_in_review(self, cast: Cast) -> None:
        assessment = make_assessment(cast.assessor, grade=2)
        transitions.submit(cast.assessor, assessment)
        with pytest.raises(IllegalTransition, match="in review"):
            transitions.take_up_again(cast.assessor, assessment)


class TestSendingBack:
    def test_opens_only_the_answers_of_those_who_look_again(self, cast: Cast) -> None:
        assessment = make_assessment(cast.assessor, grade=2, state=IN_REVIEW)
        reader = add_rater(assessment, cast.reader, grade=3)
        assessment.responses.update(submitted_at=NOW)
        transitions.send_back(cast.approver, assessment, reason="Look at rule 2 again.", to=[reader.pk])
        assert list(Response.objects.outstanding()) == [reader]

    def test_reopens_the_responses_and_keeps_the_reason(self, cast: Cast) -> None:
        assessment = assessment_in(IN_REVIEW, cast)
        transitions.send_back(cast.approver, assessment, reason="  Rule 6 lacks evidence. ", now=NOW)
        assessment.refresh_from_db()
        assert (assessment.submitted_by, assessment.submitted_at) == (None, None)
        assert set(assessment.responses.values_list("submitted_at", flat=True)) == {None}
        approval = Approval.objects.get()
        assert (approval.decision, approval.reason, approval.decided_by) == (
            "sent_back",
            "Rule 6 lacks evidence.",
            cast.approver.user,
        )
        assert entry_of(assessment).after == {"state": "collecting", "reason": "Rule 6 lacks evidence."}

    @pytest.mark.parametrize("reason", ["", "  \n"])
    def test_asks_for_a_reason(self, reason: str, cast: Cast) -> None:
        assessment = assessment_in(IN_REVIEW, cast)
        with pytest.raises(IllegalTransition, match="reason"):
            transitions.send_back(cast.approver, assessment, reason=reason)
        assert not Approval.objects.exists()


class TestApproving:
    def test_keeps_who_and_when(self, cast: Cast) -> None:
        assessment = assessment_in(IN_REVIEW, cast)
        transitions.approve(cast.approver, assessment, now=NOW)
        assessment.refresh_from_db()
        approval = Approval.objects.get()
        assert (approval.decision, approval.decided_by, approval.decided_at) == (
            "approved",
            cast.approver.user,
            NOW,
        )
        assert assessment.closed_at == NOW
        approving = AuditEntry.objects.get(verb="assessment.approved")
        assert (approving.before, approving.after) == ({"state": "in_review"}, {"state": "approved"})

    def test_sends_its_signal_inside_the_transaction(self, cast: Cast) -> None:
        heard = []

        def listen(assessment: Assessment, approval: Approval, **_: Any) -> None:
            heard.append((assessment.state, approval.pk, transaction.get_connection().in_atomic_block))

        transitions.approved.connect(listen)
        try:
            transitions.approve(cast.approver, assessment_in(IN_REVIEW, cast))
        finally:
            transitions.approved.disconnect(listen)
        assert heard == [("approved", Approval.objects.get().pk, True)]

    def test_is_undone_when_a_listener_fails(self, cast: Cast) -> None:
        def fail(**_: Any) -> None:
            raise RuntimeError("no scorecard")

        assessment = assessment_in(IN_REVIEW, cast)
        transitions.approved.connect(fail)
        try:
            with pytest.raises(RuntimeError, match="no scorecard"):
                transitions.approve(cast.approver, assessment)
        finally:
            transitions.approved.disconnect(fail)
        assessment.refresh_from_db()
        assert assessment.state == IN_REVIEW
        assert not Approval.objects.exists()
        assert not AuditEntry.objects.exists()

    def test_is_refused_to_whoever_submitted(self, cast: Cast) -> None:
        assessment = assessment_in(IN_REVIEW, cast)
        Assessment.objects.update(submitted_by=cast.approver.user)
        with pytest.raises(IllegalTransition, match="yourself"):
            transitions.approve(cast.approver, assessment)
        assert not Approval.objects.exists()

    def test_is_granted_to_whoever_submitted_where_the_organisation_allows_it(self, cast: Cast) -> None:
        allow_self_approval(cast)
        assessment = make_assessment(cast.assessor, grade=4)
        transitions.submit(cast.assessor, assessment)
        assert transitions.approve(cast.assessor, assessment).state == APPROVED

    def test_is_refused_when_it_was_submitted_anew_since_it_was_read(self, cast: Cast) -> None:
        assessment = assessment_in(IN_REVIEW, cast)
        transitions.send_back(cast.approver, assessment, reason="Once more.")
        transitions.submit(cast.assessor, assessment)
        with pytest.raises(IllegalTransition, match="anew"):
            transitions.approve(cast.approver, assessment, seen=NOW)


class TestCancelling:
    def test_keeps_reason_and_answers(self, cast: Cast) -> None:
        assessment = assessment_in(COLLECTING, cast)
        transitions.cancel(cast.assessor, assessment, reason="The contract ended.", now=NOW)
        assessment.refresh_from_db()
        assert (assessment.cancel_reason, assessment.closed_at) == ("The contract ended.", NOW)
        assert Answer.objects.filter(response__assessment=assessment, grade=3).count() == 14
        assert entry_of(assessment).after == {"state": "cancelled", "reason": "The contract ended."}

    def test_asks_for_a_reason(self, cast: Cast) -> None:
        with pytest.raises(IllegalTransition, match="reason"):
            transitions.cancel(cast.assessor, assessment_in(COLLECTING, cast), reason=" ")


def test_rescheduling_records_only_what_changed(cast: Cast) -> None:
    assessment = assessment_in(COLLECTING, cast)
    transitions.reschedule(cast.assessor, assessment, period=FIRST_QUARTER, due_on=date(2026, 5, 1))
    entry = entry_of(assessment)
    assert (entry.before, entry.after) == ({"due_on": None}, {"due_on": "2026-05-01"})
    transitions.reschedule(cast.assessor, assessment, period=FIRST_QUARTER, due_on=date(2026, 5, 1))
    assert AuditEntry.objects.count() == 1


def test_whole_way_leaves_one_entry_a_step(cast: Cast) -> None:
    assessment = create(cast.assessor, make_release())
    transitions.open_assessment(cast.assessor, assessment)
    Answer.objects.update(grade=3)
    transitions.submit(cast.assessor, assessment)
    transitions.send_back(cast.approver, assessment, reason="Once more.")
    transitions.submit(cast.assessor, assessment)
    transitions.approve(cast.approver, assessment)
    entries = AuditEntry.objects.filter(object_type="assessments.assessment").order_by("at", "pk")
    assert list(entries.values_list("verb", flat=True)) == [
        "assessment.created",
        "assessment.opened",
        "assessment.submitted",
        "assessment.sent_back",
        "assessment.submitted",
        "assessment.approved",
    ]


@pytest.mark.postgres
@pytest.mark.skipif(connection.vendor != "postgresql", reason="needs rows that can be locked")
@pytest.mark.django_db(transaction=True)
class TestTwoAtOnce:
    def test_one_of_two_approvals_wins_and_the_other_is_told(self) -> None:
        cast = make_cast()
        second = make_member(cast.organisation, "second", Role.APPROVER)
        assessment = assessment_in(IN_REVIEW, cast)
        outcomes = at_once(
            lambda: transitions.approve(cast.approver, assessment), lambda: transitions.approve(second, assessment)
        )
        told = [str(outcome) for outcome in outcomes if isinstance(outcome, IllegalTransition)]
        assert told == [str(transitions.NOT_NOW[APPROVED])]
        assert Approval.objects.count() == 1

    def test_an_approval_and_a_return_do_not_both_happen(self) -> None:
        cast = make_cast()
        assessment = assessment_in(IN_REVIEW, cast)
        outcomes = at_once(
            lambda: transitions.approve(cast.approver, assessment),
            lambda: transitions.send_back(cast.approver, assessment, reason="Once more."),
        )
        assert sum(isinstance(outcome, IllegalTransition) for outcome in outcomes) == 1
        assert Approval.objects.count() == 1

    def test_two_openings_make_one_response(self) -> None:
        cast = make_cast()
        assessment = assessment_in(DRAFT, cast)
        outcomes = at_once(
            lambda: transitions.open_assessment(cast.assessor, assessment),
            lambda: transitions.open_assessment(cast.colleague, assessment),
        )
        assert sum(isinstance(outcome, IllegalTransition) for outcome in outcomes) == 1
        assert Response.objects.count() == 1

    def test_many_creations_draw_different_numbers(self) -> None:
        cast = make_cast()
        release, vendor = make_release(), make_vendor(cast.organisation)
        outcomes = at_once(*[lambda: create(cast.assessor, release, vendor=vendor)] * 6)
        references = sorted(outcome.reference for outcome in outcomes)
        assert references == [f"A-2026-{number:03}" for number in range(1, 7)]


def create(member: Membership, release: Release | None, *, now: datetime = NOW, **fields: Any) -> Assessment:
    count = Assessment.objects.count()
    vendor = fields.pop("vendor", None) or make_vendor(member.organisation, f"Example Networks {count}")
    return transitions.create_assessment(
        member, vendor=vendor, release=release, period=FIRST_QUARTER, now=now, **fields
    )


def entry_of(assessment: Assessment) -> AuditEntry:
    return AuditEntry.objects.get(
        object_type="assessments.assessment", object_id=str(assessment.pk), subject_id=str(assessment.pk)
    )


def allow_self_approval(cast: Cast) -> None:
    cast.organisation.allow_self_approval = True
    cast.organisation.save()


def count_of(action: Callable[[], Any]) -> int:
    from django.test.utils import CaptureQueriesContext

    with CaptureQueriesContext(connection) as queries:
        action()
    return len(queries)


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
