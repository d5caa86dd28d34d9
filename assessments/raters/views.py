"""Raters: who is asked and how far they are, asking others, reminding, no longer asking."""

from __future__ import annotations

from collections.abc import Sequence

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from accounts.access import MemberRequest, Right, may
from accounts.fetching import fetch
from accounts.models import Department, Membership
from assessments.fetching import assessment_of
from assessments.independence import notice, standing_of
from assessments.models import Assessment, AssessmentState, Response, ResponseKind
from assessments.raters import asking
from assessments.raters import mails as rater_mails
from assessments.raters.asking import AskedRater
from assessments.raters.forms import RaterEditForm, RaterForm
from assessments.raters.inviting import invited_by_form
from assessments.raters.table import raters_of
from groundwork.pages import Crumb, confirm_page, crumbs, edit_page
from groundwork.responses import form_view, or_beside, or_say_why
from groundwork.words import day, joined

RATERS = Response.objects.filter(kind=ResponseKind.CUSTOMER).select_related("assessment__vendor", "rater", "invitation")


@require_GET
def assessment_raters(request: MemberRequest, pk: int) -> HttpResponse:
    """Who is asked and how far they are, never what they answer. `?department=`: the form is about that one; `?late`:
    only the others who are late, as my work counts them."""
    assessment = assessment_of(request, pk)
    wanted = request.GET.get("department", "")
    department = None
    if wanted.isdecimal():
        department = Department.objects.filter(organisation=request.member.organisation_id, pk=wanted).first()
    form = None
    if _may_ask(request.member, assessment):
        form = RaterForm(assessment=assessment, member=request.member, department=department)
    return _page(request, assessment, form, department=department, only_late="late" in request.GET)


@form_view
def rater_invite(request: MemberRequest, pk: int) -> HttpResponse:
    """Ask people to rate. What cannot be done comes back as typed, on the page of the raters."""
    assessment = assessment_of(request, pk)
    if request.method != "POST":
        return redirect("assessment_raters", pk)
    form = RaterForm(request.POST, assessment=assessment, member=request.member)
    if not form.is_valid():
        return _page(request, assessment, form)
    with or_beside(form):
        asked = invited_by_form(request.member, assessment, form)
        names = ", ".join(_name(one.response) for one in asked)
        messages.success(request, _("Asked to rate: %(names)s.") % {"names": names})
        _tell(request, asked)
        return redirect("assessment_raters", pk)
    return _page(request, assessment, form)


@form_view
def rater_edit(request: MemberRequest, pk: int) -> HttpResponse:
    """Another due date for one rater."""
    response = fetch(request, RATERS, pk)
    form = RaterEditForm(request.POST or None, initial={"due_on": response.due_on})
    if request.method == "POST" and form.is_valid():
        with or_say_why(request):
            asking.reschedule_rater(request.member, response, due_on=form.cleaned_data["due_on"])
            messages.success(request, _("Saved."))
        return redirect("assessment_raters", response.assessment_id)
    assessment = response.assessment
    due_on = assessment.due_on and day(assessment.due_on)
    return edit_page(
        request,
        form,
        heading=_("Due date for %(name)s") % {"name": _name(response)},
        title=_("Due date"),
        section=_section(assessment),
        crumbs=_crumbs(assessment, _("Due date")),
        lead=_("The assessment is due on %(day)s.") % {"day": due_on}
        if due_on
        else _("The assessment has no due date."),
        back=reverse("assessment_raters", args=[assessment.pk]),
    )


@form_view
def rater_withdraw(request: MemberRequest, pk: int) -> HttpResponse:
    """Asks first; what was written is kept."""
    response = fetch(request, RATERS, pk)
    if request.method == "POST":
        with or_say_why(request):
            asking.withdraw(request.member, response)
            messages.success(request, _("%(name)s is no longer asked to rate.") % {"name": _name(response)})
        return redirect("assessment_raters", response.assessment_id)
    at_stake = [
        _(
            "The questionnaire closes for this rater. What was written in it is kept, read by nobody and does not "
            "count. You can ask again later."
        )
    ]
    if response.rater is None:
        at_stake.append(_("The invitation to your organisation stays: an administrator can withdraw it."))
    return confirm_page(
        request,
        heading=_("No longer ask %(name)s") % {"name": _name(response)},
        title=_("Withdraw"),
        section=_section(response.assessment),
        crumbs=_crumbs(response.assessment, _("Withdraw")),
        at_stake=at_stake,
        submit=_("Withdraw"),
        back=reverse("assessment_raters", args=[response.assessment_id]),
    )


