"""What a rehearsal or a review showed is written down; and from which day on all of them are on record."""

from __future__ import annotations

from datetime import date

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from accounts.access import MemberRequest
from groundwork.pages import crumbs, edit_page
from groundwork.responses import form_view, or_beside, post_data
from groundwork.words import day
from vendors.fetching import vendor_of
from vendors.models import Rehearsal, RehearsalState
from vendors.rehearsals import changes
from vendors.rehearsals.forms import HoldForm, NoteForm, SinceForm
from vendors.rehearsals.plan_views import changeable, crumbs_of
from vendors.rehearsals.records import day_of
from vendors.rehearsals.words import title


@never_cache  # a page brought back by the browser would hold a version that is long gone
@form_view
def rehearsal_hold(request: MemberRequest, pk: int) -> HttpResponse:
    """After it was held, and whenever what is on record of it has to be corrected."""
    stored, today = changeable(request, pk), timezone.localdate()
    if request.method != "POST" and stored.state == RehearsalState.CANCELLED:
        messages.info(request, str(changes.NOT_NOW[stored.state]))
        return redirect(stored)
    form = HoldForm(post_data(request), rehearsal=stored, today=today, initial=_so_far(stored))
    if request.method == "POST" and form.is_valid():
        with or_beside(form):
            held = changes.hold(request.member, stored, form.told, version=form.cleaned_data["version"])
            messages.success(request, _("Written down. What follows from it? Ask for it: each becomes a commitment."))
            return redirect(f"{held.get_absolute_url()}#follows")
        stored = changeable(request, pk)
        form.take_version(stored.version)
    is_held = stored.state == RehearsalState.HELD
    return edit_page(
        request,
        form,
        heading=_("Correct what is on record") if is_held else _("What it showed"),
        section=title(stored),
        lead=_ahead(stored, today),
        crumbs=crumbs_of(stored, _("What it showed")),
        submit=_("Save") if is_held else _("It was held"),
        back=stored.get_absolute_url(),
    )


def _ahead(stored: Rehearsal, today: date) -> str:
    """Of one whose day is still to come: nobody is told by writing it down."""
    if stored.state != RehearsalState.PLANNED or day_of(stored) <= today:
        return ""
    return _(
        "It is planned for %(day)s, and the guests have that day in their calendars: they are told of another day when "
        "you change the plan, not when you write it down here."
    ) % {"day": day(day_of(stored))}


def _so_far(stored: Rehearsal) -> dict[str, object]:
    """What need not be typed: the planned day once it is over, and who was asked."""
    planned, today = day_of(stored), timezone.localdate()
    guests = list(stored.guests.all())
    return {
        "version": stored.version,
        "held_on": stored.held_on or min(planned, today),
        "came": [guest.pk for guest in guests if guest.came is not False],
        "went_well": stored.went_well,
        "went_wrong": stored.went_wrong,
        "evidence": stored.evidence,
    }


@form_view
def rehearsal_note(request: MemberRequest, pk: int) -> HttpResponse:
    """One that was never planned here: held together, or by the vendor alone, which shows it."""
    vendor, now = vendor_of(request, pk), timezone.now()
    form = NoteForm(post_data(request), vendor=vendor, today=timezone.localdate(now))
    if request.method == "POST" and form.is_valid():
        with or_beside(form, "others"):
            said = form.cleaned_data
            start = Rehearsal(
                vendor=vendor,
                kind=said["kind"],
                service=said["service"],
                scenario=said["scenario"],
                owner=request.user,
            )
            noted = changes.note_held(request.member, start, form.told, now=now)
            messages.success(request, _("Written down."))
            return redirect(noted)
    return edit_page(
        request,
        form,
        heading=_("Write down one that was held"),
        section=vendor.name,
        crumbs=crumbs("vendor_list", _("Vendors"), vendor, _("Write down one that was held")),
        lead=_(
            "A rehearsal or a review that was not planned here. One that the vendor holds alone counts too, where it "
            "shows that it was held."
        ),
        back=f"{vendor.get_absolute_url()}#rehearsals",
    )


@form_view
def rehearsal_since(request: MemberRequest) -> HttpResponse:
    """A claim is only held against what is on record where the record is whole: people say since when it is."""
    organisation = request.member.organisation
    start = {"since": organisation.rehearsals_recorded_since}
    form = SinceForm(post_data(request), today=timezone.localdate(), initial=start)
    if request.method == "POST" and form.is_valid():
        since = form.cleaned_data["since"]
        changes.keep_since(request.member, since)
        said = _("Saved: every rehearsal and review is on record since %(day)s.")
        messages.success(request, said % {"day": day(since)} if since else _("Saved."))
        return redirect("rehearsal_list")
    return edit_page(
        request,
        form,
        heading=_("Since when all of them are on record"),
        section=_("Rehearsals and reviews"),
        crumbs=crumbs("rehearsal_list", _("Rehearsals and reviews"), _("Since when")),
        lead=_(
            "What vendors say of how often they practise and review is held against the rehearsals and reviews on "
            "record. From this day on, one that is not on record counts as not held."
        ),
        back="rehearsal_list",
    )
