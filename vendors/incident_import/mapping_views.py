"""The page on which somebody says what the columns of a file mean, with its first rows as they will be read."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from django.contrib import messages
from django.db.models import Q
from django.db.models.functions import Lower
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone

from accounts.access import MemberRequest
from accounts.fetching import fetch
from groundwork import whole_numbers
from groundwork.responses import form_view, or_say_why, post_data
from groundwork.tables.cells import ImportRefused
from groundwork.tables.limits import TookTooLong
from vendors.incident_fields import FIELDS, IncidentField
from vendors.incident_import import decisions, job, preview, saved_mappings, suggestion
from vendors.incident_import.columns import presets
from vendors.incident_import.columns.options import Options
from vendors.incident_import.forms import MappingForm
from vendors.incident_import.job import NotNow
from vendors.incident_import.options_check import OptionsRefused
from vendors.incident_import.preview import Preview, ReadCell, SampleRow
from vendors.incident_import.rows import problems
from vendors.incident_import.sources import NEW_SOURCE, SourceSigns
from vendors.models import ImportMapping, ImportState, IncidentImport, IncidentSource, Vendor

CAN_BE_MAPPED = {ImportState.MAPPING, ImportState.CHECKED, ImportState.FAILED}
IMPORTS = IncidentImport.objects.select_related("organisation", "created_by")


@dataclass(frozen=True, kw_only=True)
class Start:
    """What a mapping begins with: the options, and how they came about."""

    options: Options
    tool: str = ""  # whose export this looks like
    tool_key: str = ""
    mapping: str = ""  # the saved mapping that was used
    mapping_id: int | None = None


@form_view
def incident_import_mapping(request: MemberRequest, pk: int) -> HttpResponse:
    """One row a field, and the first rows as they will be read; to a script only the parts that follow a choice."""
    upload = fetch(request, IMPORTS, pk)
    if upload.state not in CAN_BE_MAPPED:
        return redirect("incident_import_detail", pk)
    template = "_refresh.html" if request.htmx else "incident_import_mapping.html"
    try:
        start, form = _mapping_form(request, upload)
        if _is_meant(request) and form.is_valid() and _is_started(request, upload, form):
            _note_use(request, start)
            return redirect("incident_import_detail", pk)
        shown = preview.preview(upload, form.options())
        order = _order(upload, form.options(), shown)
    except TookTooLong:
        return _read_in_turn(request, upload)
    except ImportRefused as refused:
        return render(
            request, f"vendors/incident_import/{template}", {"incident_import": upload, "refused": str(refused)}
        )
    columns = form.options().columns
    fields = [field for field in FIELDS if field.key in columns]
    context = {
        "incident_import": upload,
        "form": form,
        "start": start,
        "shown": shown,
        "fields": fields,
        # The first rows: a cell a mapped field, with the reason where one cannot be read.
        "rows": [{"line": row.line, "cells": [_cell(field, row) for field in fields]} for row in shown.sample],
        "order": order,
        "signs": form.signs,
        "tools": presets.all_presets(),
        "mappings": ImportMapping.objects.for_member(request.member),
    }
    return render(request, f"vendors/incident_import/{template}", context)


def _note_use(request: MemberRequest, start: Start) -> None:
    if start.mapping_id:
        ImportMapping.objects.for_member(request.member).filter(pk=start.mapping_id).update(used_at=timezone.now())


def _read_in_turn(request: MemberRequest, upload: IncidentImport) -> HttpResponse:
    """The sheet that was asked for takes longer than somebody waits: a worker reads it, and the page tells."""
    sheet = request.GET.get("sheet", Options.from_data(upload.options).sheet)
    with or_say_why(request, level=messages.WARNING):
        job.start_reading(upload, sheet=sheet)
    if request.htmx:
        return HttpResponse(headers={"HX-Redirect": upload.get_absolute_url()})
    return redirect("incident_import_detail", upload.pk)


def _mapping_form(request: MemberRequest, upload: IncidentImport) -> tuple[Start, MappingForm]:
    options = Options.from_data(upload.options)
    sheet = request.GET.get("sheet", options.sheet)
    seen = preview.preview(upload, replace(options, sheet=sheet))
    start = _start(request, replace(options, sheet=sheet), seen, is_new=upload.state == ImportState.MAPPING)
    signs = None if request.htmx else decisions.signs_of(upload, start.options)
    if signs and not start.mapping_id and (upload.state == ImportState.MAPPING or "as" in request.GET):
        start = replace(start, options=_from_source(start.options, signs.source))
        signs = decisions.signs_of(upload, start.options)
    offered = Vendor.objects.for_member(request.member).filter(Q(archived_at=None) | Q(pk=start.options.vendor))
    known = IncidentSource.objects.for_member(request.member)
    return start, MappingForm(
        post_data(request),
        options=start.options,
        seen=seen,
        signs=signs,
        vendors=offered.order_by(Lower("name"), "pk"),
        sources=list(known.filter(Q(ended_on=None) | Q(key=start.options.source))),
        organisation_id=upload.organisation_id,
    )


def _from_source(options: Options, signs: SourceSigns) -> Options:
    """With the source that is proposed: a known one, a new one, or none where a person has to say."""
    if signs.proposed == NEW_SOURCE:
        return replace(options, source=NEW_SOURCE, source_name=signs.new_name)
    return replace(options, source=signs.proposed, source_name="")


def _start(request: MemberRequest, options: Options, seen: Preview, *, is_new: bool) -> Start:
    """What a person chose to read the file as; else what it was recognised as when it came."""
    kind, _colon, key = request.GET.get("as", "").partition(":")
    if kind == "mapping" and (number := whole_numbers.said(key)) is not None:
        chosen = fetch(request, ImportMapping.objects, number)
        kept = Options.from_data(saved_mappings.options_of(chosen))
        return Start(options=replace(kept, sheet=options.sheet), mapping=chosen.name, mapping_id=chosen.pk)
    if kind == "tool" and key in {tool.key for tool in presets.all_presets()}:
        tool = presets.preset(key)
        anew = suggestion.suggest(seen.headings, seen.looked_at, preset=tool)
        return Start(options=replace(anew, sheet=options.sheet), tool_key=key)
    known = saved_mappings.mapping_for(request.member, seen.headings) if is_new else None
    if known:
        kept = Options.from_data(saved_mappings.options_of(known))
        return Start(options=replace(kept, sheet=options.sheet), mapping=known.name, mapping_id=known.pk)
    found = presets.recognise(seen.headings)
    return Start(options=options, tool=found.name if found else "", tool_key=options.preset or presets.OTHER)


def _is_meant(request: MemberRequest) -> bool:
    """The file is to be checked; else a script or “Show again” only asks how it will be read."""
    return request.method == "POST" and not request.htmx and "show" not in request.POST


def _is_started(request: MemberRequest, upload: IncidentImport, form: MappingForm) -> bool:
    try:
        job.start_check(request.member, upload, form.options())
    except OptionsRefused as refused:
        form.refuse(refused.messages)
        return False
    except NotNow as reason:
        messages.warning(request, str(reason))
    return True


def _cell(field: IncidentField, row: SampleRow) -> dict[str, Any]:
    cell = row.read.get(field.key) or ReadCell(raw="")
    why = problems.reason(cell.problem) if cell.problem else ""
    return {"label": field.label, "raw": cell.raw, "value": cell.value, "reason": why}


def _order(upload: IncidentImport, options: Options, shown: Preview) -> dict[str, Any]:
    """How dates are read; where the file does not tell day from month, its first date read both ways."""
    if not shown.dates_unsure or options.dates != "auto":
        return {"is_unsure": False, "dates": shown.dates if options.dates == "auto" else ""}
    if shown.mixed_dates and shown.mixed_dates.may_be_turned:
        return {"is_unsure": True, "mixed": shown.mixed_dates}
    ways = {}
    for order in ("day_first", "month_first"):
        read = preview.preview(upload, replace(options, dates=order), rows=1)
        ways[order] = read.sample[0].read.get("opened") if read.sample else None
    one = ways["day_first"]
    return {"is_unsure": True, "raw": one.raw if one else "", **ways}
