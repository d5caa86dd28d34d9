"""Asking people to rate: who may be asked, what each gets, and what the owner sees of them."""

from __future__ import annotations

import re
import threading
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from django.conf import settings
from django.core import mail
from django.db import connection, connections
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.mailed_links.links import end_of
from accounts.members import invitations
from accounts.models import AuditEntry, Department, Invitation, Membership, Role, User
from assessments.lifecycle.transitions import IllegalTransition
from assessments.models import Answer, Assessment, AssessmentState, Preferences, Response
from assessments.questionnaire import delegation
from assessments.questionnaire.saving import Draft, save_answer
from assessments.raters import asking
from assessments.raters.table import RaterState, raters_of
from groundwork import words
from manifesto.models import GRADE_NAMES
from tests.factories import (
    NOW,
    Cast,
    add_rater,
    make_assessment,
    make_cast,
    make_member,
    make_release,
    make_user,
    make_vendor,
)
from vendors.models import Service

SignedIn = Callable[[Membership | User], Client]
ADDRESS = "wendy@example.org"


@pytest.fixture
def assessment(cast: Cast) -> Assessment:
    return make_assessment(cast.assessor, grade=3, due_on=timezone.localdate() + timedelta(days=20))


def url(route: str, pk: int) -> str:
    return reverse(route, args=[pk])


def post(client: Client, assessment: Assessment, **data: Any) -> Any:
    everything = {"rules": [rule.key for rule in assessment.release.rules.all()]}
    return client.post(url("rater_invite", assessment.pk), {**everything, **data}, follow=True)


def invite_wendy(cast: Cast, assessment: Assessment, **terms: Any) -> asking.AskedRater:
    return asking.invite_address(cast.assessor, assessment, ADDRESS, **{"language": "en", **terms})


def test_the_page_of_the_invitation_names_the_vendor_and_who_asks_and_begins(
    cast: Cast, assessment: Assessment
) -> None:
    other = make_assessment(cast.assessor)
    page = Client().get(reverse("invitation_accept", args=[invite_wendy(cast, assessment).token])).content.decode()
    assert f"<dt>Vendor</dt><dd><bdi>{assessment.vendor}</bdi></dd>" in page
    assert f"<dt>Asked by</dt><dd><bdi>{cast.assessor.user}</bdi></dd>" in page
    assert str(other.vendor) not in page
    assert "Make an account and begin" in page
    assert "Join" not in page


