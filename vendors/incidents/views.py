"""Incidents: the list, one of them, and writing them down by hand."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe
from groundwork.pages import confirm_page, crumbs

from accounts import trail
from accounts.access import MemberRequest
from accounts.models import AuditEntry
from vendors.fetching import fetch, form_view
from vendors.incidents import changes as incident_changes
from vendors.incidents import export
from vendors.incidents import words as incident_words
from vendors.incidents.changes import Moved, VendorArchived
from vendors.incidents.forms import IN_USE, MOVED, IncidentFilter, IncidentForm, IncidentVendorForm
from vendors.models import Incident, Vendor
from vendors.register.changes import Taken
from vendors.register.views import SortLink
from vendors.voice import pulses

PER_PAGE = 50
HISTORY = 20  # entries of the trail on the page of an incident
SORTS = (("opened", gettext_lazy("Opened")), ("duration", gettext_lazy("Time to resolve")))


@require_safe
def incident_list(request: MemberRequest) -> HttpResponse:
    chosen = IncidentFilter(request.GET, member=request.member)
    page = Paginator(chosen.qs.select_related("vendor"), PER_PAGE).get_page(request.GET.get("page"))
    is_empty = not page.paginator.count and not chosen.queryset.exists()
    context = {
        "filter": chosen,
        "page": page,
        "sorts": _sort_links(request.GET.get("sort") or "-opened"),
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


def _sort_links(chosen: str) -> dict[str, SortLink]:
    """The newest and the longest come first."""
    return {
        name: SortLink(
            label=str(label),
            target=name if chosen == f"-{name}" else f"-{name}",
            direction={name: "ascending", f"-{name}": "descending"}.get(chosen, ""),
        )
        for name, label in SORTS
    }


@require_safe
def incident_export(request: MemberRequest) -> HttpResponseBase:
    """The list as it is filtered, as CSV, a line at a time."""
    rows = IncidentFilter(request.GET, member=request.member).qs
    lines = export.csv_lines(rows, language=translation.get_language() or "en")
    headers = {"Content-Disposition": 'attachment; filename="incidents.csv"', "X-Content-Type-Options": "nosniff"}
    return StreamingHttpResponse(lines, content_type="text/csv; charset=utf-8", headers=headers)


@require_safe
def incident_detail(request: MemberRequest, pk: int) -> HttpResponse:
    incident = _fetch(request, pk)
    context = {
        "incident": incident,
        "vendor": incident.vendor,
        "facts": incident_words.facts_of(incident),
        "source": incident_words.source(incident),
        "zone": incident_words.time_zone(),
        "earlier": incident_changes.earlier_of(incident),
        "history": _history(request, incident),
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
        {"line": line, "who": str(entry.actor) if entry.actor else line.actor, "changes": line.changes * is_change}
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
    vendor, now = fetch(request, pk), timezone.now()
    form = IncidentForm(request.POST or None, instance=Incident(vendor=vendor), now=now)
    if request.method == "POST" and not vendor.archived_at and form.is_valid():
        try:
            incident = incident_changes.add_incident(request.member, form.instance, now=now)
        except Taken:
            form.add_error("reference", IN_USE)  # type: ignore[arg-type]
        except VendorArchived:
            return redirect("incident_add", pk)  # where it says so
        else:
            messages.success(request, _("%(name)s is written down.") % {"name": incident.reference})
            return redirect(incident)
    context = {"form": form, "vendor": vendor, "zone": incident_words.time_zone()}
    refused = request.method == "POST" and vendor.archived_at
    return render(request, "vendors/incidents/incident_add.html", context, status=409 if refused else 200)


@form_view
def incident_edit(request: MemberRequest, pk: int) -> HttpResponse:
    incident, now = _fetch(request, pk), timezone.now()
    form = IncidentForm(request.POST or None, instance=_fetch(request, pk), now=now)
    if request.method == "POST" and form.is_valid() and _changed(request, form):
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


def _changed(request: MemberRequest, form: IncidentForm) -> bool:
    """Written; otherwise the form says why not."""
    incident, seen = form.instance, form.cleaned_data["seen"]
    try:
        incident_changes.change_incident(request.member, incident, changed=form.written, seen=seen, now=form.now)
    except Taken:
        form.add_error("reference", IN_USE)  # type: ignore[arg-type]
    except Moved:
        form.add_error(None, MOVED)  # type: ignore[arg-type]
        form.begin_again(_fetch(request, incident.pk))
    else:
        return True
    return False


@form_view
def incident_delete(request: MemberRequest, pk: int) -> HttpResponse:
    incident = _fetch(request, pk)
    if request.method == "POST":
        incident_changes.delete_incident(request.member, incident)
        messages.success(request, _("%(name)s is deleted.") % {"name": incident.reference})
        return redirect(f"{reverse('incident_list')}?vendor={incident.vendor_id}")
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
            "hanging": incident_changes.hanging_on(incident),
            "source": incident_words.source(incident),
        },
    )


def _fetch(request: MemberRequest, pk: int) -> Incident:
    """The member's incident, or a 404: fetching is authorising."""
    rows = Incident.objects.for_member(request.member)
    return get_object_or_404(rows.select_related("vendor__organisation", "service", "created_in", "changed_in"), pk=pk)
