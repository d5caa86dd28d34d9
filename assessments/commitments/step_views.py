"""Each step of a commitment on a small page that says what is at stake."""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from accounts.access import MemberRequest
from accounts.fetching import fetch
from assessments.commitments.deeds import AGREE, KEEP, MISS, PROGRESS, REPORT, RETURN, WITHDRAW, Deed, StepPage
from assessments.commitments.measured import judgement_for
from assessments.commitments.rows import RELATED
from assessments.commitments.transitions import NOT_NOW, may_change
from assessments.models import Commitment
from groundwork.pages import crumbs, edit_page
from groundwork.responses import form_view, or_beside, post_data


@never_cache
@form_view
def commitment_agree(request: MemberRequest, pk: int) -> HttpResponse:
    return _step(request, pk, AGREE)


@never_cache
@form_view
def commitment_progress(request: MemberRequest, pk: int) -> HttpResponse:
    return _step(request, pk, PROGRESS)


@never_cache
@form_view
def commitment_report(request: MemberRequest, pk: int) -> HttpResponse:
    return _step(request, pk, REPORT)


@never_cache
@form_view
def commitment_return(request: MemberRequest, pk: int) -> HttpResponse:
    return _step(request, pk, RETURN)


@never_cache
@form_view
def commitment_keep(request: MemberRequest, pk: int) -> HttpResponse:
    return _step(request, pk, KEEP)


@never_cache
@form_view
def commitment_miss(request: MemberRequest, pk: int) -> HttpResponse:
    return _step(request, pk, MISS)


@never_cache
@form_view
def commitment_withdraw(request: MemberRequest, pk: int) -> HttpResponse:
    return _step(request, pk, WITHDRAW)


def _step(request: MemberRequest, pk: int, page: StepPage) -> HttpResponse:
    """What was typed stays where the change is refused. A page that is no longer open says why, on the commitment's."""
    commitment = fetch(request, Commitment.objects.select_related(*RELATED), pk)
    if not may_change(request.member, commitment):
        raise PermissionDenied
    if request.method != "POST" and commitment.state not in page.states:
        messages.info(request, str(NOT_NOW[commitment.state]))
        return redirect(commitment)
    now, number = timezone.now(), {"number": commitment.number}
    asked = judgement_for(request.member, commitment, timezone.localdate(now)) if page.asks_the_measure else None
    form = page.form(post_data(request), commitment, asked)
    if request.method == "POST" and form.is_valid():
        with or_beside(form):
            page.act(Deed(member=request.member, commitment=commitment, form=form, now=now, judgement=asked))
            messages.success(request, page.done % number)
            return redirect(commitment)
        commitment = fetch(request, Commitment.objects.select_related(*RELATED), pk)
        form.take_version(commitment.version)
    return edit_page(
        request,
        form,
        heading=page.heading % number,
        section=commitment.vendor.name,
        crumbs=crumbs("commitment_list", _("Commitments"), commitment, str(page.submit)),
        submit=str(page.submit),
        back=commitment.get_absolute_url(),
        template="assessments/commitments/step.html",
        about={"commitment": commitment, "at_stake": page.at_stake, "danger": page.danger, "judgement": asked},
    )
