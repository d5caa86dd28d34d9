"""The portfolio: the heat table, its file, and the map of who holds whom."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.core.paginator import Paginator
from django.db import transaction
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from accounts.access import MemberRequest
from accounts.trail import audit
from groundwork.pages import SortLink, crumbs, sort_links
from groundwork.responses import table_response
from groundwork.tables.writing import TableFile
from reports.models import RULE_POSITIONS
from reports.portfolio import export, power, words
from reports.portfolio.filters import Offered, PortfolioFilter, offered_to
from reports.portfolio.rows import (
    ATTENTION,
    RULE_SORTS,
    Extent,
    Foot,
    chosen,
    chosen_sort,
    extent_of,
    foot_of,
    in_order,
    page_of,
    with_words,
)
from vendors.models import VendorQuerySet
from vendors.withheld import withheld

PER_PAGE = 50
SORTS = (
    ("name", gettext_lazy("Vendor")),
    ("met", gettext_lazy("Rules met")),
    ("weakest", gettext_lazy("Weakest rule")),
    ("findings", gettext_lazy("Findings")),
    ("commitments", gettext_lazy("Commitments")),
    ("age", gettext_lazy("Scorecard")),
    ("decide", gettext_lazy("Decide by")),
    ("tier", gettext_lazy("Tier")),
)
FALLING = {"findings", "commitments"}


@dataclass(frozen=True, kw_only=True)
class RuleHeading:
    position: int
    name: str
    sort: SortLink


class CountedPaginator(Paginator):
    """Pages of rows whose number is known already."""

    def __init__(self, rows: VendorQuerySet, per_page: int, *, count: int) -> None:
        super().__init__(rows, per_page)
        self.known = count

    @cached_property
    def count(self) -> int:
        return self.known


class _Asked:
    """What a reader asks to see: whom, and in which order. Whatever is read for it is read once."""

    def __init__(self, request: MemberRequest, today: date) -> None:
        self.today = today
        self.offered: Offered = offered_to(request.member)
        self.filter = PortfolioFilter(request.GET, offered=self.offered, today=today)
        self.choice = self.filter.choice
        self.vendors = chosen(request.member, self.choice, today)
        self.sort = chosen_sort(request.GET.get("sort", ""))
        self.closed = withheld(request.member)

    @property
    def in_order(self) -> VendorQuerySet:
        return in_order(self.vendors, self.sort, self.closed, self.today)

    @cached_property
    def foot(self) -> Foot:
        return foot_of(self.vendors, self.closed, self.today)

    def rule_headings(self) -> list[RuleHeading]:
        labels = [(name, str(position)) for name, position in zip(RULE_SORTS, RULE_POSITIONS, strict=True)]
        links = sort_links(labels, self.sort, falling=())
        return [
            RuleHeading(position=position, name=self.offered.rules.get(position, ""), sort=links[name])
            for name, position in zip(RULE_SORTS, RULE_POSITIONS, strict=True)
        ]

    def about(self, foot: Foot | Extent) -> dict[str, object]:
        """What the page and the map have in common."""
        return {
            "form": self.filter,
            "foot": foot,
            "withheld_words": words.withheld_words(foot.closed),
            "held": power.held(power.most_depended_on(self.vendors, self.closed)),
            "most_shown": power.MOST_SHOWN,
        }


@require_safe
def portfolio(request: MemberRequest) -> HttpResponse:
    today = timezone.localdate()
    asked = _Asked(request, today)
    pages = CountedPaginator(asked.in_order, PER_PAGE, count=asked.foot.vendors)
    page = pages.get_page(request.GET.get("page"))
    start = (page.number - 1) * PER_PAGE
    found = with_words(page_of(asked.in_order, start, start + PER_PAGE), today)
    context = {
        **asked.about(asked.foot),
        "page": page,
        "rows": list(words.rows_of(found, closed=asked.closed, rules=asked.offered.rules, today=today)),
        "sorts": sort_links(SORTS, asked.sort, falling=FALLING),
        "rule_headings": asked.rule_headings(),
        "is_by_attention": asked.sort == ATTENTION,
        "foot_lines": words.foot_lines(asked.foot),
        "most_broken": words.most_broken_words(asked.foot, asked.offered.rules),
        "coverage": [] if asked.choice.tells_age else words.coverage_words(asked.foot),
    }
    return render(request, "reports/portfolio/portfolio.html", context)


@require_safe
def power_map(request: MemberRequest) -> HttpResponse:
    """The map by itself, with its table and how it is counted."""
    asked = _Asked(request, timezone.localdate())
    context = {
        **asked.about(extent_of(asked.vendors, asked.closed)),
        "ways_to_count": power.ways_to_count(),
        "crumbs": crumbs("portfolio", _("Portfolio"), _("Power map")),
    }
    return render(request, "reports/portfolio/power_map.html", context)


@require_safe
def portfolio_export(request: MemberRequest) -> HttpResponseBase:
    """All that is chosen, in its order, as CSV or XLSX; that it was taken stands in the trail."""
    today = timezone.localdate()
    asked = _Asked(request, today)
    found = with_words(asked.in_order, today)
    rows = words.rows_of(found.iterator(chunk_size=500), closed=asked.closed, rules=asked.offered.rules, today=today)
    sheet = list(export.sheet(rows, asked.offered.rules))
    kind = TableFile.XLSX if request.GET.get("file") == TableFile.XLSX else TableFile.CSV
    with transaction.atomic():
        audit.record(
            request.user,
            "portfolio.exported",
            request.member.organisation,
            after={"file": kind.value, "rows": len(sheet) - 1},
        )
    return table_response(request, sheet, f"portfolio-{today:%Y-%m-%d}")
