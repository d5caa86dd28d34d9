"""A member notes what a vendor announced elsewhere, changes or withdraws a notice, and writes down how it went."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache

from accounts.access import MemberRequest
from accounts.fetching import fetch
from groundwork.pages import Crumb, confirm_page, crumbs, edit_page
from groundwork.responses import form_view, or_beside, or_say_why, post_data
from vendors.fetching import vendor_of
from vendors.models import ChangeNotice
from vendors.notices import changes, telling
from vendors.notices.forms import NotedForm, OutcomeForm, WithdrawForm
from vendors.notices.telling import Word
from vendors.withheld import is_withheld

NOTICES = ChangeNotice.objects.select_related("vendor__organisation").prefetch_related("services")


@form_view
def notice_add(request: MemberRequest, pk: int) -> HttpResponse:
    vendor, now = vendor_of(request, pk), timezone.now()
    if vendor.archived_at is not None:
        messages.error(request, _("%(name)s is archived. Restore it before you note a change.") % {"name": vendor})
        return redirect(vendor)
    form = NotedForm(post_data(request), instance=ChangeNotice(), vendor=vendor, member=request.member, now=now)
    if request.method == "POST" and form.is_valid():
        with or_beside(form):
            made = changes.announce(
                request.member,
                form.instance,
                services=form.chosen,
                besides=form.told_besides,
                announced_at=form.announced_at,
                now=now,
            )
            say_who_was_told(request, made, Word.ANNOUNCED)
            return redirect(made)
    heading = _("Note a planned change")
    return edit_page(
        request,
        form,
        heading=heading,
        section=vendor.name,
        crumbs=crumbs("vendor_list", _("Vendors"), vendor, heading),
        lead=_("What %(name)s told you by mail or in a meeting. By its desk it announces changes itself.")
        % {"name": vendor.name},
        submit=_("Note it, and tell the departments"),
        back=f"{vendor.get_absolute_url()}#notices",
    )


@never_cache
@form_view
def notice_edit(request: MemberRequest, pk: int) -> HttpResponse:
    stored, now = fetch(request, NOTICES, pk), timezone.now()
    if is_withheld(request.member, stored.vendor):
        return redirect(stored)
    instance = fetch(request, NOTICES, pk)
    form = NotedForm(post_data(request), instance=instance, vendor=stored.vendor, member=request.member, now=now)
    if request.method == "POST" and form.is_valid():
        with or_beside(form):
            is_news = changes.change(
                request.member,
                stored,
                form.wanted,
                services=form.chosen,
                besides=form.told_besides,
                version=form.read_version,
                now=now,
            )
            stored = fetch(request, NOTICES, pk)
            if is_news:
                say_who_was_told(request, stored, Word.CHANGED)
            return redirect(stored)
        form.take_version(fetch(request, NOTICES, pk).version)
    return edit_page(
        request,
        form,
        heading=_("Change the notice"),
        section=stored.title,
        crumbs=crumbs_of(stored, _("Change the notice")),
        lead=_("The departments are told again, and confirm again that they read it."),
        back=stored.get_absolute_url(),
    )


@never_cache
@form_view
def notice_withdraw(request: MemberRequest, pk: int) -> HttpResponse:
    stored = fetch(request, NOTICES, pk)
    if is_withheld(request.member, stored.vendor):
        return redirect(stored)
    form = WithdrawForm(post_data(request), initial={"version": stored.version})
    if request.method == "POST" and form.is_valid():
        with or_say_why(request):
            version = form.read_version or stored.version
            row = changes.withdraw(request.member, stored, version=version, now=timezone.now())
            say_who_was_told(request, row, Word.WITHDRAWN)
        return redirect(stored)
    heading = _("Withdraw the notice")
    return confirm_page(
        request,
        heading=heading,
        section=stored.title,
        crumbs=crumbs_of(stored, heading),
        at_stake=[_("The change is not made. The departments that were told are told so; the notice stays on record.")],
        submit=heading,
        back=stored.get_absolute_url(),
        about={"form": form},
    )


@never_cache
@form_view
def notice_outcome(request: MemberRequest, pk: int) -> HttpResponse:
    stored = fetch(request, NOTICES, pk)
    if is_withheld(request.member, stored.vendor):
        return redirect(stored)
    form = OutcomeForm(post_data(request), initial={"version": stored.version, "outcome": stored.outcome})
    if request.method == "POST" and form.is_valid():
        with or_beside(form):
            said = form.cleaned_data["outcome"]
            changes.say_how_it_went(request.member, stored, said, version=form.read_version, now=timezone.now())
            messages.success(request, _("Saved."))
            return redirect(stored)
        form.take_version(fetch(request, NOTICES, pk).version)
    return edit_page(
        request,
        form,
        heading=_("How it went"),
        section=stored.title,
        crumbs=crumbs_of(stored, _("How it went")),
        lead=_("The vendor reads it at its desk, too."),
        back=stored.get_absolute_url(),
    )


def say_who_was_told(request: HttpRequest, notice: ChangeNotice, word: Word) -> None:
    """Not within a transaction: the mails go out here."""
    now = timezone.now()
    if notice.until < now:
        messages.success(request, _("It is on record. It is over, so nobody was told."))
        return
    reached, listed = telling.tell(notice, word, now=now), notice.readers.count()
    if reached:
        said = ngettext("%(n)s department is told.", "%(n)s departments are told.", reached)
        messages.success(request, said % {"n": reached})
    if missed := listed - reached:
        said = ngettext(
            "In %(n)s department nobody could be told: tell it yourself.",
            "In %(n)s departments nobody could be told: tell them yourself.",
            missed,
        )
        messages.warning(request, said % {"n": missed})
    if not listed:
        messages.warning(
            request,
            _("No department depends on these services, as far as the register knows: nobody was told."),
        )


def crumbs_of(notice: ChangeNotice, here: str) -> list[Crumb]:
    return crumbs("vendor_list", _("Vendors"), notice.vendor, notice, here)
