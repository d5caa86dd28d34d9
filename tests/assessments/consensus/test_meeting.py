"""What needs talk, what was agreed, and who may record it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accounts.models import AuditEntry, Membership, Role
from assessments.approval import levels
from assessments.consensus.attendance import begun, hold
from assessments.consensus.meeting import Cause, Discussion, agree, causes, panel, to_discuss, undo
from assessments.hub.history import history_lines
from assessments.lifecycle import transitions
from assessments.lifecycle.transitions import IllegalTransition
from assessments.models import (
    Answer,
    Assessment,
    AssessmentState,
    Blank,
    Consensus,
    Delegation,
    Meeting,
    Response,
    ResponseKind,
)
from assessments.score.arithmetic import QuestionState
from assessments.score.reading import current_score
from groundwork.saved import Conflict, Saved
from manifesto.models import Question
from tests.concurrency import at_once, elsewhere, shared_database
from tests.factories import NOW, Cast, add_rater, make_assessment, make_cast, make_member, make_release

DAY = date(2026, 3, 2)


def question_of(assessment: Assessment, key: str = "support-1") -> Question:
    return Question.objects.get(release=assessment.release, key=key)


def vendor_of(assessment: Assessment, grade: int | None = None, grades: Mapping[str, int] | None = None) -> Response:
    response = Response.objects.create(assessment=assessment, kind=ResponseKind.VENDOR, submitted_at=NOW)
    Answer.objects.bulk_create(
        Answer(response=response, question=question, grade=(grades or {}).get(question.key, grade))
        for question in assessment.release.questions.all()
    )
    return response


def agreed_on(
    member: Membership, assessment: Assessment, grade: int | None = 3, **more: Any
) -> Saved | Conflict[Consensus | None]:
    given_values = {"grade": grade, "reason": "They showed the records.", "version": 0} | more
    meeting = Meeting.objects.filter(assessment=assessment).first()
    meeting = meeting or hold(member, assessment, held_on=DAY, attendees=[member.user])
    return agree(member, assessment, question_of(assessment), meeting=meeting, **given_values)


@pytest.fixture
def assessment(cast: Cast) -> Assessment:
    """Two raters are in; they differ by three levels on support-1 alone."""
    made = make_assessment(cast.assessor)
    made.responses.all().delete()
    add_rater(made, cast.assessor, grade=3, grades={"support-1": 1}, submitted_at=NOW)
    add_rater(made, cast.reader, grade=3, grades={"support-1": 4}, submitted_at=NOW)
    return made


# What needs talk ------------------------------------------------------------------------------------


def test_only_questions_whose_grades_span_two_levels_are_listed(assessment: Assessment) -> None:
    (found,) = to_discuss(assessment)
    assert (found.question.key, found.causes, found.number) == ("support-1", (Cause.SPREAD,), "1.1")
    assert sorted(found.grades) == [1, 4]
    assert found.reasons == ["Grades lie 3 levels apart"]


def test_one_level_apart_needs_no_talk(cast: Cast) -> None:
    assessment = make_assessment(cast.assessor, grade=2)
    add_rater(assessment, cast.reader, grade=3)
    assessment.responses.update(submitted_at=NOW)
    assert to_discuss(assessment) == ()


def test_a_vendor_two_levels_from_the_mean_needs_talk(cast: Cast, assessment: Assessment) -> None:
    vendor_of(assessment, 4, {"speed-1": 1, "proof-1": 2})
    found = {one.question.key: one for one in to_discuss(assessment)}
    assert found["speed-1"].causes == (Cause.GAP,)
    assert found["speed-1"].reasons == ["The vendor sees itself lower, by 2 levels"]
    assert set(found) == {"support-1", "speed-1"}


def test_a_vendor_that_has_not_handed_in_opens_no_gap(assessment: Assessment) -> None:
    response = vendor_of(assessment, 0)
    Response.objects.filter(pk=response.pk).update(submitted_at=None)
    (found,) = to_discuss(assessment)
    assert (found.causes, found.vendor) == ((Cause.SPREAD,), None)


def test_what_nobody_answered_or_could_grade_needs_talk(assessment: Assessment) -> None:
    answers = Answer.objects.filter(response__assessment=assessment)
    answers.filter(question__key="speed-1").update(grade=None)
    answers.filter(question__key="speed-2").update(grade=None, blank=Blank.DONT_KNOW)
    answers.filter(question__key="proof-1").update(grade=None, blank=Blank.NOT_APPLICABLE, reason="Not theirs")
    why = causes(assessment)
    assert why["speed-1"] == (Cause.UNANSWERED,)
    assert why["speed-2"] == (Cause.DONT_KNOW,)
    assert "proof-1" not in why


def test_a_question_that_nobody_was_asked_is_one_that_nobody_answered(assessment: Assessment) -> None:
    Answer.objects.filter(response__assessment=assessment, question__key="speed-1").delete()
    assert causes(assessment)["speed-1"] == (Cause.UNANSWERED,)


def test_before_anybody_handed_in_there_is_nothing_to_talk_about(cast: Cast) -> None:
    assessment = make_assessment(cast.assessor, grade=0)
    add_rater(assessment, cast.reader, grade=4)
    assert to_discuss(assessment) == ()


def test_answers_that_were_not_handed_in_are_neither_compared_nor_shown(cast: Cast, assessment: Assessment) -> None:
    add_rater(assessment, cast.colleague, grade=0)
    (found,) = to_discuss(assessment)
    assert {voice.who for voice in found.voices} == {str(cast.assessor.user), str(cast.reader.user)}


def test_all_texts_grades_and_levels_are_at_hand(assessment: Assessment) -> None:
    vendor_of(assessment, 4)
    Answer.objects.filter(response__assessment=assessment, question__key="support-1").update(comment="Seen in March")
    (found, *_rest) = to_discuss(assessment)
    assert found.vendor is not None and found.vendor.level is not None and found.vendor.level.name == "Proven"
    assert {voice.answer.comment for voice in found.voices} == {"Seen in March"}
    assert {voice.level.text for voice in found.voices if voice.level} == {
        "support question 1 level 1 (en)",
        "support question 1 level 4 (en)",
    }


def test_settled_questions_stay_in_the_list_with_what_was_agreed(cast: Cast, assessment: Assessment) -> None:
    agreed_on(cast.assessor, assessment, 3)
    (found,) = to_discuss(assessment)
    assert found.settled is not None and found.settled.grade == 3
    assert found.agreed_level is not None and found.agreed_level.name == "Dependable"


def test_reading_takes_the_same_queries_for_many_raters_and_questions(cast: Cast, assessment: Assessment) -> None:
    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            for found in to_discuss(Assessment.objects.get(pk=assessment.pk)):
                for voice in found.voices:
                    str((voice.who, voice.level, list(voice.answer.evidence.all()), voice.answer.response.department))
        return len(captured)

    few = queries()
    for number in range(6):
        member = make_member(cast.organisation, f"rater{number}", Role.READER, department=cast.department)
        add_rater(assessment, member, grade=number % 5, submitted_at=NOW)
    assert len(to_discuss(assessment)) == 14
    assert queries() == few


values = st.sampled_from([0, 1, 2, 3, 4, "not_applicable", "dont_know", ""])


@pytest.mark.django_db
@settings(max_examples=settings.default.max_examples // 2, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_list_is_what_the_rules_of_the_meeting_say(data: st.DataObject, transactional_cast: Any) -> None:
    """Against a definition written down a second time, over any answers of three raters and the vendor."""
    _cast, assessment = transactional_cast
    keys = list(assessment.release.questions.values_list("key", flat=True))
    columns: dict[str, list[int | str]] = {key: data.draw(st.lists(values, min_size=3, max_size=3)) for key in keys[:4]}
    vendor: dict[str, int | str] = {key: data.draw(values) for key in keys[:4]}
    responses = list(assessment.responses.of_customer().order_by("pk"))
    for key in keys[:4]:
        for response, value in zip(responses, columns[key], strict=True):
            write(response, key, value)
        write(assessment.responses.of_vendor().get(), key, vendor[key])

    expected = {}
    for key in keys[:4]:
        grades = [value for value in columns[key] if isinstance(value, int)]
        mine = vendor[key]
        why = set()
        if grades and max(grades) - min(grades) >= 2:
            why.add("spread")
        if grades and isinstance(mine, int) and abs(mine * len(grades) - sum(grades)) >= 2 * len(grades):
            why.add("gap")
        if set(columns[key]) == {""}:
            why.add("unanswered")
        elif not grades and "dont_know" in columns[key]:
            why.add("dont_know")
        if why:
            expected[key] = why
    found = {one.question.key: {str(cause) for cause in one.causes} for one in to_discuss(assessment)}
    assert {key: found[key] for key in found if key in keys[:4]} == expected


def write(response: Response, key: str, value: int | str) -> None:
    grade, blank = (value, "") if isinstance(value, int) else (None, value)
    reason = "So it is" if blank == "not_applicable" else ""
    response.answers.filter(question__key=key).update(grade=grade, blank=blank, reason=reason)


@pytest.fixture
def transactional_cast(cast: Cast) -> tuple[Cast, Assessment]:
    made = make_assessment(cast.assessor, grade=2)
    for member in (cast.reader, cast.colleague):
        add_rater(made, member, grade=2)
    made.responses.update(submitted_at=NOW)
    vendor_of(made, 2)
    return cast, made


# Agreeing -------------------------------------------------------------------------------------------


def test_the_arithmetic_uses_the_agreed_grade_from_then_on(cast: Cast, assessment: Assessment) -> None:
    agreed_on(cast.assessor, assessment, 4)
    graded = next(q for rule in current_score(assessment).rules for q in rule.questions if q.key == "support-1")
    assert (graded.grade, graded.from_consensus, graded.disagreement) == (4, True, True)


def test_agreed_not_applicable_leaves_the_denominator(cast: Cast, assessment: Assessment) -> None:
    agreed_on(cast.assessor, assessment, None, not_applicable=True)
    graded = next(q for rule in current_score(assessment).rules for q in rule.questions if q.key == "support-1")
    assert graded.state == QuestionState.NOT_APPLICABLE


def test_who_when_and_why_are_kept_and_in_the_trail(cast: Cast, assessment: Assessment) -> None:
    agreed_on(cast.assessor, assessment, 3, now=NOW)
    made = Consensus.objects.get()
    assert (made.decided_by, made.decided_at, made.meeting.held_on, made.version) == (cast.assessor.user, NOW, DAY, 1)
    entry = AuditEntry.objects.get(verb="consensus.agreed")
    assert entry.after == {"grade": 3, "reason": "They showed the records."}
    assert (entry.subject_id, entry.object_label) == (str(assessment.pk), "support question 1 (en)")
    assert history_lines([entry])[0].what == "recorded what was agreed"


def test_changing_an_agreement_keeps_both_in_the_trail(cast: Cast, assessment: Assessment) -> None:
    agreed_on(cast.assessor, assessment, 3)
    agreed_on(cast.colleague, assessment, None, not_applicable=True, version=1, reason="Not theirs")
    made = Consensus.objects.get()
    assert (made.grade, made.not_applicable, made.version, made.decided_by) == (None, True, 2, cast.colleague.user)
    entry = AuditEntry.objects.get(verb="consensus.changed")
    assert (entry.before["grade"], entry.after["not_applicable"]) == (3, True)
    assert "yes" in {change.after for change in history_lines([entry])[0].changes}


def test_undoing_brings_the_mean_back(cast: Cast, assessment: Assessment) -> None:
    before = current_score(assessment)
    agreed_on(cast.assessor, assessment, 4)
    assert undo(cast.assessor, assessment, question_of(assessment), version=1) is None
    assert current_score(assessment) == before
    assert AuditEntry.objects.get(verb="consensus.undone").before["grade"] == 4
    assert undo(cast.assessor, assessment, question_of(assessment), version=1) is None  # a second click


def test_the_second_of_two_people_sees_what_stands_there(cast: Cast, assessment: Assessment) -> None:
    agreed_on(cast.assessor, assessment, 3)
    outcome = agreed_on(cast.colleague, assessment, 1)
    assert isinstance(outcome, Conflict) and outcome.stored is not None and outcome.stored.grade == 3
    assert Consensus.objects.get().grade == 3
    conflict = undo(cast.colleague, assessment, question_of(assessment), version=7)
    assert isinstance(conflict, Conflict) and Consensus.objects.count() == 1


def test_what_was_undone_meanwhile_is_a_conflict_too(cast: Cast, assessment: Assessment) -> None:
    outcome = agreed_on(cast.assessor, assessment, 3, version=2)
    assert isinstance(outcome, Conflict) and outcome.stored is None


def test_saving_the_same_twice_is_no_conflict_with_oneself(cast: Cast, assessment: Assessment) -> None:
    agreed_on(cast.assessor, assessment, 3)
    again = agreed_on(cast.assessor, assessment, 3)
    assert isinstance(again, Saved) and again.version == 1
    assert AuditEntry.objects.filter(verb__startswith="consensus").count() == 1


@pytest.mark.parametrize("wrong", [{"grade": None}, {"grade": 3, "not_applicable": True}, {"grade": 5}])
def test_an_agreement_says_exactly_one_thing(cast: Cast, assessment: Assessment, wrong: dict[str, Any]) -> None:
    with pytest.raises(ValueError):
        agreed_on(cast.assessor, assessment, **wrong)


def test_an_agreement_needs_its_reason(cast: Cast, assessment: Assessment) -> None:
    with pytest.raises(IllegalTransition, match="Say why"):
        agreed_on(cast.assessor, assessment, 3, reason="  ")


def test_what_nobody_differs_about_cannot_be_overruled(cast: Cast, assessment: Assessment) -> None:
    meeting = hold(cast.assessor, assessment, held_on=DAY, attendees=[cast.assessor.user])
    with pytest.raises(IllegalTransition, match="nothing to agree on"):
        agree(
            cast.assessor,
            assessment,
            question_of(assessment, "speed-1"),
            grade=4,
            reason="Better so",
            meeting=meeting,
            version=0,
        )


@pytest.mark.parametrize("role", ["reader", "approver", "admin"])
def test_whoever_does_not_assess_records_nothing(cast: Cast, assessment: Assessment, role: str) -> None:
    with pytest.raises(PermissionDenied):
        agreed_on(getattr(cast, role), assessment)


def test_a_stranger_finds_nothing_to_record(cast: Cast, assessment: Assessment) -> None:
    with pytest.raises(Assessment.DoesNotExist):
        agreed_on(cast.stranger, assessment)


def test_a_question_or_meeting_of_elsewhere_is_refused(cast: Cast, assessment: Assessment) -> None:
    other = make_assessment(cast.colleague, grade=3)
    other.responses.update(submitted_at=NOW)
    meeting = hold(cast.assessor, other, held_on=DAY, attendees=[cast.assessor.user])
    with pytest.raises(PermissionDenied):
        agree(cast.assessor, assessment, question_of(assessment), grade=3, reason="So", meeting=meeting, version=0)


@pytest.mark.parametrize("state", [AssessmentState.DRAFT, AssessmentState.APPROVED, AssessmentState.CANCELLED])
def test_nothing_is_agreed_before_and_after(cast: Cast, assessment: Assessment, state: AssessmentState) -> None:
    Assessment.objects.filter(pk=assessment.pk).update(state=state)
    with pytest.raises(IllegalTransition):
        agreed_on(cast.assessor, assessment)


def test_whoever_still_rates_records_nothing(cast: Cast, assessment: Assessment) -> None:
    add_rater(assessment, cast.colleague)
    with pytest.raises(IllegalTransition, match="still rate"):
        hold(cast.colleague, assessment, held_on=DAY, attendees=[cast.reader.user], without_outstanding=True)


def test_whoever_was_handed_a_question_records_nothing_either(cast: Cast, assessment: Assessment) -> None:
    lent = add_rater(assessment, cast.approver)
    Delegation.objects.create(
        answer=lent.answers.first(),
        delegate=cast.colleague.user,
        delegated_by=cast.approver.user,
        delegated_at=NOW,
    )
    with pytest.raises(IllegalTransition, match="still rate"):
        hold(cast.colleague, assessment, held_on=DAY, attendees=[cast.reader.user], without_outstanding=True)


# The meeting ----------------------------------------------------------------------------------------


def test_a_meeting_waits_for_raters_unless_it_deliberately_begins(cast: Cast, assessment: Assessment) -> None:
    add_rater(assessment, cast.approver)
    with pytest.raises(IllegalTransition, match="Approver"):
        hold(cast.assessor, assessment, held_on=DAY, attendees=[cast.assessor.user])
    assert not Meeting.objects.exists()
    hold(cast.assessor, assessment, held_on=DAY, attendees=[cast.assessor.user], without_outstanding=True)
    assert AuditEntry.objects.get(verb="meeting.held").after["without"] == "Approver"
    assert isinstance(agreed_on(cast.assessor, assessment, 3), Saved)  # it has begun


def test_nothing_is_recorded_on_a_day_of_which_nobody_said_who_is_there(cast: Cast, assessment: Assessment) -> None:
    with pytest.raises(IllegalTransition, match="No meeting of this day has begun"):
        begun(cast.assessor, assessment, DAY)
    made = hold(cast.assessor, assessment, held_on=DAY, attendees=[cast.reader.user])
    assert begun(cast.assessor, assessment, DAY) == made
    assert list(made.attendees.all()) == [cast.reader.user]


def test_a_meeting_of_nobody_is_refused(cast: Cast, assessment: Assessment) -> None:
    with pytest.raises(IllegalTransition, match="Tick who is there"):
        hold(cast.assessor, assessment, held_on=DAY, attendees=[])
    assert hold(cast.assessor, assessment, held_on=DAY, attendees=[], others="A guest").present == ["A guest"]


def test_a_meeting_of_one_is_called_so(cast: Cast, assessment: Assessment) -> None:
    alone = hold(cast.assessor, assessment, held_on=DAY, attendees=[cast.assessor.user])
    assert (alone.present, alone.is_of_one) == (["Assessor"], True)
    together = hold(cast.assessor, assessment, held_on=DAY, attendees=[cast.assessor.user], others="A guest, Bo")
    assert (together.present, together.is_of_one) == (["Assessor", "A guest", "Bo"], False)


def test_who_was_there_is_kept_with_its_changes(cast: Cast, assessment: Assessment) -> None:
    hold(cast.assessor, assessment, held_on=DAY, attendees=[cast.assessor.user])
    people = [cast.assessor.user, cast.reader.user]
    for _twice in range(2):
        hold(cast.assessor, assessment, held_on=DAY, attendees=people, others="A guest")
    entry = AuditEntry.objects.get(verb="meeting.changed")
    assert entry.before == {"attendees": "Assessor"}
    assert entry.after == {"attendees": "Assessor, Reader", "others": "A guest"}


def test_agreeing_leaves_the_list_of_those_present_alone(cast: Cast, assessment: Assessment) -> None:
    hold(cast.assessor, assessment, held_on=DAY, attendees=[cast.reader.user], others="A guest")
    agreed_on(cast.assessor, assessment, 3)
    meeting = Meeting.objects.get()
    assert (list(meeting.attendees.all()), meeting.others) == ([cast.reader.user], "A guest")


# In review -------------------------------------------------------------------------------------------


def test_a_change_in_review_starts_the_chain_again(
    cast: Cast, assessment: Assessment, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[int] = []
    monkeypatch.setattr("assessments.approval.chain.after_change", lambda member, row: told.append(row.pk))
    agreed_on(cast.assessor, assessment, 3)
    assert told == []
    transitions.submit(cast.assessor, assessment)
    agreed_on(cast.assessor, assessment, 2, version=1)
    undo(cast.assessor, assessment, question_of(assessment), version=2)
    assert told == [assessment.pk, assessment.pk]


def test_what_a_level_had_approved_lapses_with_a_change_in_review(cast: Cast, assessment: Assessment) -> None:
    for name in ("First", "Second"):
        levels.add_level(cast.admin, tier="", name=name, role=Role.APPROVER)
    transitions.submit(cast.assessor, assessment)
    transitions.approve(cast.approver, assessment)
    assert Assessment.objects.get(pk=assessment.pk).waiting_level == 2
    agreed_on(cast.assessor, assessment, 3)
    assert Assessment.objects.get(pk=assessment.pk).waiting_level == 1
    assert AuditEntry.objects.filter(verb="approval.lapsed").exists()


def test_after_submitting_nobody_is_waited_for_any_more(cast: Cast, assessment: Assessment) -> None:
    add_rater(assessment, cast.approver)
    transitions.submit(cast.assessor, assessment, without_outstanding=True)
    assert isinstance(agreed_on(cast.assessor, assessment, 3), Saved)


# At a glance -----------------------------------------------------------------------------------------


def test_the_panel_counts_what_is_open_and_settled(cast: Cast, assessment: Assessment) -> None:
    found = panel(assessment, cast.assessor)
    assert found is not None and (found.open, found.settled, found.handed_in) == (1, 0, 2)
    agreed_on(cast.assessor, assessment, 3)
    found = panel(assessment, cast.reader)
    assert found is not None and (found.open, found.settled) == (0, 1)


def test_the_panel_shows_ones_own_answer_beside_each_contested_question(cast: Cast, assessment: Assessment) -> None:
    def contested(member: Membership) -> list[tuple[str, int, int, int | None, date | None]]:
        found = panel(assessment, member)
        assert found is not None
        return [(one.number, one.low, one.high, one.own, one.agreed_on) for one in found.contested]

    assert contested(cast.assessor) == [("1.1", 1, 4, 1, None)]
    assert contested(cast.reader) == [("1.1", 1, 4, 4, None)]
    assert contested(cast.approver) == [("1.1", 1, 4, None, None)]

    agreed_on(cast.assessor, assessment)

    assert contested(cast.reader) == [("1.1", 1, 4, 4, DAY)]


def test_the_panel_warns_of_weak_agreement_until_everything_contested_is_settled(
    cast: Cast, assessment: Assessment
) -> None:
    def meaning() -> str:
        found = panel(assessment, cast.reader)
        assert found is not None
        return found.meaning.replace("\N{NO-BREAK SPACE}", " ")

    assert meaning().endswith("talk about it before anybody relies on the result.")

    agreed_on(cast.assessor, assessment)

    assert meaning() == "Contested on 1 question, settled on 2 March 2026."


def test_the_panel_tells_nothing_to_whoever_still_rates(cast: Cast, assessment: Assessment) -> None:
    add_rater(assessment, cast.colleague)
    found = panel(assessment, cast.colleague)
    assert found is not None and found.is_rating
    assert (found.open, found.settled, found.handed_in, found.agreement) == (0, 0, 0, None)


def test_a_single_rater_needs_no_panel(cast: Cast) -> None:
    assessment = make_assessment(cast.assessor, grade=3)
    assert panel(assessment, cast.assessor) is None
    assessment.responses.update(submitted_at=NOW)
    assert panel(assessment, cast.assessor) is None
    vendor_of(assessment, 1)
    assert panel(assessment, cast.assessor) is not None


# At once ---------------------------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
def test_eight_people_who_agree_at_once_leave_one_agreement_and_seven_conflicts(tmp_path: Path) -> None:
    cast = make_cast()
    make_release()
    assessment = make_assessment(cast.assessor, grade=1)
    add_rater(assessment, cast.reader, grade=4)
    assessment.responses.update(submitted_at=NOW)
    meeting = hold(cast.assessor, assessment, held_on=DAY, attendees=[cast.assessor.user])
    question = question_of(assessment)

    def one(number: int) -> str:
        reason = f"Reason {number}"
        outcome = agree(cast.assessor, assessment, question, grade=2, reason=reason, meeting=meeting, version=0)
        return type(outcome).__name__

    with shared_database(tmp_path):
        outcomes = at_once(*[partial(one, number) for number in range(8)])
        kept = elsewhere(
            lambda: (Consensus.objects.count(), AuditEntry.objects.filter(verb="consensus.agreed").count())
        )
    assert sorted(map(str, outcomes)) == ["Conflict"] * 7 + ["Saved"]
    assert kept == (1, 1)


def test_a_discussion_without_voices_is_only_its_question(assessment: Assessment) -> None:
    from assessments.consensus.meeting import bare

    found = bare(question_of(assessment, "speed-2"))
    assert isinstance(found, Discussion)
    assert (found.reasons, found.voices, found.agreed_level) == ([], (), None)
