"""The shipped proposal: complete in three languages, checkable, and nobody else's words."""

from __future__ import annotations

import re
from decimal import Decimal

import pytest

from groundwork.languages import LANGUAGE_CODES
from manifesto.models import RULE_KEYS
from tests.manifesto.test_edition_2026_2 import shared
from vendors.expectations.proposal import PROPOSAL, Proposed, proposal
from vendors.measures.catalogue import BY_KEY

MOST_CHARACTERS = 150  # so that seven rules stand on one page of paper


def test_each_rule_has_three_and_all_have_keys_of_their_own() -> None:
    of_rules = [[one for one in proposal() if one.rule == rule] for rule in RULE_KEYS]
    assert [len(rows) for rows in of_rules] == [3] * 7
    assert len({one.key for one in proposal()}) == 21
    assert [[one.position for one in rows] for rows in of_rules] == [[1, 2, 3]] * 7


@pytest.mark.parametrize("one", proposal(), ids=lambda one: one.key)
def test_each_stands_in_every_language_in_one_short_sentence(one: Proposed) -> None:
    for language in LANGUAGE_CODES:
        text = one.texts[language]
        assert 20 < len(text) <= MOST_CHARACTERS, (language, len(text))
        assert text.endswith(".")
    assert len(set(one.texts.values())) == len(LANGUAGE_CODES)


def test_french_sets_its_spaces_and_dutch_its_apostrophes() -> None:
    for one in proposal():
        assert not re.search(r"[^\u00a0\u202f][:;?!]", one.texts["fr"]), one.key
        assert "'" not in "".join(one.texts.values()), one.key


def test_no_measure_tells_of_two_and_each_has_its_target() -> None:
    measured = [one.measure for one in proposal() if one.measure]
    assert len(measured) == len(set(measured)) >= 8
    assert all((one.target is None) is (not one.measure) for one in proposal())


def test_fifteen_minutes_are_a_quarter_of_an_hour() -> None:
    one = next(one for one in proposal() if one.key == "a-person-in-15-minutes")
    assert (one.measure, one.target) == ("first_response", Decimal("0.25"))


def test_a_measure_that_is_not_taken_is_left_out_and_the_words_stay() -> None:
    unknown = Proposed(
        key="k", rule="proof", position=1, texts={"en": "Words."}, measure="never_taken", target=Decimal(1)
    )
    row = unknown.unsaved()
    assert (row.measure, row.target, row.text_en) == ("", None, "Words.")
    known = next(one for one in proposal() if one.measure in BY_KEY).unsaved()
    assert known.measure
    assert known.target is not None


def test_the_file_says_nothing_twice() -> None:
    lines = [line for line in PROPOSAL.read_text(encoding="utf-8").splitlines() if re.match(r"\s+(en|fr|nl):", line)]
    assert len(lines) == len(set(lines)) == 63


def test_no_seven_words_of_it_are_those_of_others() -> None:
    said = [(one.key, text) for one in proposal() for text in one.texts.values()]
    planted = ("planted", "They say: seven wet ducks stand behind the grey church, today.")
    assert len(shared([planted, *said])) == 2
    assert shared(said) == []
