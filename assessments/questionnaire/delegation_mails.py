"""The mail to whom a question was handed."""

from __future__ import annotations

from django.urls import reverse

from accounts import mail
from assessments.models import Delegation
from assessments.preferences import tell


def tell_delegate(delegation: Delegation) -> bool:
    """Whether the mail went out, or none was wished."""
    assessment = delegation.answer.response.assessment
    context = {
        "delegation": delegation,
        "assessment": assessment,
        "question": delegation.answer.question,
        "who": delegation.delegated_by,
        "due_on": delegation.answer.response.due_on or assessment.due_on,
        "url": mail.page_address(reverse("delegation_detail", args=[delegation.pk]), assessment.organisation),
    }
    return tell(
        delegation.delegate, "assessments/questionnaire/email/delegation", context, asker=delegation.delegated_by
    )
