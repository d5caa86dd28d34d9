"""What belongs to a vendor: its services and its contacts."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from accounts.access import MemberRequest
from accounts.fetching import fetch
from groundwork.pages import confirm_page, crumbs, edit_page
from groundwork.responses import form_view, or_beside
from groundwork.words import joined
from vendors.fetching import vendor_of
from vendors.models import Contact, EmergencyCall, Service, Vendor
from vendors.register import changes as register
from vendors.register.forms import ContactForm, ServiceForm

SERVICES = Service.objects.select_related("vendor__organisation")
CONTACTS = Contact.objects.select_related("vendor__organisation")


@form_view
def service_add(request: MemberRequest, pk: int) -> HttpResponse:
    vendor = vendor_of(request, pk)
    form = ServiceForm(request.POST or None, vendor=vendor)
    if request.method == "POST" and form.is_valid():
        with or_beside(form):
            part = register.add_part(request.member, form.instance)
            messages.success(request, _("%(name)s is added.") % {"name": part.name})
            return _back_to(vendor, "services")
    return edit_page(
        request,
        form,
        heading=_("Add a service"),
        section=_("Vendors"),
        crumbs=crumbs("vendor_list", _("Vendors"), vendor, _("Add a service")),
        lead=_("A system that this vendor supports."),
        submit=_("Add the service"),
        back=vendor.get_absolute_url(),
    )


@form_view
def service_edit(request: MemberRequest, pk: int) -> HttpResponse:
    service = fetch(request, SERVICES, pk)
    form = ServiceForm(request.POST or None, instance=fetch(request, SERVICES, pk), vendor=service.vendor)
    if request.method == "POST" and form.is_valid():
        with or_beside(form):
            register.change_part(request.member, form.instance, changed=form.changed_data)
            messages.success(request, _("Saved."))
            return _back_to(service.vendor, "services")
    return edit_page(
        request,
        form,
        heading=_("Edit %(name)s") % {"name": service.name},
        section=_("Vendors"),
        crumbs=crumbs("vendor_list", _("Vendors"), service.vendor, _("Edit a service")),
        back=service.vendor.get_absolute_url(),
    )


@form_view
def service_delete(request: MemberRequest, pk: int) -> HttpResponse:
    service = fetch(request, SERVICES, pk)
    if request.method == "POST":
        register.delete_part(request.member, service)
        messages.success(request, _("%(name)s is deleted.") % {"name": service.name})
        return _back_to(service.vendor, "services")
    return confirm_page(
        request,
        heading=_("Delete %(name)s?") % {"name": service.name},
        section=_("Vendors"),
        crumbs=crumbs("vendor_list", _("Vendors"), service.vendor, _("Delete a service")),
        at_stake=[_("The service is taken out of the register for good. Assessments of the vendor do not change.")],
        submit=_("Delete the service"),
        back=service.vendor.get_absolute_url(),
    )


@form_view
def contact_add(request: MemberRequest, pk: int) -> HttpResponse:
    vendor = vendor_of(request, pk)
    form = ContactForm(request.POST or None, vendor=vendor, initial={"language": request.member.organisation.language})
    if request.method == "POST" and form.is_valid():
        part = register.add_part(request.member, form.instance)
        messages.success(request, _("%(name)s is added.") % {"name": part.name})
        return _back_to(vendor, "contacts")
    return edit_page(
        request,
        form,
        heading=_("Add a contact"),
        section=_("Vendors"),
        crumbs=crumbs("vendor_list", _("Vendors"), vendor, _("Add a contact")),
        lead=_("A person at this vendor."),
        submit=_("Add the contact"),
        back=vendor.get_absolute_url(),
    )


@form_view
def contact_edit(request: MemberRequest, pk: int) -> HttpResponse:
    contact = fetch(request, CONTACTS, pk)
    form = ContactForm(request.POST or None, instance=fetch(request, CONTACTS, pk), vendor=contact.vendor)
    if request.method == "POST" and form.is_valid():
        register.change_part(request.member, form.instance, changed=form.changed_data)
        messages.success(request, _("Saved."))
        return _back_to(contact.vendor, "contacts")
    return edit_page(
        request,
        form,
        heading=_("Edit %(name)s") % {"name": contact.name},
        section=_("Vendors"),
        crumbs=crumbs("vendor_list", _("Vendors"), contact.vendor, _("Edit a contact")),
        back=contact.vendor.get_absolute_url(),
    )


@form_view
def contact_delete(request: MemberRequest, pk: int) -> HttpResponse:
    contact = fetch(request, CONTACTS, pk)
    if request.method == "POST":
        register.delete_part(request.member, contact)
        messages.success(request, _("%(name)s is deleted.") % {"name": contact.name})
        return _back_to(contact.vendor, "contacts")
    return confirm_page(
        request,
        heading=_("Delete %(name)s?") % {"name": contact.name},
        section=_("Vendors"),
        crumbs=crumbs("vendor_list", _("Vendors"), contact.vendor, _("Delete a contact")),
        at_stake=[
            _("The contact is taken out of the register for good. The audit trail keeps that it was there."),
            *_pages_that_call(contact),
        ],
        submit=_("Delete the contact"),
        back=contact.vendor.get_absolute_url(),
    )


def _pages_that_call(contact: Contact) -> list[str]:
    """One sentence, where the pages for when something breaks name this contact: it goes from there, too."""
    calls = (
        EmergencyCall.objects.filter(contact=contact).select_related("plan__service").order_by("plan__service__name")
    )
    names = list(dict.fromkeys(call.plan.service.name for call in calls))
    if not names:
        return []
    said = {"services": joined(names)}
    return [_("It stands on the page for when these break, and goes from there, too: %(services)s.") % said]


def _back_to(vendor: Vendor, section: str) -> HttpResponse:
    return redirect(f"{vendor.get_absolute_url()}#{section}")
