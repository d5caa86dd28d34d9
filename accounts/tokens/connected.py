"""The services of an organisation: what works through the API with tokens of its own, such as a ticket tool.

A service is a user without a password and a member that is none of the people. It reads for the person who made it:
what waits for that person's own answers waits for its calls, too. So nobody else makes tokens for it before they have
taken it over, and then what the person before them made ends, unless they have left.
"""

from __future__ import annotations

import uuid
from collections.abc import Collection, Iterator
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Exists, OuterRef
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.absences import Absence
from accounts.api import scopes as known
from accounts.models import SERVICES, ApiToken, Membership, MembershipQuerySet, Organisation, Role, User
from accounts.operations import Scope
from accounts.tokens.making import Made, make, revoke
from accounts.trail import audit
from groundwork.refusals import Refusal


class NotConnected(Refusal):
    """What the rules of services do not allow; its text is for the administrator who asked."""

    def __init__(self, said: str, *, field: str | None = None) -> None:
        super().__init__(said)
        self.field = field


def add(actor: Membership, *, name: str, scopes: Collection[Scope], valid: timedelta, now: datetime) -> Made:
    """A service with its first token; its role is the least that can do all of that. Raises NotConnected."""
    role = _role_for(scopes)
    with transaction.atomic():
        _lock(actor)
        if _of(actor).active().filter(user__name__iexact=name).exists():
            raise NotConnected(_("There is one of this name already: choose another name."), field="name")
        user = User(email=f"{uuid.uuid4().hex}@{SERVICES}", name=name, made_by=actor.user)
        user.language = actor.organisation.language
        user.set_unusable_password()
        user.save(force_insert=True)
        service = Membership(user=user, organisation_id=actor.organisation_id, role=role, is_service=True)
        service.save(force_insert=True)
        audit.record(actor.user, "connection.made", service, after={"role": role})
        return make(service, name=name, scopes=scopes, by=actor.user, now=now, valid=valid)


def add_token(
    actor: Membership, service: Membership, *, name: str, scopes: Collection[Scope], valid: timedelta, now: datetime
) -> Made:
    """One more: what it has stays valid beside it. Its role grows where the scopes ask for more. Raises NotConnected
    for whoever has not made the service or taken it over."""
    with transaction.atomic():
        row = _held(actor, service)
        if row.user.made_by_id != actor.user_id:
            raise NotConnected(_("Take it over first: it reads for whoever makes its tokens."))
        live = ApiToken.objects.filter(member=row).usable(now)
        granted = {Scope(one) for token in live for one in token.scopes}
        before, row.role = row.role, _role_for({*scopes, *granted})
        if row.role != before:
            row.save(update_fields=["role"])
            audit.record(actor.user, "member.changed", row, before={"role": before}, after={"role": row.role})
        return make(row, name=name, scopes=scopes, by=actor.user, now=now, valid=valid)


def take_over(actor: Membership, service: Membership, *, now: datetime) -> Membership:
    """From now on it reads for this administrator. What the person before made ends, unless that person has left: then
    nobody is here who knows it, and the service goes on working. Raises NotConnected."""
    with transaction.atomic():
        row = _held(actor, service)
        maker = row.user.made_by
        if maker is not None and maker.pk == actor.user_id:
            raise NotConnected(_("It is yours already."))
        if Membership.everybody.filter(user=row.user_id).exclude(pk=row.pk).exists():
            raise NotConnected(_("It works for another organisation, too: connect it here anew."))
        for token in _known_to_others(row, actor):
            revoke(token, by=actor.user, now=now)
        User.objects.filter(pk=row.user_id).update(made_by=actor.user)
        before, after = {"reads_for": str(maker or "")}, {"reads_for": str(actor.user)}
        audit.record(actor.user, "connection.taken_over", row, before=before, after=after)
        row.user.made_by = actor.user
    return row


def end(actor: Membership, service: Membership, *, now: datetime) -> None:
    """It opens nothing any more, and its tokens are withdrawn. What it wrote stays. Raises NotConnected."""
    with transaction.atomic():
        row = _held(actor, service)
        for token in ApiToken.objects.filter(member=row, revoked_at=None).select_for_update():
            revoke(token, by=actor.user, now=now)
        Membership.everybody.filter(pk=row.pk).update(is_active=False)
        User.objects.filter(pk=row.user_id).update(is_active=False)
        audit.record(actor.user, "connection.ended", row, before={"is_active": True}, after={"is_active": False})


def of_organisation(member: Membership) -> MembershipQuerySet:
    """Its services, by name; `is_orphaned`: whoever it reads for does not administer this organisation any more."""
    able = Membership.objects.active().filter(
        organisation=OuterRef("organisation"), user=OuterRef("user__made_by"), user__is_active=True, role=Role.ADMIN
    )
    return (
        _of(member).active().select_related("user__made_by").annotate(is_orphaned=~Exists(able)).order_by("user__name")
    )


def absences_of(member: Membership) -> Iterator[Absence]:
    """What they connected and looked after: it goes on working without them, and by tokens that they know."""
    for service in _of(member).active().filter(user__made_by=member.user_id).select_related("user").order_by("pk"):
        part = _("a connected system, whose tokens they know: take it over, and give it new ones")
        yield Absence(label=str(service.user), part=part, url=reverse("api_access"))


def _role_for(scopes: Collection[Scope]) -> str:
    if refused := [scope for scope in scopes if scope in known.NOT_OF_SERVICES]:
        words = _("A judgement is a person’s: a service cannot have “%(scope)s”.")
        raise NotConnected(words % {"scope": known.WORDS[refused[0]]}, field="scopes")
    role = known.least_role(scopes)
    if role is None:
        words = _("No role can do all of that: connect one service for members and groups, and another for the rest.")
        raise NotConnected(words, field="scopes")
    return role


def _held(actor: Membership, service: Membership) -> Membership:
    _lock(actor)
    row = _of(actor).select_related("user__made_by", "organisation").get(pk=service.pk)
    if not row.is_active:
        raise NotConnected(_("It was ended. Connect it anew."))
    return row


def _known_to_others(service: Membership, actor: Membership) -> list[ApiToken]:
    here = Membership.objects.active().filter(organisation=service.organisation_id).exclude(pk=actor.pk)
    mine = ApiToken.objects.filter(member=service, revoked_at=None, made_by__in=here.values("user"))
    return list(mine.select_for_update())


def _of(actor: Membership) -> MembershipQuerySet:
    return Membership.everybody.for_member(actor).services()


def _lock(actor: Membership) -> None:
    """Of two who connect the same tool at once, one comes second."""
    Organisation.objects.select_for_update().get(pk=actor.organisation_id)
