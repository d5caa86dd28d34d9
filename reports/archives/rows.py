"""A row of a table as one line of JSON, and back."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from django.db import models

from reports.archives import inside, values
from reports.archives.faults import ArchiveRefused
from reports.archives.keys import Keys
from reports.archives.tables import fields_of

Row = dict[str, Any]
File = Callable[[models.FileField, str], str]  # the name of a file, there and here


def leaving(model: type[models.Model], row: Mapping[str, Any], keys: Keys, file: File) -> Row:
    """`row`: by the names of the columns (`attname`), as the database gives it."""
    told = {field.name: _out(model, field, row[field.attname], keys, file) for field in fields_of(model)}
    return inside.mended(model._meta.label, told, keys)


def arriving(model: type[models.Model], row: Row, keys: Keys, file: File) -> models.Model:
    """Not saved yet. ArchiveRefused for a row that is none of this table."""
    fields = fields_of(model)
    if not isinstance(row, dict) or row.keys() != {field.name for field in fields}:
        raise ArchiveRefused(f"A row of {model._meta.label} has other columns than this version of the product.")
    told = inside.mended(model._meta.label, row, keys)
    return model(**{field.attname: _in(model, field, told[field.name], keys, file) for field in fields})


def _out(model: type[models.Model], field: Any, value: Any, keys: Keys, file: File) -> Any:
    if value is None:
        return None
    if field.primary_key:
        return keys.of(model, value)
    if field.remote_field:
        return keys.of(field.related_model, value)
    if isinstance(field, models.FileField):
        return file(field, str(value)) if value else ""
    return values.said(value)


def _in(model: type[models.Model], field: Any, value: Any, keys: Keys, file: File) -> Any:
    if field.primary_key:
        return keys.of(model, value)
    if field.remote_field and value is not None:
        return keys.of(field.related_model, value)
    meant = values.meant(field, value)
    return file(field, meant) if isinstance(field, models.FileField) and meant else meant
