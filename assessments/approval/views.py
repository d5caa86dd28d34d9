"""The organisation's levels of approval, for its administrators."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.access import MemberRequest
from assessments.approval import levels
from assessments.approval.forms import ALL, LevelForm
from assessments.models import ApprovalLevel


@require_GET
def approval_chain(request: MemberRequest) -> HttpResponse:
    """The levels for all vendors and for each tier, in order, with what would not work."""
    chains = levels.chains_of(request.member)
    context = {"chains": chains, "is_empty": not any(chain.lines for chain in chains)}
    return render(request, "assessments/approval/approval_chain.html", context)


@require_http_methods(["GET", "POST"])
def approval_level_add(request: MemberRequest) -> HttpResponse:
    form = LevelForm(_posted(request), member=request.member, initial={"tier": request.GET.get("tier", ALL)})
    if request.method == "POST" and form.is_valid():
        level = levels.add_level(request.member, **form.values)
        messages.success(request, _("The level “%(name)s” is added.") % {"name": level.name})
        return redirect("approval_chain")
    return render(request, "assessments/approval/approval_level_add.html", {"form": form})


@require_http_methods(["GET", "POST"])
def approval_level_edit(request: MemberRequest, pk: int) -> HttpResponse:
    level = _fetch(request, pk)
    form = LevelForm(_posted(request), member=request.member, level=level)
    if request.method == "POST" and form.is_valid():
        saved = levels.change_level(request.member, level, **form.values)
        messages.success(request, _("The level “%(name)s” is saved.") % {"name": saved.name})
        return redirect("approval_chain")
    return render(request, "assessments/approval/approval_level_edit.html", {"form": form, "level": level})


@require_http_methods(["GET", "POST"])
def approval_level_delete(request: MemberRequest, pk: int) -> HttpResponse:
    level = _fetch(request, pk)
    if request.method == "POST":
        levels.delete_level(request.member, level)
        messages.success(request, _("The level “%(name)s” is removed.") % {"name": level.name})
        return redirect("approval_chain")
    return render(request, "assessments/approval/approval_level_delete.html", {"level": level})


@require_POST
def approval_level_move(request: MemberRequest, pk: int) -> HttpResponse:
    """`to`: “up” or “down”; anything else moves nothing."""
    level = _fetch(request, pk)
    if request.POST.get("to") in {"up", "down"}:
        levels.move_level(request.member, level, up=request.POST["to"] == "up")
    return redirect("approval_chain")


def _posted(request: MemberRequest) -> QueryDict | None:
    return request.POST if request.method == "POST" else None


def _fetch(request: MemberRequest, pk: int) -> ApprovalLevel:
    return get_object_or_404(ApprovalLevel.objects.for_member(request.member), pk=pk)
