"""The pages on which members look after links of one kind: the new address shown once, more time, the end of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Generic

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.cache import add_never_cache_headers
from django.utils.translation import gettext as _

from accounts.access import MemberRequest
from accounts.mailed_links.forms import BY_MAIL, ExtendForm
from accounts.mailed_links.lifecycle import Lifecycle, Link
from accounts.sending import once
from groundwork.pages import Crumb, confirm_page, edit_page
from groundwork.responses import or_say_why, post_data
from groundwork.words import day

FOLDER = "accounts/mailed_links/"


@dataclass(frozen=True, kw_only=True)
class MemberPages(Generic[Link]):
    """`send`: mails a link with its token for the member who asks; `back`: where the links are listed; `crumbs`: above
    a page of this title; `section`: whose link it is, at the end of the window's title."""

    life: Lifecycle[Link]
    send: Callable[[MemberRequest, Link, str], bool]
    back: Callable[[Link], str]
    crumbs: Callable[[Link, str], list[Crumb]]
    section: Callable[[Link], str]

    def issued(self, request: MemberRequest, link: Link, token: str, *, by_mail: bool) -> HttpResponse:
        """The one page that shows the link: it answers the POST itself, because the token is kept nowhere."""
        once.lead_to(request, self.back(link))
        is_sent = self.send(request, link, token) if by_mail else False
        about = {"address": self.life.address(token), "is_sent": is_sent, "is_refused": by_mail and not is_sent}
        context = self._about(link, _("The new link")) | about
        response = render(request, FOLDER + "link_issued.html", context)
        add_never_cache_headers(response)
        return response

    def renew(
        self, request: MemberRequest, link: Link, *, and_then: Callable[[Link], None] = lambda link: None
    ) -> HttpResponse:
        """Send it again, or make it anew to copy: either way the earlier one ends, so the page asks first."""
        if request.method != "POST":
            return render(request, FOLDER + "link_renew.html", self._about(link, _("Send the link again")))
        with or_say_why(request):
            renewed, token = self.life.renew(request.member, link, now=timezone.now())
            and_then(renewed)
            return self.issued(request, renewed, token, by_mail=request.POST.get("by") == BY_MAIL)
        return redirect(self.back(link))

    def extend(self, request: MemberRequest, link: Link) -> HttpResponse:
        form = ExtendForm(post_data(request), link=link, today=timezone.localdate())
        if request.method == "POST" and form.is_valid():
            with or_say_why(request):
                self.life.extend(request.member, link, expires_at=form.expires_at, now=timezone.now())
                messages.success(request, _("The link of %(name)s is valid longer.") % {"name": link.name})
            return redirect(self.back(link))
        return edit_page(
            request,
            form,
            heading=_("Extend the link of %(name)s") % {"name": link.name},
            title=_("Extend the link"),
            section=self.section(link),
            crumbs=self.crumbs(link, _("Extend the link")),
            lead=_("So far it is valid until %(day)s. The link itself stays the same.") % {"day": day(link.expires_at)},
            submit=_("Extend"),
            back=self.back(link),
        )

    def revoke(self, request: MemberRequest, link: Link, *, stays: str) -> HttpResponse:
        """`stays`: what is not lost with it."""
        if request.method != "POST":
            return confirm_page(
                request,
                heading=_("Withdraw the link of %(name)s") % {"name": link.name},
                title=_("Withdraw the link"),
                section=self.section(link),
                crumbs=self.crumbs(link, _("Withdraw the link")),
                lead=_("It opens nothing any more, also where it is open at this moment."),
                at_stake=[stays],
                submit=_("Withdraw the link"),
                back=self.back(link),
            )
        with or_say_why(request):
            self.life.revoke(request.member, link, now=timezone.now())
            messages.success(request, _("The link of %(name)s no longer opens anything.") % {"name": link.name})
        return redirect(self.back(link))

    def _about(self, link: Link, title: str) -> dict[str, Any]:
        return {
            "link": link,
            "section": self.section(link),
            "crumbs": self.crumbs(link, title),
            "back": self.back(link),
        }
