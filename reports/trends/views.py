"""The page of a vendor’s trends: its scorecards rule by rule over time."""

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from accounts.access import MemberRequest
from reports.trends.figures import headline_words, rows_of, trends_of
from reports.trends.history import history_of
from vendors.fetching import vendor_of
from vendors.withheld import is_withheld


@require_safe
def vendor_trends(request: MemberRequest, pk: int) -> HttpResponse:
    """Whoever still rates the vendor sees no figure of it."""
    vendor = vendor_of(request, pk)
    context = {"vendor": vendor, "is_withheld": is_withheld(request.member, vendor)}
    if not context["is_withheld"]:
        history = history_of(request.member, vendor)
        context |= {"history": history, "trends": trends_of(history), "rows": rows_of(history)}
        context["words"] = headline_words(history) if history.cards else ""
    return render(request, "reports/trends/vendor_trends.html", context)
