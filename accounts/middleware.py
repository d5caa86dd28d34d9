"""Refuse by default: who is asking, for which organisation, and whether the route is theirs."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from typing import Any, cast

import structlog
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout
from django.contrib.auth.middleware import AuthenticationMiddleware
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.db import Error
from django.http import Http404, HttpRequest, HttpResponse, UnreadablePostError
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import SimpleLazyObject
from django.utils.translation import gettext as _
from django_htmx.http import HttpResponseClientRedirect
from django_structlog.middlewares import RequestMiddleware

from accounts import language, own_sign_in, visitor
from accounts.access import Gate, OurRequest, may, required, right_for, user_of
from accounts.logs import redacted
from accounts.mail import CHOICE
from accounts.models import Membership, User
from accounts.sending import kept, way_back
from accounts.signed_in import memberships_of, whoever_asks
from groundwork.clean_text import without_controls
from groundwork.database import is_away

log = structlog.get_logger(__name__)
SESSION_KEY = "organisation"
Handler = Callable[[HttpRequest], HttpResponse]


class SignedIn(AuthenticationMiddleware):
    """Who asks, once it is asked for: read with their memberships."""

    def process_request(self, request: HttpRequest) -> None:
        super().process_request(request)
        request.user = cast(User, SimpleLazyObject(lambda: whoever_asks(cast(OurRequest, request))))


class LoginRequired:
    """Everything but the public routes asks for a sign-in; an unlisted route is not found."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: OurRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: OurRequest, view: Any, args: Any, kwargs: Any) -> HttpResponse | None:
        gate = required(request.resolver_match.view_name)
        if gate is None:
            raise Http404("No access rule names this route.")
        if gate in (Gate.PUBLIC, Gate.LINK, Gate.API) or request.user.is_authenticated:
            return None
        if gate is Gate.STAFF:  # the admin shows its own sign-in; what was typed is kept here as anywhere
            is_sent = request.method == "POST" and not request.resolver_match.view_name.startswith("admin:log")
            return _to_sign_in(request, "admin:login") if is_sent else None
        return _to_sign_in(request, settings.LOGIN_URL)


def _to_sign_in(request: OurRequest, login: str) -> HttpResponse:
    """By the sign-in to the page that was asked for; to that of the form, if one was sent.

    The whole page goes there: htmx would follow a redirect and put the sign-in into the part that it asked for.
    autosave.js asks without htmx, keeps what it has by itself, and takes the redirect as its sign.
    """
    page = request.get_full_path()
    if request.method == "POST":
        row = None if way_back.saves_by_itself(request) else way_back.keep_and_tell(request)
        page = kept.address_of(row) if row else kept.page_without_form(request)
    elif request.htmx:
        page = request.htmx.current_url_abs_path or reverse("home")
    sign_in = redirect_to_login(page, login)
    return HttpResponseClientRedirect(sign_in.url) if request.htmx else sign_in


class CurrentMember:
    """Sets `request.member` (None without a membership) and `request.memberships`; holds each route's right."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: OurRequest) -> HttpResponse:
        request.memberships, request.member = [], None
        return self.get_response(request)

    def process_view(self, request: OurRequest, view: Any, args: Any, kwargs: Any) -> HttpResponse | None:
        if required(request.resolver_match.view_name) is Gate.API:
            return None  # the door of the API has said who it is
        if request.user.is_authenticated and (ended := _memberships(request)):
            return ended if required(request.resolver_match.view_name) is not Gate.PUBLIC else None
        right = right_for(required(request.resolver_match.view_name))
        if right is not None and not may(request.member, right):
            raise PermissionDenied
        return None


class AfterSignIn:
    """From a sign-in on the pages follow the language of the profile, which is what was chosen on the way in where
    something was; and this browser is known for the account."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: OurRequest) -> HttpResponse:
        response = self.get_response(request)
        user = getattr(request, "signed_in_as", None)
        if user is not None:
            language.keep(response, language.at_sign_in(request, user), secure=request.is_secure())
            visitor.remember(response, user, secure=request.is_secure())
        return response


