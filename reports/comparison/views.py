"""The page of a comparison, and asking for its PDF, watching it being made, and fetching it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.conf import settings
from django.contrib import messages
from django.core.exceptions import BadRequest
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.views.decorators.cache import cache_control, never_cache
from django.views.decorators.http import require_GET, require_POST, require_safe

from accounts.access import MemberRequest
from groundwork.languages import active_language
from groundwork.whole_numbers import said
from reports.comparison import choice, keeping
from reports.comparison.choice import Choice, ChosenVendor
from reports.comparison.shapes import Column, ComparisonView
from reports.comparison.view import view_of
from reports.documents.job import LanguageDocument, document_of, documents_of, request_rendering
from reports.documents.views import pdf_response
from reports.models import Comparison, Rendering, Scorecard
from reports.scorecard import snapshots
from reports.scorecard.snapshots import SnapshotDamaged
from reports.scorecard.standing import age_words
from vendors.withheld import withheld

REMEMBERED = "comparison"  # in the session: organisation, and the address of what was compared last


@dataclass(frozen=True, kw_only=True)
class PageColumn:
    """One vendor on the page: what it says, and what can be done with it."""

    column: Column
    chosen: ChosenVendor
    age: str  # of its scorecard: “5 months ago”


@dataclass(frozen=True, kw_only=True)
class ChosenRow:
    """One vendor in the form. The addresses are empty where there is nothing to move."""

    chosen: ChosenVendor
    forward: str
    without: str


@require_safe
def comparison(request: MemberRequest) -> HttpResponse:
    """The form, and below it what it chose, once there are two."""
    asked = choice.read(request.member, request.GET)
    keys = [one.vendor.pk for one in asked.chosen]
    context = {
        "choice": asked,
        "rows": _rows(asked),
        "offer": choice.offer(request.member, keys, request.GET.get("q", "")),
        "last": "" if asked.chosen else _last(request),
        "comparison": None,
    }
    if not asked.compared:
        return render(request, "reports/comparison/comparison.html", context)
    scorecards = _with_snapshots(asked.compared)
    try:
        shown = view_of(scorecards, language=active_language())
    except SnapshotDamaged:
        damaged = {"scorecard": next(filter(_is_damaged, scorecards))}
        return render(request, "reports/scorecard/scorecard_damaged.html", damaged, status=500)
    _remember(request, asked)
    documents = documents_of(keeping.kept(scorecards), now=timezone.now())
    context |= {
        "comparison": shown,
        "columns": _columns(shown, asked),
        "scorecards": [card.pk for card in scorecards],
        "documents": documents,
    }
    return render(request, "reports/comparison/comparison.html", context)


@require_POST
def comparison_document_request(request: MemberRequest) -> HttpResponse:
    """Ask for a comparison in one language: answered at once, whatever the workers do. The row of the comparison is
    made here, so that looking at one leaves nothing behind."""
    scorecards = _asked_for(request)
    language = request.POST.get("language", "")
    if language not in dict(settings.LANGUAGES):
        raise BadRequest("Comparisons are not made in this language.")
    if withheld(request.member) & {card.assessment.vendor_id for card in scorecards}:
        return redirect(_address(scorecards))  # which says of whom the figures wait, and for what
    try:
        row = keeping.keep(request.member, scorecards, now=timezone.now())
    except keeping.NotComparableError:
        messages.error(request, _("Choose two to five vendors first, each once; then ask for the PDF."))
        return redirect(_address(scorecards))
    rendering = request_rendering(row, language=language, requested_by=request.user)
    if request.htmx:
        return _fragment(request, document_of(rendering, now=timezone.now()), scorecards)
    return redirect(f"{_address(scorecards)}#documents")


@require_GET
@never_cache
def comparison_document_status(request: MemberRequest, pk: int) -> HttpResponse:
    """How far it is: a row for a page that asks every second, a page of its own for everybody else."""
    rendering, scorecards = _rendering_of(request, pk)
    document = document_of(rendering, now=timezone.now())
    if not request.htmx:
        context = {"document": document, "scorecards": [card.pk for card in scorecards]}
        context |= {"cards": scorecards, "address": _address(scorecards)}
        return render(request, "reports/comparison/comparison_document_status.html", context)
    if request.GET.get("seen") == document.fingerprint:
        return HttpResponse(status=204)
    return _fragment(request, document, scorecards)


@require_GET
@cache_control(private=True, no_cache=True)
def comparison_document_download(request: MemberRequest, pk: int) -> HttpResponse:
    """The finished document as an attachment, for whoever may see each of its vendors; until then the page that shows
    how far it is."""
    rendering, scorecards = _rendering_of(request, pk)
    if withheld(request.member) & {card.assessment.vendor_id for card in scorecards}:
        return redirect(_address(scorecards))
    if not rendering.is_ready:
        return redirect("comparison_document_status", pk=rendering.pk)
    return pdf_response(request, rendering, file_name(scorecards, rendering.language))


def file_name(scorecards: Sequence[Scorecard], language: str) -> str:
    """`comparison-alder-birch-S-2026-001-S-2026-002-en.pdf`: plain ASCII, for every mail program and file system."""
    vendors = (slugify(card.assessment.vendor.name)[:20].strip("-") for card in scorecards)
    numbers = (card.number for card in scorecards)
    return "-".join(filter(None, ("comparison", *vendors, *numbers, language))) + ".pdf"


# The page ---------------------------------------------------------------------------------------------------------
def _rows(asked: Choice) -> list[ChosenRow]:
    return [
        ChosenRow(chosen=one, forward=asked.moved_forward(place) if place else "", without=asked.without(place))
        for place, one in enumerate(asked.chosen)
    ]


def _columns(shown: ComparisonView, asked: Choice) -> list[PageColumn]:
    today = timezone.localdate()
    return [
        PageColumn(
            column=column,
            chosen=one,
            age=age_words(timezone.localdate(one.card.approved_at), today) if one.card else "",
        )
        for column, one in zip(shown.columns, asked.compared, strict=True)
    ]


def _with_snapshots(compared: Sequence[ChosenVendor]) -> list[Scorecard]:
    cards = Scorecard.objects.in_bulk([one.card.pk for one in compared if one.card])
    return [cards[one.card.pk] for one in compared if one.card]


def _is_damaged(card: Scorecard) -> bool:
    try:
        snapshots.load(card)
    except SnapshotDamaged:
        return True
    return False


def _remember(request: MemberRequest, asked: Choice) -> None:
    remembered = {"organisation": request.member.organisation_id, "address": asked.address}
    if request.session.get(REMEMBERED) != remembered:
        request.session[REMEMBERED] = remembered


def _last(request: MemberRequest) -> str:
    """The address of what this person compared last in this organisation; empty for nothing."""
    remembered = request.session.get(REMEMBERED) or {}
    is_here = remembered.get("organisation") == request.member.organisation_id
    return str(remembered["address"]) if is_here else ""


# Documents --------------------------------------------------------------------------------------------------------
def _asked_for(request: MemberRequest) -> list[Scorecard]:
    """The scorecards that a form names, in its order. Raises Http404 for one that the organisation does not have."""
    keys = [said(text) for text in request.POST.getlist("scorecard")[: choice.LONGEST]]
    rows = Scorecard.objects.for_member(request.member).without_snapshot().select_related("assessment__vendor")
    cards = rows.in_bulk([key for key in keys if key is not None])
    if any(key not in cards for key in keys):
        raise Http404
    return [cards[key] for key in keys if key is not None]


def _rendering_of(request: MemberRequest, pk: int) -> tuple[Rendering, list[Scorecard]]:
    """A rendering of a comparison, with its scorecards in order, without their snapshots; two queries."""
    rows = Rendering.objects.of_comparisons_for(request.member).select_related("comparison")
    rendering = get_object_or_404(rows, pk=pk)
    row: Comparison = rendering.subject  # type: ignore[assignment]  # the queryset has no other
    places = row.places.select_related("scorecard__assessment__vendor").defer("scorecard__snapshot")
    return rendering, [place.scorecard for place in places.order_by("position")]


def _address(scorecards: Sequence[Scorecard]) -> str:
    """Of the page that compares exactly these, whether or not they are the latest by now."""
    vendors = [card.assessment.vendor_id for card in scorecards]
    return choice.address_of(vendors, [card.pk for card in scorecards])


def _fragment(request: MemberRequest, document: LanguageDocument, scorecards: Sequence[Scorecard]) -> HttpResponse:
    context = {"document": document, "scorecards": [card.pk for card in scorecards]}
    return render(request, "reports/comparison/_document.html", context)
