"""Why did it move: the page of two scorecards of one vendor."""

from __future__ import annotations

from collections.abc import Sequence

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from accounts.access import MemberRequest
from groundwork import whole_numbers
from groundwork.languages import active_language
from reports.change.page import page_of
from reports.models import Scorecard
from reports.scorecard import snapshots
from reports.scorecard.snapshots import SnapshotDamaged
from vendors.withheld import is_withheld

TEMPLATE = "reports/change/scorecard_change.html"


@require_safe
def scorecard_change(request: MemberRequest, pk: int) -> HttpResponse:
    """`?since=`: any other scorecard of the vendor, the one before unless said. Of the two the earlier is then, the
    later now. Whoever still rates the vendor is not led by what moved."""
    scorecards = Scorecard.objects.for_member(request.member)
    card = get_object_or_404(scorecards.without_snapshot().select_related("assessment__vendor"), pk=pk)
    vendor = card.assessment.vendor
    all_of_them = list(scorecards.of_vendor(vendor).without_snapshot())
    other = _other(all_of_them, card, request.GET.get("since", ""))
    context = {
        "scorecard": card,
        "vendor": vendor,
        "others": [one for one in all_of_them if one.pk != card.pk],
        "other": other,
        "still_rates": is_withheld(request.member, vendor),
    }
    if other is None or context["still_rates"]:
        return render(request, TEMPLATE, context)
    then, now = sorted((card, other), key=all_of_them.index)
    contents = []
    for one in (then, now):
        try:
            contents.append(snapshots.load(one))
        except SnapshotDamaged:
            return render(request, "reports/scorecard/scorecard_damaged.html", {"scorecard": one}, status=500)
    context |= {"then": then, "now": now, "change": page_of(*contents, language=active_language())}
    return render(request, TEMPLATE, context)


def _other(cards: Sequence[Scorecard], card: Scorecard, since: str) -> Scorecard | None:
    """The one asked for, or the one before, or of the first one the next; None where it is the only one. Raises Http404
    where the one asked for is none of this vendor's others. `cards`: of the vendor, the earliest first."""
    place = cards.index(card)
    if not since:
        return next(iter([*reversed(cards[:place]), *cards[place + 1 :]]), None)
    asked = whole_numbers.said(since)
    found = next((one for one in cards if one.pk == asked and one != card), None)
    if found is None:
        raise Http404
    return found
