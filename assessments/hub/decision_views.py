"""Decisions on an assessment: open, review, submit, approve, send back, cancel.

Each changes the state through one function of `lifecycle`; a refused one says why on the assessment's page.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from accounts.access import MemberRequest
from assessments.approval import chain, panel
from assessments.fetching import assessment_of
from assessments.findings import panel as findings_panel
from assessments.hub import outside
from assessments.hub.forms import ReasonForm, SendBackForm
from assessments.hub.review import review_of
from assessments.hub.views import redirect_to_first_rule
from assessments.lifecycle import transitions
from assessments.models import OPEN_STATES, Assessment, AssessmentState
from assessments.raters import mails
from assessments.score.overview import sheet_for
from assessments.secrecy import counted_responses
from assessments.vendor_side import reply
from groundwork import whole_numbers
from groundwork.responses import form_view, or_say_why, post_data


@require_POST
def assessment_open(request: MemberRequest, pk: int) -> HttpResponse:
    assessment = assessment_of(request, pk)
    with or_say_why(request):
        transitions.open_assessment(request.member, assessment)
        return redirect_to_first_rule(request.member, assessment)
    return redirect("assessment_detail", pk)


@require_GET
def assessment_review(request: MemberRequest, pk: int) -> HttpResponse:
    """Everything in place: what is missing, what it adds up to, all answers, and the decision of who may decide."""
    assessment = assessment_of(request, pk)
    if assessment.state == AssessmentState.DRAFT:
        messages.info(request, str(transitions.NOT_NOW[AssessmentState.DRAFT]))
        return redirect("assessment_detail", pk)
    if request.member.is_outside:
        return outside.review_page(request, assessment)
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
    assessment = assessment_of(request, pk)
    without = request.POST.get("without_outstanding") == "yes"
    with or_say_why(request):
        transitions.submit(request.member, assessment, without_outstanding=without)
        level = chain.current_step(assessment_of(request, pk)).name
        if level:
            messages.success(request, _("Submitted. It now waits for the level “%(level)s”.") % {"level": level})
        else:
            messages.success(request, _("Submitted. An approver now reads it and decides."))
        return redirect("assessment_detail", pk)
    return redirect("assessment_review", pk)


@require_POST
def assessment_hand_in(request: MemberRequest, pk: int) -> HttpResponse:
    """The rater's own answers are done."""
    assessment = assessment_of(request, pk)
    with or_say_why(request):
        response = transitions.hand_in(request.member, assessment)
        if request.member.is_outside:
            mails.thank(response)
        messages.success(request, _("Handed in. Thank you: your answers count from now on."))
        return redirect("assessment_detail", pk)
    return redirect("assessment_review", pk)


@require_POST
def assessment_take_up(request: MemberRequest, pk: int) -> HttpResponse:
    """The rater wants to change answers that are handed in."""
    assessment = assessment_of(request, pk)
    with or_say_why(request):
        transitions.take_up_again(request.member, assessment)
        return redirect_to_first_rule(request.member, assessment)
    return redirect("assessment_detail", pk)


@require_POST
def assessment_approve(request: MemberRequest, pk: int) -> HttpResponse:
    assessment = assessment_of(request, pk)
    with or_say_why(request):
        transitions.approve(request.member, assessment, **_as_read(request.POST))
        approved = assessment_of(request, pk)
        if approved.state == AssessmentState.APPROVED:
            messages.success(request, _("Approved. The scorecard is made and no longer changes."))
        else:
            name = chain.current_step(approved).name
            messages.success(request, _("Approved. The next level decides now: %(level)s.") % {"level": name})
    return redirect("assessment_detail", pk)


def _as_read(sent: QueryDict) -> dict[str, Any]:
    """What the page showed when the button was pressed; a part that is missing or nonsense is not compared."""
    return {
        "seen": _moment(sent.get("seen", "")),
        "fingerprint": sent.get("fingerprint", ""),
        "level": whole_numbers.said(sent.get("level", "")),
    }


def _moment(text: str) -> datetime | None:
    try:
        return parse_datetime(text)
    except ValueError:
        return None


@form_view
def assessment_send_back(request: MemberRequest, pk: int) -> HttpResponse:
    """Without a reason the review comes again, with the message beside the field.

    That page stands at this address, so whoever comes here by a link (another language, a new sign-in) gets it too.
    """
    assessment = assessment_of(request, pk)
    if assessment.state == AssessmentState.IN_REVIEW and not chain.may_send_back(assessment, request.member):
        raise PermissionDenied
    if request.method != "POST":
        return redirect("assessment_review", pk)
    form = SendBackForm(request.POST, raters=counted_responses(assessment))
    if assessment.state == AssessmentState.IN_REVIEW and not form.is_valid():
        return _review(request, assessment, form)
    reason = form.cleaned_data.get("reason", "") if form.is_valid() else ""
    with or_say_why(request):
        transitions.send_back(request.member, assessment, reason=reason, to=form.chosen)
        messages.success(request, _("Sent back. The assessors see your reason."))
    return redirect("assessment_detail", pk)


@form_view
def assessment_cancel(request: MemberRequest, pk: int) -> HttpResponse:
    """Asks for the reason first; nothing is deleted."""
    assessment = assessment_of(request, pk)
    if assessment.state not in OPEN_STATES:
        messages.error(request, str(transitions.NOT_NOW[assessment.state]))
        return redirect("assessment_detail", pk)
    form = ReasonForm(post_data(request))
    if request.method == "POST" and form.is_valid():
        with or_say_why(request):
            transitions.cancel(request.member, assessment, reason=form.cleaned_data["reason"])
            messages.success(request, _("Cancelled. The answers stay readable."))
        return redirect("assessment_detail", pk)
    return render(request, "assessments/hub/assessment_cancel.html", {"assessment": assessment, "form": form})