def refuse_mail(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise OSError("no route to the mail server")

    monkeypatch.setattr("accounts.mail.send", refuse)


class TestInviting:
    def test_lays_out_a_questionnaire_of_all_rules_for_each(self, cast: Cast, assessment: Assessment) -> None:
        asking.invite(cast.assessor, assessment, [cast.reader, cast.approver], due_on=date(2027, 1, 5), note="Why you")

        for person in (cast.reader, cast.approver):
            response = Response.objects.get(rater=person.user)
            assert response.answers.count() == 14
            assert (response.invited_by, response.due_on, response.note) == (
                cast.assessor.user,
                date(2027, 1, 5),
                "Why you",
            )

    def test_lays_out_only_the_rules_that_are_wanted(self, cast: Cast, assessment: Assessment) -> None:
        (asked,) = asking.invite(cast.assessor, assessment, [cast.reader], rules=["speed", "proof"])

        rules = asked.response.answers.values_list("question__rule__key", flat=True).distinct()
        assert set(rules) == {"speed", "proof"}

    def test_takes_the_department_of_the_member(self, cast: Cast, assessment: Assessment) -> None:
        finance = Department.objects.create(organisation=cast.organisation, name="Finance")
        cast.reader.department = finance
        cast.reader.save()

        (asked,) = asking.invite(cast.assessor, assessment, [cast.reader])

        assert asked.response.department == finance

    def test_is_in_the_trail(self, cast: Cast, assessment: Assessment) -> None:
        asking.invite(cast.assessor, assessment, [cast.reader], rules=["support", "guidance"])

        entry = AuditEntry.objects.get(verb="rater.invited")
        assert (entry.actor, entry.object_label, entry.subject_id) == (
            cast.assessor.user,
            "Reader",
            str(assessment.pk),
        )
        assert entry.after == {"rules": "1 · 3"}

    def test_refuses_whoever_is_asked_already(self, cast: Cast, assessment: Assessment) -> None:
        with pytest.raises(IllegalTransition, match="Assessor is asked already"):
            asking.invite(cast.assessor, assessment, [cast.assessor])

    def test_refuses_whoever_was_withdrawn_and_says_what_to_do(self, cast: Cast, assessment: Assessment) -> None:
        add_rater(assessment, cast.reader, withdrawn_at=NOW)

        with pytest.raises(IllegalTransition, match="Ask again"):
            asking.invite(cast.assessor, assessment, [cast.reader])

    def test_refuses_whoever_is_no_longer_active(self, cast: Cast, assessment: Assessment) -> None:
        Membership.objects.filter(pk=cast.reader.pk).update(is_active=False)

        with pytest.raises(IllegalTransition, match="not an active member"):
            asking.invite(cast.assessor, assessment, [cast.reader])

    def test_refuses_a_member_of_another_organisation(self, cast: Cast, assessment: Assessment) -> None:
        with pytest.raises(IllegalTransition, match="not an active member of your organisation"):
            asking.invite(cast.assessor, assessment, [cast.stranger])

    def test_asks_all_or_none(self, cast: Cast, assessment: Assessment) -> None:
        with pytest.raises(IllegalTransition):
            asking.invite(cast.assessor, assessment, [cast.reader, cast.stranger])

        assert not Response.objects.filter(rater=cast.reader.user).exists()

    @pytest.mark.parametrize("state", [AssessmentState.DRAFT, AssessmentState.IN_REVIEW, AssessmentState.APPROVED])
    def test_is_possible_only_while_answers_are_collected(self, state: AssessmentState, cast: Cast) -> None:
        closed = make_assessment(cast.assessor, state=state)

        with pytest.raises(IllegalTransition):
            asking.invite(cast.assessor, closed, [cast.reader])


class TestAddresses:
    def test_an_address_gets_an_invitation_as_outside_rater_and_a_questionnaire_that_waits(
        self, cast: Cast, assessment: Assessment
    ) -> None:
        asked = invite_wendy(cast, assessment, department=cast.department, language="nl")

        invitation = Invitation.objects.get()
        assert (invitation.email, invitation.role, invitation.language) == (ADDRESS, Role.RATER, "nl")
        assert (asked.response.rater, asked.response.invitation) == (None, invitation)
        assert asked.response.department == cast.department
        assert invitations.find(asked.token) == invitation

    @pytest.mark.parametrize("days", [3, 60])
    def test_the_invitation_is_open_until_the_answers_are_due_and_never_shorter_than_any(
        self, cast: Cast, assessment: Assessment, days: int
    ) -> None:
        due_on = timezone.localdate() + timedelta(days=days)

        invite_wendy(cast, assessment, due_on=due_on, now=timezone.now())

        invitation = Invitation.objects.get()
        least = timezone.now() + timedelta(days=settings.INVITATION_DAYS, minutes=-1)
        assert invitation.expires_at >= max(end_of(due_on), least)
        late = due_on + timedelta(days=14)
        assert timezone.localdate(invitation.expires_at) == max(late, timezone.localdate(least))

    def test_without_a_due_date_of_theirs_that_of_the_assessment_counts(
        self, cast: Cast, assessment: Assessment
    ) -> None:
        Assessment.objects.filter(pk=assessment.pk).update(due_on=timezone.localdate() + timedelta(days=50))

        invite_wendy(cast, assessment)

        assert Invitation.objects.get().expires_at == end_of(timezone.localdate() + timedelta(days=64))

    def test_a_later_due_date_keeps_the_mailed_link_open(
        self, cast: Cast, assessment: Assessment, signed_in: SignedIn
    ) -> None:
        asked = invite_wendy(cast, assessment)
        later = timezone.localdate() + timedelta(days=90)
        dates = {"period_start": assessment.period_start, "period_end": assessment.period_end}
        form = {"due_on": later.isoformat(), **dates}

        signed_in(cast.assessor).post(url("assessment_edit", assessment.pk), form)

        assessment.refresh_from_db()
        assert assessment.due_on == later
        invitation = invitations.find(asked.token)
        assert invitation is not None
        assert invitation.expires_at == end_of(later + timedelta(days=14))
        assert AuditEntry.objects.get(verb="invitation.extended").object_id == str(invitation.pk)

        asking.reschedule_rater(cast.assessor, asked.response, due_on=later + timedelta(days=30))

        invitation.refresh_from_db()
        assert invitation.expires_at == end_of(later + timedelta(days=44))

    def test_sending_it_again_never_shortens_it(self, cast: Cast, assessment: Assessment) -> None:
        invite_wendy(cast, assessment, due_on=timezone.localdate() + timedelta(days=70))
        invitation = Invitation.objects.get()

        again, _token = invitations.renew(cast.admin, invitation, now=timezone.now())

        assert again.expires_at == end_of(timezone.localdate() + timedelta(days=84))

    def test_nobody_is_filed_under_a_department_that_was_not_chosen(
        self, cast: Cast, assessment: Assessment, signed_in: SignedIn
    ) -> None:
        client = signed_in(cast.assessor)

        page = post(client, assessment, email=ADDRESS, language="en").content.decode()

        assert "Say for which department they speak, or that it is none of yours." in page
        assert not Invitation.objects.exists()

        post(client, assessment, email=ADDRESS, department="none", language="en")

        assert Response.objects.get(rater=None).department is None

    def test_who_was_asked_for_none_of_the_departments_speaks_for_none(
        self, cast: Cast, assessment: Assessment
    ) -> None:
        """Also where the invitation that serves them files them under one as a member."""
        invitation, _token = invitations.invite(
            cast.admin.user,
            cast.organisation,
            email=ADDRESS,
            role=Role.READER,
            department=cast.department,
            language="en",
            now=timezone.now(),
        )
        asked = invite_wendy(cast, assessment)
        invitation.refresh_from_db()

        member = invitations.create_account(
            invitation, name="Wendy", password="harbour lights", language="en", now=timezone.now()
        )

        assert member.department == cast.department
        assert Response.objects.get(pk=asked.response.pk).department is None

    def test_an_outside_rater_speaks_for_the_department_that_is_chosen_each_time(
        self, cast: Cast, assessment: Assessment
    ) -> None:
        finance = Department.objects.create(organisation=cast.organisation, name="Finance")
        make_member(cast.organisation, "wendy", Role.RATER, department=finance)

        asked = invite_wendy(cast, assessment, department=cast.department)

        assert asked.response.department == cast.department

    def test_the_list_of_colleagues_tells_outside_raters_apart(
        self, cast: Cast, assessment: Assessment, signed_in: SignedIn
    ) -> None:
        make_member(cast.organisation, "wendy", Role.RATER)

        page = signed_in(cast.assessor).get(url("assessment_raters", assessment.pk)).content.decode()

        assert "Wendy (outside rater)" in page
        assert "becomes an outside rater" in page

    def test_a_members_address_is_simply_that_member(self, cast: Cast, assessment: Assessment) -> None:
        asked = asking.invite_address(cast.assessor, assessment, "READER@example.org ", language="en")

        assert asked.response.rater == cast.reader.user
        assert not Invitation.objects.exists()

    def test_an_invitation_that_waits_serves_this_too(self, cast: Cast, assessment: Assessment) -> None:
        waiting, old = invitations.invite(
            cast.admin.user,
            cast.organisation,
            email=ADDRESS,
            role=Role.APPROVER,
            department=None,
            language="fr",
            now=timezone.now(),
        )

        asked = invite_wendy(cast, assessment)

        assert asked.response.invitation == waiting
        assert Invitation.objects.get().role == Role.APPROVER
        assert invitations.find(old) is None

    def test_an_address_is_asked_once(self, cast: Cast, assessment: Assessment) -> None:
        invite_wendy(cast, assessment)

        with pytest.raises(IllegalTransition, match="asked already"):
            invite_wendy(cast, assessment)

        assert Response.objects.filter(rater=None).count() == 1

    def test_joining_brings_the_questionnaire_with_the_department(self, cast: Cast, assessment: Assessment) -> None:
        asked = invite_wendy(cast, assessment, department=cast.department)
        invitation = invitations.find(asked.token)
        assert invitation is not None

        member = invitations.create_account(
            invitation, name="Wendy", password="harbour lights", language="en", now=timezone.now()
        )

        response = Response.objects.get(pk=asked.response.pk)
        assert (response.rater, response.department) == (member.user, cast.department)
        assert AuditEntry.objects.get(verb="rater.joined").actor == member.user

    def test_joining_by_a_later_invitation_brings_it_too(self, cast: Cast, assessment: Assessment) -> None:
        asked = invite_wendy(cast, assessment)
        invitations.revoke(cast.admin, Invitation.objects.get(), now=timezone.now())
        second, _token = invitations.invite(
            cast.admin.user,
            cast.organisation,
            email=ADDRESS,
            role=Role.ASSESSOR,
            department=None,
            language="en",
            now=timezone.now(),
        )

        member = invitations.create_account(second, name="W", password="x", language="en", now=timezone.now())

        assert Response.objects.get(pk=asked.response.pk).rater == member.user

    def test_who_became_a_rater_otherwise_meanwhile_has_one_questionnaire(
        self, cast: Cast, assessment: Assessment
    ) -> None:
        asked = invite_wendy(cast, assessment)
        wendy = make_member(cast.organisation, "wendy", Role.READER)
        own = add_rater(assessment, wendy)
        invitation = invitations.find(asked.token)
        assert invitation is not None

        invitations.join(invitation, wendy.user, now=timezone.now())

        assert list(Response.objects.of_rater(wendy.user)) == [own]
        asked.response.refresh_from_db()
        assert asked.response.withdrawn_at is not None

    def test_another_organisations_questionnaires_stay_where_they_are(self, cast: Cast, assessment: Assessment) -> None:
        elsewhere = make_assessment(cast.stranger, vendor=make_vendor(cast.other_organisation))
        there = asking.invite_address(cast.stranger, elsewhere, ADDRESS, language="en").response
        here = invite_wendy(cast, assessment)
        invitation = invitations.find(here.token)
        assert invitation is not None

        invitations.create_account(invitation, name="W", password="x", language="en", now=timezone.now())

        there.refresh_from_db()
        assert there.rater is None


class TestChanging:
    def test_withdrawing_closes_the_questionnaire_and_ends_what_was_handed_on(
        self, cast: Cast, assessment: Assessment
    ) -> None:
        response = add_rater(assessment, cast.reader, grade=2)
        answer = response.answers.all()[0]
        lent = delegation.delegate(cast.reader, answer, cast.approver)

        asking.withdraw(cast.assessor, response)

        lent.refresh_from_db()
        assert lent.taken_back_at is not None
        outcome = save_answer(answer, Draft(grade=4), version=0, author=cast.reader.user, now=NOW)
        assert "no longer asked" in outcome.reason  # type: ignore[union-attr]
        assert AuditEntry.objects.filter(verb="rater.withdrawn").count() == 1

    def test_what_was_handed_in_is_not_withdrawn(self, cast: Cast, assessment: Assessment) -> None:
        response = add_rater(assessment, cast.reader, grade=2, submitted_at=NOW)

        with pytest.raises(IllegalTransition, match="has handed in"):
            asking.withdraw(cast.assessor, response)

    def test_asking_again_brings_back_what_was_written(self, cast: Cast, assessment: Assessment) -> None:
        response = add_rater(assessment, cast.reader, grade=2, withdrawn_at=NOW)

        asking.ask_again(cast.assessor, response)

        response.refresh_from_db()
        assert response.withdrawn_at is None
        assert response.answers.filter(grade=2).count() == 14

    def test_a_rater_may_have_a_due_date_of_their_own(
        self, cast: Cast, assessment: Assessment, signed_in: SignedIn
    ) -> None:
        response = add_rater(assessment, cast.reader)
        day = timezone.localdate() + timedelta(days=3)

        signed_in(cast.assessor).post(url("rater_edit", response.pk), {"due_on": day.isoformat()})

        response.refresh_from_db()
        assert response.due_on == day
        assert AuditEntry.objects.get(verb="rater.changed").after == {"due_on": day.isoformat()}

    def test_a_due_date_in_the_past_is_refused(self, cast: Cast, assessment: Assessment, signed_in: SignedIn) -> None:
        response = add_rater(assessment, cast.reader)

        page = signed_in(cast.assessor).post(url("rater_edit", response.pk), {"due_on": "2020-01-01"})

        assert "lies in the past" in page.content.decode()

    def test_the_owner_leaves_the_rating_to_others_and_takes_it_up_again(
        self, cast: Cast, assessment: Assessment, signed_in: SignedIn
    ) -> None:
        client = signed_in(cast.assessor)

        client.post(url("rater_leave", assessment.pk))
        own = Response.objects.get(rater=cast.assessor.user)
        assert own.withdrawn_at is not None

        client.post(url("rater_join", assessment.pk))
        own.refresh_from_db()
        assert own.withdrawn_at is None

    def test_a_second_assessor_joins_the_rating(self, cast: Cast, assessment: Assessment, signed_in: SignedIn) -> None:
        signed_in(cast.colleague).post(url("rater_join", assessment.pk))

        assert Response.objects.of_rater(cast.colleague.user).filter(assessment=assessment).exists()


class TestMails:
    def test_a_rater_is_asked_in_their_own_language(
        self, cast: Cast, assessment: Assessment, signed_in: SignedIn, mailoutbox: list[Any]
    ) -> None:
        User.objects.filter(pk=cast.reader.user_id).update(language="fr")
        User.objects.filter(pk=cast.approver.user_id).update(language="nl")

        post(signed_in(cast.assessor), assessment, people=[cast.reader.pk, cast.approver.pk], rules=["speed", "proof"])

        sent = {one.to[0]: one for one in mailoutbox}
        for email, language in (("reader@example.org", "fr"), ("approver@example.org", "nl")):
            body, html = sent[email].body, sent[email].alternatives[0][0]
            assert f"5. Speed ({language})" in body
            assert "1. Support" not in body
            assert f'<html lang="{language}">' in html
            assert url("assessment_detail", assessment.pk) in body
            assert "Assessor" in sent[email].subject
            assert str(assessment.vendor) in sent[email].subject
        assert "mars 2026" in sent["reader@example.org"].body
        assert "maart 2026" in sent["approver@example.org"].body

    def test_the_mail_says_until_when_and_why(
        self, cast: Cast, assessment: Assessment, signed_in: SignedIn, mailoutbox: list[Any]
    ) -> None:
        day = timezone.localdate() + timedelta(days=9)

        post(
            signed_in(cast.assessor),
            assessment,
            people=[cast.reader.pk],
            due_on=day.isoformat(),
            note="Your ward <b>depends</b> on it.",
        )

        (sent,) = mailoutbox
        assert words.day(day, "en") in sent.body
        assert "all seven rules" in sent.body
        assert "Your ward <b>depends</b> on it." in sent.body
        assert "&lt;b&gt;depends" in sent.alternatives[0][0]

    def test_an_address_gets_one_mail_with_the_invitation_and_what_to_rate(
        self, cast: Cast, assessment: Assessment, signed_in: SignedIn, mailoutbox: list[Any]
    ) -> None:
        post(signed_in(cast.assessor), assessment, email=ADDRESS, department="none", language="nl", rules=["speed"])

        (sent,) = mailoutbox
        assert sent.to == [ADDRESS]
        assert re.search(r"/invitation/[\w-]{40,}/", sent.body)
        assert "5. Speed (nl)" in sent.body
        assert str(assessment.vendor) in sent.body
        assert "5. Speed (nl)" in sent.alternatives[0][0]

    def test_who_wishes_no_single_mails_gets_none(
        self, cast: Cast, assessment: Assessment, signed_in: SignedIn, mailoutbox: list[Any]
    ) -> None:
        Preferences.objects.create(user=cast.reader.user, at_once=False)

        post(signed_in(cast.assessor), assessment, people=[cast.reader.pk])

        assert mailoutbox == []
        assert Response.objects.of_rater(cast.reader.user).exists()

    def test_a_mail_server_that_refuses_loses_nothing_and_the_page_offers_it_again(
        self,
        cast: Cast,
        assessment: Assessment,
        signed_in: SignedIn,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        client = signed_in(cast.assessor)
        with monkeypatch.context() as broken:
            refuse_mail(broken)
            asked = {"people": [cast.reader.pk], "email": ADDRESS, "department": "none", "language": "en"}
            page = post(client, assessment, **asked).content.decode()

        assert "could not be sent" in page
        assert page.count("Mail not delivered") == 2
        assert page.count("Send again") == 2
        assert Response.objects.of_customer().count() == 3

        for response in Response.objects.exclude(failed_at=None):
            page = client.post(url("rater_remind", response.pk), follow=True).content.decode()
        assert "Mail not delivered" not in page
        assert {one.to[0] for one in mail.outbox} == {"reader@example.org", ADDRESS}

    def test_a_rater_is_reminded_at_most_once_a_day(
        self, cast: Cast, assessment: Assessment, signed_in: SignedIn, mailoutbox: list[Any]
    ) -> None:
        response = add_rater(assessment, cast.reader)
        client = signed_in(cast.assessor)

        client.post(url("rater_remind", response.pk))
        page = client.post(url("rater_remind", response.pk), follow=True).content.decode()

        assert len(mailoutbox) == 1
        assert mailoutbox[0].subject.startswith("Reminder")
        assert "was reminded today already" in page
        assert AuditEntry.objects.filter(verb="rater.reminded").count() == 1
        Response.objects.filter(pk=response.pk).update(reminded_at=timezone.now() - timedelta(days=1))
        client.post(url("rater_remind", response.pk))
        assert len(mailoutbox) == 2

    def test_who_has_handed_in_is_not_reminded(self, cast: Cast, assessment: Assessment) -> None:
        response = add_rater(assessment, cast.reader, grade=1, submitted_at=NOW)

        with pytest.raises(IllegalTransition, match="Nothing is expected"):
            asking.remind_now(cast.assessor, response)


class TestPage:
    def test_tells_how_far_each_rater_is(self, cast: Cast, assessment: Assessment) -> None:
        late = add_rater(assessment, cast.reader, due_on=timezone.localdate() - timedelta(days=1))
        late.answers.filter(question__rule__key="speed").update(grade=1)
        add_rater(assessment, cast.approver, grade=2, submitted_at=NOW)
        add_rater(assessment, cast.colleague, withdrawn_at=NOW)
        invite_wendy(cast, assessment, rules=["support", "speed"])

        rows = {row.name: row for row in raters_of(assessment).rows}

        assert {name: row.state for name, row in rows.items()} == {
            "Assessor": RaterState.STARTED,
            "Reader": RaterState.LATE,
            "Approver": RaterState.HANDED_IN,
            ADDRESS: RaterState.INVITED,
            "Colleague": RaterState.WITHDRAWN,
        }
        assert list(rows)[-1] == "Colleague"
        assert (rows["Reader"].answered, rows["Reader"].total) == (2, 14)
        assert rows[ADDRESS].rules == (1, 5)
        assert rows[ADDRESS].due_on == assessment.due_on

    def test_shows_no_grade_and_no_text(self, cast: Cast, assessment: Assessment, signed_in: SignedIn) -> None:
        for member, submitted in ((cast.reader, None), (cast.approver, NOW)):
            response = add_rater(assessment, member, grade=1, submitted_at=submitted)
            response.answers.update(vendor_says="Vendor secret", comment="Comment secret", reason="Reason secret")

        for who in (cast.assessor, cast.reader, cast.admin):
            page = signed_in(who).get(url("assessment_raters", assessment.pk)).content.decode()
            assert "14 of 14" in page
            assert "secret" not in page
            assert not [name for name in GRADE_NAMES if str(name) in page]
            assert "%" not in page

    def test_offers_nothing_to_change_to_those_who_only_read(
        self, cast: Cast, assessment: Assessment, signed_in: SignedIn
    ) -> None:
        response = add_rater(assessment, cast.colleague)

        page = signed_in(cast.reader).get(url("assessment_raters", assessment.pk)).content.decode()

        assert "Colleague" in page
        for route in ("rater_remind", "rater_edit", "rater_withdraw"):
            assert url(route, response.pk) not in page
        assert url("rater_invite", assessment.pk) not in page

    def test_names_the_departments_and_offers_to_ask_somebody_of_each(
        self, cast: Cast, assessment: Assessment, signed_in: SignedIn
    ) -> None:
        finance = Department.objects.create(organisation=cast.organisation, name="Finance")
        Service.objects.create(vendor=assessment.vendor, name="Ledger", department=finance)
        Membership.objects.filter(pk=cast.reader.pk).update(department=finance)
        client = signed_in(cast.assessor)

        page = client.get(url("assessment_raters", assessment.pk)).content.decode()
        chosen = client.get(url("assessment_raters", assessment.pk), {"department": finance.pk}).content.decode()

        assert "Ask somebody of Finance" in page
        assert f'href="?department={finance.pk}#invite"' in page
        assert re.search(rf'value="{cast.reader.pk}"[^>]*checked', chosen)
        assert chosen.index("<strong>Finance</strong>") < chosen.index("<strong>No department</strong>")

    def test_says_where_nobody_of_a_department_can_be_asked(
        self, cast: Cast, assessment: Assessment, signed_in: SignedIn
    ) -> None:
        wards = Department.objects.create(organisation=cast.organisation, name="Wards", is_it=True)

        page = signed_in(cast.assessor).get(url("assessment_raters", assessment.pk), {"department": wards.pk})

        assert "Nobody of Wards can be asked" in page.content.decode()

    def test_lists_nobody_who_is_asked_already_or_elsewhere(
        self, cast: Cast, assessment: Assessment, signed_in: SignedIn
    ) -> None:
        page = signed_in(cast.assessor).get(url("assessment_raters", assessment.pk)).content.decode()

        listed = set(map(int, re.findall(r'name="people"[^>]*value="(\d+)"', page)))
        assert listed == {cast.reader.pk, cast.approver.pk, cast.colleague.pk, cast.admin.pk}

    @pytest.mark.parametrize(
        ("data", "message"),
        [
            ({"people": [], "email": ""}, "Tick a colleague, or type an address"),
            ({"email": "no address"}, "valid email"),
            ({"email": ADDRESS, "rules": []}, "Choose at least one rule"),
            ({"email": ADDRESS, "due_on": "2020-01-01"}, "lies in the past"),
        ],
    )
    def test_says_what_is_wrong_and_keeps_what_was_typed(
        self, data: dict[str, Any], message: str, cast: Cast, assessment: Assessment, signed_in: SignedIn
    ) -> None:
        page = post(signed_in(cast.assessor), assessment, note="Typed note", **data).content.decode()

        assert message in page
        assert "Typed note" in page
        assert data.get("email", "") in page
        assert Response.objects.count() == 1

    def test_a_refusal_comes_back_with_what_was_typed(
        self, cast: Cast, assessment: Assessment, signed_in: SignedIn
    ) -> None:
        add_rater(assessment, cast.reader)

        people = [cast.reader.pk, cast.approver.pk]
        typed = {"people": people, "email": ADDRESS, "department": "none", "note": "Typed"}
        page = post(signed_in(cast.assessor), assessment, **typed).content.decode()

        assert "Reader is asked already" in page
        assert "Typed" in page
        assert Response.objects.of_customer().count() == 2  # neither the colleague nor the address
        assert not Invitation.objects.exists()

    def test_strangers_find_nothing(self, cast: Cast, assessment: Assessment, signed_in: SignedIn) -> None:
        response = add_rater(assessment, cast.reader)
        client = signed_in(cast.stranger)

        assert client.get(url("assessment_raters", assessment.pk)).status_code == 404
        for route, pk in (
            ("rater_remind", response.pk),
            ("rater_join", assessment.pk),
            ("rater_invite", assessment.pk),
        ):
            assert client.post(url(route, pk)).status_code == 404
        response.refresh_from_db()
        assert response.reminded_at is None

    @pytest.mark.parametrize("who", ["reader", "approver", "admin"])
    def test_only_assessors_manage_raters(self, who: str, cast: Cast, signed_in: SignedIn) -> None:
        assessment = make_assessment(cast.assessor)
        response = add_rater(assessment, cast.colleague)
        client = signed_in(getattr(cast, who))

        for route, pk in (
            ("rater_invite", assessment.pk),
            ("rater_join", assessment.pk),
            ("rater_remind", response.pk),
            ("rater_withdraw", response.pk),
            ("rater_edit", response.pk),
            ("rater_ask_again", response.pk),
        ):
            assert client.post(url(route, pk)).status_code == 403

    def test_the_vendors_own_response_is_nobody_to_manage(
        self, cast: Cast, assessment: Assessment, signed_in: SignedIn
    ) -> None:
        vendors = Response.objects.create(assessment=assessment, kind="vendor")

        assert signed_in(cast.assessor).post(url("rater_withdraw", vendors.pk)).status_code == 404

    @pytest.mark.parametrize("route", ["assessment_raters", "assessment_detail"])
    def test_takes_as_many_queries_for_many_raters_as_for_two(
        self, route: str, cast: Cast, signed_in: SignedIn
    ) -> None:
        release = make_release()
        counts = []
        for number, size in enumerate((2, 9)):
            assessment = make_assessment(cast.assessor, release=release, grade=2)
            for one in range(size):
                name = f"rater-{number}-{one}"
                department = Department.objects.create(organisation=cast.organisation, name=name)
                member = make_member(cast.organisation, name, Role.READER, department=department)
                Service.objects.create(vendor=assessment.vendor, name=name, department=department)
                add_rater(assessment, member, grade=1, submitted_at=NOW if one % 2 else None)
            client = signed_in(cast.assessor)
            client.get(url(route, assessment.pk))
            with CaptureQueriesContext(connection) as queries:
                assert client.get(url(route, assessment.pk)).status_code == 200
            counts.append(len(queries))

        assert counts[0] == counts[1]


@pytest.mark.postgres
@pytest.mark.skipif(connection.vendor != "postgresql", reason="needs rows that can be locked")
@pytest.mark.django_db(transaction=True)
class TestTwoAtOnce:
    def test_of_two_who_ask_the_same_person_one_does(self) -> None:
        cast = make_cast()
        assessment = make_assessment(cast.assessor)

        said = at_once(*[lambda: asking.invite(cast.assessor, assessment, [cast.reader])] * 2)

        assert Answer.objects.filter(response__rater=cast.reader.user).count() == 14
        assert sorted(str(one) for one in said if isinstance(one, Exception)) == ["Reader is asked already."]

    def test_of_two_who_ask_the_same_address_one_does(self) -> None:
        cast = make_cast()
        assessment = make_assessment(cast.assessor)

        said = at_once(*[lambda: invite_wendy(cast, assessment)] * 2)

        assert Invitation.objects.count() == 1
        assert Response.objects.filter(rater=None).count() == 1
        assert [str(one) for one in said if isinstance(one, Exception)] == [f"{ADDRESS} is asked already."]

    def test_joining_while_another_assessment_asks_leaves_one_questionnaire_each(self) -> None:
        cast = make_cast()
        first, second = make_assessment(cast.assessor), make_assessment(cast.assessor)
        invitation = invitations.find(invite_wendy(cast, first).token)
        assert invitation is not None
        wendy = make_user("wendy")

        said = at_once(
            lambda: invitations.join(invitation, wendy, now=timezone.now()),
            lambda: invite_wendy(cast, second),
        )

        waiting = Response.objects.filter(rater=None)
        if isinstance(said[0], Exception):  # the renewed invitation was first: its link alone is good now
            assert waiting.count() == 2
        else:
            assert not waiting.exists()
            assert Response.objects.of_rater(wendy).count() == 2


def at_once(*actions: Callable[[], Any]) -> list[Any]:
    """What each returned or raised, all begun at the same moment."""
    outcomes: list[Any] = [None] * len(actions)
    barrier = threading.Barrier(len(actions))

    def run(number: int) -> None:
        try:
            barrier.wait(timeout=120)
            outcomes[number] = actions[number]()
        except Exception as error:
            outcomes[number] = error
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=(number,)) for number in range(len(actions))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=120)
    return outcomes
