"""Claim, rating and measure in words, in the active language: for the pages of today and for the frozen scorecard."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext_lazy

from assessments.findings.findings import SPEAKING, Finding, MeasuredRules, Opinion, RuleFinding, Target
from assessments.score.arithmetic import RuleStatus
from assessments.score.words import STATUSES
from groundwork.languages import NO_BREAK
from groundwork.words import day, named, number
from vendors.measures.metrics import Measures, PeriodLength, Series, is_within, recent
from vendors.measures.plain_data import FINE_DIGITS
from vendors.measures.trend import Direction
from vendors.measures.words import LABELS, brief, change_words, figure, left_out_words, probability, trend_words

FINDINGS: Mapping[Finding, Promise] = {
    Finding.CONTRADICTED: pgettext_lazy("finding", "Contradicted"),
    Finding.NOT_BORNE_OUT: pgettext_lazy("finding", "Not borne out"),
    Finding.BORNE_OUT: pgettext_lazy("finding", "Borne out"),
    Finding.BETTER_THAN_RATED: pgettext_lazy("finding", "Better than rated"),
    Finding.CONFIRMED: pgettext_lazy("finding", "Confirmed"),
    Finding.NO_FINDING: pgettext_lazy("finding", "Neither way"),
    Finding.TOO_LITTLE_DATA: pgettext_lazy("finding", "Too little data"),
}
MOST_ON_PAGE = 5  # incidents that a page names behind a finding
MOST_LINKED = 200  # that one address can name
BETTER_THAN_CLAIMED = pgettext_lazy("finding", "Better than claimed")
# The subject of a sentence about what decides a rule.
SUBJECTS: Mapping[str, Promise] = {
    "duration_mean": gettext_lazy("the mean duration of critical incidents"),
    "repeat_count": gettext_lazy("the number of problems that come back"),
    "repeats": gettext_lazy("the share of problems that come back"),  # what decided until schema 4
}


@dataclass(frozen=True, kw_only=True)
class OpinionView:
    """`finding` is empty where no measure decides the rule, or it is not rated."""

    status: str
    status_label: str
    percent: str
    finding: str
    finding_label: str


@dataclass(frozen=True, kw_only=True)
class FindingLine:
    """One measure of a rule: where it stands, where it goes, and what was agreed."""

    key: str
    label: str
    figure: str
    trend: str
    target: str
    decides: bool


@dataclass(frozen=True, kw_only=True)
class RowView:
    """One rule in three columns; `claim` is None where the vendor says nothing of it."""

    rule: str
    number: int
    name: str
    claim: OpinionView | None
    rating: OpinionView
    lines: tuple[FindingLine, ...]
    outcome: str  # what the measure makes of the rating; empty where nothing decides
    outcome_label: str


@dataclass(frozen=True, kw_only=True)
class Notice:
    """What is said first: a finding that speaks against the grades, for better or worse, with its incidents."""

    rule: str
    number: int
    name: str
    finding: str
    label: str
    text: str
    incidents: tuple[str, ...]
    more: int
    cases: tuple[int, ...] = ()

    @property
    def named(self) -> str:
        """“INC-3, INC-2 and 12 more”: on paper, where nothing can be followed."""
        return named(self.incidents, self.more)

    @property
    def named_briefly(self) -> str:
        """The same for a page, which leads to the list of all of them."""
        shown = self.incidents[:MOST_ON_PAGE]
        return named(shown, self.more + len(self.incidents) - len(shown))

    @property
    def ids(self) -> str:
        """As the list of incidents takes them; empty where they are not known, or too many for an address."""
        return ",".join(map(str, self.cases)) if len(self.cases) <= MOST_LINKED else ""


@dataclass(frozen=True, kw_only=True)
class MeasuredView:
    notices: tuple[Notice, ...]
    rows: tuple[RowView, ...]
    has_claim: bool
    window: str
    left_out: tuple[str, ...]
    since: date
    until: date

    @property
    def is_only_better(self) -> bool:
        """Whether all that speaks against the grades speaks for the vendor."""
        return all(notice.finding == Finding.BETTER_THAN_RATED for notice in self.notices)


@dataclass(frozen=True, kw_only=True)
class Names:
    """What the words need beside the findings: each rule's number and name, and how a percent is written."""

    rules: Mapping[str, tuple[int, str]]
    percent: Callable[[Fraction], str]


