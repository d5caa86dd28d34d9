"""What follows from what a directory says: a member comes, gets another role, or may not come in any more."""

from __future__ import annotations

from collections.abc import Iterable

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.members import changes, invitations
from accounts.members.group_roles import role_of
from accounts.models import Invitation, MailDomain, Membership, ProvisionedGroup, ProvisionedPerson, User
from accounts.trail import audit
from groundwork.refusals import Refusal


class DirectoryError(Refusal):
    """The directory says something that cannot be: its text is for whoever looks after the directory."""


def settle(person: ProvisionedPerson, actor: Membership) -> None:
    """Make the membership what the directory says, within the transaction that wrote the person or their groups. Who is
    inactive there, or has no group with a role, is no member; nobody else is touched.

    Raises DirectoryError for an address outside the organisation’s confirmed mail domains, MembershipError where the
    last administrator would go."""
    groups = dict(person.groups.exclude(role="").values_list("name", "role")) if person.is_active else {}
    role = role_of(groups, groups)
    member = person.membership
    if not role:
        if member is not None and member.is_active:
            changes.shut_out(actor, member)
        return
    _check_address(person)
    if member is None:
        member = _joined(person, role, actor)
        person.membership, person.user = member, member.user
        person.save(update_fields=["membership", "user"])
    changes.change_by_directory(actor, member, role=role)
    _keep_name(person, member.user, actor)


def settle_all(people: Iterable[ProvisionedPerson], actor: Membership) -> None:
    for person in people:
        row = ProvisionedPerson.objects.select_related("membership__user", "organisation").get(pk=person.pk)
        settle(row, actor)


def give_role(actor: Membership, group: ProvisionedGroup, role: str) -> None:
    """An administrator says what the people of a group are here; empty: nothing."""
    with transaction.atomic():
        changes.lock_organisation(actor.organisation_id)
        row = ProvisionedGroup.objects.get(pk=group.pk, organisation=actor.organisation_id)
        before, row.role = {"role": row.role}, role
        if before["role"] == role:
            return
        row.save(update_fields=["role", "changed_at"])
        audit.record(actor.user, "directory.role_given", row, before=before, after={"role": role})
        settle_all(row.people.all(), actor)


def _check_address(person: ProvisionedPerson) -> None:
    try:
        validate_email(person.email)
    except ValidationError as error:
        raise DirectoryError(_("A person who is let in needs an e-mail address: as userName or in emails.")) from error
    domain = person.email.rpartition("@")[2].lower()
    domains = MailDomain.objects.confirmed().filter(organisation=person.organisation_id)
    if not domains.filter(domain__iexact=domain).exists():
        raise DirectoryError(
            _("“%(domain)s” is no confirmed mail domain of the organisation: add it on the page “Sign-in”.")
            % {"domain": domain}
        )


def _joined(person: ProvisionedPerson, role: str, actor: Membership) -> Membership:
    """A member with that address; who is one already is taken over as they are. An account that opens something else
    joins by an invitation only, as at the sign-in of the organisation. Raises DirectoryError."""
    user = User.objects.filter(email__iexact=person.email).first()
    if user is None:
        user = User.objects.create_user(person.email, name=_name(person), language=_language(person))
        audit.record(actor.user, "user.added", user, after={"email": user.email, "name": user.name})
    found = Membership.everybody.filter(user=user, organisation=person.organisation_id).first()
    if found is not None:
        if found.is_service or ProvisionedPerson.objects.filter(membership=found).exists():
            raise DirectoryError(_("Another one of the directory has this address: send one that is theirs alone."))
        return found
    return _invited(person, user) if _opens_others(user, person.organisation_id) else _added(person, user, role, actor)


def _added(person: ProvisionedPerson, user: User, role: str, actor: Membership) -> Membership:
    member = Membership.objects.create(user=user, organisation=person.organisation, role=role, role_is_new=True)
    audit.record(actor.user, "member.added", member, after={"role": role})
    return member


def _invited(person: ProvisionedPerson, user: User) -> Membership:
    now = timezone.now()
    rows = Invitation.objects.filter(organisation=person.organisation_id, email__iexact=person.email)
    invitation = rows.open(now).select_related("organisation").order_by("-invited_at").first()
    if invitation is None:
        raise DirectoryError(
            _("There is an account with this address already, which opens something else: invite the person first.")
        )
    return invitations.join(invitation, user, now=now)


def _opens_others(user: User, organisation_id: int) -> bool:
    """Whether the account opens another organisation too, or the administration of the installation: what belongs to
    all of them is not one directory’s to say."""
    others = Membership.everybody.filter(user=user).exclude(organisation=organisation_id)
    return user.is_staff or user.is_superuser or user.made_by_id is not None or others.exists()


def _keep_name(person: ProvisionedPerson, user: User, actor: Membership) -> None:
    """The name follows the directory, where the account is this organisation’s alone: elsewhere, answers stand under
    it. The language is the person’s own choice after the first day."""
    name = _name(person)
    if name and name != user.name and not _opens_others(user, actor.organisation_id):
        before, user.name = {"name": user.name}, name
        user.save(update_fields=["name"])
        audit.record(actor.user, "user.changed", user, before=before, after={"name": name})


def _name(person: ProvisionedPerson) -> str:
    said = person.attributes
    parts = said.get("name") or {}
    whole = " ".join(filter(None, (parts.get("givenName"), parts.get("familyName"))))
    return str(said.get("displayName") or parts.get("formatted") or whole or "")[:120]


def _language(person: ProvisionedPerson) -> str:
    """Of a tag such as “fr-BE” the language, where the product speaks it; else the organisation’s."""
    said = str(person.attributes.get("preferredLanguage") or "").split("-")[0].split("_")[0].lower()
    return said if said in dict(settings.LANGUAGES) else person.organisation.language
