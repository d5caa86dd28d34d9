"""What of JSON Schema our own files use, checked: types, required and no other properties, items, enum, pattern, $ref,
days and moments."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, datetime
from typing import Any

KINDS: dict[str, type | tuple[type, ...]] = {
    "object": dict,
    "array": list,
    "string": str,
    "integer": int,
    "number": (int, float),
    "boolean": bool,
    "null": type(None),
}
FORMATS: dict[str, Callable[[str], object]] = {"date": date.fromisoformat, "date-time": datetime.fromisoformat}


def faults(value: Any, schema: dict[str, Any], root: dict[str, Any], at: str = "$") -> list[str]:
    """Where a value does not keep to the schema, and by what."""
    if "$ref" in schema:
        return faults(value, root["$defs"][schema["$ref"].rpartition("/")[2]], root, at)
    types = schema.get("type", [])
    if not any(_is(value, one) for one in ([types] if isinstance(types, str) else types)):
        return [f"{at}: {type(value).__name__}"]
    if not _is_allowed(value, schema):
        return [f"{at}: {value}"]
    if isinstance(value, dict):
        known = schema["properties"]
        wrong = [f"{at}.{name}" for name in value.keys() ^ known.keys()]
        assert sorted(schema["required"]) == sorted(known), at
        return wrong + [
            fault for name in value.keys() & known for fault in faults(value[name], known[name], root, f"{at}.{name}")
        ]
    if isinstance(value, list):
        return [
            fault for place, one in enumerate(value) for fault in faults(one, schema["items"], root, f"{at}[{place}]")
        ]
    return []


def _is(value: Any, kind: str) -> bool:
    return isinstance(value, KINDS[kind]) and (kind == "boolean" or not isinstance(value, bool))


def _is_allowed(value: Any, schema: dict[str, Any]) -> bool:
    if "enum" in schema and value not in schema["enum"]:
        return False
    if not isinstance(value, str):
        return True
    if "format" in schema:
        try:
            FORMATS[schema["format"]](value)
        except ValueError:
            return False
    return "pattern" not in schema or re.search(schema["pattern"], value) is not None
