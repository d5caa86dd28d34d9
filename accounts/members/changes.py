"""Members of an organisation: their role, department and whether they may still come in."""

from django.db import transaction
from django.db.models import F
from django.dispatch import Signal
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts import own_sign_in
from accounts.models import ApiToken, Department, Membership, Organisation, Role, User
from accounts.tokens import making
from accounts.trail import audit
from groundwork.refusals import Refusal

PROFILE = ("name", "language")
# Sent with `member` and `by_person`, within the transaction that shut them out: what they alone could open ends there.
shut = Signal()


class MembershipError(Refusal):
    """A change that the rules of membership do not allow; its text is for the person who asked."""


def change(
    actor: Membership, member: Membership, *, role: str, department: Department | None, is_active: bool
) -> Membership:
    """Give a member another role or department, or close or reopen the door; audited.

    Raises MembershipError where members would change their own role, or the organisation lose its last administrator.
    """
    with transaction.atomic():
        lock_organisation(actor.organisation_id)
        row = (
            Membership.objects.for_member(actor).select_related("user", "organisation", "department").get(pk=member.pk)
        )
        if row.pk == actor.pk and (role != row.role or not is_active):
            raise MembershipError(_("Your own role is changed by another administrator."))
        _keep_somebody(row, role=role, is_active=is_active)
        _write(actor.user, row, role=role, department=department, is_active=is_active)
    return row


def shut_out(actor: Membership, member: Membership) -> None:
    """As `change`, by the organisation's directory: they may not come in any more. Within its transaction, which holds
    the organisation. Raises MembershipError for the last administrator."""
    row = Membership.objects.select_related("user", "organisation", "department").get(pk=member.pk)
    _keep_somebody(row, role=row.role, is_active=False)
    _write(actor.user, row, role=row.role, department=row.department, is_active=False)


def change_by_directory(actor: Membership, member: Membership, *, role: str) -> None:
    """As `shut_out`: they may come in, with this role."""
    row = Membership.objects.select_related("user", "organisation", "department").get(pk=member.pk)
    _keep_somebody(row, role=role, is_active=True)
    _write(actor.user, row, role=role, department=row.department, is_active=True)


def _keep_somebody(row: Membership, *, role: str, is_active: bool) -> None:
    """Somebody can always administer the organisation, also where its sign-in, the only way in, fails. Raises
    MembershipError."""
    if not row.is_active or row.role != Role.ADMIN or (is_active and role == Role.ADMIN):
        return
    if not _other_admins(row):
        raise MembershipError(_("This is the last active administrator: make somebody else one first."))
    if is_last_way_in(row):
        raise MembershipError(
            _("This account is the way in if the sign-in of the organisation fails: name another one first.")
        )


def _write(by: User | None, row: Membership, *, role: str, department: Department | None, is_active: bool) -> None:
    before = _state(row)
    row.role, row.department, row.is_active = role, department, is_active
    after = _state(row)
    if after == before:
        return
    row.role_is_new = row.role_is_new or before["role"] != role
    row.save(update_fields=["role", "department", "is_active", "role_is_new"])
    audit.record(by, "member.changed", row, before=before, after=after)
    if by is not None and before["is_active"] and not is_active:
        _end_what_was_theirs(by, row)


def _end_what_was_theirs(by: User, row: Membership) -> None:
    """Sessions and tokens at once; other apps hear of it. What they did, and what they still had to do, stays."""
    end_sessions(row.user)
    now = timezone.now()
    for token in ApiToken.objects.of_person(row).filter(revoked_at=None):
        making.revoke(token, by=by, now=now)
    shut.send(sender=Membership, member=row, by_person=not by.is_service)


def end_sessions(user: User) -> None:
    """Every browser in which they are signed in asks them to sign in again."""
    User.objects.filter(pk=user.pk).update(session_round=F("session_round") + 1)


@transaction.atomic
def take_role(member: Membership, role: str) -> None:
    """Give a member the role that the groups of their organisation's sign-in say they have; audited, as done by nobody
    here. Whoever is the last to administer the organisation stays that: nobody else could put right what groups say."""
    lock_organisation(member.organisation_id)
    row = Membership.objects.select_related("user", "organisation", "department").get(pk=member.pk)
    try:
        _keep_somebody(row, role=role, is_active=True)
    except MembershipError:
        return
    _write(None, row, role=role, department=row.department, is_active=True)
    member.role = role


@transaction.atomic
def add(organisation: Organisation, user: User, *, role: str) -> Membership:
    """A new member without an invitation, because their organisation's own systems say so; audited."""
    member = Membership.objects.create(user=user, organisation=organisation, role=role, role_is_new=True)
    audit.record(None, "member.added", member, after={"role": role, "department": None})
    return member


@transaction.atomic
def change_profile(user: User) -> None:
    """Write the name and the language that `user` was given by themselves; audited: answers stand under this name."""
    before = audit.snapshot(User.objects.select_for_update().get(pk=user.pk), PROFILE)
    after = audit.snapshot(user, PROFILE)
    if after != before:
        user.save(update_fields=PROFILE)
        audit.record(user, "user.changed", user, before=before, after=after)


def put_role_away(member: Membership) -> None:
    """They have read what their role does, and are not told again until it changes."""
    Membership.objects.filter(pk=member.pk).update(role_is_new=False)


def is_last_way_in(member: Membership) -> bool:
    """Whether nobody else could still administer the organisation if its sign-in, by which all others have to come in,
    failed."""
    if not member.is_break_glass or not provider_is_forced(member.organisation):
        return False
    others = Membership.objects.active().filter(organisation=member.organisation_id, is_break_glass=True)
    return not others.filter(role=Role.ADMIN, user__is_active=True).exclude(pk=member.pk).exists()


def provider_is_forced(organisation: Organisation) -> bool:
    provider = own_sign_in.provider_of(organisation)
    return provider is not None and provider.forced_since is not None


def lock_organisation(organisation_id: int) -> Organisation:
    """Lock the organisation until the transaction ends: of two who demote each other, one comes second."""
    return Organisation.objects.select_for_update().get(pk=organisation_id)


def _other_admins(row: Membership) -> bool:
    """Whether somebody else who can sign in administers the organisation."""
    admins = Membership.objects.active().filter(organisation=row.organisation_id, role=Role.ADMIN, user__is_active=True)
    return admins.exclude(pk=row.pk).exists()


def _state(row: Membership) -> dict[str, object]:
    return {"role": row.role, "department": row.department and row.department.name, "is_active": row.is_active}
