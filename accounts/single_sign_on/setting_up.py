"""A provider is set, tried, put in use, made the only way in, and put out of use again."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from allauth.socialaccount.models import SocialAccount
from django.db import transaction
from django.utils.translation import gettext as _

from accounts import kept_secrets
from accounts.members.changes import is_last_way_in, lock_organisation
from accounts.models import IdentityProvider, MailDomain, Membership, Role
from accounts.single_sign_on.judging import link_of
from accounts.single_sign_on.reasons import NotLetInError
from accounts.trail import audit
from groundwork.refusals import Refusal

# Who is at the other end: never changed under a sign-in that is in use, and tried anew after each change.
OTHER_END = ("protocol", "issuer", "client_id", "entity_id", "sso_url")
MAPPING = ("email_claim", "name_claim", "groups_claim", "roles", "role_without_group", "adds_members")
FIELDS = ("name", *OTHER_END, "slo_url", "certificates", *MAPPING)
TOLD = tuple(name for name in FIELDS if name != "certificates")
WOULD_ENTER = "would_enter"  # the outcome of a trial; any other is a Reason


class SetUpError(Refusal):
    """A change of the sign-in that cannot be made now; its text is for the administrator."""


def of_organisation(actor: Membership) -> IdentityProvider | None:
    return IdentityProvider.objects.for_member(actor).select_related("organisation").first()


def save(actor: Membership, values: Mapping[str, Any], *, secret: str = "", version: int | None) -> IdentityProvider:
    """Set a provider, or change it. `secret`: a new one, empty keeps the one there is, unless it would go to another
    provider now. `version`: as it was read, None
    where there was none. Raises SetUpError where somebody else changed it meanwhile, or it is in use and would lead to
    another provider."""
    with transaction.atomic():
        lock_organisation(actor.organisation_id)
        row = of_organisation(actor) or IdentityProvider(organisation=actor.organisation)
        if (row.version if row.pk else None) != version:
            raise SetUpError(_("Somebody else changed the sign-in meanwhile: look at it again, then make your change."))
        before = audit.snapshot(row, TOLD) if row.pk else None
        certificates = row.certificates
        _lead_elsewhere(row, values)
        for name, value in values.items():
            setattr(row, name, value)
        if secret:
            row.client_secret = kept_secrets.closed(secret)
        row.version += 1 if row.pk else 0
        row.save()
        after = audit.snapshot(row, TOLD) | ({"client_secret": _("new")} if secret else {})
        if row.certificates != certificates:
            after["certificates"] = _("new")
        audit.record(actor.user, "sign_in.changed" if before else "sign_in.set", row, before=before, after=after)
    return row


def _lead_elsewhere(row: IdentityProvider, values: Mapping[str, Any]) -> None:
    """Before the values are set: where they lead to another provider, what the former one proved and its names for
    people mean nothing any more, and its secret is nobody else's: whoever leads it to a server of their own would read
    it there. Raises SetUpError where it is in use."""
    other_end = [name for name in OTHER_END if name in values and values[name] != getattr(row, name)]
    if row.is_active and other_end:
        raise SetUpError(_("The sign-in is in use: put it out of use before you lead it to another provider."))
    if row.pk and other_end:
        row.last_trial, row.client_secret = None, ""
        SocialAccount.objects.filter(provider=link_of(row)).delete()


def tried(provider: IdentityProvider, outcome: str, claims: Mapping[str, Any], role: str, now: datetime) -> None:
    """Note what came of a trial: only one that would let its administrator in says that the sign-in works."""
    kept = {"at": now.isoformat(), "outcome": outcome, "claims": dict(claims), "role": role}
    IdentityProvider.objects.filter(pk=provider.pk).update(last_trial=kept)


def failed(provider: IdentityProvider, error: NotLetInError, now: datetime) -> None:
    """Note for the administrators what came of the last sign-in that failed."""
    kept = {"at": now.isoformat(), "outcome": str(error.reason), "claims": error.claims, "says": error.detail}
    IdentityProvider.objects.filter(pk=provider.pk).update(last_failure=kept)


def has_worked(provider: IdentityProvider) -> bool:
    trial = provider.last_trial
    return trial is not None and trial["outcome"] == WOULD_ENTER


def put_in_use(actor: Membership) -> None:
    """Raises SetUpError before a trial that worked, or without a confirmed domain."""
    with transaction.atomic():
        row = _locked(actor)
        if not has_worked(row):
            raise SetUpError(_("Try it first: the sign-in can be used once a trial would have let you in."))
        if not MailDomain.objects.for_member(actor).confirmed().exists():
            raise SetUpError(_("None of your mail domains is confirmed yet: nobody could come in."))
        _set(actor, row, "sign_in.put_in_use", is_active=True)


def put_out_of_use(actor: Membership) -> None:
    """Sessions that it opened end with their next page. Refused while it is the only way in."""
    with transaction.atomic():
        row = _locked(actor)
        if row.forced_since is not None:
            raise SetUpError(_("It is the only way in: allow passwords again first."))
        _set(actor, row, "sign_in.put_out_of_use", is_active=False)


def force(actor: Membership, *, now: datetime) -> None:
    """From now on the only way in for members, whose other sessions end with their next page. Raises SetUpError where
    it is not in use, or nobody could administer the organisation if it failed."""
    with transaction.atomic():
        row = _locked(actor)
        if not row.is_active:
            raise SetUpError(_("Put the sign-in in use first."))
        if not any(can_use_a_password(member) for member in ways_in(actor)):
            raise SetUpError(
                _("Name at least one administrator with a password who may come in by it in an emergency.")
            )
        _set(actor, row, "sign_in.forced", forced_since=now)


def allow_others(actor: Membership) -> None:
    with transaction.atomic():
        _set(actor, _locked(actor), "sign_in.not_forced", forced_since=None)


def ways_in(actor: Membership) -> list[Membership]:
    """The administrators who may come in past the sign-in."""
    rows = Membership.objects.for_member(actor).active().filter(is_break_glass=True, role=Role.ADMIN)
    return list(rows.filter(user__is_active=True).select_related("user").order_by("user__name", "user__email"))


def can_use_a_password(member: Membership) -> bool:
    return member.user.has_usable_password()


def set_way_in(actor: Membership, member: Membership, *, may: bool) -> None:
    """Whether a member may come in by password in an emergency. Refused for the last one while nobody else could."""
    with transaction.atomic():
        lock_organisation(actor.organisation_id)
        rows = Membership.objects.for_member(actor).select_related("organisation__identity_provider", "user")
        row = rows.get(pk=member.pk)
        if may and not can_use_a_password(row):
            raise SetUpError(
                _("%(name)s has no password: they choose one first, at “Forgot password”.") % {"name": row.user}
            )
        if not may and is_last_way_in(row):
            raise SetUpError(_("This is the last account for an emergency: name another one first."))
        if row.is_break_glass != may:
            row.is_break_glass = may
            row.save(update_fields=["is_break_glass"])
            before = {"is_break_glass": not may}
            audit.record(actor.user, "member.changed", row, before=before, after={"is_break_glass": may})


def forget_links(actor: Membership) -> int:
    """Who was linked with whom at the provider: each is found by their address again at their next sign-in. How many
    links there were."""
    with transaction.atomic():
        row = _locked(actor)
        count, _of_what = SocialAccount.objects.filter(provider=link_of(row)).delete()
        audit.record(actor.user, "sign_in.links_forgotten", row, after={"links": count})
    return count


def _locked(actor: Membership) -> IdentityProvider:
    lock_organisation(actor.organisation_id)
    row = of_organisation(actor)
    if row is None:
        raise SetUpError(_("Set a provider first."))
    return row


def _set(actor: Membership, row: IdentityProvider, verb: str, **values: Any) -> None:
    before = audit.snapshot(row, values)
    if before == values:
        return
    for name, value in values.items():
        setattr(row, name, value)
    row.version += 1
    row.save(update_fields=[*values, "version", "changed_at"])
    audit.record(actor.user, verb, row, before=before, after=values)
