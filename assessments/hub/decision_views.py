"""Decisions on an assessment: open, review, submit, approve, send back, cancel.

Each changes the state through one function of `lifecycle`; a refused one says why on the assessment's page.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.access import MemberRequest
from assessments.approval import chain, panel
from assessments.fetching import fetch
from assessments.findings import panel as findings_panel
from assessments.hub.forms import ReasonForm, SendBackForm
from assessments.hub.review import review_of
from assessments.hub.views import redirect_to_first_rule
from assessments.lifecycle import transitions
from assessments.lifecycle.transitions import IllegalTransition
from assessments.models import OPEN_STATES, Assessment, AssessmentState
from assessments.score.overview import sheet_for
from assessments.secrecy import counted_responses
from assessments.vendor_side import reply


@require_POST
def assessment_open(request: MemberRequest, pk: int) -> HttpResponse:
    assessment = fetch(request, pk)
    if not _done(request, lambda: transitions.open_assessment(request.member, assessment)):
        return redirect("assessment_detail", pk)
    return redirect_to_first_rule(request.member, assessment)


@require_GET
def assessment_review(request: MemberRequest, pk: int) -> HttpResponse:
    """Everything in place: what is missing, what it adds up to, all answers, and the decision of who may decide."""
    assessment = fetch(request, pk)
    if assessment.state == AssessmentState.DRAFT:
        messages.info(request, str(transitions.NOT_NOW[AssessmentState.DRAFT]))
        return redirect("assessment_detail", pk)
    return _review(request, assessment, SendBackForm(raters=counted_responses(assessment)))


def _review(request: MemberRequest, assessment: Assessment, form: SendBackForm) -> HttpResponse:
    sheet = sheet_for(assessment, request.member, with_answers=True)
    context = {
        "assessment": assessment,
        "sheet": sheet,
        "form": form,
        "review": review_of(assessment, request.member),
        "choice": panel.choice_of(assessment, request.member),
        "approval": panel.panel(assessment),
        "reply": reply.owner_panel(assessment, request.member),
        "measured": findings_panel.section(assessment, request.member),
    }
    return render(request, "assessments/hub/assessment_review.html", context)


@require_POST
def assessment_submit(request: MemberRequest, pk: int) -> HttpResponse:
    assessment = fetch(request, pk)
    without = request.POST.get("without_outstanding") == "yes"
    if not _done(request, lambda: transitions.submit(request.member, assessment, without_outstanding=without)):
        return redirect("assessment_review", pk)
    level = chain.current_step(fetch(request, pk)).name
    if level:
        messages.success(request, _("Submitted. It now waits for the level “%(level)s”.") % {"level": level})
    else:
        messages.success(request, _("Submitted. An approver now reads it and decides."))
    return redirect("assessment_detail", pk)


@require_POST
def assessment_hand_in(request: MemberRequest, pk: int) -> HttpResponse:
    """The rater's own answers are done."""
    assessment = fetch(request, pk)
    if not _done(request, lambda: transitions.hand_in(request.member, assessment)):
        return redirect("assessment_review", pk)
    messages.success(request, _("Handed in. Thank you: your answers count from now on."))
    return redirect("assessment_detail", pk)


@require_POST
def assessment_take_up(request: MemberRequest, pk: int) -> HttpResponse:
    """The rater wants to change answers that are handed in."""
    assessment = fetch(request, pk)
    if not _done(request, lambda: transitions.take_up_again(request.member, assessment)):
        return redirect("assessment_detail", pk)
    return redirect_to_first_rule(request.member, assessment)


@require_POST
def assessment_approve(request: MemberRequest, pk: int) -> HttpResponse:
    assessment = fetch(request, pk)
    if not _done(request, lambda: transitions.approve(request.member, assessment, **_as_read(request.POST))):
        return redirect("assessment_detail", pk)
    approved = fetch(request, pk)
    if approved.state == AssessmentState.APPROVED:
        messages.success(request, _("Approved. The scorecard is made and no longer changes."))
    else:
        name = chain.current_step(approved).name
        messages.success(request, _("Approved. The next level decides now: %(level)s.") % {"level": name})
    return redirect("assessment_detail", pk)


def _as_read(posted: QueryDict) -> dict[str, Any]:
    """What the page showed when the button was pressed; a part that is missing or nonsense is not compared."""
    level = posted.get("level", "")
    return {
        "seen": _moment(posted.get("seen", "")),
        "fingerprint": posted.get("fingerprint", ""),
        "level": int(level) if level.isdecimal() else None,
    }


def _moment(text: str) -> datetime | None:
    try:
        return parse_datetime(text)
    except ValueError:
        return None


@require_http_methods(["GET", "POST"])
def assessment_send_back(request: MemberRequest, pk: int) -> HttpResponse:
    """Without a reason the review comes again, with the message beside the field.

    That page stands at this address, so whoever comes here by a link (another language, a new sign-in) gets it too.
    """
    assessment = fetch(request, pk)
    if assessment.state == AssessmentState.IN_REVIEW and not chain.may_send_back(assessment, request.member):
        raise PermissionDenied
    if request.method == "GET":
        return redirect("assessment_review", pk)
    form = SendBackForm(request.POST, raters=counted_responses(assessment))
    if assessment.state == AssessmentState.IN_REVIEW and not form.is_valid():
        return _review(request, assessment, form)
    reason = form.cleaned_data.get("reason", "") if form.is_valid() else ""
    if _done(request, lambda: transitions.send_back(request.member, assessment, reason=reason, to=form.chosen)):
        messages.success(request, _("Sent back. The assessors see your reason."))
    return redirect("assessment_detail", pk)


@require_http_methods(["GET", "POST"])
def assessment_cancel(request: MemberRequest, pk: int) -> HttpResponse:
    """Asks for the reason first; nothing is deleted."""
    assessment = fetch(request, pk)
    if assessment.state not in OPEN_STATES:
        messages.error(request, str(transitions.NOT_NOW[assessment.state]))
        return redirect("assessment_detail", pk)
    form = ReasonForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        reason = form.cleaned_data["reason"]
        if _done(request, lambda: transitions.cancel(request.member, assessment, reason=reason)):
            messages.success(request, _("Cancelled. The answers stay readable."))
        return redirect("assessment_detail", pk)
    return render(request, "assessments/hub/assessment_cancel.html", {"assessment": assessment, "form": form})


def _done(request: MemberRequest, transition: Callable[[], object]) -> bool:
    """Whether the transition was legal; if not, its message is shown on the next page."""
    try:
        transition()
    except IllegalTransition as refused:
        messages.error(request, str(refused))
        return False
    return True
