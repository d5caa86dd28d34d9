"""The vendor's desk: a link reaches its own response alone, is open as long as it should be, and is handed in once."""

from __future__ import annotations

from typing import Any

import pytest
from django.core import mail
from django.db import connection
from django.utils import timezone

from accounts.models import AuditEntry
from assessments.lifecycle.transitions import IllegalTransition
from assessments.models import Answer, Assessment, AssessmentState, Preferences, Response, VendorLink
from assessments.questionnaire.saving import Draft, save_answer
from assessments.score.reading import current_score
from assessments.vendor_side import answers as vendor_answers
from assessments.vendor_side import links
from groundwork.saved import Closed, Saved
from tests.assessments.lifecycle.test_transitions import at_once
from tests.factories import NOW, Cast, make_assessment, make_cast
from vendors.models import Contact


def linked(cast: Cast, assessment: Assessment | None = None, name: str = "Robin Example") -> VendorLink:
    assessment = assessment or make_assessment(cast.assessor, grade=3)
    contact = Contact.objects.create(vendor=assessment.vendor, name=name, email="robin@vendor.example")
    link, _token = links.create(cast.assessor, assessment, contact)
    return link


def first_answer(link: VendorLink) -> Answer:
    return Answer.objects.select_related("question").get(response=link.response_id, question__key="support-1")


def say(link: VendorLink, text: str = "We stay until you work again.", version: int = 0) -> Any:
    return save_answer(
        first_answer(link), Draft(vendor_says=text, grade=4), version=version, author=link, now=timezone.now()
    )


def test_a_link_reaches_the_answers_of_its_own_response_alone(cast: Cast) -> None:
    link, other = linked(cast), linked(cast)
    customers = Answer.objects.filter(response__kind="customer").first()
    assert customers is not None

    reached = vendor_answers.answers_to_write(link)
    assert first_answer(link) in reached
    assert first_answer(other) not in reached
    assert customers not in reached


def test_a_link_to_reply_reaches_no_answers(cast: Cast) -> None:
    link = linked(cast)
    link.response = None

    assert vendor_answers.progress(link) == ()
    assert Answer.objects.exists()
    assert not vendor_answers.answers_to_write(link).exists()


def test_a_word_a_grade_or_that_it_does_not_apply_is_an_answer(cast: Cast) -> None:
    link = linked(cast)
    answers = Answer.objects.filter(response=link.response_id, question__rule__key="support")
    assert vendor_answers.progress(link)[0].answered == 0

    answers.filter(question__key="support-1").update(vendor_says="Yes.")
    answers.filter(question__key="support-2").update(blank="dont_know")

    support = vendor_answers.progress(link)[0]
    assert (support.answered, support.total, support.is_complete) == (2, 2, True)


def test_progress_names_what_is_blank(cast: Cast) -> None:
    link = linked(cast)
    say(link)

    support = vendor_answers.progress(link)[0]

    assert support.blank == (("support-2", "support question 2 (en)"),)
    assert (support.answered, support.total) == (1, 2)


def test_handing_in_closes_the_desk_and_names_the_contact_in_the_trail(cast: Cast) -> None:
    link = linked(cast)
    say(link)

    response = vendor_answers.hand_in(link, now=NOW)

    assert response.submitted_at == NOW
    assert "2\u00a0March 2026" in vendor_answers.closed_reason(link)
    assert isinstance(say(link, "Or not.", version=1), Closed)
    entry = AuditEntry.objects.get(verb="vendor_response.handed_in")
    assert (entry.actor, entry.actor_label) == (None, "Robin Example <robin@vendor.example>")
    assert entry.subject_id == str(link.assessment_id)


def test_all_blank_is_not_handed_in(cast: Cast) -> None:
    link = linked(cast)

    with pytest.raises(IllegalTransition, match="Nothing is answered"):
        vendor_answers.hand_in(link)


