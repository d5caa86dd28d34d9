"""What a vendor answered that belongs on the page for when something breaks: the list of what it needs to be told, and
what starts by itself."""

from __future__ import annotations

from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import Membership
from assessments.models import Answer, AssessmentState, ResponseKind
from vendors.emergencies.proposals import AT_HAND, STARTS_BY_ITSELF, Proposal
from vendors.models import Vendor
from vendors.withheld import is_withheld

FIELDS = {"troubleshooting-information": AT_HAND, "speed-triggers": STARTS_BY_ITSELF}  # question → field of the plan


def proposals(member: Membership, vendor: Vendor) -> list[Proposal]:
    """Of what it handed in last, each question for itself; nothing for whoever still judges it. Two queries."""
    if is_withheld(member, vendor):
        return []
    rows = Answer.objects.for_member(member).filter(
        response__kind=ResponseKind.VENDOR,
        response__submitted_at__isnull=False,
        response__assessment__vendor=vendor,
        question__key__in=FIELDS,
    )
    rows = rows.exclude(vendor_says="").exclude(response__assessment__state=AssessmentState.CANCELLED)
    found: dict[str, Proposal] = {}
    for row in rows.select_related("question__rule", "response__assessment").order_by("response__submitted_at", "pk"):
        handed_in = row.response.submitted_at
        if handed_in is None:
            continue
        said = {"reference": row.response.assessment.reference, "question": row.question.short}
        found[row.question.key] = Proposal(
            field=FIELDS[row.question.key],
            text=row.vendor_says,
            source=_("%(reference)s, %(question)s") % said,
            said_on=timezone.localdate(handed_in),
        )
    return list(found.values())
