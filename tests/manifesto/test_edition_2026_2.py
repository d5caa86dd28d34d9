"""Edition 2026.2 keeps its own rules of writing: how to grade said, texts that stand alone, no wording of others."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from groundwork.languages import LANGUAGE_CODES
from manifesto import exchange, yaml_files
from manifesto.bank import Bank, bank_lines

FIRST: Bank = yaml_files.read_folder(yaml_files.SHIPPED / "2026.1")
BANK: Bank = yaml_files.read_folder(yaml_files.SHIPPED / "2026.2")
DOCS = Path(__file__).resolve().parents[2] / "docs" / "bank-2026.2.md"
FOREIGN = Path(__file__).with_name("foreign_wordings.txt")

# How lapses count: the end of the evidence of each question, and the words in which a level says it.
COUNTING = {
    "en": "In the period, one lapse the vendor itself named and mended counts as kept; “mostly” means more than half.",
    "fr": "Sur la période, un seul écart est excusé, si le fournisseur l’a lui-même signalé et corrigé ; "
    "« le plus souvent » : plus d’une fois sur deux.",
    "nl": "In de periode wordt één afwijking die de leverancier zelf meldde en herstelde, niet aangerekend; "
    "“meestal”: in meer dan de helft.",
}
LAPSE = {
    "en": "save one lapse named and mended",
    "fr": "sauf un écart signalé et corrigé",
    "nl": "op hooguit één gemelde en herstelde afwijking na",
}
# Questions that count no cases: one share of a year, one request.
UNCOUNTED = {"prevention-share", "speed-help"}
# How the questions of a rule are graded: the end of its guidance, the same in each rule.
GRADING = {
    "en": ("How to grade: take the last twelve months", "“Don’t know” is for what nobody looked into."),
    "fr": ("Comment noter : prenez les douze derniers mois", "« Ne sait pas » vaut pour ce que personne n’a examiné."),
    "nl": (
        "Zo beoordeelt u: kijk naar de laatste twaalf maanden",
        "“Weet ik niet” is voor wat niemand heeft nagegaan.",
    ),
}
# What makes a 1 where the period held no case.
NO_CASE = {
    "en": r"or there was (none|no incident), only a rule or a promise",
    "fr": r"ou il n’y (en )?a pas eu( d’incident)?, seulement une règle ou une promesse",
    "nl": r"of (zo’n incident was er niet|er was geen \w+), alleen een regel of belofte",
}
LONGEST_GRADING = 110  # words
LAPSE_SAID = {
    "en": r"nam(ed|e) and mend",
    "fr": r"signalée? (et|ou non) corrigé",
    "nl": r"gemelde? [eé]n herstelde?",
}
# Words without exception. “No” and “never” are left out: they are what level 0 says, and one case makes it a 1.
ABSOLUTE = {
    "en": r"every|each|all|always|everybody|everyone|everything|whenever|throughout",
    "fr": r"tout|toute|tous|toutes|chaque|chacun|chacune|toujours|systématiquement",
    "nl": r"elk|elke|alle|alles|altijd|ieder|iedere|iedereen|steeds|telkens",
}
# A text that points at its neighbour, or at the level below it.
LEANING = {
    "en": r"as (complete|regular|full) as|always that|this rhythm|that (full )?proof|the above|level \d|likewise|ditto",
    "fr": r"cette (régularité|preuve|cadence)|aussi (complète|régulière|précise)s?\b|ci-dessus|niveau \d|de même|idem",
    "nl": r"even (regelmatig|volledig)|zo volledig|dat volledige|die (regelmaat|frequentie)|hierboven|niveau \d|idem",
}
LONGEST_LEVEL = 280  # characters
MOST = {"en": 1.31, "fr": 1.38, "nl": 1.39}  # of the length of 2026.1
SHINGLE = 7  # words


def _levels(bank: Bank, language: str) -> Iterator[tuple[str, str]]:
    for _rule, question in bank.questions():
        for grade, level in enumerate(question.levels):
            yield f"{question.key}/{grade}", level[language]


def _said(bank: Bank) -> Iterator[tuple[str, str]]:
    for (sheet, key), fields in bank_lines(bank).items():
        for (field, language), value in fields.items():
            if language:
                yield f"{sheet}/{key}.{field} {language}", value


def _words(text: str) -> str:
    """Spaces of all kinds are one kind here."""
    return " ".join(text.split())


def test_the_first_edition_is_what_was_published() -> None:
    assert exchange.fingerprint(FIRST) == "f2b63bac63d409b2a66ea30cf721ae104225ae18ea8a6bc18f643217ceb64f9e"


# Lapses -----------------------------------------------------------------------------------------------------------
def without_counting(bank: Bank, language: str) -> list[str]:
    ending = COUNTING[language]
    return [question.key for _rule, question in bank.questions() if not _ends(question.evidence[language], ending)]


def _ends(text: str, ending: str) -> bool:
    return _words(text).endswith(ending)


@pytest.mark.parametrize("language", LANGUAGE_CODES)
def test_each_question_says_how_lapses_count_in_the_same_words(language: str) -> None:
    assert len(without_counting(FIRST, language)) == 22
    assert without_counting(BANK, language) == []


@pytest.mark.parametrize("language", LANGUAGE_CODES)
def test_the_two_levels_that_a_lapse_decides_say_it_in_the_same_words(language: str) -> None:
    def silent(bank: Bank) -> list[str]:
        return [place for place, text in _levels(bank, language) if place[-1] in "34" and LAPSE[language] not in text]

    assert len(silent(FIRST)) == 44
    assert {place.split("/")[0] for place in silent(BANK)} == UNCOUNTED


def absolute(bank: Bank, language: str) -> list[str]:
    word, said = re.compile(rf"\b({ABSOLUTE[language]})\b", re.IGNORECASE), re.compile(LAPSE_SAID[language])
    return [place for place, text in _levels(bank, language) if word.search(text) and not said.search(text)]


@pytest.mark.parametrize("language", LANGUAGE_CODES)
def test_a_level_has_no_word_without_exception_unless_it_says_the_exception(language: str) -> None:
    assert {"prevention-changes/3", "proof-cause/3", "troubleshooting-discipline/3"} <= set(absolute(FIRST, language))
    assert absolute(BANK, language) == []


@pytest.mark.parametrize("language", LANGUAGE_CODES)
def test_level_four_is_level_three_and_more(language: str) -> None:
    def apart(bank: Bank) -> set[str]:
        levels = dict(_levels(bank, language))
        keys = (question.key for _rule, question in bank.questions())
        return {key for key in keys if not levels[f"{key}/4"].startswith(levels[f"{key}/3"].split(". ")[0])}

    assert len(apart(FIRST)) > 15
    assert apart(BANK) == {"support-rehearsal", "consistency-expectations", "speed-practice"}  # the same, more often


# How to grade -----------------------------------------------------------------------------------------------------
def gradings(bank: Bank, language: str) -> set[str]:
    """What the rules say about grading; "" for a rule that says nothing."""
    first, last = GRADING[language]
    said = re.compile(rf"{re.escape(first)}.*{re.escape(last)}$")
    found = (said.search(_words(rule.guidance[language])) for rule in bank.rules)
    return {match[0] if match else "" for match in found}


@pytest.mark.parametrize("language", LANGUAGE_CODES)
def test_each_rule_ends_on_the_same_short_words_about_grading(language: str) -> None:
    assert gradings(FIRST, language) == {""}
    (words,) = gradings(BANK, language)
    assert 0 < len(re.findall(r"[\w’-]+", words)) <= LONGEST_GRADING


@pytest.mark.parametrize("language", LANGUAGE_CODES)
def test_a_question_that_counts_cases_says_what_a_period_without_one_makes(language: str) -> None:
    def saying(bank: Bank) -> set[str]:
        ones = {place.removesuffix("/1"): text for place, text in _levels(bank, language) if place.endswith("/1")}
        return {key for key, text in ones.items() if re.search(NO_CASE[language], text)}

    standing = {"support-rehearsal", "consistency-standards", "consistency-expectations", "consistency-people"}
    assert saying(FIRST) == set()
    assert saying(BANK) == {q.key for _rule, q in BANK.questions()} - standing - UNCOUNTED - {"speed-practice"}


# Texts that stand alone -------------------------------------------------------------------------------------------
def leaning(bank: Bank, language: str) -> list[str]:
    pattern = re.compile(LEANING[language], re.IGNORECASE)
    return [place for place, text in _levels(bank, language) if pattern.search(text)]


@pytest.mark.parametrize("language", LANGUAGE_CODES)
def test_no_level_leans_on_another(language: str) -> None:
    assert {"speed-review/4", "prevention-changes/4", "proof-cause/4"} <= set(leaning(FIRST, language))
    assert leaning(BANK, language) == []


@pytest.mark.parametrize("language", LANGUAGE_CODES)
def test_a_level_is_one_that_a_person_in_a_hurry_reads(language: str) -> None:
    def too_long(levels: Iterable[tuple[str, str]]) -> list[str]:
        return [place for place, text in levels if len(text) > LONGEST_LEVEL]

    assert too_long([("planted/3", "x" * (LONGEST_LEVEL + 1))]) == ["planted/3"]
    assert too_long(_levels(BANK, language)) == []


@pytest.mark.parametrize("language", LANGUAGE_CODES)
def test_the_whole_is_little_longer_than_before(language: str) -> None:
    def length(bank: Bank) -> int:
        return sum(len(text) for place, text in _said(bank) if place.endswith(f" {language}"))

    assert length(BANK) < MOST[language] * length(FIRST)


# Revisions --------------------------------------------------------------------------------------------------------
def test_keys_and_weights_are_those_of_the_first_edition() -> None:
    def shape(bank: Bank) -> list[tuple]:
        return [(q.key, q.weight, q.knockout, q.fact, len(q.levels)) for _rule, q in bank.questions()]

    assert shape(BANK) == shape(FIRST)
    assert BANK.policy == FIRST.policy


def test_the_page_on_the_edition_tells_each_revision_and_why_it_rose() -> None:
    rows = re.findall(r"^\| `([a-z-]+)` \| (\d) \| (.*?) ?\|$", DOCS.read_text(encoding="utf-8"), re.MULTILINE)
    told = {key: int(revision) for key, revision, _why in rows}
    assert told == {question.key: question.revision for _rule, question in BANK.questions()}
    assert [key for key, revision, why in rows if revision == "2" and not why] == []
    assert sorted(told.values()) == [1] * 3 + [2] * 19


# Wordings that the bank must not share ----------------------------------------------------------------------------
def shingles(text: str) -> Iterator[str]:
    """Each run of seven words, without case and marks, as it is fingerprinted."""
    words = re.findall(r"\w+", text.lower())
    for start in range(len(words) - SHINGLE + 1):
        yield " ".join(words[start : start + SHINGLE])


def fingerprint(shingle: str) -> str:
    return hashlib.sha256(shingle.encode()).hexdigest()[:12]


def shared(texts: Iterable[tuple[str, str]]) -> list[str]:
    foreign = set(FOREIGN.read_text(encoding="utf-8").split())
    return [f"{place}: {run}" for place, text in texts for run in shingles(text) if fingerprint(run) in foreign]


def test_a_wording_of_others_is_caught() -> None:
    """The list holds one invented sentence for this."""
    planted = "They say: seven wet ducks stand behind the grey church, today."
    assert shared([("planted", planted)]) == [
        "planted: seven wet ducks stand behind the grey",
        "planted: wet ducks stand behind the grey church",
    ]
    assert any("rules/proof.guidance" in found for found in shared(_said(FIRST)))


def test_no_seven_words_of_the_edition_are_those_of_others() -> None:
    changed = replace(BANK, title={**BANK.title, "en": "Seven wet ducks stand behind the grey church"})
    assert len(shared(_said(changed))) == 2
    assert shared(_said(BANK)) == []