def test_it_is_handed_in_once(cast: Cast) -> None:
    link = linked(cast)
    say(link)
    vendor_answers.hand_in(link, now=NOW)

    with pytest.raises(IllegalTransition, match="handed in on 2\u00a0March 2026"):
        vendor_answers.hand_in(link)


@pytest.mark.parametrize(
    ("state", "said"),
    [
        (AssessmentState.DRAFT, "not opened the questions yet"),
        (AssessmentState.IN_REVIEW, "before you had handed in: nobody there reads your answers"),
        (AssessmentState.APPROVED, "before you had handed in: nobody there reads your answers"),
        (AssessmentState.CANCELLED, "cancelled"),
    ],
)
def test_it_is_open_only_while_the_assessment_collects(cast: Cast, state: str, said: str) -> None:
    link = linked(cast)
    say(link)
    Assessment.objects.filter(pk=link.assessment_id).update(state=state)

    assert said in vendor_answers.closed_reason(link)
    assert isinstance(say(link, "Later.", version=1), Closed)
    with pytest.raises(IllegalTransition):
        vendor_answers.hand_in(link)


def test_a_response_that_is_no_longer_asked_for_is_closed(cast: Cast) -> None:
    link = linked(cast)
    Response.objects.filter(pk=link.response_id).update(withdrawn_at=NOW)

    assert "no longer asks" in vendor_answers.closed_reason(link)


def test_the_owner_is_told_in_their_language(cast: Cast, django_capture_on_commit_callbacks: Any) -> None:
    cast.assessor.user.language = "fr"
    cast.assessor.user.save()
    link = linked(cast)
    say(link)

    with django_capture_on_commit_callbacks(execute=True):
        vendor_answers.hand_in(link)

    (message,) = mail.outbox
    assert message.to == [cast.assessor.user.email]
    assert '<html lang="fr">' in message.alternatives[0][0]  # type: ignore[attr-defined]
    assert "We stay until" not in message.body


def test_an_owner_who_wants_no_mail_gets_none(cast: Cast, django_capture_on_commit_callbacks: Any) -> None:
    Preferences.objects.create(user=cast.assessor.user, at_once=False)
    link = linked(cast)
    say(link)

    with django_capture_on_commit_callbacks(execute=True):
        vendor_answers.hand_in(link)

    assert mail.outbox == []


def test_a_mail_that_is_not_taken_undoes_nothing(
    cast: Cast, django_capture_on_commit_callbacks: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_args: Any, **_options: Any) -> None:
        raise OSError("no route")

    monkeypatch.setattr("assessments.vendor_side.answers.mail.send", refuse)
    link = linked(cast)
    say(link)

    with django_capture_on_commit_callbacks(execute=True):
        vendor_answers.hand_in(link)

    assert Response.objects.get(pk=link.response_id).submitted_at is not None


def test_two_contacts_of_one_vendor_share_the_response_and_meet_in_a_conflict(cast: Cast) -> None:
    one = linked(cast)
    other = linked(cast, one.assessment, name="Kim Sample")
    assert one.response_id == other.response_id
    say(one)

    outcome = say(other, "We do not.", version=0)

    assert str(outcome.stored.updated_through) == "Robin Example"


def test_the_vendors_grades_enter_no_score(cast: Cast) -> None:
    link = linked(cast)
    before = current_score(link.assessment)
    say(link)
    vendor_answers.hand_in(link)

    assert current_score(link.assessment) == before


@pytest.mark.postgres
@pytest.mark.skipif(connection.vendor != "postgresql", reason="needs rows that can be locked")
@pytest.mark.django_db(transaction=True)
def test_saving_and_handing_in_at_once_do_not_pass_through_each_other() -> None:
    link = linked(make_cast())
    say(link)

    saved, handed_in = at_once(lambda: say(link, "Changed.", version=1), lambda: vendor_answers.hand_in(link))

    assert isinstance(handed_in, Response)
    assert isinstance(saved, Saved | Closed)
    kept = "Changed." if isinstance(saved, Saved) else "We stay until you work again."
    assert first_answer(link).vendor_says == kept
