"""The page of a scorecard: the same view of the same snapshot as the PDF."""

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from accounts.access import MemberRequest
from groundwork.languages import active_language
from reports.benchmark.panel import panel_of
from reports.models import DocumentKind, Scorecard
from reports.scorecard.earlier import earlier_of
from reports.scorecard.offered import offered, one_of
from reports.scorecard.snapshots import SnapshotDamaged
from reports.scorecard.view import view_of
from reports.secrecy import is_kept_from
from vendors.withheld import is_withheld


@require_safe
def scorecard_detail(request: MemberRequest, pk: int) -> HttpResponse:
    """One row holds it all; a snapshot that does not match its hash is never shown."""
    scorecards = Scorecard.objects.for_member(request.member).select_related("assessment__vendor")
    scorecard = get_object_or_404(scorecards, pk=pk)
    try:
        card = view_of(scorecard, language=active_language())
        earlier = earlier_of(scorecard, language=active_language())
    except SnapshotDamaged:
        return render(request, "reports/scorecard/scorecard_damaged.html", {"scorecard": scorecard}, status=500)
    still_rates = is_withheld(request.member, scorecard.assessment.vendor)
    documents = offered(scorecard, now=timezone.now())
    context = {
        "scorecard": scorecard,
        "card": card,
        "earlier": earlier,
        "documents": documents,
        "own_document": one_of(documents, DocumentKind.SCORECARD, active_language()),
        "still_rates": still_rates,
        "benchmark": None
        if still_rates
        else panel_of(request.member, scorecard, {rule.key: rule.name for rule in card.rules}),
        "is_withheld": still_rates and is_kept_from(request.member, scorecard),
    }
    return render(request, "reports/scorecard/scorecard_detail.html", context)
