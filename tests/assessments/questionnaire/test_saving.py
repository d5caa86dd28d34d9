"""Saving answers: nothing is overwritten silently, nothing is saved that breaks a rule, and the trail tells it all."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone

from accounts.models import AuditEntry, Membership, Role
from assessments.models import Answer, Assessment, AssessmentState, Delegation, Response
from assessments.questionnaire.saving import SCORE_FIELDS, TEXT_FIELDS, Draft, save_answer
from groundwork.saved import Closed, Conflict, Invalid, Saved
from manifesto.models import FactKind, Release
from tests.concurrency import at_once, elsewhere, shared_database
from tests.factories import NOW, Cast, add_rater, make_assessment, make_cast, make_member, make_release


@pytest.fixture
def answer(cast: Cast) -> Answer:
    return first_answer(make_assessment(cast.assessor))


def first_answer(assessment: Assessment) -> Answer:
    answers = Answer.objects.filter(response__assessment=assessment)
    return answers.with_question().order_by("question__rule__position", "question__position").first()


def save(answer: Answer, cast: Cast, *, version: int = 0, **values: Any) -> Any:
    return save_answer(answer, Draft(**values), version=version, author=cast.assessor.user, now=NOW)


def with_fact(cast: Cast, fact: FactKind) -> Answer:
    """An answer to a question that asks for a fact; the release is a draft for as long as it is made."""
    release = make_release(state="draft")
    release.questions.filter(key="support-1").update(fact=fact)
    release.state = "published"
    release.published_at = NOW
    release.save()
    return first_answer(make_assessment(cast.assessor, release=release))


def test_a_saved_answer_holds_the_draft_and_a_new_version(answer: Answer, cast: Cast) -> None:
    outcome = save(answer, cast, vendor_says=" They stay.\n", grade=3, comment="Seen twice.")

    answer.refresh_from_db()
    assert outcome == Saved(version=1, at=NOW, changed=frozenset({"vendor_says", "grade", "comment"}))
    assert (answer.vendor_says, answer.grade, answer.comment) == ("They stay.", 3, "Seen twice.")
    assert (answer.version, answer.updated_by, answer.updated_at) == (1, cast.assessor.user, NOW)


def test_the_second_writer_of_a_version_meets_the_first_and_changes_nothing(answer: Answer, cast: Cast) -> None:
    save(answer, cast, grade=1)

    outcome = save_answer(answer, Draft(grade=4), version=0, author=cast.colleague.user, now=NOW)

    answer.refresh_from_db()
    assert isinstance(outcome, Conflict)
    assert (outcome.stored.grade, outcome.stored.updated_by) == (1, cast.assessor.user)
    assert (answer.grade, answer.version) == (1, 1)


def test_the_same_content_again_is_no_conflict_because_a_reply_may_be_lost(answer: Answer, cast: Cast) -> None:
    save(answer, cast, grade=2)

    assert save(answer, cast, version=0, grade=2) == Saved(version=1, at=NOW)


def test_an_unchanged_draft_writes_neither_a_version_nor_a_trail(answer: Answer, cast: Cast) -> None:
    assert save(answer, cast) == Saved(version=0, at=None)
    assert not AuditEntry.objects.about(answer).exists()


@pytest.mark.parametrize("state", [state for state in AssessmentState if state != AssessmentState.COLLECTING])
def test_an_assessment_that_is_not_collecting_refuses_answers(state: AssessmentState, cast: Cast) -> None:
    answer = first_answer(make_assessment(cast.assessor, state=state))

    outcome = save(answer, cast, grade=2)

    answer.refresh_from_db()
    assert isinstance(outcome, Closed)
    assert outcome.reason
    assert answer.grade is None


def test_a_submitted_response_refuses_answers(answer: Answer, cast: Cast) -> None:
    Response.objects.update(submitted_at=NOW)

    assert isinstance(save(answer, cast, grade=2), Closed)


def test_not_applicable_needs_a_reason(answer: Answer, cast: Cast) -> None:
    outcome = save(answer, cast, blank="not_applicable", reason="  ", comment="kept by the person, not by us")

    answer.refresh_from_db()
    assert isinstance(outcome, Invalid)
    assert set(outcome.errors) == {"reason"}
    assert (answer.blank, answer.comment, answer.version) == ("", "", 0)


def test_not_applicable_with_a_reason_is_saved(answer: Answer, cast: Cast) -> None:
    outcome = save(answer, cast, blank="not_applicable", reason="They run nothing for us.")
    assert isinstance(outcome, Saved) and not outcome.changed.isdisjoint(SCORE_FIELDS)

    answer.refresh_from_db()
    assert (answer.blank, answer.reason) == ("not_applicable", "They run nothing for us.")


def test_a_reason_goes_with_not_applicable_and_leaves_with_it(answer: Answer, cast: Cast) -> None:
    save(answer, cast, blank="not_applicable", reason="They run nothing for us.")
    save(answer, cast, version=1, grade=3, reason="They run nothing for us.")

    answer.refresh_from_db()
    assert (answer.grade, answer.blank, answer.reason) == (3, "", "")


def test_a_grade_and_a_blank_together_are_refused(answer: Answer, cast: Cast) -> None:
    outcome = save(answer, cast, grade=3, blank="dont_know")

    assert isinstance(outcome, Invalid)
    assert set(outcome.errors) == {"choice"}


def test_an_answer_can_be_cleared(answer: Answer, cast: Cast) -> None:
    save(answer, cast, grade=3, vendor_says="They stay.")

    outcome = save(answer, cast, version=1)

    answer.refresh_from_db()
    assert outcome.changed == {"grade", "vendor_says"}
    assert not answer.is_answered
    assert answer.vendor_says == ""


@pytest.mark.parametrize(("value", "is_fine"), [("0", True), ("100", True), ("100.01", False), ("-1", False)])
def test_a_percentage_lies_between_nothing_and_all(value: str, is_fine: bool, cast: Cast) -> None:
    answer = with_fact(cast, FactKind.PERCENTAGE)

    outcome = save(answer, cast, fact_value=Decimal(value))

    assert isinstance(outcome, Saved if is_fine else Invalid)


def test_a_frequency_needs_its_stretch_of_time(cast: Cast) -> None:
    answer = with_fact(cast, FactKind.FREQUENCY)

    assert set(save(answer, cast, fact_value=Decimal(2)).errors) == {"fact_unit"}
    assert isinstance(save(answer, cast, fact_value=Decimal(2), fact_unit="year"), Saved)


def test_a_unit_without_a_number_and_a_fact_nobody_asked_for_are_left_out(answer: Answer, cast: Cast) -> None:
    asked = with_fact_on_new_release(cast)
    save(asked, cast, fact_unit="year", grade=2)
    save(answer, cast, fact_value=Decimal(5), fact_unit="year", grade=2)

    asked.refresh_from_db()
    answer.refresh_from_db()
    assert asked.fact_unit == ""
    assert (answer.fact_value, answer.fact_unit) == (None, "")


def with_fact_on_new_release(cast: Cast) -> Answer:
    release = make_release("with facts", state="draft")
    release.questions.update(fact=FactKind.FREQUENCY)
    Release.objects.filter(pk=release.pk).update(state="published", published_at=NOW)
    release.refresh_from_db()
    return first_answer(make_assessment(cast.assessor, release=release))


def test_a_changed_grade_is_always_on_the_trail_with_before_and_after(answer: Answer, cast: Cast) -> None:
    for version, grade in enumerate((1, 2, 3)):
        save(answer, cast, version=version, grade=grade)

    entries = AuditEntry.objects.about(answer).order_by("pk")
    assert [(entry.before["grade"], entry.after["grade"]) for entry in entries] == [(None, 1), (1, 2), (2, 3)]
    last = entries.last()
    assert (last.actor, last.organisation, last.subject_id) == (
        cast.assessor.user,
        cast.organisation,
        str(answer.response.assessment_id),
    )


def test_every_save_writes_its_entry_with_the_text_before_and_after(answer: Answer, cast: Cast) -> None:
    steps = [("They", 0), ("They stay", 60), ("They stay until", 120), ("They stay until noon", 800)]
    for version, (text, seconds) in enumerate(steps):
        now = timezone.now() + timedelta(seconds=seconds)
        save_answer(answer, Draft(comment=text), version=version, author=cast.assessor.user, now=now)

    entries = AuditEntry.objects.about(answer).order_by("pk")
    assert [(entry.before["comment"], entry.after["comment"]) for entry in entries] == [
        ("", "They"),
        ("They", "They stay"),
        ("They stay", "They stay until"),
        ("They stay until", "They stay until noon"),
    ]


def test_a_text_typed_after_the_grade_is_on_the_trail(answer: Answer, cast: Cast) -> None:
    save(answer, cast, grade=3)
    save(answer, cast, version=1, grade=3, vendor_says="They stay.", comment="We saw it.")

    assert AuditEntry.objects.about(answer).first().after == {"vendor_says": "They stay.", "comment": "We saw it."}


def test_saving_an_answer_takes_seven_queries(
    answer: Answer, cast: Cast, django_assert_num_queries: Callable[..., Any]
) -> None:
    answer = Answer.objects.select_related("question").get(pk=answer.pk)
    with django_assert_num_queries(7):
        save_answer(answer, Draft(comment="They"), version=0, author=cast.assessor.user, now=NOW)


def test_writing_after_somebody_else_is_an_entry_of_its_own(answer: Answer, cast: Cast) -> None:
    people = (cast.assessor.user, cast.colleague.user, cast.assessor.user)
    for version, person in enumerate(people):
        save_answer(answer, Draft(comment=f"Version {version}"), version=version, author=person, now=NOW)

    entries = AuditEntry.objects.about(answer).order_by("pk")
    assert [entry.actor for entry in entries] == list(people)


def test_an_erased_text_is_always_on_the_trail(answer: Answer, cast: Cast) -> None:
    save(answer, cast, vendor_says="They stay.")
    save(answer, cast, version=1, vendor_says="They stay until noon.")
    save(answer, cast, version=2)

    assert AuditEntry.objects.about(answer).first().before == {"vendor_says": "They stay until noon."}


def test_a_saved_answer_is_no_longer_carried_over(answer: Answer, cast: Cast) -> None:
    Answer.objects.filter(pk=answer.pk).update(carried_over=True, vendor_says="As in the last year.")

    save(answer, cast, vendor_says="As in the last year.", grade=3)

    answer.refresh_from_db()
    assert not answer.carried_over


def test_whoever_is_no_longer_asked_saves_nothing(answer: Answer, cast: Cast) -> None:
    Response.objects.update(withdrawn_at=NOW)

    outcome = save(answer, cast, grade=2)

    assert isinstance(outcome, Closed)
    assert "no longer asked" in outcome.reason


def test_a_draft_has_every_field_that_a_person_can_fill() -> None:
    assert set(Draft.__dataclass_fields__) == set(SCORE_FIELDS + TEXT_FIELDS)
    assert replace(Draft(), grade=2) == Draft(grade=2)


@pytest.mark.django_db(transaction=True)
def test_eight_people_writing_into_one_answer_lose_nothing(tmp_path: Path) -> None:
    """Each adds a line to the same answer, again and again; whoever meets a conflict takes the other's text along."""
    cast = make_cast()
    answer = first_answer(make_assessment(cast.assessor))

    def write(number: int) -> int:
        return sum(_append(answer, cast, f"[{number}.{turn}]") for turn in range(5))

    with shared_database(tmp_path):
        conflicts = at_once(*[partial(write, number) for number in range(8)])
        stored = elsewhere(lambda: Answer.objects.get(pk=answer.pk))

    assert [outcome for outcome in conflicts if not isinstance(outcome, int)] == []
    assert set(stored.comment.split()) == {f"[{number}.{turn}]" for number in range(8) for turn in range(5)}
    assert stored.version == 40
    assert sum(conflicts) > 0


