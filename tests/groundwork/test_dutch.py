"""Long Dutch words are broken at the joints of their parts."""

from __future__ import annotations

import pytest
from django.template import Context, Template
from django.utils import translation

from groundwork.dutch import JOINTED, JOINTS, SOFT_HYPHEN, jointed


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("Twee sleutelfiguren zijn weg.", "Twee sleutel-figuren zijn weg."),
        ("Tweefactorauthenticatie", "Tweefactor-authenticatie"),
        ("wachtwoorden en grondoorzaken", "wacht-woorden en grond-oorzaken"),
        ("goedkeuringsniveaus", "goedkeurings-niveaus"),
        ("verantwoordelijke", "verantwoordelijke"),
    ],
)
def test_a_word_of_several_parts_may_end_a_line_at_its_joint_only(text: str, shown: str) -> None:
    assert jointed(text) == shown.replace("-", SOFT_HYPHEN)
    assert jointed(text).replace(SOFT_HYPHEN, "") == text


def test_each_word_has_one_joint_with_room_on_both_sides() -> None:
    assert len(JOINTS) == len(JOINTED)
    assert [word for word in JOINTED if word.count("-") != 1 or min(map(len, word.split("-"))) < 3] == []


def test_only_a_dutch_page_has_joints() -> None:
    template = Template("{{ text|jointed }}")
    for language, shown in (("nl", f"&lt;sleutel{SOFT_HYPHEN}figuren"), ("fr", "&lt;sleutelfiguren")):
        with translation.override(language):
            assert template.render(Context({"text": "<sleutelfiguren"})) == shown
