"""What must be decided or renewed by which day, over all vendors."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from accounts.access import MemberRequest
from groundwork.pages import sort_links
from groundwork.pagination import BoundedPaginator
from vendors.contracts.forms import DecisionFilter
from vendors.contracts.listing import SORTS, chosen_sort, counted, items, listed
from vendors.models import Contract, Paper

PER_PAGE = 50


@require_safe
def contract_list(request: MemberRequest) -> HttpResponse:
    member, today = request.member, timezone.localdate()
    chosen = DecisionFilter(request.GET, member=member)
    sort = chosen_sort(request.GET.get("sort", ""))
    rows = BoundedPaginator(listed(member, chosen, sort), PER_PAGE, counted=counted(member, chosen))
    page = rows.get_page(request.GET.get("page"))
    is_empty = not page.paginator.count and not (
        Contract.objects.for_member(member).exists() or Paper.objects.for_member(member).exists()
    )
    context = {
        "filter": chosen,
        "page": page,
        "items": items(member, page, today=today),
        "sorts": sort_links(SORTS, sort, falling=()),
        "is_empty": is_empty,
    }
    return render(request, "vendors/contracts/contract_list.html", context)
