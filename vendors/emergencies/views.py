"""When it breaks: the page of a service, the list of all, writing one and going through it."""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models.functions import Lower
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from accounts.access import MemberRequest, Right, holders, may
from accounts.fetching import fetch
from groundwork.pages import crumbs, edit_page
from groundwork.pagination import BoundedPaginator
from groundwork.responses import form_view, or_beside, post_data
from vendors.emergencies import conflict, expected, folder, standing, words, writing
from vendors.emergencies.checks import CheckState
from vendors.emergencies.forms import (
    CheckForm,
    EmergencyFilter,
    Offered,
    PlanSheet,
    Start,
    as_it_stands,
    as_it_was_typed,
    offered,
)
from vendors.emergencies.proposals import Proposal, proposals_for, taken_over
from vendors.emergencies.shown import page_for, pages_of, plan_of, with_plans
from vendors.emergencies.writing import NEW, ChangedMeanwhile, Stop, Wanted
from vendors.models import EmergencyPlan, PlanCheck, Service, ServiceQuerySet
from vendors.withheld import is_withheld

PER_PAGE = 50
CHECKS_SHOWN = 5
WRITERS_SHOWN = 3


# Reading ---------------------------------------------------------------------------------------------------------
@require_safe
def emergency_list(request: MemberRequest) -> HttpResponse:
    """All services with their first number, to be found in a hurry; and which of them are not looked after."""
    today = timezone.localdate()
    asked = EmergencyFilter(request.GET)
    rows = with_plans(_asked_for(standing.listed(request.member), asked)).order_by(
        Lower("name"), Lower("vendor__name"), "pk"
    )
    page = BoundedPaginator(rows, PER_PAGE).get_page(request.GET.get("page"))
    tally = standing.tally(request.member, today)
    printed = folder.printed_for(request.member)
    context = {
        "filter": asked,
        "page": page,
        "rows": [(one, words.STATES[one.state]) for one in pages_of(page, (), today)],
        "tally": tally,
        "tally_words": words.tally_words(tally),
        "folder": printed,
        "folder_words": folder.folder_words(printed) if printed else "",
        "is_asked": bool(asked.asked("q") or asked.asked("state")),
    }
    return render(request, "vendors/emergencies/emergency_list.html", context)


def _asked_for(rows: ServiceQuerySet, asked: EmergencyFilter) -> ServiceQuerySet:
    today = timezone.localdate()
    if said := asked.asked("q"):
        rows = standing.matching(rows, said)
    state = asked.asked("state")
    if state == EmergencyFilter.TO_SEE_TO:
        return standing.to_see_to(rows.filter(mission_critical=True), today)
    return standing.in_state(rows, CheckState(state), today) if state else rows


@require_safe
def emergency_plan(request: MemberRequest, pk: int) -> HttpResponse:
    service, today = _service(request, pk), timezone.localdate()
    page = page_for(request.member, service, today)
    start_url = _start_of_an_incident(request, service)
    context = {
        "service": service,
        "vendor": service.vendor,
        "page": page,
        "writers": [] if start_url or service.vendor.archived_at else _writers(request),
        "last_checked": words.last_checked(page),
        "is_withheld": is_withheld(request.member, service.vendor),
        "start_url": start_url,
        "checks": _checks(page.plan),
        "may_check": page.plan is not None and writing.may_check(request.member, page.plan),
    }
    return render(request, "vendors/emergencies/emergency_plan.html", context)


def _start_of_an_incident(request: MemberRequest, service: Service) -> str:
    """Where “It is broken now” leads; empty for whoever writes down no incidents, and of a vendor that is archived."""
    if service.vendor.archived_at or not may(request.member, Right.EDIT_VENDORS):
        return ""
    return f"{reverse('incident_hour_start')}?service={service.pk}"


def _writers(request: MemberRequest) -> list[str]:
    """Whom to ask in the bad hour, for whoever reads alone: a few names."""
    return [str(one.user) for one in holders(request.member, Right.EDIT_VENDORS)[:WRITERS_SHOWN]]


def _checks(plan: EmergencyPlan | None) -> list[PlanCheck]:
    return list(plan.checks.select_related("user")[:CHECKS_SHOWN]) if plan else []


def _not_yet(request: MemberRequest, service: Service) -> HttpResponse:
    """What stands here is what the member is asked to judge alone."""
    said = {"vendor": service.vendor.name}
    messages.info(
        request, _("You still judge %(vendor)s: this page can be edited and checked once you have handed in.") % said
    )
    return redirect("emergency_plan", service.pk)


def _service(request: MemberRequest, pk: int) -> Service:
    return fetch(request, with_plans(Service.objects.all()), pk)


