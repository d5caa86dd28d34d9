"""What a page for when it breaks says, frozen: of one service, or of all of an organisation."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from django.http import Http404
from django.shortcuts import get_object_or_404
from django.utils import timezone

from accounts.models import Membership
from groundwork.languages import LANGUAGE_CODES
from reports.fact_sheets.kinds import Content, Facts
from vendors.emergencies.shown import Callee, EmergencyPage, Standstill, all_pages, page_for, with_plans
from vendors.models import Service

FOLDER = 0  # what a sheet of all services is about


def facts_of(member: Membership, about: int) -> Facts:
    """Raises Http404 for a service of another organisation, and where nobody has written a plan."""
    return folder_facts(member) if about == FOLDER else _service_facts(member, about)


def _service_facts(member: Membership, pk: int) -> Facts:
    today = timezone.localdate()
    service = get_object_or_404(with_plans(Service.objects.for_member(member)), pk=pk)
    page = page_for(member, service, today)
    if page.plan is None:
        raise Http404
    content = {
        "is_folder": False,
        "organisation": member.organisation.name,
        "pages": [_plain(page)],
        "without": [],
    }
    return Facts(about=service.pk, vendor=service.vendor, as_of=timezone.now(), content=content)


def folder_facts(member: Membership) -> Facts:
    """Every service that has a plan, by name, and the names of the mission-critical ones that have none. The same few
    queries however many services."""
    pages = all_pages(member, timezone.localdate())
    if not any(page.plan for page in pages):
        raise Http404
    content = {
        "is_folder": True,
        "organisation": member.organisation.name,
        "pages": [_plain(page) for page in pages if page.plan],
        "without": [_named(page) for page in pages if not page.plan],
    }
    return Facts(about=FOLDER, vendor=None, as_of=timezone.now(), content=content)


def vendors_in(content: Content) -> Collection[int]:
    """The keys of the vendors of which the sheet tells what a plan says."""
    return {page["vendor"]["id"] for page in content["pages"]}


# Plain data -------------------------------------------------------------------------------------------------------
def _plain(page: EmergencyPage) -> dict[str, Any]:
    plan = page.plan
    if plan is None:
        raise ValueError(f"{page.service} has no plan to print.")
    return {
        **_named(page),
        "calls": [_callee(callee) for callee in page.calls],
        "standstills": [_standstill(one) for one in page.standstills],
        "at_hand": plan.at_hand,
        "starts_by_itself": plan.starts_by_itself,
        "senior_engineers": plan.senior_engineers,
        "expected": [{code: one.text_in(code) for code in LANGUAGE_CODES} for one in page.expected],
        "checked_on": plan.checked_on.isoformat() if plan.checked_on else "",
        "checked_by": plan.checked_by,
        "check_by": page.check_by.isoformat() if page.check_by else "",
    }


def _named(page: EmergencyPage) -> dict[str, Any]:
    vendor = page.service.vendor
    return {"id": page.service.pk, "name": page.service.name, "vendor": {"id": vendor.pk, "name": vendor.name}}


def _callee(callee: Callee) -> dict[str, str]:
    return {"who": callee.who, "job": callee.job, "number": callee.number, "when": callee.when}


def _standstill(one: Standstill) -> dict[str, str]:
    return {
        "department": one.department,
        "what_stops": one.what_stops,
        "told_by": one.told_by,
        "number": one.number,
    }
