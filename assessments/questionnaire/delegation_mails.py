"""The mail to whom a question was handed."""

from __future__ import annotations

import structlog
from django.urls import reverse

from accounts import mail
from assessments.models import Delegation
from assessments.preferences import wants_mail

log = structlog.get_logger(__name__)


def tell_delegate(delegation: Delegation) -> bool:
    """Whether the mail went out, or none was wished."""
    if not wants_mail(delegation.delegate):
        return True
    answer = delegation.answer
    context = {
        "delegation": delegation,
        "assessment": answer.response.assessment,
        "question": answer.question,
        "who": delegation.delegated_by,
        "url": mail.address(
            reverse("delegation_detail", args=[delegation.pk]), answer.response.assessment.organisation
        ),
    }
    receiver = delegation.delegate
    try:
        mail.send(
            "assessments/questionnaire/email/delegation", receiver.email, language=receiver.language, context=context
        )
    except OSError as error:
        log.error("delegation_not_mailed", delegation=delegation.pk, error=str(error))
        return False
    return True