def _append(answer: Answer, cast: Cast, line: str) -> int:
    """Add a line to what stands there; the number of conflicts met on the way."""
    for met in range(1000):
        stored = Answer.objects.select_related("question").get(pk=answer.pk)
        draft = replace(Draft.of(stored), comment=f"{stored.comment} {line}")
        outcome = save_answer(answer, draft, version=stored.version, author=cast.assessor.user, now=NOW)
        if isinstance(outcome, Saved):
            return met
    raise AssertionError("never came through")


@pytest.mark.django_db(transaction=True)
def test_eight_raters_saving_all_their_answers_at_once_lose_nothing(tmp_path: Path) -> None:
    cast = make_cast()
    assessment = make_assessment(cast.assessor)
    others = [make_member(cast.organisation, f"rater-{number}", Role.READER) for number in range(7)]
    for member in others:
        add_rater(assessment, member)
    raters = [cast.assessor, *others]

    def fill(number: int, member: Membership) -> list[Any]:
        own = Answer.objects.filter(response__rater=member.user).select_related("question").order_by("pk")
        return [
            save_answer(
                answer,
                Draft(grade=(number + turn) % 5, comment=f"{number}.{turn}"),
                version=0,
                author=member.user,
                now=NOW,
            )
            for turn, answer in enumerate(own)
        ]

    with shared_database(tmp_path):
        outcomes = at_once(*[partial(fill, number, member) for number, member in enumerate(raters)])
        stored = elsewhere(
            lambda: {
                member.pk: list(
                    Answer.objects.filter(response__rater=member.user)
                    .order_by("pk")
                    .values_list("grade", "comment", "version", "updated_by")
                )
                for member in raters
            }
        )
        entries = elsewhere(AuditEntry.objects.filter(verb="answer.changed").count)

    assert all(isinstance(one, Saved) for saved in outcomes for one in saved), outcomes
    for number, member in enumerate(raters):
        expected = [((number + turn) % 5, f"{number}.{turn}", 1, member.user_id) for turn in range(14)]
        assert stored[member.pk] == expected
    assert entries == 8 * 14


@pytest.mark.django_db(transaction=True)
def test_of_a_rater_and_a_delegate_in_one_answer_one_wins_and_one_is_told(tmp_path: Path) -> None:
    cast = make_cast()
    answers = list(Answer.objects.filter(response__assessment=make_assessment(cast.assessor)).with_question()[:5])
    people = (cast.assessor, cast.reader)
    for answer in answers:
        Delegation.objects.create(
            answer=answer, delegate=cast.reader.user, delegated_by=cast.assessor.user, delegated_at=NOW
        )

    def write(answer: Answer, member: Membership) -> Any:
        return save_answer(answer, Draft(comment=member.user.name), version=0, author=member.user, now=NOW)

    with shared_database(tmp_path):
        for answer in answers:
            outcomes = at_once(*[partial(write, answer, member) for member in people])
            stored = elsewhere(lambda pk=answer.pk: Answer.objects.get(pk=pk))

            (winner,) = [who for who, outcome in zip(people, outcomes, strict=True) if isinstance(outcome, Saved)]
            (told,) = [outcome.stored.comment for outcome in outcomes if isinstance(outcome, Conflict)]
            assert (stored.comment, stored.version) == (winner.user.name, 1)
            assert told == winner.user.name, "the other is shown what stands there"
