"""The assessment itself: list, add, hub, edit, history."""

from __future__ import annotations

from itertools import chain

from django.contrib import messages
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from accounts.access import MemberRequest
from accounts.models import Membership
from accounts.trail import reading as trail
from accounts.trail import stretches
from accounts.trail.forms import EntryFilterForm
from assessments.fetching import assessment_of
from assessments.findings import panel as findings_panel
from assessments.hub import outside
from assessments.hub.forms import AssessmentEditForm, AssessmentFilter, AssessmentForm, RepeatForm
from assessments.hub.history import entries_of, history_rows
from assessments.hub.next_step import Standing, next_step
from assessments.hub.standing import standing_in
from assessments.hub.way import way_of
from assessments.independence import let_read
from assessments.lifecycle import transitions
from assessments.models import OPEN_STATES, Approval, Assessment, AssessmentState, Decision
from assessments.raters.asking import keep_invitations_open
from assessments.raters.table import with_own_progress
from assessments.schedule.repeating import set_repeat
from assessments.vendor_side import links
from groundwork.pagination import BoundedPaginator
from groundwork.responses import form_view, or_beside, or_say_why, post_data
from groundwork.together import look_up
from manifesto.models import Release, Rule
from vendors.models import Vendor

COLLECTING = AssessmentState.COLLECTING
PER_PAGE = 25
HISTORY_PER_PAGE = 50


@require_GET
def assessment_list(request: MemberRequest) -> HttpResponse:
    """All assessments of the organisation, newest first; of approved ones the stored numbers."""
    everything = Assessment.objects.for_member(request.member).with_vendor().with_numbers()
    everything = with_own_progress(everything, request.user)
    chosen = AssessmentFilter(request.GET, everything, member=request.member)
    page = BoundedPaginator(chosen.qs, PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "filter": chosen,
        "page": page,
        "is_empty": not page.paginator.count and not chosen.is_active,
        "today": timezone.localdate(),
        "open_states": OPEN_STATES,
    }
    return render(request, "assessments/hub/assessment_list.html", context)


@form_view
def assessment_add(request: MemberRequest) -> HttpResponse:
    """Create and, unless it is to stay a draft, open at once: straight to the first question."""
    release = Release.objects.current()
    form = AssessmentForm(
        post_data(request),
        member=request.member,
        today=timezone.localdate(),
        initial={"vendor": request.GET.get("vendor")},
    )
    if request.method == "POST" and form.is_valid():
        with or_beside(form):
            return _created(request, form, release)
    context = {
        "form": form,
        "release": release,
        "has_vendors": Vendor.objects.for_member(request.member).active().exists(),
    }
    return render(request, "assessments/hub/assessment_add.html", context)


def _created(request: MemberRequest, form: AssessmentForm, release: Release | None) -> HttpResponse:
    then = request.POST.get("then")
    stays_draft = then == "draft"
    with transaction.atomic():
        assessment = transitions.create_assessment(
            request.member,
            vendor=form.cleaned_data["vendor"],
            release=release,
            period=form.period,
            due_on=form.cleaned_data["due_on"],
        )
        if form.cleaned_data["repeat_months"]:
            set_repeat(request.member, assessment, form.cleaned_data["repeat_months"])
        if not stays_draft:
            transitions.open_assessment(request.member, assessment)
    if stays_draft:
        messages.success(request, _("Kept as the draft %(reference)s.") % {"reference": assessment.reference})
        return redirect("assessment_detail", assessment.pk)
    messages.success(
        request, _("%(reference)s is open. Each answer saves by itself.") % {"reference": assessment.reference}
    )
    if then == "raters":
        return redirect("assessment_raters", assessment.pk)
    return redirect_to_first_rule(request.member, assessment)


def redirect_to_first_rule(member: Membership, assessment: Assessment) -> HttpResponse:
    """To the first rule that the member is asked about, or to the assessment where they are not asked."""
    asked = Rule.objects.filter(
        questions__answers__response__assessment=assessment, questions__answers__response__rater=member.user_id
    )
    first = asked.order_by("position").values_list("key", flat=True).first()
    return redirect("questionnaire", assessment.pk, first) if first else redirect("assessment_detail", assessment.pk)


