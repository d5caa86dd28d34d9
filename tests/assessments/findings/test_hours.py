"""What timelines of incidents say, beside the questions of guidance and troubleshooting: to whoever has handed in."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from assessments.findings import panel
from assessments.models import Assessment, AssessmentState, Response
from tests.factories import Cast, make_assessment, make_incident, make_vendor
from vendors.models import EntryKind
from vendors.timeline import changes
from vendors.timeline.records import record_of_year_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def assessment(cast: Cast) -> Assessment:
    """Asked of the assessor, about a vendor whose incident has a timeline of two contacts and a change."""
    vendor, opened = make_vendor(cast.organisation), timezone.now() - timedelta(days=3)
    incident = make_incident(vendor, opened=opened)
    for kind in (EntryKind.CONTACT, EntryKind.CONTACT, EntryKind.CHANGE):
        changes.add(cast.colleague, incident, {"kind": kind, "at": opened, "text": "x"}, now=timezone.now())
    return make_assessment(cast.assessor, vendor=vendor, grade=2)


def handed_in(assessment: Assessment) -> Assessment:
    Response.objects.update(submitted_at=timezone.now())
    Assessment.objects.update(state=AssessmentState.IN_REVIEW)
    return Assessment.objects.select_related("vendor__organisation", "release").get(pk=assessment.pk)


def test_the_two_rules_have_what_is_said_of_them(cast: Cast, assessment: Assessment) -> None:
    section = panel.section(handed_in(assessment), cast.assessor)
    assert section is not None
    assert section.hours is not None
    assert section.hours.incidents == 1
    guidance, troubleshooting = section.hours.rules["guidance"], section.hours.rules["troubleshooting"]
    assert (guidance[0].label, guidance[0].text) == ("Contacts at which all five were said", "0 of 2")
    assert (troubleshooting[0].label, troubleshooting[0].text) == ("Changes tried before the cause was known", "1 of 1")


def test_whoever_still_rates_gets_nothing_of_it(cast: Cast, assessment: Assessment) -> None:
    section = panel.section(assessment, cast.assessor)
    assert section is not None
    assert section.is_withheld
    assert section.hours is None


def test_without_a_timeline_nothing_is_said(cast: Cast) -> None:
    vendor = make_vendor(cast.organisation, "Silent Systems")
    assert panel.hours_of(record_of_year_in(vendor, now=timezone.now()).now()) is None


def test_it_stands_at_the_questions_of_the_review_and_before_those_of_the_meeting(
    cast: Cast, assessment: Assessment, signed_in: Callable[..., Client]
) -> None:
    handed_in(assessment)
    client = signed_in(cast.assessor)
    review = client.get(reverse("assessment_review", args=[assessment.pk])).content.decode()
    assert review.count("What the timelines of its incidents say") == 2
    meeting = client.get(reverse("assessment_consensus", args=[assessment.pk])).content.decode()
    assert "In the hour of an incident: what 1 timeline of the last twelve months says" in meeting
