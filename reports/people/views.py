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

from accounts.access import MemberRequest, user_of
from accounts.fetching import fetch
from accounts.trail import audit
from groundwork.pages import confirm_page, crumbs
from groundwork.responses import form_view, or_say_why, post_data
from reports.people import erasing, gathering
from reports.people.forms import ErasureForm
from reports.people.kept import FROZEN
from vendors.models import Contact

CONTACTS = Contact.objects.select_related("vendor")


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


@form_view
def contact_erase(request: MemberRequest, pk: int) -> HttpResponse:
    """A contact of a vendor, for whoever keeps the register."""
    contact = fetch(request, CONTACTS, pk)
    if request.method == "POST":
        with or_say_why(request):
            erasing.erase_contact(contact, by=user_of(request), now=timezone.now())
            messages.success(request, _("The contact is erased. A pseudonym stands where the name stood."))
        return redirect(contact.vendor)
    return confirm_page(
        request,
        heading=_("Erase %(name)s?") % {"name": contact.name},
        section=_("Vendors"),
        crumbs=crumbs("vendor_list", _("Vendors"), contact.vendor, _("Erase a contact")),
        at_stake=[
            _("Name, address and number go wherever they can still be changed, and the contact's links open nothing."),
            _("What was sealed keeps the name: the trail, scorecards, letters, and what the vendor handed in."),
            _("Nobody can undo it."),
        ],
        submit=_("Erase the contact"),
        back=contact.vendor.get_absolute_url(),
    )


def _heading() -> str:
    return _("What is stored about me")
