"""Who holds whom: of which vendors the map is made, and what it says of each."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Case, Count, F, IntegerField, OuterRef, Q, Subquery, Value, When
from django.db.models.functions import Coalesce, Least
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from assessments.score.arithmetic import Verdict
from groundwork.words import number
from reports.models import VendorStanding
from reports.portfolio.dependence import (
    HALF,
    MOST_DEPARTMENTS,
    MOST_MONTHS,
    MOST_SERVICES,
    POINTS_A_DEPARTMENT,
    POINTS_A_MONTH,
    POINTS_A_SERVICE,
    TIER_POINTS,
    Dependence,
    dependence,
)
from reports.portfolio.support import step, support
from vendors.models import Service, Vendor, VendorQuerySet

MOST_SHOWN = 60
MET, NOT_MET, UNDECIDED, NONE = "met", "not_met", "undecided", "none"
FORM_WORDS: Mapping[str, Promise] = {
    MET: gettext_lazy("All seven rules are met"),
    NOT_MET: gettext_lazy("A rule is broken or partly met"),
    UNDECIDED: gettext_lazy("Undecided: a rule is not rated"),
    NONE: gettext_lazy("Never assessed, or nothing rated"),
}
HELD_UNSUPPORTED = gettext_lazy("They hold us, and do not support us")
HELD_SUPPORTED = gettext_lazy("They hold us, and break no rule")
FREE_UNSUPPORTED = gettext_lazy("We can leave, and they do not support us")
FREE_SUPPORTED = gettext_lazy("We can leave, and they break no rule")
HELD_UNKNOWN = gettext_lazy("They hold us, and we do not know how they support us")
FREE_UNKNOWN = gettext_lazy("We can leave, and we do not know how they support us")


# In SQL -------------------------------------------------------------------------------------------------------------
ORDERS = Coalesce(OuterRef("department"), Value(0), output_field=IntegerField())  # the department of the vendor
OTHERS = Count("department", distinct=True, filter=~Q(department=ORDERS))
CRITICAL = Count("pk", filter=Q(mission_critical=True))


def _of_services(figure: Any) -> Subquery:
    """What the services of a vendor add up to; NULL where it has none."""
    of_vendor = Service.objects.filter(vendor=OuterRef("pk")).order_by().values("vendor")
    return Subquery(of_vendor.annotate(figure=figure).values("figure"), output_field=IntegerField())


def with_dependence(rows: Any) -> Any:
    """`critical_services` and `affected`: what `dependence` is made of beside the vendor's own columns."""
    own = Case(When(department=None, then=Value(0)), default=Value(1))
    return rows.annotate(
        critical_services=Coalesce(_of_services(CRITICAL), Value(0)),
        affected=Coalesce(_of_services(OTHERS), Value(0)) + own,
    )


def upper() -> Any:
    """The points that a vendor may have at most. One look at its services, and no join that is grouped: with ten
    thousand vendors it is this that takes the time."""
    tier = Case(
        *(When(tier=name, then=Value(points)) for name, points in TIER_POINTS.items()), output_field=IntegerField()
    )
    return (
        tier
        + Case(When(department=None, then=_service_points(departments=0)), default=_service_points(departments=1))
        + POINTS_A_MONTH * Least(Coalesce(F("months_to_replace"), Value(MOST_MONTHS)), Value(MOST_MONTHS))
    )


def _service_points(*, departments: int) -> Coalesce:
    """Of services and departments, where so many are affected beside those that depend on a service."""
    affected = Least(OTHERS + Value(departments), Value(MOST_DEPARTMENTS))
    services = Least(CRITICAL, Value(MOST_SERVICES))
    of_services = _of_services(POINTS_A_SERVICE * services + POINTS_A_DEPARTMENT * affected)
    return Coalesce(of_services, Value(POINTS_A_DEPARTMENT * departments))


OWN = ("pk", "name", "tier", "department_id", "months_to_replace")
STANDS = ("verdict", "met", "broken", "lowest")
FIGURES = ("critical_services", "affected", "upper")


def most_depended_on(rows: VendorQuerySet, closed: Collection[int]) -> list[Any]:
    """At most MOST_SHOWN of them, those first on which we may depend most, with `with_dependence`, `upper` and
    `stands`: its standing, or None. In one query: the inner one ranks all, the outer one tells of those that are shown.
    """
    open_rows = rows.exclude(pk__in=closed) if closed else rows
    order = (F("upper").desc(), "name", "pk")
    shown = open_rows.annotate(upper=upper()).order_by(*order).values("pk")[:MOST_SHOWN]
    told = with_dependence(Vendor.objects.filter(pk__in=shown)).annotate(upper=upper()).order_by(*order)
    return [_vendor(line) for line in told.values(*OWN, *(f"latest_standing__{name}" for name in STANDS), *FIGURES)]


def _vendor(line: Mapping[str, Any]) -> Any:
    vendor: Any = Vendor(**{name: line[name] for name in OWN})
    for name in FIGURES:
        setattr(vendor, name, line[name])
    stands = {name: line[f"latest_standing__{name}"] for name in STANDS}
    vendor.stands = VendorStanding(**stands) if stands["verdict"] else None
    return vendor


