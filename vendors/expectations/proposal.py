"""The shipped proposal: what an organisation may begin with, which it then changes as it likes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from groundwork.languages import LANGUAGE_CODES
from manifesto.models import RULE_KEYS
from vendors.measures.catalogue import BY_KEY
from vendors.models import Expectation

PROPOSAL = Path(__file__).with_name("proposal.yaml")


@dataclass(frozen=True, kw_only=True)
class Proposed:
    """One expectation; `texts` by language. `measure` is empty and `target` None where nothing measures it."""

    key: str
    rule: str
    position: int
    texts: Mapping[str, str]
    measure: str
    target: Decimal | None

    def unsaved(self) -> Expectation:
        """As a row without its edition. A measure that this version does not take is left out."""
        is_taken = self.measure in BY_KEY
        return Expectation(
            key=self.key,
            rule=self.rule,
            position=self.position,
            measure=self.measure if is_taken else "",
            target=self.target if is_taken else None,
            **{f"text_{language}": text for language, text in self.texts.items()},
        )


@cache
def proposal() -> tuple[Proposed, ...]:
    """All of it, in the order of the rules."""
    with PROPOSAL.open(encoding="utf-8") as file:
        told: dict[str, list[dict[str, Any]]] = yaml.safe_load(file)
    return tuple(one for rule in RULE_KEYS for one in _of_rule(rule, told[rule]))


def _of_rule(rule: str, told: list[dict[str, Any]]) -> Iterator[Proposed]:
    for position, one in enumerate(told, start=1):
        target = one.get("target")
        yield Proposed(
            key=one["key"],
            rule=rule,
            position=position,
            texts={language: one[language] for language in LANGUAGE_CODES},
            measure=one.get("measure", ""),
            target=None if target is None else Decimal(target),
        )
