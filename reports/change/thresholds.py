"""Thresholds and knock-outs that changed between two scorecards. They move no percent, but may move a status."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.translation import gettext as _

from assessments.score import words as of_score
from assessments.score.arithmetic import Policy
from assessments.score.difference import RuleDifference
from groundwork.words import labelled


def changed_thresholds(then: Policy, now: Policy, *, language: str) -> tuple[str, ...]:
    """“Met from: 75% → 80%”, one text a threshold that changed."""
    told = (
        (_("Met from"), *(of_score.percent(one.met_threshold, one, language) for one in (then, now))),
        (_("Broken below"), *(of_score.percent(one.broken_threshold, one, language) for one in (then, now))),
        (
            _("Rated from a coverage of"),
            *(of_score.coverage(one.minimum_coverage, one, language) for one in (then, now)),
        ),
        (_("A knock-out question breaks its rule below the grade"), str(then.knockout_below), str(now.knockout_below)),
    )
    return tuple(labelled(name, f"{before} → {after}", language) for name, before, after in told if before != after)


def new_knockouts(found: RuleDifference, numbers: Mapping[str, str]) -> tuple[str, ...]:
    """The questions of a rule that became knock-outs or are none any more; `numbers`: of the questions as now asked."""
    then = {question.key: question.knockout for question in found.then.questions} if found.then else {}
    now = found.now.questions if found.now else ()
    changed = [question for question in now if then.get(question.key, question.knockout) != question.knockout]
    return tuple(
        (_("%(question)s is a knock-out question now") if question.knockout else _("%(question)s is none any more"))
        % {"question": numbers[question.key]}
        for question in changed
    )
