"""The page of a scorecard: the same view of the same snapshot as the PDF."""

from django.http import Http404, HttpResponse
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
    scorecard = _scorecard_of(request, pk)
    try:
        card = view_of(scorecard, language=active_language())
        earlier = earlier_of(scorecard, language=active_language())
    except SnapshotDamaged:
        return _damaged(request, scorecard)
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


@require_safe
def scorecard_rule(request: MemberRequest, pk: int, rule: str) -> HttpResponse:
    """How one rule adds up: a page of its own, and what the page of the scorecard fetches when the rule is opened."""
    scorecard = _scorecard_of(request, pk)
    try:
        card = view_of(scorecard, language=active_language())
    except SnapshotDamaged:
        return _damaged(request, scorecard)
    shown = next((one for one in card.rules if one.key == rule), None)
    if shown is None:
        raise Http404
    template = "_rule_body.html" if request.htmx else "scorecard_rule.html"
    return render(request, f"reports/scorecard/{template}", {"scorecard": scorecard, "card": card, "rule": shown})


@require_safe
def scorecard_trends(request: MemberRequest, pk: int) -> HttpResponse:
    """Each measure as it was kept, drawn: as above. Whoever still rates the vendor is shown none."""
    scorecard = _scorecard_of(request, pk)
    if is_withheld(request.member, scorecard.assessment.vendor) and is_kept_from(request.member, scorecard):
        template = "vendors/_withheld.html" if request.htmx else "reports/scorecard/scorecard_trends.html"
        return render(
            request, template, {"scorecard": scorecard, "vendor": scorecard.assessment.vendor, "is_withheld": True}
        )
    try:
        card = view_of(scorecard, language=active_language())
    except SnapshotDamaged:
        return _damaged(request, scorecard)
    template = "_trends.html" if request.htmx else "scorecard_trends.html"
    return render(request, f"reports/scorecard/{template}", {"scorecard": scorecard, "card": card})


def _scorecard_of(request: MemberRequest, pk: int) -> Scorecard:
    scorecards = Scorecard.objects.for_member(request.member).select_related("assessment__vendor")
    return get_object_or_404(scorecards, pk=pk)


def _damaged(request: MemberRequest, scorecard: Scorecard) -> HttpResponse:
    return render(request, "reports/scorecard/scorecard_damaged.html", {"scorecard": scorecard}, status=500)
