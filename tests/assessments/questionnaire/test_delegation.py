"""Handing one question to a colleague: what they see, what they may write, and when it ends."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import AuditEntry, Membership, User
from assessments.lifecycle import transitions
from assessments.lifecycle.transitions import IllegalTransition
from assessments.models import Answer, Assessment, AssessmentState, Delegation, Preferences, Response
from assessments.questionnaire import delegation
from tests.factories import NOW, Cast, add_rater, make_assessment

SignedIn = Callable[[Membership | User], Client]


@pytest.fixture
def answer(cast: Cast) -> Answer:
    """The assessor's answer about support, among others with texts of their own."""
    assessment = make_assessment(cast.assessor, grade=3)
    Answer.objects.update(comment="Secret of the other answers", vendor_says="Said elsewhere")
    answer = Answer.objects.filter(response__assessment=assessment, question__key="support-1").get()
    Answer.objects.filter(pk=answer.pk).update(comment="", vendor_says="", grade=None)
    answer.refresh_from_db()
    return answer


@pytest.fixture
def lent(cast: Cast, answer: Answer) -> Delegation:
    return delegation.delegate(cast.assessor, answer, cast.reader, note="You were there that night.")


def add(pk: int) -> str:
    return reverse("delegation_add", args=[pk])


def detail(lent: Delegation) -> str:
    return reverse("delegation_detail", args=[lent.pk])


def filled(answer: Answer, **values: Any) -> dict[str, Any]:
    answer.refresh_from_db()
    return {f"a{answer.pk}-{name}": value for name, value in {"version": answer.version, **values}.items()}


