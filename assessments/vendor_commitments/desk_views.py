"""The vendor's pages behind its link: what it promised or is asked to, one page a commitment, and its word on each.

Each starts from `request.link` and reaches the commitments of the link's own vendor alone, whatever number the address
names."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.forms import BaseForm
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_POST

from accounts.mailed_links.pages import guarded
from assessments.commitments import evidence
from assessments.models import Commitment, CommitmentLink
from assessments.vendor_commitments import saying
from assessments.vendor_commitments.desk_forms import (
    DONE,
    PROGRESS,
    AgreeForm,
    AgreeToSeveralForm,
    DeclineForm,
    SayForm,
)
from assessments.vendor_commitments.guard import DOOR, CommitmentRequest, about, by_commitment_link
from assessments.vendor_commitments.shown import PARTS, Part, ShownCommitment, files_of, rows_of, shown_to
from groundwork import whole_numbers, words
from groundwork.pages import crumbs
from groundwork.responses import attachment, form_view, or_beside, or_say_why, post_data


# The way in --------------------------------------------------------------------------------------------------------
@form_view
@guarded
def vendor_commitments_link(request: HttpRequest, token: str) -> HttpResponse:
    """What the mailed link opens."""
    template = "assessments/vendor_commitments/vendor_commitments_link.html"
    return DOOR.enter(request, token, template, _before_the_door)


def _before_the_door(link: CommitmentLink) -> dict[str, Any]:
    shown = shown_to(link, today=timezone.localdate())
    return {
        "waiting": sum(one.part is Part.WAITING for one in shown),
        "open": sum(one.part in (Part.AGREED, Part.REPORTED) for one in shown),
    }


# Reading -----------------------------------------------------------------------------------------------------------
@by_commitment_link
@require_GET
def vendor_commitments(request: CommitmentRequest, link: int) -> HttpResponse:
    """All of them, by what is to be done."""
    return render(request, "assessments/vendor_commitments/vendor_commitments.html", _parted(request))


@by_commitment_link
@require_GET
def vendor_commitments_print(request: CommitmentRequest, link: int) -> HttpResponse:
    """The same in full, to read in one go or to print."""
    return render(request, "assessments/vendor_commitments/vendor_commitments_print.html", _parted(request))


def _parted(request: CommitmentRequest) -> dict[str, Any]:
    today = timezone.localdate()
    shown = shown_to(request.link, today=today)
    parts = [(str(label), [one for one in shown if one.part is part], part.value) for part, label in PARTS.items()]
    return about(request.link) | {
        "parts": [one for one in parts if one[1]],
        "waiting": [one for one in shown if one.part is Part.WAITING],
        "today": today,
    }


@by_commitment_link
@require_GET
def vendor_commitment(request: CommitmentRequest, link: int, pk: int) -> HttpResponse:
    """One commitment: what is asked and why, what was said so far, and what the vendor can say now."""
    return _page(request, pk)


def _page(request: CommitmentRequest, pk: int, **bound: Any) -> HttpResponse:
    """`bound`: the form that could not be taken, with what was typed."""
    shown = _shown(request, pk)
    forms = {
        "agree_form": AgreeForm(name=request.link.name),
        "decline_form": DeclineForm(),
        "say_form": SayForm(most=_most()),
    }
    above = crumbs(_list_of(request.link.pk), _("Your commitments"), shown.row.number)
    context = about(request.link) | {"shown": shown, "commitment": shown.row, "crumbs": above} | forms | bound
    context["unshown"] = _unshown(shown, bound)
    return render(request, "assessments/vendor_commitments/vendor_commitment.html", context)


def _unshown(shown: ShownCommitment, bound: Mapping[str, BaseForm]) -> BaseForm | None:
    """The form that was refused and has no place on the page any more, as things changed meanwhile: what was typed into
    it is not lost in silence."""
    shown_now = {"say_form"} if shown.row.is_binding else set()
    if shown.is_proposed:
        shown_now = {"agree_form", "decline_form"}
    return next((form for name, form in bound.items() if name not in shown_now), None)


def _shown(request: CommitmentRequest, pk: int) -> ShownCommitment:
    found = shown_to(request.link, today=timezone.localdate(), only=pk)
    if not found:
        raise Http404
    return found[0]


# Saying ------------------------------------------------------------------------------------------------------------
@by_commitment_link
@form_view
def vendor_commitment_agree(request: CommitmentRequest, link: int, pk: int) -> HttpResponse:
    if request.method != "POST":
        return redirect("vendor_commitment", link, pk)
    row, form = _row(request, pk), AgreeForm(request.POST, name=request.link.name)
    if form.is_valid():
        with or_beside(form):
            said = form.cleaned_data
            wanted = [(row, _version(request))]
            saying.agree(request.link, wanted, name=said["name"], text=said["words"], now=timezone.now())
            messages.success(request, _("Agreed. Thank you: your customer is told."))
            return redirect("vendor_commitment", link, pk)
    return _page(request, pk, agree_form=form)


@by_commitment_link
@form_view
def vendor_commitment_decline(request: CommitmentRequest, link: int, pk: int) -> HttpResponse:
    if request.method != "POST":
        return redirect("vendor_commitment", link, pk)
    row, form = _row(request, pk), DeclineForm(request.POST)
    if form.is_valid():
        with or_beside(form):
            reason, version = form.cleaned_data["reason"], _version(request)
            saying.decline(request.link, row, text=reason, version=version, now=timezone.now())
            messages.success(request, _("Your customer is told that you do not agree, and why. It answers you."))
            return redirect("vendor_commitment", link, pk)
    return _page(request, pk, decline_form=form)


@by_commitment_link
@form_view
def vendor_commitment_say(request: CommitmentRequest, link: int, pk: int) -> HttpResponse:
    """How far it is, or that it is done: whichever button was pressed."""
    if request.method != "POST":
        return redirect("vendor_commitment", link, pk)
    then = DONE if request.POST.get("then") == DONE else PROGRESS
    row, form = _row(request, pk), SayForm(request.POST, request.FILES, then=then, most=_most())
    if form.is_valid():
        with or_beside(form):
            text, files, now = form.cleaned_data["said"], form.cleaned_data["evidence"], timezone.now()
            if then == DONE:
                saying.report_done(request.link, row, text=text, files=files, now=now)
                messages.success(request, _("Reported done. Your customer looks at it, and you are told here."))
            else:
                saying.say_progress(request.link, row, text=text, files=files, now=now)
                messages.success(request, _("Sent. Thank you: your customer reads it now."))
            return redirect("vendor_commitment", link, pk)
    return _page(request, pk, say_form=form)


@by_commitment_link
@form_view
def vendor_commitments_agree(request: CommitmentRequest, link: int) -> HttpResponse:
    """Agree to several at once, by one name: to all that are ticked or to none."""
    shown = [one for one in shown_to(request.link, today=timezone.localdate()) if one.part is Part.WAITING]
    if not shown:
        messages.info(request, _("Nothing waits for your word at this moment."))
        return redirect("vendor_commitments", link)
    by_choice = {f"{one.row.pk}:{one.row.version}": one for one in shown}
    choices = [(choice, _to_tick(one)) for choice, one in by_choice.items()]
    form = AgreeToSeveralForm(post_data(request), name=request.link.name, choices=choices)
    if request.method == "POST" and form.is_valid():
        with or_beside(form):
            said = form.cleaned_data
            rows = [by_choice[choice].row for choice in said["commitments"]]
            wanted = [(row, row.version) for row in rows]
            saying.agree(request.link, wanted, name=said["name"], text=said["words"], now=timezone.now())
            done = ngettext("%(count)s commitment is agreed.", "%(count)s commitments are agreed.", len(rows))
            messages.success(request, done % {"count": len(rows)})
            return redirect("vendor_commitments", link)
    context = about(request.link) | {"form": form, "back": _list_of(link)}
    return render(request, "assessments/vendor_commitments/vendor_commitments_agree.html", context)


def _to_tick(shown: ShownCommitment) -> str:
    """All that is agreed to by the tick."""
    row = shown.row
    said = {"what": row.what, "number": row.number, "day": words.day(row.due_on), "goal": shown.goal}
    if shown.goal:
        return _("%(what)s (%(number)s, due on %(day)s; %(goal)s)") % said
    return _("%(what)s (%(number)s, due on %(day)s)") % said


# Files -------------------------------------------------------------------------------------------------------------
@by_commitment_link
@require_GET
def vendor_commitment_file(request: CommitmentRequest, link: int, pk: int) -> FileResponse:
    """The vendor's own file back."""
    file = get_object_or_404(files_of(request.link), pk=pk)
    return attachment(file.file, name=file.name, content_type=file.content_type)


@by_commitment_link
@require_POST
def vendor_commitment_file_delete(request: CommitmentRequest, link: int, pk: int) -> HttpResponse:
    """Until it is reported done: then the customer looks at it."""
    file = get_object_or_404(files_of(request.link), pk=pk)
    commitment = file.commitment_id
    if not _shown(request, commitment).may_lose_files:
        messages.error(request, _("Your customer looks at your files by now: ask it if one should go."))
        return redirect("vendor_commitment", link, commitment)
    with or_say_why(request):
        evidence.delete_file(request.link, file)
        messages.success(request, _("“%(name)s” is removed.") % {"name": file.name})
    return redirect("vendor_commitment", link, commitment)


# ---------------------------------------------------------------------------------------------------------------------
def _row(request: CommitmentRequest, pk: int) -> Commitment:
    return get_object_or_404(rows_of(request.link), pk=pk)


def _version(request: CommitmentRequest) -> int:
    """The one that the page showed. What is no number was not sent by it, and fits no commitment."""
    return whole_numbers.said(request.POST.get("version", "")) or 0


def _most() -> str:
    return words.size(settings.EVIDENCE_MAX_BYTES)


def _list_of(link: int) -> str:
    return reverse("vendor_commitments", args=[link])
