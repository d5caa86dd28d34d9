"""What is at stake in a step that is hard to take back: what is missing, who was not heard, what is not agreed."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from django.utils.translation import gettext as _

from accounts.models import Membership
from assessments.approval import chain, vacancies
from assessments.approval.panel import who_decides
from assessments.consensus import meeting
from assessments.consensus.meeting import Contested
from assessments.independence import let_read
from assessments.models import Answer, Assessment, Response
from assessments.raters.departments import DepartmentHeard
from assessments.raters.table import RaterRow, Raters, raters_of
from assessments.vendor_side import links
from assessments.vendor_side.links import VendorSide
from manifesto.models import Question


@dataclass(frozen=True, kw_only=True)
class Silent:
    """A department that has a say and that nobody speaks for here; `why`: what became of it."""

    name: str
    why: str


@dataclass(frozen=True, kw_only=True)
class Stake:
    """Of an assessment as it would go on now. `contested`: what raters judge differently and have not agreed on; empty
    too where the reader may not know yet (`is_apart`). `vendor`: where it is asked and has not handed in."""

    total: int
    unanswered: int
    is_ungraded: bool
    outstanding: tuple[RaterRow, ...]
    counted: int  # raters whose answers go in
    own: RaterRow | None  # of the reader, not handed in: the submission does it
    silent: tuple[Silent, ...]
    contested: tuple[Contested, ...]
    is_apart: bool
    vendor: VendorSide | None

    @property
    def is_complete(self) -> bool:
        return not (self.unanswered or self.outstanding or self.silent or self.contested or self.vendor)


@dataclass(frozen=True, kw_only=True)
class DecidedBy:
    """A level to come: who decides it, and whether anybody can. `name` is empty for the one level of a plain chain."""

    name: str
    who: str
    is_vacant: bool


@dataclass(frozen=True, kw_only=True)
class Deciders:
    """Who decides after the submission; `administrators`: who can change that where somebody is missing."""

    steps: tuple[DecidedBy, ...]
    administrators: tuple[str, ...]

    @property
    def is_vacant(self) -> bool:
        return any(step.is_vacant for step in self.steps)


def of_submission(assessment: Assessment, member: Membership) -> Stake:
    """If the member submits it now: their own answers, where there are any, go in with it."""
    raters = raters_of(assessment)
    own = raters.own(member.user)
    goes_in = own if own is not None and own.is_outstanding and own.answered else None
    return _stake(assessment, member, raters, goes_in)


def of_decision(assessment: Assessment, member: Membership) -> Stake:
    """What was submitted, for whoever decides on it."""
    return _stake(assessment, member, raters_of(assessment), None)


def deciders_after(assessment: Assessment, member: Membership) -> Deciders:
    """The levels that it would take if the member submitted it now."""
    vacant = {step.position for step in vacancies.steps_without_deciders(assessment, member.user)}
    return Deciders(
        steps=tuple(
            DecidedBy(name=step.name, who=who_decides(step), is_vacant=step.position in vacant)
            for step in chain.steps_for(assessment)
        ),
        administrators=tuple(str(one.user) for one in vacancies.administrators_of(assessment)) if vacant else (),
    )


def _stake(assessment: Assessment, member: Membership, raters: Raters, goes_in: RaterRow | None) -> Stake:
    counted = [*raters.handed_in, *([goes_in] if goes_in else [])]
    is_apart = not let_read(assessment, member.user)
    rows = Answer.objects.filter(response__in=[row.response.pk for row in counted]).counting().answered()
    answered = set(rows.values_list("question", flat=True))
    total = Question.objects.filter(release=assessment.release_id).counting().count()
    contested = () if is_apart else meeting.contested(assessment, member.user)
    return Stake(
        total=total,
        unanswered=total - len(answered),
        is_ungraded=not rows.filter(grade__isnull=False).exists(),
        outstanding=tuple(row for row in raters.outstanding if row.response.rater_id != member.user_id),
        counted=len(counted),
        own=goes_in,
        silent=_silent(raters, [row.response for row in counted]),
        contested=tuple(one for one in contested if one.agreed_on is None),
        is_apart=is_apart,
        vendor=links.awaited(assessment),
    )


def _silent(raters: Raters, counted: Collection[Response]) -> tuple[Silent, ...]:
    speak = {response.department_id for response in counted}
    missing = [one for one in raters.heard.departments if one.id not in speak]
    return tuple(Silent(name=one.name, why=_why(one)) for one in missing)


def _why(department: DepartmentHeard) -> str:
    if department.asked:
        return _("asked, nothing handed in")
    return _("%(reason)s, and nobody of it was asked") % {"reason": department.reason}
