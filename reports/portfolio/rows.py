"""Which vendors the portfolio shows, in which order, and what its foot counts: all of it said in SQL.

Whoever still judges a vendor learns nothing of it here, not even by where its row stands: in every order and every
count its figures are as if there were none.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any

from django.db.models import (
    BigIntegerField,
    Case,
    Count,
    Exists,
    ExpressionWrapper,
    F,
    IntegerField,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Sum,
    Value,
    When,
)
from django.db.models.expressions import Combinable, Expression, OrderBy
from django.db.models.functions import Cast, Coalesce, Lower, Round
from django.utils import timezone

from accounts.models import Membership
from assessments.models import Assessment, Commitment, overdue_on
from assessments.score.arithmetic import RuleStatus
from reports.models import RULE_POSITIONS, Scorecard, VendorStanding
from reports.portfolio.filters import IN_HAND, NOT_ASSESSED, OLDER, RECENT, SAID, SILENT, TALKS, Choice
from vendors.models import Acknowledgement, ExpectationEdition, Service, Tier, Vendor, VendorQuerySet
from vendors.register.attention import TIER_RANK, next_decision
from vendors.standings import Columns
from vendors.withheld import withheld

ATTENTION = "attention"
NOT_RATED = 10_001  # in hundredths of a percent: beyond all that is rated
RULE_SORTS = tuple(f"rule{position}" for position in RULE_POSITIONS)
STANDING = "latest_standing__"


# Which --------------------------------------------------------------------------------------------------------------
def a_year_before(today: date) -> date:
    """The same day of the year before; of 29 February, the 28th."""
    try:
        return today.replace(year=today.year - 1)
    except ValueError:
        return today.replace(year=today.year - 1, day=28)


def recent_since(today: date) -> datetime:
    """From when on a scorecard is of the last 12 months."""
    return timezone.make_aware(datetime.combine(a_year_before(today), time.min))


def chosen(member: Membership, choice: Choice, today: date) -> VendorQuerySet:
    """The active vendors that the choice leaves."""
    rows = Vendor.objects.for_member(member).active()
    if choice.tier:
        rows = rows.filter(tier=choice.tier)
    if choice.department is not None:
        depends = Service.objects.filter(vendor=OuterRef("pk"), department=choice.department)
        rows = rows.filter(Q(department=choice.department) | Exists(depends))
    if choice.service:
        rows = rows.filter(Exists(Service.objects.filter(vendor=OuterRef("pk"), name__icontains=choice.service)))
    if choice.country:
        rows = rows.filter(country=choice.country)
    if choice.period is not None:
        rows = rows.filter(latest_standing__period_end__range=(choice.period.start, choice.period.end))
    if choice.expected:
        rows = _of_word(rows, member, choice.expected, today)
    return _in_state(rows, choice.state, today)


def _of_word(rows: VendorQuerySet, member: Membership, word: str, today: date) -> VendorQuerySet:
    """By the last word of each on the edition in force, which whoever still judges may know, too."""
    edition = ExpectationEdition.objects.for_member(member).in_force(today).values("pk")[:1]
    rows = rows.annotate(has_talks=Acknowledgement.objects.whether_it_talks(OuterRef("pk"), Subquery(edition)))
    conditions = {SAID: Q(has_talks__isnull=False), TALKS: Q(has_talks=True), SILENT: Q(has_talks=None)}
    return rows.filter(conditions[word])


def _in_state(rows: VendorQuerySet, state: str, today: date) -> VendorQuerySet:
    since = recent_since(today)
    conditions = {
        NOT_ASSESSED: Q(latest_standing=None),
        IN_HAND: Q(is_in_hand()),
        RECENT: Q(latest_standing__approved_at__gte=since),
        OLDER: Q(latest_standing__approved_at__lt=since),
    }
    return rows.filter(conditions[state]) if state else rows


def is_in_hand() -> Exists:
    return Exists(Assessment.objects.open().filter(vendor=OuterRef("pk")))


# What others keep of a vendor ----------------------------------------------------------------------------------------
def counted(rows: QuerySet[Any]) -> Coalesce:
    """How many of these, which belong to a vendor, the vendor of the outer query has."""
    of_vendor = rows.filter(vendor=OuterRef("pk")).order_by().values("vendor")
    return Coalesce(Subquery(of_vendor.annotate(count=Count("pk")).values("count")), Value(0))


EACH_OVERDUE = 1_000_000  # more than one vendor can have open


def overdue_then_open(today: date) -> Coalesce:
    """One figure that sorts by how many commitments are overdue, then by how many are open: one look for both, which
    for ten thousand vendors is half the time."""
    weight = Case(When(overdue_on(today), then=Value(EACH_OVERDUE + 1)), default=Value(1))
    of_vendor = Commitment.objects.open().filter(vendor=OuterRef("pk")).order_by().values("vendor")
    return Coalesce(Subquery(of_vendor.annotate(weight=Sum(weight)).values("weight")), Value(0))


# In which order -----------------------------------------------------------------------------------------------------
Sortable = F | Expression | Subquery
Figure = Callable[[str | Sortable], Sortable]  # a column of the standing, or a count → what is sorted by


def figures(closed: Collection[int]) -> Figure:
    """Of vendors whose figures are not closed to the reader; NULL of the others."""

    def figure(of: str | Sortable) -> Sortable:
        value = F(STANDING + of) if isinstance(of, str) else of
        return Case(When(pk__in=closed, then=Value(None)), default=value) if closed else value

    return figure


def _up(value: Sortable) -> OrderBy:
    return OrderBy(value, nulls_last=True)


def _down(value: Sortable) -> OrderBy:
    return OrderBy(value, descending=True, nulls_last=True)


def _attention(figure: Figure) -> list[OrderBy]:
    """Most rules broken first, then the lowest rule, then what measures contradict: never an average, which would let
    “0 of 7 with two broken” look worse than “1 of 7 with four”. What nothing is known of comes last, the critical
    first."""
    return [
        _down(figure("broken")),
        _up(figure("lowest")),
        _down(figure("contradicted")),
        _up(figure("met")),
        _up(TIER_RANK),
    ]


def with_attention(rows: VendorQuerySet, closed: Collection[int]) -> VendorQuerySet:
    """With the same order as one figure, `attention`, the lowest first, so that a page can begin after another one:
    a digit for each of the columns above, percents in hundredths, and last of all what there is none of."""
    figure = figures(closed)
    lowest = Cast(Round(F(f"{STANDING}lowest") * 100), IntegerField())
    worth: Combinable = Value(0)
    for value, digits, most in (
        (_or_last(figure("broken"), least=True), 10, 8),
        (_or_last(figure(lowest), least=False, last=NOT_RATED), 20_000, None),
        (_or_last(figure("contradicted"), least=True), 10, 8),
        (_or_last(figure("met"), least=False), 10, None),
        (TIER_RANK, 10, None),
    ):
        worth = worth * Value(digits) + (Value(most) - value if most is not None else value)
    return rows.annotate(attention=ExpressionWrapper(worth, BigIntegerField()))


def _or_last(value: Sortable, *, least: bool, last: int = 8) -> Coalesce:
    """A whole figure; where there is none, one that stands last: −1 where the highest comes first."""
    return Coalesce(value, Value(-1 if least else last), output_field=IntegerField())


def _columns(figure: Figure, today: date) -> dict[str, list[Sortable]]:
    """Of each column, what it is sorted by."""
    return {
        "name": [Lower("name")],
        "tier": [TIER_RANK],
        **{f"rule{position}": [figure(f"percent_{position}")] for position in RULE_POSITIONS},
        "met": [figure("met"), _negative(figure("broken"))],
        "weakest": [figure("lowest")],
        "findings": [figure("contradicted"), figure("better")],
        "commitments": [figure(overdue_then_open(today))],
        "age": [F(f"{STANDING}approved_at")],
        "decide": [next_decision()],
    }


def _negative(value: Sortable) -> Sortable:
    return Value(0) - value


def columns_of_register(member: Membership) -> Columns:
    """By what the list of vendors is sorted, the lowest first. What was rated stands there for everybody; what measures
    contradict is closed to whoever still judges the vendor."""
    contradicted = figures(withheld(member))("contradicted")
    broken = F(f"{STANDING}broken")
    met, lowest = F(f"{STANDING}met"), F(f"{STANDING}lowest")
    wrong = broken + Coalesce(contradicted, Value(0), output_field=IntegerField())
    return {
        ATTENTION: [_negative(wrong), lowest, met, TIER_RANK],
        "met": [met, _negative(broken)],
        "weakest": [lowest],
        "contradicted": [contradicted],
    }


SORTS = tuple(_columns(figures(()), date.min))


def chosen_sort(asked: str) -> str:
    """A column, or its turn (“-met”); what needs attention where it is neither."""
    return asked if asked.removeprefix("-") in SORTS else ATTENTION


def in_order(rows: VendorQuerySet, sort: str, closed: Collection[int], today: date) -> VendorQuerySet:
    """What has nothing in the column stands last, either way round; what is equal stands by name."""
    figure = figures(closed)
    if sort == ATTENTION:
        order: Iterable[OrderBy] = _attention(figure)
    else:
        turn = _down if sort.startswith("-") else _up
        order = [turn(value) for value in _columns(figure, today)[sort.removeprefix("-")]]
    return rows.order_by(*order, Lower("name"), "pk")


def page_of(rows: VendorQuerySet, start: int, end: int) -> VendorQuerySet:
    """These of the ordered rows, in their order. The inner query finds their keys, so that what belongs to a vendor is
    looked up for a page of them alone."""
    return Vendor.objects.filter(pk__in=rows.values("pk")[start:end]).order_by(*rows.query.order_by)


def with_words(rows: VendorQuerySet, today: date) -> VendorQuerySet:
    """With all that a row of the table says."""
    release = f"{STANDING}scorecard__assessment__release__"
    told = rows.select_related("latest_standing").defer("notes")
    return told.annotate(
        in_hand=is_in_hand(),
        open_commitments=counted(Commitment.objects.open()),
        overdue_commitments=counted(Commitment.objects.overdue(today)),
        ended_commitments=counted(Commitment.objects.ended()),
        kept_commitments=counted(Commitment.objects.kept()),
        decide_by=next_decision(),
        has_earlier=Exists(_earlier()),
        card_number=F(f"{STANDING}scorecard__number"),
        met_from=F(f"{release}met_threshold"),
        broken_below=F(f"{release}broken_threshold"),
    )


def _earlier() -> QuerySet[Scorecard]:
    """Scorecards of the same vendor beside the one that it stands by."""
    return Scorecard.objects.filter(assessment__vendor=OuterRef("pk")).exclude(pk=OuterRef(f"{STANDING}scorecard"))


# What the foot counts -----------------------------------------------------------------------------------------------
@dataclass(frozen=True, kw_only=True)
class TierCount:
    """`recent`: of these vendors, those with a scorecard of the last 12 months."""

    tier: str
    vendors: int
    recent: int


@dataclass(frozen=True, kw_only=True)
class Foot:
    """Everything that is chosen, not only the page. `rules`: by position, how many vendors have each status; the
    `closed` ones, which the reader still judges, are in none of them."""

    vendors: int
    assessed: int
    recent: int
    closed: int
    rules: Mapping[int, Mapping[str, int]]
    tiers: tuple[TierCount, ...]

    @property
    def never(self) -> int:
        return self.vendors - self.assessed

    @property
    def older(self) -> int:
        return self.assessed - self.recent

    @property
    def counted(self) -> int:
        """The vendors that the counts of rules are about."""
        return sum(next(iter(self.rules.values())).values()) if self.rules else 0

    @property
    def most_broken(self) -> tuple[int, ...]:
        """The positions of the rules that most vendors break; none where nothing is broken."""
        broken = {position: counts[RuleStatus.BROKEN] for position, counts in self.rules.items()}
        most = max(broken.values(), default=0)
        return tuple(position for position, count in broken.items() if count == most) if most else ()


@dataclass(frozen=True, kw_only=True)
class Extent:
    """What the map says of everything that is chosen: how many vendors, and how many of those that have a scorecard
    the reader still judges."""

    vendors: int
    closed: int


def extent_of(rows: VendorQuerySet, closed: Collection[int]) -> Extent:
    """In one query that looks at no standing but those that are closed."""
    if not closed:
        return Extent(vendors=rows.count(), closed=0)
    judged = VendorStanding.objects.filter(vendor__in=closed).values("vendor")
    counts = {"vendors": Count("*"), "closed": Count("pk", filter=Q(pk__in=judged))}
    return Extent(**rows.order_by().aggregate(**counts))


COUNTED = (RuleStatus.MET, RuleStatus.PARTLY, RuleStatus.BROKEN)  # the fourth is what is left of all


def _with_not_rated(counts: dict[str, int], *, of: int) -> dict[str, int]:
    return {**counts, RuleStatus.NOT_RATED.value: of - sum(counts.values())}


def foot_of(rows: VendorQuerySet, closed: Collection[int], today: date) -> Foot:
    """In one query, a line a tier."""
    is_open = ~Q(pk__in=closed) if closed else Q()
    since = recent_since(today)
    counts: dict[str, Any] = {
        "vendors": Count("*"),
        "assessed": Count("latest_standing"),
        "recent": Count("pk", filter=Q(latest_standing__approved_at__gte=since)),
        "closed": Count("latest_standing", filter=~is_open) if closed else Value(0),
        **{
            f"{status.value}_{position}": Count(
                "pk", filter=is_open & Q(**{f"{STANDING}status_{position}": status.value})
            )
            for position in RULE_POSITIONS
            for status in COUNTED
        },
    }
    grouped: Any = rows.order_by().values("tier").annotate(**counts)
    lines: list[dict[str, Any]] = list(grouped)
    by_tier = {line["tier"]: line for line in lines}

    def total(name: str) -> int:
        return sum(line[name] for line in lines)

    return Foot(
        vendors=total("vendors"),
        assessed=total("assessed"),
        recent=total("recent"),
        closed=total("closed"),
        rules={
            position: _with_not_rated(
                {status.value: total(f"{status.value}_{position}") for status in COUNTED},
                of=total("assessed") - total("closed"),
            )
            for position in RULE_POSITIONS
        },
        tiers=tuple(
            TierCount(tier=tier, vendors=by_tier[tier]["vendors"], recent=by_tier[tier]["recent"])
            for tier in Tier.values
            if tier in by_tier
        ),
    )
