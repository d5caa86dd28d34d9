"""Another system that asks: with the token of a member."""

from __future__ import annotations

import json
from typing import Any

from django.db import connection
from django.http import HttpResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.models import Membership
from accounts.operations import Scope
from tests.factories import make_token


class Caller:
    """`caller.get("/vendors")`, `caller.patch("/vendors/…", {"notes": "…"})`: responses, whose `json()` is the body."""

    def __init__(self, member: Membership, *scopes: Scope, language: str = "en") -> None:
        self.headers = {"Authorization": f"Bearer {make_token(member, *scopes)}", "Accept-Language": language}

    def ask(self, method: str, path: str, body: Any = None, **headers: str) -> HttpResponse:
        sent = "" if body is None else json.dumps(body)
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return Client().generic(
            method, f"/api/v1{path}", sent, content_type="application/json", headers={**self.headers, **named}
        )

    def get(self, path: str, **headers: str) -> HttpResponse:
        return self.ask("GET", path, **headers)

    def post(self, path: str, body: Any = None, **headers: str) -> HttpResponse:
        return self.ask("POST", path, body, **headers)

    def put(self, path: str, body: Any, **headers: str) -> HttpResponse:
        return self.ask("PUT", path, body, **headers)

    def patch(self, path: str, body: Any, **headers: str) -> HttpResponse:
        return self.ask("PATCH", path, body, **headers)

    def delete(self, path: str, **headers: str) -> HttpResponse:
        return self.ask("DELETE", path, **headers)


# What the door asks by itself: whose token it is, and how often it came in this minute.
OF_THE_DOOR = ("SAVEPOINT", "accounts_apitoken", "accounts_attemptcount")


def cost_of(caller: Caller, path: str) -> int:
    """How many queries the answer takes, beside those of the door."""
    with CaptureQueriesContext(connection) as queries:
        assert caller.get(path).status_code == 200
    return sum(not any(mark in query["sql"] for mark in OF_THE_DOOR) for query in queries)


def all_of(caller: Caller, path: str) -> list[dict[str, Any]]:
    """Of all pages of a list, which are made small."""
    met, after = [], ""
    while after is not None:
        body = caller.get(f"{path}{'&' if '?' in path else '?'}limit=2&after={after}").json()
        met += body["items"]
        after = body["next"]
    return met
