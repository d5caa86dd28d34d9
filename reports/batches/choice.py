"""Whose scorecards go into a batch: those of the portfolio as it is narrowed, or the vendors that were ticked in it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import cached_property

from django.db import models
from django.db.models.functions import Lower
from django.http import QueryDict
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import Membership
from groundwork.whole_numbers import said
from reports.models import Scorecard, ScorecardQuerySet
from reports.portfolio import filters, rows
from vendors.models import VendorQuerySet

TICKED = "vendor"  # how the heat table names the ticked vendors
NARROWED = (*filters.NAMES, TICKED)
MOST_TICKED = 100  # more were not ticked by hand


class Which(models.TextChoices):
    LATEST = "latest", gettext_lazy("The latest scorecard of each vendor")
    QUARTER = "quarter", gettext_lazy("Every scorecard that was approved in this quarter")
    LAST_QUARTER = "last-quarter", gettext_lazy("Every scorecard that was approved in the quarter before")


@dataclass(frozen=True, kw_only=True)
class Quarter:
    """Both days included."""

    year: int
    number: int

    @classmethod
    def of(cls, day: date) -> Quarter:
        return cls(year=day.year, number=(day.month + 2) // 3)

    @property
    def before(self) -> Quarter:
        return Quarter.of(self.start - timedelta(days=1))

    @property
    def start(self) -> date:
        return date(self.year, 3 * self.number - 2, 1)

    @property
    def following(self) -> date:
        return date(self.year + self.number // 4, 3 * self.number % 12 + 1, 1)

    @property
    def words(self) -> str:
        return _("%(year)s, quarter %(quarter)s") % {"year": self.year, "quarter": self.number}

    def moments(self) -> tuple[datetime, datetime]:
        """Its beginning, and that of the next."""
        first, last = (datetime.combine(day, time.min) for day in (self.start, self.following))
        return timezone.make_aware(first), timezone.make_aware(last)


class Chosen:
    """What an address of the portfolio names. `query`: what of it narrows, as a query string."""

    def __init__(self, member: Membership, asked: QueryDict, *, today: date) -> None:
        self.member, self.today = member, today
        self.form = filters.PortfolioFilter(asked, offered=filters.offered_to(member), today=today)
        self.ticked = sorted({key for text in asked.getlist(TICKED)[:MOST_TICKED] if (key := said(text)) is not None})
        kept = QueryDict(mutable=True)
        for name in NARROWED:
            if values := [value for value in asked.getlist(name)[:MOST_TICKED] if value]:
                kept.setlist(name, values)
        self.query = kept.urlencode()

    @property
    def is_narrowed(self) -> bool:
        return self.form.is_active or bool(self.ticked)

    @property
    def vendors(self) -> VendorQuerySet:
        found = rows.chosen(self.member, self.form.choice, self.today)
        return found.filter(pk__in=self.ticked) if self.ticked else found

    @cached_property
    def counts(self) -> dict[str, int]:
        """How many scorecards each choice would give."""
        return {which.value: self.scorecards(which).count() for which in Which}

    def scorecards(self, which: Which) -> ScorecardQuerySet:
        """By the names of their vendors, with their assessments and without their snapshots."""
        cards = Scorecard.objects.for_member(self.member).filter(assessment__vendor__in=self.vendors.order_by())
        if which == Which.LATEST:
            cards = cards.filter(standing__isnull=False)
        else:
            cards = cards.filter(approved_at__range=self.quarter(which).moments())
        in_order = cards.order_by(Lower("assessment__vendor__name"), "assessment__vendor", "approved_at", "pk")
        return in_order.select_related("assessment__vendor").without_snapshot()

    def quarter(self, which: Which) -> Quarter:
        now = Quarter.of(self.today)
        return now if which == Which.QUARTER else now.before

    def title(self, which: Which) -> str:
        """What pages call it, in the active language."""
        if which != Which.LATEST:
            return _("Scorecards approved in %(quarter)s") % {"quarter": self.quarter(which).words}
        if self.ticked:
            return _("Latest scorecards of the vendors that were chosen")
        return _("Latest scorecards of the vendors that were filtered") if self.is_narrowed else _("Latest scorecards")
