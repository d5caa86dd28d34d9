"""The register: list, vendor, add, edit, archive, restore."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from datetime import date

from django.contrib import messages
from django.core.paginator import Page
from django.db.models import prefetch_related_objects
from django.db.models.functions import Lower
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from accounts.access import MemberRequest
from accounts.models import Membership
from groundwork.asking_once import asking_once
from groundwork.pages import confirm_page, crumbs, edit_page, sort_links
from groundwork.pagination import BoundedPaginator
from groundwork.responses import form_view, or_beside
from groundwork.together import Lookup
from vendors.contracts.decisions import decide_by_of_vendors
from vendors.fetching import vendor_of
from vendors.models import Service, Vendor, VendorQuerySet
from vendors.panels import panels_for
from vendors.register import changes as register
from vendors.register.attention import (
    ATTENTION,
    COMPUTED,
    COMPUTED_OF,
    Row,
    chosen_sort,
    computed_order,
    in_order,
    is_computed,
)
from vendors.register.forms import VendorFilter, VendorForm
from vendors.service_hours.calendars import service_hours_in
from vendors.service_hours.hours import ServiceHours
from vendors.service_hours.words import deciding_words, hours_words
from vendors.standings import standings_of

PER_PAGE = 25
SORTS: tuple[tuple[str, str | Promise], ...] = (
    ("name", gettext_lazy("Vendor")),
    ("tier", gettext_lazy("Tier")),
    ("met", gettext_lazy("Rules met")),
    ("weakest", gettext_lazy("Weakest rule")),
    ("contradicted", gettext_lazy("Contradicted")),
    ("moved", gettext_lazy("Since last time")),
    ("due", gettext_lazy("Next date")),
    ("decide", gettext_lazy("Decide by")),
)


@require_safe
def vendor_list(request: MemberRequest) -> HttpResponse:
    """A page of those that match, in order."""
    everything = Vendor.objects.for_member(request.member)
    chosen = VendorFilter(request.GET, everything)
    sort = chosen_sort(request.GET.get("sort", ""))
    page, sort = _page_of(request, chosen.qs.defer("notes"), sort, today := timezone.localdate())
    prefetch_related_objects([row.vendor for row in page], "services")
    context = {
        "filter": chosen,
        "page": page,
        "today": today,
        "sorts": sort_links(SORTS, sort, falling={"contradicted"}, plain=_not_sorted_by(page.paginator.count)),
        "is_by_attention": sort == ATTENTION,
        "is_empty": not page.paginator.count and not everything.exists(),
    }
    return render(request, "vendors/register/vendor_list.html", context)


def _page_of(request: MemberRequest, vendors: VendorQuerySet, sort: str, today: date) -> tuple[Page[Row], str]:
    """And by what it is sorted. What is computed is computed of all, to be put in order, as long as they are few; else
    of the page alone."""
    asked = request.GET.get("page")
    if is_computed(sort):
        few = list(vendors.order_by(Lower("name"), "pk")[: COMPUTED_OF + 1])
        if len(few) <= COMPUTED_OF:
            rows = computed_order(_rows(request.member, few, today), sort)
            return BoundedPaginator(rows, PER_PAGE).get_page(asked), sort
        sort = ATTENTION
    page = BoundedPaginator(in_order(vendors, sort, request.member), PER_PAGE).get_page(asked)
    page.object_list = _rows(request.member, page.object_list, today)
    return page, sort


def _not_sorted_by(vendors: int) -> Collection[str]:
    """Columns by which so many are not sorted."""
    return COMPUTED if vendors > COMPUTED_OF else ()


def _rows(member: Membership, vendors: Iterable[Vendor], today: date) -> list[Row]:
    shown = list(vendors)
    standings, days = standings_of(member, shown, today), decide_by_of_vendors(member, shown)
    return [Row(vendor=one, standing=standings[one.pk], decide_by=days.get(one.pk)) for one in shown]


@require_safe
def vendor_detail(request: MemberRequest, pk: int) -> HttpResponse:
    vendor = vendor_of(request, pk)
    rows, contacts = vendor.assessments.with_numbers().order_by(), vendor.contacts.order_by()
    services = _services(vendor)
    with asking_once():
        panels = panels_for(request.member, vendor, Lookup(reads=(rows, contacts), told=tuple), services)
    assessments = sorted(rows, key=lambda one: (one.period_end, one.created_at, one.pk), reverse=True)
    context = {
        "vendor": vendor,
        "services": services.told(),
        "contacts": sorted(contacts, key=lambda one: one.name.lower()),
        "panels": [panel for panel in panels if panel.template],
        "heads": [panel for panel in panels if panel.head],
        "assessments": assessments,
        "in_hand": next((one for one in assessments if one.is_in_hand), None),
    }
    return render(request, "vendors/register/vendor_detail.html", context)


def _services(vendor: Vendor) -> Lookup[list[dict[str, object]]]:
    """Each with its hours in words."""
    hours, rows = service_hours_in(vendor), vendor.services.select_related("department").order_by()
    return Lookup(
        reads=(*hours.reads, rows),
        told=lambda: [_service(one, hours.told()) for one in sorted(rows, key=lambda one: one.name.lower())],
    )


def _service(service: Service, hours: Mapping[int, ServiceHours]) -> dict[str, object]:
    return {
        "service": service,
        "hours": hours_words(hours[service.pk]) if service.pk in hours else _("not set, so every hour counts"),
        "deciding": deciding_words(hours[service.pk]) if service.pk in hours else "",
    }


@form_view
def vendor_add(request: MemberRequest) -> HttpResponse:
    form = VendorForm(request.POST or None, organisation=request.member.organisation)
    if request.method == "POST" and form.is_valid():
        with or_beside(form):
            vendor = register.add_vendor(request.member, form.instance)
            messages.success(request, _("%(name)s is in the register.") % {"name": vendor.name})
            return redirect("vendor_detail", vendor.pk)
    return edit_page(
        request,
        form,
        heading=_("Add a vendor"),
        section=_("Vendors"),
        crumbs=crumbs("vendor_list", _("Vendors"), _("Add a vendor")),
        lead=_("A name is enough to start with."),
        submit=_("Add the vendor"),
        back="vendor_list",
    )


@form_view
def vendor_edit(request: MemberRequest, pk: int) -> HttpResponse:
    vendor = vendor_of(request, pk)
    form = VendorForm(request.POST or None, instance=vendor_of(request, pk), organisation=request.member.organisation)
    if request.method == "POST" and form.is_valid():
        with or_beside(form):
            register.change_vendor(request.member, form.instance, changed=form.changed_data)
            messages.success(request, _("Saved."))
            return redirect("vendor_detail", pk)
    return edit_page(
        request,
        form,
        heading=_("Edit %(name)s") % {"name": vendor.name},
        section=_("Vendors"),
        crumbs=crumbs("vendor_list", _("Vendors"), vendor, _("Edit")),
        back=vendor.get_absolute_url(),
    )


@form_view
def vendor_archive(request: MemberRequest, pk: int) -> HttpResponse:
    vendor = vendor_of(request, pk)
    if request.method == "POST":
        register.archive_vendor(request.member, vendor, now=timezone.now())
        messages.success(request, _("%(name)s is archived.") % {"name": vendor.name})
        return redirect("vendor_detail", pk)
    return confirm_page(
        request,
        heading=_("Archive %(name)s?") % {"name": vendor.name},
        section=_("Vendors"),
        crumbs=crumbs("vendor_list", _("Vendors"), vendor, _("Archive")),
        at_stake=[
            _(
                "The vendor leaves the list and can no longer be chosen for a new assessment. Its assessments, "
                "scorecards, services and contacts stay, and you can restore it at any time."
            )
        ],
        submit=_("Archive the vendor"),
        back=vendor.get_absolute_url(),
    )


@form_view
def vendor_restore(request: MemberRequest, pk: int) -> HttpResponse:
    vendor = vendor_of(request, pk)
    if request.method == "POST":
        register.restore_vendor(request.member, vendor, now=timezone.now())
        messages.success(request, _("%(name)s is active again.") % {"name": vendor.name})
        return redirect("vendor_detail", pk)
    return confirm_page(
        request,
        heading=_("Restore %(name)s?") % {"name": vendor.name},
        section=_("Vendors"),
        crumbs=crumbs("vendor_list", _("Vendors"), vendor, _("Restore")),
        at_stake=[_("The vendor is back in the list and can be assessed again.")],
        submit=_("Restore the vendor"),
        danger=False,
        back=vendor.get_absolute_url(),
    )
