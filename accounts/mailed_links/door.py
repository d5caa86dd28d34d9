"""The way in by a link: the page before the door, the cookie behind it, and what whoever is not let in is told."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Any, Generic

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone, translation

from accounts import language
from accounts.mailed_links.cookies import DeskCookie
from accounts.mailed_links.forms import EnterForm
from accounts.mailed_links.lifecycle import Lifecycle, Link
from accounts.mailed_links.links import state_of
from accounts.mailed_links.pages import closed_page, guarded, keep_typed
from accounts.models import KeptForm, LinkState
from accounts.sending import kept
from groundwork.responses import post_data

View = Callable[..., HttpResponseBase]


@dataclass(frozen=True, kw_only=True)
class Door(Generic[Link]):
    """`about`: all that its holder is shown of the customer on every page; `closed`: the template for whoever is not
    let in; `first`: the route of the page that the door leads to, where it is not the cookie's own."""

    cookie: DeskCookie
    life: Lifecycle[Link]
    about: Callable[[Link], dict[str, Any]]
    closed: str
    first: Callable[[Link], str] | None = None

    def admits(self, fits: Callable[[Link], bool] = lambda link: True) -> Callable[[View], View]:
        """Lets in whoever holds the cookie of the link that the address names, if it `fits`, and sets `request.link`.

        Anybody else gets the page of a closed link. A member's sign-in counts for nothing here, the cookie for nothing
        elsewhere.
        """

        def wrap(view: View) -> View:
            @guarded
            @wraps(view)
            def admit(request: Any, link: int, *args: Any, **kwargs: Any) -> HttpResponseBase:
                now = timezone.now()
                row, state = self.cookie.admitted(request, link, self.life.load)
                if row is not None and not fits(row):
                    row, state = None, LinkState.UNKNOWN
                if state is LinkState.OPEN:
                    state = state_of(row, now)
                if row is None or state is not LinkState.OPEN:
                    typed = keep_typed(request, self.life.model.who_is(link), now)
                    return self.closed_to(request, row, state, typed=typed)
                self.life.note_seen(row, now=now)
                request.link = row
                return view(request, link, *args, **kwargs)

            return admit

        return wrap

    def enter(
        self, request: HttpRequest, token: str, template: str, shown: Callable[[Link], dict[str, Any]]
    ) -> HttpResponse:
        """What the mailed link opens, in `template` with what is `shown` before the door. Only POST goes in: mail
        scanners open links, and must not count as the contact."""
        now = timezone.now()
        link = self.life.find(token)
        state = state_of(link, now)
        if link is None or state is not LinkState.OPEN:
            return self.closed_to(request, link, state)
        language.follow(request, link.language)
        form = EnterForm(post_data(request), language=translation.get_language())
        if request.method == "POST" and form.is_valid():
            if not self.life.note_opened(link, now=now):
                return self.closed_to(request, link, LinkState.REPLACED)
            return self._let_in(request, link, form.cleaned_data["language"])
        return render(request, template, {**self.about(link), **shown(link), "form": form})

    def _let_in(self, request: HttpRequest, link: Link, chosen: str) -> HttpResponse:
        """With the cookie for it and for nothing else; to a form that could not be taken, if one waits."""
        waiting = kept.newest_of(link.who, timezone.now())
        first = reverse(self.first(link) if self.first else self.cookie.desk, args=[link.pk])
        response = HttpResponseRedirect(kept.address_of(waiting) if waiting else first)
        self.cookie.give(response, link, secure=request.is_secure())
        language.keep(response, chosen, secure=request.is_secure())
        return response

    def closed_to(
        self, request: HttpRequest, link: Link | None, state: LinkState, *, typed: KeptForm | None = None
    ) -> HttpResponse:
        """Says why it is closed; `typed`: what was just sent by it, and is kept for a day."""
        return closed_page(request, self.closed, state, link, {**(self.about(link) if link else {}), "typed": typed})
