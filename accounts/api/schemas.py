"""What several answers share."""

from __future__ import annotations

from typing import Any

from ninja import Schema
from pydantic import ConfigDict, Field


class Given(Schema):
    """A body that is sent: a field that nobody knows is a mistake, and said to be one."""

    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True)


def _without_defaults(schema: dict[str, Any]) -> None:
    for field in schema.get("properties", {}).values():
        field.pop("default", None)


class Changes(Schema):
    """Beside a `Given` body: each of its fields may be left out, and what is left out stays as it is. What was sent is
    in `model_fields_set`."""

    model_config = ConfigDict(json_schema_extra=_without_defaults)

    @classmethod
    def __pydantic_init_subclass__(cls, **options: Any) -> None:
        super().__pydantic_init_subclass__(**options)
        for field in cls.model_fields.values():
            field.default, field.default_factory = None, None
        cls.model_rebuild(force=True)


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
