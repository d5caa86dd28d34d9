"""What a comparison says of differences, in sentences of the active language."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from assessments.score.arithmetic import Confidence
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
    said += [_overlap(one, cards, rules) for one in found.unclear if Doubt.OVERLAP in one.doubts]
    unclear = [one.other for one in found.unclear if Doubt.OVERLAP not in one.doubts]
    if unclear:
        said.append(
            _("%(best)s against %(others)s is not clear, for the reasons above.")
            % {"best": cards[found.best].vendor, "others": _names(cards, unclear)}
        )
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


def doubts_of_all_rules(cards: Sequence[ScorecardView], editions: Sequence[str]) -> tuple[str, ...]:
    """What keeps differences from being clear whatever the rule: it is said once, and not with each rule. `editions`:
    of each card the edition by which it is compared, one for all that ask the same."""
    said = []
    of_edition: dict[str, list[int]] = {}
    for place, edition in enumerate(editions):
        of_edition.setdefault(edition, []).append(place)
    if len(of_edition) > 1:
        sides = apart(
            _("%(edition)s: %(vendors)s") % {"edition": edition, "vendors": _names(cards, places)}
            for edition, places in of_edition.items()
        )
        said.append(
            _("No difference between vendors of different editions of the questions is called clear (%(sides)s).")
            % {"sides": sides}
        )
    low = [place for place, card in enumerate(cards) if card.confidence == Confidence.LOW]
    if low:
        said.append(
            ngettext(
                "No difference from %(vendors)s is called clear: the confidence of that scorecard is low.",
                "No difference from %(vendors)s is called clear: the confidence of those scorecards is low.",
                len(low),
            )
            % {"vendors": _names(cards, low)}
        )
    return tuple(said)


def _overlap(one: Difference, cards: Sequence[ScorecardView], rules: Sequence[RuleView]) -> str:
    best, other = (_spread(rules[place]) for place in (one.one, one.other))
    names = {"best": cards[one.one].vendor, "other": cards[one.other].vendor}
    if best == other and not rules[one.one].bounds:
        reason = _("both stand at %(percent)s") % {"percent": best}
    else:
        reason = _("the bounds overlap (%(one)s and %(other)s)") % {"one": best, "other": other}
    return _("%(best)s against %(other)s is not clear: %(reasons)s.") % {**names, "reasons": reason}


def _spread(rule: RuleView) -> str:
    """“55% to 70%”; where no grade is missing, the percent alone."""
    return rule.bounds or rule.percent


def _names(cards: Sequence[ScorecardView], places: Iterable[int]) -> str:
    return joined([cards[place].vendor for place in places])
