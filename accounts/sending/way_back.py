"""Whoever sent a form that could not be taken is led back to its page, and told that it was not sent."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django_htmx.http import HttpResponseClientRedirect

from accounts.models import KeptForm
from accounts.sending import kept, mark


def keep_and_tell(request: HttpRequest) -> KeptForm | None:
    """Keep the form of somebody whose session has ended, and tell them before they sign in."""
    row = kept.keep(request, timezone.now())
    if row is not None:
        told = _("You were signed out before this was sent. Sign in: what you typed is kept for a day, for you alone.")
    else:
        told = _("You were signed out before this was sent, and what you typed could not be kept.")
    messages.warning(request, told)
    return row


def to_form(request: HttpRequest) -> HttpResponse | None:
    """The page of a form that has grown old, by the sign-in if need be. None where it was made for somebody else than
    who is signed in now, for nobody in particular, or was not sent from a page of ours: what others would put into
    somebody's form is not kept."""
    made = mark.of_post(request)
    if made is None or saves_by_itself(request):
        return None
    if not _is_for(made.who, mark.asking(request)) or not _is_from_here(request):
        return None
    row = kept.keep(request, timezone.now())
    if row is None:
        return None
    page = kept.address_of(row)
    return HttpResponseClientRedirect(page) if request.headers.get("HX-Request") else redirect(page)


def to_copy(request: HttpRequest) -> dict[str, Any]:
    """What the page says whose form has grown old: what was typed, for whoever it was made for, and where it stood."""
    made = mark.of_post(request)
    if made is None or made.who not in ("", mark.asking(request)) or not _is_from_here(request):
        return {}
    return {"left": kept.shown(request), "page": made.page}


def saves_by_itself(request: HttpRequest) -> bool:
    """autosave.js, which asks for JSON, keeps it on the device, and takes a redirect for a session that ended."""
    return "json" in request.headers.get("Accept", "")


def _is_for(who: str, asking: str) -> bool:
    """A vendor's contact is known by its link, on the page itself; whoever is signed out, after the sign-in."""
    return bool(who) and (who.startswith("link:") or asking in ("", who))


def _is_from_here(request: HttpRequest) -> bool:
    origin = request.headers.get("Origin") or request.headers.get("Referer") or ""
    return origin.partition("://")[2].partition("/")[0] == request.get_host()
