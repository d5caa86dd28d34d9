"""The headline says in natural words how many rules are met, what the gap is, and what is not rated."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assessments.score.arithmetic import Reason, RuleScore, RuleStatus
from manifesto.models import RULE_KEYS
from reports.scorecard.paper.headline import phrases_of, sentence, weakest_of

LANGUAGES = ("en", "fr", "nl")
NBSP = "\u00a0"


def said(met: int, weakest: Sequence[str] = (), left: int = 0) -> list[str]:
    """In English, French and Dutch, with the spaces of French as plain ones."""
    return [
        sentence(met=met, total=7, weakest=weakest, left=left, names={}, language=language)
        .replace(NBSP, " ")
        .replace("\u202f", " ")
        for language in LANGUAGES
    ]


@pytest.mark.parametrize(
    ("met", "weakest", "left", "expected"),
    [
        (
            5,
            ["prevention"],
            0,
            [
                "Five of seven rules met; prevention is the gap.",
                "Cinq règles sur sept sont respectées ; la prévention est le point faible.",
                "Vijf van de zeven regels nageleefd; preventie is het zwakke punt.",
            ],
        ),
        (
            1,
            ["speed", "proof"],
            0,
            [
                "One of seven rules met; speed and proof are the gaps.",
                "Une règle sur sept est respectée ; la rapidité et la preuve sont les points faibles.",
                "Eén van de zeven regels nageleefd; snelheid en bewijs zijn de zwakke punten.",
            ],
        ),
        (
            0,
            ["support", "guidance", "speed"],
            1,
            [
                "None of the seven rules met; support, guidance and speed are the gaps, one is not rated.",
                "Aucune des sept règles n’est respectée ; le soutien, l’accompagnement et la rapidité sont les points "
                "faibles, une n’est pas notée.",
                "Geen van de zeven regels nageleefd; ondersteuning, begeleiding en snelheid zijn de zwakke punten, één "
                "is niet beoordeeld.",
            ],
        ),
        (
            0,
            RULE_KEYS,
            0,
            [
                "None of the seven rules met; seven are equally weak.",
                "Aucune des sept règles n’est respectée ; sept sont aussi faibles les unes que les autres.",
                "Geen van de zeven regels nageleefd; zeven zijn even zwak.",
            ],
        ),
        (
            5,
            [],
            2,
            [
                "Five of seven rules met; two are not rated.",
                "Cinq règles sur sept sont respectées ; deux ne sont pas notées.",
                "Vijf van de zeven regels nageleefd; twee zijn niet beoordeeld.",
            ],
        ),
        (
            7,
            [],
            0,
            ["All seven rules met.", "Les sept règles sont respectées.", "Alle zeven regels nageleefd."],
        ),
        (
            0,
            [],
            7,
            [
                "None of the seven rules could be rated.",
                "Aucune des sept règles n’a pu être notée.",
                "Geen van de zeven regels kon worden beoordeeld.",
            ],
        ),
    ],
)
def test_the_headline_is_a_natural_sentence_in_each_language(
    met: int, weakest: Sequence[str], left: int, expected: list[str]
) -> None:
    assert said(met, weakest, left) == expected


def test_every_rule_has_a_noun_in_every_language_and_another_one_its_name() -> None:
    for language in LANGUAGES:
        assert set(phrases_of(language).gaps) == set(RULE_KEYS)
    found = sentence(met=1, total=2, weakest=["odd"], left=0, names={"odd": "Odd rule"}, language="en")
    assert found == "One of two rules met; Odd rule is the gap."


@given(met=st.integers(0, 7), left=st.integers(0, 7), language=st.sampled_from(LANGUAGES))
def test_whatever_is_met_it_is_one_sentence_without_a_hole(met: int, left: int, language: str) -> None:
    left = min(left, 7 - met)
    failed = RULE_KEYS[: 7 - met - left]
    found = sentence(met=met, total=7, weakest=failed[:2], left=left, names={}, language=language)
    assert found[0].isupper()
    assert found.endswith(".")
    assert "%" not in found
    assert not any(character.isdigit() for character in found)


def rule(key: str, status: RuleStatus, percent: int | None) -> RuleScore:
    return RuleScore(
        rule=key,
        percent=None if percent is None else Fraction(percent),
        coverage=Fraction(100),
        low=None,
        high=None,
        status=status,
        reason=Reason.KNOCKOUT,
        knockouts=(),
        weight_graded=Fraction(1),
        weight_applicable=Fraction(1),
        weighted_sum=Fraction(1),
        questions=(),
    )


def test_a_rule_that_is_met_is_no_gap_though_another_is_broken_at_a_higher_percent() -> None:
    rules = [rule("support", RuleStatus.MET, 75), rule("speed", RuleStatus.BROKEN, 80)]
    assert [one.rule for one in weakest_of(rules)] == ["speed"]
    assert weakest_of([rule("support", RuleStatus.NOT_RATED, 10)]) == []
