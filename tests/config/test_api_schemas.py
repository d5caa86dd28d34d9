"""The schemas of the API: one name for one thing, since the document of OpenAPI knows them by name alone."""

from __future__ import annotations

from typing import Any

from ninja import NinjaAPI, Schema
from ninja.openapi.schema import OpenAPISchema

from config.api import api


def named_twice(of: NinjaAPI) -> set[str]:
    """Names of schemas that mean two things: the second would stand in the document for the first as well."""
    known: dict[str, Any] = {}
    found: set[str] = set()

    class Reading(OpenAPISchema):
        def add_schema_definitions(self, definitions: dict[str, Any]) -> None:
            found.update(name for name, said in definitions.items() if known.setdefault(name, said) != said)
            super().add_schema_definitions(definitions)

    Reading(of, "api/v1/")
    return found


def test_no_two_schemas_have_one_name() -> None:
    assert named_twice(api) == set()


def test_two_schemas_of_one_name_are_found() -> None:
    planted = NinjaAPI(urls_namespace="planted")
    first = type("Thing", (Schema,), {"__annotations__": {"name": str}})
    second = type("Thing", (Schema,), {"__annotations__": {"number": int}})
    planted.get("/first", response=first)(lambda request: None)
    planted.get("/second", response=second)(lambda request: None)
    assert named_twice(planted) == {"Thing"}
