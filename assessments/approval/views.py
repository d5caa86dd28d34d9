"""The organisation's levels of approval, for its administrators."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from accounts.access import MemberRequest
from accounts.fetching import fetch
from assessments.approval import levels
from assessments.approval.forms import ALL, LevelForm
from assessments.models import ApprovalLevel
from groundwork.pages import confirm_page, crumbs, edit_page
from groundwork.responses import form_view, post_data


@require_GET
def approval_chain(request: MemberRequest) -> HttpResponse:
    """The levels for all vendors and for each tier, in order, with what would not work."""
    chains = levels.chains_of(request.member)
    context = {"chains": chains, "is_empty": not any(chain.lines for chain in chains)}
    return render(request, "assessments/approval/approval_chain.html", context)


@form_view
def approval_level_add(request: MemberRequest) -> HttpResponse:
    form = LevelForm(post_data(request), member=request.member, initial={"tier": request.GET.get("tier", ALL)})
    if request.method == "POST" and form.is_valid():
        level = levels.add_level(request.member, **form.values)
        messages.success(request, _("The level “%(name)s” is added.") % {"name": level.name})
        return redirect("approval_chain")
    return edit_page(
        request,
        form,
        heading=_("Add a level of approval"),
        crumbs=crumbs("approval_chain", _("Levels of approval"), _("Add a level")),
        lead=_("It comes last in its chain. You can move it afterwards."),
        submit=_("Add the level"),
        back="approval_chain",
    )


@form_view
def approval_level_edit(request: MemberRequest, pk: int) -> HttpResponse:
    level = fetch(request, ApprovalLevel.objects, pk)
    form = LevelForm(post_data(request), member=request.member, level=level)
    if request.method == "POST" and form.is_valid():
        saved = levels.change_level(request.member, level, **form.values)
        messages.success(request, _("The level “%(name)s” is saved.") % {"name": saved.name})
        return redirect("approval_chain")
    return edit_page(
        request,
        form,
        heading=level.name,
        section=_("Levels of approval"),
        crumbs=crumbs("approval_chain", _("Levels of approval"), level.name),
        lead=_("A level of approval for vendors of the tier “%(tier)s”.") % {"tier": level.get_tier_display()}
        if level.tier
        else _("A level of approval for all vendors whose tier has no levels of its own."),
        back="approval_chain",
    )


@form_view
def approval_level_delete(request: MemberRequest, pk: int) -> HttpResponse:
    level = fetch(request, ApprovalLevel.objects, pk)
    if request.method == "POST":
        levels.delete_level(request.member, level)
        messages.success(request, _("The level “%(name)s” is removed.") % {"name": level.name})
        return redirect("approval_chain")
    return confirm_page(
        request,
        heading=_("Remove the level “%(name)s”") % {"name": level.name},
        title=_("Remove the level"),
        section=level.name,
        crumbs=crumbs("approval_chain", _("Levels of approval"), level.name),
        at_stake=[
            _(
                "The levels behind it move up. What is in review still passes it; what was decided stays as it is, "
                "and the audit trail keeps its name."
            )
        ],
        submit=_("Remove the level"),
        back="approval_chain",
    )


@require_POST
def approval_level_move(request: MemberRequest, pk: int) -> HttpResponse:
    """`to`: “up” or “down”; anything else moves nothing."""
    level = fetch(request, ApprovalLevel.objects, pk)
    if request.POST.get("to") in {"up", "down"}:
        levels.move_level(request.member, level, up=request.POST["to"] == "up")
    return redirect("approval_chain")
