"""Decisions on an assessment: open, review, submit, approve, send back, cancel.

Each changes the state through one function of `lifecycle`; a refused one says why on the assessment's page.
"""

from __future__ import annotations

from collections.abc import Callable

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.access import MemberRequest, Right, may
from assessments import lifecycle
from assessments.forms import ReasonForm
from assessments.lifecycle import IllegalTransition
from assessments.models import OPEN_STATES, Assessment, AssessmentState
from assessments.sheet import sheet_for
from assessments.views.assessments import fetch, redirect_to_first_rule


@require_POST
def assessment_open(request: MemberRequest, pk: int) -> HttpResponse:
    assessment = fetch(request, pk)
    if not _done(request, lambda: lifecycle.open_assessment(request.member, assessment)):
        return redirect("assessment_detail", pk)
    return redirect_to_first_rule(request.member, assessment)


@require_GET
def assessment_review(request: MemberRequest, pk: int) -> HttpResponse:
    """Everything in place: what is missing, what it adds up to, all answers, and the decision of who may decide."""
    assessment = fetch(request, pk)
    if assessment.state == AssessmentState.DRAFT:
        messages.info(request, str(lifecycle.NOT_NOW[AssessmentState.DRAFT]))
        return redirect("assessment_detail", pk)
    return _review(request, assessment, ReasonForm())


def _review(request: MemberRequest, assessment: Assessment, form: ReasonForm) -> HttpResponse:
    in_review = assessment.state == AssessmentState.IN_REVIEW
    sheet = sheet_for(assessment, request.member, with_answers=True)
    context = {
        "assessment": assessment,
        "sheet": sheet,
        "form": form,
        "may_submit": assessment.state == AssessmentState.COLLECTING and may(request.member, Right.ASSESS),
        "may_approve": in_review and lifecycle.may_decide_on(assessment, request.member),
        "may_send_back": in_review and may(request.member, Right.APPROVE),
        "may_answer": assessment.state == AssessmentState.COLLECTING and may(request.member, Right.ASSESS),
    }
    return render(request, "assessments/assessment_review.html", context)


@require_POST
def assessment_submit(request: MemberRequest, pk: int) -> HttpResponse:
    assessment = fetch(request, pk)
    if not _done(request, lambda: lifecycle.submit(request.member, assessment)):
        return redirect("assessment_review", pk)
    messages.success(request, _("Submitted. An approver now reads it and decides."))
    return redirect("assessment_detail", pk)


@require_POST
def assessment_hand_in(request: MemberRequest, pk: int) -> HttpResponse:
    """The rater's own answers are done."""
    assessment = fetch(request, pk)
    if not _done(request, lambda: lifecycle.hand_in(request.member, assessment)):
        return redirect("assessment_review", pk)
    messages.success(request, _("Handed in. Thank you: your answers count from now on."))
    return redirect("assessment_detail", pk)


@require_POST
def assessment_take_up(request: MemberRequest, pk: int) -> HttpResponse:
    """The rater wants to change answers that are handed in."""
    assessment = fetch(request, pk)
    if not _done(request, lambda: lifecycle.take_up_again(request.member, assessment)):
        return redirect("assessment_detail", pk)
    return redirect_to_first_rule(request.member, assessment)


@require_POST
def assessment_approve(request: MemberRequest, pk: int) -> HttpResponse:
    assessment = fetch(request, pk)
    seen = parse_datetime(request.POST.get("seen", ""))
    if not _done(request, lambda: lifecycle.approve(request.member, assessment, seen=seen)):
        return redirect("assessment_detail", pk)
    messages.success(request, _("Approved. The scorecard is made and no longer changes."))
    return redirect("assessment_detail", pk)


@require_http_methods(["GET", "POST"])
def assessment_send_back(request: MemberRequest, pk: int) -> HttpResponse:
    """Without a reason the review comes again, with the message beside the field.

    That page stands at this address, so whoever comes here by a link (another language, a new sign-in) gets it too.
    """
    assessment = fetch(request, pk)
    if request.method == "GET":
        return redirect("assessment_review", pk)
    form = ReasonForm(request.POST)
    if assessment.state == AssessmentState.IN_REVIEW and not form.is_valid():
        return _review(request, assessment, form)
    reason = form.cleaned_data.get("reason", "") if form.is_valid() else ""
    if _done(request, lambda: lifecycle.send_back(request.member, assessment, reason=reason)):
        messages.success(request, _("Sent back. The assessors see your reason."))
    return redirect("assessment_detail", pk)


@require_http_methods(["GET", "POST"])
def assessment_cancel(request: MemberRequest, pk: int) -> HttpResponse:
    """Asks for the reason first; nothing is deleted."""
    assessment = fetch(request, pk)
    if assessment.state not in OPEN_STATES:
        messages.error(request, str(lifecycle.NOT_NOW[assessment.state]))
        return redirect("assessment_detail", pk)
    form = ReasonForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        reason = form.cleaned_data["reason"]
        if _done(request, lambda: lifecycle.cancel(request.member, assessment, reason=reason)):
            messages.success(request, _("Cancelled. The answers stay readable."))
        return redirect("assessment_detail", pk)
    return render(request, "assessments/assessment_cancel.html", {"assessment": assessment, "form": form})


def _done(request: MemberRequest, transition: Callable[[], object]) -> bool:
    """Whether the transition was legal; if not, its message is shown on the next page."""
    try:
        transition()
    except IllegalTransition as refused:
        messages.error(request, str(refused))
        return False
    return True
