"""What a comparison says of differences, in sentences of the active language."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from django.utils.translation import gettext as _

from groundwork.words import apart, joined
from reports.comparison.differences import Difference, Doubt, RuleDifferences
from reports.scorecard.shapes import RuleView, ScorecardView


def sentences(found: RuleDifferences, cards: Sequence[ScorecardView], rules: Sequence[RuleView]) -> tuple[str, ...]:
    """What can be said of one rule; `rules`: that rule of each card, in the same order."""
    if found.best is None:
        return (_("No vendor is rated in this rule."),)
    said = []
    if found.clear:
        said.append(
            _("%(best)s is clearly above %(others)s.")
            % {"best": cards[found.best].vendor, "others": _names(cards, found.clear)}
        )
    said += [_unclear(one, cards, rules) for one in found.unclear]
    if len(found.not_rated) == len(found.differences):
        said.append(_("Only %(vendor)s is rated in this rule.") % {"vendor": cards[found.best].vendor})
    elif found.not_rated:
        said.append(_("Not rated in this rule: %(vendors)s.") % {"vendors": _names(cards, found.not_rated)})
    return tuple(said)


def summary(rules: Sequence[tuple[RuleView, RuleDifferences]]) -> str:
    """In which rules a difference is clear, before anything else is read."""
    clear = [f"{rule.number}\u00a0{rule.name}" for rule, found in rules if found.clear]
    if not clear:
        return _("In no rule is a difference clear. Below, each rule says why.")
    return _("Where a difference is clear: %(rules)s.") % {"rules": joined(clear)}


def _unclear(one: Difference, cards: Sequence[ScorecardView], rules: Sequence[RuleView]) -> str:
    return _("%(best)s against %(other)s is not clear: %(reasons)s.") % {
        "best": cards[one.one].vendor,
        "other": cards[one.other].vendor,
        "reasons": apart(REASONS[doubt](one, cards, rules) for doubt in one.doubts),
    }


def _other_edition(one: Difference, cards: Sequence[ScorecardView], rules: Sequence[RuleView]) -> str:
    editions = {"one": cards[one.one].edition, "other": cards[one.other].edition}
    return _("they rest on two editions of the questions, %(one)s and %(other)s") % editions


def _low_confidence(one: Difference, cards: Sequence[ScorecardView], rules: Sequence[RuleView]) -> str:
    return _("the confidence is low (%(vendors)s)") % {"vendors": _names(cards, one.of_low)}


def _overlap(one: Difference, cards: Sequence[ScorecardView], rules: Sequence[RuleView]) -> str:
    best, other = (_spread(rules[place]) for place in (one.one, one.other))
    if best == other and not rules[one.one].bounds:
        return _("both stand at %(percent)s") % {"percent": best}
    return _("the bounds overlap (%(one)s and %(other)s)") % {"one": best, "other": other}


def _spread(rule: RuleView) -> str:
    """“55% to 70%”; where no grade is missing, the percent alone."""
    return rule.bounds or rule.percent


def _names(cards: Sequence[ScorecardView], places: Iterable[int]) -> str:
    return joined([cards[place].vendor for place in places])


Reason = Callable[[Difference, Sequence[ScorecardView], Sequence[RuleView]], str]
# A vendor that is not rated is named apart: nothing is held against it.
REASONS: dict[Doubt, Reason] = {
    Doubt.OTHER_EDITION: _other_edition,
    Doubt.LOW_CONFIDENCE: _low_confidence,
    Doubt.OVERLAP: _overlap,
}
