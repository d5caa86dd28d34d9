"""Asking the API by a token."""

from __future__ import annotations

import json
from typing import Any

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.models import Membership
from accounts.operations import Scope
from tests.factories import make_token


class Asker:
    """`Asker(cast.reader).get("/scorecards")`: a token of this member with all scopes, unless some are named."""

    def __init__(self, member: Membership, *scopes: Scope) -> None:
        self.client = Client()
        self.headers = {"Authorization": f"Bearer {make_token(member, *scopes)}"}

    def get(self, path: str, **headers: str) -> Any:
        return self.client.get(f"/api/v1{path}", headers={**self.headers, **headers})

    def post(self, path: str, body: object = None, **headers: str) -> Any:
        content = json.dumps({} if body is None else body)
        asked = {"data": content, "content_type": "application/json", "headers": {**self.headers, **headers}}
        return self.client.post(f"/api/v1{path}", **asked)


DOOR = ("accounts_attemptcount", "SAVEPOINT", "accounts_apitoken")  # limits and token: the same for every request


def cost(asker: Asker, path: str) -> int:
    """How many queries the operation itself asks, without those of the door."""
    with CaptureQueriesContext(connection) as queries:
        assert asker.get(path).status_code == 200
    return sum(not any(name in one["sql"] for name in DOOR) for one in queries)
