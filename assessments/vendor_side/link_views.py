"""The vendor's way in by a link, and the page on which the assessment's owner looks after the links."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.cache import add_never_cache_headers
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts import language
from accounts.access import MemberRequest, Right, may
from accounts.fetching import fetch
from accounts.mailed_links.forms import BY_MAIL, EnterForm, ExtendForm
from accounts.mailed_links.links import state_of
from accounts.mailed_links.pages import guarded
from accounts.models import LinkState
from accounts.sending import kept, once
from assessments.fetching import assessment_of
from assessments.independence import let_read
from assessments.lifecycle import transitions
from assessments.lifecycle.effort import effort_of
from assessments.models import Assessment, AssessmentState, LinkPurpose, VendorLink
from assessments.vendor_side import links, reply
from assessments.vendor_side.guard import DESK, closed_link, with_asker
from assessments.vendor_side.link_forms import LinkForm
from groundwork.pages import Crumb, confirm_page, crumbs, edit_page
from groundwork.responses import form_view, or_say_why, post_data
from groundwork.words import day

LINKS = VendorLink.objects.select_related(*links.RELATED, "contact")


@form_view
@guarded
def vendor_link(request: HttpRequest, token: str) -> HttpResponse:
    """What the mailed link opens. Only POST goes in: mail scanners open links, and must not count as the contact."""
    now = timezone.now()
    link = links.find(token)
    state = state_of(link, now)
    if link is None or state is not LinkState.OPEN:
        return closed_link(request, link, state)
    language.follow(request, link.language)
    form = EnterForm(post_data(request), language=translation.get_language())
    if request.method == "POST" and form.is_valid():
        if not links.note_opened(link, now=now):
            return closed_link(request, link, LinkState.REPLACED)
        return _let_in(request, link, form.cleaned_data["language"])
    return render(request, "assessments/vendor_side/vendor_link.html", _way_in(link) | {"form": form})


def _way_in(link: VendorLink) -> dict[str, Any]:
    """What stands before the door: who asks for what, until when, and how far whoever comes back is."""
    asked = links.progress(link.response) if link.response else None
    sent = link.response.submitted_at if link.response else link.reply_request and link.reply_request.submitted_at
    return with_asker(link) | {
        "due_on": links.due_of(link),
        "progress": asked,
        "effort": link.response and effort_of(link.response),
        "is_sent": sent is not None,
        "replied": link.reply_request and reply.far_as(link.reply_request),
    }


def _let_in(request: HttpRequest, link: VendorLink, chosen: str) -> HttpResponse:
    """To the desk, with the cookie for it and for nothing else; to a form that could not be taken, if one waits."""
    desk = reverse("vendor_reply" if link.purpose == LinkPurpose.REPLY else "vendor_desk", args=[link.pk])
    waiting = kept.newest_of(link.who, timezone.now())
    response = HttpResponseRedirect(kept.address_of(waiting) if waiting else desk)
    DESK.give(response, link, secure=request.is_secure())
    language.keep(response, chosen, secure=request.is_secure())
    return response


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
        "links": links.in_words(rows, timezone.now()),
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
        once.lead_to(request, reverse("assessment_vendor", args=[pk]))
        return _issued(request, link, token, by_mail=by_mail)
    return redirect("assessment_vendor", pk)


@form_view
def link_renew(request: MemberRequest, pk: int) -> HttpResponse:
    """Send it again, or make it anew to copy: either way the earlier one ends, so the page asks first."""
    link = fetch(request, LINKS, pk)
    if not links.may_change(request.member, link.assessment, link.purpose):
        raise PermissionDenied
    if request.method != "POST":
        context = {"link": link, "assessment": link.assessment, "back": _links_of(link.assessment)}
        return render(request, "assessments/vendor_side/link_renew.html", context)
    with or_say_why(request):
        renewed, token = links.renew(request.member, link)
        if link.purpose == LinkPurpose.REPLY:
            let_read(link.assessment, request.user)  # the result stands behind the address, which they now hold
        return _issued(request, renewed, token, by_mail=request.POST.get("by") == BY_MAIL)
    return redirect("assessment_vendor", link.assessment_id)


def _issued(request: MemberRequest, link: VendorLink, token: str, *, by_mail: bool) -> HttpResponse:
    """The one page that shows the link: it answers the POST itself, because the token is kept nowhere."""
    is_sent = links.send(link, token, member=request.member) if by_mail else False
    context = {
        "link": link,
        "assessment": link.assessment,
        "back": _links_of(link.assessment),
        "address": links.address(token),
        "is_sent": is_sent,
        "is_refused": by_mail and not is_sent,
    }
    response = render(request, "assessments/vendor_side/link_issued.html", context)
    add_never_cache_headers(response)
    return response


@form_view
def link_extend(request: MemberRequest, pk: int) -> HttpResponse:
    link = fetch(request, LINKS, pk)
    form = ExtendForm(post_data(request), link=link, today=timezone.localdate())
    if request.method == "POST" and form.is_valid():
        with or_say_why(request):
            links.extend(request.member, link, expires_at=form.expires_at)
            messages.success(request, _("The link of %(name)s is valid longer.") % {"name": link.name})
        return redirect("assessment_vendor", link.assessment_id)
    return edit_page(
        request,
        form,
        heading=_("Extend the link of %(name)s") % {"name": link.name},
        title=_("Extend the link"),
        section=link.assessment.reference,
        crumbs=_crumbs(link.assessment, _("Extend the link")),
        lead=_("So far it is valid until %(day)s. The link itself stays the same.") % {"day": day(link.expires_at)},
        submit=_("Extend"),
        back=reverse("assessment_vendor", args=[link.assessment_id]),
    )


@form_view
def link_revoke(request: MemberRequest, pk: int) -> HttpResponse:
    link = fetch(request, LINKS, pk)
    if request.method != "POST":
        return confirm_page(
            request,
            heading=_("Withdraw the link of %(name)s") % {"name": link.name},
            title=_("Withdraw the link"),
            section=link.assessment.reference,
            crumbs=_crumbs(link.assessment, _("Withdraw the link")),
            lead=_("It opens nothing any more, also where it is open at this moment."),
            at_stake=[_("What was answered by it stays. You can make a new link later.")],
            submit=_("Withdraw the link"),
            back=reverse("assessment_vendor", args=[link.assessment_id]),
        )
    with or_say_why(request):
        links.revoke(request.member, link)
        messages.success(request, _("The link of %(name)s no longer opens anything.") % {"name": link.name})
    return redirect("assessment_vendor", link.assessment_id)


def _links_of(assessment: Assessment) -> str:
    return reverse("assessment_vendor", args=[assessment.pk])


def _crumbs(assessment: Assessment, here: str) -> list[Crumb]:
    answers = _links_of(assessment)
    return crumbs("assessment_list", _("Assessments"), assessment, answers, _("The vendor’s answers"), here)


@require_POST
def vendor_reopen(request: MemberRequest, pk: int) -> HttpResponse:
    """Let the vendor answer again."""
    assessment = assessment_of(request, pk)
    with or_say_why(request):
        links.reopen(request.member, assessment)
        messages.success(request, _("The vendor can change its answers again, by the links that are valid."))
    return redirect("assessment_vendor", pk)
