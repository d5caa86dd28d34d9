"""Decisions on an assessment: open, review, submit, take back, approve, send back, cancel.

Each changes the state through one function of `lifecycle`; a refused one says why on the assessment's page.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from accounts.access import MemberRequest
from accounts.models import Membership
from assessments.approval import chain, panel
from assessments.approval.panel import ApprovalPanel
from assessments.consensus import meeting
from assessments.consensus.meeting import MeetingPanel
from assessments.fetching import assessment_of
from assessments.findings import panel as findings_panel
from assessments.hub import outside, stake
from assessments.hub.forms import ReasonForm, SendBackForm
from assessments.hub.review import review_of
from assessments.hub.views import redirect_to_first_rule
from assessments.lifecycle import taking_back, transitions
from assessments.models import OPEN_STATES, Assessment, AssessmentState
from assessments.raters import mails
from assessments.score.overview import sheet_for
from assessments.secrecy import counted_responses
from assessments.vendor_side import links, reply
from groundwork import whole_numbers
from groundwork.pages import Crumb, confirm_page, crumbs
from groundwork.responses import form_view, or_say_why, post_data


@require_POST
def assessment_open(request: MemberRequest, pk: int) -> HttpResponse:
    assessment = assessment_of(request, pk)
    with or_say_why(request):
        transitions.open_assessment(request.member, assessment)
        if request.POST.get("then") == "raters":
            return redirect("assessment_raters", pk)
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
    approval = panel.panel(assessment)
    query = QueryDict(mutable=True)
    query.update(_shown(assessment, approval))
    context = {
        "assessment": assessment,
        "sheet": sheet,
        "form": form,
        "review": review_of(assessment, request.member),
        "choice": panel.choice_of(assessment, request.member),
        "approval": approval,
        "approve_url": f"{reverse('assessment_approve', args=[assessment.pk])}?{query.urlencode()}",
        "reply": reply.owner_panel(assessment, request.member),
        "talk": _talk(assessment, request.member),
        "measured": findings_panel.section(assessment, request.member),
    }
    return render(request, "assessments/hub/assessment_review.html", context)


def _talk(assessment: Assessment, member: Membership) -> MeetingPanel | None:
    """What the raters have left open, for whoever decides; before that it stands on the page of the meeting."""
    return meeting.panel(assessment, member) if assessment.state == AssessmentState.IN_REVIEW else None


@form_view
def assessment_submit(request: MemberRequest, pk: int) -> HttpResponse:
    """Says what is at stake first."""
    assessment = assessment_of(request, pk)
    if request.method != "POST":
        return _to_submit(request, assessment)
    without = request.POST.get("without_outstanding") == "yes"
    with or_say_why(request):
        transitions.submit(request.member, assessment, without_outstanding=without)
        messages.success(request, _submitted(assessment_of(request, pk)))
        return redirect("assessment_detail", pk)
    return redirect("assessment_review", pk)


def _to_submit(request: MemberRequest, assessment: Assessment) -> HttpResponse:
    if assessment.state != AssessmentState.COLLECTING:
        messages.error(request, str(transitions.NOT_NOW[assessment.state]))
        return redirect("assessment_detail", assessment.pk)
    return confirm_page(
        request,
        heading=_("Submit the assessment of %(vendor)s") % {"vendor": assessment.vendor},
        title=_("Submit for approval"),
        section=_section(assessment),
        crumbs=_crumbs(assessment, _("Submit for approval")),
        lead=_("Look at what goes to approval. From then on nobody changes an answer, unless it comes back."),
        submit=_("Submit for approval"),
        back=reverse("assessment_detail", args=[assessment.pk]),
        danger=False,
        template="assessments/hub/assessment_submit.html",
        about={
            "assessment": assessment,
            "stake": stake.of_submission(assessment, request.member),
            "deciders": stake.deciders_after(assessment, request.member),
        },
    )


def _submitted(assessment: Assessment) -> str:
    approval = panel.panel(assessment)
    if approval.is_blocked:
        return _("Submitted. Nobody can approve it yet: the administrators are told.")
    level = chain.current_step(assessment).name
    if level:
        return _("Submitted. It now waits for the level “%(level)s”.") % {"level": level}
    return _("Submitted. An approver now reads it and decides.")


@form_view
def assessment_take_back(request: MemberRequest, pk: int) -> HttpResponse:
    """The submission, as long as nobody has decided on it."""
    assessment = assessment_of(request, pk)
    if request.method == "POST":
        with or_say_why(request):
            taking_back.take_back(request.member, assessment)
            messages.success(request, _("Taken back. Answers can be changed again."))
        return redirect("assessment_detail", pk)
    if not taking_back.is_theirs(assessment, request.member):
        raise PermissionDenied
    if not taking_back.may_take_back(assessment, request.member):
        return _cannot_be_taken_back(request, assessment, str(taking_back.DECIDED))
    return confirm_page(
        request,
        heading=_("Take back the assessment of %(vendor)s") % {"vendor": assessment.vendor},
        title=_("Take the submission back"),
        section=_section(assessment),
        crumbs=_crumbs(assessment, _("Take the submission back")),
        at_stake=[
            _("Raters can change their answers again. What was agreed stays."),
            *_vendor_answers_again(assessment),
            _("Those who were asked to decide get a mail that they have nothing to do."),
            _("Submit it again when it is ready."),
        ],
        submit=_("Take the submission back"),
        back=reverse("assessment_detail", args=[pk]),
        danger=False,
    )


def _vendor_answers_again(assessment: Assessment) -> list[str]:
    """Where the submission had closed its answers before it handed in."""
    if links.awaited(assessment) is None:
        return []
    return [_("The vendor has not handed in: its answers open again, by the link that it has.")]


@form_view
def approval_take_back(request: MemberRequest, pk: int) -> HttpResponse:
    """One's own approval of a level, as long as the next level has not decided."""
    assessment = assessment_of(request, pk)
    if request.method == "POST":
        with or_say_why(request):
            taking_back.take_approval_back(request.member, assessment)
            messages.success(request, _("Taken back. Your level decides again."))
        return redirect("assessment_detail", pk)
    approval = taking_back.approval_to_take_back(assessment, request.member)
    if approval is None and not taking_back.has_decided(assessment, request.member):
        raise PermissionDenied
    if approval is None:
        return _cannot_be_taken_back(request, assessment, str(taking_back.NOTHING_TO_TAKE_BACK))
    return confirm_page(
        request,
        heading=_("Take back your approval of %(vendor)s") % {"vendor": assessment.vendor},
        title=_("Take my approval back"),
        section=_section(assessment),
        crumbs=_crumbs(assessment, _("Take my approval back")),
        at_stake=[
            _("The level “%(level)s” decides again.") % {"level": approval.level_name},
            _("Those whom the next level asked to decide get a mail that they have nothing to do for now."),
        ],
        submit=_("Take my approval back"),
        back=reverse("assessment_detail", args=[pk]),
        danger=False,
    )


