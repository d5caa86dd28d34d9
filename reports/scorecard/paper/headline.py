"""The headline of a scorecard as one sentence: “Five of seven rules met; prevention is the gap”.

A table a language and no pattern to translate: numbers are spelled out, and articles, agreement and word order differ
so much that each language has its own whole sentences.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from assessments.score.arithmetic import RuleScore, RuleStatus, Score
from groundwork.words import joined, semicolon

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


PHRASES: Mapping[str, Phrases] = {
    "en": Phrases(
        numbers=("no", "one", "two", "three", "four", "five", "six", "seven"),
        gaps={
            "support": "support",
            "consistency": "consistency",
            "guidance": "guidance",
            "troubleshooting": "troubleshooting",
            "speed": "speed",
            "proof": "proof",
            "prevention": "prevention",
        },
        all_met="all %(total)s rules met",
        none_met="none of the %(total)s rules met",
        some_met=("%(met)s of %(total)s rules met", "%(met)s of %(total)s rules met"),
        gap=("%(gaps)s is the gap", "%(gaps)s are the gaps"),
        equally="%(count)s are equally weak",
        open=("%(count)s is not rated", "%(count)s are not rated"),
        nothing="none of the %(total)s rules could be rated",
    ),
    "fr": Phrases(
        numbers=("aucune", "une", "deux", "trois", "quatre", "cinq", "six", "sept"),
        gaps={
            "support": "le soutien",
            "consistency": "la constance",
            "guidance": "l’accompagnement",
            "troubleshooting": "le dépannage",
            "speed": "la rapidité",
            "proof": "la preuve",
            "prevention": "la prévention",
        },
        all_met="les %(total)s règles sont respectées",
        none_met="aucune des %(total)s règles n’est respectée",
        some_met=("%(met)s règle sur %(total)s est respectée", "%(met)s règles sur %(total)s sont respectées"),
        gap=("%(gaps)s est le point faible", "%(gaps)s sont les points faibles"),
        equally="%(count)s sont aussi faibles l’une que l’autre",
        open=("%(count)s n’est pas évaluée", "%(count)s ne sont pas évaluées"),
        nothing="aucune des %(total)s règles n’a pu être évaluée",
    ),
    "nl": Phrases(
        numbers=("geen", "één", "twee", "drie", "vier", "vijf", "zes", "zeven"),
        gaps={
            "support": "ondersteuning",
            "consistency": "consequent leveren",
            "guidance": "begeleiding",
            "troubleshooting": "probleemoplossing",
            "speed": "snelheid",
            "proof": "bewijs",
            "prevention": "preventie",
        },
        all_met="alle %(total)s regels nageleefd",
        none_met="geen van de %(total)s regels nageleefd",
        some_met=("%(met)s van de %(total)s regels nageleefd", "%(met)s van de %(total)s regels nageleefd"),
        gap=("%(gaps)s is het zwakke punt", "%(gaps)s zijn de zwakke punten"),
        equally="%(count)s zijn even zwak",
        open=("%(count)s is niet beoordeeld", "%(count)s zijn niet beoordeeld"),
        nothing="geen van de %(total)s regels kon worden beoordeeld",
    ),
}


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
    phrases = PHRASES[language]
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
