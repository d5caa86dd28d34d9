"""Who is at the meeting: asked when it begins, corrected at any time. Nothing is agreed before it is said."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.access import Right
from accounts.models import Membership, User
from accounts.trail import audit
from assessments.lifecycle import transitions
from assessments.lifecycle.transitions import IllegalTransition
from assessments.models import Assessment, AssessmentState, Meeting, Response
from assessments.secrecy import is_rating

RECORDED_IN = frozenset({AssessmentState.COLLECTING, AssessmentState.IN_REVIEW})
STILL_RATING = gettext_lazy(
    "You still rate here yourself. Hand in your own answers first: until then those of the others stay closed to you."
)
NOT_BEGUN = gettext_lazy(
    "No meeting of this day has begun: say at the top of the page who is there, then record what you agree on."
)
NOBODY = gettext_lazy("Tick who is there, or type their names: what is agreed is recorded with those who were present.")


def outstanding(assessment: Assessment) -> list[str]:
    """The names of the raters who have not handed in; nobody is waited for any more once it is submitted."""
    if assessment.state != AssessmentState.COLLECTING:
        return []
    rows = Response.objects.of_customer().outstanding().filter(assessment=assessment)
    return [str(row.rater or row.invitation or "") for row in rows.select_related("rater", "invitation")]


def hold(
    member: Membership,
    assessment: Assessment,
    *,
    held_on: date,
    attendees: Collection[User],
    others: str = "",
    without_outstanding: bool = False,
) -> Meeting:
    """The meeting of this day: begun, or brought up to date, with those who are present; `others`: names, with commas.

    Refused where nobody is; a first meeting while raters are outstanding too, with their names, unless the member says
    so.
    """
    with transaction.atomic():
        row = lock_recordable(member, assessment)
        if not attendees and not others:
            raise IllegalTransition(NOBODY)
        missing = _nobody_is_passed_over(row, knowingly=without_outstanding)
        meeting, is_new = Meeting.objects.get_or_create(
            assessment=row, held_on=held_on, defaults={"created_by": member.user, "others": others}
        )
        before = {} if is_new else _of_meeting(meeting)
        meeting.attendees.set(attendees)
        if meeting.others != others:
            meeting.others = others
            meeting.save(update_fields=["others"])
        after = _of_meeting(meeting)
        if is_new and missing:
            after["without"] = ", ".join(missing)
        if before != after:
            verb = "meeting.held" if is_new else "meeting.changed"
            audit.record(member.user, verb, meeting, before=told(before), after=told(after))
    return meeting


def begun(member: Membership, assessment: Assessment, day: date) -> Meeting:
    """The meeting of this day, to record in. Refused where it has not begun: nobody has said who is present."""
    row = lock_recordable(member, assessment)
    meeting = Meeting.objects.filter(assessment=row, held_on=day).first()
    if meeting is None:
        raise IllegalTransition(NOT_BEGUN)
    return meeting


def _nobody_is_passed_over(assessment: Assessment, *, knowingly: bool) -> list[str]:
    """The names of raters who are outstanding; a first meeting without them is refused unless it is meant so."""
    missing = outstanding(assessment)
    if missing and not knowingly and not Meeting.objects.filter(assessment=assessment).exists():
        raise IllegalTransition(_("These raters have not handed in: %(names)s.") % {"names": ", ".join(missing)})
    return missing


def lock_recordable(member: Membership, assessment: Assessment) -> Assessment:
    """The assessment, held; whoever records must assess, and must have judged already."""
    row = transitions.lock_with_right(member, assessment, Right.ASSESS, set(RECORDED_IN))
    if is_rating(row, member.user):
        raise IllegalTransition(STILL_RATING)
    return row


def _of_meeting(meeting: Meeting) -> dict[str, object]:
    present = ", ".join(sorted(str(user) for user in meeting.attendees.all()))
    return {"held_on": meeting.held_on, "attendees": present, "others": meeting.others}


def told(values: Mapping[str, object]) -> dict[str, object]:
    """What the trail keeps: without “not applicable: no” and other nothings."""
    return {name: value for name, value in values.items() if value is not False and value not in (None, "")}
