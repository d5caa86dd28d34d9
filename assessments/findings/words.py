"""Claim, rating and measure in words, in the active language: for the pages of today and for the frozen scorecard."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date, tzinfo
from fractions import Fraction

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext_lazy

from assessments.findings.findings import SPEAKING, Finding, MeasuredRules, Opinion, RuleFinding
from assessments.score.arithmetic import RuleStatus
from assessments.score.words import STATUSES
from groundwork.languages import NO_BREAK
from groundwork.words import day, named, number, percent
from vendors.measures.basis import BasisView, basis_of
from vendors.measures.cards import TREND_WORDS, tendency
from vendors.measures.catalogue import Measure
from vendors.measures.loading import Target
from vendors.measures.metrics import Direction, Measures, PeriodLength, Series, is_clear, is_within, line_ends, recent
from vendors.measures.plain_data import FINE_DIGITS, digits
from vendors.measures.words import (
    LABELS,
    brief,
    change_words,
    corrected_words,
    figure,
    known_words,
    least_change,
    left_out_words,
    probability,
    silence_brief,
    silence_words,
    trend_words,
)

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
FELT = "feeling"  # the measure that stands beside the rules, and decides nothing
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
    """One measure of a rule: where it stands, where it goes, and what was agreed. `corrected`: the p of one that
    decides, after correction; `silence`: which change a flat trend would not show; `known`: of how many it is known."""

    key: str
    label: str
    figure: str
    trend: str
    target: str
    decides: bool
    corrected: str = ""
    silence: str = ""
    known: str = ""

    @property
    def details(self) -> tuple[str, ...]:
        """What stands behind the figure, part by part."""
        return tuple(filter(None, (self.trend, self.corrected, self.silence, self.target)))


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
    """What is said first: a finding that speaks against the grades, for better or worse, with its incidents.

    `brief`: the finding in short; a flat trend says there what it hides. `plain`: the same for page one of the paper,
    without the p. `grounds`: from where to where it went and what it rests on; empty for a flat trend, and in what was
    kept before this was measured.
    """

    rule: str
    number: int
    name: str
    finding: str
    label: str
    brief: str
    plain: str
    grounds: str
    incidents: tuple[str, ...]
    more: int
    cases: tuple[int, ...] = ()

    @property
    def text(self) -> str:
        """All that is said of it."""
        return " ".join(filter(None, (self.brief, self.grounds)))

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
class FeltView:
    """How it felt, beside the rules: it decides nothing. `tendency`: which way it goes, as `cards.tendency` says it."""

    line: FindingLine
    tendency: str
    tendency_label: str


@dataclass(frozen=True, kw_only=True)
class MeasuredView:
    """`felt`: None where nobody said how it felt, and for a scorecard from before this was measured; `basis`: None for
    a scorecard from before there was one; `left_out`: what such a scorecard left out."""

    notices: tuple[Notice, ...]
    rows: tuple[RowView, ...]
    has_claim: bool
    window: str
    felt: FeltView | None
    basis: BasisView | None
    left_out: tuple[str, ...]
    since: date
    until: date

    @property
    def is_only_better(self) -> bool:
        """Whether all that speaks against the grades speaks for the vendor."""
        return all(notice.finding == Finding.BETTER_THAN_RATED for notice in self.notices)


@dataclass(frozen=True, kw_only=True)
class Names:
    """What the words need beside the findings: each rule's number and name, and how a percent is written. `zone`: whose
    days are meant; `is_frozen`: read long after it was measured."""

    rules: Mapping[str, tuple[int, str]]
    percent: Callable[[Fraction], str]
    zone: tzinfo | None = None
    is_frozen: bool = False


def view(measured: MeasuredRules, names: Names) -> MeasuredView:
    measures = measured.measures
    basis = basis_of(measures, zone=names.zone, is_frozen=names.is_frozen)
    return MeasuredView(
        notices=tuple(notice for rule in measured.rules for notice in _notices(rule, measured, names)),
        rows=tuple(_row(rule, measured, names) for rule in measured.rules),
        has_claim=any(rule.claim for rule in measured.rules),
        window=window(measures),
        felt=_felt(measured),
        basis=basis,
        left_out=() if basis else tuple(left_out_words(measures)),
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
        corrected=kept_together(corrected_words(series.trend)),
        silence=silence_brief(series),
        known=known_words(series) if decides else "",
    )


def _felt(measured: MeasuredRules) -> FeltView | None:
    series = next((one for one in measured.measures.series if one.measure.key == FELT), None)
    if series is None or recent(series) is None:
        return None
    goes = tendency(series)
    line = replace(_line(series, measured, decides=False), known=known_words(series))
    return FeltView(line=line, tendency=goes, tendency_label=str(TREND_WORDS[goes]))


def target_words(series: Series, target: Target | None) -> str:
    """“agreed target: 4 hours, kept (expected of all vendors: 2 hours)”; “expected of all vendors since 1 March 2026: 2
    hours, missed”; empty where it is held to nothing."""
    if target is None:
        return ""
    if target.is_expected:
        return _expected_words(series, target)
    said = {"target": figure(target.value, series.measure.unit)}
    if series.measure.lower_is_better is None or recent(series) is None:
        agreed = _("agreed target: %(target)s") % said
    elif is_within(series, target.value):
        agreed = _("agreed target: %(target)s, kept") % said
    else:
        agreed = _("agreed target: %(target)s, missed") % said
    return " ".join(filter(None, (agreed, differing_words(series.measure, target))))


def differing_words(measure: Measure, target: Target) -> str:
    """“(expected of all vendors: 2 hours)” of a target that was agreed and is another; else empty."""
    if not target.differs:
        return ""
    return _("(expected of all vendors: %(target)s)") % {"target": figure(target.expected, measure.unit)}


def _expected_words(series: Series, target: Target) -> str:
    since = day(target.expected_since) if target.expected_since else ""
    said = {"target": figure(target.value, series.measure.unit), "day": since}
    if series.measure.lower_is_better is None or recent(series) is None:
        return _("expected of all vendors since %(day)s: %(target)s") % said
    if is_within(series, target.value):
        return _("expected of all vendors since %(day)s: %(target)s, kept") % said
    return _("expected of all vendors since %(day)s: %(target)s, missed") % said


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
    step = measured.measures.step
    return Notice(
        rule=rule.rule,
        number=number,
        name=name,
        finding=finding.value,
        label=label,
        brief=_brief(finding, opening, series, step, target, _evidence(series, step)),
        plain=_brief(finding, opening, series, step, target, _periods(series, step)),
        grounds=_grounds(series, step),
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


def _brief(  # noqa: PLR0917 - each is one part of the sentence
    finding: Finding, opening: str, series: Series, step: PeriodLength, target: Target | None, evidence: str
) -> str:
    values = {
        "opening": opening,
        "measure": str(SUBJECTS[series.measure.key]),
        "moves": _moves(series, step),
        "now": figure(recent(series), series.measure.unit),
        "evidence": evidence,
        "target": figure(target.value, series.measure.unit) if target else "",
        "least": least_change(),
    }
    first = _first_sentence(finding, series, target) % values
    return " ".join(filter(None, (first, silence_words(series, step))))


def _grounds(series: Series, step: PeriodLength) -> str:
    if series.trend.direction == Direction.FLAT:
        return ""
    return " ".join(filter(None, (_extent(series, step), _rests_on(series))))


def _first_sentence(finding: Finding, series: Series, target: Target | None) -> str:
    if series.trend.direction != Direction.FLAT:
        if finding == Finding.NOT_BORNE_OUT:
            return _seems_to_get_worse(series)
        return _("%(opening)s, yet %(measure)s %(moves)s (%(evidence)s).")
    if finding == Finding.NOT_BORNE_OUT and target is None:
        return _("%(opening)s, yet %(measure)s does not fall: it stays at %(now)s (%(evidence)s).")
    return _held_to(finding, is_expected=target is not None and target.is_expected)


def _held_to(finding: Finding, *, is_expected: bool) -> str:
    """Of a measure that does not move and has a target: missed, or kept."""
    if finding == Finding.NOT_BORNE_OUT and is_expected:
        return _(
            "%(opening)s, yet %(measure)s does not fall: it stays at %(now)s, and %(target)s is expected of all "
            "vendors (%(evidence)s)."
        )
    if finding == Finding.NOT_BORNE_OUT:
        return _(
            "%(opening)s, yet %(measure)s does not fall: it stays at %(now)s, and %(target)s was agreed (%(evidence)s)."
        )
    if is_expected:
        return _(
            "%(opening)s, yet %(measure)s keeps to the %(target)s expected of all vendors: %(now)s (%(evidence)s)."
        )
    return _("%(opening)s, yet %(measure)s keeps to the %(target)s agreed: %(now)s (%(evidence)s).")


def _seems_to_get_worse(series: Series) -> str:
    """It is no contradiction, for one of two reasons: it may be chance, or it is too little."""
    if is_clear(series):
        return _(
            "%(opening)s, yet %(measure)s %(moves)s (%(evidence)s): in all less than %(least)s of its average, too "
            "little to contradict."
        )
    if series.measure.lower_is_better:
        return _("%(opening)s, yet %(measure)s seems to rise, too weakly to contradict (%(evidence)s).")
    return _("%(opening)s, yet %(measure)s seems to fall, too weakly to contradict (%(evidence)s).")


def _extent(series: Series, step: PeriodLength) -> str:
    """“Over these 14 months it went from about 4 hours to about 44 hours, a change by 164% of its average.” Empty in
    what was kept before this was measured."""
    ends, trend = line_ends(series), series.trend
    if ends is None or trend.change is None:
        return ""
    said = (
        ngettext(
            "Over this %(count)s month it went from about %(first)s to about %(last)s, a change by %(share)s of its "
            "average.",
            "Over these %(count)s months it went from about %(first)s to about %(last)s, a change by %(share)s of its "
            "average.",
            trend.periods,
        )
        if step == PeriodLength.MONTH
        else ngettext(
            "Over this %(count)s week it went from about %(first)s to about %(last)s, a change by %(share)s of its "
            "average.",
            "Over these %(count)s weeks it went from about %(first)s to about %(last)s, a change by %(share)s of its "
            "average.",
            trend.periods,
        )
    )
    first, last = (figure(end, series.measure.unit) for end in ends)
    share = percent(Fraction(str(digits(100 * abs(trend.change)))), digits=0)
    return said % {"count": trend.periods, "first": first, "last": last, "share": share}


def _rests_on(series: Series) -> str:
    """“It rests on 84 incidents; 2 periods are left out.” Empty in what was kept before this was measured."""
    if series.known is None:
        return ""
    rests = ngettext("It rests on %(count)s incident.", "It rests on %(count)s incidents.", series.known)
    said = [rests % {"count": number(series.known)}]
    left_out = sum(point.is_left_out for point in series.points)
    if left_out:
        text = ngettext("%(count)s period is left out.", "%(count)s periods are left out.", left_out)
        said.append(text % {"count": number(left_out)})
    return " ".join(said)


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
    """“p = 0.02, 14 months”; of a measure that decides with the p after correction."""
    chance = corrected_words(series.trend) or probability(series.trend)
    return kept_together(f"{chance}, {_periods(series, step)}")


def _periods(series: Series, step: PeriodLength) -> str:
    count = series.trend.periods
    if step == PeriodLength.MONTH:
        return ngettext("%(count)s month", "%(count)s months", count) % {"count": count}
    return ngettext("%(count)s week", "%(count)s weeks", count) % {"count": count}


def kept_together(words: str) -> str:
    """“p = 0.02” never torn apart at the end of a line."""
    return re.sub(r"\bp ([=<]) ", rf"p{NO_BREAK}\1{NO_BREAK}", words)
