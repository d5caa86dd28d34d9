"""The page on which members show a vendor its commitments: who has a link, when they last looked, what they know."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from accounts.access import MemberRequest, Right, may
from accounts.fetching import fetch
from accounts.mailed_links.forms import BY_MAIL
from accounts.mailed_links.lifecycle import in_words
from accounts.mailed_links.member_pages import MemberPages
from assessments.models import Commitment, CommitmentLink
from assessments.vendor_commitments import links, telling
from assessments.vendor_commitments.link_forms import ShowForm
from groundwork.pages import Crumb, crumbs
from groundwork.responses import form_view, or_say_why
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
        "reaches_nobody": not any(row.is_open for row in rows),
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
        return PAGES.issued(request, link, token, by_mail=by_mail)
    return redirect("commitment_links", pk)


@form_view
def commitment_link_renew(request: MemberRequest, pk: int) -> HttpResponse:
    return PAGES.renew(request, fetch(request, LINKS, pk))


@form_view
def commitment_link_extend(request: MemberRequest, pk: int) -> HttpResponse:
    return PAGES.extend(request, fetch(request, LINKS, pk))


@form_view
def commitment_link_revoke(request: MemberRequest, pk: int) -> HttpResponse:
    stays = _("What was said by it stays. You can make a new link later.")
    return PAGES.revoke(request, fetch(request, LINKS, pk), stays=stays)


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


def _links_of(link: CommitmentLink) -> str:
    return reverse("commitment_links", args=[link.vendor_id])


def _crumbs(link: CommitmentLink, here: str) -> list[Crumb]:
    return crumbs("vendor_list", _("Vendors"), link.vendor, _links_of(link), _("What the vendor sees"), here)


PAGES: MemberPages[CommitmentLink] = MemberPages(
    life=links.LIFE,
    send=lambda request, link, token: telling.send(link, token, asker=request.user, now=timezone.now()),
    back=_links_of,
    crumbs=_crumbs,
    section=lambda link: link.vendor.name,
)
