"""The people and the open invitations of an organisation, however many: what is searched for, a page at a time."""

from __future__ import annotations

from collections.abc import Collection
from typing import cast

from django.db.models import Count, QuerySet
from django.db.models.functions import Lower

from accounts.choices.people import SEARCHED
from accounts.models import Department, Invitation, Membership, MembershipQuerySet, Role
from groundwork.choices import matching
from groundwork.together import read_together

PER_PAGE = 50
INVITED = 50  # invitations that are shown at most, the newest first: the rest are found by their address


def people(member: Membership, text: str) -> MembershipQuerySet:
    """Who is active stands first."""
    rows = Membership.objects.for_member(member).select_related("user", "department")
    found = cast("MembershipQuerySet", matching(rows, [f"user__{column}" for column in SEARCHED], text))
    return found.order_by("-is_active", "user__name", "user__email", "pk")


def invited_and_departments(member: Membership, text: str) -> tuple[list[Invitation], list[Department]]:
    """Open invitations, the newest first, one more than are shown; the departments by name, each with `people`. One
    query."""
    pending = Invitation.objects.for_member(member).pending().select_related("department")
    newest = matching(pending, ["email"], text).order_by("-invited_at", "-pk")[: INVITED + 1]
    departments: QuerySet[Department] = member.organisation.departments.annotate(people=Count("memberships"))
    read_together(newest, departments)
    return (
        sorted(newest, key=lambda one: (one.invited_at, one.pk), reverse=True),
        sorted(departments, key=lambda one: one.name.casefold()),
    )


def asked_to_rate(member: Membership, shown: Collection[Membership], invited: Collection[Invitation]) -> frozenset[str]:
    """Of those who are shown, the addresses of readers who came by being asked to rate; one query at most."""
    emails = {person.user.email for person in shown if person.role == Role.READER}
    emails |= {invitation.email for invitation in invited if invitation.role == Role.READER}
    if not emails:
        return frozenset()
    asked = Invitation.objects.for_member(member).readers_asked_to_rate().annotate(address=Lower("email"))
    found = set(asked.filter(address__in=emails).values_list("address", flat=True))
    return frozenset(emails & found)
