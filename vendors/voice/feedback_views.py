"""The voice of the customer: the log, an entry and its files, and saying how it went."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import FileResponse, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST, require_safe

from accounts.access import MemberRequest
from accounts.fetching import fetch
from groundwork.pages import confirm_page, crumbs
from groundwork.pagination import BoundedPaginator
from groundwork.responses import attachment, form_view, or_beside, table_response
from groundwork.words import short_day
from vendors.models import Feedback, FeedbackFile, Incident, Vendor
from vendors.voice import feedback
from vendors.voice.feedback_forms import FeedbackFilter, FeedbackForm

PER_PAGE = 50


# The log --------------------------------------------------------------------------------------------------------
@require_safe
def feedback_list(request: MemberRequest) -> HttpResponse:
    """What was said of all vendors, newest first."""
    everything = Feedback.objects.for_member(request.member)
    chosen = FeedbackFilter(request.GET, everything, member=request.member)
    page = BoundedPaginator(feedback.complete(chosen.qs), PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "filter": chosen,
        "page": page,
        "entries": feedback.entries(request.member, page),
        "tally": feedback.tally(chosen.qs),
        "tally_base": _base(request),
        "vendor": chosen.form.cleaned_data.get("vendor") if chosen.form.is_valid() else None,
        "is_empty": not page.paginator.count and not everything.exists(),
    }
    return render(request, "vendors/voice/feedback_list.html", context)


def _base(request: MemberRequest) -> str:
    """The address of the log as filtered, up to the feeling."""
    query = request.GET.copy()
    for name in ("feeling", "page"):
        query.pop(name, None)
    return f"?{query.urlencode()}&" if query else "?"


@require_GET
def feedback_export(request: MemberRequest) -> HttpResponseBase:
    """The log as filtered, to go on with in a spreadsheet."""
    chosen = FeedbackFilter(request.GET, Feedback.objects.for_member(request.member), member=request.member)
    return table_response(request, list(_sheet(chosen)), f"feedback-{timezone.localdate():%Y-%m-%d}")


def _sheet(chosen: FeedbackFilter) -> Iterator[list[str]]:
    yield [
        _("Date"),
        _("Name"),
        _("Department"),
        _("Vendor"),
        _("Service"),
        _("Incident"),
        _("Feeling"),
        _("Feeling, 1 to 5"),
        _("Service level"),
        _("Kind"),
        _("Told beforehand"),
        _("A way round was offered"),
        _("Courteous in tone"),
        _("Comment"),
        _("Cause behind the symptom"),
    ]
    for row in chosen.qs.select_related("vendor", "service", "incident", "department"):
        yield [
            row.said_on.isoformat(),
            row.name,
            str(row.department or ""),
            row.vendor.name,
            str(row.service or ""),
            str(row.incident or ""),
            row.get_feeling_display(),
            str(row.feeling),
            row.get_sla_display(),
            row.get_kind_display() if row.kind else "",
            row.get_told_beforehand_display() if row.told_beforehand else "",
            row.get_workaround_display() if row.workaround else "",
            row.get_courteous_display() if row.courteous else "",
            row.comment,
            row.cause,
        ]


@require_safe
def feedback_detail(request: MemberRequest, pk: int) -> HttpResponse:
    entry = fetch(request, Feedback.objects.select_related(*feedback.RELATED), pk)
    context = {
        "entry": entry,
        "files": list(entry.files.all()),
        "may_change": feedback.may_change(request.member, entry),
        "is_new": "thanks" in request.GET,
    }
    return render(request, "vendors/voice/feedback_detail.html", context)


# Saying ---------------------------------------------------------------------------------------------------------
@form_view
def feedback_add(request: MemberRequest) -> HttpResponse:
    """Fifteen seconds: a face, perhaps a sentence. All that is known already stands there."""
    start = _beginning(request)
    form = _form(request, start)
    if request.method == "POST" and form.is_valid():
        form.take_over()
        with or_beside(form, "evidence"):
            said = feedback.add_feedback(request.member, form.instance, form.cleaned_data["evidence"])
            return redirect(f"{reverse('feedback_detail', args=[said.pk])}?thanks=1")
    has_vendors = Vendor.objects.for_member(request.member).active().exists()
    return render(request, "vendors/voice/feedback_add.html", {"form": form, "has_vendors": has_vendors})


@form_view
def feedback_edit(request: MemberRequest, pk: int) -> HttpResponse:
    entry = _own_entry(request, pk)
    form = _form(request, _own_entry(request, pk))
    if request.method == "POST" and form.is_valid():
        changed = form.take_over()
        with or_beside(form, "evidence"):
            files = form.cleaned_data["evidence"]
            feedback.change_feedback(request.member, form.instance, changed=changed, files=files)
            messages.success(request, _("Saved."))
            return redirect("feedback_detail", pk)
    context = {"form": form, "entry": entry, "files": list(entry.files.all())}
    return render(request, "vendors/voice/feedback_edit.html", context)


@form_view
def feedback_delete(request: MemberRequest, pk: int) -> HttpResponse:
    entry = _own_entry(request, pk)
    if request.method == "POST":
        feedback.delete_feedback(request.member, entry)
        messages.success(request, _("The entry is deleted."))
        return redirect("feedback_list")
    return confirm_page(
        request,
        heading=_("Delete what %(name)s said?") % {"name": entry.name},
        title=_("Delete the entry"),
        section=_("Voice of the customer"),
        crumbs=crumbs(
            "feedback_list",
            _("Voice of the customer"),
            entry.get_absolute_url(),
            f"{entry.name}, {short_day(entry.said_on)}",
            _("Delete"),
        ),
        submit=_("Delete the entry"),
        back=entry.get_absolute_url(),
        template="vendors/voice/feedback_delete.html",
        about={"entry": entry},
    )


# Files ----------------------------------------------------------------------------------------------------------
@require_GET
def feedback_file_download(request: MemberRequest, pk: int) -> FileResponse:
    row = fetch(request, FeedbackFile.objects, pk)
    return attachment(row.file, name=row.name, content_type=row.content_type)


@require_POST
def feedback_file_delete(request: MemberRequest, pk: int) -> HttpResponse:
    row = fetch(request, FeedbackFile.objects.select_related("feedback__vendor"), pk)
    if not feedback.may_change(request.member, row.feedback):
        raise PermissionDenied
    feedback.delete_file(request.member, row)
    messages.success(request, _("“%(name)s” is deleted.") % {"name": row.name})
    return redirect("feedback_edit", row.feedback_id)


# ----------------------------------------------------------------------------------------------------------------
def _form(request: MemberRequest, instance: Feedback) -> FeedbackForm:
    is_sent = request.method == "POST"
    return FeedbackForm(
        request.POST if is_sent else None,
        request.FILES if is_sent else None,
        instance=instance,
        member=request.member,
        today=timezone.localdate(),
    )


def _beginning(request: MemberRequest) -> Feedback:
    """What need not be typed: who, where, today; the vendor asked for or spoken of last; what its incident knows."""
    member = request.member
    start = Feedback(
        name=str(member.user)[:120], department=member.department, said_on=timezone.localdate(), created_by=member.user
    )
    incident = _asked(request, "incident", Incident.objects.for_member(member).select_related("vendor", "service"))
    if incident is not None:
        start.vendor, start.incident = incident.vendor, incident
        start.service, start.sla = incident.service, incident.sla
        return start
    vendor = _asked(request, "vendor", Vendor.objects.for_member(member)) or feedback.last_vendor(member)
    if vendor is not None:
        start.vendor = vendor
    return start


def _asked(request: MemberRequest, name: str, rows: Any) -> Any:
    number = request.GET.get(name, "")
    return rows.filter(pk=number).first() if number.isdecimal() else None


def _own_entry(request: MemberRequest, pk: int) -> Feedback:
    """An entry that this member may change, or a 403."""
    entry = fetch(request, Feedback.objects.select_related(*feedback.RELATED), pk)
    if not feedback.may_change(request.member, entry):
        raise PermissionDenied
    return entry
