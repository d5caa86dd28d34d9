"""Import of incidents: a file comes in, is mapped, checked and written; each step can be looked at and taken back."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.core.paginator import Page
from django.db.models import Count, Max, Min, QuerySet
from django.db.models.functions import Lower
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.text import Truncator
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST, require_safe

from accounts.access import MemberRequest
from accounts.fetching import fetch
from accounts.models import Membership
from groundwork.pages import confirm_page, crumbs
from groundwork.pagination import BoundedPaginator
from groundwork.responses import form_view, or_beside, or_say_why, post_data, table_response
from vendors.incident_import import files, job, made_here, undoing
from vendors.incident_import.columns import presets
from vendors.incident_import.columns.options import NEW, SKIP, Options
from vendors.incident_import.forms import IncidentFileForm, MappingNameForm
from vendors.incident_import.holding.views import question
from vendors.incident_import.holding.words import said_words
from vendors.incident_import.names_form import NamesForm
from vendors.incident_import.options_check import OptionsRefused
from vendors.incident_import.rows import matching, problems
from vendors.incident_import.summary import tables
from vendors.models import (
    FILES_KEPT,
    ImportMapping,
    ImportState,
    Incident,
    IncidentImport,
    IncidentSource,
    Vendor,
)

IMPORTS = IncidentImport.objects.select_related("organisation", "created_by", "undone_by")
PER_PAGE = 50
RECENT = 5
NAMES_AT_ONCE = 100  # the selects of more would make a page of megabytes


# The file --------------------------------------------------------------------------------------------------------
@require_safe
def incident_import_list(request: MemberRequest) -> HttpResponse:
    page = BoundedPaginator(IMPORTS.for_member(request.member), PER_PAGE).get_page(request.GET.get("page"))
    kept = ImportMapping.objects.for_member(request.member).select_related("created_by")
    known = IncidentSource.objects.for_member(request.member)
    context = {"page": page, "mappings": kept, "sources": known}
    return render(request, "vendors/incident_import/incident_import_list.html", context)


@form_view
def incident_import(request: MemberRequest) -> HttpResponse:
    """Which file. What cannot be read at all is refused with the reason; nothing of the file is in the register yet."""
    is_sent = request.method == "POST"
    form = IncidentFileForm(request.POST if is_sent else None, request.FILES if is_sent else None)
    if is_sent and form.is_valid():
        file: UploadedFile = form.cleaned_data["file"]
        with or_beside(form, "file"):
            upload = files.keep(request.member, file, file.name or "", timezone.now())
            is_seen = upload.state == ImportState.MAPPING
            return redirect("incident_import_mapping" if is_seen else "incident_import_detail", upload.pk)
    return render(
        request,
        "vendors/incident_import/incident_import.html",
        {"form": form, "imports": IMPORTS.for_member(request.member)[:RECENT]},
    )


# Whose incidents they are ----------------------------------------------------------------------------------------
@form_view
def incident_import_vendors(request: MemberRequest, pk: int) -> HttpResponse:
    """A choice for each name in the vendor column; the undecided first, so many as a page bears."""
    upload = fetch(request, IMPORTS, pk)
    options = Options.from_data(upload.options)
    if upload.state != ImportState.CHECKED or not _has_names(upload, options):
        return redirect("incident_import_detail", pk)
    names, vendors = _names_to_decide(upload), list(_vendors(request))
    nearness = matching.Nearness(vendors)
    form = NamesForm(post_data(request), names=names, decided=options.vendors, nearness=nearness, vendors=vendors)
    if request.method == "POST":
        if request.POST.get("rest") in {NEW, SKIP}:
            form.fill(request.POST["rest"])
        if form.is_valid():
            decided = {**options.vendors, **form.decisions()}
            return _checked_again(request, upload, replace(options, vendors=decided))
    context = {
        "incident_import": upload,
        "form": form,
        "heading": options.columns.get("vendor", ""),
        "vendors": vendors,
        "more": len([name for name in upload.names if name]) - len(names),
    }
    return render(request, "vendors/incident_import/incident_import_vendors.html", context)


def _names_to_decide(upload: IncidentImport) -> dict[str, int]:
    """Name → rows: the undecided first, then those with the most rows; so many as a page bears."""
    unknown = set(matching.undecided(upload))
    named = [pair for pair in upload.names.items() if pair[0]]
    named.sort(key=lambda pair: (pair[0] not in unknown, -pair[1], pair[0].casefold()))
    return dict(named[:NAMES_AT_ONCE])


def _has_names(upload: IncidentImport, options: Options) -> bool:
    return options.vendor is None and bool(upload.names)


def _checked_again(request: MemberRequest, upload: IncidentImport, options: Options) -> HttpResponse:
    try:
        with or_say_why(request, level=messages.WARNING):
            job.start_check(request.member, upload, options)
    except OptionsRefused as refused:
        for said in refused.messages.values():
            messages.error(request, str(said))
        return redirect("incident_import_vendors", upload.pk)
    return redirect("incident_import_detail", upload.pk)


# The states of an import -----------------------------------------------------------------------------------------
@require_safe
@never_cache
def incident_import_detail(request: MemberRequest, pk: int) -> HttpResponse:
    """Where it stands, and the one thing to do next."""
    upload = fetch(request, IMPORTS, pk)
    context = _standing(upload)
    if upload.state in {ImportState.CHECKED, ImportState.DONE}:
        context["problems"] = _page_of_problems(request, upload)
        context["said"] = said_words(upload)
    if upload.state == ImportState.CHECKED:
        context["found"] = tables.found_in(upload)
        context.update(question(upload))
    if upload.state == ImportState.DONE:
        context["vendors"] = _vendors_of(upload)
        context["incidents"] = sum(row["incidents"] for row in context["vendors"])
        # Of the tool; where the file came from none that is known, of its source.
        key = Options.from_data(upload.options).preset
        tools = {tool.key: tool.name for tool in presets.all_presets() if tool.key != presets.OTHER}
        context["name_form"] = MappingNameForm(initial={"name": str(tools.get(key, upload.source))})
    return render(request, "vendors/incident_import/incident_import_detail.html", context)


@require_GET
@never_cache
def incident_import_state(request: MemberRequest, pk: int) -> HttpResponse:
    """For a page that asks while it works: nothing where nothing moved, the page itself anew once it has ended."""
    upload = fetch(request, IMPORTS, pk)
    if not request.htmx:
        return redirect("incident_import_detail", pk)
    if not upload.is_working:
        return HttpResponse(headers={"HX-Refresh": "true"})
    context = _standing(upload)
    if request.GET.get("seen") == context["seen"]:
        return HttpResponse(status=204)
    return render(request, "vendors/incident_import/_state.html", context)


def _standing(upload: IncidentImport) -> dict[str, Any]:
    """What the parts of the page say about an import in any state."""
    options = Options.from_data(upload.options)
    unknown = matching.undecided(upload) if upload.state == ImportState.CHECKED else []
    good = upload.counts.get("new", 0) + upload.counts.get("changed", 0)
    return {
        "incident_import": upload,
        "seen": f"{upload.state}-{upload.token or ''}-{upload.rows_read}-{bool(upload.cancel_asked_at)}",
        "is_waiting": upload.token is None,
        "percent": None if not upload.rows_total else min(99, 100 * upload.rows_read // upload.rows_total),
        "step": _step(upload, options, is_unmatched=bool(unknown)),
        "one_vendor": options.vendor is not None,
        "has_names": _has_names(upload, options),
        "undecided": len(unknown),
        "good": good,
        "failure": job.failure_words(upload),
        "is_file_gone": not upload.file,
        "left_behind": upload.state == ImportState.FAILED and upload.wrote_something,
        "kept_until": upload.created_at + FILES_KEPT,
        "moves": upload.told.get("moves", []),
        "stayed": [
            {"name": one["name"], "reason": made_here.reason_words(one["reason"])}
            for one in upload.told.get(undoing.STAYED, [])
        ],
    }


def _step(upload: IncidentImport, options: Options, *, is_unmatched: bool) -> int:
    """Of the way on top of the page. The first check of a column of vendors finds the names to match."""
    if upload.state == ImportState.READING:
        return 1
    if upload.state == ImportState.MAPPING:
        return 2
    if upload.state in {ImportState.DONE, ImportState.UNDOING, ImportState.UNDONE}:
        return 6
    if upload.state == ImportState.IMPORTING:
        return 5
    is_first = upload.state == ImportState.CHECKING and options.vendor is None and not options.vendors
    return 3 if is_unmatched or is_first else 4


def _page_of_problems(request: MemberRequest, upload: IncidentImport) -> Page[Any]:
    """With the reasons in the words of the person's language."""
    page: Page[Any] = BoundedPaginator(upload.problems.all(), PER_PAGE).get_page(request.GET.get("page"))
    page.object_list = [
        {"line": found.line, "column": found.column, "value": found.value, "reason": problems.reason(found)}
        for found in page.object_list
    ]
    return page