def _memberships(request: OurRequest) -> HttpResponse | None:
    """Set those that this session opens. To the sign-in, and the session has ended, where it opens none any more:
    because their organisation has its own sign-in now, or because what its provider vouched for has run out."""
    session = own_sign_in.through(request)
    every = memberships_of(user_of(request))
    request.memberships = own_sign_in.opened_by(session, every, timezone.now())
    route = request.resolver_match.view_name
    if not request.memberships and (session or (every and not user_of(request).is_staff)):
        to_sign_in = _to_sign_in(request, settings.LOGIN_URL)
        logout(request)
        messages.info(request, _("Your session has ended: sign in again, through your organisation."))
        return to_sign_in
    has_others = len(request.memberships) < len(every)
    if session and (required(route) is Gate.STAFF or own_sign_in.closed_to(session, route, has_others=has_others)):
        raise PermissionDenied(
            _("You came in through your organisation’s sign-in. This page belongs to the account itself.")
        )
    request.member = _current(request)
    return None


def _current(request: OurRequest) -> Membership | None:
    for member in request.memberships:
        if request.method == "GET" and member.organisation.slug == request.GET.get(CHOICE):
            request.session[SESSION_KEY] = member.organisation_id  # a mail led here: what they do next belongs here
    chosen = request.session.get(SESSION_KEY)
    for member in request.memberships:
        if member.organisation_id == chosen:
            return member
    return request.memberships[0] if request.memberships else None


class PrivateUnlessSaid:
    """No page is kept by a browser, or by anything on the way to it, unless its view says so: almost each shows what
    only its reader may see, and a browser that is shared would show it to the next one after the sign-out."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        response.headers.setdefault("Cache-Control", "private, no-store")
        return response


ASKED_ALL_THE_TIME = ("/healthz", "/readyz", "/metrics")  # by machines; what the first are told is logged on change


class RequestLog(RequestMiddleware):
    """One line a request, without the tokens that stand in the addresses of mailed links."""

    def __call__(self, request: HttpRequest) -> Any:
        if request.path in ASKED_ALL_THE_TIME:
            return self.get_response(request)
        return super().__call__(request)

    @staticmethod
    def format_request(request: HttpRequest) -> str:
        return redacted(f"{request.method} {request.get_full_path()}")

    @classmethod
    def bind_ip(cls, request: HttpRequest) -> None:
        """The visitor's address, not that of our own proxies."""
        structlog.contextvars.bind_contextvars(ip=visitor.address_of(request))

    @staticmethod
    def bind_user_id(request: HttpRequest) -> None:
        """Who asks, where the database can tell: /healthz and /readyz answer without it, too."""
        with suppress(Error):
            RequestMiddleware.bind_user_id(request)

    def _process_exception(self, request: HttpRequest, exception: Exception) -> None:
        """A database that is away is one line: its traceback is the same for every page, 24 kB each."""
        if not is_away(exception):
            super()._process_exception(request, exception)
            return
        request._raised_exception = exception  # type: ignore[attr-defined]  # nothing more is said of this request
        reason = str(exception).partition("\n")[0]
        log.error("database_away", code=503, request=self.format_request(request), error=reason)


class PostedTexts:
    """What anybody sends in a form comes in without control characters, whoever they are and whatever the form: they
    would be kept, and printed. A password is what it is."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, *_view: Any) -> None:
        if request.method != "POST":
            return
        try:
            sent = request.POST
        except UnreadablePostError:
            return  # for whoever reads it next
        texts = {name: [without_controls(text) for text in values] for name, values in sent.lists()}
        told = {name: texts[name] for name in texts if "password" not in name and texts[name] != sent.getlist(name)}
        if told:
            clean = sent.copy()
            for name, values in told.items():
                clean.setlist(name, values)
            request.POST = clean  # type: ignore[assignment]  # Django sets it so itself