def _section(assessment: Assessment) -> str:
    return f"{assessment.vendor} · {assessment.reference}"


def _crumbs(assessment: Assessment, here: str) -> list[Crumb]:
    raters = reverse("assessment_raters", args=[assessment.pk])
    return crumbs("assessment_list", _("Assessments"), assessment, raters, _("Raters"), here)


@require_POST
def rater_ask_again(request: MemberRequest, pk: int) -> HttpResponse:
    response = fetch(request, RATERS, pk)
    with or_say_why(request):
        again = asking.ask_again(request.member, response)
        messages.success(request, _("Asked to rate: %(names)s.") % {"names": _name(response)})
        if again.rater is not None:
            _tell(request, [AskedRater(response=again)])
    return redirect("assessment_raters", response.assessment_id)


@require_POST
def rater_remind(request: MemberRequest, pk: int) -> HttpResponse:
    """A mail to one rater, now; also again what the mail server refused."""
    response = fetch(request, RATERS, pk)
    with or_say_why(request):
        asked = asking.remind_now(request.member, response)
        if _tell(request, [asked], again=response.failed_at is None):
            messages.success(request, _("A mail is on its way to %(name)s.") % {"name": _name(response)})
    return redirect("assessment_raters", response.assessment_id)


@require_POST
def rater_join(request: MemberRequest, pk: int) -> HttpResponse:
    """I rate it myself."""
    assessment = assessment_of(request, pk)
    with or_say_why(request):
        asking.rate_myself(request.member, assessment)
        messages.success(request, _("You rate this assessment too."))
    return redirect("assessment_raters", pk)


@require_POST
def rater_leave(request: MemberRequest, pk: int) -> HttpResponse:
    """I do not rate."""
    assessment = assessment_of(request, pk)
    with or_say_why(request):
        asking.rate_not(request.member, assessment)
        messages.success(request, _("You leave the rating to others. What you wrote is kept and does not count."))
    return redirect("assessment_raters", pk)


def _may_ask(member: Membership, assessment: Assessment) -> bool:
    return assessment.state == AssessmentState.COLLECTING and may(member, Right.ASSESS)


def _page(
    request: MemberRequest,
    assessment: Assessment,
    form: RaterForm | None,
    *,
    department: Department | None = None,
    only_late: bool = False,
) -> HttpResponse:
    table = raters_of(assessment)
    own = table.own(request.user)
    theirs = next((row.response for row in table.rows if row.response.rater_id == request.user.pk), None)
    context = {
        "assessment": assessment,
        "raters": table,
        "rows": table.late_others(request.user) if only_late else table.rows,
        "only_late": only_late,
        "own": own,
        "own_notice": notice(standing_of(assessment, request.user, theirs)),
        "may_ask": _may_ask(request.member, assessment),
        "may_submit_without": _may_ask(request.member, assessment) and bool(table.late_others(request.user)),
        "form": form,
        "department": department,
        "lacks_members": department is not None
        and form is not None
        and not any(person.department_id == department.pk for person in form.available),
    }
    return render(request, "assessments/raters/assessment_raters.html", context)


def _name(response: Response) -> str:
    return str(response.rater or response.invitation or "")


def _tell(request: MemberRequest, asked: Sequence[AskedRater], *, again: bool = False) -> bool:
    """Send the mails; say whom the mail server did not take one for."""
    unsent = rater_mails.ask(request.member, asked, again=again)
    if unsent:
        said = _("The mail to %(names)s could not be sent. They are asked all the same: send it again in the table.")
        messages.error(request, said % {"names": joined(unsent)})
    return not unsent
