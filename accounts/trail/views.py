"""The page of the trail."""

from itertools import chain

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from accounts.access import MemberRequest
from accounts.models import AuditEntry
from accounts.trail import reading as trail
from accounts.trail import stretches
from accounts.trail.forms import AuditFilterForm
from groundwork.pagination import BoundedPaginator

ENTRIES_A_PAGE = 50


# The audit trail ------------------------------------------------------------------------------------------------
@require_GET
def audit_list(request: MemberRequest) -> HttpResponse:
    form = AuditFilterForm(request.GET or None, organisation=request.member.organisation)
    entries = trail.readable(AuditEntry.objects.for_member(request.member), request.user)
    page = BoundedPaginator(form.narrow(entries), ENTRIES_A_PAGE).get_page(request.GET.get("page"))
    shown = stretches.of_page(page)
    trail.note_shown(chain.from_iterable(shown), request.user)
    context = {
        "form": form,
        "page_obj": page,
        "rows": trail.rows(shown),
        "is_narrowed": form.has_changed(),
    }
    return render(request, "accounts/trail/audit_list.html", context)