class TestHandingOver:
    def test_is_in_the_trail_with_the_colleague(self, cast: Cast, lent: Delegation) -> None:
        entry = AuditEntry.objects.get(verb="delegation.made")

        assert entry.actor == cast.assessor.user
        assert entry.after == {"delegate": "Reader", "note": "You were there that night."}
        assert (entry.vendor_name, entry.question_key) == ("Example Systems 1", lent.answer.question.key)

    @pytest.mark.parametrize(
        ("who", "message"),
        [
            ("assessor", "This is you"),
            ("stranger", "not an active member"),
            ("colleague", "must judge alone"),
            ("approver", "must judge alone"),
        ],
    )
    def test_is_refused_where_the_colleague_may_not_see_it(
        self, who: str, message: str, cast: Cast, answer: Answer
    ) -> None:
        add_rater(answer.response.assessment, cast.colleague)
        add_rater(answer.response.assessment, cast.approver, grade=2, submitted_at=NOW)

        with pytest.raises(IllegalTransition, match=message):
            delegation.delegate(cast.assessor, answer, getattr(cast, who))

    def test_is_refused_to_members_who_are_no_longer_active(self, cast: Cast, answer: Answer) -> None:
        Membership.objects.filter(pk=cast.reader.pk).update(is_active=False)

        with pytest.raises(IllegalTransition, match="not an active member"):
            delegation.delegate(cast.assessor, answer, cast.reader)

    def test_is_possible_once_at_a_time(self, cast: Cast, answer: Answer, lent: Delegation) -> None:
        with pytest.raises(IllegalTransition, match="with a colleague already"):
            delegation.delegate(cast.assessor, answer, cast.approver)

    def test_is_for_the_answers_rater_alone(self, cast: Cast, answer: Answer) -> None:
        with pytest.raises(PermissionDenied):
            delegation.delegate(cast.colleague, answer, cast.reader)

    def test_is_over_once_the_answers_are_handed_in(self, cast: Cast, answer: Answer) -> None:
        transitions.hand_in(cast.assessor, answer.response.assessment)

        with pytest.raises(IllegalTransition):
            delegation.delegate(cast.assessor, answer, cast.reader)

    def test_by_the_page_tells_the_colleague_at_once_in_their_language(
        self, cast: Cast, answer: Answer, signed_in: SignedIn, mailoutbox: list[Any]
    ) -> None:
        User.objects.filter(pk=cast.reader.user_id).update(language="nl")

        response = signed_in(cast.assessor).post(add(answer.pk), {"to": cast.reader.pk, "note": "Were you <there>?"})

        assert response.status_code == 302
        (sent,) = mailoutbox
        assert sent.to == ["reader@example.org"]
        assert "support question 1 (nl)" in sent.body
        assert "Were you <there>?" in sent.body
        assert detail(Delegation.objects.get()) in sent.body
        assert '<html lang="nl">' in sent.alternatives[0][0]

    def test_tells_nobody_who_wishes_no_single_mails(
        self, cast: Cast, answer: Answer, signed_in: SignedIn, mailoutbox: list[Any]
    ) -> None:
        Preferences.objects.create(user=cast.reader.user, at_once=False)

        signed_in(cast.assessor).post(add(answer.pk), {"to": cast.reader.pk})

        assert Delegation.objects.get().delegate == cast.reader.user
        assert mailoutbox == []

    def test_survives_a_mail_server_that_refuses(
        self, cast: Cast, answer: Answer, signed_in: SignedIn, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def refuse(*_: object, **__: object) -> None:
            raise OSError("no route to the mail server")

        monkeypatch.setattr("accounts.mail.send", refuse)

        page = signed_in(cast.assessor).post(add(answer.pk), {"to": cast.reader.pk}, follow=True).content.decode()

        assert "could not be sent" in page
        assert Delegation.objects.exists()

    def test_lists_nobody_who_rates_too(self, cast: Cast, answer: Answer, signed_in: SignedIn) -> None:
        add_rater(answer.response.assessment, cast.colleague)

        page = signed_in(cast.assessor).get(add(answer.pk)).content.decode()

        assert f'value="{cast.reader.pk}"' in page
        assert f'value="{cast.colleague.pk}"' not in page
        assert f'value="{cast.stranger.pk}"' not in page

    @pytest.mark.parametrize(("who", "status"), [("colleague", 403), ("admin", 403), ("stranger", 404)])
    def test_page_is_closed_to_everybody_else(
        self, who: str, status: int, cast: Cast, answer: Answer, signed_in: SignedIn
    ) -> None:
        assert signed_in(getattr(cast, who)).get(add(answer.pk)).status_code == status


class TestTheColleague:
    def test_sees_the_one_question_and_nothing_else_of_the_raters(
        self, cast: Cast, answer: Answer, lent: Delegation, signed_in: SignedIn
    ) -> None:
        page = signed_in(cast.reader).get(detail(lent)).content.decode()

        assert "support question 1 (en)" in page
        assert "You were there that night." in page
        assert "support question 2" not in page
        assert "Secret of the other answers" not in page
        assert "Said elsewhere" not in page

    def test_writes_into_that_answer(self, cast: Cast, answer: Answer, lent: Delegation, signed_in: SignedIn) -> None:
        signed_in(cast.reader).post(detail(lent), filled(answer, choice="2", comment="They left at midnight."))

        answer.refresh_from_db()
        assert (answer.grade, answer.comment, answer.updated_by) == (2, "They left at midnight.", cast.reader.user)

    def test_saves_by_itself_too(self, cast: Cast, answer: Answer, lent: Delegation, signed_in: SignedIn) -> None:
        response = signed_in(cast.reader).post(
            reverse("answer_edit", args=[answer.pk]), filled(answer, choice="4"), headers={"Accept": "application/json"}
        )

        assert response.status_code == 200
        answer.refresh_from_db()
        assert answer.grade == 4

    def test_sees_what_is_wrong_with_what_was_typed(
        self, cast: Cast, answer: Answer, lent: Delegation, signed_in: SignedIn
    ) -> None:
        response = signed_in(cast.reader).post(detail(lent), filled(answer, choice="not_applicable", comment="Typed"))

        page = response.content.decode()
        assert response.status_code == 422
        assert "Say why it does not apply." in page
        assert "Typed" in page
        assert "Secret" not in page

    def test_sees_nothing_else_by_the_address_of_the_answer(
        self, cast: Cast, answer: Answer, lent: Delegation, signed_in: SignedIn
    ) -> None:
        """Neither the page that a save without JavaScript would show, nor the questionnaire, nor another answer."""
        client = signed_in(cast.reader)
        other = Answer.objects.filter(response=answer.response).exclude(pk=answer.pk)[0]
        assessment = answer.response.assessment

        for method in (client.get, client.post):
            page = method(reverse("answer_edit", args=[answer.pk]), follow=True).content.decode()
            assert "Secret" not in page
            assert "Said elsewhere" not in page
        assert client.get(reverse("answer_edit", args=[other.pk])).status_code == 403
        assert client.get(reverse("questionnaire", args=[assessment.pk, "support"])).status_code == 403
        for route in ("assessment_detail", "assessment_review", "assessment_raters", "assessment_history"):
            page = client.get(reverse(route, args=[assessment.pk])).content.decode()
            assert "Secret" not in page
            assert "Said elsewhere" not in page

    def test_hands_it_back_and_sees_nothing_any_more(
        self, cast: Cast, answer: Answer, lent: Delegation, signed_in: SignedIn
    ) -> None:
        client = signed_in(cast.reader)

        client.post(detail(lent), {**filled(answer, choice="1", comment="Only mine"), "then": "done"})

        lent.refresh_from_db()
        assert lent.done_at is not None
        assert AuditEntry.objects.get(verb="delegation.done").actor == cast.reader.user
        assert "Only mine" not in client.get(detail(lent), follow=True).content.decode()
        assert client.get(reverse("answer_edit", args=[answer.pk])).status_code == 403
        client.post(detail(lent), filled(answer, choice="4"))
        answer.refresh_from_db()
        assert answer.grade == 1

    def test_hands_back_by_one_button(self, cast: Cast, lent: Delegation, signed_in: SignedIn) -> None:
        signed_in(cast.reader).post(reverse("delegation_done", args=[lent.pk]))

        lent.refresh_from_db()
        assert lent.done_at is not None

    @pytest.mark.parametrize("who", ["assessor", "colleague", "admin"])
    @pytest.mark.parametrize("route", ["delegation_detail", "delegation_done"])
    def test_has_a_page_that_nobody_else_opens(
        self, route: str, who: str, cast: Cast, lent: Delegation, signed_in: SignedIn
    ) -> None:
        assert signed_in(getattr(cast, who)).post(reverse(route, args=[lent.pk])).status_code == 403

    @pytest.mark.parametrize("route", ["delegation_detail", "delegation_done", "delegation_take_back"])
    def test_strangers_find_nothing(self, route: str, cast: Cast, lent: Delegation, signed_in: SignedIn) -> None:
        assert signed_in(cast.stranger).post(reverse(route, args=[lent.pk])).status_code == 404

    def test_finds_it_closed_once_the_assessment_is(self, cast: Cast, lent: Delegation, signed_in: SignedIn) -> None:
        Assessment.objects.update(state=AssessmentState.CANCELLED)

        response = signed_in(cast.reader).get(detail(lent), follow=True)

        assert "was cancelled" in response.content.decode()

    def test_page_takes_as_many_queries_whatever_else_was_answered(
        self, cast: Cast, answer: Answer, lent: Delegation, signed_in: SignedIn
    ) -> None:
        client = signed_in(cast.reader)
        client.get(detail(lent))
        counts = []
        for other in Answer.objects.filter(response=answer.response).exclude(pk=answer.pk)[:2]:
            with CaptureQueriesContext(connection) as queries:
                client.get(detail(lent))
            counts.append(len(queries))
            Delegation.objects.create(
                answer=other, delegate=cast.reader.user, delegated_by=cast.assessor.user, delegated_at=NOW
            )

        assert counts[0] == counts[1]


class TestTakingBack:
    def test_ends_what_the_colleague_sees_and_keeps_what_was_written(
        self, cast: Cast, answer: Answer, lent: Delegation, signed_in: SignedIn
    ) -> None:
        Answer.objects.filter(pk=answer.pk).update(comment="Begun by the colleague")
        client = signed_in(cast.assessor)

        assert "has had this question since" in client.get(add(answer.pk)).content.decode()
        client.post(reverse("delegation_take_back", args=[lent.pk]))

        lent.refresh_from_db()
        assert lent.taken_back_at is not None
        answer.refresh_from_db()
        assert answer.comment == "Begun by the colleague"
        assert signed_in(cast.reader).get(reverse("answer_edit", args=[answer.pk])).status_code == 403
        assert AuditEntry.objects.get(verb="delegation.taken_back").actor == cast.assessor.user

    def test_is_not_for_the_colleague(self, cast: Cast, lent: Delegation, signed_in: SignedIn) -> None:
        assert signed_in(cast.reader).post(reverse("delegation_take_back", args=[lent.pk])).status_code == 403

    def test_after_it_was_handed_back_says_so(self, cast: Cast, lent: Delegation) -> None:
        delegation.hand_back(cast.reader, lent)

        with pytest.raises(IllegalTransition, match="back with the rater already"):
            delegation.take_back(cast.assessor, lent)

    def test_happens_by_itself_when_the_rater_hands_in(self, cast: Cast, lent: Delegation) -> None:
        transitions.hand_in(cast.assessor, lent.answer.response.assessment)

        lent.refresh_from_db()
        assert lent.taken_back_at is not None
        assert Response.objects.handed_in().count() == 1
