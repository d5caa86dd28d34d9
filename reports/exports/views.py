"""My exports: asking for one, seeing how far it is, fetching it while it is kept."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST, require_safe

from accounts.access import MemberRequest
from groundwork.languages import active_language
from groundwork.refusals import Refusal
from groundwork.responses import attachment, or_say_why
from groundwork.whole_numbers import said
from groundwork.words import number, size
from reports.exports import job, worker
from reports.exports.catalogue import TABLES
from reports.exports.chosen import narrowed
from reports.exports.forms import ExportForm
from reports.exports.writing import left_out_words
from reports.file_jobs import KEPT
from reports.models import Export, ExportFormat, ExportQuerySet, ExportScope

SHOWN = 50  # of a person's exports, the latest first


@dataclass(frozen=True, kw_only=True)
class ShownExport:
    """One export on the page. `holds`: “3 assessments, 66 answers, …”; `is_kept`: its file is there."""

    export: Export
    subject: str
    failure: str
    holds: str
    left_out: tuple[str, ...]
    percent: int | None
    size: str
    is_kept: bool

    @property
    def fingerprint(self) -> str:
        """What a page shows of this: while it does not change, nothing is sent and nothing announced again."""
        return f"{self.export.state}-{self.export.done}-{self.export.attempts}-{self.is_kept:d}"


@require_safe
def export_list(request: MemberRequest) -> HttpResponse:
    """My exports, and the form for the next one: about what the address names, else about everything."""
    form = _form_for(request)
    rows = list(_mine(request)[:SHOWN])
    context = {
        "form": form,
        "subject": job.subject_of(_wish(request, form.initial)),
        "is_of_everything": form.initial["scope"] == ExportScope.EVERYTHING,
        "exports": [_shown(export, subject) for export, subject in zip(rows, job.subjects_of(rows), strict=True)],
        "tables": TABLES,
        "kept_days": KEPT.days,
    }
    return render(request, "reports/exports/export_list.html", context)


@require_POST
def export_add(request: MemberRequest) -> HttpResponse:
    """Ask for one. What is small is written while its reader waits; all else goes on by itself."""
    form = ExportForm(request.POST, member=request.member)
    if not form.is_valid():
        messages.error(request, _("Choose a format first; then ask for the file."))
        return redirect("export_list")
    if not form.is_about_ours():
        raise Http404
    asked = form.cleaned_data
    with or_say_why(request):
        export = job.ask(
            request.member,
            asked["scope"],
            asked["format"],
            about=asked["about"] or 0,
            query=asked["filter"] if asked["scope"] == ExportScope.PORTFOLIO else "",
            language=active_language(),
        )
        if job.is_small(request.member, export):
            worker.write(export.pk)
        else:
            job.EXPORTS.nudge_on_commit(export.pk)
        return redirect(f"{reverse('export_list')}#export-{export.pk}")
    return redirect("export_list")


@require_GET
@never_cache
def export_state(request: MemberRequest, pk: int) -> HttpResponse:
    """How far it is: a line for a page that asks every second, the list for everybody else."""
    export = _export(request, pk)
    shown = _shown(export, job.subject_of(export))
    if not request.htmx:
        return redirect(f"{reverse('export_list')}#export-{pk}")
    if request.GET.get("seen") == shown.fingerprint:
        return HttpResponse(status=204)
    return render(request, "reports/exports/_export.html", {"shown": shown})


@require_POST
def export_cancel(request: MemberRequest, pk: int) -> HttpResponse:
    with or_say_why(request):
        job.cancel(request.member, _export(request, pk))
    return redirect(f"{reverse('export_list')}#export-{pk}")


@require_GET
def export_download(request: MemberRequest, pk: int) -> HttpResponseBase:
    """The file, for whoever asked for it and may still see all of it; else the list, which says why not."""
    export = _export(request, pk)
    try:
        with transaction.atomic():  # the trail tells of nothing whose file is gone
            job.fetched(request.member, export)
            content_type = job.CONTENT_TYPES[ExportFormat(export.format)]
            return attachment(export.file, name=export.file_name, content_type=content_type)
    except Refusal as refused:
        messages.error(request, str(refused))
    return redirect(f"{reverse('export_list')}#export-{pk}")


# What is shown ----------------------------------------------------------------------------------------------------
def _mine(request: MemberRequest) -> ExportQuerySet:
    """What this person asked for here; nobody else's."""
    return job.EXPORTS.rows().for_member(request.member).filter(requested_by=request.user)


def _export(request: MemberRequest, pk: int) -> Export:
    """The member's own; of a colleague's it is said that it is not theirs to fetch."""
    export = get_object_or_404(job.EXPORTS.rows().for_member(request.member), pk=pk)
    if export.requested_by_id != request.user.pk:
        raise PermissionDenied
    return export


def _form_for(request: MemberRequest) -> ExportForm:
    """About what the address says; Http404 where that is not ours."""
    scope = request.GET.get("scope", ExportScope.EVERYTHING)
    asked = {
        "scope": scope,
        "about": said(request.GET.get("about", "")) or "",
        "filter": narrowed(request.GET) if scope == ExportScope.PORTFOLIO else "",
        "format": ExportFormat.XLSX,
    }
    tried = ExportForm(asked, member=request.member)
    if not tried.is_valid() or not tried.is_about_ours():
        raise Http404
    return ExportForm(initial=asked, member=request.member)


def _wish(request: MemberRequest, asked: Mapping[str, object]) -> Export:
    """What the form would ask for, to be named; it is not kept."""
    return Export(
        organisation=request.member.organisation,
        scope=str(asked["scope"]),
        about=int(str(asked["about"] or 0)),
        filter=str(asked["filter"]),
    )


def _shown(export: Export, subject: str) -> ShownExport:
    told = export.told
    is_kept = export.is_ready and bool(export.file) and (export.expires_at or timezone.now()) > timezone.now()
    return ShownExport(
        export=export,
        subject=subject,
        failure=job.failure_words(export),
        holds=_holds(told["rows"]) if told else "",
        left_out=left_out_words(told["closed"], told["damaged"]) if told else (),
        percent=min(99, 100 * export.done // export.total) if export.is_unfinished and export.total else None,
        size=size(export.size) if export.size else "",
        is_kept=is_kept,
    )


def _holds(rows: Mapping[str, int]) -> str:
    total = sum(rows.values())
    words = ngettext("%(count)s row in all", "%(count)s rows in all", total) % {"count": number(total)}
    answers = rows.get("answers", 0)
    of_them = ngettext("%(count)s answer", "%(count)s answers", answers) % {"count": number(answers)}
    return f"{words}, {of_them}"
