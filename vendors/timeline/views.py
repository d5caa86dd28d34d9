"""The hour of an incident: begun, filled, read, corrected and handed on."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST, require_safe

from accounts.access import MemberRequest, Right, may
from accounts.fetching import fetch
from groundwork.pages import Crumb, crumbs, edit_page
from groundwork.responses import form_view, or_beside, or_say_why, post_data
from groundwork.whole_numbers import said
from vendors.fetching import incident_of
from vendors.models import Incident, Service, TimelineEntry, Vendor
from vendors.timeline import changes, sheet, words
from vendors.timeline.forms import EntryForm, StartForm, WhatBrokeForm
from vendors.timeline.hour import Hour, hour_of
from vendors.timeline.people import people_of
from vendors.withheld import is_withheld

ENTRIES = TimelineEntry.objects.select_related("incident__vendor__organisation", "incident__service", "user")


# The beginning ---------------------------------------------------------------------------------------------------
@form_view
def incident_hour_start(request: MemberRequest) -> HttpResponse:
    """Of `?service=` or `?vendor=`, asked once more by name; without either, asked for first."""
    service, vendor = _named(request)
    if vendor is None:
        return _what_broke(request)
    now = timezone.now()
    form = StartForm(post_data(request), now=now)
    if request.method == "POST" and form.is_valid():
        with or_beside(form):
            wish = form.cleaned_data
            incident = changes.start(request.member, vendor, service, title=wish["title"], since=wish["since"], now=now)
            messages.success(request, _("%(name)s is running. Write down each contact here.") % {"name": incident})
            return redirect("incident_hour", incident.pk)
    return edit_page(
        request,
        form,
        heading=_("%(name)s is broken?") % {"name": service or vendor},
        section=_("Incidents"),
        crumbs=crumbs("incident_list", _("Incidents"), _("It is broken now")),
        submit=_("Yes, it is broken now"),
        back=reverse("emergency_plan", args=[service.pk]) if service else vendor.get_absolute_url(),
        template="vendors/timeline/incident_hour_start.html",
        about={"service": service, "vendor": vendor, "running": _running(vendor, service)},
    )


def _named(request: MemberRequest) -> tuple[Service | None, Vendor | None]:
    """What the address names, of the member's organisation and in use; 404 for another's."""
    asked, whose = said(request.GET.get("service", "")), said(request.GET.get("vendor", ""))
    if asked is not None:
        service = fetch(request, Service.objects.select_related("vendor__organisation", "department"), asked)
        return service, service.vendor
    vendors = Vendor.objects.select_related("organisation")
    return None, None if whose is None else fetch(request, vendors, whose)


def _what_broke(request: MemberRequest) -> HttpResponse:
    form = WhatBrokeForm(post_data(request), member=request.member)
    if request.method == "POST" and form.is_valid():
        service, vendor = form.cleaned_data["service"], form.cleaned_data["vendor"]
        asked = f"service={service.pk}" if service else f"vendor={vendor.pk}"
        return redirect(f"{reverse('incident_hour_start')}?{asked}")
    return edit_page(
        request,
        form,
        heading=_("What is broken?"),
        section=_("Incidents"),
        crumbs=crumbs("incident_list", _("Incidents"), _("It is broken now")),
        submit=_("Go on"),
        back="incident_list",
    )


def _running(vendor: Vendor, service: Service | None) -> Incident | None:
    """A colleague may have been quicker."""
    running = vendor.incidents.open().mission_critical().filter(restored_at=None)
    if service is not None:
        running = running.filter(service=service)
    newest: Incident | None = running.order_by("-opened_at").first()
    return newest


# The hour --------------------------------------------------------------------------------------------------------
@require_safe
@never_cache
def incident_hour(request: MemberRequest, pk: int) -> HttpResponse:
    incident, now = incident_of(request, pk), timezone.now()
    hour = hour_of(request.member, incident, now=now)
    form = EntryForm(None, incident=incident, people=people_of(incident, hour.entries), now=now)
    return _page(request, hour, form)


@form_view
def incident_hour_add(request: MemberRequest, pk: int) -> HttpResponse:
    """One entry; whoever only looks here is led to the page."""
    incident, now = incident_of(request, pk), timezone.now()
    if request.method != "POST":
        return redirect("incident_hour", pk)
    hour = hour_of(request.member, incident, now=now)
    form = EntryForm(request.POST, incident=incident, people=people_of(incident, hour.entries), now=now)
    if form.is_valid():
        with or_beside(form):
            added = changes.add(request.member, incident, form.written, now=now)
            return _written(request, added)
    return _page(request, hour, form)


@form_view
def timeline_entry_correct(request: MemberRequest, pk: int) -> HttpResponse:
    """A later entry that stands in for this one: both stay to be read."""
    entry, now = fetch(request, ENTRIES, pk), timezone.now()
    incident = entry.incident
    hour = hour_of(request.member, incident, now=now)
    if entry not in hour.entries:
        return redirect("incident_hour", incident.pk)  # where it says why it is closed
    people = people_of(incident, hour.entries)
    form = EntryForm(post_data(request), incident=incident, people=people, corrects=entry, now=now)
    if request.method == "POST" and form.is_valid():
        with or_beside(form):
            added = changes.add(request.member, incident, form.written, corrects=entry, now=now)
            return _written(request, added)
    return _page(request, hour, form, corrects=entry)


def _written(request: MemberRequest, added: changes.Added) -> HttpResponse:
    """Back to the hour, which says what was set; the page then forgets what it kept of this entry."""
    messages.success(request, " ".join([_("Written down."), *words.told(added)]))
    return redirect(f"{reverse('incident_hour', args=[added.entry.incident_id])}?saved={added.entry.pk}")


def _page(
    request: MemberRequest, hour: Hour, form: EntryForm, *, corrects: TimelineEntry | None = None
) -> HttpResponse:
    incident = hour.incident
    context: dict[str, Any] = {
        "hour": hour,
        "incident": incident,
        "vendor": incident.vendor,
        "form": form,
        "corrects": corrects,
        "may_write": may(request.member, Right.EDIT_VENDORS) and not incident.vendor.archived_at,
        "saved": said(request.GET.get("saved", "")) or "",
        "record": words.lines(hour.record) if hour.record and not hour.record.is_empty else [],
        "crumbs": _crumbs(incident),
        "heading": incident.title or str(incident.service or incident.reference),
        "left_out": sheet.left_out(),
    }
    return render(request, "vendors/timeline/incident_hour.html", context)


def _crumbs(incident: Incident) -> list[Crumb]:
    return crumbs("incident_list", _("Incidents"), incident, _("The hour"))


@require_GET
@never_cache
def incident_hour_now(request: MemberRequest, pk: int) -> HttpResponse:
    """What stands above and below the form, for a page that asks every few seconds; 204: nothing is new."""
    incident = incident_of(request, pk)
    hour = hour_of(request.member, incident, now=timezone.now())
    if not request.htmx:
        return redirect("incident_hour", pk)
    if request.GET.get("seen") == hour.fingerprint:
        return HttpResponse(status=204)
    may_write = may(request.member, Right.EDIT_VENDORS) and not incident.vendor.archived_at
    context = {"hour": hour, "incident": incident, "may_write": may_write}
    return render(request, "vendors/timeline/_now.html", context)


@require_POST
def incident_hour_resolved(request: MemberRequest, pk: int) -> HttpResponse:
    incident = incident_of(request, pk)
    with or_say_why(request):
        resolved = changes.call_resolved(request.member, incident, now=timezone.now())
        messages.success(request, _noted(resolved.resolved_at))
    return redirect("incident_hour", pk)


def _noted(moment: datetime | None) -> str:
    said_at = words.clock_of(moment, now=timezone.now()) if moment else ""
    return _("Noted: the vendor calls it resolved since %(time)s.") % {"time": said_at}


# Handed on -------------------------------------------------------------------------------------------------------
@require_GET
def incident_hour_json(request: MemberRequest, pk: int) -> HttpResponse:
    """What the vendor may be handed, for machines: docs/incident-sheet.md."""
    incident = incident_of(request, pk)
    if is_withheld(request.member, incident.vendor):
        return redirect("incident_hour", pk)
    content = json.dumps(sheet.content_of(incident), ensure_ascii=False, indent=2)
    response = HttpResponse(content, content_type="application/json; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{sheet.name_of(incident.reference)}.json"'
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "private, no-store"
    return response
