"""The archive described for a program: JSON Schema of a line of each table, made from the models."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from typing import Any

from django.db import models

from accounts.models import User
from groundwork.canonical import canonical, hash_of
from manifesto.models import Question, Rule
from reports.archives.tables import LEFT_OUT, LEFT_OUT_FIELDS, LEFT_OUT_OF, TABLES, fields_of

_KINDS: tuple[tuple[type[models.Field[Any, Any]], dict[str, Any]], ...] = (
    (models.DateTimeField, {"type": "string", "format": "date-time"}),
    (models.DateField, {"type": "string", "format": "date"}),
    (models.BooleanField, {"type": "boolean"}),
    (models.DecimalField, {"type": "string", "description": "a decimal, digit by digit"}),
    (models.IntegerField, {"type": "integer"}),
    (models.UUIDField, {"type": "string", "format": "uuid"}),
    (models.BinaryField, {"type": "string", "contentEncoding": "base64"}),
    (models.FileField, {"type": "string", "description": "its place in the archive; empty where there is none"}),
)


@cache
def whole() -> dict[str, Any]:
    """By the places of the tables: `{"tables/vendors.vendor.jsonl": {...}}`."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "An organisation as an archive: a line of each table",
        "$defs": {table.member: _row(table.model) for table in TABLES},
    }


def fingerprint() -> str:
    return hash_of(canonical(whole()))


def reasons() -> Iterator[tuple[str, str]]:
    """What does not leave, and why."""
    yield from LEFT_OUT.items()
    for name, why in LEFT_OUT_FIELDS.items():
        yield f"*.{name}", why
    for label, names in LEFT_OUT_OF.items():
        for name, why in names.items():
            yield f"{label}.{name}", why


def _row(model: type[models.Model]) -> dict[str, Any]:
    columns = {field.name: _column(field) for field in fields_of(model)}
    return {"type": "object", "properties": columns, "required": sorted(columns), "additionalProperties": False}


def _column(field: Any) -> dict[str, Any]:
    told = _key(field.related_model) if field.remote_field else _plain(field)
    return {"anyOf": [told, {"type": "null"}]} if field.null and told else told


def _key(model: type[models.Model]) -> dict[str, Any]:
    if model is User:
        return {"type": "string", "description": "the address of a row of accounts.user"}
    if model in (Rule, Question):
        return {"type": "array", "items": {"type": "string"}, "description": "edition and key"}
    if model._meta.label == "manifesto.Release":
        return {"type": "string", "description": "the edition"}
    return {"type": "integer", "minimum": 1, "description": f"the row of {model._meta.label_lower}, counted from one"}


def _plain(field: models.Field[Any, Any]) -> dict[str, Any]:
    for kind, told in _KINDS:
        if isinstance(field, kind):
            return told
    if isinstance(field, models.JSONField):
        return {}
    return {"type": "string", "maxLength": field.max_length} if field.max_length else {"type": "string"}
