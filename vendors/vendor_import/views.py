"""Import of vendors: a file comes in, is looked at, and is written when somebody says so."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.core.paginator import Paginator
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.access import MemberRequest
from accounts.fetching import fetch
from groundwork.languages import LANGUAGES
from groundwork.responses import form_view, or_beside, table_response
from vendors.models import Tier, VendorImport
from vendors.vendor_import import headings
from vendors.vendor_import import plan as imports
from vendors.vendor_import.forms import VendorImportForm
from vendors.vendor_import.plan import Fate, Plan, RegisterMoved

STEPS_A_PAGE = 50


@form_view
def vendor_import(request: MemberRequest) -> HttpResponse:
    """What is understood, and the file. It is read at once; a file that cannot be read is refused with the reason."""
    form = VendorImportForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        file: UploadedFile = form.cleaned_data["file"]
        with or_beside(form, "file"):
            table = imports.read(file.read())
            upload = imports.keep(request.member, table, file_name=file.name or "", now=timezone.now())
            return redirect("vendor_import_preview", upload.pk)
    columns = [
        {"label": headings.label(column), "also": headings.also(column), "column": column}
        for column in headings.columns()
    ]
    context = {
        "form": form,
        "columns": columns,
        "tiers": ", ".join(str(label) for label in Tier.labels),
        "spoken": ", ".join(str(one.name) for one in LANGUAGES.values()),
        "by_default": LANGUAGES[request.member.organisation.language].name,
    }
    return render(request, "vendors/vendor_import/vendor_import.html", context)


@require_safe
def vendor_import_preview(request: MemberRequest, pk: int) -> HttpResponse:
    """What each row would do to the register as it is now; once applied, what happened."""
    upload = fetch(request, VendorImport.objects, pk)
    if upload.applied_at:
        problems = Paginator(upload.summary["problems"], STEPS_A_PAGE).get_page(request.GET.get("page"))
        return render(
            request, "vendors/vendor_import/vendor_import_preview.html", {"upload": upload, "problems": problems}
        )
    plan = imports.plan_for(request.member, imports.table_of(upload), today=timezone.localdate())
    shown = request.GET.get("show", "")
    steps = [step for step in plan.steps if step.fate == shown] if shown in plan.counts else plan.steps
    context = {
        "upload": upload,
        "plan": plan,
        "tabs": _tabs(plan, shown),
        "ignored": [heading for heading in plan.headings if heading.text and not heading.column],
        "understood": [heading for heading in plan.headings if heading.column],
        "sheet": upload.content["sheet"],
        "page": Paginator(steps, STEPS_A_PAGE).get_page(request.GET.get("page")),
    }
    return render(request, "vendors/vendor_import/vendor_import_preview.html", context)


def _tabs(plan: Plan, shown: str) -> list[dict[str, Any]]:
    labels = {
        Fate.NEW: _("New"),
        Fate.CHANGED: _("Changed"),
        Fate.UNCHANGED: _("Unchanged"),
        Fate.ERROR: _("Not possible"),
    }
    counts = plan.counts
    tabs = [{"show": "", "label": _("All rows"), "count": len(plan.steps), "is_shown": shown not in counts}]
    for fate, label in labels.items():
        tabs.append({"show": fate.value, "label": label, "count": counts[fate], "is_shown": shown == fate})
    return tabs


@require_POST
def vendor_import_apply(request: MemberRequest, pk: int) -> HttpResponse:
    upload = fetch(request, VendorImport.objects, pk)
    if upload.applied_at:
        messages.info(request, _("This file is in the register already: nothing was changed."))
        return redirect("vendor_import_preview", pk)
    try:
        upload = imports.apply(request.member, upload, digest=request.POST.get("digest", ""), now=timezone.now())
    except RegisterMoved:
        messages.warning(request, _("The register changed meanwhile, so nothing was written. Look at the rows again."))
        return redirect("vendor_import_preview", pk)
    return redirect("vendor_import_preview", pk)


@require_safe
def vendor_import_errors(request: MemberRequest, pk: int) -> HttpResponseBase:
    """The rows that cannot go in, as they came, with the reasons."""
    upload = fetch(request, VendorImport.objects, pk)
    problems: list[dict[str, Any]] = upload.summary.get("problems", [])
    if upload.applied_at is None:
        plan = imports.plan_for(request.member, imports.table_of(upload), today=timezone.localdate())
        problems = [{"line": step.line, **asdict(problem)} for step in plan.steps for problem in step.problems]
    return table_response(request, imports.error_rows(upload, problems), "vendors-not-imported")


@require_safe
def vendor_import_template(request: MemberRequest) -> HttpResponseBase:
    return table_response(request, imports.template_rows(), "vendors")
