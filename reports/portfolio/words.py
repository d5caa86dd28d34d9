"""The rows and the foot of the portfolio in words, in the active language: page and file say the same."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from fractions import Fraction
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, npgettext

from assessments.commitments.kept import Share
from assessments.score import words as wording
from assessments.score.arithmetic import RuleStatus
from groundwork.words import apart, joined, number, percent
from reports.models import VendorStanding
from reports.portfolio.rows import Foot, recent_since
from reports.scorecard.standing import age_words
from vendors.models import Tier, Vendor

FULL = Fraction(100)


@dataclass(frozen=True, kw_only=True)
class Cell:
    """One rule of one vendor."""

    position: int
    status: str
    status_label: str
    percent: str  # empty: not rated

    @property
    def said(self) -> str:
        return apart([self.status_label, self.percent])


@dataclass(frozen=True, kw_only=True)
class CardWords:
    """What the latest scorecard says. `age` is a phrase, `is_old`: older than 12 months."""

    pk: int
    number: str
    verdict: str
    met_said: str
    broken_said: str
    weakest: str
    cells: tuple[Cell, ...]
    findings: tuple[tuple[str, str], ...]  # a code and its words; empty: none, or nothing measured
    is_measured: bool
    age: str
    approved_on: date
    is_old: bool
    follows: bool  # another scorecard of the same vendor


@dataclass(frozen=True, kw_only=True)
class Row:
    """One vendor. `card` is None where it was never assessed, or while the reader's own answers come first."""

    vendor: Vendor
    tier: str
    card: CardWords | None
    is_withheld: bool
    is_in_hand: bool
    commitments: str  # empty: none is open
    overdue: str
    kept: str  # “kept 7 of 9 that ended”; empty where none has ended
    decide_by: date | None
    is_decision_late: bool
    decide_said: str


def rows_of(vendors: Iterable[Any], *, closed: Collection[int], rules: Mapping[int, str], today: date) -> Iterable[Row]:
    """Of vendors with `with_words`; one at a time."""
    since = recent_since(today)
    for vendor in vendors:
        yield _row(vendor, is_withheld=vendor.pk in closed, rules=rules, since=since, today=today)


def _row(vendor: Any, *, is_withheld: bool, rules: Mapping[int, str], since: datetime, today: date) -> Row:
    standing = getattr(vendor, "latest_standing", None)
    card = None if standing is None or is_withheld else _card(vendor, standing, rules, since=since, today=today)
    is_late = vendor.decide_by is not None and vendor.decide_by < today
    return Row(
        vendor=vendor,
        tier=vendor.get_tier_display(),
        card=card,
        is_withheld=is_withheld,
        is_in_hand=vendor.in_hand,
        commitments="" if is_withheld else _open_words(vendor.open_commitments),
        overdue="" if is_withheld else _overdue_words(vendor.overdue_commitments),
        kept="" if is_withheld else _kept_words(vendor),
        decide_by=vendor.decide_by,
        is_decision_late=is_late,
        decide_said=_decide_words(vendor.decide_by, today),
    )


def _card(
    vendor: Any, standing: VendorStanding, rules: Mapping[int, str], *, since: datetime, today: date
) -> CardWords:
    lines = (Fraction(vendor.met_from), Fraction(vendor.broken_below), FULL)
    weakest = standing.lowest_rule
    approved_on = timezone.localdate(standing.approved_at)
    return CardWords(
        pk=standing.scorecard_id,
        number=vendor.card_number,
        verdict=standing.verdict,
        met_said=_("%(met)s of 7") % {"met": standing.met},
        broken_said=_broken_words(standing.broken),
        weakest=""
        if weakest is None
        else _("%(number)s %(name)s, %(percent)s")
        % {"number": weakest, "name": rules.get(weakest, ""), "percent": _percent(standing.lowest, lines)},
        cells=tuple(
            Cell(
                position=position,
                status=status,
                status_label=str(wording.STATUSES[status]),
                percent="" if status == RuleStatus.NOT_RATED else _percent(value, lines),
            )
            for position, status, value in standing.rules
        ),
        findings=tuple(_findings(standing)),
        is_measured=standing.contradicted is not None,
        age=age_words(approved_on, today),
        approved_on=approved_on,
        is_old=standing.approved_at < since,
        follows=vendor.has_earlier,
    )


