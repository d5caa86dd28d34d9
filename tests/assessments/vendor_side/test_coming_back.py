"""The vendor comes back: it goes on where it was, reads what it said, and takes it back while nobody has used it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.core import mail
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import AuditEntry
from assessments.lifecycle import transitions
from assessments.lifecycle.transitions import IllegalTransition
from assessments.models import Answer, Assessment, AssessmentState, Meeting, Response, VendorLink
from assessments.secrecy import vendor_answers
from assessments.vendor_side import answers, links
from tests.factories import Cast, make_assessment
from vendors.models import Contact


@pytest.fixture
def assessment(cast: Cast) -> Assessment:
    return make_assessment(cast.assessor)


@pytest.fixture
def linked(cast: Cast, assessment: Assessment) -> tuple[VendorLink, str]:
    contact = Contact.objects.create(vendor=assessment.vendor, name="Robin Example", email="robin@vendor.example")
    link, token = links.create(cast.assessor, assessment, contact)
    found = links.load(link.pk)
    assert found is not None
    return found, token


@pytest.fixture
def link(linked: tuple[VendorLink, str]) -> VendorLink:
    return linked[0]


@pytest.fixture
def visitor(linked: tuple[VendorLink, str], client: Client) -> Client:
    client.post(reverse("vendor_link", args=[linked[1]]), {"language": "en"})
    return client


def say(link: VendorLink, *keys: str) -> None:
    Answer.objects.filter(response=link.response, question__key__in=keys).update(vendor_says="Within the hour.")


def desk(visitor: Client, link: VendorLink) -> str:
    return " ".join(visitor.get(reverse("vendor_desk", args=[link.pk])).content.decode().split())


def way_in(client: Client, token: str) -> str:
    return " ".join(client.get(reverse("vendor_link", args=[token])).content.decode().split())


class TestGoingOn:
    def test_before_the_door_stands_how_much_is_asked_and_later_how_far_it_is(
        self, client: Client, linked: tuple[VendorLink, str]
    ) -> None:
        link, token = linked
        first = way_in(client, token)
        assert "14 questions, about 30 minutes" in first
        assert "Start </button>" in first

        say(link, "support-1", "speed-2")

        later = way_in(client, token)
        assert "Continue (answered: 2 of 14)" in later
        assert "Start </button>" not in later

    def test_after_the_hand_in_the_door_leads_to_what_was_answered(
        self, client: Client, linked: tuple[VendorLink, str]
    ) -> None:
        link, token = linked
        say(link, "support-1")
        answers.hand_in(link)
        page = way_in(client, token)
        assert "Your answers are handed in" in page
        assert "Read what you answered" in page

    def test_the_overview_names_the_next_question_and_what_was_answered(
        self, visitor: Client, link: VendorLink
    ) -> None:
        assert "What you have answered so far" not in desk(visitor, link)
        say(link, "support-1")
        page = desk(visitor, link)
        assert "Continue (answered: 1 of 14)" in page
        assert page.count("support/#question-support-2") == 2  # the button and the fact beside it
        assert "Within the hour." in page
        assert page.count("Left blank") == 0

    def test_each_page_says_whom_to_write_to(self, visitor: Client, link: VendorLink) -> None:
        for route in ("vendor_desk", "vendor_hand_in"):
            page = visitor.get(reverse(route, args=[link.pk])).content.decode()
            assert "mailto:assessor@example.org" in page, route


class TestTakingBack:
    def test_it_is_the_vendors_alone_again_and_the_owner_is_told(
        self,
        visitor: Client,
        link: VendorLink,
        assessment: Assessment,
        django_capture_on_commit_callbacks: Callable[..., Any],
    ) -> None:
        say(link, "support-1")
        answers.hand_in(link)
        assert vendor_answers(assessment).exists()
        assert "Take my answers back" in desk(visitor, link)
        mail.outbox.clear()

        with django_capture_on_commit_callbacks(execute=True):
            page = visitor.post(reverse("vendor_take_back", args=[link.pk]), follow=True).content.decode()

        assert "Taken back" in page
        assert "Continue (answered: 1 of 14)" in page
        assert not vendor_answers(assessment).exists()
        assert [one.to for one in mail.outbox] == [["assessor@example.org"]]
        entry = AuditEntry.objects.get(verb="vendor_response.taken_back")
        assert (entry.actor, entry.after) == (None, {"submitted_at": None})

    @pytest.mark.parametrize("used", ["saved", "handed_in", "met", "submitted"])
    def test_not_once_the_customer_has_begun_to_use_it(
        self, cast: Cast, visitor: Client, link: VendorLink, assessment: Assessment, used: str
    ) -> None:
        say(link, "support-1")
        answers.hand_in(link)
        use(cast, assessment, used)

        with pytest.raises(IllegalTransition):
            answers.take_back(link)

        page = desk(visitor, link)
        assert "Take my answers back" not in page
        assert "Something to change?" in page or "Nothing is left for you to do" in page
        assert visitor.post(reverse("vendor_take_back", args=[link.pk])).status_code == 302
        assert Response.objects.of_vendor().get().submitted_at is not None

    def test_what_a_rater_saved_before_does_not_count(self, link: VendorLink, assessment: Assessment) -> None:
        earlier = timezone.now() - timedelta(hours=1)
        Answer.objects.filter(response__assessment=assessment).update(grade=3, updated_at=earlier)
        say(link, "support-1")
        answers.hand_in(link)
        assert answers.may_take_back(answers.response_of(link))

    def test_what_is_open_cannot_be_taken_back(self, link: VendorLink) -> None:
        with pytest.raises(IllegalTransition, match="open already"):
            answers.take_back(link)


def use(cast: Cast, assessment: Assessment, used: str) -> None:
    own = Answer.objects.filter(response__assessment=assessment, response__rater=cast.assessor.user)
    own.update(grade=3, updated_at=timezone.now() - timedelta(hours=1))
    if used == "saved":
        own.update(updated_at=timezone.now())
    elif used == "handed_in":
        transitions.hand_in(cast.assessor, assessment)
    elif used == "met":
        transitions.hand_in(cast.assessor, assessment)
        Response.objects.of_customer().update(submitted_at=timezone.now() - timedelta(hours=1))
        Meeting.objects.create(assessment=assessment, held_on=timezone.localdate(), created_by=cast.assessor.user)
    else:
        Assessment.objects.filter(pk=assessment.pk).update(state=AssessmentState.IN_REVIEW)
