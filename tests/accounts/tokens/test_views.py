"""Pages of tokens: made, shown once, listed, withdrawn; and what is about to run out."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from accounts.models import ApiToken, AuditEntry, Membership, Role
from accounts.operations import Scope
from accounts.tokens.expiring import running_out_for
from tests.factories import Cast, make_connected, make_member, make_token

pytestmark = pytest.mark.django_db
SignedIn = Callable[..., Client]
FORM = {"name": "Wall display", "scopes": ["bank:read"], "days": "30"}


def test_a_token_is_shown_once_and_opens(cast: Cast, signed_in: SignedIn) -> None:
    client = signed_in(cast.reader.user)
    page = client.post(reverse("token_add"), FORM)
    secret = page.context["made"].secret
    assert page["Cache-Control"].count("no-store")
    assert page.content.decode().count(secret) == 2  # by itself, and in the first call to try
    assert secret not in client.get(reverse("token_list")).content.decode()
    answer = Client().get("/api/v1/me", headers={"Authorization": f"Bearer {secret}"})
    assert answer.json()["scopes"] == ["bank:read"]
    token = ApiToken.objects.get()
    assert token.expires_at - token.made_at == timedelta(days=30)
    assert AuditEntry.objects.get(verb="token.made").after["holder"] == "Reader"


@pytest.mark.parametrize("change", [{"scopes": ["incidents:write"]}, {"scopes": []}, {"days": "31"}, {"name": ""}])
def test_what_a_role_cannot_do_or_no_form_offers_is_refused(
    cast: Cast, signed_in: SignedIn, change: dict[str, object]
) -> None:
    page = signed_in(cast.reader.user).post(reverse("token_add"), {**FORM, **change})
    assert page.context["form"].errors
    assert not ApiToken.objects.exists()


def test_a_withdrawn_token_opens_nothing_and_is_told(cast: Cast, signed_in: SignedIn) -> None:
    secret = make_token(cast.reader)
    token = ApiToken.objects.get()
    signed_in(cast.reader.user).post(reverse("token_revoke", args=[token.pk]))
    assert Client().get("/api/v1/me", headers={"Authorization": f"Bearer {secret}"}).status_code == 401
    assert AuditEntry.objects.get(verb="token.revoked").actor == cast.reader.user


def test_a_colleague_does_not_withdraw_it_and_an_administrator_does(cast: Cast, signed_in: SignedIn) -> None:
    make_token(cast.reader)
    token = ApiToken.objects.get()
    assert signed_in(cast.admin.user).post(reverse("token_revoke", args=[token.pk])).status_code == 403
    signed_in(cast.admin.user).post(reverse("api_access_revoke", args=[token.pk]))
    token.refresh_from_db()
    assert token.revoked_at is not None


def test_an_administrator_connects_rotates_takes_over_and_ends(cast: Cast, signed_in: SignedIn) -> None:
    client = signed_in(cast.admin.user)
    client.post(reverse("connected_add"), {**FORM, "name": "Ticket tool", "scopes": ["incidents:write"]})
    service = Membership.everybody.services().get()
    assert (service.role, service.user.judge) == (Role.ASSESSOR, cast.admin.user)
    client.post(reverse("connected_token", args=[service.pk]), FORM)
    page = client.get(reverse("api_access")).content.decode()
    assert page.count("cm_") == 2
    assert reverse("connected_take_over", args=[service.pk]) not in page
    second = signed_in(make_member(cast.organisation, "second", Role.ADMIN).user)
    assert reverse("connected_take_over", args=[service.pk]) in second.get(reverse("api_access")).content.decode()
    second.post(reverse("connected_take_over", args=[service.pk]))
    second.post(reverse("connected_end", args=[service.pk]))
    assert not ApiToken.objects.filter(revoked_at=None).exists()
    assert "Ticket tool" in second.get(reverse("audit_list")).content.decode()


def test_a_service_cannot_have_what_is_a_persons(cast: Cast, signed_in: SignedIn) -> None:
    page = signed_in(cast.admin.user).post(reverse("connected_add"), {**FORM, "scopes": ["answers:write"]})
    assert "scopes" in page.context["form"].errors


def test_the_list_asks_the_same_few_queries_however_many(
    cast: Cast, signed_in: SignedIn, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    client = signed_in(cast.admin.user)
    for count in (1, 4):
        for number in range(count):
            make_connected(cast.admin, Scope.BANK_READ, name=f"Tool {count} {number}")
            make_token(cast.reader)
        with django_assert_num_queries(4):
            client.get(reverse("api_access"))


def test_what_runs_out_is_told_to_whoever_can_make_another(cast: Cast, signed_in: SignedIn) -> None:
    second = make_member(cast.organisation, "second", Role.ADMIN)
    make_connected(cast.admin, Scope.BANK_READ)
    make_token(cast.reader, name="Display")
    now = timezone.now()
    ApiToken.objects.update(expires_at=now + timedelta(days=13), made_at=now - timedelta(days=77))

    def told(member: Membership) -> list[str]:
        return [token.name for token in running_out_for(member, now)]

    assert told(cast.reader) == ["Display"]
    assert told(cast.admin) == ["ITSM"]
    assert told(second) == []
    assert "ITSM" in signed_in(cast.admin.user).get(reverse("work")).content.decode()
    Membership.objects.filter(pk=cast.admin.pk).update(role=Role.READER)
    assert told(second) == ["ITSM"]
    make_token(cast.reader, name="Display, new")
    assert told(cast.reader) == []
