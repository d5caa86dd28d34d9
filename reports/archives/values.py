"""A value of a column as JSON says it, and back. What does not fit its column is refused, whoever wrote the archive."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any
from uuid import UUID

from django.db import models

from reports.archives.faults import ArchiveRefused

HIGHEST = 2**63 - 1


def said(value: Any) -> Any:
    """Moments in UTC with their microseconds, decimals digit by digit, bytes as base64."""
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat(timespec="microseconds")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Decimal | UUID):
        return str(value)
    if isinstance(value, bytes | memoryview):
        return base64.b64encode(bytes(value)).decode("ascii")
    return value


def meant(field: models.Field[Any, Any], value: Any) -> Any:
    """The value of the column. ArchiveRefused for one that the column does not hold."""
    if value is None and field.null:
        return None
    for kind, read in _READERS:
        if isinstance(field, kind):
            try:
                return read(field, value)
            except (ValueError, TypeError, InvalidOperation, binascii.Error) as error:
                raise ArchiveRefused(f"{field.model._meta.label}.{field.name} holds what does not fit.") from error
    raise ArchiveRefused(f"{field.model._meta.label}.{field.name} is of a kind that archives do not know.")


def _text(field: models.Field[Any, Any], value: Any) -> str:
    if not isinstance(value, str) or len(value) > (field.max_length or HIGHEST) or "\0" in value:
        raise ValueError
    return value


def _whole(field: models.Field[Any, Any], value: Any) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or abs(value) > HIGHEST:
        raise ValueError
    return value


def _yes_or_no(field: models.Field[Any, Any], value: Any) -> bool:
    if not isinstance(value, bool):
        raise TypeError
    return value


def _decimal(field: models.Field[Any, Any], value: Any) -> Decimal:
    number = Decimal(_text_alone(value))
    if not number.is_finite() or abs(number) >= 10**30:
        raise ValueError
    return number


def _moment(field: models.Field[Any, Any], value: Any) -> datetime:
    moment = datetime.fromisoformat(_text_alone(value))
    if moment.tzinfo is None:
        raise ValueError
    return moment


def _text_alone(value: Any) -> str:
    if not isinstance(value, str) or len(value) > 100:
        raise TypeError
    return value


def _bytes(field: models.Field[Any, Any], value: Any) -> bytes:
    if not isinstance(value, str):
        raise TypeError
    return base64.b64decode(value, validate=True)


def _as_it_is(field: models.Field[Any, Any], value: Any) -> Any:
    return value


# A kind of column comes before those that it is a kind of.
_READERS: tuple[tuple[type[models.Field[Any, Any]], Callable[[models.Field[Any, Any], Any], Any]], ...] = (
    (models.DateTimeField, _moment),
    (models.DateField, lambda _field, value: date.fromisoformat(_text_alone(value))),
    (models.BooleanField, _yes_or_no),
    (models.DecimalField, _decimal),
    (models.IntegerField, _whole),
    (models.UUIDField, lambda _field, value: UUID(_text_alone(value))),
    (models.BinaryField, _bytes),
    (models.JSONField, _as_it_is),
    (models.FileField, _text),
    (models.CharField, _text),
    (models.TextField, _text),
)
