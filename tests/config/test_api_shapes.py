"""The reference has one place a name: of two shapes that share theirs, it would tell one and mean both."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator

from ninja import Schema

from config.api import api


def shapes(kind: type[Schema] = Schema) -> Iterator[type[Schema]]:
    for one in kind.__subclasses__():
        yield one
        yield from shapes(one)


def told_twice(kinds: Iterable[type[Schema]]) -> set[str]:
    """Names, enumerations’ too, under which more than one thing stands."""
    found: dict[str, set[str]] = {}
    for kind in kinds:
        schema = kind.model_json_schema(ref_template="{model}")
        for name, content in {**schema.pop("$defs", {}), kind.__name__: schema}.items():
            found.setdefault(name, set()).add(json.dumps(content, sort_keys=True, default=str))
    return {name for name, contents in found.items() if len(contents) > 1}


def test_no_two_shapes_share_a_name() -> None:
    named = api.get_openapi_schema()["components"]["schemas"]
    ours = [kind for kind in shapes() if kind.__name__ in named and not kind.__module__.startswith("ninja")]
    assert len(ours) > 50
    assert told_twice(ours) == set()


def test_two_shapes_of_one_name_are_caught() -> None:
    def made(of: type) -> type[Schema]:
        return type("Twice", (Schema,), {"__annotations__": {"value": of}})

    assert told_twice([made(int), made(str)]) == {"Twice"}
    assert told_twice([made(int), made(int)]) == set()
