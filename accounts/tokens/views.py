"""Pages of tokens: one's own, and of an administrator those of the organisation and the systems that work for it."""

from __future__ import annotations

from collections.abc import Callable

from django.conf import settings
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.cache import add_never_cache_headers
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from accounts.access import MemberRequest
from accounts.api import scopes
from accounts.fetching import fetch
from accounts.models import ApiToken, Membership
from accounts.sending import once
from accounts.tokens import connected, listing, making
from accounts.tokens.forms import ConnectedForm, TokenForm
from accounts.tokens.making import Made
from groundwork.pages import Crumb, confirm_page, crumbs, edit_page
from groundwork.responses import form_view, or_beside, or_say_why, post_data


# One's own ------------------------------------------------------------------------------------------------------
@require_GET
def token_list(request: MemberRequest) -> HttpResponse:
    context = {
        "tokens": listing.of_member(request.member, timezone.now()),
        "crumbs": crumbs("profile", _("Profile"), _("API tokens")),
    }
    return render(request, "accounts/tokens/token_list.html", context)


@form_view
def token_add(request: MemberRequest) -> HttpResponse:
    form = TokenForm(post_data(request), offered=scopes.of_member(request.member))
    if request.method == "POST" and form.is_valid():
        made = making.make(request.member, by=request.user, now=timezone.now(), **form.asked)
        return _made(request, made, back="token_list", above=_of_mine)
    return edit_page(
        request,
        form,
        heading=_("Make an API token"),
        section=_("API tokens"),
        crumbs=_of_mine(_("Make an API token")),
        lead=_("A key for a program that works for you. It can do what you tick, and never more than you."),
        submit=_("Make the token"),
        back="token_list",
    )


@form_view
def token_revoke(request: MemberRequest, pk: int) -> HttpResponse:
    token = fetch(request, ApiToken.objects, pk)
    if token.member_id != request.member.pk:
        raise PermissionDenied
    return _revoke(request, token, back="token_list", above=_of_mine)


# The organisation's ---------------------------------------------------------------------------------------------
@require_GET
def api_access(request: MemberRequest) -> HttpResponse:
    """What works for the organisation through the API, and every token, also those of people."""
    context = {
        "services": connected.of_organisation(request.member),
        "tokens": listing.of_organisation(request.member, timezone.now()),
    }
    return render(request, "accounts/tokens/api_access.html", context)


@form_view
def api_access_revoke(request: MemberRequest, pk: int) -> HttpResponse:
    return _revoke(request, fetch(request, ApiToken.objects, pk), back="api_access", above=_of_all)


@form_view
def connected_add(request: MemberRequest) -> HttpResponse:
    form = ConnectedForm(post_data(request))
    if request.method == "POST" and form.is_valid():
        with or_beside(form):
            made = connected.add(request.member, now=timezone.now(), **form.asked)
            return _made(request, made, back="api_access", above=_of_all)
    return edit_page(
        request,
        form,
        heading=_("Connect a system"),
        section=_("API access"),
        crumbs=_of_all(_("Connect a system")),
        lead=_(
            "It gets a name and a token of its own, so that it goes on working when you leave. What waits for your own "
            "answers waits for it, too: it reads nothing that you may not read yet."
        ),
        submit=_("Connect it"),
        back="api_access",
    )


@form_view
def connected_token(request: MemberRequest, pk: int) -> HttpResponse:
    """One more for the same system: both are valid until the old one is withdrawn."""
    service = _service(request, pk)
    form = TokenForm(post_data(request), offered=scopes.of_services(), initial={"name": str(service.user)})
    if request.method == "POST" and form.is_valid():
        with or_beside(form):
            made = connected.add_token(request.member, service, now=timezone.now(), **form.asked)
            return _made(request, made, back="api_access", above=_of_all)
    said = {"name": service.user}
    return edit_page(
        request,
        form,
        heading=_("Another token for %(name)s") % said,
        section=_("API access"),
        crumbs=_of_all(_("Another token for %(name)s") % said),
        lead=_("The tokens that it has stay valid: enter the new one in the tool, then withdraw the old one."),
        submit=_("Make the token"),
        back="api_access",
    )


@form_view
def connected_take_over(request: MemberRequest, pk: int) -> HttpResponse:
    service = _service(request, pk)
    said = {"name": service.user, "maker": service.user.made_by or _("nobody")}
    if request.method == "POST":
        with or_say_why(request):
            connected.take_over(request.member, service, now=timezone.now())
            messages.success(request, _("You look after %(name)s from now on.") % said)
        return redirect("api_access")
    return confirm_page(
        request,
        heading=_("Take over %(name)s") % said,
        section=_("API access"),
        crumbs=_of_all(_("Take over %(name)s") % said),
        lead=_("So far it reads for %(maker)s, from now on for you: what waits for your answers waits for it.") % said,
        at_stake=[
            _(
                "Tokens that somebody made who is still a member here end now, because they may know them: make a new "
                "one and enter it in the tool. Where they have left, the tokens go on working; make new ones all the "
                "same, as soon as you can."
            )
        ],
        submit=_("Take it over"),
        danger=False,
        back="api_access",
    )


@form_view
def connected_end(request: MemberRequest, pk: int) -> HttpResponse:
    service = _service(request, pk)
    said = {"name": service.user}
    if request.method == "POST":
        with or_say_why(request):
            connected.end(request.member, service, now=timezone.now())
            messages.success(request, _("%(name)s is no longer connected.") % said)
        return redirect("api_access")
    return confirm_page(
        request,
        heading=_("End the connection of %(name)s") % said,
        section=_("API access"),
        crumbs=_of_all(_("End the connection of %(name)s") % said),
        lead=_("All its tokens are withdrawn and open nothing any more, from this moment."),
        at_stake=[_("What it wrote stays, under its name. It cannot be connected again: connect a new one then.")],
        submit=_("End the connection"),
        back="api_access",
    )


# Both -----------------------------------------------------------------------------------------------------------
Above = Callable[[str], list[Crumb]]  # the crumbs of a page of this title


def _of_mine(title: str) -> list[Crumb]:
    return crumbs("profile", _("Profile"), "token_list", _("API tokens"), title)


def _of_all(title: str) -> list[Crumb]:
    return crumbs("api_access", _("API access"), title)


def _service(request: MemberRequest, pk: int) -> Membership:
    return fetch(request, Membership.everybody.services().active().select_related("user__made_by"), pk)


def _made(request: MemberRequest, made: Made, *, back: str, above: Above) -> HttpResponse:
    """The one page that shows the token: it answers the POST itself, because the token is kept nowhere."""
    once.lead_to(request, redirect(back).url)
    title = _("The new token")
    context = {"made": made, "crumbs": above(title), "back": back, "base_url": settings.BASE_URL}
    response = render(request, "accounts/tokens/token_made.html", context)
    add_never_cache_headers(response)
    return response


def _revoke(request: MemberRequest, token: ApiToken, *, back: str, above: Above) -> HttpResponse:
    said = {"name": token.name}
    if request.method == "POST":
        making.revoke(token, by=request.user, now=timezone.now())
        messages.success(request, _("The token “%(name)s” opens nothing any more.") % said)
        return redirect(back)
    return confirm_page(
        request,
        heading=_("Withdraw the token “%(name)s”") % said,
        title=_("Withdraw the token"),
        section=token.name,
        crumbs=above(_("Withdraw the token")),
        lead=_("It begins with %(start)s. Whatever uses it stands still from this moment.") % {"start": token.start},
        at_stake=[_("It cannot be taken back: make a new one then.")],
        submit=_("Withdraw the token"),
        back=back,
    )