def view(measured: MeasuredRules, names: Names) -> MeasuredView:
    measures = measured.measures
    return MeasuredView(
        notices=tuple(notice for rule in measured.rules for notice in _notices(rule, measured, names)),
        rows=tuple(_row(rule, measured, names) for rule in measured.rules),
        has_claim=any(rule.claim for rule in measured.rules),
        window=window(measures),
        left_out=tuple(left_out_words(measures)),
        since=measures.since,
        until=measures.until,
    )


def window(measures: Measures) -> str:
    """What was measured, and over which time."""
    said = ngettext(
        "%(count)s mission-critical incident opened from %(since)s to %(until)s.",
        "%(count)s mission-critical incidents opened from %(since)s to %(until)s.",
        measures.cases,
    )
    return said % {
        "count": number(measures.cases),
        "since": day(measures.since),
        "until": day(measures.until),
    }


# The table --------------------------------------------------------------------------------------------------------
def _row(rule: RuleFinding, measured: MeasuredRules, names: Names) -> RowView:
    number, name = names.rules[rule.rule]
    rating = _opinion(rule.rating, names)
    return RowView(
        rule=rule.rule,
        number=number,
        name=name,
        claim=_opinion(rule.claim, names, is_claim=True) if rule.claim else None,
        rating=rating,
        lines=tuple(_lines(rule, measured)),
        outcome=rating.finding,
        outcome_label=rating.finding_label,
    )


def _opinion(opinion: Opinion, names: Names, *, is_claim: bool = False) -> OpinionView:
    label = FINDINGS.get(opinion.finding, "")
    if is_claim and opinion.finding == Finding.BETTER_THAN_RATED:
        label = BETTER_THAN_CLAIMED
    return OpinionView(
        status=opinion.status.value,
        status_label=str(STATUSES[opinion.status]),
        percent="" if opinion.percent is None else names.percent(opinion.percent),
        finding=opinion.finding.value if label else "",
        finding_label=str(label),
    )


def _lines(rule: RuleFinding, measured: MeasuredRules) -> list[FindingLine]:
    """The measures of a rule that have data; the one that decides first."""
    spoken = [series for series in measured.measures.series if series.measure.rule == rule.rule]
    shown = [series for series in spoken if recent(series) is not None]
    shown.sort(key=lambda series: series.measure.key != rule.measure)
    return [_line(series, measured, decides=series.measure.key == rule.measure) for series in shown]


def _line(series: Series, measured: MeasuredRules, *, decides: bool) -> FindingLine:
    key, now = series.measure.key, recent(series)
    return FindingLine(
        key=key,
        label=str(LABELS[key]),
        figure="" if now is None else figure(now, series.measure.unit),
        trend=kept_together(trend_words(series, measured.measures.step)),
        target=target_words(series, measured.targets.get(key)),
        decides=decides,
    )


def target_words(series: Series, target: Target | None) -> str:
    """“agreed target: 4 hours, kept”; empty where none was agreed."""
    if target is None:
        return ""
    said = {"target": figure(target.value, series.measure.unit)}
    if series.measure.lower_is_better is None or recent(series) is None:
        return _("agreed target: %(target)s") % said
    if is_within(series, target.value):
        return _("agreed target: %(target)s, kept") % said
    return _("agreed target: %(target)s, missed") % said


# The sentences ----------------------------------------------------------------------------------------------------
def _notices(rule: RuleFinding, measured: MeasuredRules, names: Names) -> list[Notice]:
    """That of the rating; that of the claim too where it is another. Both at once where they are the same."""
    rating = rule.rating.finding
    claim = rule.claim.finding if rule.claim else None
    is_both = claim == rating and rule.claim is not None and rule.claim.status == rule.rating.status
    notices = []
    if rating in SPEAKING:
        opening = _both(rule, names) if is_both else _rated(rule, names)
        notices.append(_notice(rule, rating, measured, names, label=str(FINDINGS[rating]), opening=opening))
    # That a vendor is better than it says itself is no news about the rating.
    if claim in (Finding.CONTRADICTED, Finding.NOT_BORNE_OUT) and claim != rating:
        label = _("Claim: %(finding)s") % {"finding": str(FINDINGS[claim]).lower()}
        notices.append(_notice(rule, claim, measured, names, label=label, opening=_claimed(rule, names)))
    return notices


