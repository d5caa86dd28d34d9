"""Take everything with you: the archive of the whole organisation, for its administrators alone."""

from __future__ import annotations

from allauth.account.decorators import reauthentication_required
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST, require_safe

from accounts.access import MemberRequest
from groundwork.languages import active_language
from groundwork.pages import crumbs
from groundwork.refusals import Refusal
from groundwork.responses import attachment, or_say_why
from groundwork.words import size
from reports.archives import wishes
from reports.exports.job import failure_words
from reports.file_jobs import KEPT
from reports.models import Export

SHOWN = 10  # the latest first


@require_safe
def organisation_archive(request: MemberRequest) -> HttpResponse:
    """What is in it and what is not, my archives, and the button for the next one."""
    mine = wishes.ARCHIVES.rows().for_member(request.member).filter(requested_by=request.user)
    shown = [(one, size(one.size) if one.size else "", failure_words(one)) for one in mine[:SHOWN]]
    context = {
        "archives": shown,
        "is_writing": any(one.is_unfinished for one, _size, _failure in shown),
        "kept_days": KEPT.days,
        "crumbs": crumbs("organisation_edit", _("Settings of the organisation"), _("Take everything with you")),
    }
    return render(request, "reports/archives/archive.html", context)


@require_POST
@reauthentication_required
def organisation_archive_add(request: MemberRequest) -> HttpResponse:
    with or_say_why(request):
        wishes.ask(request.member, language=active_language())
        messages.success(request, _("The archive is being written. You can leave this page and come back."))
    return redirect("organisation_archive")


@require_POST
def organisation_archive_cancel(request: MemberRequest, pk: int) -> HttpResponse:
    with or_say_why(request):
        wishes.cancel(request.member, _archive(request, pk))
    return redirect("organisation_archive")


@require_GET
@reauthentication_required
def organisation_archive_download(request: MemberRequest, pk: int) -> HttpResponseBase:
    """The file, for whoever asked for it; else the page, which says why not."""
    export = _archive(request, pk)
    try:
        wishes.fetched(request.member, export)
        return attachment(export.file, name=export.file_name, content_type="application/zip")
    except Refusal as refused:
        messages.error(request, str(refused))
    return redirect("organisation_archive")


def _archive(request: MemberRequest, pk: int) -> Export:
    """The member's own; of a colleague's it is said that it is not theirs to fetch."""
    export = get_object_or_404(wishes.ARCHIVES.rows().for_member(request.member), pk=pk)
    if export.requested_by_id != request.user.pk:
        raise PermissionDenied
    return export
