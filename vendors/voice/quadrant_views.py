"""Pages of service level and feeling side by side."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from urllib.parse import urlencode

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import pgettext
from django.views.decorators.http import require_safe

from accounts.access import MemberRequest
from vendors.fetching import vendor_of
from vendors.measures.cards import MeasureCard, card_of
from vendors.measures.catalogue import Unit
from vendors.measures.loading import first_day, held_to, measures_of
from vendors.measures.words import figure
from vendors.models import Feedback, Feeling, Sla, Vendor
from vendors.voice import quadrant as placing
from vendors.voice.feedback_forms import ToldFilter
from vendors.voice.quadrant import COLUMN_WORDS, FIELD_MEANINGS, FIELD_WORDS, Cell, Column, Field, Quadrant
from vendors.voice.quadrant_forms import PeriodFilter
from vendors.withheld import is_withheld, withheld

PER_PAGE = 50
FELT = "feeling"  # the measure


FEELINGS = tuple(reversed(Feeling))
# What the log is narrowed down to, by column.
OPENS: Mapping[Column, Mapping[str, str]] = {
    Column.INFORMED: {"sla": Sla.MISSED.value, "told": ToldFilter.YES.value},
    Column.NOT_TOLD: {"sla": Sla.MISSED.value, "told": ToldFilter.NO.value},
    Column.UNSAID: {"sla": Sla.MISSED.value, "told": ToldFilter.UNSAID.value},
    Column.MET: {"sla": Sla.MET.value},
    Column.UNKNOWN: {"sla": Sla.UNKNOWN.value},
}


# Service level and feeling ---------------------------------------------------------------------------------------
@dataclass(frozen=True, kw_only=True)
class FieldCount:
    key: Field
    label: str
    meaning: str
    count: int
    share: str  # “32%”; empty where there are too few entries


@dataclass(frozen=True, kw_only=True)
class VendorRow:
    vendor: Vendor
    fields: list[FieldCount]
    quadrant: Quadrant

    @property
    def share(self) -> str:
        return _percent(self.quadrant, Field.GREEN_OUTSIDE)


@require_safe
def vendor_quadrant(request: MemberRequest, pk: int) -> HttpResponse:
    vendor = vendor_of(request, pk)
    if is_withheld(request.member, vendor):
        return render(request, "vendors/voice/vendor_quadrant.html", {"vendor": vendor, "is_withheld": True})
    chosen = PeriodFilter(request.GET)
    since = _since(chosen.chosen("months"), timezone.now())
    everything = Feedback.objects.for_member(request.member).filter(vendor=vendor)
    placed = placing.placed_vendors(everything.said_since(since) if since else everything)
    context = {
        "vendor": vendor,
        "filter": chosen,
        "since": since,
        "has_feedback": bool(placed) or everything.exists(),
        "felt": _felt(vendor),
        **_drawn(placing.quadrant_of(placed), vendor=vendor.pk, since=since),
    }
    return render(request, "vendors/voice/vendor_quadrant.html", context)


@require_safe
def quadrant(request: MemberRequest) -> HttpResponse:
    chosen = PeriodFilter(request.GET)
    since = _since(chosen.chosen("months"), timezone.now())
    hidden = withheld(request.member)
    everything = Feedback.objects.for_member(request.member)
    rows = everything.said_since(since) if since else everything
    placed = [one for one in placing.placed_vendors(rows) if one.vendor not in hidden]
    page = Paginator(placing.by_vendor(placed), PER_PAGE).get_page(request.GET.get("page"))
    # The vendors of a page with what is said of them; one query.
    vendors = Vendor.objects.in_bulk([vendor for vendor, _quadrant in page.object_list])
    context = {
        "filter": chosen,
        "since": since,
        "has_feedback": bool(placed) or everything.exists(),
        "withheld": Vendor.objects.for_member(request.member).filter(pk__in=hidden) if hidden else [],
        "page": page,
        "vendor_rows": [
            VendorRow(vendor=vendors[pk], fields=_fields(own), quadrant=own)
            for pk, own in page.object_list
            if pk in vendors  # not deleted meanwhile
        ],
        **_drawn(placing.quadrant_of(placed), since=since),
    }
    return render(request, "vendors/voice/quadrant.html", context)


def _felt(vendor: Vendor) -> MeasureCard:
    """How it felt, over time, beside where each entry stands."""
    measures = measures_of(vendor, now=timezone.now())
    return card_of(FELT, measures, held_to(vendor, timezone.localdate()), vendor=vendor)


def _since(months: int, now: datetime) -> date | None:
    return first_day(timezone.localdate(now), months) if months else None


def _drawn(quadrant: Quadrant, *, vendor: int | None = None, since: date | None) -> Mapping[str, Any]:
    """What the figure and its table show."""
    cells = {
        (column, feeling): _cell(column, feeling, quadrant.cells.get((column, feeling), 0), vendor=vendor, since=since)
        for column in Column
        for feeling in FEELINGS
    }
    return {
        "quadrant": quadrant,
        "cells": list(cells.values()),
        "columns": [COLUMN_WORDS[column] for column in Column],
        "rows": [(feeling, [cells[column, feeling] for column in Column]) for feeling in FEELINGS],
        "fields": _fields(quadrant),
    }


def _cell(column: Column, feeling: Feeling, count: int, *, vendor: int | None, since: date | None) -> Cell:
    said = {"vendor": vendor, **OPENS[column], "feeling": feeling.value, "since": since}
    href = f"{reverse('feedback_list')}?{urlencode({name: value for name, value in said.items() if value})}"
    name = pgettext("service level and feeling", "Service level: %(sla)s, %(feeling)s") % {
        "sla": COLUMN_WORDS[column],
        "feeling": feeling.label,
    }
    return Cell(column=column, feeling=feeling.value, count=count, name=name, href=href)


def _fields(quadrant: Quadrant) -> list[FieldCount]:
    return [
        FieldCount(
            key=field,
            label=str(FIELD_WORDS[field]),
            meaning=str(FIELD_MEANINGS[field]),
            count=quadrant.fields[field],
            share=_percent(quadrant, field),
        )
        for field in Field
    ]


def _percent(quadrant: Quadrant, field: Field) -> str:
    share = quadrant.share(field)
    return "" if share is None else figure(int(share + placing.HALF), Unit.PERCENT)
