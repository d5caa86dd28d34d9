"""Question 2.2, whether a vendor knows what its customer expects: which edition it was sent, and what it said to it.

The one fact that whoever still judges reads before they answer: words and days, no measure.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from assessments.models import Answer
from vendors.expectations.standing import ToldVendor, told_vendors

QUESTION = "consistency-expectations"


def told_beside(answers: Iterable[Answer], today: date, *, is_outside: bool) -> dict[int, ToldVendor]:
    """By the key of the answer, what stands beside it; nothing for an outside rater, to whom the expectations are
    closed. No query where none of the answers is to this question."""
    asked = [answer for answer in answers if answer.question.key == QUESTION]
    if is_outside or not asked:
        return {}
    organisation = asked[0].response.assessment.organisation_id
    told = told_vendors(organisation, {answer.response.assessment.vendor_id for answer in asked}, today)
    found = ((answer.pk, told.get(answer.response.assessment.vendor_id)) for answer in asked)
    return {pk: one for pk, one in found if one is not None}
