"""What a vendor answered, offered where the page for when it breaks is written."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from assessments.models import Answer, Assessment, AssessmentState, Response, ResponseKind
from assessments.vendor_side.emergency_words import proposals
from tests.factories import Cast, make_assessment, make_release, make_vendor
from vendors.models import Service, Vendor

pytestmark = pytest.mark.django_db


@pytest.fixture
def vendor(cast: Cast) -> Vendor:
    """Of an edition that asks the two questions."""
    make_release()
    return make_vendor(cast.organisation, "Harbour Systems")


@pytest.fixture(autouse=True)
def asked(monkeypatch: pytest.MonkeyPatch) -> None:
    """The edition of the tests names its questions by number."""
    fields = {"troubleshooting-1": "at_hand", "speed-1": "starts_by_itself"}
    monkeypatch.setattr("assessments.vendor_side.emergency_words.FIELDS", fields)


def answered(
    cast: Cast, vendor: Vendor, text: str, *, handed_in: datetime | None, question: str = "troubleshooting-1"
) -> Assessment:
    assessment = make_assessment(cast.colleague, vendor=vendor, state=AssessmentState.IN_REVIEW)
    response = Response.objects.create(assessment=assessment, kind=ResponseKind.VENDOR, submitted_at=handed_in)
    Answer.objects.create(response=response, question=assessment.release.questions.get(key=question), vendor_says=text)
    return assessment


def said(cast: Cast, vendor: Vendor) -> dict[str, str]:
    return {one.field: one.text for one in proposals(cast.assessor, vendor)}


def test_the_latest_that_was_handed_in_is_offered(cast: Cast, vendor: Vendor) -> None:
    now = timezone.now()
    answered(cast, vendor, "The newest list", handed_in=now)
    answered(cast, vendor, "An older list", handed_in=now - timedelta(days=300))
    answered(cast, vendor, "An alarm rings", handed_in=now, question="speed-1")
    answered(cast, vendor, "Not handed in", handed_in=None)
    assert said(cast, vendor) == {"at_hand": "The newest list", "starts_by_itself": "An alarm rings"}


def test_what_a_cancelled_assessment_asked_is_not_offered(cast: Cast, vendor: Vendor) -> None:
    assessment = answered(cast, vendor, "List", handed_in=timezone.now())
    Assessment.objects.filter(pk=assessment.pk).update(state=AssessmentState.CANCELLED)
    assert said(cast, vendor) == {}


def test_nobody_reads_there_what_they_still_judge_and_no_other_organisation_does(cast: Cast, vendor: Vendor) -> None:
    answered(cast, vendor, "List", handed_in=timezone.now())
    assert list(proposals(cast.stranger, vendor)) == []
    make_assessment(cast.assessor, vendor=vendor)
    assert said(cast, vendor) == {}


def test_it_is_taken_over_behind_what_was_typed_and_nothing_else_is_lost(cast: Cast, vendor: Vendor) -> None:
    answered(cast, vendor, "The vendor’s list", handed_in=timezone.now())
    service = Service.objects.create(vendor=vendor, name="Patient record")
    client = Client()
    client.force_login(cast.assessor.user)
    url = reverse("emergency_edit", args=[service.pk])
    assert "The vendor’s list" in client.get(url).content.decode()
    typed: dict[str, Any] = {"version": 0, "at_hand": "Ours", "senior_engineers": "After an hour", "take": "at_hand"}
    typed |= {f"{rows}-{name}_FORMS": 0 for rows in ("calls", "stops") for name in ("TOTAL", "INITIAL")}
    sheet = client.post(url, typed).context["sheet"]
    assert sheet.plan["at_hand"].value() == "Ours\nThe vendor’s list"
    assert sheet.plan["senior_engineers"].value() == "After an hour"
    again = client.post(url, typed | {"at_hand": sheet.plan["at_hand"].value()}).context["sheet"]
    assert again.plan["at_hand"].value() == "Ours\nThe vendor’s list"
