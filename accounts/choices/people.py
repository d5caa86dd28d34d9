"""People and departments of an organisation, to choose from."""

from __future__ import annotations

from django.db.models import QuerySet

from accounts.access import Right, holders, may
from accounts.models import Department, Membership, User
from groundwork.choices import Source


def _inside(member: Membership) -> QuerySet[User]:
    """Who reads here."""
    inside = Membership.objects.for_member(member).active().inside()
    return User.objects.filter(pk__in=inside.values("user")).order_by("name", "email")


def _readers(member: Membership) -> QuerySet[User]:
    return User.objects.filter(pk__in=holders(member, Right.READ).order_by().values("user")).order_by("name", "email")


def _ever(member: Membership) -> QuerySet[User]:
    """Whoever is or was a member: what they did is told."""
    if not may(member, Right.READ):
        return User.objects.none()
    return User.objects.filter(memberships__organisation=member.organisation_id).order_by("name", "email")


def _departments(member: Membership) -> QuerySet[Department]:
    return Department.objects.filter(organisation=member.organisation_id)


SEARCHED = ("name", "email")
INSIDERS = Source(name="insiders", rows=_inside, searched=SEARCHED)
READERS = Source(name="readers", rows=_readers, searched=SEARCHED)
EVERYBODY = Source(name="everybody", rows=_ever, searched=SEARCHED)
DEPARTMENTS = Source(name="departments", rows=_departments, searched=("name",))
