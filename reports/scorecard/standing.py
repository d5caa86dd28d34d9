"""How vendors stand by their scorecards: the rows of the register, what it is sorted by, and the head of a page."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date
from fractions import Fraction

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import Membership
from assessments.schedule.upcoming import due_for, due_in
from assessments.score import words as wording
from assessments.score.arithmetic import Policy, RuleStatus
from groundwork.together import Lookup
from manifesto.printed import releases
from reports.models import Scorecard
from reports.scorecard import moves, stored
from reports.scorecard.contradictions import contradicted_in
from reports.scorecard.moves import Direction, Move
from reports.scorecard.shapes import Turned
from reports.scorecard.snapshots import rule_names
from vendors.models import Vendor
from vendors.panels import Panel
from vendors.standings import Due, Moves, Result, Standing
from vendors.withheld import withheld

DAYS_TOLD = 60  # beyond that, months say more
DAYS_A_MONTH = 30.44
COMPARED = 2  # the latest one and the one before


def standings(
    member: Membership,
    vendors: Sequence[Vendor],
    today: date,
    *,
    tells_contradictions: bool = True,
    cards: Mapping[int, Sequence[Scorecard]] | None = None,
    due: Mapping[int, Due] | None = None,
) -> dict[int, Standing]:
    """By the vendors' keys, in the active language. The same queries however many vendors there are. `cards`: of each
    its latest scorecard and the one before, `due`: what comes next, where they are loaded."""
    closed = withheld(member)
    results = _results(_latest(vendors) if cards is None else cards, closed, tells_contradictions=tells_contradictions)
    planned = due_for(vendors, today) if due is None else due
    return {
        vendor.pk: Standing(result=results.get(vendor.pk), due=planned.get(vendor.pk), is_withheld=vendor.pk in closed)
        for vendor in vendors
    }


def _results(
    cards: Mapping[int, Sequence[Scorecard]], closed: Collection[int], *, tells_contradictions: bool
) -> dict[int, Result]:
    """By the vendors' keys. `cards`: as for `standings`; `closed`: the vendors that are withheld."""
    contradicted = contradicted_in([pair[0] for pair in cards.values()]) if tells_contradictions else {}
    policies = stored.policies_of(card for pair in cards.values() for card in pair)
    asked = stored.asked_of(card.assessment.release for pair in cards.values() for card in pair)
    names = rule_names() if cards else {}
    return {
        vendor: _result(
            pair,
            contradicted=None if vendor in closed else contradicted.get(pair[0].pk),
            is_closed=vendor in closed,
            asked=asked,
            policy=policies[pair[0].assessment.release_id],
            names=names,
        )
        for vendor, pair in cards.items()
    }


def _latest(vendors: Iterable[Vendor]) -> dict[int, list[Scorecard]]:
    """Of each vendor the latest scorecard and the one before, with their rules; two queries."""
    cards = Scorecard.objects.latest_two_of(vendors)
    found: dict[int, list[Scorecard]] = defaultdict(list)
    for card in cards:
        found[card.assessment.vendor_id].append(card)
    return dict(found)


def _result(
    cards: Sequence[Scorecard],
    *,
    contradicted: tuple[str, ...] | None,
    is_closed: bool,
    asked: stored.Asked,
    policy: Policy,
    names: Mapping[str, str],
) -> Result:
    card = cards[0]
    rules = {rule.key: rule for rule in card.rules.all()}
    weakest = rules.get(card.weakest_rule)
    lowest = weakest.percent if weakest else None
    return Result(
        met=card.rules_met,
        broken=sum(rule.status == RuleStatus.BROKEN for rule in rules.values()),
        lowest=lowest,
        lowest_said="" if lowest is None else wording.percent(Fraction(lowest), policy),
        weakest=names.get(card.weakest_rule, card.weakest_rule),
        weakest_position=weakest.position if weakest else 0,
        scorecard=card,
        contradicted=None if contradicted is None else tuple(sorted(rules[key].position for key in contradicted)),
        moves=None if is_closed or len(cards) != COMPARED else _moves(cards[0], cards[1], asked),
    )


def _moves(now: Scorecard, before: Scorecard, asked: stored.Asked) -> Moves:
    """By status alone: what moved within it is said by the scorecard itself."""
    positions: dict[str, list[int]] = defaultdict(list)
    for move in moves.moves(stored.results_of(now, asked), stored.results_of(before, asked)):
        positions[move.direction].append(move.position)
    return Moves(
        better=tuple(positions[Direction.BETTER]),
        worse=tuple(positions[Direction.WORSE]),
        otherwise=tuple(positions[Direction.OTHERWISE]),
        asked_otherwise=tuple(positions[Direction.ASKED_OTHERWISE]),
    )


def turned_in(pairs: Sequence[tuple[Scorecard, Scorecard]], asked: stored.Asked) -> list[list[Turned]]:
    """Of each scorecard and the one before it, both with their assessment and their rules, by the stored numbers."""
    return [
        [_turned(move) for move in moves.moves(stored.results_of(now, asked), stored.results_of(before, asked))]
        for now, before in pairs
    ]


def _turned(move: Move) -> Turned:
    is_comparable = move.before is not None and move.direction is not Direction.ASKED_OTHERWISE
    return Turned(
        position=move.position,
        before=move.before.status if move.before and is_comparable else None,
        now=move.now.status,
        way=move.direction.value if move.direction in (Direction.BETTER, Direction.WORSE) else "",
    )


# The head of a vendor's page -----------------------------------------------------------------------------------------
def standing_panel(member: Membership, vendor: Vendor) -> Lookup[Panel]:
    """The verdict of the latest scorecard, or that there is none."""
    today = timezone.localdate()
    newest, due = stored.newest_in(vendor), due_in([vendor], today)
    return Lookup(
        reads=(*newest.reads, *due.reads, releases()),
        told=lambda: _panel(member, vendor, newest.told()[:COMPARED], due.told(), today),
    )


def _panel(member: Membership, vendor: Vendor, newest: list[Scorecard], due: Mapping[int, Due], today: date) -> Panel:
    cards = {vendor.pk: newest} if newest else {}
    standing = standings(member, [vendor], today, tells_contradictions=False, cards=cards, due=due)[vendor.pk]
    result = standing.result
    age = age_words(timezone.localdate(result.scorecard.approved_at), today) if result else ""
    context = {"vendor": vendor, "standing": standing, "result": result, "age": age}
    return Panel(head="reports/scorecard/_head_standing.html", context=context)


def age_words(day: date, today: date) -> str:
    """“today”, “12 days ago”, “5 months ago”."""
    days = (today - day).days
    if days <= 0:
        return _("today")
    if days < DAYS_TOLD:
        return ngettext("%(count)d day ago", "%(count)d days ago", days) % {"count": days}
    months = round(days / DAYS_A_MONTH)
    return ngettext("%(count)d month ago", "%(count)d months ago", months) % {"count": months}
