"""Vendors’ copies for tests: handed in as a contact does, beside answers of the customer that they must not show."""

from __future__ import annotations

from datetime import datetime

from accounts.models import Department
from assessments.models import Answer, Assessment, Evidence, VendorLink
from assessments.vendor_side import answers as vendor_answers
from assessments.vendor_side import links
from reports.models import VendorCopy
from tests.factories import NOW, Cast, add_rater, make_assessment, make_release, make_vendor
from vendors.models import Contact

SECRETS = (
    "Customer comment",
    "Customer note of the vendor",
    "Customer reason",
    "customer-note.txt",
    "Assessor",
    "Colleague",
    "Procurement",
    "Secret Department",
    "A-2026-001",
    "Meadow",
)


def make_linked(cast: Cast, *, questions: int = 2) -> tuple[VendorLink, str]:
    """A link to answer, in an assessment full of what is not the vendor’s to see; and its token."""
    Department.objects.create(organisation=cast.organisation, name="Secret Department")
    assessment = make_assessment(
        cast.assessor,
        release=make_release(questions_per_rule=questions),
        vendor=make_vendor(cast.organisation, "Example Systems"),
        grade=1,
    )
    add_rater(assessment, cast.colleague, grade=3, submitted_at=NOW)
    Answer.objects.update(
        comment="Customer comment", vendor_says="Customer note of the vendor", reason="Customer reason"
    )
    answer = Answer.objects.filter(response__assessment=assessment).first()
    Evidence.objects.create(answer=answer, file="x", name="customer-note.txt", size=4, sha256="0" * 64)
    contact = Contact.objects.create(vendor=assessment.vendor, name="Robin Example", email="robin@vendor.example")
    return links.create(cast.assessor, assessment, contact)


def write(link: VendorLink, key: str = "support-1", **fields: object) -> None:
    """The contact says something."""
    fields = {"vendor_says": "We stay until you work again.", "grade": 4, "updated_through": link} | fields
    Answer.objects.filter(response=link.response_id, question__key=key).update(**fields)


def hand_in(link: VendorLink, now: datetime = NOW) -> VendorCopy:
    vendor_answers.hand_in(link, now=now)
    copy = VendorCopy.objects.latest_of(link.response)
    assert copy is not None
    return copy


def make_copy(cast: Cast) -> VendorCopy:
    """What the vendor handed in: a grade with a file, a reason, a fact, and the rest blank."""
    link, _token = make_linked(cast)
    write(link)
    write(link, "proof-1", grade=None, blank="not_applicable", vendor_says="", reason="No incident in these months.")
    write(link, "speed-1", fact_value="2.50", fact_unit="month")
    answer = Answer.objects.get(response=link.response_id, question__key="support-1")
    Evidence.objects.create(answer=answer, file="x", name="procedure-7.pdf", size=123_456, sha256="cd" * 32)
    return hand_in(link)


def assessment_of(copy: VendorCopy) -> Assessment:
    return copy.response.assessment
