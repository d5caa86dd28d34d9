"""What several answers share."""

from __future__ import annotations

from typing import Any

from ninja import Schema
from pydantic import ConfigDict, Field


class Given(Schema):
    """A body that is sent: a field that nobody knows is a mistake, and said to be one."""

    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True)


class FaultOut(Schema):
    path: str = Field(description="JSON pointer into the body; “?name” for a parameter of the address.")
    detail: str


class ProblemOut(Schema):
    """RFC 9457."""

    model_config = ConfigDict(extra="allow")

    type: str
    title: str
    status: int
    code: str = Field(description="Stays the same in every language.")
    detail: str | None = None
    errors: list[FaultOut] | None = None


class ConflictOut(ProblemOut):
    """Of a write that came second: both texts."""

    yours: dict[str, Any] | None = None
    theirs: dict[str, Any] | None = None
    version: int | None = None
