"""Mails to raters and to those who are lent a question: each in the receiver's language, after the change is kept.

Whoever wishes no single mails gets none. One that the mail server refuses is noted, so that the page offers it again.
"""

from __future__ import annotations

from collections.abc import Iterable

import structlog
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone, translation

from accounts import invitations, mail
from accounts.models import Membership
from assessments.models import Response
from assessments.preferences import wants_mail
from assessments.raters.asking import Asked
from manifesto.models import RULE_KEYS, Rule

log = structlog.get_logger(__name__)


def tell(member: Membership, asked: Iterable[Asked], *, again: bool = False) -> list[str]:
    """Ask each of them by mail in the name of `member`; `again`: a reminder. Returns whom no mail could be sent to."""
    return [str(one.response.rater or one.response.invitation) for one in asked if not _told(member, one, again=again)]


def _told(member: Membership, asked: Asked, *, again: bool) -> bool:
    response = asked.response
    if response.rater is not None and not wants_mail(response.rater):
        return True
    try:
        _send(member, asked, again=again)
    except OSError as error:
        log.error("rater_not_mailed", response=response.pk, error=str(error))
        Response.objects.filter(pk=response.pk).update(failed_at=timezone.now())
        return False
    if response.failed_at is not None:
        Response.objects.filter(pk=response.pk).update(failed_at=None)
    return True


def _send(member: Membership, asked: Asked, *, again: bool) -> None:
    context = _context(member, asked.response, again=again)
    if asked.token and asked.response.invitation is not None:
        invitation = asked.response.invitation
        with translation.override(invitation.language):
            further = render_to_string("assessments/raters/email/rater_further.txt", context).strip()
        invitations.send(invitation, asked.token, further=further)
    elif asked.response.rater is not None:
        receiver = asked.response.rater
        mail.send("assessments/raters/email/rater", receiver.email, language=receiver.language, context=context)


def _context(member: Membership, response: Response, *, again: bool) -> dict[str, object]:
    rules = list(Rule.objects.filter(questions__answers__response=response).distinct().order_by("position"))
    assessment = response.assessment
    return {
        "response": response,
        "assessment": assessment,
        "vendor": assessment.vendor,
        "who": member.user,
        "rules": rules if len(rules) < len(RULE_KEYS) else [],
        "due_on": response.due_on or assessment.due_on,
        "again": again,
        "url": mail.address(reverse("assessment_detail", args=[assessment.pk]), assessment.organisation),
    }
