"""The first page of an empty installation."""

from __future__ import annotations

from allauth.core import ratelimit
from django.contrib import messages
from django.contrib.auth import login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.founding import tokens
from accounts.founding.forms import FoundingForm
from accounts.founding.organisation import found
from accounts.mailed_links.pages import guarded
from groundwork.responses import form_view, or_beside

BACKEND = "allauth.account.auth_backends.AuthenticationBackend"


@form_view
@guarded
def start(request: HttpRequest) -> HttpResponse:
    """Asks for the first token and makes the first organisation; from then on it leads to where everybody begins."""
    if not tokens.is_waiting():
        return redirect("home")
    held_up = ratelimit.consume_or_429(request, action="first_token")
    if held_up:
        return held_up
    form = FoundingForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        with or_beside(form):
            member = found(form.cleaned_data["token"], form.asked(), now=timezone.now())
            login(request, member.user, backend=BACKEND)
            messages.success(request, _("%(organisation)s is made. Welcome.") % {"organisation": member.organisation})
            return redirect("work")
    return render(request, "accounts/founding/start.html", {"form": form})
