"""The door of the API: who comes in, how refusals look, and what is done once only."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from accounts import kept_secrets
from accounts.models import ApiToken
from accounts.operations import Scope
from tests.factories import Cast, make_release, make_token

pytestmark = pytest.mark.django_db


def asked(token: str, path: str, client: Client | None = None, **headers: str) -> object:
    return (client or Client()).get(f"/api/v1{path}", headers={"Authorization": f"Bearer {token}", **headers})


def test_a_token_says_whose_it_is(cast: Cast) -> None:
    response = asked(make_token(cast.reader, Scope.BANK_READ), "/me")
    assert response.status_code == 200
    assert response.json()["organisation"] == cast.organisation.name
    assert response.json()["scopes"] == ["bank:read"]
    assert response["Cache-Control"] == "private, no-store"


def test_without_a_token_a_signed_in_browser_is_nobody(cast: Cast) -> None:
    client = Client()
    client.force_login(cast.admin.user)
    response = client.get("/api/v1/me", headers={"Accept-Language": "nl"})
    assert response.status_code == 401
    assert response["Content-Type"] == "application/problem+json"
    assert response.json()["code"] == "no_token"


@pytest.mark.parametrize(
    "change",
    [
        {"revoked_at": timezone.now()},
        {"expires_at": timezone.now() - timedelta(seconds=1)},
        {"token_hash": "0" * 64},
    ],
)
def test_a_token_that_ended_opens_nothing(cast: Cast, change: dict[str, object]) -> None:
    token = make_token(cast.reader)
    assert asked(token, "/me").status_code == 200
    ApiToken.objects.update(**change)
    assert asked(token, "/me").status_code == 401


def test_a_token_ends_with_its_holder(cast: Cast) -> None:
    token = make_token(cast.reader)
    type(cast.reader).objects.filter(pk=cast.reader.pk).update(is_active=False)
    assert asked(token, "/me").status_code == 401


def test_a_scope_that_is_missing_is_named(cast: Cast) -> None:
    response = asked(make_token(cast.reader, Scope.VENDORS_READ), "/editions")
    assert response.status_code == 403
    assert "bank:read" in response.json()["detail"]


def test_a_parameter_that_is_wrong_is_named(cast: Cast) -> None:
    response = asked(make_token(cast.reader), "/editions?limit=0")
    assert response.status_code == 422
    assert response.json()["errors"] == [{"path": "?limit", "detail": "This must be at least 1."}]


def test_pages_meet_each_edition_once(cast: Cast) -> None:
    token = make_token(cast.reader)
    for number in range(3):
        make_release(edition=f"20{number}0.1")
    met, after = [], ""
    while after is not None:
        body = asked(token, f"/editions?limit=1&after={after}").json()
        met += [row["edition"] for row in body["items"]]
        after = body["next"]
    assert sorted(met) == ["2000.1", "2010.1", "2020.1"]


def test_a_page_that_nobody_gave_is_refused(cast: Cast) -> None:
    forged = (
        kept_secrets.closed(one) for one in ("whsec_x", "[]", "7", '["pk"]', '["pk","x"]', '["pk",1,2]', '["x",1]')
    )
    token = make_token(cast.reader)
    for after in ("12", "%00", *forged):
        assert asked(token, f"/editions?after={after}").status_code == 422


def test_an_unknown_address_is_a_problem_too(cast: Cast) -> None:
    response = asked(make_token(cast.reader), "/nothing")
    assert response.status_code == 404
    assert response["Content-Type"] == "application/problem+json"
