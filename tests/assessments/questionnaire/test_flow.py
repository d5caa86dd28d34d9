"""The way through a questionnaire, for whoever answers it."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
from django.http import Http404

from assessments.questionnaire.flow import RuleStep, rule_at
from manifesto.models import Rule

SUPPORT, SPEED = Rule(key="support"), Rule(key="speed")


@pytest.mark.parametrize(
    ("answered", "total", "eighths"), [(0, 9, 0), (1, 99, 1), (1, 2, 4), (98, 99, 7), (9, 9, 8), (0, 0, 0)]
)
def test_a_first_answer_and_a_last_one_that_is_missing_both_show(answered: int, total: int, eighths: int) -> None:
    progress = SimpleNamespace(key="support", answered=answered, total=total)
    assert RuleStep(progress=progress, url="/", is_current=False).eighths == eighths


def test_a_rule_is_found_by_its_key_and_the_first_without_one() -> None:
    assert rule_at([SUPPORT, SPEED], "speed") is SPEED
    assert rule_at([SUPPORT, SPEED], None) is SUPPORT


@pytest.mark.parametrize("rules", [[SUPPORT], []])
def test_a_rule_that_is_not_asked_is_not_found(rules: list[Rule]) -> None:
    with pytest.raises(Http404):
        rule_at(rules, "speed")
