"""Invitations: a mailed link that makes the holder of an address a member, once."""

from collections.abc import Iterable
from datetime import date, datetime, timedelta

from django.conf import settings
from django.db import IntegrityError, transaction
from django.dispatch import Signal
from django.utils.translation import gettext as _

from accounts.mailed_links import links as mailed_links
from accounts.mailed_links.links import end_for
from accounts.members.changes import MembershipError, lock_organisation
from accounts.members.roles import duties
from accounts.models import Department, Invitation, Membership, Organisation, User, new_token
from accounts.trail import audit

# Sent inside the joining transaction with `invitation` and `member`: whoever listens writes in the same transaction.
joined = Signal()


RELATED = ("organisation", "department", "invited_by")


def find(token: str) -> Invitation | None:
    return mailed_links.find(Invitation.objects.select_related(*RELATED), token)


def asker_of(invitation: Invitation | None) -> User | None:
    """Whom its holder can write to: whoever invited them, while they are a member there."""
    inviter = invitation.invited_by if invitation else None
    if invitation is None or inviter is None:
        return None
    members = Membership.objects.active().filter(organisation=invitation.organisation_id, user__is_active=True)
    return inviter if members.filter(user=inviter).exists() else None


def invite(
    actor: User,
    organisation: Organisation,
    *,
    email: str,
    role: str,
    department: Department | None,
    language: str,
    until: date | None = None,
    now: datetime,
) -> tuple[Invitation, str]:
    """A new invitation and its token, which is not kept. Refused for a member, or where one is under way.

    `until`: what is asked of the person is due then; it stays open two weeks longer at least."""
    email = email.strip().lower()
    token, hashed = new_token()
    with transaction.atomic():
        lock_organisation(organisation.pk)
        if Membership.objects.filter(organisation=organisation, user__email__iexact=email).exists():
            raise MembershipError(_("%(email)s is a member of this organisation already.") % {"email": email})
        if Invitation.objects.filter(organisation=organisation, email__iexact=email).pending().exists():
            raise MembershipError(
                _("%(email)s is invited already: send that invitation again instead.") % {"email": email}
            )
        invitation = Invitation.objects.create(
            organisation=organisation,
            email=email,
            role=role,
            department=department,
            language=language,
            token_hash=hashed,
            invited_by=actor,
            expires_at=_end(now, until),
        )
        after = {"email": email, "role": role, "department": department and department.name, "language": language}
        audit.record(actor, "invitation.sent", invitation, after=after)
    return invitation, token


def renew(
    actor: Membership, invitation: Invitation, *, until: date | None = None, now: datetime
) -> tuple[Invitation, str]:
    """Another token and term for an invitation that waits; the earlier link is dead from here on. The term is never
    shorter than it was: whoever sends it again need not know what is due when."""
    with transaction.atomic():
        row = _lock_pending(actor, invitation)
        told, end = ("expires_at",), max(_end(now, until), row.expires_at)
        token = mailed_links.renew(row, "invitation.resent", by=actor.user, expires_at=end, told=told)
    return row, token


def keep_open(actor: Membership, invitations: Iterable[Invitation], *, until: date) -> None:
    """Those of these that wait stay open two weeks after this day at least, with the link that was mailed."""
    with transaction.atomic():
        rows = Invitation.objects.for_member(actor).pending().filter(expires_at__lt=end_for(until))
        rows = rows.filter(pk__in=[invitation.pk for invitation in invitations])
        for row in rows.select_for_update().order_by("pk"):
            before, row.expires_at = {"expires_at": row.expires_at}, end_for(until)
            row.save(update_fields=["expires_at"])
            audit.record(actor.user, "invitation.extended", row, before=before, after={"expires_at": row.expires_at})


def revoke(actor: Membership, invitation: Invitation, *, now: datetime) -> Invitation:
    with transaction.atomic():
        row = _lock_pending(actor, invitation)
        mailed_links.revoke(row, "invitation.revoked", by=actor.user, now=now)
    return row


def join(invitation: Invitation, user: User, *, now: datetime) -> Membership:
    """Make the invited user a member. Refused for anybody else, a second time, or a member shut out since."""
    if user.email.lower() != invitation.email.lower():
        raise MembershipError(_("This invitation is for another e-mail address than yours."))
    with transaction.atomic():
        if not mailed_links.use(invitation, now=now):
            raise MembershipError(_("This invitation is no longer open."))
        member, made = Membership.objects.get_or_create(
            user=user,
            organisation=invitation.organisation,
            defaults={"role": invitation.role, "department": invitation.department, "role_is_new": True},
        )
        if not made and not member.is_active:
            raise MembershipError(_("Your membership was closed: an administrator of the organisation can reopen it."))
        if made:
            after = {"role": member.role, "department": invitation.department and invitation.department.name}
            audit.record(user, "member.joined", member, after=after)
        joined.send(sender=Invitation, invitation=invitation, member=member)
    return member


def create_account(invitation: Invitation, *, name: str, password: str, language: str, now: datetime) -> Membership:
    """A new user, whose address the mailed link proves, with the membership; raises MembershipError as `join` does."""
    with transaction.atomic():
        try:
            with transaction.atomic():
                user = User.objects.create_user(invitation.email, password, name=name, language=language)
        except IntegrityError as twice:  # two forms of one invitation at once: the other was first
            raise MembershipError(_("This invitation is no longer open.")) from twice
        return join(invitation, user, now=now)


def send(invitation: Invitation, token: str, *, further: str = "", asker: User | None = None) -> bool:
    """Mail the link, with a further paragraph in the language of the invitation where there is one. `asker`: whom an
    answer reaches; without one, whoever invited.

    False where the mail server does not take it: the invitation stays, to send again.
    """
    asker = asker or invitation.invited_by
    context = {
        "invitation": invitation,
        "organisation": invitation.organisation,
        "inviter": invitation.invited_by,
        "duties": lambda: duties(invitation.role, invitation.organisation),  # in the language of the mail
        "asker": asker,
        "further": further,
        "url": mailed_links.address("invitation_accept", token),
    }
    return mailed_links.send(invitation, "accounts/members/email/invitation", context=context, asker=asker)


def _end(now: datetime, until: date | None) -> datetime:
    end = now + timedelta(days=settings.INVITATION_DAYS)
    return end if until is None else max(end, end_for(until))


def _lock_pending(actor: Membership, invitation: Invitation) -> Invitation:
    rows = Invitation.objects.for_member(actor).pending().select_for_update(of=("self",))
    row = rows.select_related("organisation", "invited_by").filter(pk=invitation.pk).first()
    if row is None:
        raise MembershipError(_("This invitation is no longer open."))
    return row