def _notice(
    rule: RuleFinding, finding: Finding, measured: MeasuredRules, names: Names, *, label: str, opening: str
) -> Notice:
    series = measured.measures.of(rule.measure)
    number, name = names.rules[rule.rule]
    target = measured.targets.get(rule.measure)
    return Notice(
        rule=rule.rule,
        number=number,
        name=name,
        finding=finding.value,
        label=label,
        text=_sentence(finding, opening, series, measured.measures.step, target),
        incidents=rule.incidents,
        more=rule.incident_count - len(rule.incidents),
        cases=rule.cases,
    )


def _rated(rule: RuleFinding, names: Names) -> str:
    return _("Rule %(number)s, “%(rule)s”, is rated %(status)s") % _said(rule, rule.rating.status, names)


def _both(rule: RuleFinding, names: Names) -> str:
    said = _("Rule %(number)s, “%(rule)s”, is claimed and rated %(status)s")
    return said % _said(rule, rule.rating.status, names)


def _claimed(rule: RuleFinding, names: Names) -> str:
    said = _("The vendor claims that rule %(number)s, “%(rule)s”, is %(status)s")
    status = rule.claim.status if rule.claim else RuleStatus.NOT_RATED
    return said % _said(rule, status, names)


def _said(rule: RuleFinding, status: RuleStatus, names: Names) -> dict[str, str | int]:
    number, name = names.rules[rule.rule]
    return {"number": number, "rule": name, "status": str(STATUSES[status]).lower()}


def _sentence(finding: Finding, opening: str, series: Series, step: PeriodLength, target: Target | None) -> str:
    values = {
        "opening": opening,
        "measure": str(SUBJECTS[series.measure.key]),
        "moves": _moves(series, step),
        "now": figure(recent(series), series.measure.unit),
        "evidence": _evidence(series, step),
        "target": figure(target.value, series.measure.unit) if target else "",
    }
    if series.trend.direction != Direction.FLAT:
        return _("%(opening)s, yet %(measure)s %(moves)s (%(evidence)s).") % values
    if finding == Finding.NOT_BORNE_OUT and target is None:
        return _("%(opening)s, yet %(measure)s does not fall: it stays at %(now)s (%(evidence)s).") % values
    if finding == Finding.NOT_BORNE_OUT:
        return (
            _(
                "%(opening)s, yet %(measure)s does not fall: it stays at %(now)s, and %(target)s was agreed "
                "(%(evidence)s)."
            )
            % values
        )
    return _("%(opening)s, yet %(measure)s keeps to the %(target)s agreed: %(now)s (%(evidence)s).") % values


def _moves(series: Series, step: PeriodLength) -> str:
    """“rises by 3.1 hours a month”; without an amount where it rounds to nothing."""
    is_rising = series.trend.direction == Direction.RISING
    slope = slope_words(series, step)
    if not slope:
        return _("rises") if is_rising else _("falls")
    return (_("rises by %(slope)s") if is_rising else _("falls by %(slope)s")) % {"slope": slope}


def slope_words(series: Series, step: PeriodLength) -> str:
    """“3.1 hours a month”, “2.1 points a week”; empty where it rounds to nothing."""
    shown = abs(brief(series.trend.slope or 0.0, FINE_DIGITS))
    if shown.is_zero():
        return ""
    said = _("%(amount)s a month") if step == PeriodLength.MONTH else _("%(amount)s a week")
    return said % {"amount": change_words(shown, series.measure.unit)}


def _evidence(series: Series, step: PeriodLength) -> str:
    """“p = 0.02, 14 months”."""
    trend = series.trend
    if step == PeriodLength.MONTH:
        periods = ngettext("%(count)s month", "%(count)s months", trend.periods)
    else:
        periods = ngettext("%(count)s week", "%(count)s weeks", trend.periods)
    return kept_together(f"{probability(trend)}, {periods % {'count': trend.periods}}")


def kept_together(words: str) -> str:
    """“p = 0.02” never torn apart at the end of a line."""
    return re.sub(r"\bp ([=<]) ", rf"p{NO_BREAK}\1{NO_BREAK}", words)
