"""Asking for many documents at once, watching them being made, and fetching the file. It is whose who asked."""

from __future__ import annotations

from dataclasses import dataclass

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST, require_safe

from accounts.access import MemberRequest
from accounts.fetching import fetch
from accounts.trail import audit
from groundwork.pagination import BoundedPaginator
from groundwork.responses import attachment, form_view, or_beside, or_say_why, post_data
from groundwork.words import size
from reports.batches import job
from reports.batches.choice import Chosen
from reports.batches.forms import BatchForm
from reports.models import Batch, BatchedScorecard, BatchedState, BatchQuerySet, Binding, Scorecard
from vendors.withheld import withheld

PER_PAGE = 50
TYPES = {Binding.ZIP: "application/zip", Binding.BOUND: "application/pdf"}


@require_safe
@never_cache
def batch_list(request: MemberRequest) -> HttpResponse:
    """One’s own, the newest first."""
    page = BoundedPaginator(_own(request), PER_PAGE).get_page(request.GET.get("page"))
    context = {"page": page, "rows": [_standing(batch) for batch in page]}
    return render(request, "reports/batches/batch_list.html", context)


@form_view
def batch_add(request: MemberRequest) -> HttpResponse:
    """Which scorecards, as which document. The address says whose, as that of the portfolio does."""
    chosen = Chosen(request.member, request.GET, today=timezone.localdate())
    form = BatchForm(post_data(request), chosen=chosen, language=request.user.language)
    if request.method == "POST" and form.is_valid():
        with or_beside(form, "which"):
            batch = job.request_batch(request.member, form.wish, chosen.scorecards(form.which_said))
            return redirect("batch_detail", batch.pk)
    context = {
        "form": form,
        "chosen": chosen,
        "portfolio": _with_query(reverse("portfolio"), chosen.query),
    }
    return render(request, "reports/batches/batch_add.html", context)


@require_safe
@never_cache
def batch_detail(request: MemberRequest, pk: int) -> HttpResponse:
    batch = _fetch(request, pk)
    left_out = batch.places.filter(state=BatchedState.LEFT_OUT).order_by("position")
    page = BoundedPaginator(
        left_out.select_related("scorecard__assessment__vendor").defer("scorecard__snapshot"), PER_PAGE
    )
    shown = page.get_page(request.GET.get("page"))
    context = {
        "standing": _standing(batch),
        "page": shown,
        "left_out": [_left_out(place) for place in shown],
        "closed": _closed_since(request, batch) if batch.is_ready and batch.file else [],
        "again": _with_query(reverse("batch_add"), batch.filter),
    }
    return render(request, "reports/batches/batch_detail.html", context)


@require_GET
@never_cache
def batch_state(request: MemberRequest, pk: int) -> HttpResponse:
    """For a page that asks while it works: nothing where nothing moved, the page itself anew once it has ended."""
    batch = _fetch(request, pk)
    if not request.htmx:
        return redirect("batch_detail", pk)
    if not batch.is_unfinished:
        return HttpResponse(headers={"HX-Refresh": "true"})
    standing = _standing(batch)
    if request.GET.get("seen") == standing.seen:
        return HttpResponse(status=204)
    return render(request, "reports/batches/_state.html", {"standing": standing})


@require_POST
def batch_cancel(request: MemberRequest, pk: int) -> HttpResponse:
    batch = _fetch(request, pk)
    with or_say_why(request, level=messages.WARNING):
        job.cancel(request.member, batch)
    return redirect("batch_detail", pk)


@require_safe
def batch_download(request: MemberRequest, pk: int) -> HttpResponseBase:
    """The file, for who asked for it; the page that says why where it is not there, or not theirs to have now."""
    batch = _fetch(request, pk)
    if not (batch.is_ready and batch.file) or _closed_since(request, batch):
        return redirect("batch_detail", pk)
    with transaction.atomic():  # the trail tells of nothing whose file is gone
        audit.record(request.user, "batch.fetched", batch, after={"file": batch.file_name}, label=batch.title)
        return attachment(batch.file, name=batch.file_name, content_type=TYPES[Binding(batch.binding)])


# What pages say ----------------------------------------------------------------------------------------------------
@dataclass(frozen=True, kw_only=True)
class Standing:
    """A batch as its pages show it. `seen` changes with what is shown; `made`: documents in the file."""

    batch: Batch
    seen: str
    percent: int
    is_waiting: bool
    size: str
    failure: str
    is_gone: bool

    @property
    def total(self) -> int:
        return self.batch.total or 0


def _standing(batch: Batch) -> Standing:
    return Standing(
        batch=batch,
        seen=f"{batch.state}-{batch.done}",
        percent=min(99, 100 * batch.done // batch.total) if batch.total else 0,
        is_waiting=batch.token is None and not batch.done,
        size=size(batch.size) if batch.size else "",
        failure=job.words_of(batch.failure),
        is_gone=batch.is_ready and not batch.file,
    )


@dataclass(frozen=True, kw_only=True)
class LeftOutRow:
    scorecard: Scorecard
    vendor: str
    reason: str


def _left_out(place: BatchedScorecard) -> LeftOutRow:
    return LeftOutRow(
        scorecard=place.scorecard,
        vendor=place.scorecard.assessment.vendor.name,
        reason=job.words_of(place.failure),
    )


def _own(request: MemberRequest) -> BatchQuerySet:
    return Batch.objects.for_member(request.member).filter(requested_by=request.user)


def _fetch(request: MemberRequest, pk: int) -> Batch:
    """Of who asked for it: to others of the organisation it is forbidden, elsewhere it does not exist."""
    batch = fetch(request, Batch.objects.all(), pk)
    if batch.requested_by_id != request.user.pk:
        raise PermissionDenied
    return batch


def _closed_since(request: MemberRequest, batch: Batch) -> list[str]:
    """The vendors in the file that this member has been asked to rate since it was made, of which its documents tell
    what waits for their own answers. No snapshot is read but of those."""
    closed = withheld(request.member)
    if not closed:
        return []
    rows = batch.places.filter(state=BatchedState.MADE, scorecard__assessment__vendor__in=closed)
    cards = [place.scorecard for place in rows.select_related("scorecard__assessment__vendor").order_by("position")]
    kept = job.kept_from(request.member, cards, closed=closed)
    return list(dict.fromkeys(card.assessment.vendor.name for card in cards if card.pk in kept))


def _with_query(address: str, query: str) -> str:
    return f"{address}?{query}" if query else address
