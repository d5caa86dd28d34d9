"""Members of an organisation: their role, department and whether they may still come in."""

from django.db import transaction
from django.utils.translation import gettext as _

from accounts import own_sign_in
from accounts.models import Department, Membership, Organisation, Role, User
from accounts.trail import audit
from groundwork.refusals import Refusal

PROFILE = ("name", "language")


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
        loses_admin = row.is_active and row.role == Role.ADMIN and not (is_active and role == Role.ADMIN)
        if loses_admin and not _other_admins(row):
            raise MembershipError(_("This is the last active administrator: make somebody else one first."))
        if loses_admin and is_last_way_in(row):
            raise MembershipError(
                _("This account is the way in if the sign-in of the organisation fails: name another first.")
            )
        before = _state(row)
        row.role, row.department, row.is_active = role, department, is_active
        after = _state(row)
        if after != before:
            row.role_is_new = row.role_is_new or before["role"] != role
            row.save(update_fields=["role", "department", "is_active", "role_is_new"])
            audit.record(actor.user, "member.changed", row, before=before, after=after)
    return row


@transaction.atomic
def take_role(member: Membership, role: str) -> bool:
    """Give a member the role that their organisation's own systems say they have; audited, as done by nobody here.

    False where it is refused: the last active administrator stays one, or nobody could put right what those say.
    """
    lock_organisation(member.organisation_id)
    row = Membership.objects.select_related("user", "department").get(pk=member.pk)
    if row.role == role:
        return True
    if row.role == Role.ADMIN and row.is_active and not _other_admins(row):
        return False
    before = _state(row)
    row.role, row.role_is_new = role, True
    row.save(update_fields=["role", "role_is_new"])
    audit.record(None, "member.changed", row, before=before, after=_state(row))
    member.role = role
    return True


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
