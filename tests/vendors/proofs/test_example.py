"""The example of a good proof: whole, in each language, by the rules that the vendor's own is held to."""

from __future__ import annotations

import pytest
from django.utils import translation

from groundwork.languages import LANGUAGE_CODES
from vendors.proofs.complete import Considered, lacks_of
from vendors.proofs.example import example


@pytest.mark.parametrize("language", LANGUAGE_CODES)
def test_the_example_lacks_nothing_and_rules_out_two_causes(language: str) -> None:
    with translation.override(language):
        shown = example()
    others = [Considered(cause=cause, ruled_out_by=fact) for cause, fact in shown.others]
    assert lacks_of(shown.texts, others) == ()
    assert len(others) == 2
    assert shown.happened


def test_no_language_shows_the_words_of_another() -> None:
    told = []
    for language in LANGUAGE_CODES:
        with translation.override(language):
            told.append(example().texts["cause"])
    assert len(set(told)) == len(LANGUAGE_CODES)