@require_GET
def assessment_detail(request: MemberRequest, pk: int) -> HttpResponse:
    """The hub: where it stands, and the one next step for whoever looks."""
    assessment = assessment_of(request, pk)
    if request.member.is_outside:
        return outside.assessment_page(request, assessment)
    reads = let_read(assessment, request.user)
    stands = standing_in(assessment, request.member, reads=reads)
    measured = findings_panel.section_in(assessment, request.member, reads=reads)
    look_up(stands, measured)
    seen = stands.told()
    standing, own = seen.standing, seen.standing.own
    context = {
        "assessment": assessment,
        "sheet": seen.sheet,
        "way": way_of(standing),
        "step": next_step(standing),
        "sent_back": _last(standing, Decision.SENT_BACK, AssessmentState.COLLECTING),
        "approved": _last(standing, Decision.APPROVED, AssessmentState.APPROVED),
        "to_answer": own.rules if own and own.is_outstanding and assessment.state == COLLECTING else (),
        "is_open": assessment.state in OPEN_STATES,
        "is_late": is_late(assessment),
        "raters": standing.raters,
        "vendor_side": standing.vendor,
        "consensus": standing.talk,
        "may_agree": assessment.state == COLLECTING,
        "approval": standing.approval,
        "measured": measured.told(),
    }
    return render(request, "assessments/hub/assessment_detail.html", context)


def _last(standing: Standing, decision: Decision, state: AssessmentState) -> Approval | None:
    """The last decision, where it was this one and the assessment is in this state."""
    last = next(reversed(standing.approval.decisions), None)
    is_so = last is not None and last.decision == decision and standing.assessment.state == state
    return last if is_so else None


@form_view
def assessment_edit(request: MemberRequest, pk: int) -> HttpResponse:
    """The dates and the repetition; of an approved one only whether it comes again."""
    assessment = assessment_of(request, pk)
    if assessment.state == AssessmentState.APPROVED:
        return _repeat_edit(request, assessment)
    if assessment.state not in OPEN_STATES:
        messages.error(request, str(transitions.NOT_NOW[assessment.state]))
        return redirect("assessment_detail", pk)
    form = AssessmentEditForm.of(assessment, post_data(request))
    if request.method == "POST" and form.is_valid():
        with or_say_why(request):
            with transaction.atomic():
                due_on, repeat = form.cleaned_data["due_on"], form.cleaned_data["repeat_months"]
                changed = transitions.reschedule(request.member, assessment, period=form.period, due_on=due_on)
                set_repeat(request.member, assessment, repeat)
            keep_invitations_open(request.member, changed)
            links.keep_open(request.member, changed)
            messages.success(request, _("Saved."))
        return redirect("assessment_detail", pk)
    return render(request, "assessments/hub/assessment_edit.html", {"assessment": assessment, "form": form})


def _repeat_edit(request: MemberRequest, assessment: Assessment) -> HttpResponse:
    initial = {"repeat_months": assessment.repeat_months}
    form = RepeatForm(post_data(request), initial=initial)
    if request.method == "POST" and form.is_valid():
        set_repeat(request.member, assessment, form.cleaned_data["repeat_months"])
        messages.success(request, _("Saved."))
        return redirect("assessment_detail", assessment.pk)
    return render(request, "assessments/hub/assessment_edit.html", {"assessment": assessment, "form": form})


@require_GET
def assessment_history(request: MemberRequest, pk: int) -> HttpResponse:
    """Who changed what and when, in words."""
    assessment = assessment_of(request, pk)
    form = EntryFilterForm(request.GET or None, organisation=assessment.organisation)
    entries = form.narrow(entries_of(assessment, request.member))
    page = BoundedPaginator(entries, HISTORY_PER_PAGE).get_page(request.GET.get("page"))
    shown = stretches.of_page(page)
    trail.note_shown(chain.from_iterable(shown), request.user)
    context = {
        "assessment": assessment,
        "form": form,
        "page": page,
        "rows": history_rows(shown),
        "is_narrowed": form.has_changed(),
    }
    return render(request, "assessments/hub/assessment_history.html", context)


def is_late(assessment: Assessment) -> bool:
    return (
        assessment.due_on is not None and assessment.state in OPEN_STATES and assessment.due_on < timezone.localdate()
    )