# In words -----------------------------------------------------------------------------------------------------------
@dataclass(frozen=True, kw_only=True)
class Held:
    """One vendor on the map. `support`: None where nothing is known; texts are in the active language."""

    vendor: Vendor
    dependence: Dependence
    support: float | None
    form: str
    points_said: str  # “64”, “38 to 62”
    parts_said: tuple[str, ...]
    support_said: str
    field_said: str

    @property
    def title(self) -> str:
        return _("%(vendor)s: depended on %(points)s of 100; %(support)s") % {
            "vendor": self.vendor.name,
            "points": self.points_said,
            "support": self.support_said,
        }

    @property
    def middle(self) -> float:
        return (self.dependence.low + self.dependence.high) / 2


def held(vendors: Sequence[Any]) -> list[Held]:
    """Of vendors as `most_depended_on` gives them."""
    return [_held(vendor) for vendor in vendors]


def _held(vendor: Any) -> Held:
    points = dependence(
        tier=vendor.tier,
        services=vendor.critical_services,
        departments=vendor.affected,
        months=vendor.months_to_replace,
    )
    standing: VendorStanding | None = vendor.stands
    place = support(met=standing.met, broken=standing.broken, lowest=standing.lowest) if standing else None
    return Held(
        vendor=vendor,
        dependence=points,
        support=place,
        form=_form(standing) if standing and place is not None else NONE,
        points_said=points_words(points),
        parts_said=_parts(vendor, points),
        support_said=_support_words(standing),
        field_said=_field((points.low + points.high) / 2, standing if place is not None else None),
    )


def _form(standing: VendorStanding) -> str:
    return {Verdict.MET.value: MET, Verdict.NOT_MET.value: NOT_MET}.get(standing.verdict, UNDECIDED)


def points_words(points: Dependence) -> str:
    if points.is_known:
        return number(points.low)
    return _("%(low)s to %(high)s") % {"low": number(points.low), "high": number(points.high)}


def _parts(vendor: Any, points: Dependence) -> tuple[str, ...]:
    """Each part of the sum, with what it is made of."""
    services, departments = vendor.critical_services, vendor.affected
    said = ngettext("%(count)s mission-critical service", "%(count)s mission-critical services", services)
    affected = ngettext("%(count)s department affected", "%(count)s departments affected", departments)
    parts = [
        (_("tier: %(tier)s") % {"tier": vendor.get_tier_display()}, points.tier),
        (said % {"count": number(services)}, points.services),
        (affected % {"count": number(departments)}, points.departments),
    ]
    if points.months is not None:
        months = vendor.months_to_replace
        replaced = ngettext("%(count)s month to replace", "%(count)s months to replace", months)
        parts.append((replaced % {"count": number(months)}, points.months))
    told = [_("%(what)s (%(points)s)") % {"what": what, "points": number(value)} for what, value in parts]
    if points.months is None:
        most = {"most": number(POINTS_A_MONTH * MOST_MONTHS)}
        told.append(_("months to replace: unknown (0 to %(most)s)") % most)
    return tuple(told)


def _support_words(standing: VendorStanding | None) -> str:
    if standing is None:
        return _("never assessed")
    if standing.lowest is None:
        return _("no rule is rated")
    return _("%(met)s of 7 met, %(broken)s broken") % {"met": standing.met, "broken": standing.broken}


def _field(points: float, standing: VendorStanding | None) -> str:
    is_held = points >= HALF
    if standing is None:
        return str(HELD_UNKNOWN if is_held else FREE_UNKNOWN)
    if step(met=standing.met, broken=standing.broken) < 0:
        return str(HELD_UNSUPPORTED if is_held else FREE_UNSUPPORTED)
    return str(HELD_SUPPORTED if is_held else FREE_SUPPORTED)


def ways_to_count() -> list[tuple[str, str]]:
    """How many points each part has at most, and what for: beside the map, so that it can be counted by hand."""
    critical, important = number(TIER_POINTS["critical"]), number(TIER_POINTS["important"])
    return [
        (_("Mission-critical services"), _at_most(_("points for each: %(each)s; at most: %(most)s"), SERVICES)),
        (
            _("Tier"),
            _("critical: %(high)s; important: %(middle)s; standard: 0") % {"high": critical, "middle": important},
        ),
        (
            _("Months to replace the vendor"),
            _at_most(_("points for each: %(each)s; at most: %(most)s; unknown is not zero, but a range"), MONTHS),
        ),
        (
            _("Departments affected"),
            _at_most(
                _(
                    "points for each: %(each)s; at most: %(most)s; counted are the one that orders, and those that "
                    "depend on a service"
                ),
                DEPARTMENTS,
            ),
        ),
    ]


SERVICES = (POINTS_A_SERVICE, MOST_SERVICES)
MONTHS = (POINTS_A_MONTH, MOST_MONTHS)
DEPARTMENTS = (POINTS_A_DEPARTMENT, MOST_DEPARTMENTS)


def _at_most(said: str, part: tuple[int, int]) -> str:
    each, most = part
    return said % {"each": number(each), "most": number(each * most)}
