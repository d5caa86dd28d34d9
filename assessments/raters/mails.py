"""Mails to raters and to those who are lent a question: each in the receiver's language, after the change is kept.

Whoever wishes no single mails gets none. One that the mail server refuses is noted, so that the page offers it again.
"""

from __future__ import annotations

from collections.abc import Iterable

from django.urls import reverse
from django.utils import timezone, translation

from accounts import mail
from accounts.members import invitations
from accounts.models import Membership, Role
from assessments.lifecycle.effort import effort_of
from assessments.models import Response
from assessments.preferences import tell, within_reach
from assessments.raters.asking import AskedRater
from manifesto.models import RULE_KEYS, Rule


def ask(member: Membership, asked: Iterable[AskedRater], *, again: bool = False) -> list[str]:
    """Ask each of them by mail in the name of `member`; `again`: a reminder. Returns whom no mail could be sent to."""
    return [str(one.response.rater or one.response.invitation) for one in asked if not _asked(member, one, again=again)]


def thank(response: Response) -> bool:
    """Word for an outside rater that their answers have come in, what becomes of them, and whom to ask. One mail each
    time they are handed in. True where it went out, or none was wished."""
    assessment = response.assessment
    if response.rater is None:
        return True
    asker = within_reach(assessment, response.invited_by)
    context = {
        "assessment": assessment,
        "vendor": assessment.vendor,
        "organisation": assessment.organisation,
        "asker": asker,
        "url": mail.page_address(reverse("assessment_detail", args=[assessment.pk]), assessment.organisation),
    }
    return tell(response.rater, "assessments/raters/email/rater_thanks", context, asker=asker)


def _asked(member: Membership, asked: AskedRater, *, again: bool) -> bool:
    response, context = asked.response, _context(member, asked.response, again=again)
    is_sent = True
    if asked.token and response.invitation is not None:
        with translation.override(response.invitation.language):
            further = mail.text_of("assessments/raters/email/_asked", context)
        is_sent = invitations.send(response.invitation, asked.token, further=further, asker=member.user)
    elif response.rater is not None:
        is_sent = tell(response.rater, "assessments/raters/email/rater", context, asker=member.user)
    if response.failed_at is not None or not is_sent:
        Response.objects.filter(pk=response.pk).update(failed_at=None if is_sent else timezone.now())
    return is_sent


def _rates_from_outside(response: Response) -> bool:
    """Whether this person sees nothing but what they are asked; also while they are only invited."""
    if response.rater is None:
        return response.invitation is not None and response.invitation.role == Role.RATER
    rows = Membership.objects.filter(user=response.rater, organisation=response.assessment.organisation_id)
    return rows.filter(role=Role.RATER).exists()


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
        "effort": effort_of(response),
        "again": again,
        "is_outside": _rates_from_outside(response),
        "url": mail.page_address(reverse("assessment_detail", args=[assessment.pk]), assessment.organisation),
    }
