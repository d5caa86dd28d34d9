"""A rehearsal or a review is planned, moved, called off; its guests are invited."""

from __future__ import annotations

from datetime import datetime

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from accounts.access import MemberRequest
from accounts.fetching import fetch
from groundwork.pages import Crumb, crumbs, edit_page
from groundwork.responses import form_view, or_beside, post_data
from groundwork.words import joined
from vendors.fetching import vendor_of
from vendors.models import Rehearsal, RehearsalState
from vendors.rehearsals import changes, invitations, scenarios
from vendors.rehearsals.forms import CallOffForm, ChangePlanForm, PlanForm
from vendors.rehearsals.invitations import Sent
from vendors.rehearsals.records import is_kept_from
from vendors.rehearsals.views import REHEARSALS
from vendors.rehearsals.words import called, title


@form_view
def rehearsal_add(request: MemberRequest, pk: int) -> HttpResponse:
    """`?scenario=` names a proposal to begin with."""
    vendor, now = vendor_of(request, pk), timezone.now()
    if vendor.archived_at is not None:
        messages.error(
            request, _("%(name)s is archived. Restore it before you plan anything with it.") % {"name": vendor}
        )
        return redirect(vendor)
    proposal = scenarios.called(request.GET.get("scenario", ""))
    start = Rehearsal(vendor=vendor, owner=request.user)
    if proposal is not None:
        start.kind, start.scenario = proposal.kind, proposal.text
    form = PlanForm(post_data(request), instance=start, member=request.member, vendor=vendor)
    if request.method == "POST" and form.is_valid():
        with or_beside(form, "others"):
            made = changes.plan(request.member, form.instance, asked=form.asked, now=now)
            messages.success(request, _("It is planned."))
            if form.cleaned_data["send"]:
                _say_who_was_told(request, invitations.invite(request.member, made, now=now))
            return redirect(made)
    return edit_page(
        request,
        form,
        heading=_("Plan a rehearsal or a review"),
        section=vendor.name,
        crumbs=crumbs("vendor_list", _("Vendors"), vendor, _("Plan a rehearsal or a review")),
        lead=_("Practise a major incident with %(name)s, or look together at how the last ones went.")
        % {"name": vendor.name},
        submit=_("Plan it"),
        back=f"{vendor.get_absolute_url()}#rehearsals",
        template="vendors/rehearsals/rehearsal_add.html",
        about={"scenarios": scenarios.shipped(), "proposal": proposal, "vendor": vendor},
    )


@never_cache  # a page brought back by the browser would hold a version that is long gone
@form_view
def rehearsal_edit(request: MemberRequest, pk: int) -> HttpResponse:
    """Who was asked is told by mail of another time or place, and that they are not needed any more."""
    stored = changeable(request, pk)
    if request.method != "POST" and stored.state != RehearsalState.PLANNED:
        messages.info(request, str(changes.NOT_NOW[stored.state]))
        return redirect(stored)
    form = ChangePlanForm(
        post_data(request),
        instance=changeable(request, pk),
        member=request.member,
        vendor=stored.vendor,
        asked=list(stored.guests.all()),
        initial={"version": stored.version},
    )
    if request.method == "POST" and form.is_valid():
        with or_beside(form):
            changed = changes.change(
                request.member, stored, form.wanted, asked=form.asked, version=form.cleaned_data["version"]
            )
            messages.success(request, _("Saved."))
            _say_who_was_told(request, _tell(request, changed, invites=form.cleaned_data["send"], now=timezone.now()))
            return redirect(stored)
        stored = changeable(request, pk)
        form.take_version(stored.version)
    return edit_page(
        request,
        form,
        heading=_("Change the plan"),
        section=title(stored),
        crumbs=crumbs_of(stored, _("Change the plan")),
        lead=_("Whoever was invited is told by mail of another time or place."),
        back=stored.get_absolute_url(),
    )


def _tell(request: MemberRequest, changed: changes.Changed, *, invites: bool, now: datetime) -> Sent:
    member, rehearsal = request.member, changed.rehearsal
    sent = invitations.call_off(member, rehearsal, guests=changed.gone, now=now)
    if changed.moved:
        sent += invitations.tell_moved(member, rehearsal, now=now)
    return sent + invitations.invite(member, rehearsal, now=now) if invites else sent


@require_POST
def rehearsal_invite(request: MemberRequest, pk: int) -> HttpResponse:
    rehearsal = changeable(request, pk)
    if rehearsal.state != RehearsalState.PLANNED:
        messages.error(request, str(changes.NOT_NOW[rehearsal.state]))
        return redirect(rehearsal)
    _say_who_was_told(request, invitations.invite(request.member, rehearsal, now=timezone.now()))
    return redirect(rehearsal)


@never_cache
@form_view
def rehearsal_call_off(request: MemberRequest, pk: int) -> HttpResponse:
    stored = changeable(request, pk)
    if request.method != "POST" and stored.state == RehearsalState.CANCELLED:
        messages.info(request, str(changes.NOT_NOW[stored.state]))
        return redirect(stored)
    form = CallOffForm(post_data(request), initial={"version": stored.version})
    if request.method == "POST" and form.is_valid():
        with or_beside(form):
            said = form.cleaned_data
            off = changes.call_off(request.member, stored, reason=said["reason"], version=said["version"])
            messages.success(request, _("It is called off."))
            if stored.state == RehearsalState.PLANNED:
                _say_who_was_told(request, invitations.call_off(request.member, off, now=timezone.now()))
            return redirect(off)
        stored = changeable(request, pk)
        form.take_version(stored.version)
    is_held = stored.state == RehearsalState.HELD
    return edit_page(
        request,
        form,
        heading=_("It was not held") if is_held else _("Call it off"),
        section=title(stored),
        crumbs=crumbs_of(stored, _("Call it off")),
        lead=_("It then counts for nothing; what is on record of it stays in the trail.")
        if is_held
        else _("Guests who were invited are told by mail, and it leaves their calendars."),
        submit=_("It was not held") if is_held else _("Call it off"),
        back=stored.get_absolute_url(),
    )


# -----------------------------------------------------------------------------------------------------------------
def changeable(request: MemberRequest, pk: int) -> Rehearsal:
    """PermissionDenied for whoever may not change it, or still judges the vendor."""
    rehearsal = fetch(request, REHEARSALS, pk)
    if not changes.may_change(request.member, rehearsal) or is_kept_from(request.member, rehearsal):
        raise PermissionDenied
    return rehearsal


def crumbs_of(rehearsal: Rehearsal, here: str) -> list[Crumb]:
    return crumbs("vendor_list", _("Vendors"), rehearsal.vendor, rehearsal.get_absolute_url(), called(rehearsal), here)


def _say_who_was_told(request: HttpRequest, sent: Sent) -> None:
    if sent.to:
        messages.success(request, _("A mail went to %(names)s.") % {"names": joined(list(dict.fromkeys(sent.to)))})
    if sent.refused:
        refused = joined(list(dict.fromkeys(sent.refused)))
        messages.error(
            request, _("No mail could be sent to %(names)s: check the address, or tell them.") % {"names": refused}
        )
