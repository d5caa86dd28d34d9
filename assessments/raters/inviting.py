"""Asking all whom a form names, or nobody."""

from __future__ import annotations

from django.db import transaction

from accounts.models import Membership
from assessments.models import Assessment
from assessments.raters import asking
from assessments.raters.asking import AskedRater
from assessments.raters.forms import RaterForm


def invited_by_form(member: Membership, assessment: Assessment, form: RaterForm) -> list[AskedRater]:
    """The address before the colleagues, all or none: an invitation is held before its assessment, as in joining.
    `form`: valid."""
    asked: list[AskedRater] = []
    with transaction.atomic():
        if form.cleaned_data["email"]:
            invited = asking.invite_address(
                member,
                assessment,
                form.cleaned_data["email"],
                department=form.voice,
                language=form.cleaned_data["language"] or member.organisation.language,
                **form.terms,
            )
            asked.append(invited)
        people = list(form.cleaned_data["people"].select_related("user", "department"))
        asked.extend(asking.invite(member, assessment, people, **form.terms))
    return asked
