"""What is at stake before submitting and approving: what is missing, who was not heard, what is open, who decides."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import Department, Membership, Role
from assessments.approval import levels
from assessments.hub import stake
from assessments.lifecycle import taking_back, transitions
from assessments.models import Answer, Assessment, AssessmentState, Response
from tests.assessments.hub.standings import ask_vendor, differ_on, settle
from tests.factories import NOW, Cast, add_rater, make_assessment, make_member, make_vendor

SignedIn = Callable[[Membership], Client]
COLLECTING, IN_REVIEW, APPROVED = AssessmentState.COLLECTING, AssessmentState.IN_REVIEW, AssessmentState.APPROVED


@pytest.fixture
def shared(cast: Cast) -> Assessment:
    """The assessor and a reader rate; all questions are answered."""
    assessment = make_assessment(cast.assessor, grade=3)
    add_rater(assessment, cast.reader, grade=2)
    return assessment


def hand_in(assessment: Assessment) -> None:
    Response.objects.filter(assessment=assessment).update(submitted_at=NOW)


def shown(client: Client, route: str, assessment: Assessment) -> str:
    response = client.get(reverse(route, args=[assessment.pk]), follow=True)
    assert response.status_code == 200
    return re.sub(r"\s+", " ", response.content.decode())


class TestSubmission:
    def test_counts_what_nobody_has_answered(self, cast: Cast, shared: Assessment) -> None:
        Answer.objects.filter(question__key__in=["speed-1", "speed-2"]).update(grade=None)
        Answer.objects.filter(question__key="speed-2", response__rater=cast.reader.user).update(grade=1)

        assert (stake.of_submission(shared, cast.assessor).unanswered, 14) == (2, 14)  # the reader's does not count yet

        transitions.hand_in(cast.reader, shared)
        found = stake.of_submission(shared, cast.assessor)

        assert (found.unanswered, found.total, found.counted) == (1, 14, 2)

    def test_says_that_ones_own_answers_go_in_with_it(
        self, cast: Cast, shared: Assessment, signed_in: SignedIn
    ) -> None:
        client = signed_in(cast.assessor)
        page = shown(client, "assessment_submit", shared)
        assert "the submission hands them in (answered: 14 of 14)." in page

        transitions.hand_in(cast.assessor, shared)

        assert "the submission hands them in" not in shown(client, "assessment_submit", shared)

    def test_names_who_has_not_handed_in_and_does_not_count(self, cast: Cast, shared: Assessment) -> None:
        found = stake.of_submission(shared, cast.assessor)

        assert [row.name for row in found.outstanding] == ["Reader"]
        assert found.counted == 1

    def test_tells_of_each_department_that_was_not_heard_why(self, cast: Cast) -> None:
        wards = Department.objects.create(organisation=cast.organisation, name="Wards")
        Department.objects.create(organisation=cast.organisation, name="IT", is_it=True)
        vendor = make_vendor(cast.organisation, department=cast.department)
        vendor.services.create(name="Records", department=wards)
        assessment = make_assessment(cast.assessor, vendor=vendor, grade=3)
        add_rater(assessment, make_member(cast.organisation, "nurse", Role.READER, department=wards))

        found = stake.of_submission(assessment, cast.assessor)

        assert [(one.name, one.why) for one in found.silent] == [
            ("Wards", "asked, nothing handed in"),
            ("IT", "runs the IT, and nobody of it was asked"),
        ]

    def test_says_nothing_of_the_others_to_whoever_still_rates(self, cast: Cast, shared: Assessment) -> None:
        differ_on(shared, cast.reader, "support-1")
        transitions.hand_in(cast.reader, shared)

        found = stake.of_submission(shared, cast.assessor)

        assert (found.is_apart, found.contested) == (True, ())

    def test_lists_what_is_contested_until_it_is_agreed(self, cast: Cast, shared: Assessment) -> None:
        differ_on(shared, cast.reader, "support-1", "speed-2")
        hand_in(shared)
        found = stake.of_submission(shared, cast.assessor)
        assert [(one.number, one.low, one.high, one.own) for one in found.contested] == [
            ("1.1", 0, 3, 3),
            ("5.2", 0, 3, 3),
        ]

        settle(shared, cast.assessor, "support-1")

        assert [one.number for one in stake.of_submission(shared, cast.assessor).contested] == ["5.2"]

    def test_knows_that_nobody_could_approve_it_and_who_can_change_that(self, cast: Cast, shared: Assessment) -> None:
        assert not stake.deciders_after(shared, cast.assessor).is_vacant

        cast.approver.role = Role.READER
        cast.approver.save()

        found = stake.deciders_after(shared, cast.assessor)
        assert found.is_vacant
        assert found.administrators == ("Admin",)

    def test_four_eyes_do_not_count_the_submitters_own(self, cast: Cast, shared: Assessment) -> None:
        levels.add_level(cast.admin, tier="", name="Buyers", role=Role.ASSESSOR)
        Membership.objects.filter(pk=cast.colleague.pk).update(is_active=False)
        assert stake.deciders_after(shared, cast.assessor).is_vacant

        cast.organisation.allow_self_approval = True
        cast.organisation.save()
        shared.organisation.refresh_from_db()
        assert not stake.deciders_after(shared, cast.assessor).is_vacant


class TestPages:
    def test_one_press_of_enter_on_any_page_submits_nothing(
        self, cast: Cast, shared: Assessment, signed_in: SignedIn
    ) -> None:
        client = signed_in(cast.assessor)
        hand_in(shared)
        url = reverse("assessment_submit", args=[shared.pk])
        for route in ("assessment_detail", "assessment_review", "assessment_consensus", "assessment_raters"):
            assert f'action="{url}"' not in shown(client, route, shared), route
        assert client.get(url).status_code == 200
        assert Assessment.objects.get().state == COLLECTING

    def test_submitting_says_what_is_missing_and_who_decides(
        self, cast: Cast, shared: Assessment, signed_in: SignedIn
    ) -> None:
        differ_on(shared, cast.reader, "support-1")
        Answer.objects.filter(question__key="speed-2").update(grade=None)
        hand_in(shared)
        text = shown(signed_in(cast.assessor), "assessment_submit", shared)

        assert f'href="{reverse("assessment_review", args=[shared.pk])}#missing"> Unanswered questions: 1 of 14' in text
        assert f'href="{reverse("assessment_consensus", args=[shared.pk])}#question-support-1">1.1 ' in text
        assert "grades from 0 to 3" in text
        assert "Who decides then</strong>: one approver" in text
        assert "Nobody can approve it" not in text
        assert 'name="without_outstanding"' not in text

    def test_submitting_without_the_missing_names_them(
        self, cast: Cast, shared: Assessment, signed_in: SignedIn
    ) -> None:
        text = shown(signed_in(cast.assessor), "assessment_submit", shared)

        assert "<bdi>Reader</bdi>" in text
        assert 'name="without_outstanding" value="yes"' in text

    def test_where_nobody_can_approve_it_warns_and_names_the_administrator(
        self, cast: Cast, shared: Assessment, signed_in: SignedIn
    ) -> None:
        Membership.objects.filter(pk=cast.approver.pk).update(is_active=False)
        client = signed_in(cast.assessor)

        text = shown(client, "assessment_submit", shared)
        done = client.post(
            reverse("assessment_submit", args=[shared.pk]), {"without_outstanding": "yes"}, follow=True
        ).content.decode()

        assert "Nobody can approve it" in text
        assert "Ask an administrator: <bdi>Admin</bdi>" in text
        assert "Submitted. Nobody can approve it yet" in done
        assert "An approver now reads it" not in done

    def test_nothing_graded_is_no_choice(self, cast: Cast, signed_in: SignedIn) -> None:
        assessment = make_assessment(cast.assessor)

        text = shown(signed_in(cast.assessor), "assessment_submit", assessment)

        assert "Nothing is graded yet" in text
        assert "Submit for approval</button>" not in text

    def test_the_last_approval_says_that_it_is_final_and_carries_what_was_read(
        self, cast: Cast, shared: Assessment, signed_in: SignedIn
    ) -> None:
        row = transitions.submit(cast.assessor, shared, without_outstanding=True)
        client = signed_in(cast.approver)

        text = shown(client, "assessment_approve", row)
        read = client.get(reverse("assessment_approve", args=[row.pk]), {"fingerprint": "of before"}).content.decode()

        assert "the approval cannot be taken back" in text
        assert f'name="fingerprint" value="{row.fingerprint}"' in text
        assert 'name="fingerprint" value="of before"' in read
        client.post(reverse("assessment_approve", args=[row.pk]), {"fingerprint": "of before"})
        assert Assessment.objects.get().state == IN_REVIEW

    @pytest.mark.parametrize(("who", "status"), [("reader", 403), ("assessor", 403), ("approver", 200)])
    def test_the_page_of_the_approval_is_for_who_decides(
        self, who: str, status: int, cast: Cast, shared: Assessment, signed_in: SignedIn
    ) -> None:
        row = transitions.submit(cast.assessor, shared, without_outstanding=True)
        url = reverse("assessment_approve", args=[row.pk])

        assert signed_in(getattr(cast, who)).get(url).status_code == status

    def test_taking_back_asks_first_and_then_opens_the_answers(
        self, cast: Cast, shared: Assessment, signed_in: SignedIn
    ) -> None:
        row = transitions.submit(cast.assessor, shared, without_outstanding=True)
        client, url = signed_in(cast.assessor), reverse("assessment_take_back", args=[row.pk])

        assert "have nothing to do" in shown(client, "assessment_take_back", row)
        assert Assessment.objects.get().state == IN_REVIEW

        assert "Answers can be changed again." in client.post(url, follow=True).content.decode()
        assert Assessment.objects.get().state == COLLECTING

    def test_taking_back_too_late_says_why(self, cast: Cast, shared: Assessment, signed_in: SignedIn) -> None:
        row = transitions.submit(cast.assessor, shared, without_outstanding=True)
        transitions.approve(cast.approver, row)
        client = signed_in(cast.assessor)

        assert str(transitions.NOT_NOW[APPROVED]) in shown(client, "assessment_take_back", row)
        said = client.post(reverse("assessment_take_back", args=[row.pk]), follow=True).content.decode()
        assert str(transitions.NOT_NOW[APPROVED]) in said

    def test_an_approval_is_taken_back_on_a_page_of_its_own(
        self, cast: Cast, shared: Assessment, signed_in: SignedIn
    ) -> None:
        director: Any = make_member(cast.organisation, "director", Role.READER)
        levels.add_level(cast.admin, tier="", name="Lead", role=Role.APPROVER)
        levels.add_level(cast.admin, tier="", name="Director", person=director)
        row = transitions.approve(cast.approver, transitions.submit(cast.assessor, shared, without_outstanding=True))
        client = signed_in(cast.approver)

        assert "The level “Lead” decides again." in shown(client, "approval_take_back", row)
        client.post(reverse("approval_take_back", args=[row.pk]))

        row.refresh_from_db()
        assert row.waiting_level == 1
        assert taking_back.may_take_back(row, cast.assessor)


class TestVendorThatHasNotHandedIn:
    def test_is_told_before_submitting_and_before_taking_back(
        self, cast: Cast, shared: Assessment, signed_in: SignedIn
    ) -> None:
        Assessment.objects.filter(pk=shared.pk).update(due_on=date(2026, 12, 27))
        shared.refresh_from_db()
        hand_in(shared)
        ask_vendor(shared, cast.assessor, answered=3)
        client = signed_in(cast.assessor)

        page = shown(client, "assessment_submit", shared)
        assert "The vendor has not handed in" in page
        assert "Answered: 3 of 14. Due on 27 December" in page
        assert "Submitting closes its answers: nobody reads what it has not handed in. It gets no mail" in page

        transitions.submit(cast.assessor, shared)
        page = shown(client, "assessment_take_back", shared)
        assert "The vendor has not handed in: its answers open again, by the link that it has." in page

    def test_counts_as_one_that_is_awaited_only_with_a_link_and_until_it_hands_in(
        self, cast: Cast, shared: Assessment
    ) -> None:
        assert stake.of_submission(shared, cast.assessor).vendor is None
        response = ask_vendor(shared, cast.assessor)
        assert stake.of_submission(shared, cast.assessor).vendor is not None

        Response.objects.filter(pk=response.pk).update(submitted_at=NOW)
        assert stake.of_submission(shared, cast.assessor).vendor is None

        Response.objects.filter(pk=response.pk).update(submitted_at=None)
        response.links.update(revoked_at=NOW)
        assert stake.of_submission(shared, cast.assessor).vendor is None
        assert not Response.objects.awaited_of_vendor().exists()
