"""Dutch words on paper are broken at their joints, and other words by their syllables as before."""

from __future__ import annotations

from collections.abc import Iterator

import pyphen
import pytest

from groundwork.dutch import JOINTED
from reports.documents.hyphens import teach_joints


@pytest.fixture
def untaught(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(pyphen, "hdcache", {})
    yield


def test_the_dictionary_alone_breaks_between_syllables(untaught: None) -> None:
    assert pyphen.Pyphen(lang="nl").inserted("sleutelfiguren") == "sleu-tel-fi-gu-ren"


def test_each_word_is_broken_at_its_joint_alone(untaught: None) -> None:
    teach_joints()
    dictionary = pyphen.Pyphen(lang="nl", left=3, right=3)
    assert [dictionary.inserted(word.replace("-", "")) for word in JOINTED] == JOINTED


def test_another_word_and_another_language_stay_as_they_were(untaught: None) -> None:
    before = [pyphen.Pyphen(lang=lang).inserted("verantwoordelijke") for lang in ("nl", "fr")]
    teach_joints()
    teach_joints()
    assert [pyphen.Pyphen(lang=lang).inserted("verantwoordelijke") for lang in ("nl", "fr")] == before
