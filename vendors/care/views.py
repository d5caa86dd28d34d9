"""Named people and trainings of a vendor: written down, corrected, taken away."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.access import MemberRequest
from accounts.fetching import fetch
from groundwork.pages import confirm_page, crumbs, edit_page
from groundwork.responses import form_view, post_data
from vendors.care import changes
from vendors.care.forms import PersonForm, TrainingForm
from vendors.fetching import vendor_of
from vendors.models import SupportPerson, Training, Vendor
from vendors.withheld import is_withheld

TRAININGS = Training.objects.select_related("vendor__organisation", "department")
PEOPLE = SupportPerson.objects.select_related("vendor__organisation", "contact").prefetch_related("services")


@form_view
def training_add(request: MemberRequest, pk: int) -> HttpResponse:
    return _training(request, Training(), vendor_of(request, pk), _("Note a training"))


@form_view
def training_edit(request: MemberRequest, pk: int) -> HttpResponse:
    row = fetch(request, TRAININGS, pk)
    if is_withheld(request.member, row.vendor):
        return redirect(row.vendor)
    return _training(request, row, row.vendor, _("Correct the training"))


def _training(request: MemberRequest, row: Training, vendor: Vendor, heading: str) -> HttpResponse:
    form = TrainingForm(post_data(request), instance=row, vendor=vendor, today=timezone.localdate())
    if request.method == "POST" and form.is_valid():
        changes.keep_training(request.member, form.instance)
        messages.success(request, _("Saved."))
        return redirect(_back(vendor))
    return _page(request, form, vendor, heading)


@form_view
def training_delete(request: MemberRequest, pk: int) -> HttpResponse:
    return _take_away(request, fetch(request, TRAININGS, pk), _("Delete the training"))


@form_view
def support_person_add(request: MemberRequest, pk: int) -> HttpResponse:
    return _person(request, SupportPerson(), vendor_of(request, pk), _("Name a person"))


@form_view
def support_person_edit(request: MemberRequest, pk: int) -> HttpResponse:
    row = fetch(request, PEOPLE, pk)
    if is_withheld(request.member, row.vendor):
        return redirect(row.vendor)
    return _person(request, row, row.vendor, _("Correct the person"))


def _person(request: MemberRequest, row: SupportPerson, vendor: Vendor, heading: str) -> HttpResponse:
    form = PersonForm(post_data(request), instance=row, vendor=vendor)
    if request.method == "POST" and form.is_valid():
        changes.keep_person(request.member, form.instance, services=form.chosen)
        messages.success(request, _("Saved."))
        return redirect(_back(vendor))
    return _page(request, form, vendor, heading)


@form_view
def support_person_delete(request: MemberRequest, pk: int) -> HttpResponse:
    return _take_away(request, fetch(request, PEOPLE, pk), _("Delete the person"))


def _page(request: MemberRequest, form: Any, vendor: Vendor, heading: str) -> HttpResponse:
    return edit_page(
        request,
        form,
        heading=heading,
        section=vendor.name,
        crumbs=crumbs("vendor_list", _("Vendors"), vendor, heading),
        back=_back(vendor),
    )


def _take_away(request: MemberRequest, row: Training | SupportPerson, heading: str) -> HttpResponse:
    vendor = row.vendor
    if is_withheld(request.member, vendor):
        return redirect(vendor)
    if request.method == "POST":
        changes.take_away(request.member, row)
        messages.success(request, _("Deleted."))
        return redirect(_back(vendor))
    return confirm_page(
        request,
        heading=heading,
        section=vendor.name,
        lead=str(row),
        crumbs=crumbs("vendor_list", _("Vendors"), vendor, heading),
        at_stake=[_("For what was written down by mistake. Whoever has left keeps their last day instead.")]
        if isinstance(row, SupportPerson)
        else [_("For what was written down by mistake.")],
        submit=heading,
        back=_back(vendor),
    )


def _back(vendor: Vendor) -> str:
    return f"{vendor.get_absolute_url()}#care"
