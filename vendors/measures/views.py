"""What is measured of a vendor, what was agreed about it, and how service level and feeling meet."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts.access import MemberRequest
from groundwork.pages import Crumb, confirm_page, crumbs, edit_page
from groundwork.responses import form_view
from vendors.fetching import vendor_of
from vendors.measures import beside, cards, targets
from vendors.measures.basis import basis_of
from vendors.measures.catalogue import BY_KEY, Measure
from vendors.measures.forms import MeasuresFilter
from vendors.measures.loading import held_to, items_hit, measures_of, open_backlog, targets_of
from vendors.measures.metrics import Measures
from vendors.measures.words import LABELS, UNITS, reading_aid
from vendors.models import MeasureTarget, Service, Vendor
from vendors.withheld import is_withheld


# Measures --------------------------------------------------------------------------------------------------------
@require_safe
def vendor_measures(request: MemberRequest, pk: int) -> HttpResponse:
    vendor = vendor_of(request, pk)
    if is_withheld(request.member, vendor):
        return render(request, "vendors/measures/vendor_measures.html", {"vendor": vendor, "is_withheld": True})
    chosen = MeasuresFilter(request.GET, vendor=vendor)
    service = chosen.chosen("service")
    measures = measures_of(vendor, service=service, now=timezone.now(), months=chosen.chosen("months"))
    context = {
        "vendor": vendor,
        "filter": chosen,
        "service": service,
        "measures": measures,
        **_beside(measures, vendor, service),
        "basis": basis_of(measures),
        "groups": cards.groups_of(measures, held_to(vendor, timezone.localdate()), vendor=vendor, service=service)
        if not measures.is_empty
        else [],
        "chosen_query": chosen.as_query(request.GET),
        "has_facts": not measures.is_empty or vendor.incidents.exists(),
        "counted_url": cards.incidents_between(vendor, service, measures.since, measures.until),
        "open_url": measures.left_out.open_cases
        and cards.incident_list(
            vendor=vendor.pk,
            service=service and service.pk,
            since=measures.since,
            until=measures.until,
            critical=1,
            state="open",
        ),
    }
    return render(request, "vendors/measures/vendor_measures.html", context)


@require_safe
def vendor_measure(request: MemberRequest, pk: int, measure: str) -> HttpResponse:
    """How one measure is computed, and each of its periods: a page, and what the page of them all fetches of it."""
    vendor, of = vendor_of(request, pk), _measure(measure)
    context: dict[str, object] = {"vendor": vendor, "label": LABELS[of.key], "measures_url": _measures_url(vendor)}
    template = "_measure_fetched.html" if request.htmx else "vendor_measure.html"
    if is_withheld(request.member, vendor):
        return render(request, f"vendors/measures/{template}", {**context, "is_withheld": True})
    chosen = MeasuresFilter(request.GET, vendor=vendor)
    service = chosen.chosen("service")
    measures = measures_of(vendor, service=service, now=timezone.now(), months=chosen.chosen("months"))
    targets = held_to(vendor, timezone.localdate())
    context["card"] = cards.card_of(of.key, measures, targets, vendor=vendor, service=service)
    return render(request, f"vendors/measures/{template}", context)


def _beside(measures: Measures, vendor: Vendor, service: Service | None) -> dict[str, object]:
    """What stands below the cards; two queries."""
    if measures.is_empty:
        return {}
    backlog, items = open_backlog(measures, vendor, service), items_hit(measures, vendor, service)
    return {
        "backlog": beside.backlog_view(backlog, measures, vendor=vendor, service=service),
        "waits": beside.waits_words(measures.waits),
        "items": beside.items_view(items, measures, vendor=vendor),
    }


@require_safe
def help_measures(request: HttpRequest) -> HttpResponse:
    """What the words beside a figure mean, for everybody."""
    return render(request, "vendors/measures/help_measures.html", reading_aid())


@form_view
def target_edit(request: MemberRequest, pk: int, measure: str) -> HttpResponse:
    vendor, of = vendor_of(request, pk), _measure(measure)
    stored, label = targets_of(vendor).get(of.key), str(LABELS[of.key])
    form = targets.TargetForm(
        request.POST or None,
        instance=targets_of(vendor).get(of.key) or MeasureTarget(vendor=vendor, measure=of.key),
        measure=of,
        unit=str(UNITS[of.unit]),
    )
    if request.method == "POST" and form.is_valid():
        targets.set_target(request.member, vendor, of.key, **form.cleaned_data)
        messages.success(request, _("The target is kept."))
        return redirect(_card_of(vendor, of))
    return edit_page(
        request,
        form,
        heading=label,
        title=_("Change a target") if stored else _("Agree on a target"),
        section=vendor.name,
        crumbs=_crumbs(vendor, label),
        lead=_(
            "What you agreed with %(name)s. The chart shows it, and where the trend is flat it decides whether that is "
            "good enough."
        )
        % {"name": vendor.name},
        submit=_("Keep the target"),
        back=_card_of(vendor, of),
    )


@form_view
def target_delete(request: MemberRequest, pk: int, measure: str) -> HttpResponse:
    vendor, of = vendor_of(request, pk), _measure(measure)
    rows = MeasureTarget.objects.for_member(request.member).select_related("vendor")
    target = get_object_or_404(rows, vendor=vendor, measure=of.key)
    if request.method == "POST":
        targets.delete_target(request.member, vendor, of.key)
        messages.success(request, _("The target is removed."))
        return redirect(_card_of(vendor, of))
    return confirm_page(
        request,
        heading=_("Remove this target?"),
        title=_("Remove a target"),
        section=vendor.name,
        crumbs=_crumbs(vendor, str(LABELS[of.key])),
        submit=_("Remove the target"),
        back=_card_of(vendor, of),
        template="vendors/measures/target_delete.html",
        about={"label": LABELS[of.key], "agreed": cards.agreed_words(of, float(target.value))},
    )


def _crumbs(vendor: Vendor, here: str) -> list[Crumb]:
    return crumbs("vendor_list", _("Vendors"), vendor, _measures_url(vendor), _("Measures"), here)


def _measures_url(vendor: Vendor) -> str:
    return reverse("vendor_measures", args=[vendor.pk])


def _measure(key: str) -> Measure:
    if key not in BY_KEY:
        raise Http404
    return BY_KEY[key]


def _card_of(vendor: Vendor, measure: Measure) -> str:
    return f"{_measures_url(vendor)}#{measure.key}"
