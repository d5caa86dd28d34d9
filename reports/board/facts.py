"""What a board report says, frozen: the numbers of the latest scorecards, and what must be decided.

Whom its author still judges is left out of it, in every count, and named as left out. The same few queries however
many vendors there are; lists are as long as their pages hold, and say how many more there are.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db.models import QuerySet
from django.http import QueryDict
from django.utils import timezone
from django.utils.translation import override

from accounts.models import Membership
from assessments.models import Commitment, CommitmentState
from groundwork.languages import LANGUAGE_CODES
from groundwork.words import apart, labelled
from manifesto.models import Release, ReleaseState, Rule
from reports.fact_sheets.kinds import Facts
from reports.models import RULE_POSITIONS, Scorecard
from reports.portfolio import filters, rows
from reports.scorecard import standing
from vendors.models import Contract, Feedback, Tier, Vendor
from vendors.standings import Standing
from vendors.voice import quadrant
from vendors.withheld import withheld

HEAT, MOVERS, CONTRADICTIONS, DECISIONS, REQUESTS, OVERDUE, CRITICAL, MISSING = 26, 14, 8, 10, 7, 7, 4, 26
GREEN_OUTSIDE = 5
ASKED_OF_ONE = 3
DECIDED_WITHIN = timedelta(days=182)
LONGEST_WHAT = 160  # characters of a request, whose line holds some 70
WHOLE = 0  # what a report is about: no one thing

Plain = dict[str, Any]


@dataclass(frozen=True, kw_only=True)
class Author:
    """Whose paragraph stands before ours. `text` is printed as it was written."""

    name: str
    text: str


def facts_of(member: Membership, asked: QueryDict, *, author: Author | None = None) -> Facts:
    """Of the vendors that the portfolio shows at this address."""
    today = timezone.localdate()
    offered = filters.offered_to(member)
    choice = filters.PortfolioFilter(asked, offered=offered, today=today).choice
    closed = withheld(member)
    chosen = rows.chosen(member, choice, today)
    gathered = _Gathered(
        member=member,
        today=today,
        vendors=list(rows.with_words(rows.in_order(chosen, rows.ATTENTION, closed, today), today)),
        closed=closed,
    )
    foot = rows.foot_of(chosen, closed, today)
    content: Plain = {
        "as_of": today.isoformat(),
        "organisation": member.organisation.name,
        "filter": _filter_words(asked, offered, today),
        "author": {"name": author.name, "text": author.text} if author else None,
        "rules": _rule_names(),
        "foot": _foot(foot),
        "all_met": sum(one.latest_standing.met == len(RULE_POSITIONS) for one in gathered.rated),
        **gathered.told(),
    }
    return Facts(about=WHOLE, vendor=None, as_of=timezone.now(), content=content)


def vendors_in(content: Mapping[str, Any]) -> set[int]:
    """The keys of all vendors of which it says more than that they are there: those with a scorecard, and those of
    which somebody spoke or something is asked."""
    return {card["vendor"] for card in content["cards"]} | set(content["spoken_of"])


def _filter_words(asked: QueryDict, offered: filters.Offered, today: date) -> dict[str, str]:
    """By language what the vendors were narrowed by; empty for nothing."""
    said = {}
    for code in LANGUAGE_CODES:
        with override(code):
            form = filters.PortfolioFilter(asked, offered=offered, today=today)
            form.is_valid()
            told = [(form[name], form.cleaned_data.get(name)) for name in filters.NAMES]
            said[code] = apart(
                labelled(bound.label, dict(getattr(bound.field, "choices", ())).get(value, value))
                for bound, value in told
                if value
            )
    return said


def _rule_names() -> dict[str, dict[str, str]]:
    """By position, in all languages, as the newest edition has them."""
    editions = Release.objects.filter(state=ReleaseState.PUBLISHED).order_by("-published_at", "-pk")
    newest: QuerySet[Rule] = QuerySet(Rule).filter(release__in=editions.values("pk")[:1]).order_by("position")
    names = newest.values_list("position", *(f"name_{code}" for code in LANGUAGE_CODES))
    return {str(position): dict(zip(LANGUAGE_CODES, told, strict=True)) for position, *told in names}


def _foot(foot: rows.Foot) -> Plain:
    return {
        "vendors": foot.vendors,
        "assessed": foot.assessed,
        "recent": foot.recent,
        "closed": foot.closed,
        "rules": {str(position): dict(counts) for position, counts in foot.rules.items()},
        "tiers": [{"tier": one.tier, "vendors": one.vendors, "recent": one.recent} for one in foot.tiers],
    }


def _some(told: Sequence[Plain], most: int) -> Plain:
    return {"rows": list(told[:most]), "all": len(told)}


@dataclass(frozen=True, kw_only=True)
class _Gathered:
    """`vendors`: what needs attention first, with what a row of the portfolio says."""

    member: Membership
    today: date
    vendors: list[Any]
    closed: set[int]

    @property
    def rated(self) -> list[Any]:
        """Those that have a scorecard, without those that the author still judges."""
        return [one for one in self.vendors if _standing_of(one) is not None and one.pk not in self.closed]

    def told(self) -> Plain:
        standings = self._standings()
        rated, placed, commitments = self.rated, self._placed(), self._open_commitments()
        critical = [one for one in rated if one.tier == Tier.CRITICAL]
        return {
            "cards": self._cards(rated),
            "heat": _some([self._row(one, standings[one.pk]) for one in rated], HEAT),
            "breakers": self._breakers(rated),
            "movers": _some(_movers(rated, standings), MOVERS),
            "moved": _moved(rated, standings),
            "contradictions": _some(_contradicted(rated, standings), CONTRADICTIONS),
            "spoken_of": sorted({one.vendor for one in placed} | {one.vendor_id for one in commitments}),
            "feeling": self._feeling(placed),
            "decisions": _some(self._decisions(), DECISIONS),
            **self._commitments(commitments),
            "critical": self._critical(critical, standings),
            "never": _some([self._missing(one) for one in self.vendors if _standing_of(one) is None], MISSING),
            "old": sum(one.latest_standing.approved_at < rows.recent_since(self.today) for one in rated),
            "left_out": [one.name for one in self.vendors if one.pk in self.closed],
        }

    def _standings(self) -> dict[int, Standing]:
        """Which rules moved and which a measure contradicts. Only snapshots that tell of a contradiction are read."""
        rated = self.rated
        speaking = [one for one in rated if one.latest_standing.contradicted]
        silent = [one for one in rated if not one.latest_standing.contradicted]
        return {
            **standing.standings(self.member, silent, self.today, tells_contradictions=False),
            **standing.standings(self.member, speaking, self.today),
        }

    def _cards(self, rated: Iterable[Any]) -> list[Plain]:
        hashes = dict(
            Scorecard.objects.filter(standing__vendor__in=[one.pk for one in rated]).values_list("pk", "sha256")
        )
        return [
            {
                "vendor": one.pk,
                "number": one.card_number,
                "sha256": hashes[one.latest_standing.scorecard_id],
                "statuses": [status for _at, status, _percent in one.latest_standing.rules],
            }
            for one in rated
        ]

    def _row(self, vendor: Any, told: Standing) -> Plain:
        own = vendor.latest_standing
        result = told.result
        return {
            "name": vendor.name,
            "tier": vendor.tier,
            "number": vendor.card_number,
            "approved_on": timezone.localdate(own.approved_at).isoformat(),
            "is_old": own.approved_at < rows.recent_since(self.today),
            "verdict": own.verdict,
            "confidence": own.confidence,
            "met": own.met,
            "broken": own.broken,
            "rules": [[at, status, _text(percent)] for at, status, percent in own.rules],
            "lowest": _text(own.lowest),
            "lowest_rule": own.lowest_rule,
            "lines": [_text(vendor.met_from), _text(vendor.broken_below)],
            "contradicted": list(result.contradicted or ()) if result else [],
        }

    def _breakers(self, rated: Iterable[Any]) -> dict[str, list[str]]:
        """By position the first vendors that break the rule, what needs attention first."""
        found: dict[str, list[str]] = {str(at): [] for at in RULE_POSITIONS}
        for one in rated:
            for at, status, _percent in one.latest_standing.rules:
                if status == "broken":
                    found[str(at)].append(one.name)
        return {at: names[:3] for at, names in found.items()}

    def _missing(self, vendor: Any) -> Plain:
        return {"name": vendor.name, "tier": vendor.tier, "is_in_hand": vendor.in_hand}

    # What people say -----------------------------------------------------------------------------------------------
    def _placed(self) -> list[quadrant.PlacedVendor]:
        own = {one.pk for one in self.vendors if one.pk not in self.closed}
        said = Feedback.objects.for_member(self.member).said_since(rows.a_year_before(self.today))
        return [one for one in quadrant.placed_vendors(said) if one.vendor in own]

    def _feeling(self, placed: Sequence[quadrant.PlacedVendor]) -> Plain:
        since = rows.a_year_before(self.today)
        own = {one.pk: one.name for one in self.vendors}
        whole = quadrant.quadrant_of(placed)
        green = [
            {"name": own[pk], "count": each.fields[quadrant.Field.GREEN_OUTSIDE], "known": each.known_count}
            for pk, each in quadrant.by_vendor(placed)
            if each.fields[quadrant.Field.GREEN_OUTSIDE] and each.share(quadrant.Field.GREEN_OUTSIDE) is not None
        ]
        return {
            "since": since.isoformat(),
            "cells": [
                [column.value, feeling, count] for (column, feeling), count in sorted(whole.cells.items()) if count
            ],
            "green_outside": _some(green, GREEN_OUTSIDE),
        }

    # What is asked -------------------------------------------------------------------------------------------------
    def _decisions(self) -> list[Plain]:
        waiting = (
            Contract.objects.for_member(self.member)
            .to_decide()
            .filter(vendor__in=[one.pk for one in self.vendors], decide_by__lte=self.today + DECIDED_WITHIN)
        )
        verdicts = {one.pk: one.latest_standing for one in self.rated}
        return [
            {
                "reference": one.reference,
                "vendor": one.vendor.name,
                "decide_by": one.decide_by.isoformat() if one.decide_by else "",
                "ends_on": one.ends_on.isoformat() if one.ends_on else "",
                "owner": str(one.owner or ""),
                "met": verdicts[one.vendor_id].met if one.vendor_id in verdicts else None,
            }
            for one in waiting.select_related("vendor", "owner").order_by("decide_by", "pk")
        ]

    def _open_commitments(self) -> list[Commitment]:
        mine = [one.pk for one in self.vendors if one.pk not in self.closed]
        open_ones = Commitment.objects.for_member(self.member).open().filter(vendor__in=mine)
        return list(open_ones.select_related("vendor", "owner").order_by("due_on", "number"))

    def _commitments(self, found: Sequence[Commitment]) -> Plain:
        asked = [one for one in found if one.state == CommitmentState.PROPOSED]
        overdue = [one for one in found if one.is_overdue(self.today)]
        return {
            "requests": _some([_commitment(one) for one in asked], REQUESTS),
            "overdue": _some([_commitment(one) for one in overdue], OVERDUE),
        }

    def _critical(self, critical: Sequence[Any], standings: Mapping[int, Standing]) -> Plain:
        shown = critical[:CRITICAL]
        asked: dict[int, list[Plain]] = {one.pk: [] for one in shown}
        rows_of = Commitment.objects.for_member(self.member).open().filter(vendor__in=asked)
        for one in rows_of.select_related("vendor", "owner").order_by("due_on", "number"):
            asked[one.vendor_id].append({**_commitment(one), "is_overdue": one.is_overdue(self.today)})
        told = [
            {
                **self._row(one, standings[one.pk]),
                **_moves(standings[one.pk]),
                "decide_by": one.decide_by.isoformat() if one.decide_by else "",
                "asked": _some(asked[one.pk], ASKED_OF_ONE),
            }
            for one in shown
        ]
        return {"rows": told, "all": len(critical)}


def _standing_of(vendor: Any) -> Any:
    return getattr(vendor, "latest_standing", None)


def _text(value: Any) -> str | None:
    return None if value is None else str(value)


def _commitment(one: Commitment) -> Plain:
    return {
        "number": one.number,
        "vendor": one.vendor.name,
        "what": one.what[:LONGEST_WHAT],
        "owner": str(one.owner),
        "due_on": one.due_on.isoformat(),
        "rule": one.rule,
    }


def _moves(told: Standing) -> Plain:
    """The rules that turned since the scorecard before; None where there is none, or none that can be compared."""
    moves = told.result.moves if told.result else None
    return {
        "before": moves is not None and not moves.compares_nothing,
        "better": list(moves.better) if moves else [],
        "worse": list(moves.worse) if moves else [],
    }


def _movers(rated: Iterable[Vendor], standings: Mapping[int, Standing]) -> list[Plain]:
    """Those that got worse in most rules first, then those that got better in most."""
    told = [{"name": one.name, **_moves(standings[one.pk])} for one in rated]
    moved = [one for one in told if one["better"] or one["worse"]]
    return sorted(moved, key=lambda one: (-len(one["worse"]), -len(one["better"]), one["name"].casefold()))


def _moved(rated: Iterable[Vendor], standings: Mapping[int, Standing]) -> Plain:
    told = [_moves(standings[one.pk]) for one in rated]
    return {
        "compared": sum(one["before"] for one in told),
        "worse": sum(bool(one["worse"]) for one in told),
        "better": sum(bool(one["better"]) for one in told),
    }


def _contradicted(rated: Iterable[Vendor], standings: Mapping[int, Standing]) -> list[Plain]:
    found = ((one.name, standings[one.pk].result) for one in rated)
    rules = ((name, result.contradicted) for name, result in found if result)
    return [{"name": name, "rules": list(positions)} for name, positions in rules if positions]
