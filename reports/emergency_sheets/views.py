"""The page of a service on paper, and the folder of all of them."""

from __future__ import annotations

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from accounts.access import MemberRequest
from accounts.fetching import fetch
from reports.emergency_sheets.facts import facts_of, folder_facts, vendors_in
from reports.emergency_sheets.printed import printed_folder
from reports.fact_sheets.kinds import Facts
from reports.fact_sheets.panel import SheetPanel, panel_of
from reports.models import FactSheetKind
from vendors.emergencies.folder import folder_words
from vendors.emergencies.shown import all_pages
from vendors.models import Service, Vendor
from vendors.withheld import is_withheld, withheld


@require_GET
@never_cache
def emergency_paper(request: MemberRequest, pk: int) -> HttpResponse:
    """Each language of one service's page, made on demand; where nobody has written it, not found."""
    service = fetch(request, Service.objects.select_related("vendor"), pk)
    facts = facts_of(request.member, service.pk)
    judged = [service.vendor] if is_withheld(request.member, service.vendor) else []
    context = {"service": service, "sheet": None if judged else _panel(request, facts), "judged": judged}
    return render(request, "reports/emergency_sheets/emergency_paper.html", context)


@require_GET
@never_cache
def emergency_folder(request: MemberRequest) -> HttpResponse:
    """All services in one document, and whether the one on the shelf still says what stands here."""
    facts = _facts_of_folder(request)
    judged = _still_judged(request, facts) if facts else []
    printed = printed_folder(request.member)
    pages = all_pages(request.member, timezone.localdate())
    context = {
        "sheet": _panel(request, facts) if facts and not judged else None,
        "judged": judged,
        "printed": printed,
        "printed_words": folder_words(printed) if printed else "",
        "with_plan": [page for page in pages if page.plan],
        "without": [page for page in pages if not page.plan],
    }
    return render(request, "reports/emergency_sheets/emergency_folder.html", context)


def _facts_of_folder(request: MemberRequest) -> Facts | None:
    try:
        return folder_facts(request.member)
    except Http404:
        return None


def _still_judged(request: MemberRequest, facts: Facts) -> list[Vendor]:
    """The vendors of the folder that this member has yet to judge: until then a colleague prints it."""
    keys = withheld(request.member).intersection(vendors_in(facts.content))
    return list(Vendor.objects.filter(pk__in=keys)) if keys else []


def _panel(request: MemberRequest, facts: Facts) -> SheetPanel:
    return panel_of(request.member.organisation, FactSheetKind.EMERGENCY, facts)
