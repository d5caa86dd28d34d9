"""The vendor's way in by a link, and the page on which the assessment's owner looks after the links."""

from __future__ import annotations

from functools import partial
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.access import MemberRequest, Right, may
from accounts.fetching import fetch
from accounts.mailed_links.forms import BY_MAIL
from accounts.mailed_links.lifecycle import in_words
from accounts.mailed_links.member_pages import MemberPages
from accounts.mailed_links.pages import guarded
from assessments.fetching import assessment_of
from assessments.independence import let_read
from assessments.lifecycle import transitions
from assessments.lifecycle.effort import effort_of
from assessments.models import Assessment, AssessmentState, LinkPurpose, VendorLink
from assessments.vendor_side import links, reply
from assessments.vendor_side.guard import DOOR
from assessments.vendor_side.link_forms import LinkForm
from groundwork.pages import Crumb, crumbs
from groundwork.responses import form_view, or_say_why

LINKS = VendorLink.objects.select_related(*links.RELATED, "contact")


@form_view
@guarded
def vendor_link(request: HttpRequest, token: str) -> HttpResponse:
    """What the mailed link opens."""
    return DOOR.enter(request, token, "assessments/vendor_side/vendor_link.html", _way_in)


def _way_in(link: VendorLink) -> dict[str, Any]:
    """What stands before the door: who asks for what, until when, and how far whoever comes back is."""
    asked = links.progress(link.response) if link.response else None
    sent = link.response.submitted_at if link.response else link.reply_request and link.reply_request.submitted_at
    return {
        "due_on": links.due_of(link),
        "progress": asked,
        "effort": link.response and effort_of(link.response),
        "is_sent": sent is not None,
        "replied": link.reply_request and reply.far_as(link.reply_request),
    }


# The owner's page -----------------------------------------------------------------------------------------------
@require_safe
def assessment_vendor(request: MemberRequest, pk: int) -> HttpResponse:
    """Who at the vendor was asked, whether the link arrived, and how far they are; never what they have written."""
    assessment = assessment_of(request, pk)
    return _owner_page(request, assessment, LinkForm(assessment=assessment))


def _owner_page(request: MemberRequest, assessment: Assessment, form: LinkForm) -> HttpResponse:
    rows = list(VendorLink.objects.for_member(request.member).to_answer().filter(assessment=assessment))
    is_collecting = assessment.state == AssessmentState.COLLECTING
    context = {
        "assessment": assessment,
        "links": in_words(rows, timezone.now()),
        "side": links.vendor_side(assessment, rows),
        "form": form,
        "may_change": is_collecting and may(request.member, Right.ASSESS),
        "may_revoke": may(request.member, Right.ASSESS),
        "panel": reply.owner_panel(assessment, request.member),
        "not_now": "" if is_collecting else str(transitions.NOT_NOW[assessment.state]),
    }
    return render(request, "assessments/vendor_side/assessment_vendor.html", context)


@form_view
def link_add(request: MemberRequest, pk: int) -> HttpResponse:
    """Make a link and mail it, or show it to copy: whichever button was pressed."""
    assessment = assessment_of(request, pk)
    if request.method != "POST":
        return redirect("assessment_vendor", pk)
    by_mail = request.POST.get("by") == BY_MAIL
    form = LinkForm(request.POST, assessment=assessment, by_mail=by_mail)
    if not form.is_valid():
        return _owner_page(request, assessment, form)
    with or_say_why(request):
        contact, until = form.cleaned_data["contact"], form.expires_at(timezone.now())
        link, token = links.create(request.member, assessment, contact, expires_at=until)
        return PAGES.issued(request, link, token, by_mail=by_mail)
    return redirect("assessment_vendor", pk)


@form_view
def link_renew(request: MemberRequest, pk: int) -> HttpResponse:
    """Send it again, or make it anew to copy: either way the earlier one ends, so the page asks first."""
    link = fetch(request, LINKS, pk)
    if not links.may_change(request.member, link.assessment, link.purpose):
        raise PermissionDenied
    return PAGES.renew(request, link, and_then=partial(_note_that_it_is_read, request))


def _note_that_it_is_read(request: MemberRequest, link: VendorLink) -> None:
    """Behind the address of a link to reply, which the member now holds, stands the result."""
    if link.purpose == LinkPurpose.REPLY:
        let_read(link.assessment, request.user)


@form_view
def link_extend(request: MemberRequest, pk: int) -> HttpResponse:
    return PAGES.extend(request, fetch(request, LINKS, pk))


@form_view
def link_revoke(request: MemberRequest, pk: int) -> HttpResponse:
    stays = _("What was answered by it stays. You can make a new link later.")
    return PAGES.revoke(request, fetch(request, LINKS, pk), stays=stays)


def _links_of(link: VendorLink) -> str:
    return reverse("assessment_vendor", args=[link.assessment_id])


def _crumbs(link: VendorLink, here: str) -> list[Crumb]:
    answers = _links_of(link)
    return crumbs("assessment_list", _("Assessments"), link.assessment, answers, _("The vendor’s answers"), here)


PAGES: MemberPages[VendorLink] = MemberPages(
    life=links.LIFE,
    send=lambda request, link, token: links.send(link, token, member=request.member),
    back=_links_of,
    crumbs=_crumbs,
    section=lambda link: link.assessment.reference,
)


@require_POST
def vendor_reopen(request: MemberRequest, pk: int) -> HttpResponse:
    """Let the vendor answer again."""
    assessment = assessment_of(request, pk)
    with or_say_why(request):
        links.reopen(request.member, assessment)
        messages.success(request, _("The vendor can change its answers again, by the links that are valid."))
    return redirect("assessment_vendor", pk)
