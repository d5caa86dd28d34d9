"""A directory that calls, with a token of its own."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import MailDomain, ProvisionedGroup
from accounts.operations import Scope
from tests.factories import Cast, make_token

Call = Callable[..., Any]
USER = "urn:ietf:params:scim:schemas:core:2.0:User"
GROUP = "urn:ietf:params:scim:schemas:core:2.0:Group"
PATCH = "urn:ietf:params:scim:api:messages:2.0:PatchOp"


@pytest.fixture
def domain(cast: Cast) -> MailDomain:
    return MailDomain.objects.create(
        organisation=cast.organisation, domain="example.org", added_by=cast.admin.user, confirmed_at=timezone.now()
    )


@pytest.fixture
def call(cast: Cast) -> Call:
    """`call("POST", "/Users", {…}, **headers)` → the answer, with its JSON as `.said`."""
    return caller(make_token(cast.admin, Scope.DIRECTORY, name="Directory"))


def caller(token: str) -> Call:
    client = Client(raise_request_exception=True)

    def asked(method: str, path: str, body: Any = None, **headers: str) -> Any:
        response = client.generic(
            method,
            f"/scim/v2{path}",
            b"" if body is None else json.dumps(body),
            content_type="application/scim+json",
            headers={"Authorization": f"Bearer {token}", **headers},
        )
        response.said = response.json() if response.content else None
        return response

    return asked


def add_user(call: Call, name: str, **more: Any) -> str:
    """The id of a new person."""
    body = {"schemas": [USER], "userName": f"{name}@example.org", "displayName": name.title(), "active": True, **more}
    response = call("POST", "/Users", body)
    assert response.status_code == 201, response.said
    return str(response.said["id"])


def add_group(call: Call, name: str, role: str, *people: str) -> str:
    """The id of a new group whose people get this role."""
    body = {"schemas": [GROUP], "displayName": name, "members": [{"value": one} for one in people]}
    response = call("POST", "/Groups", body)
    assert response.status_code == 201, response.said
    group = ProvisionedGroup.objects.get(uuid=response.said["id"])
    ProvisionedGroup.objects.filter(pk=group.pk).update(role=role)
    return str(group.uuid)
