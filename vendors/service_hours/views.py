"""When a service is supported: one page."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.access import MemberRequest
from accounts.fetching import fetch
from groundwork.languages import DEFAULT, active_language
from groundwork.responses import form_view, post_data
from vendors.models import Service, ServiceCalendar
from vendors.service_hours.calendars import hours_of
from vendors.service_hours.changes import set_hours
from vendors.service_hours.forms import ServiceHoursForm, as_it_stands, as_it_was_typed
from vendors.service_hours.public_holidays import named_days
from vendors.service_hours.words import place_words

SERVICES = Service.objects.select_related("vendor__organisation")


@dataclass(frozen=True, kw_only=True)
class HolidaysOfYear:
    """What counts as a public holiday in a year, by day; none known: the list says so."""

    year: int
    days: tuple[tuple[date, str], ...]


@form_view
def service_hours(request: MemberRequest, pk: int) -> HttpResponse:
    """To a script that asks after a choice, the public holidays alone. Two buttons save nothing: they show what is
    chosen, or copy Monday's hours."""
    service = fetch(request, SERVICES, pk)
    is_asking = request.method == "POST" and bool(request.htmx or {"show", "copy"} & request.POST.keys())
    if is_asking:
        form = ServiceHoursForm(None, start=as_it_was_typed(request.POST, copy_monday="copy" in request.POST))
    else:
        form = ServiceHoursForm(post_data(request), start=_standing(service))
    if request.method == "POST" and not is_asking and form.is_valid():
        set_hours(request.member, service, form.hours())
        messages.success(request, _("The hours of %(name)s are saved.") % {"name": service.name})
        return redirect(f"{service.vendor.get_absolute_url()}#services")
    country, region = form.place
    context = {
        "form": form,
        "service": service,
        "vendor": service.vendor,
        "is_unsaved": is_asking,
        "place": place_words(country, region) if country else "",
        "years": _years(country, region),
    }
    template = "_public_holidays.html" if request.htmx else "service_hours.html"
    return render(request, f"vendors/service_hours/{template}", context)


def _standing(service: Service) -> dict[str, Any]:
    calendar = ServiceCalendar.objects.filter(service=service).first()
    return as_it_stands(hours_of(calendar) if calendar else None, settings.TIME_ZONE)


def _years(country: str, region: str) -> list[HolidaysOfYear]:
    """This year and the next."""
    if not country:
        return []
    now = timezone.localdate().year
    return [
        HolidaysOfYear(year=year, days=tuple(named_days(country, region, year, active_language(), DEFAULT).items()))
        for year in (now, now + 1)
    ]
