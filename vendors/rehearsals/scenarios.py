"""Scenarios to begin with, in each language, as they are shipped."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import yaml

from groundwork.languages import active_language

SHIPPED = Path(__file__).parent / "scenarios.yaml"


@dataclass(frozen=True, kw_only=True)
class Scenario:
    """A proposal; `titles` and `texts` by language."""

    key: str
    kind: str
    titles: Mapping[str, str]
    texts: Mapping[str, str]

    @property
    def title(self) -> str:
        return self.titles[active_language()]

    @property
    def text(self) -> str:
        """What happens, and what to find out, a line each."""
        return self.texts[active_language()].strip()


@cache
def shipped() -> tuple[Scenario, ...]:
    with SHIPPED.open(encoding="utf-8") as file:
        told = yaml.safe_load(file)
    return tuple(Scenario(key=one["key"], kind=one["kind"], titles=one["title"], texts=one["text"]) for one in told)


def called(key: str) -> Scenario | None:
    return next((one for one in shipped() if one.key == key), None)
