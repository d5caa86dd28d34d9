"""What whoever makes a commitment, changes it or takes it a step further has to say, without a page around it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from django.core.exceptions import PermissionDenied
from django.forms import model_to_dict
from django.http import QueryDict
from django.utils import timezone

from accounts.models import Membership
from assessments.commitments import deeds, transitions
from assessments.commitments.deeds import Deed, StepPage
from assessments.commitments.forms import FIELDS, LONGEST, CommitmentForm, EditForm, StepForm, standing_as
from assessments.commitments.measured import judgement_for
from assessments.commitments.origin import origin_of
from assessments.commitments.rows import CommitmentRow, rows_of
from assessments.commitments.steps import next_steps
from assessments.models import Commitment
from manifesto.models import Release
from vendors.models import Vendor

__all__ = ["LONGEST", "CommitmentRow", "standing_as"]  # of forms and rows, to whoever has no page


class StepName(StrEnum):
    AGREE = "agree"
    PROGRESS = "progress"
    REPORT = "report"
    RETURN = "return"
    KEEP = "keep"
    MISS = "miss"
    WITHDRAW = "withdraw"


STEPS: Mapping[StepName, StepPage] = {
    StepName.AGREE: deeds.AGREE,
    StepName.PROGRESS: deeds.PROGRESS,
    StepName.REPORT: deeds.REPORT,
    StepName.RETURN: deeds.RETURN,
    StepName.KEEP: deeds.KEEP,
    StepName.MISS: deeds.MISS,
    StepName.WITHDRAW: deeds.WITHDRAW,
}


def to_propose(
    member: Membership, vendor: Vendor, made_from: Mapping[str, str], said: Mapping[str, Any], today: date
) -> CommitmentForm:
    """The form of a new one, filled. `made_from`: as the address of the page names it. Http404 for what is not there,
    or not of this vendor."""
    asked = QueryDict(mutable=True)
    asked.update(made_from)
    origin = origin_of(member, vendor, asked)
    instance = Commitment(**origin.what_it_is)
    return CommitmentForm(said, instance=instance, member=member, release=origin.release, today=today)


def to_change(member: Membership, stored: Commitment, said: Any, today: date) -> EditForm:
    """`stored`: read for this form alone, which writes into it. `said`: None to show what stands there."""
    release = stored.assessment.release if stored.assessment else Release.objects.current()
    initial = {"version": stored.version}
    return EditForm(said, instance=stored, member=member, release=release, today=today, initial=initial)


def as_it_stands(stored: Commitment) -> dict[str, Any]:
    """What its form holds."""
    return model_to_dict(stored, fields=FIELDS)


@dataclass(frozen=True, kw_only=True)
class Taken:
    """`form`: with its errors, where nothing was done."""

    form: StepForm
    is_done: bool


def take_step(
    member: Membership, commitment: Commitment, name: StepName, said: Mapping[str, Any], now: datetime
) -> Taken:
    """Do it, with what its page asks. PermissionDenied for whoever may not, NotPossible where it cannot be done now."""
    if not transitions.may_change(member, commitment):
        raise PermissionDenied
    page = STEPS[name]
    asked = judgement_for(member, commitment, timezone.localdate(now)) if page.asks_the_measure else None
    form = page.form(said, commitment, asked)
    if not form.is_valid():
        return Taken(form=form, is_done=False)
    page.act(Deed(member=member, commitment=commitment, form=form, now=now, judgement=asked))
    return Taken(form=form, is_done=True)


def next_words(member: Membership, commitment: Commitment, today: date) -> str:
    """Whose turn it is, in a sentence."""
    return next_steps(member, commitment, today).sentence


def in_rows(commitments: list[Commitment], today: date) -> list[CommitmentRow]:
    """With what their rules and questions are called; two queries."""
    return rows_of(commitments, today)
