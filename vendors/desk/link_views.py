"""The page on which members look after a vendor's links: who has one, when they last looked, what waits for them."""

from __future__ import annotations

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.access import MemberRequest, Right, may
from accounts.fetching import fetch
from accounts.mailed_links.forms import BY_MAIL, ContactLinkForm
from accounts.mailed_links.lifecycle import in_words
from accounts.mailed_links.member_pages import MemberPages
from groundwork.pages import Crumb, crumbs
from groundwork.responses import form_view, or_say_why
from vendors.desk import links, telling
from vendors.desk.matters import Matter, matters_of
from vendors.fetching import vendor_of
from vendors.models import Contact, DeskLink, Vendor
from vendors.withheld import withheld

LINKS = DeskLink.objects.select_related(*links.RELATED)


class DeskLinkForm(ContactLinkForm):
    lengths, usual = (90, links.DEFAULT_DAYS, 365), links.DEFAULT_DAYS


@require_safe
def desk_links(request: MemberRequest, pk: int) -> HttpResponse:
    """Who at the vendor has a link, whether it arrived, and what stands on the desk."""
    vendor = vendor_of(request, pk)
    return _page(request, vendor, DeskLinkForm(not_asked=_not_asked(vendor)))


def _page(request: MemberRequest, vendor: Vendor, form: DeskLinkForm) -> HttpResponse:
    now = timezone.now()
    rows = in_words(links.of_vendor(request.member, vendor), now)
    matters = _on_the_desk(request, vendor)
    context = {
        "vendor": vendor,
        "links": rows,
        "reaches_nobody": not any(row.is_open for row in rows),
        "form": form,
        "matters": matters,
        "waiting": sum(matter.waits for matter in matters),
        "is_withheld": vendor.pk in withheld(request.member),
        "may_change": may(request.member, Right.EDIT_VENDORS),
    }
    return render(request, "vendors/desk/desk_links.html", context)


def _on_the_desk(request: MemberRequest, vendor: Vendor) -> list[Matter]:
    """What the vendor finds, whichever link it comes by; less what a member who still judges it must not know."""
    anybody = DeskLink(pk=0, vendor=vendor, created_at=timezone.now())
    matters = matters_of(anybody, today=timezone.localdate())
    return [one for one in matters if one.is_open] if vendor.pk in withheld(request.member) else list(matters)


def _not_asked(vendor: Vendor) -> QuerySet[Contact]:
    taken = DeskLink.objects.filter(vendor=vendor, revoked_at=None, contact__isnull=False)
    return Contact.objects.filter(vendor=vendor).exclude(pk__in=taken.values("contact"))


@form_view
def desk_link_add(request: MemberRequest, pk: int) -> HttpResponse:
    """Make a link and mail it, or show it to copy: whichever button was pressed."""
    vendor = vendor_of(request, pk)
    if request.method != "POST":
        return redirect("desk_links", pk)
    by_mail = request.POST.get("by") == BY_MAIL
    form = DeskLinkForm(request.POST, not_asked=_not_asked(vendor), by_mail=by_mail)
    if not form.is_valid():
        return _page(request, vendor, form)
    with or_say_why(request):
        now, contact = timezone.now(), form.cleaned_data["contact"]
        link, token = links.create(request.member, contact, expires_at=form.expires_at(now), now=now)
        return PAGES.issued(request, link, token, by_mail=by_mail)
    return redirect("desk_links", pk)


@form_view
def desk_link_renew(request: MemberRequest, pk: int) -> HttpResponse:
    return PAGES.renew(request, fetch(request, LINKS, pk))


@form_view
def desk_link_extend(request: MemberRequest, pk: int) -> HttpResponse:
    return PAGES.extend(request, fetch(request, LINKS, pk))


@form_view
def desk_link_revoke(request: MemberRequest, pk: int) -> HttpResponse:
    stays = _("What was said by it stays. You can make a new link later.")
    return PAGES.revoke(request, fetch(request, LINKS, pk), stays=stays)


@require_POST
def desk_link_tell(request: MemberRequest, pk: int) -> HttpResponse:
    """Write to the contact what waits for their word; they come in by the link that they have."""
    link, now = fetch(request, LINKS, pk), timezone.now()
    if telling.tell(link, asker=request.user, now=now):
        messages.success(request, _("%(name)s is told by mail what waits for their word.") % {"name": link.name})
    elif not telling.context_of(link, None, now=now)["waiting"]:
        messages.info(request, _("Nothing waits for the vendor’s word, so nobody was written to."))
    else:
        refused = _("The mail to %(name)s could not be sent. Send the link again, or hand it over yourself.")
        messages.error(request, refused % {"name": link.name})
    return redirect("desk_links", link.vendor_id)


def _links_of(link: DeskLink) -> str:
    return reverse("desk_links", args=[link.vendor_id])


def _crumbs(link: DeskLink, here: str) -> list[Crumb]:
    return crumbs("vendor_list", _("Vendors"), link.vendor, _links_of(link), _("What the vendor can open"), here)


PAGES: MemberPages[DeskLink] = MemberPages(
    life=links.LIFE,
    send=lambda request, link, token: telling.send(link, token, asker=request.user, now=timezone.now()),
    back=_links_of,
    crumbs=_crumbs,
    section=lambda link: link.vendor.name,
)
