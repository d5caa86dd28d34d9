"""Who is asked to rate: inviting, withdrawing, reminding. Whoever has read others' answers may be asked as well: that
they did not judge alone is marked when they hand in (assessments/independence.py). Reading is in table.py.

Mails are sent by whoever calls, once the change is committed (rater_mails.py): a mail server that refuses it loses
nothing.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.access import Right
from accounts.members import invitations
from accounts.members.changes import MembershipError
from accounts.members.purposes import Purpose
from accounts.models import Department, Invitation, Membership, Role, User
from accounts.trail import audit
from assessments.lifecycle.transitions import IllegalTransition, lay_out, lock_with_right, require
from assessments.models import Assessment, AssessmentState, Delegation, Response
from assessments.preferences import wants_mail
from manifesto.models import RULE_KEYS, Rule

COLLECTING = {AssessmentState.COLLECTING}


@dataclass(frozen=True, kw_only=True)
class AskedRater:
    """Somebody who is to rate. `token`: of the invitation that takes them in; empty for a member."""

    response: Response
    token: str = ""


def invite(
    member: Membership,
    assessment: Assessment,
    people: Sequence[Membership],
    *,
    rules: Collection[str] = (),
    due_on: date | None = None,
    note: str = "",
    department: Department | None = None,
) -> tuple[AskedRater, ...]:
    """Each of these members gets a questionnaire of their own, all of them or none. `rules`: keys; none: all seven.
    `department`: whose voice an outside rater among them is; all others speak for their own.

    Raises IllegalTransition where one of them is no active member, or is asked already.
    """
    with transaction.atomic():
        row = lock_with_right(member, assessment, Right.ASSESS, COLLECTING)
        asked = []
        for person in people:
            _check_may_rate(row, person)
            voice = department or person.department if person.is_outside else person.department
            asked.append(_ask(member, row, rules=rules, rater=person.user, department=voice, due_on=due_on, note=note))
    return tuple(AskedRater(response=response) for response in asked)


def invite_address(
    member: Membership,
    assessment: Assessment,
    email: str,
    *,
    department: Department | None = None,
    language: str,
    rules: Collection[str] = (),
    due_on: date | None = None,
    note: str = "",
    now: datetime | None = None,
) -> AskedRater:
    """Whoever holds this address becomes an outside rater by an invitation, which stays open at least until the answers
    are due; only an administrator lets them read more.

    A member's address is simply that member; an invitation that waits already is renewed and serves this too, with
    the role that it names.
    """
    email = email.strip().lower()
    wanted: dict[str, Any] = {"rules": rules, "due_on": due_on, "note": note}
    if department is not None and department.organisation_id != member.organisation_id:
        raise PermissionDenied
    for _attempt in range(2):
        person = _member_of(member, email)
        if person is not None:
            return invite(member, assessment, [person], department=department, **wanted)[0]
        try:
            with transaction.atomic():
                # The invitation before the assessment, as in joining: two transactions never wait for each other.
                require(member, Right.ASSESS)
                until = due_on or Assessment.objects.for_member(member).get(pk=assessment.pk).due_on
                terms: dict[str, Any] = {"department": department, "language": language, "until": until}
                invitation, token = _invitation(member, email, **terms, now=now or timezone.now())
                row = lock_with_right(member, assessment, Right.ASSESS, COLLECTING)
                asked = Response.objects.filter(assessment=row, rater=None, invitation__email__iexact=email)
                _check_not_asked(asked.first(), email)
                response = _ask(member, row, invitation=invitation, department=department, **wanted)
            return AskedRater(response=response, token=token)
        except MembershipError as refused:  # somebody invited, or the person joined, in between: look once more
            error = refused
    raise IllegalTransition(str(error))


def withdraw(member: Membership, response: Response, *, now: datetime | None = None) -> Response:
    """The rater is no longer asked. What they wrote is kept, read by nobody else and not counted."""
    with transaction.atomic():
        fresh = _lock_response(member, response)
        if fresh.submitted_at is not None:
            raise IllegalTransition(_("%(name)s has handed in: these answers count and stay.") % {"name": _name(fresh)})
        if fresh.withdrawn_at is None:
            fresh.withdrawn_at = now or timezone.now()
            fresh.save(update_fields=["withdrawn_at"])
            Delegation.objects.open().filter(answer__response=fresh).update(taken_back_at=fresh.withdrawn_at)
            audit.record(member.user, "rater.withdrawn", fresh)
    return fresh


def ask_again(member: Membership, response: Response) -> Response:
    """A rater who was withdrawn is asked again, with what they had written."""
    with transaction.atomic():
        fresh = _lock_response(member, response)
        if fresh.withdrawn_at is None:
            raise IllegalTransition(_("%(name)s is asked already.") % {"name": _name(fresh)})
        if fresh.rater is not None:
            person = Membership.objects.for_member(member).filter(user=fresh.rater).select_related("user").first()
            _check_active(fresh.assessment, fresh.rater, person)
        fresh.withdrawn_at = None
        fresh.save(update_fields=["withdrawn_at"])
        audit.record(member.user, "rater.asked_again", fresh)
    return fresh


def reschedule_rater(member: Membership, response: Response, *, due_on: date | None) -> Response:
    """Another due date for this rater alone; None: that of the assessment."""
    with transaction.atomic():
        fresh = _lock_response(member, response)
        before, fresh.due_on = fresh.due_on, due_on
        if before != due_on:
            fresh.save(update_fields=["due_on"])
            audit.record(member.user, "rater.changed", fresh, before={"due_on": before}, after={"due_on": due_on})
    keep_invitations_open(member, fresh.assessment)
    return fresh


def keep_invitations_open(member: Membership, assessment: Assessment) -> None:
    """No invitation ends before the answers are due that its holder is asked for. Not while the assessment is held:
    whoever joins holds the invitation first."""
    waiting = Response.objects.of_customer().outstanding().filter(assessment=assessment, rater=None)
    for response in waiting.exclude(invitation=None).select_related("invitation").order_by("pk"):
        due_on = response.due_on or assessment.due_on
        if response.invitation is not None and due_on is not None:
            invitations.keep_open(member, [response.invitation], until=due_on)


def remind_now(member: Membership, response: Response, *, now: datetime | None = None) -> AskedRater:
    """Note that this rater is reminded, at most once a day; the mail goes out afterwards. One that the mail server
    refused does not count. Whoever is no member yet gets a new link, because the earlier one is not kept."""
    now = now or timezone.now()
    with transaction.atomic():
        invitation, token = _renewed(member, response, now)
        fresh = _lock_response(member, response)
        if not fresh.is_outstanding:
            raise IllegalTransition(_("Nothing is expected of %(name)s any more.") % {"name": _name(fresh)})
        if fresh.rater is not None and not wants_mail(fresh.rater):
            raise IllegalTransition(
                _("%(name)s wishes no single mails, and finds this under “My work”: talk to each other.")
                % {"name": _name(fresh)}
            )
        last = fresh.reminded_at if fresh.failed_at is None else None
        if last is not None and timezone.localdate(last) == timezone.localdate(now):
            raise IllegalTransition(_("%(name)s was reminded today already.") % {"name": _name(fresh)})
        fresh.reminded_at = now
        fresh.save(update_fields=["reminded_at"])
        audit.record(member.user, "rater.reminded", fresh)
        fresh.invitation = invitation or fresh.invitation
    return AskedRater(response=fresh, token=token)


def rate_myself(member: Membership, assessment: Assessment) -> Response:
    """The member takes part as a rater too."""
    own = Response.objects.for_member(member).filter(assessment=assessment, rater=member.user).first()
    if own is not None and own.withdrawn_at is not None:
        return ask_again(member, own)
    return invite(member, assessment, [member])[0].response


def rate_not(member: Membership, assessment: Assessment) -> Response:
    """The member leaves the rating to others."""
    own = Response.objects.of_rater(member.user).filter(assessment=assessment).first()
    if own is None:
        raise IllegalTransition(_("You are not asked to rate this assessment."))
    return withdraw(member, own)


def take_in(invitation: Invitation, member: Membership, **_signal: Any) -> None:
    """Whoever has just joined gets the questionnaires that wait for their address; called within joining."""
    waiting = Response.objects.of_customer().filter(rater=None, invitation__organisation=member.organisation_id)
    waiting = waiting.filter(invitation__email__iexact=member.user.email)
    rows = Assessment.objects.filter(pk__in=waiting.values("assessment")).order_by("pk")
    for row in rows.select_for_update(no_key=True):
        response = waiting.filter(assessment=row).order_by("pk").first()
        if response is None:
            continue
        if Response.objects.filter(assessment=row, rater=member.user).exists():
            # Asked twice: as the member whom somebody else made of them meanwhile, and by the address.
            response.withdrawn_at = timezone.now()
            response.save(update_fields=["withdrawn_at"])
            audit.record(None, "rater.withdrawn", response)
            continue
        response.rater = member.user  # for the department that was chosen when they were asked, or for none
        response.save(update_fields=["rater"])
        audit.record(member.user, "rater.joined", response)


def purpose_of(invitation: Invitation) -> Iterator[Purpose]:
    """Which vendors whoever is invited is asked to rate; one query."""
    waiting = Response.objects.of_customer().filter(invitation=invitation, rater=None, withdrawn_at=None)
    for response in waiting.select_related("assessment__vendor").order_by("pk"):
        yield Purpose(label=gettext("Vendor"), value=str(response.assessment.vendor))


# Checks ----------------------------------------------------------------------------------------------------------
def _check_may_rate(row: Assessment, person: Membership) -> None:
    if person.is_service:
        raise IllegalTransition(_("A judgement is a person’s: a service is not asked to rate."))
    theirs = Response.objects.filter(assessment=row, rater=person.user_id).first()
    _check_not_asked(theirs, str(person.user))
    _check_active(row, person.user, person)


def _check_not_asked(response: Response | None, name: str) -> None:
    if response is None:
        return
    if response.withdrawn_at is not None:
        raise IllegalTransition(_("%(name)s was asked before: choose “Ask again” in the table.") % {"name": name})
    raise IllegalTransition(_("%(name)s is asked already.") % {"name": name})


def _check_active(row: Assessment, user: User, person: Membership | None) -> None:
    ours = Membership.objects.active().filter(organisation=row.organisation_id, user__is_active=True)
    if person is None or not ours.filter(pk=person.pk).exists():
        raise IllegalTransition(
            _("%(name)s is not an active member of your organisation: choose somebody else.") % {"name": user}
        )


# Parts -----------------------------------------------------------------------------------------------------------
def _ask(member: Membership, row: Assessment, *, rules: Collection[str], **fields: Any) -> Response:
    asked = Rule.objects.filter(release=row.release_id, key__in=rules or RULE_KEYS).order_by("position")
    positions = list(asked.values_list("position", flat=True))
    if not positions:
        raise IllegalTransition(_("Choose at least one rule."))
    response = lay_out(row, rules=rules, invited_by=member.user, **fields)
    after: dict[str, object] = {"department": fields["department"] and fields["department"].name}
    after |= {"due_on": fields["due_on"], "note": fields["note"]}
    if len(positions) < len(RULE_KEYS):
        after["rules"] = " · ".join(map(str, positions))
    after = {key: value for key, value in after.items() if value}
    audit.record(member.user, "rater.invited", response, after=after)
    return response


def _member_of(member: Membership, email: str) -> Membership | None:
    rows = Membership.objects.for_member(member).filter(user__email__iexact=email)
    return rows.select_related("user", "department").first()


def _invitation(
    member: Membership, email: str, *, department: Department | None, language: str, until: date | None, now: datetime
) -> tuple[Invitation, str]:
    """The invitation that waits for this address, with a new token, or a new one. Raises MembershipError."""
    pending = Invitation.objects.for_member(member).pending().filter(email__iexact=email).first()
    if pending is not None:
        return invitations.renew(member, pending, until=until, now=now)
    return invitations.invite(
        member.user,
        member.organisation,
        email=email,
        role=Role.RATER,
        department=department,
        language=language,
        until=until,
        now=now,
    )


def _renewed(member: Membership, response: Response, now: datetime) -> tuple[Invitation | None, str]:
    """For a rater who is no member yet, the invitation with a new token."""
    fresh = Response.objects.for_member(member).select_related("invitation", "assessment").get(pk=response.pk)
    if fresh.rater_id is not None or fresh.invitation is None:
        return None, ""
    try:
        return invitations.renew(member, fresh.invitation, until=fresh.due_on or fresh.assessment.due_on, now=now)
    except MembershipError as refused:
        raise IllegalTransition(
            _("The invitation of %(name)s was withdrawn: withdraw the rater here, and invite the address anew.")
            % {"name": fresh.invitation.email}
        ) from refused


def _lock_response(member: Membership, response: Response) -> Response:
    """A rater's response, fresh, with its assessment held. Raises DoesNotExist for another organisation's."""
    row = lock_with_right(member, response.assessment, Right.ASSESS, COLLECTING)
    rows = Response.objects.filter(kind="customer", assessment=row).select_related("rater", "invitation")
    fresh = rows.get(pk=response.pk)
    fresh.assessment = row
    return fresh


def _name(response: Response) -> str:
    return str(response.rater or response.invitation or "")
