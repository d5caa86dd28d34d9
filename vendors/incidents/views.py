"""Incidents: the list, one of them, and writing them down by hand."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from accounts.access import MemberRequest
from accounts.models import AuditEntry
from accounts.trail import reading as trail
from groundwork.languages import active_language
from groundwork.pages import confirm_page, crumbs, sort_links
from groundwork.pagination import BoundedPaginator
from groundwork.responses import form_view, or_beside, or_say_why, table_response
from vendors.fetching import incident_of, vendor_of
from vendors.incidents import changes as incident_changes
from vendors.incidents import export
from vendors.incidents import words as incident_words
from vendors.incidents.changes import EditedMeanwhile, VendorArchived
from vendors.incidents.forms import IncidentFilter, IncidentForm, IncidentVendorForm
from vendors.models import Incident, Vendor
from vendors.proofs import panel as proofs
from vendors.timeline import words as timeline_words
from vendors.timeline.hour import hour_of
from vendors.voice import pulses

PER_PAGE = 40  # two lines each, they are a phone page that one thumb can reach the end of
HISTORY = 20  # entries of the trail on the page of an incident
SORTS = (("opened", gettext_lazy("Opened")), ("duration", gettext_lazy("Time to resolve")))


@require_safe
def incident_list(request: MemberRequest) -> HttpResponse:
    chosen = IncidentFilter(request.GET, member=request.member)
    page = BoundedPaginator(chosen.listed, PER_PAGE, counted=chosen.qs).get_page(request.GET.get("page"))
    is_empty = not page.paginator.count and not chosen.queryset.exists()
    context = {
        "filter": chosen,
        "page": page,
        "sorts": sort_links(SORTS, request.GET.get("sort") or "-opened", falling={"opened", "duration"}),
        "is_empty": is_empty,
        "add_url": _add_url(chosen.chosen_vendor),
        "zone": incident_words.time_zone(),
    }
    return render(request, "vendors/incidents/incident_list.html", context)


def _add_url(vendor: Vendor | None) -> str:
    """Straight to the form where the vendor is chosen."""
    if vendor is None or vendor.archived_at:
        return reverse("incident_vendor")
    return reverse("incident_add", args=[vendor.pk])


@require_safe
def incident_export(request: MemberRequest) -> HttpResponseBase:
    """The list as it is filtered, as CSV or XLSX, a row at a time."""
    rows = IncidentFilter(request.GET, member=request.member).qs
    return table_response(request, export.rows_of(rows, language=active_language()), "incidents")


@require_safe
def incident_detail(request: MemberRequest, pk: int) -> HttpResponse:
    incident = incident_of(request, pk)
    context = {
        "incident": incident,
        "vendor": incident.vendor,
        "facts": incident_words.facts_of(incident),
        "source": incident_words.source(incident),
        "zone": incident_words.time_zone(),
        "earlier": incident_changes.earlier_of(incident),
        "repeat_days": incident.vendor.organisation.repeat_days,
        "history": _history(request, incident),
        "hour": (hour := hour_of(request.member, incident, now=timezone.now())),
        "record": timeline_words.lines(hour.record) if hour.record and not hour.record.is_empty else [],
        "proof": proofs.of_incident(request.member, incident),
        "voice": pulses.voice_of(request.member, incident, now=timezone.now()),
    }
    return render(request, "vendors/incidents/incident_detail.html", context)


def _history(request: MemberRequest, incident: Incident) -> list[dict[str, Any]]:
    """Who wrote it down and changed it, newest first; of a new one, its page says what it holds."""
    rows = AuditEntry.objects.for_member(request.member).filter(
        object_type=Incident._meta.label_lower, object_id=str(incident.pk)
    )
    entries = list(rows.select_related("actor").order_by("-at", "-pk")[:HISTORY])
    return [
        {"line": line, "who": str(entry.actor) if entry.actor else line.who, "changes": line.changes * is_change}
        for entry, line in zip(entries, trail.lines(entries), strict=True)
        for is_change in (bool(entry.before and entry.after),)
    ]


# Writing down ----------------------------------------------------------------------------------------------------
@form_view
def incident_vendor(request: MemberRequest) -> HttpResponse:
    """Which vendor it is about, where that is not known yet."""
    form = IncidentVendorForm(request.POST or None, member=request.member)
    if request.method == "POST" and form.is_valid():
        return redirect("incident_add", form.cleaned_data["vendor"].pk)
    has_vendors = Vendor.objects.for_member(request.member).active().exists()
    return render(request, "vendors/incidents/incident_vendor.html", {"form": form, "has_vendors": has_vendors})


@form_view
def incident_add(request: MemberRequest, pk: int) -> HttpResponse:
    vendor, now = vendor_of(request, pk), timezone.now()
    form = IncidentForm(request.POST or None, instance=Incident(vendor=vendor), now=now)
    if request.method == "POST" and not vendor.archived_at and form.is_valid():
        try:
            with or_beside(form):
                incident = incident_changes.add_incident(request.member, form.instance, now=now)
                messages.success(request, _("%(name)s is written down.") % {"name": incident.reference})
                return redirect(incident)
        except VendorArchived:
            return redirect("incident_add", pk)  # where it says so
    context = {"form": form, "vendor": vendor, "zone": incident_words.time_zone()}
    refused = request.method == "POST" and vendor.archived_at
    return render(request, "vendors/incidents/incident_add.html", context, status=409 if refused else 200)


@form_view
def incident_edit(request: MemberRequest, pk: int) -> HttpResponse:
    incident, now = incident_of(request, pk), timezone.now()
    form = IncidentForm(request.POST or None, instance=incident_of(request, pk), now=now)
    if request.method == "POST" and form.is_valid():
        with or_beside(form):
            _change(request, form)
            messages.success(request, _("Saved."))
            return redirect(incident)
    context = {
        "form": form,
        "incident": incident,
        "vendor": incident.vendor,
        "source": incident_words.source(incident),
        "zone": incident_words.time_zone(),
    }
    return render(request, "vendors/incidents/incident_edit.html", context)


def _change(request: MemberRequest, form: IncidentForm) -> None:
    """Of what was edited meanwhile, the next save is about what stands there now."""
    incident, seen = form.instance, form.cleaned_data["seen"]
    try:
        incident_changes.change_incident(request.member, incident, changed=form.written, seen=seen, now=form.now)
    except EditedMeanwhile:
        form.begin_again(incident_of(request, incident.pk))
        raise


@form_view
def incident_delete(request: MemberRequest, pk: int) -> HttpResponse:
    incident = incident_of(request, pk)
    if request.method == "POST":
        with or_say_why(request):
            incident_changes.delete_incident(request.member, incident)
            messages.success(request, _("%(name)s is deleted.") % {"name": incident.reference})
            return redirect(f"{reverse('incident_list')}?vendor={incident.vendor_id}")
        return redirect(incident)
    name, vendor = incident.reference, incident.vendor.name
    return confirm_page(
        request,
        heading=_("Delete %(name)s?") % {"name": name},
        section=vendor,
        crumbs=crumbs("incident_list", _("Incidents"), incident, _("Delete")),
        lead=f"{incident.title} · {vendor}" if incident.title else vendor,
        submit=_("Delete the incident"),
        back=incident.get_absolute_url(),
        template="vendors/incidents/incident_delete.html",
        about={
            "incident": incident,
            "dependents": incident_changes.dependent_counts(incident),
            "source": incident_words.source(incident),
        },
    )
