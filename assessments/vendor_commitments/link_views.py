"""The page on which members show a vendor its commitments: who has a link, when they last looked, what they know."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.cache import add_never_cache_headers
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from accounts.access import MemberRequest, Right, may
from accounts.fetching import fetch
from accounts.mailed_links.forms import BY_MAIL, ExtendForm
from accounts.sending import once
from assessments.models import Commitment, CommitmentLink
from assessments.vendor_commitments import links, telling
from assessments.vendor_commitments.link_forms import ShowForm
from assessments.vendor_side.links import in_words
from groundwork.pages import Crumb, confirm_page, crumbs, edit_page
from groundwork.responses import form_view, or_say_why, post_data
from groundwork.words import day
from vendors.fetching import vendor_of
from vendors.models import Vendor

LINKS = CommitmentLink.objects.select_related(*links.RELATED)


@require_safe
def commitment_links(request: MemberRequest, pk: int) -> HttpResponse:
    """Who at the vendor reads its commitments, whether the link arrived, and what they have not been told yet."""
    vendor = vendor_of(request, pk)
    return _page(request, vendor, ShowForm(vendor=vendor))


def _page(request: MemberRequest, vendor: Vendor, form: ShowForm) -> HttpResponse:
    now = timezone.now()
    rows = in_words(links.of_vendor(request.member, vendor), now)
    context = {
        "vendor": vendor,
        "links": rows,
        "reaches_nobody": not any(row.is_live and row.state != "expired" for row in rows),
        "form": form,
        "waiting": telling.waiting_of(vendor).count(),
        "has_commitments": Commitment.objects.filter(vendor=vendor).exists(),
        "may_change": may(request.member, Right.ASSESS),
        "now": now,
    }
    return render(request, "assessments/vendor_commitments/commitment_links.html", context)


@form_view
def commitment_link_add(request: MemberRequest, pk: int) -> HttpResponse:
    """Make a link and mail it, or show it to copy: whichever button was pressed."""
    vendor = vendor_of(request, pk)
    if request.method != "POST":
        return redirect("commitment_links", pk)
    by_mail = request.POST.get("by") == BY_MAIL
    form = ShowForm(request.POST, vendor=vendor, by_mail=by_mail)
    if not form.is_valid():
        return _page(request, vendor, form)
    with or_say_why(request):
        now = timezone.now()
        link, token = links.create(
            request.member, form.cleaned_data["contact"], expires_at=form.expires_at(now), now=now
        )
        once.lead_to(request, _links_of(vendor.pk))
        return _issued(request, link, token, by_mail=by_mail)
    return redirect("commitment_links", pk)


@form_view
def commitment_link_renew(request: MemberRequest, pk: int) -> HttpResponse:
    """Send it again, or make it anew to copy: either way the earlier one ends, so the page asks first."""
    link = fetch(request, LINKS, pk)
    if request.method != "POST":
        context = {"link": link, "vendor": link.vendor, "back": _links_of(link.vendor_id)}
        return render(request, "assessments/vendor_commitments/commitment_link_renew.html", context)
    with or_say_why(request):
        renewed, token = links.renew(request.member, link, now=timezone.now())
        once.lead_to(request, _links_of(link.vendor_id))
        return _issued(request, renewed, token, by_mail=request.POST.get("by") == BY_MAIL)
    return redirect("commitment_links", link.vendor_id)


def _issued(request: MemberRequest, link: CommitmentLink, token: str, *, by_mail: bool) -> HttpResponse:
    """The one page that shows the link: it answers the POST itself, because the token is kept nowhere."""
    is_sent = telling.send(link, token, asker=request.user, now=timezone.now()) if by_mail else False
    context = {
        "link": link,
        "vendor": link.vendor,
        "back": _links_of(link.vendor_id),
        "address": links.address(token),
        "is_sent": is_sent,
        "is_refused": by_mail and not is_sent,
    }
    response = render(request, "assessments/vendor_commitments/commitment_link_issued.html", context)
    add_never_cache_headers(response)
    return response


@require_POST
def commitment_link_tell(request: MemberRequest, pk: int) -> HttpResponse:
    """Write to the contact what waits for their word; they come in by the link that they have."""
    link = fetch(request, LINKS, pk)
    count = telling.waiting_of(link.vendor).count()
    if not count:
        messages.info(request, _("Nothing waits for the vendor’s word, so nobody was written to."))
    elif telling.tell_contact(link, now=timezone.now()):
        told = ngettext(
            "%(name)s is told by mail that %(count)s commitment waits for their word.",
            "%(name)s is told by mail that %(count)s commitments wait for their word.",
            count,
        )
        messages.success(request, told % {"name": link.name, "count": count})
    else:
        refused = _("The mail to %(name)s could not be sent. Send the link again, or hand it over yourself.")
        messages.error(request, refused % {"name": link.name})
    return redirect("commitment_links", link.vendor_id)


@form_view
def commitment_link_extend(request: MemberRequest, pk: int) -> HttpResponse:
    link = fetch(request, LINKS, pk)
    form = ExtendForm(post_data(request), link=link, today=timezone.localdate())
    if request.method == "POST" and form.is_valid():
        with or_say_why(request):
            links.extend(request.member, link, expires_at=form.expires_at, now=timezone.now())
            messages.success(request, _("The link of %(name)s is valid longer.") % {"name": link.name})
        return redirect("commitment_links", link.vendor_id)
    return edit_page(
        request,
        form,
        heading=_("Extend the link of %(name)s") % {"name": link.name},
        title=_("Extend the link"),
        section=link.vendor.name,
        crumbs=_crumbs(link.vendor, _("Extend the link")),
        lead=_("So far it is valid until %(day)s. The link itself stays the same.") % {"day": day(link.expires_at)},
        submit=_("Extend"),
        back=_links_of(link.vendor_id),
    )


@form_view
def commitment_link_revoke(request: MemberRequest, pk: int) -> HttpResponse:
    link = fetch(request, LINKS, pk)
    if request.method != "POST":
        return confirm_page(
            request,
            heading=_("Withdraw the link of %(name)s") % {"name": link.name},
            title=_("Withdraw the link"),
            section=link.vendor.name,
            crumbs=_crumbs(link.vendor, _("Withdraw the link")),
            lead=_("It opens nothing any more, also where it is open at this moment."),
            at_stake=[_("What was said by it stays. You can make a new link later.")],
            submit=_("Withdraw the link"),
            back=_links_of(link.vendor_id),
        )
    with or_say_why(request):
        links.revoke(request.member, link, now=timezone.now())
        messages.success(request, _("The link of %(name)s no longer opens anything.") % {"name": link.name})
    return redirect("commitment_links", link.vendor_id)


def _links_of(vendor_id: int) -> str:
    return reverse("commitment_links", args=[vendor_id])


def _crumbs(vendor: Vendor, here: str) -> list[Crumb]:
    return crumbs("vendor_list", _("Vendors"), vendor, _links_of(vendor.pk), _("What the vendor sees"), here)