def _percent(value: Decimal | None, thresholds: tuple[Fraction, ...]) -> str:
    return "" if value is None else percent(value, thresholds=thresholds)


def _broken_words(broken: int) -> str:
    return ngettext("%(count)s broken", "%(count)s broken", broken) % {"count": broken} if broken else ""


def _findings(standing: VendorStanding) -> Iterable[tuple[str, str]]:
    if standing.contradicted:
        said = ngettext("%(count)s contradicted", "%(count)s contradicted", standing.contradicted)
        yield "contradicted", said % {"count": standing.contradicted}
    if standing.better:
        said = ngettext("%(count)s better than rated", "%(count)s better than rated", standing.better)
        yield "better_than_rated", said % {"count": standing.better}


def _open_words(count: int) -> str:
    return (
        npgettext("commitments", "%(count)s open", "%(count)s open", count) % {"count": number(count)} if count else ""
    )


def _overdue_words(count: int) -> str:
    return ngettext("%(count)s overdue", "%(count)s overdue", count) % {"count": number(count)} if count else ""


def _kept_words(vendor: Any) -> str:
    share = Share(kept=vendor.kept_commitments, ended=vendor.ended_commitments)
    return share.words if share.ended else ""


def _decide_words(day: date | None, today: date) -> str:
    """How far away it is, beside the day."""
    if day is None:
        return ""
    days = (day - today).days
    if days < 0:
        return _("the day is over")
    if days == 0:
        return _("today")
    return ngettext("in %(count)s day", "in %(count)s days", days) % {"count": number(days)}


# The foot -----------------------------------------------------------------------------------------------------------
@dataclass(frozen=True, kw_only=True)
class FootLine:
    """How many vendors have one status, rule by rule."""

    status: str
    label: str
    counts: tuple[tuple[int, str, bool], ...]  # position, count, and whether it is the largest count of broken


def foot_lines(foot: Foot) -> list[FootLine]:
    most = foot.most_broken
    return [
        FootLine(
            status=status.value,
            label=str(wording.STATUSES[status]),
            counts=tuple(
                (position, number(counts[status]), status == RuleStatus.BROKEN and position in most)
                for position, counts in foot.rules.items()
            ),
        )
        for status in (RuleStatus.BROKEN, RuleStatus.PARTLY, RuleStatus.MET, RuleStatus.NOT_RATED)
    ]


def most_broken_words(foot: Foot, rules: Mapping[int, str]) -> str:
    """“Rule 5 is the one that our vendors break most: 9 of 23”, of those that have a scorecard."""
    if not foot.counted:
        return ""
    if not foot.most_broken:
        return _("None of these vendors breaks a rule.")
    broken = foot.rules[foot.most_broken[0]][RuleStatus.BROKEN]
    figures = {"broken": number(broken), "all": number(foot.counted)}
    if len(foot.most_broken) > 1:
        said = _("The rules that our vendors break most are %(rules)s, each broken by %(broken)s of %(all)s.")
        return said % {**figures, "rules": joined([str(one) for one in foot.most_broken])}
    rule = foot.most_broken[0]
    said = _("Rule %(number)s (%(name)s) is the one that our vendors break most: %(broken)s of %(all)s.")
    return said % {**figures, "number": rule, "name": rules.get(rule, "")}


ASSESSED = {
    Tier.CRITICAL: gettext_lazy("Critical vendors assessed in the last 12 months: %(recent)s of %(all)s"),
    Tier.IMPORTANT: gettext_lazy("Important vendors assessed in the last 12 months: %(recent)s of %(all)s"),
    Tier.STANDARD: gettext_lazy("Standard vendors assessed in the last 12 months: %(recent)s of %(all)s"),
}


def coverage_words(foot: Foot) -> list[str]:
    """What is missing, a tier a sentence, since languages do not agree on where its word stands."""
    return [
        str(ASSESSED[Tier(line.tier)]) % {"recent": number(line.recent), "all": number(line.vendors)}
        for line in foot.tiers
    ]


def withheld_words(count: int) -> str:
    """That the counts leave out whom the reader still judges; empty for nobody."""
    if not count:
        return ""
    return ngettext(
        "%(count)s vendor that you still rate is left out of these counts: your own answers come first.",
        "%(count)s vendors that you still rate are left out of these counts: your own answers come first.",
        count,
    ) % {"count": number(count)}
