"""Members send an edition to vendors, and note what a vendor said to it elsewhere."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.access import MemberRequest
from accounts.fetching import fetch
from groundwork.pages import crumbs, edit_page
from groundwork.responses import form_view, or_beside, post_data
from groundwork.whole_numbers import said as whole_number
from groundwork.words import joined
from vendors.expectations import acknowledging, sending
from vendors.expectations.ack_forms import NoteForm
from vendors.expectations.sheet import edition_in_force, sheet_of
from vendors.fetching import vendor_of
from vendors.models import ExpectationEdition

EDITIONS = ExpectationEdition.objects.select_related("organisation")


@form_view
def expectation_edition_send(request: MemberRequest, pk: int) -> HttpResponse:
    """Choose vendors, and each is mailed; the page says who was reached. At most twenty a press: of more the rest stays
    chosen."""
    edition = fetch(request, EDITIONS.published(), pk)
    if request.method == "POST":
        return _send(request, edition)
    rows = sending.addressees(request.member, edition, now=timezone.now())
    left = set(_numbers(request, "left"))
    context = {
        "edition": edition,
        "rows": [(row, row.vendor.pk in left if left else row.is_proposed) for row in rows],
        "left": len(left),
        "reached": sum(row.reached_on is not None or row.said is not None for row in rows),
        "acknowledged": sum(row.said is not None for row in rows),
        "at_once": sending.AT_ONCE,
    }
    return render(request, "vendors/expectations/expectation_edition_send.html", context)


def _send(request: MemberRequest, edition: ExpectationEdition) -> HttpResponse:
    here, now = reverse("expectation_edition_send", args=[edition.pk]), timezone.now()
    wanted = sending.addressees(request.member, edition, now=now, only=_numbers(request, "vendor"))
    chosen = [row for row in wanted if row.said is None and row.can_be_reached]
    if not chosen:
        messages.info(request, _("Nobody was written to: choose vendors that have not acknowledged it yet."))
        return redirect(here)
    reached = [(row, sending.send(request.member, row.vendor, now=now)) for row in chosen[: sending.AT_ONCE]]
    _say_who_was_reached(request, [row.vendor.name for row, is_sent in reached if not is_sent], len(reached))
    if left := [row.vendor.pk for row in chosen[sending.AT_ONCE :]]:
        here += "?" + urlencode({"left": left}, doseq=True)
    return redirect(here)


def _say_who_was_reached(request: HttpRequest, missed: list[str], count: int) -> None:
    if done := count - len(missed):
        told = ngettext("%(count)s vendor was written to.", "%(count)s vendors were written to.", done)
        messages.success(request, told % {"count": done})
    if missed:
        told = _("Not reached: %(names)s. Open “What the vendor can open” there, and hand the link over yourself.")
        messages.error(request, told % {"names": joined(missed)})


def _numbers(request: HttpRequest, name: str) -> list[int]:
    values = request.POST if request.method == "POST" else request.GET
    return [number for number in map(whole_number, values.getlist(name)) if number is not None]


@form_view
def expectation_note(request: MemberRequest, pk: int) -> HttpResponse:
    """Note that the vendor acknowledged what is in force, as it said in a meeting or by mail."""
    vendor, today = vendor_of(request, pk), timezone.localdate()
    edition = edition_in_force(vendor.organisation_id, today)
    if edition is None:
        messages.info(
            request, _("Nothing is in force that a vendor could acknowledge: publish your expectations first.")
        )
        return redirect("expectations")
    form = NoteForm(post_data(request), rules=sheet_of(edition), today=today)
    back = f"{vendor.get_absolute_url()}#expected"
    if request.method == "POST" and form.is_valid():
        with or_beside(form):
            acknowledging.note_acknowledgement(request.member, vendor, edition, form.told, now=timezone.now())
            messages.success(request, _("Noted. It stands on the vendor’s page, with your name."))
            return redirect(back)
    return edit_page(
        request,
        form,
        heading=_("Note what the vendor said to edition %(number)s") % {"number": edition.number},
        title=_("Note an acknowledgement"),
        section=vendor.name,
        crumbs=crumbs("vendor_list", _("Vendors"), vendor, _("Note an acknowledgement")),
        lead=_("For what was said in a meeting or by mail. What the vendor writes by its own link needs no note."),
        submit=_("Note it"),
        back=back,
    )
