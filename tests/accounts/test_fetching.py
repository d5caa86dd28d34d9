"""Fetching is authorising."""

from __future__ import annotations

import pytest
from django.http import Http404
from django.test import RequestFactory

from accounts.access import MemberRequest
from accounts.fetching import fetch
from accounts.models import Membership
from tests.factories import Cast

pytestmark = pytest.mark.django_db


def asked_by(member: Membership) -> MemberRequest:
    request: MemberRequest = RequestFactory().get("/")  # type: ignore[assignment]
    request.member = member
    return request


def test_a_row_of_the_own_organisation_is_fetched(cast: Cast) -> None:
    rows = Membership.objects.select_related("user")
    assert fetch(asked_by(cast.admin), rows, cast.assessor.pk) == cast.assessor


@pytest.mark.parametrize("row", ["stranger", "nobody"])
def test_a_row_of_others_is_not_there(cast: Cast, row: str) -> None:
    pk = cast.stranger.pk if row == "stranger" else 0
    with pytest.raises(Http404):
        fetch(asked_by(cast.admin), Membership.objects, pk)


def test_rows_left_out_beforehand_stay_out(cast: Cast) -> None:
    with pytest.raises(Http404):
        fetch(asked_by(cast.admin), Membership.objects.filter(is_active=False), cast.assessor.pk)
