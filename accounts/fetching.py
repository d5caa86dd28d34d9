"""Fetching is authorising: a row of the member's own organisation, or a 404."""

from __future__ import annotations

from typing import Protocol, TypeVar

from django.db.models import Model, QuerySet
from django.shortcuts import get_object_or_404

from accounts.access import MemberRequest
from accounts.models import Membership

Row = TypeVar("Row", bound=Model)
Row_co = TypeVar("Row_co", bound=Model, covariant=True)


class OfMember(Protocol[Row_co]):
    """Rows that know whose they are: a QuerySet of ours, or its manager."""

    def for_member(self, member: Membership, /) -> QuerySet[Row_co]: ...


def fetch(request: MemberRequest, rows: OfMember[Row], pk: int) -> Row:
    """The one of these rows that the address names, if it is the organisation's; else it is not there."""
    return get_object_or_404(rows.for_member(request.member), pk=pk)
