"""Where the vendor of a scorecard lies among those of other organisations. For the customer alone, never the vendor."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.models import Membership
from reports.models import BenchmarkAnswer, Scorecard


class Standing(StrEnum):
    """Against the quartiles of the answer."""

    BELOW = "below"
    AMONG = "among"
    ABOVE = "above"


STANDINGS: Mapping[Standing, Promise] = {
    Standing.BELOW: _("in the lowest quarter"),
    Standing.AMONG: _("in the middle half"),
    Standing.ABOVE: _("in the highest quarter"),
}


@dataclass(frozen=True, kw_only=True)
class BenchmarkRow:
    """One rule: ours in percent, None where it is not rated; `answer`: None where nothing can be said."""

    number: int
    name: str
    percent: Decimal | None
    answer: BenchmarkAnswer | None

    @property
    def place(self) -> str:
        """In words; empty where one of the two is missing."""
        if self.answer is None or self.percent is None:
            return ""
        return str(STANDINGS[place_among(self.percent, self.answer)])


@dataclass(frozen=True, kw_only=True)
class BenchmarkPanel:
    tier: str
    rows: tuple[BenchmarkRow, ...]

    @property
    def says_something(self) -> bool:
        return any(row.answer for row in self.rows)


def panel_of(member: Membership, scorecard: Scorecard, names: Mapping[str, str]) -> BenchmarkPanel | None:
    """None where the organisation does not share: who does not give does not get. `names`: of the rules, by key. Two
    queries."""
    if member.organisation.benchmarks_since is None:
        return None
    vendor = scorecard.assessment.vendor
    answers = BenchmarkAnswer.objects.latest_by_cell(vendor.tier)
    rows = (
        BenchmarkRow(
            number=rule.position,
            name=names.get(rule.key, rule.key),
            percent=rule.percent,
            answer=answers.get((rule.position, vendor.tier)),
        )
        for rule in scorecard.rules.all()
    )
    return BenchmarkPanel(tier=vendor.get_tier_display(), rows=tuple(rows))


def place_among(percent: Decimal, answer: BenchmarkAnswer) -> Standing:
    """The quartiles themselves belong to the middle half."""
    if answer.lower is None or answer.upper is None:
        raise ValueError("A withdrawn answer has no quartiles.")
    if percent < answer.lower:
        return Standing.BELOW
    return Standing.ABOVE if percent > answer.upper else Standing.AMONG
