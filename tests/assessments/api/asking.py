"""Asking the API as a member, with a token of theirs."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.test import Client

from accounts.models import Membership
from tests.factories import make_token


@dataclass
class Asker:
    """`get`, `post`, … below /api/v1, as this member."""

    member: Membership

    @cached_property
    def token(self) -> str:
        return make_token(self.member)

    @cached_property
    def client(self) -> Client:
        return Client()

    def ask(self, method: str, path: str, body: Any = None, **headers: str) -> Any:
        said = {"Authorization": f"Bearer {self.token}", **headers}
        given: dict[str, Any] = {"headers": said}
        if method != "GET":  # the client of tests sends a form where nothing is said
            given |= {"data": "" if body is None else body, "content_type": "application/json"}
        return getattr(self.client, method.lower())(f"/api/v1{path}", **given)

    def get(self, path: str, **headers: str) -> Any:
        return self.ask("GET", path, **headers)

    def post(self, path: str, body: Any = None, **headers: str) -> Any:
        return self.ask("POST", path, body, **headers)

    def patch(self, path: str, body: Any, **headers: str) -> Any:
        return self.ask("PATCH", path, body, **headers)

    def put(self, path: str, body: Any, **headers: str) -> Any:
        return self.ask("PUT", path, body, **headers)

    def delete(self, path: str, **headers: str) -> Any:
        return self.ask("DELETE", path, **headers)
