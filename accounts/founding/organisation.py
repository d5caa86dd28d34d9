"""Founding: the organisation, its first administrator and its first departments, all or nothing."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils.text import slugify
from django.utils.translation import gettext_lazy

from accounts.founding import tokens
from accounts.members import changes, organisations
from accounts.models import Membership, Organisation, Role, User
from accounts.trail import audit
from groundwork.refusals import Refusal


class FoundingError(Refusal):
    """The organisation is not made; its text is for the person who asked."""

    field = "token"


WRONG_TOKEN = gettext_lazy(
    "This is not the first token of this installation, or a newer one has replaced it. Copy the whole of the last one "
    "that was written, or have another one made."
)


@dataclass(frozen=True, kw_only=True)
class FirstDepartment:
    name: str
    is_it: bool
    is_own: bool = False  # the founder works there


@dataclass(frozen=True, kw_only=True)
class Founding:
    """What the first page asks for. `language`: of the organisation; `own_language`: of its administrator's pages."""

    organisation: str
    language: str
    name: str
    email: str
    password: str
    own_language: str
    departments: tuple[FirstDepartment, ...] = ()


@transaction.atomic
def found(token: str, asked: Founding, *, now: datetime) -> Membership:
    """The first administrator. Raises FoundingError where the token is another one, or was used."""
    if not tokens.use(token, now):
        raise FoundingError(str(WRONG_TOKEN))
    organisation = Organisation.objects.create(
        name=asked.organisation, slug=slugify(asked.organisation)[:50] or "organisation", language=asked.language
    )
    user = User.objects.create_user(asked.email, asked.password, name=asked.name, language=asked.own_language)
    audit.record(user, "user.added", user, after={"email": user.email, "name": user.name, "language": user.language})
    after = audit.snapshot(organisation, ("name", "slug", "language"))
    audit.record(user, "organisation.added", organisation, after=after)
    member = Membership.objects.create(organisation=organisation, user=user, role=Role.ADMIN, role_is_new=True)
    audit.record(user, "member.added", member, after={"role": member.role})
    for department in asked.departments:
        made = organisations.add_department(member, name=department.name, is_it=department.is_it)
        if department.is_own:
            member = changes.change(member, member, role=member.role, department=made, is_active=True)
    return member
