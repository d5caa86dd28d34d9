"""Assessments brought to a point on their way, and how they stand there."""

from __future__ import annotations

from datetime import date

from accounts.models import Membership
from assessments.hub.next_step import Standing
from assessments.hub.standing import standing_in
from assessments.independence import let_read
from assessments.models import Answer, Assessment, Consensus, Meeting, Response
from assessments.vendor_side import links
from tests.factories import NOW
from vendors.models import Contact

HELD_ON = date(2026, 3, 2)


def standing_of(assessment: Assessment, member: Membership) -> Standing:
    return standing_in(assessment, member, reads=let_read(assessment, member.user)).now().standing


def differ_on(assessment: Assessment, rater: Membership, *questions: str) -> None:
    """This rater grades these questions 0; the others of the assessment grade 2 or more."""
    own = Answer.objects.filter(response__assessment=assessment, response__rater=rater.user)
    own.filter(question__key__in=questions).update(grade=0)


def ask_vendor(assessment: Assessment, by: Membership, *, answered: int = 0) -> Response:
    """A contact of the vendor has a link, and has answered so many questions."""
    fields = {"name": "Robin Example", "email": "robin@vendor.example", "language": "en"}
    link, _token = links.create(by, assessment, Contact.objects.create(vendor=assessment.vendor, **fields))
    response = Response.objects.of_vendor().get(links=link)
    said = response.answers.order_by("pk").values("pk")[:answered]
    Answer.objects.filter(pk__in=list(said.values_list("pk", flat=True))).update(vendor_says="We do.")
    return response


def settle(assessment: Assessment, by: Membership, *questions: str, held_on: date = HELD_ON) -> None:
    held, _ = Meeting.objects.get_or_create(assessment=assessment, held_on=held_on, defaults={"created_by": by.user})
    for question in assessment.release.questions.filter(key__in=questions):
        Consensus.objects.create(
            assessment=assessment,
            question=question,
            meeting=held,
            grade=2,
            reason="We saw it together.",
            decided_by=by.user,
            decided_at=NOW,
        )
