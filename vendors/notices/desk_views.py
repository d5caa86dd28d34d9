"""The vendor's pages of planned changes behind the link to its desk: announced, changed, withdrawn, and how they went.

Each view starts from `request.link` and reaches the notices of the link's own vendor alone, whatever the address names.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from groundwork.responses import form_view, or_beside, or_say_why, post_data
from vendors.desk.guard import DeskRequest, about, by_desk_link
from vendors.models import ChangeNotice
from vendors.notices import changes, telling
from vendors.notices.forms import NoticeForm, OutcomeForm, WithdrawForm
from vendors.notices.reading import NoticeView, whole
from vendors.notices.telling import Word

FOLDER = "vendors/notices/"


@by_desk_link
@require_GET
def desk_notices(request: DeskRequest, link: int) -> HttpResponse:
    """What is to come, then what is over; who has read it stays with the customer."""
    now = timezone.now()
    rows = [NoticeView(notice=one, now=now) for one in _notices(request)]
    to_come = sorted((row for row in rows if row.is_to_come), key=lambda row: row.notice.starts)
    context = about(request.link) | {"to_come": to_come, "past": [row for row in rows if not row.is_to_come]}
    return render(request, FOLDER + "desk_notices.html", context)


@by_desk_link
@form_view
def desk_notice_add(request: DeskRequest, link: int) -> HttpResponse:
    now = timezone.now()
    form = NoticeForm(post_data(request), instance=ChangeNotice(), vendor=request.link.vendor, now=now)
    if request.method == "POST" and form.is_valid():
        with or_beside(form):
            made = changes.announce(request.link, form.instance, services=form.chosen, now=now)
            _tell(request, made, Word.ANNOUNCED, now)
            return redirect("desk_notices", link)
    return _form_page(request, form, heading=_("Announce a change"), submit=_("Announce it"))


@by_desk_link
@form_view
def desk_notice_edit(request: DeskRequest, link: int, pk: int) -> HttpResponse:
    stored, now = _notice(request, pk), timezone.now()
    form = NoticeForm(post_data(request), instance=_notice(request, pk), vendor=request.link.vendor, now=now)
    if request.method == "POST" and form.is_valid():
        with or_beside(form):
            is_news = changes.change(
                request.link, stored, form.wanted, services=form.chosen, version=form.read_version, now=now
            )
            if is_news:
                _tell(request, _notice(request, pk), Word.CHANGED, now)
            return redirect("desk_notices", link)
        form.take_version(_notice(request, pk).version)
    return _form_page(request, form, heading=_("Change the notice"), submit=_("Save, and tell the customer again"))


@by_desk_link
@form_view
def desk_notice_withdraw(request: DeskRequest, link: int, pk: int) -> HttpResponse:
    stored, now = _notice(request, pk), timezone.now()
    form = WithdrawForm(post_data(request), initial={"version": stored.version})
    if request.method == "POST" and form.is_valid():
        with or_say_why(request):
            version = form.read_version or stored.version
            row = changes.withdraw(request.link, stored, version=version, now=now)
            _tell(request, row, Word.WITHDRAWN, now)
        return redirect("desk_notices", link)
    lead = _("“%(title)s” is not made. Your customer's departments are told so.") % {"title": stored.title}
    return _form_page(request, form, heading=_("Withdraw the notice"), submit=_("Withdraw it"), lead=lead, danger=True)


@by_desk_link
@form_view
def desk_notice_outcome(request: DeskRequest, link: int, pk: int) -> HttpResponse:
    stored = _notice(request, pk)
    form = OutcomeForm(post_data(request), initial={"version": stored.version, "outcome": stored.outcome})
    if request.method == "POST" and form.is_valid():
        with or_beside(form):
            said, version = form.cleaned_data["outcome"], form.read_version
            changes.say_how_it_went(request.link, stored, said, version=version, now=timezone.now())
            messages.success(request, _("Saved. Your customer reads it beside the notice."))
            return redirect("desk_notices", link)
        form.take_version(_notice(request, pk).version)
    return _form_page(request, form, heading=_("How it went"), submit=_("Save"), lead=stored.title)


def _notices(request: DeskRequest) -> Any:
    return whole(ChangeNotice.objects.filter(vendor=request.link.vendor_id))


def _notice(request: DeskRequest, pk: int) -> ChangeNotice:
    found: ChangeNotice = get_object_or_404(_notices(request), pk=pk)
    return found


def _tell(request: DeskRequest, notice: ChangeNotice, word: Word, now: datetime) -> None:
    """Whom it reached stays with the customer."""
    telling.tell(notice, word, now=now)
    said = {
        Word.ANNOUNCED: _("Announced. Your customer is told; thank you for saying it before."),
        Word.CHANGED: _("Changed. Your customer is told again."),
        Word.WITHDRAWN: _("Withdrawn. Your customer is told."),
    }
    messages.success(request, said[word])


def _form_page(
    request: DeskRequest, form: Any, *, heading: str, submit: str, lead: str = "", danger: bool = False
) -> HttpResponse:
    context = about(request.link) | {
        "form": form,
        "page_heading": heading,
        "page_lead": lead,
        "submit": submit,
        "danger": danger,
    }
    status = 422 if form.errors else 200
    return render(request, FOLDER + "desk_notice_form.html", context, status=status)
