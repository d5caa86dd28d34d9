"""What is stored about me, and my erasure: the person's own pages, behind a fresh proof that it is them."""

from __future__ import annotations

from allauth.account.decorators import reauthentication_required
from allauth.core import ratelimit
from django.contrib import messages
from django.contrib.auth import logout
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from accounts.access import user_of
from accounts.trail import audit
from groundwork.pages import crumbs
from groundwork.responses import form_view, or_say_why, post_data
from reports.people import erasing, gathering
from reports.people.forms import ErasureForm
from reports.people.kept import FROZEN


@require_safe
def person_stored(request: HttpRequest) -> HttpResponse:
    """What the file holds, and how to get it."""
    return render(request, "reports/people/stored.html", {"crumbs": crumbs("profile", _("Profile"), _heading())})


@require_POST
@never_cache
@reauthentication_required
def person_download(request: HttpRequest) -> HttpResponse:
    user = user_of(request)
    held_up: HttpResponse | None = ratelimit.consume_or_429(request, action="person", key=f"person-{user.pk}")
    if held_up:
        return held_up  # all that a person ever uploaded is packed while they wait
    content = gathering.as_file(gathering.stored_about(user.email))
    with transaction.atomic():
        audit.record(user, "user.taken_out", user)
    name = f"stored-about-me-{timezone.localdate():%Y-%m-%d}.zip"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return HttpResponse(content, content_type="application/zip", headers=headers)


@form_view
@reauthentication_required
def person_erase(request: HttpRequest) -> HttpResponse:
    """What goes, what stays and why, before one confirms it by typing the address."""
    user = user_of(request)
    form = ErasureForm(post_data(request), user=user)
    if request.method == "POST" and form.is_valid():
        with or_say_why(request):
            erasing.erase(user, by=user, now=timezone.now())
            logout(request)
            messages.success(request, _("Your account is erased. A pseudonym stands where your name stood."))
            return redirect("account_login")
    context = {
        "form": form,
        "reasons": erasing.why_not(user),
        "kept": list(FROZEN.values()),
        "crumbs": crumbs("profile", _("Profile"), "person_stored", _heading(), _("Erase my account")),
    }
    return render(request, "reports/people/erase.html", context)


def _heading() -> str:
    return _("What is stored about me")
