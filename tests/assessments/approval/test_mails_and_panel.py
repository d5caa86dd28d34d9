"""Levels of approval on the pages and in the mails: what each person reads, presses and gets."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from django.core import mail
from django.core.mail import EmailMultiAlternatives
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.models import Membership, Role, User
from assessments.approval import chain, levels, mails, panel
from assessments.approval.panel import StepState
from assessments.lifecycle import taking_back, transitions
from assessments.models import (
    Answer,
    Approval,
    ApprovalLevel,
    Assessment,
    AssessmentState,
    Preferences,
    ReplyRequest,
    Response,
    ResponseKind,
)
from tests.factories import NOW, Cast, make_assessment, make_member

SignedIn = Callable[[Membership | User], Client]
Committed = Callable[..., Any]
APPROVED, COLLECTING, IN_REVIEW = AssessmentState.APPROVED, AssessmentState.COLLECTING, AssessmentState.IN_REVIEW


@pytest.fixture
def director(cast: Cast) -> Membership:
    member = make_member(cast.organisation, "director", Role.READER)
    User.objects.filter(pk=member.user_id).update(name="Dana Director", language="fr")
    return Membership.objects.select_related("user").get(pk=member.pk)


@pytest.fixture
def two_levels(cast: Cast, director: Membership) -> list[ApprovalLevel]:
    return [
        levels.add_level(cast.admin, tier="", name="Procurement lead", role=Role.APPROVER),
        levels.add_level(cast.admin, tier="", name="IT director", person=director),
    ]


@pytest.fixture
def assessment(cast: Cast, two_levels: list[ApprovalLevel]) -> Assessment:
    return transitions.submit(cast.assessor, make_assessment(cast.assessor, grade=3))


def fresh(assessment: Assessment) -> Assessment:
    return Assessment.objects.select_related("organisation", "vendor").get(pk=assessment.pk)


def show(client: Client, route: str, assessment: Assessment) -> str:
    response = client.get(reverse(route, args=[assessment.pk]))
    assert response.status_code == 200
    return response.content.decode()


def approve_as_shown(client: Client, assessment: Assessment) -> Any:
    row = fresh(assessment)
    assert row.submitted_at is not None
    shown = {
        "seen": row.submitted_at.isoformat(),
        "fingerprint": row.fingerprint,
        "level": str(row.waiting_level),
    }
    return client.post(reverse("assessment_approve", args=[row.pk]), shown, follow=True)


def change_a_grade(assessment: Assessment) -> None:
    first = Answer.objects.filter(response__assessment=assessment).first()
    assert first is not None
    Answer.objects.filter(pk=first.pk).update(grade=0)


class TestReview:
    def test_button_names_the_level_and_sends_what_was_read(
        self, cast: Cast, assessment: Assessment, signed_in: SignedIn
    ) -> None:
        text = show(signed_in(cast.approver), "assessment_review", assessment)
        assert "Approve as Procurement lead</a>" in text
        assert f"fingerprint={fresh(assessment).fingerprint}&amp;level=1" in text
        assert "Approving hands them to the next level" in text

    def test_last_level_is_told_that_the_scorecard_is_made(
        self, cast: Cast, assessment: Assessment, director: Membership, signed_in: SignedIn
    ) -> None:
        transitions.approve(cast.approver, assessment)
        User.objects.update(language="en")
        text = show(signed_in(director), "assessment_review", assessment)
        assert "Approve as IT director</a>" in text
        assert "Approving makes the scorecard" in text

    def test_last_level_has_no_button_while_the_vendor_may_reply(
        self, cast: Cast, assessment: Assessment, director: Membership, signed_in: SignedIn
    ) -> None:
        User.objects.update(language="en")
        due_on = timezone.localdate() + timedelta(days=3)
        ReplyRequest.objects.create(
            assessment=assessment, shown={}, due_on=due_on, opened_by=cast.assessor.user, opened_at=NOW
        )
        assert "Approve as Procurement lead</a>" in show(signed_in(cast.approver), "assessment_review", assessment)
        transitions.approve(cast.approver, assessment)
        text = show(signed_in(director), "assessment_review", assessment)
        assert "Approve as IT director" not in text
        assert "You can approve after that, or once the right of reply is withdrawn" in text
        assert reverse("assessment_send_back", args=[assessment.pk]) in text

    def test_who_is_not_asked_reads_whom_it_waits_for(
        self, cast: Cast, assessment: Assessment, director: Membership, signed_in: SignedIn
    ) -> None:
        for person in (director, cast.assessor, cast.reader):
            text = show(signed_in(person), "assessment_review", assessment)
            assert "It waits for the level “Procurement lead”." in text
            assert reverse("assessment_approve", args=[assessment.pk]) not in text
            assert reverse("assessment_send_back", args=[assessment.pk]) not in text

    def test_passes_from_level_to_level(
        self, cast: Cast, assessment: Assessment, director: Membership, signed_in: SignedIn
    ) -> None:
        response = approve_as_shown(signed_in(cast.approver), assessment)
        assert "The next level decides now: IT director." in response.content.decode()
        assert fresh(assessment).state == IN_REVIEW
        response = approve_as_shown(signed_in(director), assessment)
        assert "Approved. The scorecard is made" in response.content.decode()
        assert fresh(assessment).state == APPROVED

    def test_pressed_twice_says_that_the_level_is_decided(
        self, cast: Cast, assessment: Assessment, signed_in: SignedIn
    ) -> None:
        client = signed_in(cast.approver)
        approve_as_shown(client, assessment)
        response = client.post(reverse("assessment_approve", args=[assessment.pk]), {"level": "1"}, follow=True)
        assert "This level has been decided since you opened the page." in response.content.decode()
        assert Approval.objects.count() == 1

    @pytest.mark.parametrize("field", ["seen", "level", "fingerprint"])
    @pytest.mark.parametrize("nonsense", ["2026-99-99T00:00", "-1", "²", "x" * 300])
    def test_nonsense_in_the_form_never_breaks_the_page(
        self, field: str, nonsense: str, cast: Cast, assessment: Assessment, signed_in: SignedIn
    ) -> None:
        url = reverse("assessment_approve", args=[assessment.pk])
        assert signed_in(cast.approver).post(url, {field: nonsense}, follow=True).status_code == 200

    @pytest.mark.parametrize("route", ["assessment_approve", "assessment_send_back"])
    def test_colleague_of_another_level_is_refused_and_a_stranger_finds_nothing(
        self, route: str, cast: Cast, assessment: Assessment, director: Membership, signed_in: SignedIn
    ) -> None:
        url = reverse(route, args=[assessment.pk])
        elsewhere = make_member(cast.other_organisation, "elsewhere", Role.APPROVER)
        for person in (director, cast.assessor, cast.reader, cast.admin):
            assert signed_in(person).post(url, {"reason": "We were here."}).status_code == 403
        assert signed_in(elsewhere).post(url, {"reason": "We were here."}).status_code == 404
        assert not Approval.objects.exists()

    def test_submitting_says_whom_it_waits_for(
        self, cast: Cast, two_levels: list[ApprovalLevel], signed_in: SignedIn
    ) -> None:
        made = make_assessment(cast.assessor, grade=3)
        response = signed_in(cast.assessor).post(reverse("assessment_submit", args=[made.pk]), follow=True)
        assert "It now waits for the level “Procurement lead”." in response.content.decode()


class TestPanel:
    def test_shows_the_steps_on_the_hub(
        self, cast: Cast, assessment: Assessment, director: Membership, signed_in: SignedIn
    ) -> None:
        client = signed_in(cast.reader)
        text = show(client, "assessment_detail", assessment)
        assert "1. Procurement lead" in text
        assert "2. IT director" in text
        assert "Can decide now: Approver" in text
        transitions.approve(cast.approver, assessment)
        text = show(client, "assessment_detail", assessment)
        assert "Approver approved on" in text
        assert "Can decide now: Dana Director" in text

    def test_says_that_answers_changed_since_a_level_approved(
        self, cast: Cast, assessment: Assessment, director: Membership, signed_in: SignedIn
    ) -> None:
        transitions.approve(cast.approver, assessment)
        transitions.send_back(director, assessment, reason="Rule 6 lacks evidence.")
        client = signed_in(cast.reader)
        assert "This stands if the answers stay as they were." in show(client, "assessment_detail", assessment)
        change_a_grade(assessment)
        transitions.submit(cast.assessor, assessment)
        for route in ("assessment_detail", "assessment_review"):
            text = show(client, route, assessment)
            assert "Answers changed since Approver approved on" in text
            assert "this level starts again" in text
        history = show(client, "assessment_history", assessment)
        assert "changed answers after a level had approved them: it starts again" in history

    def test_says_nothing_of_levels_where_one_approver_decides(self, cast: Cast, signed_in: SignedIn) -> None:
        made = make_assessment(cast.assessor, grade=3)
        shown = panel.panel(made)
        assert (shown.is_plain, shown.is_planned, shown.current) == (True, True, None)
        assert "these levels decide" not in show(signed_in(cast.reader), "assessment_detail", made)

    def test_says_when_nobody_can_decide(self, cast: Cast, assessment: Assessment, signed_in: SignedIn) -> None:
        Membership.objects.filter(pk=cast.approver.pk).update(is_active=False)
        shown = panel.panel(fresh(assessment))
        assert shown.is_blocked
        assert "Nobody can decide this level" in show(signed_in(cast.reader), "assessment_detail", assessment)

    def test_names_a_stand_in_for_a_person_who_left(
        self, cast: Cast, assessment: Assessment, director: Membership
    ) -> None:
        transitions.approve(cast.approver, assessment)
        Membership.objects.filter(pk=director.pk).update(is_active=False)
        second = make_member(cast.organisation, "second", Role.APPROVER)
        shown = panel.panel(fresh(assessment)).current
        assert shown is not None
        assert shown.who == "Dana Director is no longer active: any approver stands in"
        assert shown.names == str(second.user)

    def test_says_until_when_the_vendor_may_reply(self, cast: Cast, assessment: Assessment) -> None:
        ReplyRequest.objects.create(
            assessment=assessment, shown={}, due_on=date(2026, 3, 9), opened_by=cast.assessor.user, opened_at=NOW
        )
        assert panel.panel(fresh(assessment), date(2026, 3, 9)).reply_until == date(2026, 3, 9)
        assert panel.panel(fresh(assessment), date(2026, 3, 10)).reply_until is None

    def test_of_an_approved_assessment_shows_every_level_approved(
        self, cast: Cast, assessment: Assessment, director: Membership
    ) -> None:
        transitions.approve(cast.approver, assessment)
        transitions.approve(director, assessment)
        lines = panel.panel(fresh(assessment)).lines
        assert {line.state for line in lines} == {StepState.APPROVED}
        assert [line.approval and line.approval.decided_by for line in lines] == [cast.approver.user, director.user]

    def test_takes_as_many_queries_for_many_levels_as_for_two(self, cast: Cast, assessment: Assessment) -> None:
        counts = []
        for round_ in ("first", "second"):
            row = fresh(assessment)
            with CaptureQueriesContext(connection) as queries:
                panel.panel(row)
            counts.append(len(queries))
            transitions.send_back(cast.approver, assessment, reason="Once more.")
            for number in range(5):
                person = make_member(cast.organisation, f"{round_}-{number}", Role.READER)
                levels.add_level(cast.admin, tier="", name=f"Level {number}", person=person)
            transitions.submit(cast.assessor, assessment)
        assert counts[0] == counts[1] <= 5


class TestWork:
    def test_lists_it_for_whom_it_waits_and_nobody_else(
        self, cast: Cast, assessment: Assessment, director: Membership, signed_in: SignedIn
    ) -> None:
        User.objects.update(language="en")
        review = reverse("assessment_review", args=[assessment.pk])
        assert review in signed_in(cast.approver).get(reverse("work")).content.decode()
        assert review not in signed_in(director).get(reverse("work")).content.decode()
        transitions.approve(cast.approver, assessment)
        assert review not in signed_in(cast.approver).get(reverse("work")).content.decode()
        assert review in signed_in(director).get(reverse("work")).content.decode()


class TestMails:
    def to(self, address: str) -> EmailMultiAlternatives:
        mails = [one for one in mail.outbox if one.to == [address]]
        assert len(mails) == 1
        assert isinstance(mails[0], EmailMultiAlternatives)
        return mails[0]

    def test_ask_whoever_decides_next(
        self, cast: Cast, two_levels: list[ApprovalLevel], django_capture_on_commit_callbacks: Committed
    ) -> None:
        made = make_assessment(cast.assessor, grade=3)
        with django_capture_on_commit_callbacks(execute=True):
            transitions.submit(cast.assessor, made)
        asked = self.to("approver@example.org")
        assert len(mail.outbox) == 1
        assert "Procurement lead" in str(asked.body)
        assert reverse("assessment_review", args=[made.pk]) in str(asked.body)
        with django_capture_on_commit_callbacks(execute=True):
            transitions.approve(cast.approver, made)
        assert "IT director" in str(self.to("director@example.org").body)
        assert len(mail.outbox) == 2

    def test_tell_administrators_when_nobody_can_decide_and_only_then(
        self, cast: Cast, django_capture_on_commit_callbacks: Committed
    ) -> None:
        made = make_assessment(cast.assessor, grade=3)
        with django_capture_on_commit_callbacks(execute=True):
            transitions.submit(cast.assessor, made)
        self.to("approver@example.org")
        assert len(mail.outbox) == 1
        mail.outbox.clear()
        taking_back.take_back(cast.assessor, made)
        cast.approver.role = Role.READER
        cast.approver.save()
        with django_capture_on_commit_callbacks(execute=True):
            transitions.submit(cast.assessor, made)
        told = self.to("admin@example.org")
        assert len(mail.outbox) == 1
        assert told.subject == f"Nobody can approve the assessment of {made.vendor}"
        assert reverse("assessment_detail", args=[made.pk]) in str(told.body)

    @pytest.mark.parametrize("language", ["fr", "nl"])
    def test_speak_the_language_of_whoever_gets_them(
        self, language: str, cast: Cast, assessment: Assessment, django_capture_on_commit_callbacks: Committed
    ) -> None:
        User.objects.filter(memberships__role__in=["reader", "assessor"]).update(language=language)
        with django_capture_on_commit_callbacks(execute=True):
            transitions.approve(cast.approver, assessment)
            row = fresh(assessment)
            transitions.send_back(chain.deciders(row, chain.current_step(row))[0], row, reason="Trop peu.")
        assert len(mail.outbox) == 2
        march = {"fr": "mars 2026", "nl": "maart 2026"}[language]
        for sent in (self.to("director@example.org"), self.to("assessor@example.org")):
            html = str(sent.alternatives[0][0])
            assert f'<html lang="{language}">' in html
            assert march in html
            assert march in str(sent.body)

    def test_tell_the_owner_of_a_return_with_its_reason_and_of_the_approval(
        self, cast: Cast, assessment: Assessment, director: Membership, django_capture_on_commit_callbacks: Committed
    ) -> None:
        with django_capture_on_commit_callbacks(execute=True):
            transitions.send_back(cast.approver, assessment, reason="Rule 6 & 7 lack evidence.")
        sent = self.to("assessor@example.org")
        assert "Rule 6 & 7 lack evidence." in str(sent.body)
        assert "Rule 6 &amp; 7 lack evidence." in str(sent.alternatives[0][0])
        assert "Procurement lead" in str(sent.body)
        transitions.submit(cast.assessor, assessment)
        transitions.approve(cast.approver, assessment)
        mail.outbox.clear()
        with django_capture_on_commit_callbacks(execute=True):
            transitions.approve(director, assessment)
        assert "is approved" in self.to("assessor@example.org").subject

    def test_tell_whoever_rated_that_it_is_approved_and_only_them(
        self, cast: Cast, assessment: Assessment, director: Membership, django_capture_on_commit_callbacks: Committed
    ) -> None:
        now = timezone.now()
        rater = make_member(cast.organisation, "rated", Role.RATER)
        gone = make_member(cast.organisation, "gone", Role.READER, is_active=False)
        late = make_member(cast.organisation, "late", Role.READER)
        quiet = make_member(cast.organisation, "quiet", Role.READER)
        Preferences.objects.create(user=quiet.user, at_once=False)
        for one, at in ((rater, now), (gone, now), (quiet, now), (late, None)):
            Response.objects.create(assessment=assessment, kind=ResponseKind.CUSTOMER, rater=one.user, submitted_at=at)
        row = fresh(assessment)
        with django_capture_on_commit_callbacks(execute=True):
            mails.tell_raters(row, Approval(assessment=row, decided_by=director.user))
        told = self.to(rater.user.email)
        assert len(mail.outbox) == 1
        assert told.subject == f"The assessment of {row.vendor} that you rated is approved"
        assert reverse("assessment_detail", args=[row.pk]) in str(told.body)

    def test_say_that_answers_changed(
        self, cast: Cast, assessment: Assessment, director: Membership, django_capture_on_commit_callbacks: Committed
    ) -> None:
        transitions.approve(cast.approver, assessment)
        transitions.send_back(director, assessment, reason="Once more.")
        change_a_grade(assessment)
        mail.outbox.clear()
        with django_capture_on_commit_callbacks(execute=True):
            transitions.submit(cast.assessor, assessment)
        assert "Answers changed" in self.to("approver@example.org").subject

    def test_do_not_go_to_whoever_acted_or_wants_none(
        self, cast: Cast, two_levels: list[ApprovalLevel], django_capture_on_commit_callbacks: Committed
    ) -> None:
        Preferences.objects.create(user=cast.approver.user, at_once=False)
        made = make_assessment(cast.approver, grade=3)
        with django_capture_on_commit_callbacks(execute=True):
            made.responses.update(submitted_at=NOW)
            transitions.submit(cast.assessor, made)
            transitions.send_back(cast.approver, made, reason="Once more.")
        assert mail.outbox == []

    def test_that_cannot_be_sent_undo_nothing(
        self,
        cast: Cast,
        two_levels: list[ApprovalLevel],
        monkeypatch: pytest.MonkeyPatch,
        django_capture_on_commit_callbacks: Committed,
    ) -> None:
        def refuse(*_: Any, **__: Any) -> None:
            raise OSError("refused")

        monkeypatch.setattr("accounts.mail.send", refuse)
        made = make_assessment(cast.assessor, grade=3)
        with django_capture_on_commit_callbacks(execute=True):
            transitions.submit(cast.assessor, made)
        assert fresh(made).state == IN_REVIEW