def _vendors_of(upload: IncidentImport) -> list[dict[str, Any]]:
    """The vendors whose incidents it brought in or changed, with the days between which those were opened."""
    rows = (
        Incident.objects.of_import(upload.pk)
        .values("vendor_id", "vendor__name")
        .annotate(incidents=Count("pk"), first=Min("opened_at"), last=Max("opened_at"))
    )
    return [
        {**row, "since": timezone.localdate(row["first"]), "until": timezone.localdate(row["last"])}
        for row in rows.order_by(Lower("vendor__name"), "vendor_id")
    ]


@require_safe
def incident_import_errors(request: MemberRequest, pk: int) -> HttpResponseBase:
    """What is wrong, cell by cell, in the language of the person."""
    upload = fetch(request, IMPORTS, pk)
    rows = [[_("Line"), _("Column"), _("Value"), _("Reason")]]
    for problem in upload.problems.all().iterator():
        rows.append([str(problem.line), problem.column, problem.value, problems.reason(problem)])
    return table_response(request, rows, f"incidents-not-imported-{upload.pk}")


# Orders ----------------------------------------------------------------------------------------------------------
@require_POST
def incident_import_apply(request: MemberRequest, pk: int) -> HttpResponse:
    return _ordered(request, pk, job.start_import)


@require_POST
def incident_import_cancel(request: MemberRequest, pk: int) -> HttpResponse:
    return _ordered(request, pk, job.cancel)


