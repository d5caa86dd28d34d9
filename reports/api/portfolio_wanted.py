"""What the portfolio is narrowed by, as other systems say it: the filters of the page, held to the form of the page."""

from __future__ import annotations

from datetime import date
from enum import StrEnum
from uuid import UUID

from django.http import QueryDict
from django.utils.translation import gettext as _
from ninja import Field, Schema

from accounts.api.problems import Fault, invalid
from accounts.models import Department, Membership
from reports.portfolio import filters
from reports.portfolio.filters import Choice, PortfolioFilter
from vendors.models import Tier

PERIOD = r"^(20\d\d(-[1-4])?)?$"


class PortfolioState(StrEnum):
    NOT_ASSESSED = filters.NOT_ASSESSED
    IN_HAND = filters.IN_HAND
    RECENT = filters.RECENT
    OLDER = filters.OLDER


class ExpectedWord(StrEnum):
    SAID = filters.SAID
    TALKS = filters.TALKS
    SILENT = filters.SILENT


class Narrowed(Schema):
    """Nothing is narrowed by what is not said."""

    tier: Tier | None = None
    department: UUID | None = Field(None, description="That orders, or depends on a service.")
    service: str = Field("", max_length=160, description="A part of its name.")
    country: str = Field("", max_length=60, description="As it stands with a vendor.")
    period: str = Field("", pattern=PERIOD, description="The latest scorecard’s period ends in: 2026, or 2026-4.")
    state: PortfolioState | None = None
    expected: ExpectedWord | None = Field(None, description="Its word on what you expect.")


def query_of(member: Membership, wanted: Narrowed, today: date, *, under: str) -> tuple[QueryDict, Choice]:
    """The same as the address of the page says it, and as it is chosen by. `under`: where a fault is said to be, “?”
    in the address, “/portfolio/” in a body. Problem 422 for what nobody can choose here: else it would narrow nothing,
    and nobody would see that. Two queries at most."""
    query = QueryDict(mutable=True)
    for name in filters.NAMES:
        if said := getattr(wanted, name):
            query[name] = str(said)
    if wanted.department:
        query["department"] = str(_department(member, wanted.department, under))
    form = PortfolioFilter(query, offered=filters.offered_to(member), today=today)
    choice = form.choice
    if form.errors:
        raise invalid(
            Fault(path=f"{under}{name}", detail=str(message)) for name, said in form.errors.items() for message in said
        )
    return query, choice


def _department(member: Membership, uuid: UUID, under: str) -> int:
    found = Department.objects.filter(organisation=member.organisation_id, uuid=uuid).values_list("pk", flat=True)
    for key in found:
        return key
    raise invalid([Fault(path=f"{under}department", detail=_("Your organisation has no such department."))])
