"""Rehearsals and reviews over all vendors, and one of them."""

from __future__ import annotations

from io import BytesIO

from django.db.models import Count, F
from django.http import FileResponse, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from accounts.access import MemberRequest, Right, may
from accounts.fetching import fetch
from groundwork.pagination import BoundedPaginator
from vendors.models import Rehearsal, RehearsalKind, RehearsalState, Vendor
from vendors.rehearsals import invitations
from vendors.rehearsals.changes import may_change
from vendors.rehearsals.forms import RehearsalFilter
from vendors.rehearsals.panel import Row, row_of
from vendors.rehearsals.records import day_of, is_kept_from
from vendors.rehearsals.words import called, title, when
from vendors.withheld import withheld

PER_PAGE = 50
REHEARSALS = Rehearsal.objects.select_related("vendor__organisation", "service", "owner")


@require_safe
def rehearsal_list(request: MemberRequest) -> HttpResponse:
    """What is planned first, then what was held, the newest first. The same few queries however many there are."""
    member, today = request.member, timezone.localdate()
    closed = withheld(member)
    chosen = RehearsalFilter(request.GET, member=member)
    everything = Rehearsal.objects.for_member(member)
    rows = everything.exclude(vendor__in=closed)
    for name in ("state", "kind", "vendor"):
        if asked := chosen.asked(name):
            rows = rows.filter(**{name: asked})
    told = rows.select_related("vendor", "service", "owner").annotate(follows=Count("commitments"))
    told = told.order_by(F("held_on").desc(nulls_first=True), "-planned_at", "-pk")
    page = BoundedPaginator(told, PER_PAGE, counted=rows).get_page(request.GET.get("page"))
    shown: list[Row] = [row_of(one, today) for one in page]
    vendor: Vendor | None = chosen.asked("vendor")
    context = {
        "plan_with": vendor if vendor and not vendor.archived_at and may(member, Right.EDIT_VENDORS) else None,
        "filter": chosen,
        "page": page,
        "rows": shown,
        "is_empty": not page.paginator.count and not everything.exists(),
        "closed": list(Vendor.objects.for_member(member).filter(pk__in=closed)) if closed else [],
        "since": member.organisation.rehearsals_recorded_since,
    }
    return render(request, "vendors/rehearsals/rehearsal_list.html", context)


@require_safe
def rehearsal_detail(request: MemberRequest, pk: int) -> HttpResponse:
    rehearsal, today = fetch(request, REHEARSALS, pk), timezone.localdate()
    is_closed = is_kept_from(request.member, rehearsal)
    context = {
        "rehearsal": rehearsal,
        "vendor": rehearsal.vendor,
        "title": title(rehearsal),
        # The day on which it was held is among what is closed.
        "called": title(rehearsal) if is_closed and rehearsal.held_on else called(rehearsal),
        "when": when(rehearsal),
        "is_closed": is_closed,
        "is_planned": rehearsal.state == RehearsalState.PLANNED,
        "is_held": rehearsal.state == RehearsalState.HELD,
        "is_over": rehearsal.state == RehearsalState.PLANNED and day_of(rehearsal) < today,
        "is_review": rehearsal.kind == RehearsalKind.REVIEW,
        "may_change": not is_closed and may_change(request.member, rehearsal),
    }
    if not is_closed:
        guests = list(rehearsal.guests.all())
        context["guests"] = guests
        context["to_invite"] = sum(bool(one.email) and (not one.invited_at or bool(one.failed_at)) for one in guests)
        context["follows"] = list(rehearsal.commitments.order_by("due_on", "pk"))
        context["may_ask"] = may(request.member, Right.ASSESS) and rehearsal.vendor.archived_at is None
    return render(request, "vendors/rehearsals/rehearsal_detail.html", context)


@require_safe
def rehearsal_calendar(request: MemberRequest, pk: int) -> FileResponse:
    """For one's own calendar, where nobody has invited one; not found once it was held or called off."""
    rehearsal = fetch(request, REHEARSALS.filter(state=RehearsalState.PLANNED), pk)
    content = BytesIO(invitations.appointment_to_keep(rehearsal, now=timezone.now()))
    name = f"rehearsal-{rehearsal.pk}.ics"
    return FileResponse(content, as_attachment=True, filename=name, content_type="text/calendar; charset=utf-8")
