"""What the organisation expects, and its editions: for everybody inside to read."""

from __future__ import annotations

from datetime import date

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from accounts.access import MemberRequest, Right, may
from accounts.fetching import fetch
from vendors.expectations.differences import differences, edition_before
from vendors.expectations.gate import faults_of
from vendors.expectations.sheet import edition_in_force, sheet_of
from vendors.models import Acknowledgement, ExpectationEdition, Vendor

EDITIONS = ExpectationEdition.objects.select_related("organisation", "published_by", "created_by")


@require_safe
def expectations(request: MemberRequest) -> HttpResponse:
    """What is in force now, rule by rule; the editions beside it; where there is none, the proposal is offered."""
    today = timezone.localdate()
    editions = list(EDITIONS.for_member(request.member).order_by("-number"))
    in_force = edition_in_force(request.member.organisation_id, today)
    context = {
        "answers": _answers(request, in_force),
        "edition": in_force,
        "rules": sheet_of(in_force) if in_force else (),
        "draft": next((one for one in editions if one.is_draft), None),
        "to_come": [one for one in editions if _is_to_come(one, today)],
        "editions": [one for one in editions if not one.is_draft],
        "today": today,
    }
    return render(request, "vendors/expectations/expectations.html", context)


@require_safe
def expectation_edition(request: MemberRequest, pk: int) -> HttpResponse:
    """An edition: a draft with what is missing and what it changes; one that was published as it was said."""
    edition = fetch(request, EDITIONS, pk)
    today, before = timezone.localdate(), edition_before(edition)
    in_force = edition_in_force(edition.organisation_id, today)
    rows = list(edition.expectations.order_by("position", "pk"))
    is_in_force, is_to_come = in_force is not None and in_force.pk == edition.pk, _is_to_come(edition, today)
    context = {
        "answers": _answers(request, edition if is_in_force or is_to_come else None),
        "edition": edition,
        "rules": sheet_of(edition),
        "before": before,
        "differences": differences(before.expectations.order_by("position", "pk"), rows) if before else [],
        "faults": faults_of(edition) if edition.is_draft else [],
        "is_in_force": is_in_force,
        "is_to_come": is_to_come,
        "today": today,
    }
    return render(request, "vendors/expectations/expectation_edition.html", context)


def _answers(request: MemberRequest, edition: ExpectationEdition | None) -> dict[str, int] | None:
    """How many of the vendors have given their word on it, for whoever sends it. Two queries."""
    if edition is None or not may(request.member, Right.EDIT_VENDORS):
        return None
    vendors = Vendor.objects.for_member(request.member).active()
    said = vendors.filter(pk__in=Acknowledgement.objects.filter(edition=edition).values("vendor"))
    return {"said": said.count(), "of": vendors.count()}


def _is_to_come(edition: ExpectationEdition, today: date) -> bool:
    return not edition.is_draft and edition.in_force_from is not None and edition.in_force_from > today