@form_view
def incident_import_undo(request: MemberRequest, pk: int) -> HttpResponse:
    """Says what goes away and what stays; undoes it when somebody means it."""
    upload = fetch(request, IMPORTS, pk)
    if request.method == "POST":
        return _ordered(request, pk, job.undo)
    if upload.state not in {ImportState.DONE, ImportState.FAILED}:
        return redirect("incident_import_detail", pk)
    file = Truncator(upload.file_name).chars(40)
    made = undoing.made_here(upload)
    return confirm_page(
        request,
        heading=_("Undo this import?"),
        title=_("Undo this import"),
        crumbs=crumbs("incident_import_list", _("Imports of incidents"), upload.get_absolute_url(), file, _("Undo")),
        lead=upload.file_name,
        submit=_("Undo the import"),
        back=upload.get_absolute_url(),
        template="vendors/incident_import/incident_import_undo.html",
        about={
            "created": undoing.untouched_incidents(upload).count(),
            "changed": upload.changes.filter(incident__changed_in=upload).count(),
            "moved": upload.changes.filter(incident__changed_in=upload, before__has_key="vendor_id").count(),
            "going": [one.name for one in made if not one.reason],
            "staying": [{"name": one.name, "reason": made_here.reason_words(one.reason)} for one in made if one.reason],
        },
    )


def _ordered(
    request: MemberRequest, pk: int, order: Callable[[Membership, IncidentImport], IncidentImport]
) -> HttpResponse:
    upload = fetch(request, IMPORTS, pk)
    with or_say_why(request, level=messages.WARNING):
        order(request.member, upload)
    return redirect("incident_import_detail", pk)


def _vendors(request: MemberRequest) -> QuerySet[Vendor]:
    return Vendor.objects.for_member(request.member).order_by(Lower("name"), "pk")
