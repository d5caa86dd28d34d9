"""By what the portfolio is narrowed: a form that is sent by GET, so that a list can be linked to."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django import forms
from django.db.models import CharField, QuerySet, Value
from django.db.models.functions import Cast
from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import Membership
from groundwork.fields import field
from groundwork.languages import active_language
from manifesto.models import Release, ReleaseState, Rule
from vendors.models import Tier, Vendor

NOT_ASSESSED, IN_HAND, RECENT, OLDER = "not-assessed", "in-hand", "recent", "older"
STATES = (
    (NOT_ASSESSED, gettext_lazy("Never assessed")),
    (IN_HAND, gettext_lazy("An assessment is in hand")),
    (RECENT, gettext_lazy("Assessed in the last 12 months")),
    (OLDER, gettext_lazy("Last assessed longer ago")),
)
SAID, TALKS, SILENT = "said", "talks", "silent"
WORDS_ON_EXPECTATIONS = (
    (SAID, gettext_lazy("Acknowledged what we expect")),
    (TALKS, gettext_lazy("Wants to talk about it")),
    (SILENT, gettext_lazy("Has not acknowledged it")),
)
YEARS = 4  # that are offered as periods, this one included
NAMES = ("tier", "department", "service", "country", "period", "state", "expected")


@dataclass(frozen=True, kw_only=True)
class Period:
    """A year or a quarter, both days included."""

    start: date
    end: date


@dataclass(frozen=True, kw_only=True)
class Choice:
    """What the list is narrowed by; empty or None: by nothing."""

    tier: str = ""
    department: int | None = None
    service: str = ""
    country: str = ""
    period: Period | None = None
    state: str = ""
    expected: str = ""

    @property
    def tells_age(self) -> bool:
        """Whether it is itself about when a vendor was assessed: how many were is then no news."""
        return bool(self.period or self.state)


@dataclass(frozen=True, kw_only=True)
class Offered:
    """What can be chosen in this organisation, and what the rules are called, by position."""

    departments: tuple[tuple[str, str], ...]
    countries: tuple[str, ...]
    rules: Mapping[int, str]


def offered_to(member: Membership) -> Offered:
    """In one query, since three would be three more for each page."""
    departments = _named("department", member.organisation.departments.all(), "pk", "name")
    vendors = Vendor.objects.for_member(member).active().exclude(country="")
    countries = _named("country", vendors, "country", "country").distinct()
    editions = Release.objects.filter(state=ReleaseState.PUBLISHED).order_by("-published_at", "-pk")
    # A plain one: the translated one of the bank puts the columns of a union in an order of its own.
    newest: QuerySet[Rule] = QuerySet(Rule).filter(release__in=editions.values("pk")[:1])
    rules = _named("rule", newest, "position", f"name_{active_language()}")
    found = list(departments.union(countries, rules))
    return Offered(
        departments=tuple(sorted(((key, name) for kind, key, name in found if kind == "department"), key=_by_name)),
        countries=tuple(sorted((name for kind, _key, name in found if kind == "country"), key=str.casefold)),
        rules={int(key): name for kind, key, name in found if kind == "rule"},
    )


def _named(kind: str, rows: Any, key: str, name: str) -> Any:
    told = {
        "offered_kind": Value(kind, CharField()),
        "offered_key": Cast(key, CharField()),
        "offered_name": Cast(name, CharField()),
    }
    return rows.order_by().annotate(**told).values_list(*told)


def _by_name(pair: tuple[str, str]) -> str:
    return pair[1].casefold()


def periods(today: date) -> dict[str, Period]:
    """The last years and their quarters, the newest first: “2026”, “2026-4”…"""
    found = {}
    for year in range(today.year, today.year - YEARS, -1):
        found[str(year)] = Period(start=date(year, 1, 1), end=date(year, 12, 31))
        for quarter in range(4, 0, -1):
            start = date(year, 3 * quarter - 2, 1)
            if start <= today:
                following = date(year + quarter // 4, 3 * quarter % 12 + 1, 1)
                found[f"{year}-{quarter}"] = Period(start=start, end=following - timedelta(days=1))
    return found


def _period_words(key: str) -> str:
    year, _dash, quarter = key.partition("-")
    return _("%(year)s, quarter %(quarter)s") % {"year": year, "quarter": quarter} if quarter else year


class PortfolioFilter(forms.Form):
    """What nobody can choose is refused beside its field, and narrows nothing."""

    tier = forms.ChoiceField(label=gettext_lazy("Tier"), required=False)
    department = forms.ChoiceField(label=gettext_lazy("Department that orders or depends"), required=False)
    service = forms.CharField(label=gettext_lazy("Service"), required=False, max_length=160)
    country = forms.ChoiceField(label=gettext_lazy("Country"), required=False)
    period = forms.ChoiceField(label=gettext_lazy("Latest scorecard’s period ends in"), required=False)
    state = forms.ChoiceField(label=gettext_lazy("State"), required=False)
    expected = forms.ChoiceField(label=gettext_lazy("Its word on what we expect"), required=False)

    def __init__(self, data: QueryDict, *, offered: Offered, today: date) -> None:
        super().__init__(data)
        self.periods = periods(today)
        every = {
            "tier": (_("All tiers"), Tier.choices),
            "department": (_("All departments"), offered.departments),
            "country": (_("All countries"), [(name, name) for name in offered.countries]),
            "period": (_("All periods"), [(key, _period_words(key)) for key in self.periods]),
            "state": (_("All states"), STATES),
            "expected": (_("Whatever it said"), WORDS_ON_EXPECTATIONS),
        }
        for name, (empty, choices) in every.items():
            field(self, name, forms.ChoiceField).choices = [("", empty), *choices]

    @property
    def choice(self) -> Choice:
        self.is_valid()
        said = self.cleaned_data
        department = said.get("department")
        return Choice(
            tier=said.get("tier", ""),
            department=int(department) if department else None,
            service=" ".join(said.get("service", "").split()),
            country=said.get("country", ""),
            period=self.periods.get(said.get("period", "")),
            state=said.get("state", ""),
            expected=said.get("expected", ""),
        )

    @property
    def is_active(self) -> bool:
        return any(self.data.get(name) for name in NAMES)
