"""What the person wants to be told, and their calendar of due dates."""

from __future__ import annotations

from hashlib import sha256
from io import BytesIO

from django.conf import settings
from django.contrib import messages
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.cache import get_conditional_response
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from accounts.access import MemberRequest
from accounts.fetching import fetch
from accounts.models import User
from assessments.models import Commitment
from assessments.preferences import close_calendar, keep_preferences, owner_of_calendar, preferences_of, renew_calendar
from assessments.schedule import deadlines, owed, plan_checks, promised
from assessments.schedule.calendar import calendar_of, calendar_of_one
from assessments.schedule.forms import PreferencesForm
from assessments.schedule.items import Item
from groundwork.responses import form_view, post_data
from vendors.models import Contract, EmergencyPlan
from vendors.proofs.reading import complete, readable


@form_view
def preferences(request: HttpRequest) -> HttpResponse:
    user = _user(request)
    row = preferences_of(user)
    form = PreferencesForm.of(row, post_data(request))
    if request.method == "POST" and form.is_valid():
        keep_preferences(user, **form.cleaned_data)
        messages.success(request, _("Your wishes are saved."))
        return redirect("preferences")
    return render(request, "assessments/schedule/preferences.html", {"form": form, "preferences": row})


@require_POST
@never_cache
def preferences_calendar(request: HttpRequest) -> HttpResponse:
    """Make a secret address, or another one, and show it this once."""
    token = renew_calendar(_user(request), now=timezone.now())
    address = settings.BASE_URL + reverse("calendar_feed", args=[token])
    return render(request, "assessments/schedule/preferences_calendar.html", {"address": address})


@require_POST
def preferences_calendar_close(request: HttpRequest) -> HttpResponse:
    close_calendar(_user(request))
    messages.success(request, _("The calendar is switched off: its address opens nothing any more."))
    return redirect("preferences")


@require_safe
def calendar_feed(request: HttpRequest, secret: str) -> HttpResponse:
    """The due dates of whoever holds the secret address; unknown or renewed: not found."""
    user = owner_of_calendar(secret)
    if user is None:
        raise Http404
    content = calendar_of(user, now=timezone.now())
    etag = f'"{sha256(content).hexdigest()}"'
    response = get_conditional_response(request, etag=etag) or HttpResponse(
        content,
        content_type="text/calendar; charset=utf-8",
        headers={"Content-Disposition": 'attachment; filename="due-dates.ics"'},
    )
    response["ETag"] = etag
    response["Cache-Control"] = "private, no-cache"  # keep it, but ask each time whether it still holds
    response["X-Robots-Tag"] = "noindex"
    return response


@require_safe
def commitment_calendar(request: MemberRequest, pk: int) -> FileResponse:
    """The day of one commitment, for one's own calendar; not found once it has ended."""
    commitment = fetch(request, Commitment.objects.open().select_related("vendor"), pk)
    return _one(request, promised.item_of(request.member, commitment, timezone.localdate()), commitment.number)


@require_safe
def contract_calendar(request: MemberRequest, pk: int) -> FileResponse:
    """The day by which one contract must be decided; not found where nothing is to be decided."""
    waiting = Contract.objects.waiting()
    contract = fetch(request, waiting.select_related("vendor__organisation"), pk)
    return _one(request, deadlines.item_of(contract, timezone.localdate()), contract.reference)


@require_safe
def proof_calendar(request: MemberRequest, pk: int) -> FileResponse:
    """The day of one proof of cause; not found once it waits for nobody, nor for whoever still judges its vendor."""
    proof = fetch(request, complete(readable(request.member).at_vendor()), pk)
    return _one(request, owed.item_of(proof, timezone.localdate()), proof.number)


@require_safe
def emergency_calendar(request: MemberRequest, pk: int) -> FileResponse:
    """The day by which the page of one service is to be gone through again; not found where nobody has written it."""
    plans = EmergencyPlan.objects.for_member(request.member).in_use().select_related("service__vendor")
    plan = get_object_or_404(plans, service=pk)
    return _one(request, plan_checks.item_of(plan, timezone.localdate()), plan.service.name)


def _one(request: MemberRequest, item: Item | None, name: str) -> FileResponse:
    if item is None:
        raise Http404
    content = BytesIO(calendar_of_one(item, request.member.organisation))
    return FileResponse(
        content, as_attachment=True, filename=f"{name}.ics", content_type="text/calendar; charset=utf-8"
    )


def _user(request: HttpRequest) -> User:
    return get_object_or_404(User, pk=request.user.pk)
