"""The headline of a scorecard as one sentence: “Five of seven rules met; prevention is the gap”.

A table a language and no pattern to translate: numbers are spelled out, and articles, agreement and word order differ
so much that each language has its own whole sentences.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from assessments.score.arithmetic import RuleScore, RuleStatus, Score
from groundwork.words import joined, semicolon

TEXTS = Path(__file__).parent / "headlines.yaml"
MOST_NAMED = 3  # gaps; of more that are equally weak only how many


@dataclass(frozen=True, kw_only=True)
class Phrases:
    """The parts of the sentence in one language. Pairs: of one, of several."""

    numbers: Sequence[str]  # from nought, within a sentence
    gaps: Mapping[str, str]  # what the rules are about, with the article that the sentence needs
    all_met: str
    none_met: str
    some_met: tuple[str, str]
    gap: tuple[str, str]
    equally: str  # that so many are equally weak
    open: tuple[str, str]  # that so many are not rated
    nothing: str  # that none is rated


@cache
def phrases_of(language: str) -> Phrases:
    """Raises KeyError for a language that `headlines.yaml` does not know."""
    texts: Mapping[str, Any] = yaml.safe_load(TEXTS.read_text(encoding="utf-8"))[language]
    parts: dict[str, Any] = {name: tuple(said) if isinstance(said, list) else said for name, said in texts.items()}
    return Phrases(**parts)


def headline(score: Score, names: Mapping[str, str], language: str) -> str:
    """The sentence, with its full stop. `names`: the rules by key, for one that no table knows."""
    weakest = [rule.rule for rule in weakest_of(score.rules)]
    left = sum(rule.status == RuleStatus.NOT_RATED for rule in score.rules)
    return sentence(met=score.met, total=len(score.rules), weakest=weakest, left=left, names=names, language=language)


def weakest_of(rules: Sequence[RuleScore]) -> list[RuleScore]:
    """Of the rules that are rated and not met those of the lowest percent: several where they are equal."""
    failed = [rule for rule in rules if rule.status in (RuleStatus.BROKEN, RuleStatus.PARTLY)]
    lowest = min((rule.percent for rule in failed if rule.percent is not None), default=None)
    return [rule for rule in failed if rule.percent == lowest]


def sentence(
    *, met: int, total: int, weakest: Sequence[str], left: int, names: Mapping[str, str], language: str
) -> str:
    """`weakest`: keys of the rules that are the gap; `left`: how many are not rated."""
    phrases = phrases_of(language)
    if total and left == total:
        return _sentence([phrases.nothing % {"total": _number(total, phrases)}], language)
    parts = [_met(met, total, phrases)]
    if weakest:
        parts.append(_gap(weakest, phrases, names, language))
    if left:
        parts.append(phrases.open[left > 1] % {"count": _number(left, phrases)})
    return _sentence(parts, language)


def _met(met: int, total: int, phrases: Phrases) -> str:
    said = {"met": _number(met, phrases), "total": _number(total, phrases)}
    if met == total:
        return phrases.all_met % said
    return (phrases.some_met[met > 1] if met else phrases.none_met) % said


def _gap(weakest: Sequence[str], phrases: Phrases, names: Mapping[str, str], language: str) -> str:
    if len(weakest) > MOST_NAMED:
        return phrases.equally % {"count": _number(len(weakest), phrases)}
    gaps = joined([phrases.gaps.get(key, names.get(key, key)) for key in weakest], language)
    return phrases.gap[len(weakest) > 1] % {"gaps": gaps}


def _number(count: int, phrases: Phrases) -> str:
    return phrases.numbers[count] if count < len(phrases.numbers) else str(count)


def _sentence(parts: Sequence[str], language: str) -> str:
    """“A; b, c.”: what is the gap behind a semicolon, what is missing behind a comma."""
    first, *rest = parts
    said = f"{semicolon(language)} ".join(filter(None, (first, ", ".join(rest))))
    capital = "E" if said.startswith("één") else said[:1].upper()  # Dutch writes Eén
    return f"{capital}{said[1:]}."