def _cannot_be_taken_back(request: MemberRequest, assessment: Assessment, why: str) -> HttpResponse:
    """Of one's own: it is said why it is too late."""
    if assessment.state != AssessmentState.IN_REVIEW:
        why = str(transitions.NOT_NOW[assessment.state])
    messages.error(request, why)
    return redirect("assessment_detail", assessment.pk)


def _section(assessment: Assessment) -> str:
    return f"{assessment.vendor} · {assessment.reference}"


def _crumbs(assessment: Assessment, here: str) -> list[Crumb]:
    return crumbs("assessment_list", _("Assessments"), assessment, here)


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
        if request.member.is_outside:
            messages.success(request, _("Taken back: nobody reads your answers until you hand them in again."))
            return redirect("assessment_detail", pk)
        return redirect_to_first_rule(request.member, assessment)
    return redirect("assessment_detail", pk)


@form_view
def assessment_approve(request: MemberRequest, pk: int) -> HttpResponse:
    """Says what is at stake first. The address of the page carries what was read: `seen`, `fingerprint`, `level`."""
    assessment = assessment_of(request, pk)
    if request.method != "POST":
        return _to_approve(request, assessment)
    with or_say_why(request):
        transitions.approve(request.member, assessment, **_as_read(request.POST))
        approved = assessment_of(request, pk)
        if approved.state == AssessmentState.APPROVED:
            messages.success(request, _("Approved. The scorecard is made and no longer changes."))
        else:
            name = chain.current_step(approved).name
            messages.success(request, _("Approved. The next level decides now: %(level)s.") % {"level": name})
    return redirect("assessment_detail", pk)


def _to_approve(request: MemberRequest, assessment: Assessment) -> HttpResponse:
    if assessment.state != AssessmentState.IN_REVIEW:
        messages.error(request, str(transitions.NOT_NOW[assessment.state]))
        return redirect("assessment_detail", assessment.pk)
    if chain.refusal(assessment, request.member) == chain.DecisionRefusal.NOT_ASKED:
        raise PermissionDenied
    choice = panel.choice_of(assessment, request.member)
    if not choice.may_approve:
        messages.error(request, choice.lead)
        return redirect("assessment_review", assessment.pk)
    approval = panel.panel(assessment)
    heading = _("Approve the assessment of %(vendor)s for good") if approval.is_last else _("Approve %(vendor)s")
    return confirm_page(
        request,
        heading=heading % {"vendor": assessment.vendor},
        title=choice.label,
        section=_section(assessment),
        crumbs=_crumbs(assessment, choice.label),
        submit=choice.label,
        back=reverse("assessment_review", args=[assessment.pk]),
        danger=False,
        template="assessments/hub/assessment_approve.html",
        about={
            "assessment": assessment,
            "approval": approval,
            "stake": stake.of_decision(assessment, request.member),
            "as_read": {name: request.GET.get(name, now) for name, now in _shown(assessment, approval).items()},
        },
    )


def _shown(assessment: Assessment, approval: ApprovalPanel) -> dict[str, str]:
    """What the answers on the page are, for the decision to say that these were read."""
    return {
        "seen": assessment.submitted_at.isoformat() if assessment.submitted_at else "",
        "fingerprint": assessment.fingerprint,
        "level": str(approval.current.position) if approval.current else "",
    }


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
