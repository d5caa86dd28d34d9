"""The document of OpenAPI as a page shows it: groups of operations, their parameters, bodies and answers as rows."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from django.utils.text import slugify

from config.reference.document import document

DEEPEST = 5  # levels of an answer that are spelled out
JOINED = ("anyOf", "oneOf", "allOf")
ORDER = ("get", "post", "put", "patch", "delete")
EXAMPLES = {
    "uuid": "6f1c9a52-0d3e-4b7a-9c61-2f5f0f6f8a10",
    "date-time": "2026-11-30T14:05:00+01:00",
    "date": "2026-11-30",
    "email": "name@example.org",
    "uri": "https://example.org/",
    "byte": "TWFuaWZlc3Rv",
}
Schema = Mapping[str, Any]


@dataclass(frozen=True, kw_only=True)
class Row:
    """One field or parameter. `depth`: how far it is indented; `kind`: its type in words, such as “list of text”."""

    name: str
    kind: str
    depth: int = 0
    is_required: bool = False
    may_be_null: bool = False
    description: str = ""
    limits: tuple[str, ...] = ()
    choices: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Answer:
    status: int
    description: str

    @property
    def is_refusal(self) -> bool:
        return self.status >= 400


@dataclass(frozen=True, kw_only=True)
class Operation:
    name: str
    method: str
    path: str
    summary: str
    description: str
    scope: str
    parameters: tuple[Row, ...]
    body: tuple[Row, ...]
    said: tuple[Row, ...]  # the answer when it went well
    answers: tuple[Answer, ...]
    call: str  # with curl
    example: str  # of the answer, as JSON; empty where it is none


@dataclass(frozen=True, kw_only=True)
class Group:
    slug: str
    title: str
    operations: tuple[Operation, ...]


@cache
def groups() -> tuple[Group, ...]:
    """In the order in which the API puts them together."""
    found: dict[str, list[Operation]] = {}
    for path, methods in document()["paths"].items():
        for method in sorted(methods, key=ORDER.index):
            operation = methods[method]
            found.setdefault(operation["tags"][0], []).append(_operation(path, method, operation))
    return tuple(Group(slug=slugify(tag), title=tag, operations=tuple(rows)) for tag, rows in found.items())


def _operation(path: str, method: str, said: Schema) -> Operation:
    body = _content(said.get("requestBody", {}))
    status, answer = next((code, one) for code, one in said["responses"].items() if int(code) < 400)
    shown = _content(answer)
    answers = tuple(Answer(status=int(code), description=one["description"]) for code, one in said["responses"].items())
    return Operation(
        name=said["operationId"],
        method=method.upper(),
        path=path,
        summary=said["summary"],
        description=said.get("description", ""),
        scope=said.get("x-scope") or "",
        parameters=tuple(_parameter(one) for one in said.get("parameters", ())),
        body=tuple(_rows(body)) if body else (),
        said=tuple(_rows(shown)) if shown else (),
        answers=answers,
        call=_call(method.upper(), path, body),
        example=json.dumps(_example(shown), indent=2, ensure_ascii=False) if shown and status != "204" else "",
    )


def _content(holder: Schema) -> Schema:
    content = holder.get("content", {})
    schema: Schema = content.get("application/json", {}).get("schema", {})
    return schema


# Rows ---------------------------------------------------------------------------------------------------------------
def _parameter(said: Schema) -> Row:
    row = _row(said["name"], said.get("schema", {}), is_required=bool(said.get("required")))
    place = {"path": "in the path", "header": "header"}.get(said["in"], "")
    kind = f"{row.kind}, {place}" if place else row.kind
    described = said.get("description") or row.description
    return Row(**{**row.__dict__, "kind": kind, "description": described})


def _rows(schema: Schema, depth: int = 0) -> Iterator[Row]:
    """The fields of an object, each followed by those within it."""
    whole, _null = _plain(schema)
    if depth >= DEEPEST:
        return
    inner = whole.get("items")
    if whole.get("type") == "array" and inner:
        yield from _rows(inner, depth)
        return
    needed = set(whole.get("required", ()))
    for name, said in whole.get("properties", {}).items():
        yield _row(name, said, depth=depth, is_required=name in needed)
        yield from _rows(_within(said), depth + 1)


def _within(said: Schema) -> Schema:
    """What is spelled out below a field: the object that it is, or that its list holds."""
    whole, _null = _plain(said)
    if whole.get("type") == "array":
        return whole.get("items", {})
    return whole if whole.get("properties") else {}


def _row(name: str, said: Schema, *, depth: int = 0, is_required: bool = False) -> Row:
    whole, is_null = _plain(said)
    inner = _plain(whole.get("items", {}))[0] if whole.get("type") == "array" else whole
    return Row(
        name=name,
        kind=_kind(whole),
        depth=depth,
        is_required=is_required,
        may_be_null=is_null,
        description=said.get("description") or whole.get("description", ""),
        limits=tuple(_limits(whole)),
        choices=tuple(str(choice) for choice in inner.get("enum", ())),
    )


def _plain(schema: Schema) -> tuple[Schema, bool]:
    """The schema itself, without references and without “or null”, which is said apart."""
    if "$ref" in schema:
        whole, is_null = _plain(document()["components"]["schemas"][schema["$ref"].rpartition("/")[2]])
        return {**whole, **_without(schema, "$ref")}, is_null
    joined = next((name for name in JOINED if schema.get(name)), "")
    if not joined:
        return schema, False
    real = [part for part in schema[joined] if part.get("type") != "null"]
    whole, is_null = _plain(real[0]) if real else ({}, False)
    return {**whole, **_without(schema, *JOINED)}, is_null or len(real) < len(schema[joined])


def _without(schema: Schema, *names: str) -> dict[str, Any]:
    return {name: said for name, said in schema.items() if name not in names}


def _kind(whole: Schema) -> str:
    kind, form = whole.get("type", "any"), whole.get("format", "")
    if kind == "array":
        return f"list of {_kind(_plain(whole.get('items', {}))[0])}"
    named = {"uuid": "UUID", "date-time": "moment", "date": "day", "email": "address", "uri": "address"}.get(form)
    words = {"string": "text", "integer": "whole number", "number": "number", "boolean": "true or false"}
    return named or words.get(kind, str(kind))


def _limits(whole: Schema) -> Iterator[str]:
    names = {"minimum": "≥", "maximum": "≤", "exclusiveMinimum": ">", "exclusiveMaximum": "<"}
    for name, sign in names.items():
        if name in whole:
            yield f"{sign} {whole[name]}"
    if "maxLength" in whole:
        yield f"at most {whole['maxLength']} characters"
    if "maxItems" in whole:
        yield f"at most {whole['maxItems']} entries"
    if whole.get("default") not in (None, ""):
        yield f"default {json.dumps(whole['default'])}"


# Examples -----------------------------------------------------------------------------------------------------------
def _example(schema: Schema, depth: int = 0) -> Any:
    whole, _null = _plain(schema)
    if "const" in whole or whole.get("enum"):
        return whole.get("const", (whole.get("enum") or [None])[0])
    if whole.get("examples"):
        return whole["examples"][0]
    if depth > DEEPEST:
        return {}
    if whole.get("type") == "array":
        return [_example(whole.get("items", {}), depth + 1)]
    if whole.get("properties"):
        return {name: _example(said, depth + 1) for name, said in whole["properties"].items()}
    return _value(whole)


def _value(whole: Schema) -> Any:
    kind = whole.get("type")
    if kind == "string" and "[0-9a-f]{64}" in whole.get("pattern", ""):
        return "0" * 64
    if kind == "string":
        return EXAMPLES.get(whole.get("format", ""), "…")
    if kind in ("integer", "number"):
        return whole.get("default", max(int(whole.get("minimum", 1)), 1))
    return True if kind == "boolean" else {} if kind == "object" else None


def _call(method: str, path: str, body: Schema) -> str:
    lines = [f"curl -X {method}" if method != "GET" else "curl"]
    lines += ['-H "Authorization: Bearer $TOKEN"']
    if body:
        needed = _needed(body)
        lines += ['-H "Content-Type: application/json"', f"-d '{json.dumps(needed, ensure_ascii=False)}'"]
    lines += [f'"$BASE{path}"']
    return " \\\n  ".join(lines)


def least_body(said: Schema) -> Any:
    """The least body that an operation of the document takes; None where it takes none."""
    body = _content(said.get("requestBody", {}))
    return _needed(body) if body else None


def _needed(body: Schema) -> Any:
    """The least that can be sent."""
    whole, _null = _plain(body)
    needed = whole.get("required", ())
    example = _example(body)
    return {name: example[name] for name in needed} if isinstance(example, dict) else example