# Writing ---------------------------------------------------------------------------------------------------------
@never_cache  # a page brought back by the browser would hold a version that is long gone
@form_view
def emergency_edit(request: MemberRequest, pk: int) -> HttpResponse:
    """One form with all its rows. Its other buttons add a row, put rows in their order or take over what the vendor
    wrote: each shows the form again with all that was typed, and saves nothing."""
    service, today = _service(request, pk), timezone.localdate()
    if is_withheld(request.member, service.vendor):
        return _not_yet(request, service)
    plan = plan_of(service)
    choices = offered(request.member, service, plan, expected.in_force(request.member.organisation, today))
    found = proposals_for(request.member, service.vendor)
    if request.method != "POST":
        return _edit(request, service, PlanSheet.starting(_start(request, service, plan), choices), found)
    if _is_not_for_saving(request):
        start = _typed_with(request, found)
        return _edit(request, service, PlanSheet.starting(start, choices), found, is_unsaved=True)
    return _save(request, service, choices, found)


def _is_not_for_saving(request: MemberRequest) -> bool:
    return "show" in request.POST or "take" in request.POST


def _save(request: MemberRequest, service: Service, choices: Offered, found: dict[str, Proposal]) -> HttpResponse:
    sheet = PlanSheet.typed(request.POST, choices)
    if not sheet.is_valid():
        return _edit(request, service, sheet, found)
    try:
        version = sheet.plan.cleaned_data["version"]
        writing.write(request.member, service, sheet.wanted(), version=version, now=timezone.now())
    except ChangedMeanwhile:
        return _beside_each_other(request, service, sheet, choices, found)
    printed = folder.printed_for(request.member)
    messages.success(request, _("Saved."))
    if printed and printed.changed:
        messages.info(request, folder.folder_words(printed))
    return redirect("emergency_plan", service.pk)


def _beside_each_other(
    request: MemberRequest, service: Service, sheet: PlanSheet, choices: Offered, found: dict[str, Proposal]
) -> HttpResponse:
    """What both wrote; the fields hold what this person typed, and the next save is about what stands there now."""
    plan = EmergencyPlan.objects.get(service=service)
    both = conflict.differences(sheet.wanted(), writing.as_it_stands(plan), choices)
    start = as_it_was_typed(request.POST, version=str(plan.version))
    again = PlanSheet.starting(start, choices)
    return _edit(request, service, again, found, differences=both, status=409)


def _edit(
    request: MemberRequest,
    service: Service,
    sheet: PlanSheet,
    found: dict[str, Proposal],
    *,
    is_unsaved: bool = False,
    differences: list[conflict.Difference] | None = None,
    status: int = 200,
) -> HttpResponse:
    context = {
        "service": service,
        "vendor": service.vendor,
        "sheet": sheet,
        "texts": [(field, found.get(field.name)) for field in sheet.plan.texts],
        "is_unsaved": is_unsaved,
        "differences": differences or [],
    }
    return render(request, "vendors/emergencies/emergency_edit.html", context, status=status)


def _typed_with(request: MemberRequest, found: dict[str, Proposal]) -> Start:
    proposal = found.get(request.POST.get("take", ""))
    if proposal is None:
        return as_it_was_typed(request.POST)
    text = taken_over(request.POST.get(proposal.field, ""), proposal)
    return as_it_was_typed(request.POST, **{proposal.field: text})


def _start(request: MemberRequest, service: Service, plan: EmergencyPlan | None) -> Start:
    """As it stands; of a new one, what the register knows: its contacts with a number, the department."""
    if plan is not None:
        return as_it_stands(writing.as_it_stands(plan), version=plan.version)
    contacts = [contact for contact in service.vendor.contacts.all() if contact.phone]
    department = service.department_id
    stops = (Stop(department=department, what_stops=service.description[:200]),) if department else ()
    wanted = Wanted(
        owner=request.user.pk,
        calls=tuple(writing.Call(contact=contact.pk) for contact in contacts),
        stops=stops,
    )
    return as_it_stands(wanted, version=NEW)


# Going through it --------------------------------------------------------------------------------------------------
@form_view
def emergency_check(request: MemberRequest, pk: int) -> HttpResponse:
    service = _service(request, pk)
    plan = plan_of(service)
    if plan is None:
        raise Http404
    if not writing.may_check(request.member, plan):
        raise PermissionDenied
    if is_withheld(request.member, service.vendor):
        return _not_yet(request, service)
    form, here = CheckForm(post_data(request)), reverse("emergency_plan", args=[pk])
    if request.method == "POST" and form.is_valid():
        with or_beside(form):
            writing.check(request.member, service, note=form.cleaned_data["note"], now=timezone.now())
            messages.success(request, _("Noted. It is to be gone through again in half a year."))
            return redirect("emergency_plan", pk)
    return edit_page(
        request,
        form,
        heading=_("I went through this page and called the numbers"),
        title=_("Check the page"),
        section=service.name,
        crumbs=crumbs(
            "emergency_list", _("When it breaks"), reverse("emergency_plan", args=[pk]), service.name, _("Check")
        ),
        lead=_("With your name and today’s date: whoever needs this page in the night relies on it."),
        submit=_("I checked it"),
        back=here,
    )
